"""What is said of a machine: made-up ones, and this one."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.engine import environment
from benchmarks.engine.environment import (
    Busy,
    Snapshot,
    boost,
    disturbances,
    quota,
    snapshot,
    stolen_share,
    told,
    virtual,
)

QUIET: dict[str, Any] = {
    "cores": 8,
    "quota": None,
    "load": 0.4,
    "busy": (Busy("editor", 7, 0.04),),
    "stolen": 0.0,
    "governors": ("performance",) * 8,
    "boost": False,
    "on_battery": False,
}


def found(**changes: Any) -> list[tuple[str, str]]:
    """What is said of a quiet machine with changes: severity and the thing itself."""
    return [(one["severity"], one["what"]) for one in disturbances(Snapshot(**{**QUIET, **changes}))]


def test_a_quiet_machine_takes_one_line() -> None:
    """Eight idle cores at a fixed frequency; a process below a twentieth of a core is nobody's business."""
    assert found() == []
    assert len(told(disturbances(Snapshot(**QUIET)))) == 1


def test_what_a_machine_does_not_tell_is_not_judged() -> None:
    """Every probe may be missing."""
    assert disturbances(Snapshot()) == []
    assert disturbances(Snapshot(load=9.0, busy=(Busy("make", 12, 3.0),))) == []  # of how many cores?


@pytest.mark.parametrize(
    ("changes", "severity", "what"),
    [
        ({"load": 4.0}, "may disturb", "load 4.0 on 8 cores"),
        ({"load": 8.0}, "will disturb", "load 8.0 on 8 cores"),
        ({"cores": 1, "load": 0.2}, "will disturb", "only 1 core for everything"),
        ({"cores": 3}, "note", "only 3 cores for everything"),
        ({"busy": (Busy("make", 12, 3.0),)}, "may disturb", "busy processes: make (12) 300 %"),
        ({"busy": (Busy("make", 12, 7.5),)}, "will disturb", "busy processes: make (12) 750 %"),
        ({"stolen": 0.034}, "will disturb", "the host kept 3 % of this machine's time for others"),
        ({"quota": 1.5}, "may disturb", "a control group allows 1.5 of 8 cores"),
        ({"quota": 0.5}, "will disturb", "a control group allows 0.5 of 8 cores"),
        ({"on_battery": True}, "will disturb", "it runs on its battery"),
        ({"governors": ("powersave", "performance")}, "may disturb", "frequency scaling: powersave"),
        ({"boost": True}, "note", "turbo boost is on"),
        ({"virtual": "KVM"}, "note", "a virtual machine (KVM)"),
        ({"switches": ("PYTHONDEVMODE",)}, "note", "debug switches: PYTHONDEVMODE"),
        ({"debug_build": True}, "will disturb", "this Python is a debug build"),
    ],
)
def test_each_thing_that_disturbs(changes: dict[str, Any], severity: str, what: str) -> None:
    """Nothing else is said of a machine that is quiet otherwise."""
    assert found(**changes) == [(severity, what)]


def test_a_quota_of_all_cores_is_none() -> None:
    """It takes nothing away."""
    assert found(quota=8.0) == []


def test_the_worst_comes_first_and_says_what_to_do() -> None:
    """Everything at once still fits a screen, and the busiest processes are named."""
    busy = tuple(Busy(f"job{number}", number, 0.1 * number) for number in range(6))
    everything = Snapshot(1, 0.5, 9.0, busy, 0.5, ("powersave",), True, True, "KVM", ("PYTHONDEVMODE",), True)
    lines = told(disturbances(everything))
    severities = [line.split()[0] for line in lines[1:]]

    assert len(lines) <= 12
    assert severities == sorted(severities, key=["will", "may", "note"].index)
    assert "busy processes: job5 (5) 50 %, job4 (4) 40 %, job3 (3) 30 % and 2 more: end them" in "\n".join(lines)
    assert all(one["advice"] for one in disturbances(everything))


def test_nothing_is_changed_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one command that is started only shows."""
    started: list[list[str]] = []

    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        started.append(command[1:])
        return subprocess.CompletedProcess(command, 2, "no MSR here\n")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(environment, "LOOK_SECONDS", 0.0)
    look = environment.take_look()

    assert started == [["-m", "pyperf", "system", "show"]]
    assert look["system"] == "no MSR here"


def test_a_silent_system_command_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks other programs, which may hang."""

    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        raise subprocess.TimeoutExpired(command, 20)

    monkeypatch.setattr(subprocess, "run", run)

    assert environment.system_settings() == "pyperf system show gave no answer within 20 s"


@pytest.mark.parametrize(
    ("limit", "cores"), [("", None), ("max 100000", None), ("150000 100000", 1.5), ("nonsense", None)]
)
def test_the_limit_of_a_control_group(limit: str, cores: float | None) -> None:
    """Microseconds of each period."""
    assert quota(limit) == cores


@pytest.mark.parametrize(
    ("no_turbo", "allowed", "expected"),
    [("", "", None), ("0", "", True), ("1", "1", False), ("", "1", True), ("", "0", False)],
)
def test_who_says_whether_there_is_a_boost(no_turbo: str, allowed: str, expected: bool | None) -> None:
    """Intel's driver says it the other way round."""
    assert boost(no_turbo, allowed) is expected


def test_files_of_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cores with a policy each, in a virtual machine whose maker is known, under a limit."""
    files = {
        "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
        "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance\n",
        "sys/devices/system/cpu/intel_pstate/no_turbo": "0\n",
        "sys/fs/cgroup/cpu.max": "50000 100000\n",
        "sys/class/dmi/id/product_name": "Some Cloud\n",
        "proc/cpuinfo": "processor : 0\nflags : fpu hypervisor sse\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("PYTHONDEVMODE", "1")
    monkeypatch.setenv("PYTHONTRACEMALLOC", "0")
    seen = snapshot(tmp_path, 0.0)

    assert (seen.governors, seen.boost, seen.quota, seen.virtual) == (
        ("powersave", "performance"),
        True,
        0.5,
        "Some Cloud",
    )
    assert "PYTHONDEVMODE" in seen.switches
    assert "PYTHONTRACEMALLOC" not in seen.switches


def test_a_machine_without_any_of_these_files(tmp_path: Path) -> None:
    """Another system, or a container that hides them."""
    seen = snapshot(tmp_path, 0.0)

    assert (seen.governors, seen.boost, seen.quota, seen.virtual) == ((), None, None, "")
    assert virtual(tmp_path) == ""


def test_a_busy_process_is_seen(tmp_path: Path) -> None:
    """One that burns all it gets, and not ourselves."""
    burn = "print(flush=True)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", burn], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seen = snapshot(tmp_path, 0.3)
        process.kill()
    cores = {one.pid: one.cores for one in seen.busy}

    assert cores[process.pid] > 0
    assert os.getpid() not in cores


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ({"user": 1.0, "idle": 1.0}, {"user": 2.0, "idle": 2.0}, None),
        ({"user": 1.0, "idle": 1.0, "steal": 1.0}, {"user": 2.0, "idle": 3.0, "steal": 2.0}, 0.25),
        ({"user": 1.0, "guest": 0.0, "steal": 0.0}, {"user": 2.0, "guest": 1.0, "steal": 1.0}, 0.5),
        ({"user": 1.0, "steal": 1.0}, {"user": 1.0, "steal": 1.0}, 0.0),
    ],
)
def test_what_the_host_kept(before: dict[str, float], after: dict[str, float], share: float | None) -> None:
    """A share of all time; what guests used is counted once; nobody counts it on a real machine."""
    assert stolen_share(before, after) == share


def test_the_command_prints_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard output; with pyperf's view when asked."""
    look = {"taken": "now", "disturbances": disturbances(Snapshot(load=9.0, cores=2)), "system": "ASLR: off"}
    monkeypatch.setattr("benchmarks.__main__.take_look", lambda: look)
    short, long = (CliRunner().invoke(app, ["environment", *more]) for more in ([], ["--system"]))

    assert short.exit_code == long.exit_code == 0
    assert "will disturb  load 9.0 on 2 cores: wait until it has fallen" in short.stdout
    assert "ASLR" not in short.stdout
    assert long.stdout.endswith("ASLR: off\n")

"""What may disturb a measurement on this machine: a look at it, what was found, and what could be done about it.

Looking changes nothing. Every probe may be missing, for systems tell different things: what is not known is not judged.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.engine.disturbance import load
from results.environment import DisturbanceRecord, LookRecord, Severity

WORST_FIRST: tuple[Severity, ...] = ("will disturb", "may disturb", "note")
LOOK_SECONDS = 0.5
BUSY = 0.05  # of a core: from here on a process is named
MOST_NAMED = 3
STOLEN = 0.01  # of the machine's time
SYSTEM_SECONDS = 20.0
# What slows an interpreter down, or makes it uneven, when it is set to anything but 0.
SWITCHES = (
    "PYTHONASYNCIODEBUG",
    "PYTHONDEVMODE",
    "PYTHONTRACEMALLOC",
    "PYTHONMALLOC",
    "PYTHONMALLOCSTATS",
    "PYTHONPERFSUPPORT",
    "PYTHONPROFILEIMPORTTIME",
    "COVERAGE_PROCESS_START",
)


@dataclass(frozen=True, slots=True)
class Busy:
    """A process that used the processor while we looked: how many cores' worth of it."""

    name: str
    pid: int
    cores: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the machine shows; None, or nothing, where it does not tell.

    ``cores`` may be used by us, ``quota`` is how many cores' worth of time a control group allows, ``stolen`` the share
    of its time that a virtual machine did not get while we looked. ``governors`` are the policies of frequency scaling,
    ``boost`` whether cores may run above their nominal frequency. ``switches`` are set in our environment.
    """

    cores: int | None = None
    quota: float | None = None
    load: float | None = None
    busy: tuple[Busy, ...] = ()
    stolen: float | None = None
    governors: tuple[str, ...] = ()
    boost: bool | None = None
    on_battery: bool | None = None
    virtual: str = ""
    switches: tuple[str, ...] = ()
    debug_build: bool = False


def disturbances(seen: Snapshot) -> list[DisturbanceRecord]:
    """What may disturb, the worst first."""
    found = [*_occupied(seen), *_machine(seen), *_interpreter(seen)]
    return sorted(found, key=lambda one: WORST_FIRST.index(one["severity"]))


def _one(what: str, severity: Severity, advice: str) -> DisturbanceRecord:
    return {"what": what, "severity": severity, "advice": advice}


def _occupied(seen: Snapshot) -> Iterator[DisturbanceRecord]:
    """Who else wants the processor."""
    if seen.stolen is not None and seen.stolen >= STOLEN:
        what = f"the host kept {100 * seen.stolen:.0f} % of this machine's time for others"
        yield _one(what, "will disturb", "measure at another hour, or elsewhere")
    if (cores := seen.cores) is None:
        return
    if seen.load is not None and seen.load >= cores / 2:
        severity: Severity = "will disturb" if seen.load >= cores else "may disturb"
        yield _one(f"load {seen.load:.1f} on {_cores(cores)}", severity, "wait until it has fallen")
    if busy := sorted((one for one in seen.busy if one.cores >= BUSY), key=lambda one: -one.cores):
        free = cores - sum(one.cores for one in busy)
        named = ", ".join(f"{one.name} ({one.pid}) {100 * one.cores:.0f} %" for one in busy[:MOST_NAMED])
        rest = f" and {len(busy) - MOST_NAMED} more" if len(busy) > MOST_NAMED else ""
        severity = "will disturb" if free < 1 else "may disturb"
        yield _one(f"busy processes: {named}{rest}", severity, "end them, or wait: one core should be free")


def _machine(seen: Snapshot) -> Iterator[DisturbanceRecord]:
    """What the machine is, and how it is set."""
    if seen.cores is not None and seen.cores < 4:
        severity: Severity = "will disturb" if seen.cores == 1 else "note"
        advice = "leave the machine alone while it measures"
        yield _one(f"only {_cores(seen.cores)} for everything", severity, advice)
    if seen.quota is not None and seen.cores is not None and seen.quota < seen.cores:
        severity = "will disturb" if seen.quota < 1 else "may disturb"
        what = f"a control group allows {seen.quota:g} of {_cores(seen.cores)}"
        yield _one(what, severity, "lift the limit, or it halts blocks half-way")
    if seen.on_battery:
        yield _one("it runs on its battery", "will disturb", "plug it in: it saves power when it likes")
    if governors := sorted(set(seen.governors) - {"performance"}):
        advice = "`sudo python -m pyperf system tune` fixes the frequency, `... system reset` undoes it"
        yield _one(f"frequency scaling: {', '.join(governors)}", "may disturb", advice)
    if seen.boost:
        advice = "a warm core is a slow one; `sudo python -m pyperf system tune` switches it off"
        yield _one("turbo boost is on", "note", advice)
    if seen.virtual:
        advice = "what disturbs it from outside shows in each comparison's noise check only"
        yield _one(f"a virtual machine ({seen.virtual})", "note", advice)


def _interpreter(seen: Snapshot) -> Iterator[DisturbanceRecord]:
    if seen.debug_build:
        yield _one("this Python is a debug build", "will disturb", "measure with a release build")
    if seen.switches:
        advice = "nothing to do: they are kept out of the processes that measure"
        yield _one(f"debug switches: {', '.join(seen.switches)}", "note", advice)


def _cores(number: int) -> str:
    return "1 core" if number == 1 else f"{number} cores"


def told(found: Sequence[DisturbanceRecord]) -> list[str]:
    """The screen: a line for each disturbance under one that counts them; one line if there is none."""
    if not found:
        return ["This machine: nothing seen that would disturb a measurement."]
    width = max(len(one["severity"]) for one in found)
    lines = [f"  {one['severity']:{width}}  {one['what']}: {one['advice']}" for one in found]
    return [f"This machine: {len(found)} to know before measuring; nothing was changed.", *lines]


def take_look() -> LookRecord:
    """Look at the machine now; takes about a second."""
    return {
        "taken": datetime.now(UTC).isoformat(timespec="seconds"),
        "disturbances": disturbances(snapshot()),
        "system": system_settings(),
    }


def system_settings() -> str:
    """What ``pyperf system show`` says of the system, which may be that it cannot tell."""
    command = [sys.executable, "-m", "pyperf", "system", "show"]
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=SYSTEM_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"pyperf system show gave no answer within {SYSTEM_SECONDS:.0f} s"
    return done.stdout.strip()


def snapshot(root: Path = Path("/"), seconds: float = LOOK_SECONDS) -> Snapshot:
    """Look for so many seconds; ``root`` is where ``sys`` and ``proc`` are."""
    cpus = root / "sys/devices/system/cpu"
    busy, stolen = _watched(seconds)
    return Snapshot(
        cores=_usable_cores(),
        quota=quota(_text(root / "sys/fs/cgroup/cpu.max")),
        load=load(),
        busy=busy,
        stolen=stolen,
        governors=tuple(_text(path) for path in sorted(cpus.glob("cpu[0-9]*/cpufreq/scaling_governor"))),
        boost=boost(_text(cpus / "intel_pstate/no_turbo"), _text(cpus / "cpufreq/boost")),
        on_battery=_on_battery(),
        virtual=virtual(root),
        switches=tuple(name for name in SWITCHES if os.environ.get(name, "0") not in ("", "0")),
        debug_build=hasattr(sys, "gettotalrefcount"),
    )


def _text(path: Path) -> str:
    """What a small file says, or nothing: these files come and go with kernels and containers."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def quota(limit: str) -> float | None:
    """How many cores' worth of time ``cpu.max`` allows; None without a limit."""
    allowed, _, period = limit.partition(" ")
    return int(allowed) / int(period) if allowed.isdigit() and period.isdigit() and int(period) else None


def boost(no_turbo: str, allowed: str) -> bool | None:
    """Whether cores may run above their nominal frequency, by Intel's driver or the kernel; None if neither tells."""
    if no_turbo:
        return no_turbo == "0"
    return allowed == "1" if allowed else None


def virtual(root: Path) -> str:
    """What kind of virtual machine this is; nothing for a real one, or where nothing tells."""
    flags = next((line for line in _text(root / "proc/cpuinfo").splitlines() if line.startswith("flags")), "")
    if kind := _text(root / "sys/hypervisor/type"):
        return kind
    if "hypervisor" not in flags.split():
        return ""
    return _text(root / "sys/class/dmi/id/product_name") or "of unknown kind"


def _usable_cores() -> int | None:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else psutil.cpu_count()


def _on_battery() -> bool | None:
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return None if battery is None else battery.power_plugged is False


def _watched(seconds: float) -> tuple[tuple[Busy, ...], float | None]:
    """Who uses the processor within so many seconds, ourselves left out, and the share of time that the host keeps."""
    before, machine = dict(_used()), psutil.cpu_times()
    started = time.perf_counter()
    time.sleep(seconds)
    took = time.perf_counter() - started
    after, later = dict(_used()), psutil.cpu_times()
    busy = tuple(
        Busy(name, pid, (cpu - before[pid, name]) / took)
        for (pid, name), cpu in after.items()
        if (pid, name) in before and pid != os.getpid()
    )
    return busy, stolen_share(machine._asdict(), later._asdict())


def stolen_share(before: dict[str, float], after: dict[str, float]) -> float | None:
    """The share of the machine's time that its host kept in between; None where nobody counts it."""
    if "steal" not in after:
        return None
    # What guests of this machine use is part of "user" already.
    spent = {name: after[name] - before[name] for name in after if not name.startswith("guest")}
    return spent["steal"] / sum(spent.values()) if sum(spent.values()) > 0 else 0.0


def _used() -> Iterable[tuple[tuple[int, str], float]]:
    for process in psutil.process_iter(["pid", "name", "cpu_times"]):
        if (times := process.info["cpu_times"]) is not None:  # None where we may not look
            yield (process.info["pid"], process.info["name"]), times.user + times.system

"""The conformance runner against planted faults: every one is found, named, and can be repeated."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from results.safety import FindingRecord, SafetyRecord, read
from tests.conftest import Command, project_with

SHORT = ["--seeds", "4", "--hang-limit", "3"]  # a busy machine gives healthy ones no turn for a second
HERE = ["--backend", "asyncio", "--backend", "trio"]

# Who fails what, at which seed and turn, and what is said; None for whatever the schedule of the sweep makes it.
FAILURES = {
    ("swallows_cancellation", "can_be_cancelled"): (0, 7, "it returned"),
    ("outlives_its_trial", "can_be_cancelled"): (0, 6, "it does not end"),  # and not that it hung
    ("wrong_from_seed_two", "gives_back"): (2, 0, "sent 2, got 1"),
    ("never_awaits", "no_complaints"): (0, 0, "RuntimeWarning: coroutine 'nothing' was never awaited (in a trial of"),
    ("loses_a_task", "no_complaints"): (0, 0, "Task was destroyed but it is pending! (in a trial of gives_back)"),
    ("leaves_a_task", "nothing_left_behind"): (0, 0, "1 task(s) left running (in a trial of gives_back)"),
    ("leaves_a_thread", "nothing_left_behind"): (0, 0, "1 thread(s) left running"),
    ("leaves_a_generator", "nothing_left_behind"): (0, 0, "1 async generator(s) left open"),
    ("raises", "gives_back"): (0, 0, "ValueError: no 0 today"),
    ("asks_to_exit", "gives_back"): (0, 0, "SystemExit: 5"),
    ("exits", "gives_back"): (0, 0, "the process exited with code 3"),
    ("exits", "no_complaints"): (0, 0, "the process exited with code 3"),
    ("segfaults", "asked_once"): (0, 0, "killed by signal 11"),
    ("hangs", "gives_back"): (0, 0, "hung: no sign of life for 3 s"),
}


def check(planted: Path, command: Command, *arguments: str) -> tuple[int, str, SafetyRecord]:
    """Run the real command on the planted family, which asks it all: exit code, what it said, and what it found."""
    path = planted / "found.json"
    path.unlink(missing_ok=True)
    done = command(planted, "benchmarks", "check", *SHORT, "--fresh", "--output", str(path), *arguments)
    assert path.exists(), done.stderr
    return done.returncode, done.stdout + done.stderr, read(path)


@pytest.fixture(scope="module")
def outcome(planted: Path, command: Command) -> tuple[int, str, SafetyRecord]:
    """Everything that is planted, checked once."""
    return check(planted, command, *HERE)


def finding(safety: SafetyRecord, alternative: str, question: str) -> FindingRecord:
    """One cell, on the first backend that has it."""
    return next(
        entry for entry in safety["findings"] if (entry["alternative"], entry["promise"]) == (alternative, question)
    )


@pytest.mark.parametrize(("alternative", "question"), FAILURES)
def test_every_planted_fault_is_found(outcome: tuple[int, str, SafetyRecord], alternative: str, question: str) -> None:
    """The seed, the turn and the reason name the first trial that failed."""
    seed, tick, reason = FAILURES[alternative, question]
    found = finding(outcome[2], alternative, question)

    assert ("FAIL", seed, tick) == (found["state"], found["seed"], found["tick"])
    assert found["reason"].startswith(reason)


def test_a_fault_ends_only_its_own_promise(outcome: tuple[int, str, SafetyRecord]) -> None:
    """A process that died is followed by another, which answers the rest."""
    states = [entry["state"] for entry in outcome[2]["findings"] if entry["alternative"] == "exits"]

    assert states == ["FAIL", "FAIL", "FAIL", "FAIL", "FAIL", "not applicable"]


def test_who_hangs_again_and_again_is_asked_no_more(outcome: tuple[int, str, SafetyRecord]) -> None:
    """It would hang in each promise, and each time that takes seconds; the rest says why it was not tested."""
    found = [entry for entry in outcome[2]["findings"] if entry["alternative"] == "hangs"]
    hung = [entry["promise"] for entry in found if entry["state"] == "FAIL"]

    assert [entry["state"] for entry in found] == ["FAIL"] * 3 + ["not tested"] * 2 + ["not applicable"]
    assert found[3]["reason"] == found[4]["reason"] == f"it hung in {', '.join(hung)}, and is asked no more"


def test_the_first_failure_may_be_enough(tmp_path: Path, command: Command) -> None:
    """Who fails is asked no more, unless it declares that failure; nobody may take the rest for kept promises."""
    root = project_with("planted", tmp_path)
    raiser = root / "patterns" / "echo" / "raises.py"
    declared = raiser.read_text() + "\nKNOWN_FAILURES = (('gives_back', '', 'planted'),)\n"
    (root / "patterns" / "echo" / "raises_as_declared.py").write_text(declared)
    names = ("raises", "raises_as_declared", "hangs")
    filters = [word for name in names for word in ("--alternative", name)]

    safety = check(root, command, "--backend", "asyncio", *filters, "--first-failure")[2]

    found = {name: [one["state"] for one in safety["findings"] if one["alternative"] == name] for name in names}
    assert found == {
        "raises": ["FAIL", *["not tested"] * 4, "not applicable"],
        "raises_as_declared": ["FAIL", "FAIL", *["not tested"] * 3, "not applicable"],
        "hangs": ["FAIL", *["not tested"] * 4, "not applicable"],
    }
    reason = "it fails gives_back, and only the first failure was asked for"
    assert finding(safety, "raises", "nothing_left_behind")["reason"] == reason


def test_the_trace_of_a_hang_names_the_line(outcome: tuple[int, str, SafetyRecord]) -> None:
    """Where a hung process was is read before it is ended."""
    trace = finding(outcome[2], "hangs", "gives_back")["traceback"]

    assert 'File "patterns/echo/hangs.py"' in "\n".join(trace)


def test_a_traceback_is_short_and_names_the_pattern(outcome: tuple[int, str, SafetyRecord]) -> None:
    """The harness's own frames are left out, paths are relative, the error comes last."""
    trace = finding(outcome[2], "raises", "gives_back")["traceback"]

    assert trace[-2].startswith("patterns/echo/raises.py:7 in echo: raise ValueError")
    assert trace[-1] == "ValueError: no 0 today"
    assert not any("examination.py" in line for line in trace)


def test_a_sweep_strikes_every_turn_and_then_where_the_seeds_say(outcome: tuple[int, str, SafetyRecord]) -> None:
    """Turns 0 to 5 land, two miss; three more seeds strike four times each."""
    found = finding(outcome[2], "plain_asyncio", "can_be_cancelled")

    assert (found["state"], found["trials"]) == ("pass", 8 + 3 * 4)


def test_what_collects_leftovers_counts_every_trial(outcome: tuple[int, str, SafetyRecord]) -> None:
    """It has watched the trials of all the promises, not only its own."""
    trials = {entry["promise"]: entry["trials"] for entry in outcome[2]["findings"] if entry["alternative"] == "wrong"}
    total = finding(outcome[2], "plain_trio", "nothing_left_behind")["trials"]

    assert trials["gives_back"] == 1
    assert total == 4 + 20 + 1 + 4 + 4


def test_virtual_time_passes_at_once(outcome: tuple[int, str, SafetyRecord]) -> None:
    """An hour's sleep is a fact, found without waiting an hour, on both libraries."""
    states = {
        (entry["backend"], entry["state"])
        for entry in outcome[2]["findings"]
        if (entry["alternative"], entry["promise"]) == ("sleeps", "takes_its_time")
    }

    assert states == {("asyncio", "yes"), ("trio", "yes")}


def test_what_cannot_be_asked_or_tested_has_its_reason(outcome: tuple[int, str, SafetyRecord]) -> None:
    """A declared exemption, a missing capability, a missing package, a file that cannot be read."""
    reasons = {
        name: (found["state"], found["reason"])
        for name, question in {
            "declares_too_much": "no_complaints",
            "plain_trio": "takes_its_time",
            "needs_a_package": "gives_back",
            "cannot_be_parsed": "gives_back",
            "offers_nothing": "gives_back",
            "exits_at_import": "no_complaints",
        }.items()
        for found in [finding(outcome[2], name, question)]
    }

    assert reasons["declares_too_much"] == ("not applicable", "nobody listens")
    assert reasons["plain_trio"] == ("not applicable", "it offers no whisper")
    assert reasons["needs_a_package"] == ("not tested", "no-such-distribution is not installed")
    assert reasons["offers_nothing"] == ("not tested", "offers none of echo, whisper")
    assert reasons["exits_at_import"] == ("not tested", "cannot be imported: the process exited with code 4")
    assert reasons["cannot_be_parsed"][0] == "not tested"
    assert reasons["cannot_be_parsed"][1].startswith("patterns/echo/cannot_be_parsed.py: line 3: ")


def test_what_contradicts_its_own_words_fails_the_check(outcome: tuple[int, str, SafetyRecord]) -> None:
    """An undeclared failure and an unexpected pass are named; a declaration for another Python is not."""
    code, said, safety = outcome

    assert code == 1
    assert "unexpected: echo/declares_too_much@trio gives_back: passed, but is declared to fail" in said
    assert said.count("echo/wrong_from_seed_two@trio gives_back: sent 2, got 1") == 1
    assert "FAIL  echo/wrong_from_seed_two@trio gives_back" in said
    assert not finding(safety, "declares_too_much", "asked_once")["declared"]


@pytest.mark.parametrize(
    ("alternative", "question"),
    [
        ("swallows_cancellation", "can_be_cancelled"),
        ("never_awaits", "no_complaints"),
        ("wrong_from_seed_two", "gives_back"),
    ],
)
def test_the_command_of_a_failure_repeats_exactly_that_trial(
    outcome: tuple[int, str, SafetyRecord], planted: Path, command: Command, alternative: str, question: str
) -> None:
    """One trial, the same seed, the same turn, the same words."""
    first = finding(outcome[2], alternative, question)
    words = shlex.split(first["reproduce"])
    code, _, again = check(planted, command, *words[4:])
    found = finding(again, alternative, question)

    assert words[:4] == ["python", "-m", "benchmarks", "check"]
    assert code == 1
    assert (first["seed"], first["tick"], first["reason"]) == (found["seed"], found["tick"], found["reason"])
    assert found["trials"] <= 2  # the promise that saw the leftover, and the one that collects it


def test_three_times_the_same(planted: Path, command: Command) -> None:
    """The same seeds give the same findings, down to the words."""
    chosen = ["--alternative", "swallows*", "--alternative", "loses*", "--alternative", "plain*", *HERE]
    found = {json.dumps(check(planted, command, *chosen)[2]["findings"]) for _ in range(3)}

    assert len(found) == 1


def test_a_run_checks_first_and_records_what_it_found(planted: Path, command: Command) -> None:
    """The findings lie beside the times, and an unexpected one fails the run."""
    results = planted / "results-of-a-run"
    chosen = ["--alternative", "wrong*", "--backend", "trio", "--preset", "smoke"]
    done = command(planted, "benchmarks", "run", *chosen, "--seeds", "3", "--results", str(results))
    [path] = results.glob("*/*/safety.json")

    assert done.returncode == 1
    assert "unexpected: echo/wrong_from_seed_two@trio gives_back" in done.stderr
    assert {entry["alternative"] for entry in read(path)["findings"]} == {"wrong_from_seed_two"}


@pytest.mark.timeout(600)
def test_what_was_found_is_asked_once(planted: Path, command: Command, tmp_path: Path) -> None:
    """A second check knows all but what contradicts its own words, a run with the same limits knows it too.

    Whether it knows or asks, it says the same.
    """
    names = ["--alternative=plain*", "--alternative=declares_too_much"]
    options = ["--seeds=3", "--hang-limit=30", *HERE, *names, "--results", str(tmp_path)]
    first, again = tmp_path / "first.json", tmp_path / "again.json"
    asked = command(planted, "benchmarks", "check", *options, "--output", str(first))
    known = command(planted, "benchmarks", "check", *options, "--output", str(again))
    ran = command(planted, "benchmarks", "run", *options, "--preset=smoke")
    [path] = tmp_path.glob("*/*/safety.json")

    assert "0 findings kept from an earlier check, 15 asked" in asked.stderr
    assert "10 findings kept from an earlier check, 5 asked" in known.stderr
    assert ": 10 findings kept from an earlier check, 5 asked\n" in ran.stderr
    assert (asked.returncode, asked.stdout) == (known.returncode, known.stdout)
    assert read(first)["findings"] == read(again)["findings"] == read(path)["findings"]
    assert [(read(one)["kept"], read(one)["asked"]) for one in (first, again, path)] == [(0, 15), (10, 5), (10, 5)]


@pytest.mark.timeout(600)
def test_two_checks_at_the_same_time_do_not_disturb_each_other(planted: Path, command: Command, tmp_path: Path) -> None:
    """Both find the same, and a third one knows it."""
    options = ["--seeds=3", "--hang-limit=30", "--alternative=plain*", *HERE, "--results", str(tmp_path)]
    words = [sys.executable, "-m", "benchmarks", "check", *options, "--output"]
    outputs = [tmp_path / "one.json", tmp_path / "two.json"]
    processes = [subprocess.Popen([*words, str(path)], cwd=planted, stderr=subprocess.DEVNULL) for path in outputs]
    codes = [process.wait() for process in processes]

    assert codes == [0, 0]
    assert read(outputs[0])["findings"] == read(outputs[1])["findings"]
    assert "10 findings kept from an earlier check, 0 asked" in command(planted, "benchmarks", "check", *options).stderr


def test_a_check_that_has_no_time_says_what_it_left_out(planted: Path, command: Command) -> None:
    """Half a second is too short for everything: the rest is not tested, with the reason."""
    results = planted / "results-in-a-hurry"
    short = ["--preset", "smoke", "--budget", "1s", "--backend", "trio", "--seeds", "50"]
    done = command(planted, "benchmarks", "run", *short, "--results", str(results))
    [path] = results.glob("*/*/safety.json")
    reasons = {entry["reason"] for entry in read(path)["findings"] if entry["state"] == "not tested"}

    assert done.returncode in (0, 1)
    assert "the check had 0 s" in reasons

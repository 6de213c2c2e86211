"""Going on with a run: the same comparisons, none of them twice, and a clear line where that is impossible."""

import json
import os
import random
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyperf
import pytest
from typer.testing import CliRunner

from benchmarks import run
from benchmarks.__main__ import app
from benchmarks.engine.budget import shared
from benchmarks.engine.described import suite
from benchmarks.engine.engines import Measured, first_launch
from benchmarks.engine.extra import Standing
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.settings import Settings
from benchmarks.engine.turns import Launch
from benchmarks.options import spelled
from benchmarks.plan.comparisons import Plan, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.recording import open_record
from benchmarks.resume import remembered
from benchmarks.run import NOT_ASKED, measure
from benchmarks.safety import findings
from benchmarks.safety.conformance import Inquiry, Subject
from results.record import Run, Writer, read, run_directories
from results.suite import SuiteRecord
from tests.benchmarks.conftest import Engine, said_of

FILTERS = ["--family", "locks", "--workload", "contended", "--backend", "asyncio"]
BEGIN = ["run", *FILTERS, "--seeds", "0", "--seed", "7"]


@pytest.fixture
def interrupted(engine: Engine, tmp_path: Path) -> Run:
    """A run that was interrupted after the first of three comparisons."""
    engine.forbidden = {10, 1000}
    result = CliRunner().invoke(app, [*BEGIN, "--results", str(tmp_path)])
    engine.forbidden = set()
    found = read(next(run_directories(tmp_path)))
    assert result.exit_code == 130
    assert f"go on with: python -m benchmarks run --resume {found.path}" in result.stderr
    return found


def names(found: Run) -> dict[int, list[str]]:
    """What each comparison holds, by n."""
    return {
        entry["n"]: sorted(
            one.get_name()
            for one in found.benchmarks["locks", "contended"].get_benchmarks()
            if one.get_metadata()["n"] == entry["n"]
        )
        for entry in found.suite["comparisons"]
    }


@pytest.mark.parametrize("named", [True, False], ids=["named", "newest"])
def test_a_resumed_run_measures_what_is_missing(named: bool, interrupted: Run, engine: Engine, tmp_path: Path) -> None:
    """In the same place, with the same seed and the budget that is left; what was measured stays as it is."""
    where = [str(interrupted.path)] if named else ["--results", str(tmp_path)]
    result = CliRunner().invoke(app, ["run", "--resume", *where])
    found = read(interrupted.path)

    assert result.exit_code == 0, result.stderr
    assert list(run_directories(tmp_path)) == [interrupted.path]
    assert sorted(engine.asked) == [10, 100, 1000]
    whole = {name.partition(" ")[0] for name in names(found)[100]}
    growing = [{name.partition(" ")[0] for name in names(found)[n]} for n in (1000, 10)]

    assert len(whole) == len(names(interrupted)[100])
    assert growing[0] == growing[1] < whole
    assert found.suite["comparisons"][0] == interrupted.suite["comparisons"][0]
    missing = [row for row in found.suite["absences"] if row["state"] == "not measured"]
    assert {(f"{row['alternative']}@{row['backend']}", row["n"]) for row in missing} == {
        (label, n) for label in whole - growing[0] for n in (10, 1000)
    }
    assert {row["reason"] for row in missing} == {NOT_ASKED}
    assert (found.suite["run"]["state"], found.suite["run"]["seed"], len(found.suite["run"]["resumed"])) == (
        "complete",
        7,
        1,
    )


def test_only_what_was_not_used_is_left_of_the_budget(interrupted: Run, engine: Engine) -> None:
    """A run that has used all but five of its preset's seconds shares five."""
    used = PRESETS["standard"].seconds - 5
    change(interrupted.path, run={"seconds": used})
    CliRunner().invoke(app, ["run", "--resume", str(interrupted.path)])

    assert sum(engine.seconds[1:]) <= 5.0
    assert read(interrupted.path).suite["run"]["seconds"] >= used


@pytest.mark.parametrize("named", [True, False], ids=["named", "newest"])
def test_a_run_whose_budget_ended_goes_on_with_a_longer_one(
    named: bool, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it did not reach: what was measured is not measured again, and the preset's time is no limit."""
    engine.before[100] = lambda: monkeypatch.setattr(CLOCK, "asleep", CLOCK.asleep - 150.0)  # so much has passed
    words = [*BEGIN, "--results", str(tmp_path)]
    said = CliRunner().invoke(app, [*words, "--budget", "100s"]).stderr
    (first,) = map(read, run_directories(tmp_path))
    change(first.path, run={"seconds": PRESETS["standard"].seconds + 60})
    longer = f"{PRESETS['standard'].seconds + 3600:.0f}s"
    where = [str(first.path)] if named else ["--results", str(tmp_path)]
    result = CliRunner().invoke(app, ["run", "--resume", *where, "--budget", longer])
    found = read(first.path)

    assert f"with twice the time, go on with: python -m benchmarks run --resume {first.path} --budget 6m\n" in said
    assert (first.suite["run"]["state"], sorted(names(first))) == ("complete", [100])
    assert result.exit_code == 0, result.stderr
    assert sorted(engine.asked) == [10, 100, 1000]
    assert sorted(names(found)) == [10, 100, 1000]
    assert found.suite["comparisons"][0] == first.suite["comparisons"][0]
    assert (found.suite["run"]["state"], found.suite["run"]["options"]["budget"]) == ("complete", longer)


@pytest.mark.parametrize(("first", "checks"), [("finished", 1), ("interrupted", 2)])
def test_only_a_check_that_was_not_finished_is_repeated(
    first: str, checks: int, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its findings are read back, and what it took still counts."""
    asked: list[list[str]] = []

    def conform(inquiry: Inquiry, todo: Sequence[Subject]) -> Iterator[Subject]:
        asked.append([subject.label for subject in todo])
        yield from ()
        monkeypatch.setattr(CLOCK, "asleep", CLOCK.asleep - 400.0)  # so much has passed
        if first == "interrupted" and len(asked) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(findings, "conform", conform)
    engine.forbidden = {100}
    CliRunner().invoke(app, ["run", *FILTERS, "--results", str(tmp_path)])
    engine.forbidden = set()
    begun = read(next(run_directories(tmp_path)))
    result = CliRunner().invoke(app, ["run", "--resume", "--results", str(tmp_path)])

    assert begun.suite["run"]["state"] == "interrupted"
    assert begun.suite["run"]["finished"]
    assert (result.exit_code, len(asked)) == (0, checks), result.stderr
    assert engine.seconds[0] < 0.46 * (PRESETS["standard"].seconds - 400)  # the share of the first comparison: 0.45


def test_open_verdicts_are_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is interrupted among its extra launches knows what it knew, and offers them to the same rows."""
    plan = make_plan(Filters(("locks",), ("contended",), ("asyncio",), ("own_lock",), (100,)), PRESETS["standard"])
    (comparison,) = plan.comparisons
    (terms,) = shared(1.0, [comparison], settings(tmp_path), 1.0)
    again = replace(first_launch(comparison, terms), loops={variant.label: 4 for variant in comparison.variants})
    offered: list[Standing] = []

    def play(one: Standing, left: float) -> Measured:
        offered.append(deepcopy(one))
        if len(offered) > 1:
            raise KeyboardInterrupt
        measured = noisy(again, 10, 2)
        one.add(measured, 2)
        return measured

    monkeypatch.setattr(run, "play", play)
    monkeypatch.setitem(run.ENGINES, "turns", lambda *_: [replace(noisy(again, 0, 10), again=again)])
    writer = open_record(plan, settings(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        list(measure(plan, settings(tmp_path), writer))
    writer = Writer.reopen(writer.directory)
    with pytest.raises(KeyboardInterrupt):
        list(measure(plan, settings(tmp_path), writer, None, remembered(plan, settings(tmp_path), writer, None)))

    assert offered[0].pairs
    assert (offered[1].next_number, set(offered[1].played.values())) == (12, {2})
    assert replace(offered[2], launch=offered[1].launch) == offered[1]
    assert replace(offered[2].launch, budget=again.budget) == again


def noisy(launch: Launch, first: int, count: int) -> Measured:
    """Launches whose values differ from one to the next, and between the labels."""
    drawn = random.Random(first)
    found = Measured(launches=count, loops=dict(launch.loops), walls=dict.fromkeys(launch.loops, 0.008), seconds=1.0)
    for variant in launch.variants:
        runs = [
            pyperf.Run([0.001 * drawn.uniform(1, 2)], metadata=said_of(variant, number), collect_metadata=False)
            for number in range(first, first + count)
        ]
        found.benchmarks.append(pyperf.Benchmark(runs))
    return found


def change(path: Path, **changes: Any) -> None:
    """Change entries of what is recorded: of machine.json by ``machine``, of suite.json by any other name."""
    for name, entries in changes.items():
        file = path / ("machine.json" if name == "machine" else "suite.json")
        value = json.loads(file.read_text())
        (value if name == "machine" else value[name]).update(entries)
        file.write_text(json.dumps(value))


def forget_options(found: Run) -> None:
    """As an earlier version would have written it."""
    suite = json.loads((found.path / "suite.json").read_text())
    del suite["run"]["options"]
    (found.path / "suite.json").write_text(json.dumps(suite))


def change_source(found: Run, path: str = "patterns/locks/own_lock.py") -> None:
    """An alternative had another source when the run began."""
    families = found.suite["families"]
    families["locks"]["alternatives"]["own_lock"].update({"sha256": "another", "path": path})
    change(found.path, families=families)


@pytest.mark.parametrize(
    ("happened", "options", "line"),
    [
        (
            lambda found: change(found.path, run={"state": "complete", "seconds": 75.0}),
            [],
            " is complete, after 1:15: a longer --budget beside --resume would go on",
        ),
        (
            lambda found: change(found.path, run={"state": "complete", "seconds": 75.0}),
            ["--budget", "1m"],
            " is complete, after 1:15: ",
        ),
        (
            lambda found: change(found.path, run={"seconds": 75.0}),
            ["--budget", "1m"],
            " was started with no --budget, not with --budget 1m",
        ),
        (forget_options, [], " was recorded before runs could be resumed"),
        (None, ["--preset", "quick"], " was started with --preset standard, not with --preset quick"),
        (None, ["--n", "10"], " was started with no --n, not with --n 10"),
        (
            lambda found: change(found.path, machine={"hostname": "elsewhere"}),
            [],
            " is of another machine or Python: hostname was elsewhere, is ",
        ),
        (
            lambda found: change(found.path, versions={"trio": "0.1"}),
            [],
            " was started with trio 0.1, now there is ",
        ),
        (change_source, [], " does not fit any more: patterns/locks/own_lock.py has changed since"),
        (
            lambda found: change_source(found, "/app/locking.py"),  # a reader's
            [],
            " does not fit any more: /app/locking.py has changed since",
        ),
        (
            lambda found: change(found.path, run={"code": "another"}),
            [],
            " does not fit any more: patterns or benchmarks have changed since",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    happened: Callable[[Run], None] | None, options: list[str], line: str, interrupted: Run
) -> None:
    """Numbers of two machines, sources or sets of options must not meet in one record."""
    if happened:
        happened(interrupted)
    before = (interrupted.path / "suite.json").read_bytes()
    result = CliRunner().invoke(app, ["run", "--resume", str(interrupted.path), *options])

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith(f"loopmark: {interrupted.path}{line}")
    assert before == (interrupted.path / "suite.json").read_bytes()


def test_an_option_that_is_repeated_may_stay(interrupted: Run) -> None:
    """The same words and ``--resume`` are what a shell's history offers."""
    result = CliRunner().invoke(app, [*BEGIN, "--resume", str(interrupted.path)])

    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["run", "--resume"], "there is no unfinished run in {root}"),
        (["run", "{root}"], "{root} can only be gone on with: write --resume {root}"),
        (["run", "--resume", "{root}/none"], "{root}/none/suite.json: cannot be read: FileNotFoundError"),
    ],
)
def test_a_run_that_is_not_there_is_one_line(arguments: list[str], line: str, tmp_path: Path) -> None:
    """The line says what was looked for."""
    words = [word.format(root=tmp_path) for word in arguments]
    result = CliRunner().invoke(app, [*words, "--results", str(tmp_path)])

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith(f"loopmark: {line.format(root=tmp_path)}")


def test_a_newer_run_that_is_damaged_is_not_passed_over(interrupted: Run) -> None:
    """Another one would be measured to its end, unasked."""
    newer = interrupted.path.with_name("2099-01-01T000000") / "suite.json"
    newer.parent.mkdir()
    newer.write_text("{", encoding="utf-8")
    result = CliRunner().invoke(app, ["run", "--resume", "--results", str(interrupted.path.parents[1])])

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith(f"loopmark: {newer}: cannot be read: ")
    assert result.stderr.endswith("; name the run to go on with: --resume RUN\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a copy of this process to kill")
def test_a_run_can_be_killed_at_any_moment(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before each of the operations that write its record: a reader finds nothing half done, and it can be gone on."""
    plan = make_plan(Filters(("locks",), ("contended",), ("asyncio",), ("own_lock",)), PRESETS["standard"])
    blank = suite(plan, settings(tmp_path))
    monkeypatch.setattr(os, "fsync", lambda _: None)  # what is killed here is a process, not the machine
    whole = names(read(measured(plan, tmp_path / "whole", blank)))
    moments = 0
    for moment in range(1000):
        root = tmp_path / str(moment)
        if not killed(moment, lambda: measured(plan, root, blank), monkeypatch):  # noqa: B023  called at once
            break
        for directory in run_directories(root):
            moments += 1
            kept = read(directory).suite["comparisons"]
            writer = Writer.reopen(directory)
            list(measure(plan, settings(root), writer))
            found = read(directory)

            assert names(found) == whole
            assert kept == found.suite["comparisons"][: len(kept)]
            assert sorted(directory.rglob("*.json")) == [
                directory / name for name in ("locks/contended.json", "machine.json", "suite.json")
            ]

    assert moments > 20


def settings(root: Path) -> Settings:
    """Of a run that writes there."""
    return Settings(PRESETS["standard"], "turns", 100.0, 7, root)


def measured(plan: Plan, root: Path, blank: SuiteRecord) -> Path:
    """Measure a plan; where the record is."""
    writer = Writer(root / "here" / "one", {"cpu_count": 2}, deepcopy(blank))
    list(measure(plan, settings(root), writer))
    return writer.directory


def killed(moment: int, action: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Do something in a copy of this process that is killed before that operation on files; whether it came so far."""
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
    done = 0

    def counted(operation: Callable[..., Any]) -> Callable[..., Any]:
        def do(*arguments: Any, **named: Any) -> Any:
            nonlocal done
            if done == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            return operation(*arguments, **named)

        return do

    try:
        monkeypatch.setattr(tempfile, "mkstemp", counted(tempfile.mkstemp))
        for name in ("write_text", "replace", "unlink"):
            monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
        monkeypatch.setattr(pyperf.BenchmarkSuite, "dump", counted(pyperf.BenchmarkSuite.dump))
        action()
    finally:
        os._exit(0)


def test_options_are_spelled_as_one_writes_them() -> None:
    """A switch has no value, a zero is one."""
    given = [("fresh", True), ("fresh", False), ("seeds", 0), ("seeds", None), ("n", [1, 10])]

    assert [spelled(*one) for one in given] == ["--fresh", "no --fresh", "--seeds 0", "no --seeds", "--n 1 --n 10"]

"""A run survives writing and reading, and a damaged file is named in one line."""

import json
import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import pandas as pd
import pyperf
import pytest

from results import record
from results.environment import DISTURBED, flags
from results.frame import COLUMNS, frame, readings, tallies, work
from results.record import RecordError, Writer, glance, read, replace_json, run_directories
from results.suite import ComparisonRecord, PassRecord, ReadingRecord
from results.times import MEASURE, VARYING, WORK
from tests.results.smallest import ABSENCE, SUITE

DEEP = "[" * 100_000
MEMORY: ReadingRecord = {"name": "held", "title": "memory", "unit": "byte", "better": "lower"}


def comparison(workload: str = "contended", n: int = 100) -> ComparisonRecord:
    """A comparison of two launches of two rounds."""
    return {
        "family": "locks",
        "workload": workload,
        "n": n,
        "launches": 2,
        "rounds": 2,
        "loops": {"asyncio_lock@asyncio": 4},
        "twin_of": "asyncio_lock@asyncio",
        "seconds": 1.0,
        "timed_seconds": 0.5,
    }


def benchmark(label: str = "asyncio_lock@asyncio", n: int = 100) -> pyperf.Benchmark:
    """A pyperf benchmark as a launch makes it."""
    alternative, _, backend = label.partition("@")
    runs = [
        pyperf.Run(
            [0.001 * (launch + 1), 0.002 * (launch + 1)],
            metadata={
                "name": f"{label} n={n}",
                "alternative": alternative.removesuffix("#twin"),
                "backend": backend,
                "n": n,
                "twin": int("#twin" in label),
                "launch": launch,
                "tally calls": 0.25,
            },
            collect_metadata=False,
        )
        for launch in range(2)
    ]
    return pyperf.Benchmark(runs)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    """An open record below a machine's folder."""
    return Writer(tmp_path / "here" / "one", {"cpu_count": 2}, json.loads(json.dumps(SUITE)))


def test_what_was_written_is_read_back(writer: Writer) -> None:
    """Machine, suite and times come back as they were."""
    writer.suite["run"]["state"] = "complete"
    writer.add(comparison(), [benchmark()])
    run = read(writer.directory)

    assert run.machine == {"cpu_count": 2}
    assert writer.suite == run.suite
    assert run.safety is None
    assert run.problems == [
        f"{writer.directory / 'safety.json'}: missing: nothing was tested for safety in this run",
    ]
    assert run.benchmarks["locks", "contended"].get_benchmarks()[0].get_values() == (0.001, 0.002, 0.002, 0.004)


def test_readings_have_files_of_their_own(writer: Writer) -> None:
    """Read back by the name that the suite gives them, and in a frame of their own."""
    reading: ReadingRecord = {"name": "most", "title": "most at once", "unit": "count", "better": "lower"}
    writer.suite["families"]["locks"]["workloads"]["contended"]["readings"] = [reading]
    writer.add(comparison(), [benchmark()], {"most": [benchmark("other@asyncio")]})
    run = read(writer.directory)

    assert (writer.directory / "locks" / "contended.most.json").exists()
    assert list(run.readings) == [("locks", "contended", "most")]
    assert set(readings(run)["alternative"]) == {"other"}
    assert list(readings(run).columns) == [*COLUMNS, "reading"]
    assert set(frame(run)["alternative"]) == {"asyncio_lock"}


def test_readings_of_extra_launches_are_kept(writer: Writer) -> None:
    """They lie beside the planned ones, and a frame has both."""
    reading: ReadingRecord = {"name": "most", "title": "most at once", "unit": "count", "better": "lower"}
    writer.suite["families"]["locks"]["workloads"]["contended"]["readings"] = [reading]
    entry = comparison()
    writer.add(entry, [benchmark()], {"most": [benchmark()]})
    writer.add_extra(entry, [benchmark()], {"most": [later(benchmark())]})
    run = read(writer.directory)

    assert list(run.extra_readings) == [("locks", "contended", "most")]
    assert sorted(set(readings(run)["launch"])) == [0, 1, 2, 3]


def later(found: pyperf.Benchmark) -> pyperf.Benchmark:
    """The same in the two launches that come after its own."""
    return pyperf.Benchmark(
        [
            pyperf.Run(run.values, metadata={**run.get_metadata(), "launch": number}, collect_metadata=False)
            for number, run in enumerate(found.get_runs(), 2)
        ]
    )


def test_what_a_pass_gave_is_read_back(writer: Writer) -> None:
    """By its name; the measures in it are told apart by what their benchmarks say, and older records have none."""
    writer.suite["passes"] = {"memory": [MEMORY]}
    entry = comparison()
    writer.add(entry, [benchmark()])
    assert read(writer.directory).readings == {}
    found: PassRecord = {"launches": 1, "seconds": 1.0, "measured": ["asyncio_lock@asyncio"], "missing": {}}
    held = benchmark()
    held.update_metadata({MEASURE: "held"})
    for _ in range(2):  # a killed process had written the file already
        writer.add_passes(entry, {"memory": found}, {"memory": [held]})
    run = read(writer.directory)

    assert run.problems[:-1] == []
    assert [one.get_name() for one in run.readings["locks", "contended", "memory"].get_benchmarks()] == [
        held.get_name()
    ]
    assert set(readings(run)["reading"]) == {"held"}
    assert run.suite["comparisons"][0]["passes"] == {"memory": found}


def test_a_count_that_varies_is_no_number(writer: Writer) -> None:
    """The others are what they are, zero as well."""
    writer.suite["passes"] = {WORK: []}
    entry, counted = comparison(), benchmark()
    counted.update_metadata({"tally tasks": 0, "tally futures": 2.5, VARYING: "calls, turns"})
    found: PassRecord = {"launches": 1, "seconds": 1.0, "measured": ["asyncio_lock@asyncio"], "missing": {}}
    writer.add(entry, [benchmark()])
    writer.add_passes(entry, {WORK: found}, {WORK: [counted]})
    table = work(read(writer.directory))
    counts = dict(zip(table["tally"], table["value"], strict=True))

    assert (counts.pop("tasks"), counts.pop("futures")) == (0, 2.5)
    assert {name: math.isnan(value) for name, value in counts.items()} == {"calls": True}


def test_a_pass_that_nobody_describes_is_named(writer: Writer) -> None:
    """As any other name is; the whole record is refused for it."""
    entry = comparison()
    found: PassRecord = {"launches": 1, "seconds": 1.0, "measured": [], "missing": {}}
    writer.add(entry, [benchmark()])
    writer.add_passes(entry, {"memory": found}, {})

    with pytest.raises(RecordError, match=r"passes: nothing describes the pass 'memory'"):
        read(writer.directory)


def test_a_run_that_did_not_end_was_interrupted(writer: Writer) -> None:
    """Whoever reads it: a killed process has no time to say so, and nothing that it had not finished counts."""
    writer.add(comparison(), [benchmark()])
    times = writer.directory / "locks" / "contended.json"
    record.replace_suite(times, pyperf.BenchmarkSuite([benchmark(), benchmark(n=10)]))
    run = read(writer.directory)

    assert run.suite["run"]["state"] == "interrupted"
    assert run.benchmarks["locks", "contended"].get_benchmark_names() == ["asyncio_lock@asyncio n=100"]


def test_a_glance_reads_no_times(writer: Writer) -> None:
    """What a run is and what it compared is known before its times are, and if they are damaged."""
    writer.add(comparison(), [benchmark("asyncio_lock@asyncio")])
    (writer.directory / "locks/contended.json").write_text("damaged", encoding="utf-8")
    run = glance(writer.directory)

    assert (run.suite["run"]["state"], len(run.suite["comparisons"])) == ("interrupted", 1)
    assert (run.machine, run.benchmarks, run.problems) == (read(writer.directory).machine, {}, [])


def test_every_comparison_is_on_disk_at_once(writer: Writer) -> None:
    """A second comparison of the same workload joins the first in its file."""
    writer.add(comparison(), [benchmark()])
    writer.add(comparison(n=10), [benchmark(n=10)])
    names = read(writer.directory).benchmarks["locks", "contended"].get_benchmark_names()

    assert sorted(names) == ["asyncio_lock@asyncio n=10", "asyncio_lock@asyncio n=100"]


def test_no_temporary_file_is_left(writer: Writer) -> None:
    """Replacing a file leaves nothing but the file."""
    writer.add(comparison(), [benchmark()])
    files = {str(path.relative_to(writer.directory)) for path in writer.directory.rglob("*") if path.is_file()}

    assert {"machine.json", "suite.json", "locks/contended.json"} == files


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    """A value that cannot be written leaves the file as it was."""
    path = tmp_path / "value.json"
    record.replace_json(path, {"old": 1})
    with pytest.raises(TypeError):
        record.replace_json(path, {"new": object()})

    assert ({"old": 1}, [path]) == (json.loads(path.read_text()), list(tmp_path.iterdir()))


def test_damaged_times_are_a_problem_and_not_an_end(writer: Writer) -> None:
    """The damaged file is named; the other workload is read."""
    writer.add(comparison(), [benchmark()])
    writer.add(comparison("uncontended"), [benchmark()])
    damaged = writer.directory / "locks" / "contended.json"
    damaged.write_text('{"version": "1.0", "benchm')
    run = read(writer.directory)

    assert list(run.benchmarks) == [("locks", "uncontended")]
    assert [line for line in run.problems if "safety.json" not in line] == run.problems[:1]
    assert run.problems[0].startswith(f"{damaged}: not a pyperf suite: JSONDecodeError")


def altered(*path: Any, to: object) -> str:
    """A suite with an absence, and another value at a place."""
    value: Any = {**deepcopy(SUITE), "absences": [dict(ABSENCE)]}
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return json.dumps(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read: DecodeError"),
        (DEEP, "cannot be read: nested too deeply"),
        ('{"format": NaN}', "cannot be read: DecodeError"),
        ("[]", "holds no JSON object"),
        ('{"format": 99}', "format 99 is not 2: written by another version"),
        ('{"format": 2}', "Object missing required field `run`"),
        (altered("absences", 0, "state", to="odd"), "Invalid enum value 'odd' - at $.absences[0].state"),
    ],
)
def test_a_suite_that_is_not_ours_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """One line names the file and what is wrong with it."""
    (tmp_path / "suite.json").write_text(text)
    with pytest.raises(RecordError) as raised:
        read(tmp_path)

    assert str(raised.value).startswith(f"{tmp_path / 'suite.json'}: {message}")


def test_the_newest_run_comes_first_and_the_reference_last(tmp_path: Path) -> None:
    """A visitor sees the reference run only where nothing else was measured."""
    for name in ("reference/2030-01-01", "b/2026-01-01", "a/2026-01-02"):
        Writer(tmp_path / name, {}, json.loads(json.dumps(SUITE)))
    found = [str(path.relative_to(tmp_path)) for path in run_directories(tmp_path)]

    assert found == ["a/2026-01-02", "b/2026-01-01", "reference/2030-01-01"]


def test_a_name_that_is_no_moment_is_never_the_newest(tmp_path: Path) -> None:
    """A copy that somebody has put aside would be drawn for ever."""
    for name in ("m/copy of a run", "m/2026-01-02T030405", "m/2026-01-02T030405-00af", "m/9999", "reference/first"):
        Writer(tmp_path / name, {}, json.loads(json.dumps(SUITE)))
    found = [path.name for path in run_directories(tmp_path)]

    assert found == ["2026-01-02T030405-00af", "2026-01-02T030405", "copy of a run", "9999", "first"]


def test_a_link_to_a_file_stays_one(tmp_path: Path) -> None:
    """What it leads to is replaced; a folder is not."""
    (tmp_path / "there").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "there" / "file.json")
    replace_json(tmp_path / "link.json", {"a": 1})
    (tmp_path / "folder").symlink_to(tmp_path / "there")

    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "there" / "file.json").read_text()) == {"a": 1}
    with pytest.raises(OSError, match=r"folder|there"):
        replace_json(tmp_path / "folder", {"a": 1})
    assert (tmp_path / "folder").is_symlink()


def test_the_frame_has_a_row_per_value(writer: Writer) -> None:
    """Launch and round say which values were measured next to each other."""
    writer.add(comparison(), [benchmark(), benchmark("asyncio_lock#twin@asyncio")])
    rows = frame(read(writer.directory))
    expected = pd.DataFrame(
        [
            (
                "locks",
                "contended",
                100,
                "asyncio_lock",
                "asyncio",
                twin,
                launch,
                number,
                0.001 * (launch + 1) * (number + 1),
                None,
            )
            for twin in (True, False)
            for launch in range(2)
            for number in range(2)
        ],
        columns=COLUMNS,
    )

    order = ["twin", "launch", "round"]
    pd.testing.assert_frame_equal(
        expected.sort_values(order, ignore_index=True), rows.sort_values(order, ignore_index=True)
    )


def test_the_frame_names_disturbed_values(writer: Writer) -> None:
    """The second value of the first launch, none of the second; nobody knows of the twin's."""
    known = benchmark()
    flagged = [
        pyperf.Run(run.values, metadata={**run.get_metadata(), DISTURBED: flags(rounds)}, collect_metadata=False)
        for run, rounds in zip(known.get_runs(), ([1], []), strict=True)
    ]
    writer.add(comparison(), [pyperf.Benchmark(flagged), benchmark("asyncio_lock#twin@asyncio")])
    rows = frame(read(writer.directory))
    found = rows[["twin", "launch", "round", "disturbed"]].itertuples(index=False, name=None)

    assert sorted(found, key=lambda row: row[:3]) == [
        (False, 0, 0, False),
        (False, 0, 1, True),
        (False, 1, 0, False),
        (False, 1, 1, False),
        *((True, launch, number, None) for launch in range(2) for number in range(2)),
    ]


def test_an_empty_run_is_an_empty_frame(writer: Writer) -> None:
    """Nothing measured is no error."""
    assert (len(frame(read(writer.directory))), list(frame(read(writer.directory)).columns)) == (0, COLUMNS)


def test_tallies_are_read_once_per_variant(writer: Writer) -> None:
    """A count per operation, without the twin's copy."""
    writer.add(comparison(), [benchmark(), benchmark("asyncio_lock#twin@asyncio")])
    counted = tallies(read(writer.directory))

    assert list(counted[["alternative", "tally", "value"]].itertuples(index=False, name=None)) == [
        ("asyncio_lock", "calls", 0.25)
    ]


def test_extra_launches_are_kept_beside_the_planned_ones(writer: Writer) -> None:
    """The planned file stays balanced; a second batch joins the first; the frame holds all of them."""
    writer.add(comparison(), [benchmark(), benchmark("other@asyncio")])
    entry = writer.suite["comparisons"][0]
    for _ in range(2):
        entry["extra"] = {"launches": {"other@asyncio": 2}, "seconds": 1.0, "timed_seconds": 0.5}
        writer.add_extra(entry, [benchmark("other@asyncio")], {})
    run = read(writer.directory)

    assert {one.get_nvalue() for one in run.benchmarks["locks", "contended"].get_benchmarks()} == {4}
    assert [one.get_nvalue() for one in run.extra["locks", "contended"].get_benchmarks()] == [8]
    assert run.suite["comparisons"][0]["extra"]["launches"] == {"other@asyncio": 2}
    assert len(frame(run)) == 4 + 4 + 8

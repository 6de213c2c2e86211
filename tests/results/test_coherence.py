"""What a record says is a name that it describes, a number that can be, and a place that is named if it is not."""

import json
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import pyperf
import pytest

from benchmarks.options import Options
from results.files import RecordError
from results.record import Writer, read, read_suite, replace_suite
from results.suite import OptionsRecord, SuiteRecord
from results.times import read_times
from tests.results.smallest import ABSENCE, SUITE

COMPARISON: dict[str, Any] = {
    "family": "locks",
    "workload": "contended",
    "n": 100,
    "launches": 1,
    "rounds": 1,
    "loops": {"other@asyncio": 1},
    "twin_of": "",
    "seconds": 1.0,
    "timed_seconds": 0.5,
}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"comparisons": [{**COMPARISON, "family": "x"}]}, "$.comparisons[0]: nothing describes the family 'x'"),
        ({"comparisons": [{**COMPARISON, "workload": "x"}]}, "$.comparisons[0]: nothing describes the workload 'x'"),
        ({"comparisons": [COMPARISON, COMPARISON]}, "$.comparisons[1]: locks/contended n=100 is there twice"),
        (
            {"comparisons": [{**COMPARISON, "twin_of": "x@asyncio"}]},
            "$.comparisons[0].twin_of: nothing describes the a",
        ),
        (
            {"comparisons": [{**COMPARISON, "walls": {"x@asyncio": 1}}]},
            "$.comparisons[0].walls: nothing describes the a",
        ),
        ({"comparisons": [{**COMPARISON, "loops": {"x": 1}}]}, "Expected `str` matching regex"),
        ({"absences": [{**ABSENCE, "backend": "x"}]}, "$.absences[0]: nothing describes the backend 'x'"),
        ({"absences": [{**ABSENCE, "workload": "../../x"}]}, "Expected `str` matching regex"),
        ({"run": {**SUITE["run"], "started": "soon"}}, "$.run.started: 'soon' is no moment"),
        ({"run": {**SUITE["run"], "seconds": -1}}, "Expected `float` >= 0.0 - at $.run.seconds"),
    ],
)
def test_a_name_that_nothing_describes_is_named(tmp_path: Path, changes: dict[str, Any], line: str) -> None:
    """With the file and the place in it."""
    path = tmp_path / "suite.json"
    path.write_text(json.dumps({**SUITE, **changes}), encoding="utf-8")

    with pytest.raises(RecordError) as raised:
        read_suite(path)
    assert str(raised.value).startswith(f"{path}: {line}")
    assert "\n" not in str(raised.value)


def test_a_damaged_family_is_left_out_of_pages_and_ends_a_resumption(tmp_path: Path) -> None:
    """The line names the entry of the table, for which msgspec writes dots."""
    suite = json.loads(json.dumps(SUITE))
    suite["families"]["locks"]["alternatives"]["other"]["caveats"] = [1]
    (tmp_path / "suite.json").write_text(json.dumps(suite), encoding="utf-8")
    line = "family locks is left out: Expected `str`, got `int` - at $.alternatives.other.caveats[0]"

    assert line in read(tmp_path).problems[0]
    with pytest.raises(RecordError, match="family locks is left out"):
        read_suite(tmp_path / "suite.json")


def test_what_is_no_record_is_not_written(tmp_path: Path) -> None:
    """The record that is there stays."""
    writer = Writer(tmp_path, {}, deepcopy(SUITE))
    before = (tmp_path / "suite.json").read_bytes()
    writer.suite["run"]["seconds"] = float("inf")

    with pytest.raises(RecordError, match=r"run\.seconds"):
        writer.save()
    assert before == (tmp_path / "suite.json").read_bytes()


def test_a_machine_that_nobody_could_read_is_not_written(tmp_path: Path) -> None:
    """The run does not begin."""
    with pytest.raises(RecordError, match=r"machine\.json: .* at \$\.cpu_count"):
        Writer(tmp_path, {"cpu_count": "two"}, deepcopy(SUITE))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "value", "line"),
    [
        ({"launch": "one"}, 0.1, "run 1: Expected `int`, got `str` - at $.launch"),
        ({"disturbed rounds": "some"}, 0.1, "run 1: Expected `str` matching regex"),
        ({"tally calls": -1.0}, 0.1, "run 1: Expected `float` >= 0.0 - at $.tally calls"),
        ({"alternative": "somebody"}, 0.1, "suite.json does not describe somebody@asyncio"),
        ({"name": "another@asyncio n=100"}, 0.1, "its name is not that of other@asyncio"),
        ({}, 5e-324, "run 1: a value is not between 1e-15 and 1e+12"),
    ],
)
def test_times_name_the_benchmark(tmp_path: Path, changes: dict[str, Any], value: float, line: str) -> None:
    """Pyperf itself takes all of these."""
    metadata = {"name": "other@asyncio n=100", "n": 100, "alternative": "other", "backend": "asyncio", "twin": 0}
    run = pyperf.Run([value], metadata={**metadata, "launch": 0, **changes}, collect_metadata=False)
    path = tmp_path / "contended.json"
    replace_suite(path, pyperf.BenchmarkSuite([pyperf.Benchmark([run])]))

    with pytest.raises(RecordError) as raised:
        read_times(path, {"other"}, {"asyncio"})
    assert str(raised.value).startswith(f"{path}: benchmark ")
    assert line in str(raised.value)


def test_the_record_knows_every_option() -> None:
    """What it does not know would be lost when a run goes on."""
    assert OptionsRecord.__annotations__.keys() == {option.name for option in fields(Options)}


def test_other_programs_can_have_the_description() -> None:
    """As a JSON Schema, from the same types."""
    assert "ComparisonRecord" in msgspec.json.schema(SuiteRecord)["$defs"]

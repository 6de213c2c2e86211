"""The files of times: native pyperf suites, which pyperf reads, and what each benchmark in them says of itself.

pyperf takes any number above zero and any text for metadata. What a report, or a run that goes on, needs of them is
checked here, once.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

import pyperf
from msgspec import Meta

from results.files import RecordError, one_line
from results.labels import Label
from results.shapes import Amount, Few, FileName, Line, Point, shaped

TALLY = "tally "  # how the metadata of what was counted begin
VARYING = "varying"  # the metadata that names tallies which were not the same in each block
MEASURE = "measure"  # the metadata that says which of a pass's measures a benchmark is of
WORK = "work"  # the pass whose benchmarks are operations, and whose numbers are their tallies
LEAST, MOST = 1e-15, 1e12  # of a value: seconds, a count, a ratio

Rounds = Annotated[str, Meta(pattern=r"^(none|[0-9]{1,6}( [0-9]{1,6})*)\Z")]


class BenchmarkRecord(TypedDict):
    """What all runs of a benchmark say alike: whose they are. ``twin`` numbers further copies of an alternative."""

    name: Line
    n: Point
    alternative: Line
    backend: FileName
    twin: Few


# What one run says: its launch, and which of its rounds others disturbed, as ``results.environment.flags`` writes it.
RunRecord = TypedDict("RunRecord", {"launch": Few, "disturbed rounds": NotRequired[Rounds]})


def read_times(path: Path, alternatives: Collection[str], backends: Collection[str]) -> list[pyperf.Benchmark]:
    """The benchmarks of a file, each of one of the ``alternatives`` on one of the ``backends``.

    Raises RecordError, which names the file and the benchmark, for what is damaged or not ours.
    """
    try:
        found = pyperf.BenchmarkSuite.load(str(path)).get_benchmarks()
    # pyperf raises whatever its parsing ran into: KeyError, TypeError, ValueError, OSError, RecursionError.
    except Exception as error:
        raise RecordError(f"{path}: not a pyperf suite: {one_line(error)}") from error
    for benchmark in found:
        where = f"{path}: benchmark {str(benchmark.get_name())[:100]!r}"
        named = shaped(benchmark.get_metadata(), BenchmarkRecord, where)
        label = Label(named["alternative"], named["backend"], named["twin"])
        if not (label.is_null or label.alternative in alternatives) or label.backend not in backends:
            raise RecordError(f"{where}: suite.json does not describe {label.original}")
        if not named["name"].startswith(f"{label} "):
            raise RecordError(f"{where}: its name is not that of {label}")
        for number, run in enumerate(benchmark.get_runs(), 1):
            _check(run, f"{where}, run {number}")
    return list(found)


def _check(run: pyperf.Run, where: str) -> None:
    if not run.values:
        return  # pyperf's own engine keeps how it found its loops
    metadata = run.get_metadata()
    shaped(metadata, RunRecord, where)
    shaped({name: value for name, value in metadata.items() if name.startswith(TALLY)}, dict[Line, Amount], where)
    if not all(LEAST <= value <= MOST for value in run.values):
        raise RecordError(f"{where}: a value is not between {LEAST:g} and {MOST:g}")

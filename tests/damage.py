"""Damaged records, and what a user does with one: each drawn from a seed, so that whatever goes wrong can be repeated.

``python -m tests.damage RUN --count 10000`` damages copies of a run's record, in bytes and in values, and says which of
them ended in anything but pages within their folder or one line. Charts are laid out, but not drawn.
"""

import argparse
import contextlib
import json
import random
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyperf
import vl_convert
from typer import Typer
from typer.testing import CliRunner

from benchmarks import __main__ as measuring
from benchmarks import resume
from benchmarks.engine.engines import Measured
from benchmarks.job import prepared
from benchmarks.options import Options
from benchmarks.plan import provenance
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.variants import Variant
from benchmarks.recording import close, keep, open_record
from reports import __main__ as drawing
from reports.pages import charts, drawings
from results.environment import ConditionsRecord, LookRecord
from results.record import Writer
from results.suite import ComparisonRecord, PassRecord, ReadingRecord
from results.times import MEASURE, VARYING, WORK
from tests.benchmarks.conftest import said_of
from tests.reports.synthetic import Fake, absence, write_run

BRACKETS, DIGITS = "a hundred thousand brackets", "five thousand digits"  # stand in for what json cannot write
DEEPLY: list[Any] = []
for _ in range(500):
    DEEPLY = [DEEPLY]
WRONG: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x", [], {}, [1], {"a": 1}, [[]], "0", 10**6)
HUGE = (10**30, -(10**30), 1e308, -1e308, 10**18, "x" * 100_000, DIGITS)
ODD = (float("nan"), float("inf"), float("-inf"), 5e-324, 1e-300, -0.0)
INTERRUPTED = 130
PAGE = {"build": "index.html", "compare": "compare.html"}
NAMES = ("../../outside", "..", "a/b", "a\\b", "", " ", "a\nb", "\x00", "\ud800", "a@b", "a#twinx@b", "<b>", "x" * 300)


@dataclass
class Damage:
    """What happens to a record: ``apply`` changes one of its files."""

    file: Path
    what: str
    text: bytes | None

    def apply(self) -> None:
        """Damage the file; without a text it is lost."""
        if self.text is None:
            self.file.unlink()
        else:
            self.file.write_bytes(self.text)


def drawn(draw: random.Random, record: Path) -> Damage:
    """A damage of one of a record's files."""
    found = {path.name: path for path in sorted(record.rglob("*.json"))}
    path = found[draw.choice((*found, "suite.json", "suite.json", "suite.json", *({"safety.json"} & found.keys())))]
    before = path.read_bytes()
    how = draw.choice((*BYTES, *VALUES, *VALUES))  # a wrong value is harder to see than a wrong byte
    if how in BYTES:
        return Damage(path, f"{path.name}: {how}", BYTES[how](draw, before))
    value = json.loads(before)
    place = _change(draw, value, VALUES[how])
    text = json.dumps(value).replace(json.dumps(BRACKETS), "[" * 100_000 + "]" * 100_000)
    return Damage(path, f"{path.name}: {how} at {place}", text.replace(json.dumps(DIGITS), "9" * 5000).encode())


def _cut(draw: random.Random, text: bytes) -> tuple[int, int]:
    start = draw.randrange(len(text))
    return start, min(len(text), start + draw.choice((1, 1, 2, 10, 100, 1000)))


def _flipped(draw: random.Random, text: bytes) -> bytes:
    changed = bytearray(text)
    for _ in range(draw.choice((1, 1, 1, 5))):
        changed[draw.randrange(len(text))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _dropped(draw: random.Random, text: bytes) -> bytes:
    start, end = _cut(draw, text)
    return text[:start] + text[end:]


def _copied(draw: random.Random, text: bytes) -> bytes:
    start, end = _cut(draw, text)
    place = draw.randrange(len(text))
    return text[:place] + text[start:end] + text[place:]


def _inserted(draw: random.Random, text: bytes) -> bytes:
    place = draw.randrange(len(text))
    return text[:place] + draw.choice((b"[" * 100_000, b"{", b"\x00", b"\xff\xfe", draw.randbytes(8))) + text[place:]


BYTES: dict[str, Callable[[random.Random, bytes], bytes | None]] = {
    "bits": _flipped,
    "a part lost": _dropped,
    "a part repeated": _copied,
    "something inserted": _inserted,
    "cut off": lambda draw, text: text[: draw.randrange(len(text))],
    "lost": lambda *_: None,
    "empty": lambda *_: b"",
    "brackets alone": lambda *_: b"[" * 100_000,
    "another file": lambda draw, _: draw.choice((b"[]", b"{}", b'{"format": 2}', b'{"format": 1}', b"null", b"1")),
}

Change = Callable[[random.Random, Any, Any], None]  # of an entry of a container, in place


def _other(*values: object) -> Change:
    def change(draw: random.Random, container: Any, key: Any) -> None:
        container[key] = draw.choice(values)

    return change


def _missing(_: random.Random, container: Any, key: Any) -> None:
    del container[key]


def _renamed(draw: random.Random, container: Any, key: Any) -> None:
    value = container.pop(key)
    if isinstance(container, dict):
        container[draw.choice((f"{key}_", key.upper(), *NAMES))] = value


def _named(draw: random.Random, container: Any, key: Any) -> None:
    container[key] = draw.choice(NAMES)


def _sibling(draw: random.Random, container: Any, key: Any) -> None:
    container[key] = container[draw.choice(list(container) if isinstance(container, dict) else range(len(container)))]


def _twice(_: random.Random, container: Any, key: Any) -> None:
    if isinstance(container, list):
        container.insert(key, container[key])
    else:
        container[f"{key}2"] = container[key]


def _scaled(draw: random.Random, container: Any, key: Any) -> None:
    if isinstance(container[key], int | float):
        container[key] *= draw.choice((-1, 0, 10, 1000, 1e-9, 1e9))
    else:
        container[key] = [container[key]]


VALUES: dict[str, Change] = {
    "wrong": _other(*WRONG),
    "missing": _missing,
    "renamed": _renamed,
    "a hostile name": _named,
    "huge": _other(*HUGE),
    "odd": _other(*ODD),
    "scaled": _scaled,
    "deep": _other(DEEPLY),
    "brackets": _other(BRACKETS),
    "a sibling's value": _sibling,
    "twice": _twice,
}


def _change(draw: random.Random, value: Any, change: Change) -> str:
    """Change an entry somewhere in a value: any depth is as likely as any other, however many entries it has."""
    place, keys = "$", []
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return f"{place}, which is empty"
        key = draw.choice(keys)
        place += f"[{key!r}]"
        inner = value[key]
        if not isinstance(inner, dict | list) or not inner or draw.random() < 0.2:
            change(draw, value, key)
            return place
        value = inner


@dataclass
class Ends:
    """How damaged records ended: ``wrong`` has a text for each that ended as none may."""

    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@contextlib.contextmanager
def cheaply() -> Iterator[None]:
    """Lay out each chart once and draw none, compile templates once, go on with runs without measuring anything."""
    known: dict[str, Any] = {}

    def laid_out(chart: Any) -> Any:
        if (text := repr(chart)) not in known:
            known[text] = charts.drawn(chart)
        return known[text]

    def remembered(job: Any, *_: object) -> int:
        list(resume.remembered(job.plan, job.settings, job.writer, None))
        return 0

    with (
        patch.object(vl_convert, "vegalite_to_svg", lambda *_, **__: '<svg xmlns="http://www.w3.org/2000/svg"/>'),
        patch.object(drawings, "_drawn", laid_out),
        patch.object(measuring, "alone", lambda: contextlib.nullcontext(lambda _: None)),
        patch.object(measuring, "carried_out", remembered),
        patch.object(resume, "machine", cache(provenance.machine)),
        patch.object(resume, "fingerprint", cache(provenance.fingerprint)),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        yield


def readable(folder: Path) -> Path:
    """A small run with one of everything that a report shows."""
    reading: ReadingRecord = {"name": "most", "title": "most at once", "unit": "count", "better": "lower"}
    launch: ConditionsRecord = {"launch": 0, "rounds": 2, "turns": 12, "disturbed_rounds": [1], "disturbed_turns": 1}
    look: LookRecord = {
        "taken": "2026-01-02T03:04:05+00:00",
        "disturbances": [{"what": "load 3.0 on 2 cores", "severity": "will disturb", "advice": "wait"}],
        "system": "CPU: use 2 logical CPUs: 0-1",
    }
    fakes = {
        "usual": Fake(backends=("asyncio", "uvloop"), readings=(("most", 3.0),)),
        "quick": Fake(0.5, exponent=-0.3, kind="own", backends=("asyncio", "trio"), readings=(("most", 2.0),)),
        "careless": Fake(0.3, exponent=0.3, breaks=(("no_leaks", "asyncio"),), caveats=("No order is kept.",)),
        "absent": Fake(backends=()),
    }
    settings: dict[str, Any] = {"launches": 6, "rounds": 1, "readings": [reading], "conditions": [launch]}
    write_run(folder, fakes, looks=[look], absences=[absence("absent", "hung", "no answer within 10 s")], **settings)
    writer = Writer.reopen(folder)
    entry = writer.suite["comparisons"][1]
    labels = [benchmark.get_name().split()[0] for benchmark in writer.held(entry)]
    entry["loops"], entry["walls"] = dict.fromkeys(labels, 4), dict.fromkeys(labels, 0.004)
    entry["extra"] = {"launches": {labels[0]: 2}, "seconds": 1.0, "timed_seconds": 0.5}
    writer.add_extra(entry, [further(one, 6, 2) for one in writer.held(entry)[:2]], {})
    add_passes(writer, entry)
    return folder


def add_passes(writer: Writer, entry: ComparisonRecord) -> None:
    """Memory that all held, and work that one of them did; somebody failed, and a third pass was not reached."""
    memory: ReadingRecord = {"name": "memory", "title": "memory in flight", "unit": "byte", "better": "lower"}
    writer.suite["passes"] = {WORK: [], "memory": [memory], "stall": [{**memory, "name": "stall", "unit": "second"}]}
    held = writer.held(entry)
    labels = [benchmark.get_name().split()[0] for benchmark in held]
    found: PassRecord = {"launches": 6, "seconds": 1.0, "measured": labels, "missing": {}}
    failed: PassRecord = {**found, "measured": labels[:1], "missing": {labels[1]: "KeyError: 1"}}
    counted = {MEASURE: WORK, "tally tasks made": 0.5, "tally timers left": 0, VARYING: "tasks made"}
    writer.add_passes(
        entry,
        {WORK: failed, "memory": found},
        {WORK: [saying(held[0], counted)], "memory": [saying(one, {MEASURE: "memory"}) for one in held]},
    )


def saying(benchmark: pyperf.Benchmark, metadata: dict[str, Any]) -> pyperf.Benchmark:
    """The same benchmark with more to say."""
    copy = pyperf.Benchmark(benchmark.get_runs())
    copy.update_metadata(metadata)
    return copy


def unfinished(root: Path) -> Path:
    """A run that was interrupted after its first comparison, and can be gone on with."""
    options = Options(
        preset="standard",
        family=["locks"],
        workload=["contended"],
        backend=["asyncio"],
        alternative=["own_lock"],
        seed=1,
    )
    plan, _, settings = prepared(options, root)
    writer = open_record(plan, settings)
    comparison = next(one for one in plan.comparisons if one.n == MIDDLE)
    labels = [variant.label for variant in comparison.variants]
    benchmarks = [made(variant) for variant in comparison.variants]
    measured = Measured(benchmarks=benchmarks, launches=7, rounds=2)
    measured.loops, measured.walls = dict.fromkeys(labels, 4), dict.fromkeys(labels, 0.004)
    keep(writer, comparison, measured)
    entry = writer.suite["comparisons"][0]
    entry["extra"] = {"launches": {labels[0]: 2}, "seconds": 1.0, "timed_seconds": 0.5}
    writer.add_extra(entry, [further(one, 7, 2) for one in benchmarks], {})
    writer.suite["run"]["checked"] = True
    close(writer)
    return writer.directory


def made(variant: Variant) -> pyperf.Benchmark:
    """Seven launches of a variant, as its worker names them."""
    draw = random.Random(variant.label)
    return pyperf.Benchmark(
        [
            pyperf.Run([0.001 * draw.uniform(1, 2)] * 2, metadata=said_of(variant, launch), collect_metadata=False)
            for launch in range(7)
        ]
    )


def further(benchmark: pyperf.Benchmark, first: int, count: int) -> pyperf.Benchmark:
    """Launches like those of a benchmark, with higher numbers."""
    return pyperf.Benchmark(
        [
            pyperf.Run(run.values, metadata={**run.get_metadata(), "launch": first + number}, collect_metadata=False)
            for number, run in enumerate(benchmark.get_runs()[:count])
        ]
    )


class Trial:
    """A copy of a record that is damaged again and again, each time as it was at first, and an undamaged one."""

    def __init__(self, record: Path, root: Path, commands: Sequence[str]) -> None:
        """``root`` is a folder of its own, in which nothing but pages may appear."""
        self.root, self.commands = root, commands
        self.record = Path(shutil.copytree(record, root / "runs" / "here" / "damaged"))
        self.whole = Path(shutil.copytree(record, root / "runs" / "here" / "whole"))
        self.pages = root / "there" / "html"
        self.files = {path: path.read_bytes() for path in self.record.rglob("*") if path.is_file()}
        self.known = self._others()

    def _others(self) -> set[Path]:
        return {path for path in self.root.rglob("*") if path.is_file() and self.pages not in path.parents}

    def once(self, seed: str, ends: Ends) -> None:
        """Damage the record, do with it what a user does, and mend it."""
        damage = drawn(random.Random(seed), self.record)
        damage.apply()
        self.all(f"{seed}: {damage.what}", ends)
        for path, text in self.files.items():
            if not path.exists() or path.read_bytes() != text:
                path.write_bytes(text)
        for path in self._others() - self.known:
            path.unlink()

    def all(self, what: str, ends: Ends) -> None:
        """Do with the record what a user does."""
        for command in self.commands:
            ends.counted[f"{command}: {self._end(command, what, ends.wrong)}"] += 1

    def _end(self, command: str, what: str, wrong: list[str]) -> str:
        app, arguments = self._called(command)
        result = CliRunner().invoke(app, arguments)
        if result.exit_code == INTERRUPTED:
            raise KeyboardInterrupt
        lines = result.stderr.splitlines()
        if result.exception and not isinstance(result.exception, SystemExit):
            wrong.append(f"{command} {what}: {''.join(traceback.format_exception(result.exception))}")
            return "traceback"
        if (result.exit_code, len(lines)) != (2, 1) and result.exit_code != 0:
            wrong.append(f"{command} {what}: exit code {result.exit_code} with {len(lines)} lines: {lines[:3]}")
            return "other"
        if command != "resume" and (outside := self._others() - self.known):
            wrong.append(f"{command} {what}: wrote {', '.join(map(str, sorted(outside)))}")
            return "outside"
        if result.exit_code == 0 and command != "resume" and not (self.pages / PAGE[command]).is_file():
            wrong.append(f"{command} {what}: no page")
            return "nothing"
        shutil.rmtree(self.pages, ignore_errors=True)
        return "one line" if result.exit_code else "done"

    def _called(self, command: str) -> tuple[Typer, list[str]]:
        output = ["--output", str(self.pages)]
        match command:
            case "build":
                return drawing.app, ["build", str(self.record), *output]
            case "compare":
                return drawing.app, ["compare", str(self.whole), str(self.record), "--other-machine", *output]
            case _:
                return measuring.app, ["run", "--resume", str(self.record)]


def main() -> int:
    """Damage a run and one that was interrupted, and say how it ended; exit code 1 if anything ended as none may.

    Ctrl-C ends it sooner, with what was seen until then.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", help="a small one of our own if left out")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="the first of them")
    options = parser.parse_args()
    total, began, done = Ends(), time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, cheaply(), contextlib.suppress(KeyboardInterrupt):
        root = Path(folder)
        trials = [
            Trial(options.run or readable(root / "readable"), root / "read", ("build", "compare")),
            Trial(unfinished(root / "unfinished"), root / "resumed", ("resume",)),
        ]
        for number in range(options.seed, options.seed + options.count):
            for trial in trials:
                trial.once(str(number), total)
            done += 1
    for text in total.wrong:
        print(text, file=sys.stderr)
    print(f"{done} of each in {time.monotonic() - began:.0f} s: {dict(total.counted)}")
    return int(bool(total.wrong))


if __name__ == "__main__":
    sys.exit(main())

"""What another environment is asked by the process that measures, in that environment.

Run as ``python -m benchmarks.there PARENT describe ROOT OPTIONS`` it prints as JSON its ``machine``, its ``suite`` of
before the first block and its ``variants``; ``check RECORD OPTIONS FAMILY`` asks the promises of a family, into a
record that is there. ``OPTIONS`` are those of the run as JSON. It ends with the process of the id PARENT.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.engine import guard
from benchmarks.engine.described import suite
from benchmarks.engine.patience import CLOCK
from benchmarks.job import prepared
from benchmarks.options import Options
from benchmarks.plan.filters import UnknownNameError
from benchmarks.plan.including import take_in
from benchmarks.plan.provenance import machine
from benchmarks.safety_first import SafetyFirst
from benchmarks.telling import PAUSE, progress
from results.faults import guarded
from results.record import Writer
from results.safety import surprises


def describe(root: Path, options: Options) -> int:
    """Print what this environment is, and what it can measure."""
    plan, _, settings = prepared(options, root)
    variants = [asdict(variant) for comparison in plan.comparisons for variant in comparison.variants]
    print(json.dumps({"machine": machine(), "suite": suite(plan, settings), "variants": variants}))
    return 0


def check(record: Path, options: Options, family: str) -> int:
    """Ask the promises of a family that is to be measured; 1 if something was found that nobody expected."""
    _, inquiry, _ = prepared(options, record.parents[3])
    first = SafetyFirst(inquiry, Writer.reopen(record))
    try:
        with progress("safety of ", CLOCK.now() + inquiry.seconds, PAUSE) as teller:
            first.ask(family, teller)
    except KeyboardInterrupt:
        return 130
    return int(any(found["family"] == family for found in surprises(first.record)))


def main() -> None:
    """Do what is asked."""
    parent, what, place, options, *families = sys.argv[1:]
    guard.adopt_orphans()
    guard.lead(int(parent))
    try:
        take_in(())
        asked = Options(**json.loads(options))
        code = check(Path(place), asked, *families) if what == "check" else describe(Path(place), asked)
    except UnknownNameError as error:
        sys.exit(f"loopmark: {error}")
    sys.exit(code)


if __name__ == "__main__":
    guarded("loopmark", main)

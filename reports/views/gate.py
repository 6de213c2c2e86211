"""What a run that was to fail has to say: where a file of the reader's is too slow, or breaks what programs rely on."""

from collections.abc import Iterator, Sequence
from math import log1p

from reports.reading.family import Family
from reports.reading.measured import Variant
from reports.reading.wording import listed, plural, spaced, speed_of
from reports.views.yours import included_on, judged_against_picks
from results.eligibility import usual
from results.suite import OptionsRecord
from results.text import share_in


def failures(families: Sequence[Family], options: OptionsRecord) -> Iterator[str]:
    """A line for each; nothing where a run was not to fail. What could not be judged is a failure, too.

    Too slow is whose whole interval lies beyond the share, against the pick of the question for what most programs
    need.
    """
    slower = share_in(options.get("fail_if_slower", ""))
    for family in families:
        for name, loop in included_on(family):
            found = [*(_too_slow(family, name, loop, slower) if slower is not None else ())]
            found += _broken(family, name, loop) if options.get("fail_if_broken") else ()
            yield from (f"{family.name}/{name}@{loop} {line}" for line in found)


def _too_slow(family: Family, name: str, loop: str, share: float) -> Iterator[str]:
    for workload, pick, judged in judged_against_picks(family, name, loop):
        where = f"in {spaced(workload)}"
        if judged is None or (least := judged.low) is None:
            yield f"could not be compared {where}: {f'it has no interval to {pick}' if pick else 'there is no pick'}"
        elif least > log1p(share):
            yield f"is slower than {pick} {where} by more than {100 * share:g} %: {speed_of(judged)}"


def _broken(family: Family, name: str, loop: str) -> Iterator[str]:
    candidate = family.candidate(Variant(name, loop))
    wanted = usual(family.needs)
    broken = [f"“{one.words}”" for one in candidate.condemned]
    if broken:
        yield f"breaks {listed(broken)}"
    for need in candidate.unkept:
        if need["name"] in wanted:
            yield f"does not suit a program that {need['phrase']}, as most do"
    if family.standing(name, loop) == "not tested" or candidate.untested:
        untested = plural(candidate.untested, "promise") if candidate.untested else "all promises"
        yield f"was not tested: {untested}"

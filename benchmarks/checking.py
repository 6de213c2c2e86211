"""A check from its progress bar to its last line: who failed what, and what nobody expected."""

import patterns
from benchmarks.engine import guard
from benchmarks.engine.patience import CLOCK
from benchmarks.plan.filters import Filters, askable, matches
from benchmarks.plan.promises import needs
from benchmarks.plan.unasked import hindered
from benchmarks.safety.conformance import Inquiry
from benchmarks.safety.findings import examine_all
from benchmarks.telling import PAUSE, clock, counted, hindrances, not_reached, progress, share_kept, unasked, unexpected
from benchmarks.words import errors
from results.eligibility import need_of
from results.safety import FindingRecord, SafetyRecord, surprises
from results.terminal import Terminal

FEW = 60  # findings up to which their tracebacks are printed


def checked(inquiry: Inquiry, safety: SafetyRecord) -> bool:
    """Check with a progress bar; Ctrl-C ends it and keeps what there is. Returns whether that happened."""
    guard.heed_termination()
    try:
        with progress("safety of ", CLOCK.now() + inquiry.seconds, PAUSE) as teller:
            for step in examine_all(inquiry, safety):
                teller.tell(step)
    except KeyboardInterrupt:
        return True
    return False


def report(safety: SafetyRecord, filters: Filters, interrupted: bool) -> int:
    """Print who failed what, and what nobody expected; returns the exit code."""
    console = Terminal()
    for found in safety["findings"]:
        if found["state"] == "FAIL":
            where = f"{found['family']}/{found['alternative']}@{found['backend']}"
            word = "known" if found["declared"] else "FAIL "
            console.say(f"{word} {where} {found['promise']}{_whose(found)}: {found['reason']}")
            console.say(f"      {found['reproduce']}")
            for line in found["traceback"] if len(safety["findings"]) < FEW else ():
                console.say(f"      | {line}")
    how = f"{safety['seeds']} seeds, {safety['python']}, {clock(safety['seconds'])}"
    errors.say(f"{counted(safety)}; {how}; {share_kept(safety)}")
    without = safety.get("unasked", [])
    for line in [*not_reached(unasked(safety)), *hindrances(without), *advice(filters)]:
        errors.say(line)
    unexpected([found for found in surprises(safety) if found["state"] != "FAIL"])  # these are above already
    if interrupted:
        errors.say("interrupted: what had been found is above")
        return 130
    return 1 if surprises(safety) or hindered(without, filters, everywhere=False) else 0


def _whose(found: FindingRecord) -> str:
    """Who is harmed by a broken promise, in brackets: nothing where everybody is."""
    need = need_of(found["promise"], needs(found["family"]))
    return f" (only if your program {need['phrase']})" if need else ""


def advice(filters: Filters) -> list[str]:
    """What the texts of the families and alternatives that were checked lack."""
    families = askable(filters.families)
    entries = [entry for family in families for entry in patterns.alternatives(family)]
    lines = [patterns.contract(family).advice for family in families]
    lines += [entry.advice for entry in entries if matches(entry.name, filters.alternatives) and not entry.problem]
    return [f"advice: {line}" for line in lines if line]

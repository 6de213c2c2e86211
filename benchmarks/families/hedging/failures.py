"""What is asked of ``patterns.hedging`` when all sources fail, or one raises what is no failure of a source."""

from collections.abc import Iterator

from benchmarks.families.hedging.scene import (
    SourceError,
    SourceExit,
    Sources,
    made,
    offered,
    soon,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import CANCELLED, leaves
from benchmarks.safety.trials import Trial, expect, listed, shown

LATE = 40  # turns after which a call has long ended that something ends


async def failed_call_fails(trial: Trial) -> None:
    """When all sources have failed the call fails, with the error of one of them at least.

    The call returns None, or its own "no answer" without the reason, or waits for somebody who is no longer there. The
    caller cannot tell a wrong password from a cut cable, and cannot handle either.

        try:
            quote = await hedge(brokers, delay=0.2)
        except* BrokerError:
            quote = yesterday         # never reached:
        print(quote.price)            # quote is None
    """
    for name in offered(trial):
        for size in (1, 3):
            sources = Sources(trial)
            listing = [sources.down(number, trial.draw(4)) for number in range(size)]
            asked = await made(name, sources, listing, soon(trial))
            told = [error for error in asked.errors if error in sources.raised]
            expect(bool(told), f"{asked}; {size} of {size} sources failed, each with an error of its own")
            strange = asked.strange(*sources.raised)
            expect(not strange, f"{asked}; no source raised {listed(map(shown, strange), 1)}")


async def errors_come_bare(trial: Trial) -> bool:
    """What a source raises arrives as it was raised, be it in a group, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says that nobody has answered, and keeps the cause. But it passes by
    an ``except*`` that was written for what the source raises.

        try:
            quote = await hedge(brokers, delay=0.2)
        except* BrokerError:
            quote = yesterday   # not where it comes as the cause
            # of a NobodyAnswered
    """
    sources = Sources(trial)
    asked = await made(offered(trial)[0], sources, [sources.down(0, 1)], soon(trial))
    return asked.error is not None and any(leaf in sources.raised for leaf in leaves(asked.error))


async def all_errors_are_told(trial: Trial) -> None:
    """When all sources have failed every error reaches the caller, in a group, or as a cause or context of another.

    The first source says that the key has expired, the last one, an old mirror, that its name is unknown. Whoever sees
    only one of them mends the mirror.

        await fallback([api, mirror])
        # "mirror.example.com: name not known", and nobody
        # ever reads that the key of the first has expired
    """
    for name in offered(trial):
        sources = Sources(trial)
        listing = [sources.down(number, trial.draw(4)) for number in range(3)]
        asked = await made(name, sources, listing, soon(trial))
        told = list(connected(asked.error)) if asked.error else []
        lost = [error for error in sources.raised if error not in told]
        expect(not lost, f"{asked}; of three errors the caller does not learn of {listed(map(shown, lost))}")


def connected(error: BaseException, known: tuple[BaseException, ...] = ()) -> Iterator[BaseException]:
    """An exception, and all in its groups, causes and contexts."""
    if error in known:
        return
    yield error
    known = (*known, error)
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from connected(part, known)
    for reason in (error.__cause__, error.__context__):
        if reason:
            yield from connected(reason, known)


async def exit_is_no_failure(trial: Trial) -> None:
    """What a source raises that is no ``Exception`` reaches the caller, and nobody is asked in its stead.

    ``SystemExit``, a test's "outcome", what a framework unwinds by: they are to end the program, or that part of it.
    Taken for one more failure, they ask the next source instead.

        def on_poison():
            raise SystemExit("this host is to be drained")
        await fallback([local, remote])
        # the host goes on, by way of the remote source
    """
    for name in offered(trial):
        for turns in (0, 2):
            sources = Sources(trial)
            leave = SourceExit("the end")
            first = sources.down(0, 0) if name != "race" else sources.source(0)
            listing = [first, sources.source(1, turns, error=leave), sources.source(2, turns + LATE)]
            asked = await made(name, sources, listing, soon(trial))
            expect(leave in asked.errors, f"{asked}; source 1 raised {leave!r}")
            strange = [error for error in asked.errors if not isinstance(error, (SourceError, SourceExit, *CANCELLED))]
            expect(not strange, f"{asked}; source 1 raised {leave!r}")
            asked_after = name != "race" and 2 in sources.asked
            expect(not asked_after, f"{asked}, and source 2 was asked although source 1 had raised {leave!r}")


FAILURES = (
    Promise(failed_call_fails),
    Promise(all_errors_are_told, need="all-errors"),
    Promise(exit_is_no_failure, need="exits"),
    Promise(errors_come_bare, once=True, fact=True),
)

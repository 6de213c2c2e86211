"""What trials of many families ask of a cancellation: what is in a group, how many there were, and what they spare."""

import asyncio
import contextlib

import trio

from benchmarks.plan.backends import BACKENDS
from benchmarks.safety.cancelling import cancellations, leaves, shield
from benchmarks.safety.trials import Trial
from patterns import alternatives

ENTRY = next(entry for entry in alternatives("locks") if entry.name == "asyncio_lock")


def test_a_group_has_leaves() -> None:
    """Of groups in it, too, in order; an error by itself is its own."""
    one, two, three = ValueError(1), KeyError(2), asyncio.CancelledError()
    group = BaseExceptionGroup("all", [one, BaseExceptionGroup("some", [two, three])])

    assert list(leaves(group)) == [one, two, three]
    assert list(leaves(one)) == [one]


def test_asyncio_counts_its_cancellations() -> None:
    """Those of the task at hand."""
    trial = Trial(ENTRY, BACKENDS["asyncio"], seed=0)

    async def main() -> tuple[int, int]:
        task = asyncio.current_task()
        assert task
        before = cancellations(trial)
        task.cancel()
        counted = cancellations(trial)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        return before, counted

    assert asyncio.run(main()) == (0, 1)


def test_nothing_interrupts_what_is_shielded() -> None:
    """Trio cancels at every wait, but for one in a shield."""
    trial, reached = Trial(ENTRY, BACKENDS["trio"], seed=0), list[str]()

    async def main() -> None:
        with trio.CancelScope() as scope:
            scope.cancel()
            with shield(trial):
                await trial.hop()
                reached.append("the end of the clean-up")
            await trial.hop()
            reached.append("what comes after it")

    trio.run(main)

    assert reached == ["the end of the clean-up"]

"""What trials of many families ask of a cancellation: what is in a group, how many there were, and what they spare."""

import asyncio
import contextlib

import pytest
import trio

from benchmarks.plan.backends import BACKENDS
from benchmarks.safety.cancelling import Caller, cancellations, leaves, shield
from benchmarks.safety.trials import Trial
from patterns import alternatives

ENTRY = next(entry for entry in alternatives("locks") if entry.name == "asyncio_lock")


def test_a_group_has_leaves() -> None:
    """Of groups in it, too, in order; an error by itself is its own."""
    one, two, three = ValueError(1), KeyError(2), asyncio.CancelledError()
    group = BaseExceptionGroup("all", [one, BaseExceptionGroup("some", [two, three])])

    assert list(leaves(group)) == [one, two, three]
    assert list(leaves(one)) == [one]


MIXED = BaseExceptionGroup("all", [ValueError(1), asyncio.CancelledError()])


@pytest.mark.parametrize(
    ("error", "kept", "raised"),
    [
        (None, False, False),
        (ValueError(1), True, False),
        (KeyboardInterrupt(), True, False),
        (ExceptionGroup("all", [ValueError(1)]), True, False),
        (MIXED, True, True),
        (asyncio.CancelledError(), False, True),
        (GeneratorExit(), False, True),
    ],
    ids=repr,
)
def test_a_caller_handles_all_but_a_cancellation(error: BaseException | None, kept: bool, raised: bool) -> None:
    """That goes on, alone or in a group, and who waits for the caller sees that it is over."""
    caller = Caller()
    with pytest.raises(type(error)) if error and raised else contextlib.nullcontext(), caller.handling():
        if error:
            raise error

    assert caller.over
    assert caller.error is (error if kept else None)
    assert caller.errors == (list(leaves(error)) if error and kept else [])


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

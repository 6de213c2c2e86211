"""What is asked of ``patterns.resources`` when something fails: an opening, a closing, the body."""

from benchmarks.families.resources.pools import POOL
from benchmarks.families.resources.scene import (
    BodyAbortError,
    BodyError,
    ClosingAbortError,
    ClosingError,
    Depot,
    OpeningAbortError,
    OpeningError,
    Users,
    hold,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import leaves
from benchmarks.safety.errors import Listener
from benchmarks.safety.trials import Trial, expect, listed, shown

OPENED = ("opened",)


async def failed_opening_closes_the_others(trial: Trial) -> None:
    """Where one cannot be opened its error reaches the caller, the body does not run, and the others are closed.

    The server refuses, and the program tries again in a while. What it had opened until then is still open, and a
    little more of it each time, until nothing can be opened any more.

        async with opened([file, lock, connection]):   # refused
            ...
        # tried again: TimeoutError, the lock is held, by us
    """
    for failing, kind in ((0, OpeningError), (2, OpeningError), (1, OpeningAbortError)):
        error = kind("refused")
        depot = Depot(trial)
        connects = depot.several(3, turns=trial.draw(2), closing=1)
        connects[failing] = depot.connect(failing, turns=trial.draw(3), error=error)
        async with trial.crew() as crew:
            block = hold(crew, depot, connects)
            block.leave.set()
            await block.ends()
            entered, still_open = block.entered, block.still_open
        expect(not entered, f"resource {failing} could not be opened, and the body ran")
        expect(error in block.errors, f"{block}; opening resource {failing} had raised {shown(error)}")
        expect(not still_open, f"{block}, as one could not be opened, and these were still open: {listed(still_open)}")


async def failed_closing_closes_the_others(trial: Trial) -> None:
    """Where one fails to close, the others are closed all the same, however many fail.

    The connection was lost, so that closing it raises. The lock beneath it, which was to be given back next, is held
    for ever: one loop over all of them ends at the first error.

        finally:
            await connection.aclose()   # ConnectionResetError
            await lock.aclose()         # not reached
    """
    ways = (((2,), ClosingError), ((0,), ClosingError), ((1, 2), ClosingError), ((2,), ClosingAbortError))
    for failing, kind in ways:
        depot = Depot(trial)
        connects = depot.several(3, closing=trial.draw(2))
        for number in failing:
            connects[number] = depot.connect(number, closing=1, last_words=kind("reset"))
        async with trial.crew() as crew:
            block = hold(crew, depot, connects)
            block.leave.set()
            await block.ends()
        expect(
            not block.still_open,
            f"closing {listed(failing)} of three resources failed, and these were still open: "
            f"{listed(block.still_open)}",
        )


async def closing_error_reaches_caller(trial: Trial) -> None:
    """What a closing raises reaches the caller, bare, in an ``ExceptionGroup`` or as the cause of another error.

    What was written last did not arrive, and closing says so. Where that is dropped the program reports success, and
    the file is short.

        async with opened([upload]):
            ...
        mark_as_stored()   # reached, although upload.aclose()
        # had raised
    """
    if hasattr(trial.module, "opened"):
        await _a_block_tells(trial)
    if hasattr(trial.module, "pool"):
        await _a_pool_tells(trial)


async def _a_block_tells(trial: Trial) -> None:
    for failing, kind in ((0, ClosingError), (1, ClosingError), (1, ClosingAbortError)):
        error = kind("not written")
        depot = Depot(trial)
        connects = depot.several(2)
        connects[failing] = depot.connect(failing, closing=trial.draw(2), last_words=error)
        async with trial.crew() as crew:
            block = hold(crew, depot, connects)
            block.leave.set()
            await block.ends()
        expect(error in block.errors, f"{block}; closing resource {failing} had raised {shown(error)}")


async def _a_pool_tells(trial: Trial) -> None:
    for kind in (ClosingError, ClosingAbortError):
        error, caller = kind("not written"), Listener()
        connect = Depot(trial).connect(0, closing=trial.draw(2), last_words=error)
        with caller.handling():
            async with trial.module.pool(connect, 1) as lease, lease():
                pass
        got = listed(map(shown, caller.errors))
        expect(
            error in caller.errors, f"a pool was left, and its caller got {got}; a closing had raised {shown(error)}"
        )


async def body_error_reaches_caller(trial: Trial) -> None:
    """What the body raises reaches the caller, whatever it is.

    The work has failed, everything is closed in good order, and the program goes on as if all were well.

        async with opened([connection]):
            raise InvoiceError
        mark_as_sent()   # reached
    """
    if hasattr(trial.module, "opened"):
        await _a_block_passes_on(trial)
    if hasattr(trial.module, "pool"):
        await _a_pool_passes_on(trial)


async def _a_pool_passes_on(trial: Trial) -> None:
    for kind in (BodyError, BodyAbortError):
        error, caller = kind("the body"), Listener()
        with caller.handling():
            async with trial.module.pool(Users(Depot(trial)).connect, 1):
                await _failing(trial, error)
        got = listed(map(shown, caller.errors))
        expect(error in caller.errors, f"a pool was left, and its caller got {got}; the body had raised {shown(error)}")


async def _failing(trial: Trial, error: BaseException) -> None:
    await trial.hop(trial.draw(2))
    raise error


async def _a_block_passes_on(trial: Trial) -> None:
    for kind in (BodyError, StopAsyncIteration, StopIteration, BodyAbortError):
        error = kind("the body")
        depot = Depot(trial)
        async with trial.crew() as crew:
            block = hold(crew, depot, depot.several(2, closing=trial.draw(2)), error)
            block.leave.set()
            await block.ends()
        expect(error in block.errors and not block.strange(error), f"{block}; the body had raised {shown(error)}")


async def errors_come_bare(trial: Trial) -> bool:
    """What an opening raises arrives as it was raised, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says which resource it was, and keeps the cause. But it passes by an
    ``except`` that was written for what the opening raises.

        try:
            async with opened([connection]):
                ...
        except ConnectionError:
            await again()       # not where it comes as the cause
            # of a ResourceFailed
    """
    error = OpeningError("refused")
    depot = Depot(trial)
    async with trial.crew() as crew:
        block = hold(crew, depot, [depot.connect(0, error=error)])
        await block.ends()
    return block.error is not None and error in leaves(block.error)


async def every_error_is_told(trial: Trial) -> None:
    """What the body and several closings raise reaches the caller side by side.

    The invoice is wrong, and two connections complain as they are closed. Who asks for the wrong invoice is told of the
    last connection, because everything before it is only what happened meanwhile.

        try:
            async with opened(connections):
                raise InvoiceError
        except* InvoiceError:
            ...                # not reached
        # OSError: the last one to be closed
    """
    depot = Depot(trial)
    connects = [depot.connect(0, last_words=ClosingError("first")), depot.connect(1, last_words=ClosingError("second"))]
    async with trial.crew() as crew:
        block = hold(crew, depot, connects, BodyError("the body"))
        await trial.drift()
        block.leave.set()
        await block.ends()
    lost = [error for error in depot.raised if error not in block.errors]
    expect(not lost, f"{block}; these had been raised, too: {listed(map(shown, lost))}")


FAILURES = (
    Promise(failed_opening_closes_the_others, about=OPENED),
    Promise(failed_closing_closes_the_others, about=OPENED),
    Promise(closing_error_reaches_caller, about=(*OPENED, *POOL)),
    Promise(body_error_reaches_caller, about=(*OPENED, *POOL)),
    Promise(every_error_is_told, about=OPENED, need="all-errors"),
    Promise(errors_come_bare, about=OPENED, once=True, fact=True),
)

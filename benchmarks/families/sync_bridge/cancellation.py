"""What is asked of ``patterns.sync_bridge`` when callers are cancelled."""

from benchmarks.families.sync_bridge.scene import (
    BOUND,
    STUCK,
    TURNS,
    Blocking,
    Office,
    bridge_office,
    office,
    over,
    tells_the_loop,
    until,
)
from benchmarks.plan.promises import Promise
from benchmarks.plan.runtime import nap
from benchmarks.safety.trials import Trial, ending, expect, set_in_time

CALLS = ("calls",)
MOMENTS = 6  # turns after a thread has got free, in which the next one to have it learns of that


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """A caller who is cancelled, whenever that is, is cancelled, and others get their answers.

    A cancellation that becomes an answer, or an error, lets a program go on that was to end; one that reaches others
    ends what was to go on.

        async with timeout(1):
            await call(work)
        # returns after an hour, as if nothing had been
    """
    if hasattr(trial.module, "bridge"):
        await _cancelled_in_a_bridge(trial)
    if not hasattr(trial.module, "calls"):
        return
    for ended in (False, True):
        async with office(trial, 2) as at:
            struck, other = Blocking(1), Blocking(2)
            player = at.start(struck)
            await at.begins(struck)
            innocent = at.start(other)  # who has one thread for all lets it wait
            await trial.hop(2)
            if ended:
                struck.gate.set()
                set_in_time(struck.ended, BOUND)
                nap()  # its thread has told the loop, which has not looked yet
            there = not player.done  # a function that is called in place does not block
            player.cancel()
            await trial.hop(trial.draw(4))
            struck.gate.set()
            await over(trial, player)
            await at.end(innocent)
        when = "when its function had just ended" if ended else "while its function was at work"
        cancelled = player.outcome == "cancelled" or not there
        expect(cancelled, f"a caller who was cancelled {when} {ending(player)}")
        expect(
            innocent.value == 2,
            f"a caller was cancelled {when}, and that of another one, which returns 2, {ending(innocent)}",
        )
    for turns in range(MOMENTS):
        await _cancelled_as_its_turn_comes(trial, turns)


async def _cancelled_in_a_bridge(trial: Trial) -> None:
    async with bridge_office(trial, 1) as (at, _):
        struck = Blocking(1)
        player = at.start(struck)
        await at.begins(struck)
        await trial.hop(2)
        there = not player.done
        player.cancel()
        await trial.hop(trial.draw(4))
        await at.end(player)
    cancelled = player.outcome == "cancelled" or not there
    expect(cancelled, f"a caller of a bridge who was cancelled while its function was at work {ending(player)}")


async def _cancelled_as_its_turn_comes(trial: Trial, turns: int) -> None:
    """A thread gets free, and the caller who is the next to have it is cancelled so many turns later."""
    async with office(trial, 1) as at:
        slow, struck, behind = (Blocking(number) for number in (1, 2, 3))
        at.start(slow)
        await at.begins(slow)
        player, last = at.start(struck), at.start(behind)
        await trial.hop(3)
        at.open()
        set_in_time(slow.ended, BOUND)
        tells_the_loop()  # which has not looked yet
        await trial.hop(turns)
        player.cancel()
        await until(trial, lambda: last.done)
        expect(last.value == 3, f"a caller was cancelled as its turn came, and the one behind it {ending(last)}")


async def cancelled_before_it_began(trial: Trial) -> None:
    """A function that has not begun when its caller is cancelled never does, and its caller does not wait for it.

    The caller has been told that it is over, tries again elsewhere, and the order is sent twice. And who waits for a
    thread to get free only to leave is as late as the slowest call.

        async with timeout(1):
            await call(send, order)   # no thread is free
        # it is sent a minute later
    """
    async with office(trial, 1) as at:
        slow, unwanted, later = Blocking(1), Blocking(2), Blocking(3)
        first = at.start(slow)
        await at.begins(slow)
        player, last = at.start(unwanted), at.start(later)
        await trial.hop(2)
        await trial.drift()
        waited = not unwanted.begun.is_set()  # who keeps to no size has begun it
        player.cancel()
        gone = await until(trial, lambda: player.done, STUCK)
        await trial.hop(3)  # a pool is told by a callback of a future
        await at.end(first, player, last)
    expect(last.value == 3, f"the caller behind one that was cancelled {ending(last)}")
    if not waited:
        return
    expect(not unwanted.begun.is_set(), "a function began whose caller had been cancelled before")
    expect(gone, "a caller was cancelled whose function had not begun, and it waited for a thread to get free")
    expect(player.outcome == "cancelled", f"a caller who was cancelled before its function began {ending(player)}")
    expect(unwanted not in at.answered, "a caller who was cancelled before its function began got an answer")
    if trial.is_trio:  # asyncio cancels who waits, and Trio whoever comes to a checkpoint
        await _cancelled_before_it_calls(trial)


async def _cancelled_before_it_calls(trial: Trial) -> None:
    async with office(trial, 1) as at:
        unwanted = Blocking(1)
        player = at.start(unwanted)
        player.cancel()
        await over(trial, player)
        tells_the_loop()
    expect(not unwanted.begun.is_set(), "a function began whose caller had been cancelled before it called")


async def cancelled_call_is_over(trial: Trial) -> None:
    """When a cancelled caller is gone, and when a block is left, functions that had begun have ended.

    The caller closes the file that its thread still writes, gives back the connection that is in use, or starts the
    same work again beside it.

        with open(path, "wb") as file:
            async with timeout(1):
                await call(shutil.copyfileobj, source, file)
        # ValueError: I/O operation on closed file, in the thread
    """
    function = Blocking(1)
    if hasattr(trial.module, "calls"):
        async with office(trial, 1) as at:
            await _is_not_gone(trial, at, function)
        expect(function.ended.is_set(), "a block was left while a function was at work")
    if hasattr(trial.module, "bridge"):
        function = Blocking(1)
        async with bridge_office(trial, 1) as (at, _):
            await _is_not_gone(trial, at, function)
        expect(function.ended.is_set(), "a bridge was left while a function was at work")


async def _is_not_gone(trial: Trial, at: Office, function: Blocking) -> None:
    """Expect that a caller who is cancelled twice is gone only when its function has ended."""
    player = at.start(function)
    await at.begins(function)
    for _ in range(2):
        player.cancel()
        await trial.hop(TURNS)
    gone = player.done and not function.ended.is_set()
    await at.end(player)
    expect(not gone, "a cancelled caller was gone while its function was at work")


async def abandoned_call_is_left(trial: Trial) -> None:
    """With ``abandon`` a cancelled caller is gone though its function is at work.

    Some calls cannot be ended and harm nobody: a name that is looked up, a lock that is waited for. Who waits for those
    is as late as they are.

        async with calls(10, abandon=True) as call:
            async with timeout(1):
                await call(socket.getaddrinfo, host, port)   # takes a minute
    """
    async with office(trial, 1, abandon=True) as at:
        function = Blocking(1)
        player = at.start(function)
        await at.begins(function)
        player.cancel()
        await trial.hop(TURNS)
        gone = player.done or function.ended.is_set()
        await at.end(player)
    expect(gone, "a cancelled caller who was to abandon its function waited for it")


CANCELLATION = (
    Promise(cancelled_caller_is_cancelled, real=True, about=("calls", "bridge")),
    Promise(cancelled_before_it_began, real=True, about=CALLS),
    Promise(cancelled_call_is_over, real=True, about=("calls", "bridge"), need="awaited"),
    Promise(abandoned_call_is_left, real=True, about=CALLS, need="prompt"),
)

"""What is asked of ``patterns.channels``: channels, their end, broadcasts and threads; and what all that leaves."""

from benchmarks.families.channels.audiences import AUDIENCES
from benchmarks.families.channels.ends import ENDS
from benchmarks.families.channels.lines import LINES
from benchmarks.families.channels.memory import MEMORY
from benchmarks.families.channels.outlets import OUTLETS
from benchmarks.families.channels.scene import audience, getting, line, over, putting, soon
from benchmarks.families.channels.threads import THREADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect, free_loop


async def nothing_left_behind(trial: Trial) -> None:
    """However items were handed over, no task, no thread and no open generator is left behind.

    What is left keeps running, or waits for ever. A program that opens a channel for each request has a little more of
    it each time, until it has no memory.

        for request in requests:
            async with broadcast(10) as feed:    # leaves its listener
                ...
    """
    before = trial.living()
    for cancelled in (False, True):
        await _ordinary(trial, cancelled)
        await trial.hop(3)
        left = trial.living() - before
        expect(left == 0, f"after items had been handed over {left} tasks are left")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the channel it belongs to. In tests that
    take warnings for errors it breaks whatever test runs just then.

        receiver.cancel()
        await channel.close()
        # ERROR asyncio: Future exception was never retrieved
    """
    await _ordinary(trial, True)
    if hasattr(trial.module, "channel") and hasattr(trial.module, "ClosedError"):
        async with line(trial, 1) as between:
            reader, receiver = between.read(), between.receive()
            await trial.hop(3)
            closing = between.close()
            await trial.hop(1 + trial.draw(2))
            receiver.cancel()
            await over(trial, reader, receiver, closing)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Sending, receiving and waiting never hold up the loop: all other tasks go on meanwhile.

    A task that waits with a thread's means stops the whole program, and whoever was to send the item, too.

        async def receive():
            return sync_queue.get()      # on the loop's thread
        # nothing else runs until a thread puts something
    """

    async def whole() -> None:
        await _ordinary(trial, False)

    await free_loop(trial, whole)


async def _ordinary(trial: Trial, cancelled: bool) -> None:
    """Items through whatever the alternative has; or somebody cancelled who waits for one."""
    for opens in ("channel", "rendezvous"):
        if hasattr(trial.module, opens):
            async with line(trial, 2, opens) as between:
                receiver = between.receive(3)
                await trial.hop(2)
                if cancelled:
                    receiver.cancel()
                else:
                    between.send(1, 2, 3)
                await over(trial, receiver)
    if hasattr(trial.module, "broadcast"):
        async with audience(trial, 2) as spectators:
            subscriber = spectators.subscribe("who reads", spectators.everything)
            await trial.hop(2)
            publisher = spectators.publish(*range(0 if cancelled else 3))
            await over(trial, publisher)
            subscriber.cancel()
            await over(trial, subscriber)
    await _threads(trial, cancelled)


async def _threads(trial: Trial, cancelled: bool) -> None:
    if hasattr(trial.module, "from_threads"):
        async with trial.module.from_threads(2) as inlet, trial.crew() as crew:
            receiver = crew.start(inlet.receive, name="a receiver")
            await trial.hop(2)
            if cancelled:
                receiver.cancel()
            else:
                putter = putting(inlet.put, [1])
                await soon(trial, lambda: putter.ended)
            await soon(trial, lambda: receiver.done)
    if hasattr(trial.module, "to_threads") and not cancelled:
        async with trial.module.to_threads(2) as outlet:
            getter = getting(outlet.get, 1)
            await outlet.send(1)
            await soon(trial, lambda: getter.ended)


PROMISES = (
    *LINES,
    *ENDS,
    *AUDIENCES,
    *THREADS,
    *OUTLETS,
    *MEMORY,
    Promise(nothing_left_behind, real=True, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, real=True, collects=("complaints",)),
    Promise(never_holds_up_the_loop, real=True, collects=("stalls",)),
)

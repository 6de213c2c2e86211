"""What is asked of ``patterns.streams`` where several tasks read one stream, or a wait for an item is given up."""

from typing import Any

from benchmarks.families.streams.scene import PATIENCE, Spring, stream
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import within_asyncio, within_trio
from benchmarks.safety.memory import WAITS, kept_of_waits
from benchmarks.safety.trials import Player, Trial, ending, event, expect, listed

ENDED = -1  # what is read after the last item


async def several_readers(trial: Trial) -> None:
    """Several tasks can ask one stream for items: each goes to one of them, and all of them come to the end.

    Three workers share a stream of jobs. An error comes out of the second that asks, or a job is done twice, or one of
    the workers waits for ever when there are no more.

        async with items(jobs) as stream, TaskGroup() as group:
            for _ in range(3):
                group.create_task(work(stream))
        # RuntimeError: anext(): asynchronous generator is ...
    """
    spring = Spring(trial, 9, 1 + trial.draw(2))
    got: list[int] = []

    async def work(items: Any) -> None:
        async for item in items:
            got.append(item)
            await trial.drift(3)
            await trial.hop()

    async with trial.crew() as crew, stream(trial, "items", spring) as items:
        workers = [crew.start(work, items, name="a worker") for _ in range(3)]
        await trial.ended(*workers, turns=PATIENCE)
        for worker in workers:
            expect(worker.done, f"of three readers of one stream one waits for ever, after {listed(got)}")
            expect(worker.outcome == "returned", f"of three readers of one stream one {ending(worker)}")
    expect(sorted(got) == list(range(9)), f"three readers of nine items got {listed(sorted(got), 12)}")
    expect(not spring.wrong, f"with three readers, of a source {spring.wrong}")


async def deadline_loses_nothing(trial: Trial) -> None:
    """Who gives up waiting for an item can ask again: what was about to come is still there.

    A reader does something else when nothing has come for a second. If that interrupts the source, an item is lost, or
    the stream has ended, and looks as if there were no more.

        while True:
            async with asyncio.timeout(1):
                message = await anext(stream)    # the second
            # time: StopAsyncIteration
    """
    spring = Spring(trial, 4, 1 + trial.draw(2))
    got: list[int] = []
    deadline = Player("a deadline")
    within = within_trio if trial.is_trio else within_asyncio

    async def patiently() -> None:
        nonlocal deadline
        async with stream(trial, "items", spring) as items:
            while True:
                deadline = Player("a deadline")
                item = await within(deadline, lambda: _next(items))
                if item == ENDED:
                    return
                if item is not None:
                    got.append(item)

    async with trial.crew() as crew:
        reader = crew.start(patiently, name="who reads")
        await trial.approach()
        trial.landed = not reader.done
        deadline.cancel()
        await trial.ended(reader, turns=PATIENCE)
        expect(reader.done, f"a wait for an item was given up, and after {listed(got)} the reader waits for ever")
        expect(reader.outcome == "returned", f"a wait for an item was given up, and the reader {ending(reader)}")
    expect(got == list(range(4)), f"a wait for an item was given up, and of four items these were read: {listed(got)}")
    await _one_gives_up(trial, trial.tick)


async def _one_gives_up(trial: Trial, turns: int) -> None:
    """Of two tasks that ask, one is cancelled after so many turns: what it has not taken the other one gets.

    Before the second item the source is silent, so that nobody is woken by that one.
    """
    spring = Spring(trial, 3, 3, waits_at=1)
    got: list[int] = []

    async def work(items: Any) -> None:
        async for item in items:
            got.append(item)  # noqa: PERF401  what was got before a cancellation counts

    async with trial.crew() as crew, stream(trial, "items", spring) as items:
        gives_up = crew.start(work, items, name="who gives up")
        stays = crew.start(work, items, name="who stays")
        await trial.hop(turns)
        gives_up.cancel()
        first = await trial.rest(PATIENCE, lambda: bool(got) or stays.done)
        if "raised" in (gives_up.outcome, stays.outcome):  # it has one reader at a time, which is another promise's
            return
        expect(first, "of two readers one was cancelled, and the other one waits for an item that is there")
        spring.door.set()
        await trial.ended(gives_up, stays, turns=PATIENCE)
        expect(stays.done, f"of two readers one was cancelled, and after {listed(got)} the other one waits for ever")
        expect(stays.outcome == "returned", f"of two readers one was cancelled, and the other one {ending(stays)}")
    expect(sorted(got) == list(range(3)), f"of two readers one was cancelled; of three items they got {listed(got)}")


async def memory_is_given_back(trial: Trial) -> None:
    """Of waits for an item that were given up nothing is kept, although no item comes.

    A reader looks after something else every second, and asks again. At night no message comes, and until one does
    there is an entry for each second.

        self.waiters.append(waiter)
        await waiter     # given up after a second
        # the entry stays until there is an item
    """
    spring = Spring(trial)
    silence = event(trial)

    async def fetch() -> int | None:  # which notes nobody down
        await silence.wait()
        return None

    spring.fetch = fetch  # type: ignore[method-assign]
    async with stream(trial, "items", spring) as items:
        more = await kept_of_waits(trial, _next, items, name="who asks")
        silence.set()
    expect(more < WAITS // 2, f"{WAITS} had given up waiting for an item, and {more} blocks of memory more were kept")


async def _next(items: Any) -> int:
    try:
        return int(await anext(items))
    except StopAsyncIteration:
        return ENDED


READERS = (
    Promise(several_readers, about=("items",), need="shared"),
    Promise(deadline_loses_nothing, swept=True, instant=True, about=("items",), need="shared"),
    Promise(memory_is_given_back, once=True, about=("items",), need="shared"),
)

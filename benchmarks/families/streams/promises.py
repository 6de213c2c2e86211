"""What is asked of ``patterns.streams``: what a reader gets; then how streams are left, and what goes wrong."""

import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.families.streams.closing import CLOSING
from benchmarks.families.streams.failures import FAILURES
from benchmarks.families.streams.readers import READERS
from benchmarks.families.streams.scene import (
    AHEAD,
    CHUNK,
    LATE,
    MOMENT,
    MOMENTS,
    PATIENCE,
    BodyError,
    Reading,
    SourceError,
    Spring,
    begun,
    end,
    ended,
    in_all_ways,
    leave,
    offered,
    read,
    stream,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import (
    HOUR,
    Trial,
    event,
    expect,
    free_loop,
    hours_pass,
    listed,
    shown,
    time_passes,
)


async def items_in_order(trial: Trial) -> None:
    """Each item is given once, in the order of its source, and the loop ends with the last one.

    A row that is missing, given twice or out of order is a wrong answer, and nobody sees it in the code.

        async with items(orders) as stream:
            async for order in stream:
                total += order.amount
        # short by what was fetched last
    """
    for count, turns in ((0, 0), (7, trial.draw(2)), (100, 0)):
        async with trial.crew() as crew:
            readings = in_all_ways(trial, crew, partial(Spring, trial, count, turns), turns=trial.draw(2))
            await end(trial, *readings, turns=PATIENCE + count * PATIENCE // 5)
        for reading in readings:
            expect(not reading.error, f"{reading}, and nobody had raised anything")
            expect(reading.got == list(range(count)), f"{reading}, of {count} numbers from 0 on")
            expect(not reading.spring.wrong, f"{reading.way}: of a source {reading.spring.wrong}")
            sizes = [CHUNK] * (count // CHUNK) + [count % CHUNK] * (count % CHUNK > 0)
            expect(
                reading.way != "chunked" or reading.chunks == sizes,
                f"{count} items in chunks of {CHUNK}, at once: the chunks had {listed(reading.chunks)}",
            )
    await _one_at_a_time(trial)


async def _one_at_a_time(trial: Trial) -> None:
    """Where one item is fetched ahead, or a chunk has one."""
    springs = {way: Spring(trial, 5, trial.draw(1)) for way in ("buffered", "chunked")}
    opens: dict[str, Callable[[], Any]] = {
        "buffered": lambda: trial.module.buffered(springs["buffered"], 1),
        "chunked": lambda: trial.module.chunked(springs["chunked"], 1, HOUR * trial.unit),
    }
    here = [way for way in opens if hasattr(trial.module, way)]
    readings = [Reading(trial, way, springs[way], opened=opens[way]) for way in here]
    async with trial.crew() as crew:
        for reading in readings:
            read(crew, reading)
        await end(trial, *readings)
    for reading in readings:
        expect(reading.got == list(range(5)), f"{reading}, of 5 numbers from 0 on, where its size was one")


async def buffer_is_bounded(trial: Trial) -> None:
    """A buffered stream never fetches more than its size ahead, and one that is under way.

    A loop that is slower than its source has all of it in memory in the end, and the program is killed, at night, when
    there was most to do.

        async with buffered(events, 100) as stream:
            async for event in stream:
                await store(event)    # slow today
        # 3,000,000 events in memory
    """
    spring = Spring(trial, turns=trial.draw(1))
    doors = [event(trial) for _ in range(2)]
    async with trial.crew() as crew:
        reading = Reading(trial, "buffered", spring, stop=3)

        async def body() -> None:
            if len(reading.got) <= len(doors):
                await doors[len(reading.got) - 1].wait()

        reading.body = body  # type: ignore[method-assign]
        read(crew, reading)
        for number, door in enumerate(doors, 1):
            await trial.settle()
            expect(
                spring.given <= number + AHEAD + 1,
                f"{number} of the items had been asked for, {AHEAD} may be fetched ahead, and {spring.given} were",
            )
            door.set()
        await end(trial, reading)


async def buffer_fills(trial: Trial) -> None:
    """A buffered stream fetches while its reader is busy.

    What takes turns takes twice as long as it could: the source waits while the loop works, and the loop waits while
    the source does. That a stream was to be buffered was all for nothing.

        async with buffered(pages, 10) as stream:
            async for page in stream:
                await index(page)   # and no page is fetched
    """
    spring = Spring(trial, turns=trial.draw(1))
    door = event(trial)
    async with trial.crew() as crew:
        reading = Reading(trial, "buffered", spring, stop=1)
        reading.body = door.wait  # type: ignore[method-assign,assignment]
        read(crew, reading)
        await trial.settle()
        fetched = spring.given - 1
        door.set()
        await end(trial, reading)
    expect(fetched >= AHEAD // 2, f"of {AHEAD} items that may be fetched while the reader is busy, {fetched} were")


async def merge_waits_for_nobody(trial: Trial) -> None:
    """A merged stream gives what any of its sources has, whichever of the others has nothing.

    One source is silent, and no message of the others is read any more, until it speaks again. It works as long as all
    of them are busy.

        async with merged([prices, rare_alerts]) as stream:
            async for message in stream:
                ...    # no price for an hour
    """
    for silent in (0, 2):
        springs = [Spring(trial, 4, trial.draw(2), 10 * number) for number in range(3)]
        springs[silent].waits_at = 1
        async with trial.crew() as crew:
            reading = Reading(trial, "merged", springs[0], opened=lambda: trial.module.merged(springs))  # noqa: B023
            read(crew, reading)
            there = 9
            for _ in range(MOMENTS):
                await trial.rest(PATIENCE, lambda: len(reading.got) >= there)  # noqa: B023
                if len(reading.got) < there:
                    await trial.sleep(MOMENT)
            seen = list(reading.got)
            springs[silent].door.set()
            await end(trial, reading)
        expect(
            len(seen) >= there, f"one of three sources was silent, and of nine items these were read: {listed(seen)}"
        )
        for spring in springs:
            own = [number for number in reading.got if number // 10 * 10 == spring.first]
            expect(
                own == list(range(spring.first, spring.first + 4)), f"a source gave 4 items: {listed(own)} were read"
            )
    await _one_fails(trial)


async def _one_fails(trial: Trial) -> None:
    """What one raises reaches the reader as well while another one is silent."""
    error = SourceError("the connection is lost")
    springs = [Spring(trial, waits_at=0), Spring(trial, 6, 1, fails_at=2, error=error)]
    async with trial.crew() as crew:
        reading = Reading(trial, "merged", springs[1], opened=lambda: trial.module.merged(springs))
        read(crew, reading)
        await end(trial, reading)
    expect(
        error in reading.errors, f"{reading}; one of two sources was silent, the other one had raised {shown(error)}"
    )
    await leave(trial, reading)


async def chunks_lose_nothing(trial: Trial) -> None:
    """However items come, chunks have all of them, in their order, and never more than their size.

    Whoever ends a chunk by interrupting the source in its wait has lost what it was about to give, or the source
    itself: it looks like the end of the stream.

        try:
            item = await asyncio.wait_for(anext(stream), 1)
        except TimeoutError:
            yield chunk      # and the next anext() ends the loop
    """
    spring = Spring(trial, 7)
    pauses = [0, 0.3, 2.5, 0, 0.3, 0.3, 2.5, 0]

    async def fetch() -> int | None:
        await trial.sleep(pauses[spring.given])
        return await Spring.fetch(spring)

    spring.fetch = fetch  # type: ignore[method-assign]
    async with trial.crew() as crew:
        reading = Reading(trial, "chunked", spring, opened=lambda: trial.module.chunked(spring, 3, trial.unit))
        read(crew, reading)
        await trial.sleep(sum(pauses) + 1)
        await end(trial, reading)
    expect(reading.got == list(range(7)), f"{reading}; seven items came, some of them late")
    expect(max(reading.chunks, default=0) <= 3, f"chunks of 3 at most: they had {listed(reading.chunks)}")


async def chunk_is_not_late(trial: Trial) -> None:
    """A chunk that is not full is given once its first item has waited for the time that was asked for.

    The last rows of the day wait for others that come tomorrow. Whoever looks at what was written misses them.

        async with chunked(rows, size=1000, seconds=1) as stream:
            async for chunk in stream:
                await write(chunk)
        # 999 rows, since Friday
    """
    spring = Spring(trial, 2, 1 + trial.draw(1), waits_at=1)
    async with trial.crew() as crew:
        reading = Reading(trial, "chunked", spring, opened=lambda: trial.module.chunked(spring, 3, trial.unit))
        read(crew, reading)
        await trial.settle()
        await time_passes(trial, 3)
        await trial.settle()
        seen = list(reading.got)
        spring.door.set()
        await end(trial, reading)
    expect(seen == [0], f"an item waited for three times the seconds of a chunk, and {listed(seen)} was read")


async def long_waits(trial: Trial) -> None:
    """An item may take an hour to come, and another one to be handled.

    Somewhere below there is a limit of a minute that nobody has asked for. It works in every test, and at night, when
    nothing happens, the stream ends.

        async with items(rare_events) as stream:
            async for event in stream:   # TimeoutError, or
                ...                      # the end
    """
    if not trial.has_hours:
        return

    def slow() -> Spring:
        spring = Spring(trial, 2)

        async def fetch() -> int | None:
            await trial.sleep(HOUR / 2)
            return await Spring.fetch(spring)

        spring.fetch = fetch  # type: ignore[method-assign]
        return spring

    async with trial.crew() as crew:
        readings = [Reading(trial, way, slow()) for way in offered(trial)]
        for reading in readings:
            reading.body = partial(trial.sleep, HOUR / 2)  # type: ignore[method-assign]
            read(crew, reading)
        if not await hours_pass(trial, *[reading.player for reading in readings]):
            return
    for reading in readings:
        expect(
            reading.got == [0, 1] and not reading.error, f"{reading}; an item took half an hour, and so did the body"
        )


async def fetches_ahead(trial: Trial) -> bool:
    """A stream asks its source before its reader asks for an item.

    What was fetched and is never read is lost when the stream is left: it was taken from the queue of a broker. In
    return the next item is there when it is wanted.

        async with items(messages) as stream:
            async for message in stream:
                break      # and how many were taken?
    """
    spring = Spring(trial)
    door = event(trial)
    async with trial.crew() as crew:
        reading = Reading(trial, "items", spring, stop=1)
        reading.body = door.wait  # type: ignore[method-assign,assignment]
        read(crew, reading)
        await begun(trial, reading)
        await trial.settle()
        asked = spring.asked
        door.set()
        await ended(trial, reading)
    await leave(trial, reading)
    return asked > 1


async def nothing_left_behind(trial: Trial) -> None:
    """However a stream is left, no task, thread or open generator is left behind, and nothing holds on to its source.

    What is left keeps running, or waits for ever. A server that reads a stream for each request has a little more of it
    each time, until it has no memory.

        for request in requests:
            async with items(rows) as stream:    # each leaves
                ...                              # a task behind
    """
    before = trial.living()
    await _nobody_holds_a_source(trial)
    options: tuple[dict[str, Any], ...] = ({}, {"stop": 2}, {"stop": 2, "body_error": BodyError("the body")})
    for option in options:
        async with trial.crew() as crew:
            readings = in_all_ways(trial, crew, partial(Spring, trial, 5, 1), **option)
            await end(trial, *readings)
        await leave(trial, *readings)
        left = trial.living() - before
        expect(left == 0, f"streams were left, and {left} tasks are left")


async def _nobody_holds_a_source(trial: Trial) -> None:
    """As a timer would that has yet to go off; what was raised is let go of, as it holds whatever was there."""
    left: list[tuple[str, weakref.ref[Spring]]] = []

    async def read_all(way: str, waits_at: int | None) -> None:
        spring = Spring(trial, 5, waits_at=waits_at)
        left.append((way, weakref.ref(spring)))
        async with stream(trial, way, spring) as items:
            async for _ in items:
                pass

    async def leave_all(waits_at: int | None) -> None:
        async with trial.crew() as crew:
            players = [crew.start(read_all, way, waits_at, name="who reads") for way in offered(trial)]
            await trial.ended(*players)
            for player in players:
                player.cancel()
            await trial.ended(*players)
        trial.crews.remove(crew)  # or the trial holds on to its tasks

    for waits_at in (None, 2, 3):  # to the end; cancelled while there is nothing, and within a chunk
        await leave_all(waits_at)
    for _ in range(2):  # a generator is closed once it has been collected
        trial.collect_garbage()
        await trial.hop(LATE)
    for way, source in left:
        expect(source() is None, f"{way}: a stream was left, and something still holds on to its source")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited, no exception unretrieved, no generator unclosed: nothing has to complain.

    The complaint comes later, from the garbage collector, without a hint at the stream it belongs to. In tests that
    take warnings for errors it breaks whatever test runs just then.

        async for row in rows():
            break
        # ResourceWarning: Async generator was garbage
        # collected before it had been exhausted
    """
    error = SourceError("the source")
    for option in ({"stop": 0}, {"stop": 2}, {"stop": 4}):
        async with trial.crew() as crew:
            readings = in_all_ways(trial, crew, partial(Spring, trial, 4, 1, fails_at=3, error=error), **option)
            await ended(trial, *readings)
        await leave(trial, *readings)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Streams never hold up the loop: while one is read all other tasks go on.

    Whoever waits for an item by sleeping on the loop's thread stops the whole program, and the source, too.

        while not ready:
            time.sleep(0.01)          # nobody else runs
            await asyncio.sleep(0)
    """

    async def whole() -> None:
        for way in offered(trial):
            async with stream(trial, way, Spring(trial, 5, 1)) as items:
                async for _ in items:
                    await trial.hop()

    await free_loop(trial, whole)
    await trial.hop(LATE)


PROMISES = (
    Promise(items_in_order),
    Promise(buffer_is_bounded, about=("buffered",)),
    Promise(buffer_fills, about=("buffered",), need="timely"),
    Promise(merge_waits_for_nobody, about=("merged",)),
    Promise(chunks_lose_nothing, about=("chunked",)),
    Promise(chunk_is_not_late, about=("chunked",), need="timely"),
    *READERS,
    *CLOSING,
    *FAILURES,
    Promise(long_waits, once=True),
    Promise(fetches_ahead, once=True, about=("items",), fact=True),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
)

"""What is asked of ``patterns.streams`` when one is left: by its end, a break, an error or a cancellation."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

import trio

from benchmarks.families.streams.scene import (
    LATE,
    MANY,
    PATIENCE,
    SHUT,
    BodyError,
    Reading,
    SourceAbortError,
    SourceError,
    Spring,
    begun,
    end,
    ended,
    in_all_ways,
    leave,
    offered,
    read,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, event, expect, shown

CLOSING_TIME = 0.2  # units; longer than anybody looks away who looks for items by a timer


async def source_is_closed(trial: Trial) -> None:
    """However a stream is left, its source is closed in the end, and never asked again.

    The cursor stays open, and so does its transaction, until the pool has no connection left. In a test, which reads
    one stream, nobody sees it.

        async with items(rows) as stream:
            async for row in stream:
                break
        # and "rows" goes on, or stays open
    """
    for stop in (0, 2, 9):
        async with trial.crew() as crew:
            source = partial(Spring, trial, 9, trial.draw(1), close_turns=2)
            readings = in_all_ways(trial, crew, source, stop=stop, turns=trial.draw(6))
            await end(trial, *readings)
            for reading in readings:
                expect(not reading.error, f"{reading}, and nobody had raised anything")
            await leave(trial, *readings)
            asked = [reading.spring.asked for reading in readings]
            await trial.hop(LATE)
        for reading, before in zip(readings, asked, strict=True):
            spring = reading.spring
            expect(spring.is_shut, f"{reading}, and {2 * LATE} turns later its source was {spring.state}")
            expect(spring.asked == before, f"{reading}, and {LATE} turns later its source was still asked for items")


async def closed_when_left(trial: Trial) -> None:
    """When a stream has been left, by its end, a break or an error, its source has been closed.

    The next statement uses the connection again, and the cursor is still open. With ``async for`` alone a generator is
    closed when it is collected, later and in another task.

        async for row in rows(connection):
            break
        await connection.execute(...)
        # InterfaceError: another operation is in progress
    """
    error = BodyError("the body")
    early: tuple[dict[str, Any], ...] = ({"stop": 2}, {"stop": 2, "body_error": error})
    silent = ((option, 2) for option in early)  # a source has no more for now, and may be asked meanwhile
    for option, waits_at in (({}, None), *((option, None) for option in early), *silent):
        async with trial.crew() as crew:
            source = partial(Spring, trial, 5, trial.draw(1), waits_at=waits_at, close_turns=1 + trial.draw(3))
            readings = in_all_ways(trial, crew, source, turns=trial.draw(2), **option)
            await end(trial, *readings)
        for reading in readings:
            expect(reading.found in SHUT, f"{reading}, and its source was {reading.found} by then")
        await leave(trial, *readings)


async def closed_when_cancelled(trial: Trial) -> None:
    """When a cancelled reader has ended, its source has been closed.

    A deadline passes, and the caller tries again with the same connection, on which the cursor of the first attempt is
    still open.

        async with asyncio.timeout(10):
            async with items(rows) as stream: ...
        async with items(rows) as stream:
            ...    # InterfaceError
    """
    async with trial.crew() as crew:
        source = partial(Spring, trial, 3, 1, close_turns=2)
        readings = in_all_ways(trial, crew, source, turns=1)
        readings += in_all_ways(trial, crew, source, turns=1, stop=2)  # and by then closes its source
        await trial.strike(*[reading.player for reading in readings])
        await ended(trial, *readings)
        for reading in readings:
            expect(
                not reading.over or reading.found in SHUT,
                f"{reading}, and its source was {reading.found} by then",
            )
        await leave(trial, *readings)


async def close_error_reaches_reader(trial: Trial) -> None:
    """What closing a source raises reaches the reader, bare or in an ExceptionGroup.

    The cursor could not be closed because the transaction was lost, with all that had been written. Nobody learns of
    it but the log.

        async with items(rows) as stream:
            async for row in stream: ...
        # CommitError: in the log
    """
    for stop, count, kind in ((2, MANY, SourceError), (9, 4, SourceError), (2, MANY, SourceAbortError)):
        error = kind("closing failed")
        async with trial.crew() as crew:
            source = partial(Spring, trial, count, 1, close_turns=trial.draw(2), last_words=error)
            readings = in_all_ways(trial, crew, source, stop=stop)
            await end(trial, *readings)
            await trial.hop(LATE)
        for reading in readings:
            expect(error in reading.errors, f"{reading}; closing had raised {shown(error)}")
        await leave(trial, *readings)
    await _cancelled_as_closing_fails(trial)


async def _cancelled_as_closing_fails(trial: Trial) -> None:
    """A reader who is cancelled meanwhile gets either of both, and nothing else."""
    error = SourceError("closing failed")
    async with trial.crew() as crew:
        readings = in_all_ways(trial, crew, partial(Spring, trial, MANY, 1, close_turns=9, last_words=error), stop=2)
        for reading in readings:
            await trial.rest(PATIENCE, lambda: reading.over or reading.spring.state == "closing")  # noqa: B023
            reading.player.cancel()
        await ended(trial, *readings)
    for reading in readings:
        told = not reading.player.done or reading.player.outcome == "cancelled" or error in reading.errors
        expect(told, f"{reading}; it was cancelled while its source was closed, and closing had raised {shown(error)}")
    await leave(trial, *readings)


async def close_may_wait(trial: Trial) -> None:
    """Where nobody was cancelled closing a source can wait, without a shield, until it is done.

    A loop ends early, which is no failure. Stopped by a cancellation, the source can send no goodbye: on Trio and AnyIO
    every wait of its closing is cancelled as well.

        async with items(subscription) as stream:
            async for message in stream:
                break
        # UNSUBSCRIBE was never sent
    """
    for stop in (1, 4):
        async with trial.crew() as crew:
            source = partial(Spring, trial, 4, trial.draw(2), close_turns=3, close_units=CLOSING_TIME, shielded=False)
            readings = in_all_ways(trial, crew, source, stop=stop, turns=trial.draw(3))
            await end(trial, *readings)
            await trial.sleep(2 * CLOSING_TIME)
            await leave(trial, *readings)
        for reading in readings:
            expect(reading.spring.is_shut, f"{reading}, and the source was interrupted while it was being closed")
    await _left_after_a_failure(trial)


async def _left_after_a_failure(trial: Trial) -> None:
    """Where more was fetched than had been read a source may have failed, and be closing, when it is left."""
    error = SourceError("the connection is lost")
    closing: dict[str, Any] = {"close_turns": 3, "close_units": CLOSING_TIME, "shielded": False}
    async with trial.crew() as crew:
        source = partial(Spring, trial, MANY, fails_at=3, error=error, **closing)
        readings = in_all_ways(trial, crew, source, stop=1, turns=LATE)
        await end(trial, *readings)
        await trial.sleep(2 * CLOSING_TIME)
        await leave(trial, *readings)
    for reading in readings:
        expect(reading.spring.is_shut, f"{reading}; the source had failed, and was interrupted while it was closed")


async def one_task_holds_source(trial: Trial) -> None:
    """One and the same task opens a source, asks it for items and closes it.

    A task group or a deadline must be left by the task that has entered it. A source that holds one breaks in the
    middle, in words that nobody connects with a stream.

        async for row in rows():     # holds a timeout, and is
            break                    # closed by another task
        # RuntimeError: ... different task
    """
    for stop in (2, 9):
        async with trial.crew() as crew:
            readings = in_all_ways(trial, crew, partial(Spring, trial, 4, 1), stop=stop)
            await end(trial, *readings)
            await trial.hop(LATE)
        for reading in readings:
            tasks = len(reading.spring.tasks)
            expect(tasks <= 1, f"{reading}, and its source was opened, asked and closed by {tasks} tasks")


class Limited(Spring):
    """A source that holds a deadline while it is open, which passes when told to."""

    async def __aenter__(self) -> Any:
        """Enter the deadline."""
        fetch = await super().__aenter__()
        self._limit: Any
        if self.trial.is_trio:
            self._limit = trio.CancelScope()
            self._limit.__enter__()
        else:
            self._limit = asyncio.timeout(None)
            await self._limit.__aenter__()
        return fetch

    def pass_deadline(self) -> None:
        """Cancel who is inside."""
        if self.trial.is_trio:
            self._limit.cancel()
        else:
            self._limit.reschedule(asyncio.get_running_loop().time())

    async def __aexit__(self, *error: object) -> bool:  # type: ignore[override]  # a deadline is the end of the source
        """Leave the deadline; that it has passed is the end of the source, and no failure."""
        try:
            if self.trial.is_trio:
                return bool(self._limit.__exit__(*error))
            with suppress(TimeoutError):
                await self._limit.__aexit__(*error)
                return False
            return True
        finally:
            await super().__aexit__()


async def deadline_spares_reader(trial: Trial) -> None:
    """When a deadline of the source passes, the body of the loop is not what is cancelled.

    The source has five seconds to answer. A loop that takes six for a row is cancelled in the middle of it, by a
    deadline that it knows nothing of, and no TimeoutError says so: what a generator holds while it yields holds whoever
    reads it (PEP 789).

        async def rows():
            async with asyncio.timeout(5):
                ...
                yield row      # here, too
    """
    for way in offered(trial):
        spring = Limited(trial, turns=1)
        reading = Reading(trial, way, spring, stop=1)
        door = event(trial)
        reading.body = door.wait  # type: ignore[method-assign,assignment]
        async with trial.crew() as crew:
            read(crew, reading)
            await begun(trial, reading)
            if spring.state == "open":
                spring.pass_deadline()
            await trial.settle()
            door.set()
            await ended(trial, reading)
        expect(not reading.in_body, f"{way}: a deadline of the source passed, and interrupted the body of the loop")
        await leave(trial, reading)


CLOSING = (
    Promise(source_is_closed),
    Promise(closed_when_left, need="prompt"),
    Promise(closed_when_cancelled, swept=True, instant=True, need="prompt"),
    Promise(close_error_reaches_reader, need="prompt"),
    Promise(one_task_holds_source, need="scoped"),
    Promise(deadline_spares_reader, need="scoped"),
    Promise(close_may_wait, need="long-close"),
)

"""What is asked of ``patterns.streams`` when a source, a step or the loop fails, and when the reader is cancelled."""

import asyncio
from functools import partial

from benchmarks.families.streams.scene import (
    OPENING,
    BodyAbortError,
    BodyError,
    Reading,
    SourceAbortError,
    SourceError,
    Spring,
    end,
    ended,
    in_all_ways,
    leave,
    read,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import leaves
from benchmarks.safety.trials import Trial, expect, shown


async def source_error_reaches_reader(trial: Trial) -> None:
    """What a source or a step raises reaches the reader.

    The connection is lost, and the loop ends as if there were no more rows, or waits for ever for the next one. What
    was read so far is taken for everything.

        async with items(rows) as stream:
            async for row in stream:
                total += row.amount
        report(total)       # of the first half
    """
    for number, kind in ((0, SourceError), (3, SourceError), (OPENING, SourceError), (3, SourceAbortError)):
        error = kind("the connection is lost")
        async with trial.crew() as crew:
            source = partial(Spring, trial, 6, trial.draw(2), fails_at=number, error=error)
            readings = in_all_ways(trial, crew, source, turns=trial.draw(2))
            if number == 3 and hasattr(trial.module, "mapped"):
                readings.append(_failing_step(trial, error))
                read(crew, readings[-1])
            await end(trial, *readings)
        for reading in readings:
            # Where one is opened as its task begins, another one may find its task group failing already, and say so.
            told = error in reading.errors and (number == OPENING or not reading.strange(error))
            expect(told, f"{reading}; the source had raised {shown(error)}")
        await leave(trial, *readings)


def _failing_step(trial: Trial, error: BaseException) -> Reading:
    async def step(number: int) -> int:
        await trial.hop()
        if number == 1:
            raise error
        return number

    spring = Spring(trial, 4)
    return Reading(trial, "mapped", spring, opened=lambda: trial.module.mapped(spring, [step, step]))


async def body_error_reaches_reader(trial: Trial) -> None:
    """What the body of the loop raises reaches its reader, bare, in an ExceptionGroup or as a cause.

    A row could not be handled, the stream was closed in good order, and the program goes on as if all were well.

        async with items(orders) as stream:
            async for order in stream:
                raise InvoiceError
        mark_as_sent()   # reached
    """
    for error in (BodyError("the body"), BodyAbortError("the body")):
        async with trial.crew() as crew:
            source = partial(Spring, trial, 5, trial.draw(2), close_turns=trial.draw(2))
            readings = in_all_ways(trial, crew, source, stop=2, body_error=error)
            await end(trial, *readings)
        for reading in readings:
            told = error in reading.errors and not reading.strange(error)
            expect(told, f"{reading}; the body had raised {shown(error)}")
        await leave(trial, *readings)


async def errors_come_bare(trial: Trial) -> bool:
    """What a source raises arrives as it was raised, be it in a group, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says which source it was, and keeps the cause. But it passes by an
    ``except*`` that was written for what the source raises.

        try:
            async with items(rows) as stream:
                async for row in stream: ...
        except* ConnectionError:
            await again()       # not where it comes as the cause
            # of a StreamFailed
    """
    error = SourceError("failed")
    async with trial.crew() as crew:
        readings = in_all_ways(trial, crew, partial(Spring, trial, 6, 1, fails_at=3, error=error))
        await ended(trial, *readings)
    await leave(trial, *readings)
    got = readings[0].error
    return got is not None and error in leaves(got)


async def items_before_error(trial: Trial) -> None:
    """Items that came before a failure are given first, and the error where the next item would have been.

    The reader writes down how far it has come. What it never saw is fetched again, or, where a message can be had only
    once, is lost.

        async with items(messages) as stream:
            async for message in stream:
                await store(message)
        # the last three before the failure were never seen
    """
    error = SourceError("failed")
    async with trial.crew() as crew:
        source = partial(Spring, trial, 6, trial.draw(1), fails_at=3, error=error)
        readings = in_all_ways(trial, crew, source, turns=1 + trial.draw(4))
        await ended(trial, *readings)
    for reading in readings:
        expect(reading.got == [0, 1, 2], f"{reading}; the source gave 0, 1, 2 and failed")
    await leave(trial, *readings)


async def cancelled_reader_is_cancelled(trial: Trial) -> None:
    """A cancelled reader is cancelled, whatever the stream is doing at that moment.

    The program is to end, or a deadline has passed. If the stream takes the cancellation for its own the loop ends as
    if there were no more items, and the program goes on, with half of them.

        async with asyncio.timeout(10):
            async with items(rows) as stream:
                async for row in stream: ...
            commit()     # reached, with half of the rows
    """
    async with trial.crew() as crew:
        source = partial(Spring, trial, 3, 1, close_turns=1)
        readings = in_all_ways(trial, crew, source, stop=2, turns=1)
        await trial.strike(*[reading.player for reading in readings])
        reached = [reading for reading in readings if not reading.over]
        await ended(trial, *readings)
        for reading in reached:
            outcome = reading.player.outcome
            expect(
                outcome == "cancelled" and not reading.strange(),
                f"{reading}, although its reader was cancelled meanwhile",
            )
            # On Trio whoever has no wait behind the loop is not cancelled there.
            expect(
                not reading.passed or len(reading.got) >= 2,
                f"{reading}: it was cut off by a cancellation, and what stands behind it ran",
            )
        await leave(trial, *readings)
    await _cancelled_in_silence(trial)


async def _cancelled_in_silence(trial: Trial) -> None:
    async with trial.crew() as crew:
        readings = in_all_ways(trial, crew, partial(Spring, trial, waits_at=1, close_turns=1))
        await trial.settle()
        for reading in readings:
            reading.player.cancel()
        await ended(trial, *readings)
        for reading in readings:
            outcome = reading.player.outcome
            learned = outcome == "cancelled" and not reading.passed and not reading.strange()
            expect(learned, f"{reading}, although its reader was cancelled while there was no item")
        await leave(trial, *readings)


async def cancellation_survives_error(trial: Trial) -> None:
    """A reader that handles the error of a source still learns that it was cancelled meanwhile.

    The source fails while the reader is being cancelled. The reader handles the error and opens the stream again,
    because the cancellation came with the error and was dropped.

        async with asyncio.timeout(10):
            while True:
                try:
                    await read()       # fails as time is up
                except OSError:
                    await asyncio.sleep(1)   # and so for ever
    """
    async with trial.crew() as crew:
        error = SourceError("failed")
        source = partial(Spring, trial, 3, 1, fails_at=2, error=error, close_turns=2)
        readings = in_all_ways(trial, crew, source)
        await trial.strike(*[reading.player for reading in readings])
        reached = [reading for reading in readings if not reading.over]
        failing = [reading for reading in reached if reading.spring.state == "closing"]
        await ended(trial, *readings)
        for reading in failing:
            expect(reading.player.done, f"{reading}, though it was cancelled as the source failed")
        for reading in reached:
            expect(not reading.went_on, f"{reading}, and its reader, cancelled meanwhile, never learned of it")
            hidden = any(isinstance(one, asyncio.CancelledError) for one in reading.errors)
            expect(not hidden, f"{reading} in one group, which no deadline of asyncio takes for its own cancellation")
        await leave(trial, *readings)


async def no_stray_cancellation(trial: Trial) -> None:
    """A failure leaves no cancellation behind: a reader whom nobody has cancelled can go on.

    To end the loop its task is cancelled. If that is not taken back, the next wait of the reader is cancelled, or the
    next deadline or task group takes it for its own: far away, and for no reason that can be found.

        try:
            await read()
        except OSError:
            await report()      # CancelledError, though nobody
            # has cancelled anything
    """
    async with trial.crew() as crew:
        error = SourceError("failed")
        source = partial(Spring, trial, 6, 1, fails_at=2, error=error, close_turns=trial.draw(2))
        readings = in_all_ways(trial, crew, source, turns=trial.draw(4))
        await ended(trial, *readings)
        for reading in readings:
            expect(reading.went_on or not reading.player.done, f"{reading}, and was cancelled, though by nobody")
            expect(reading.requests == 0, f"{reading}, and left {reading.requests} cancellations of its reader behind")
        await leave(trial, *readings)


FAILURES = (
    Promise(source_error_reaches_reader),
    Promise(body_error_reaches_reader),
    Promise(items_before_error, need="all-before"),
    Promise(cancelled_reader_is_cancelled, swept=True, instant=True),
    Promise(cancellation_survives_error, swept=True, instant=True, need="recovery"),
    Promise(no_stray_cancellation, need="recovery"),
    Promise(errors_come_bare, once=True, fact=True),
)

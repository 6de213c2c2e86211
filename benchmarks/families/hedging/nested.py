"""What is asked of ``patterns.hedging`` where it meets deadlines, task groups, other tries, and itself."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import trio

from benchmarks.families.hedging.scene import (
    LONG,
    SOON,
    SourceError,
    Sources,
    begin,
    brief,
    call,
    have_ended,
    made,
    offered,
    soon,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import cancellations, within_anyio, within_asyncio, within_trio
from benchmarks.safety.errors import origins
from benchmarks.safety.trials import Player, Trial, ending, expect
from patterns.hedging import Source

EXPIRED = (TimeoutError, trio.TooSlowError)


class GroupError(Exception):
    """What fails in a task group, so that it stops the others."""


Limited = Callable[[Player, Callable[[], Awaitable[Any]]], Awaitable[Any]]


async def ends_by_what_ends_it(trial: Trial) -> None:
    """A call that runs into a deadline, or whose task group is stopped, ends by that, and can be made again.

    The usual answer to a deadline is another try. It fails or never ends if the first one has left something behind, or
    if what ends the call is no longer what the deadline or the group looks for.

        for attempt in range(3):
            try:
                async with asyncio.timeout(2):
                    return await hedge(sources, delay=0.2)
            except TimeoutError:
                continue     # never reached: CancelledError
    """
    kinds: list[Limited] = [within_trio if trial.is_trio else within_asyncio, partial(within_a_group, trial)]
    if trial.alternative.library == "anyio" and not trial.is_trio:
        kinds.append(within_anyio)
    async with trial.crew() as crew:
        tries = [Try(trial, name, kind) for name in offered(trial) for kind in kinds]
        players = [crew.start(one.run, name=one.name) for one in tries]
        await trial.strike(*[one.deadline for one in tries])
        await have_ended(trial, *players)
        for one, player in zip(tries, players, strict=True):
            then = f"{one.name} {one.state}, the second try {ending(player)}"
            expect(player.outcome == "returned", then)
            expect(not one.requests, f"{one.name} left {one.requests} cancellations of its caller behind a deadline")
            expect(player.value == 1, f"{then}, and not 1")


@dataclass
class Try:
    """A call with a deadline that expires when ``deadline`` is cancelled, and a second one after it."""

    trial: Trial
    name: str
    limited: Limited
    deadline: Player = field(default_factory=lambda: Player("deadline"))
    state: str = "waited"
    requests: int = 0

    async def run(self) -> Any:
        """Call twice; returns what came of the second try."""
        sources = Sources(self.trial)
        slow_or_down = sources.source(0, 9, clean_up=1) if self.name == "race" else sources.down(0, 2, clean_up=1)
        listing = [slow_or_down, sources.source(1, 4, clean_up=2), sources.source(2, 6, clean_up=1)]
        before = cancellations(self.trial)
        asking = partial(call, self.trial, self.name, listing, brief(self.trial))
        answer = await self.limited(self.deadline, asking)
        self.state = "timed out" if answer is None else f"returned {answer!r}"
        self.requests = cancellations(self.trial) - before
        await self.trial.hop(2)
        return await call(self.trial, self.name, [sources.source(1, 1), sources.source(2, 5)])


async def within_a_group(trial: Trial, deadline: Player, function: Callable[[], Awaitable[Any]]) -> Any:
    """The same in a task group, in which another task fails at the deadline."""
    over, answers = trial.backend.toolkit.event(), []
    deadline.cancel = over.set

    async def watch() -> None:
        await over.wait()
        if not deadline.done:
            raise GroupError

    async def run() -> None:
        try:
            answers.append(await function())
        finally:
            deadline.outcome = "returned"
            over.set()

    before = cancellations(trial)
    try:
        await trial.backend.toolkit.together([run, watch])
    except* GroupError:
        pass
    host = None if trial.is_trio else asyncio.current_task()
    while host and host.cancelling() > before:  # before Python 3.13 a group leaves its own behind
        host.uncancel()
    return answers[0] if answers else None


async def deadlines_inside_sources(trial: Trial) -> None:
    """A deadline that a source sets ends what that source waits for: it is a failure if the source lets it out.

    Each source has a deadline of its own. On asyncio that cancels the source's task and takes it back: whoever takes
    every cancellation for one from outside gives up, although another source has the answer.

        async def source(host):
            async with asyncio.timeout(1):
                return await ask(host)
        await fallback([partial(source, a), partial(source, b)])
        # a is too slow: TimeoutError, and b is to be asked
    """
    for name in offered(trial):
        for handled, turns in ((True, 0), (True, 2), (False, 2)):
            sources = Sources(trial)

            async def impatient(handled: bool = handled, turns: int = turns, sources: Sources = sources) -> str:
                with suppress(*(EXPIRED if handled else ())):
                    if trial.is_trio:
                        with trio.fail_after(0):
                            await sources.doors[0].wait()
                    else:
                        async with asyncio.timeout(0):
                            await sources.doors[0].wait()
                await trial.hop(turns)
                return "handled its deadline"

            asked = await made(name, sources, [impatient, sources.source(1, 20)], soon(trial))
            right = "handled its deadline" if handled else 1
            what = "and handled that" if handled else "and source 1 has answered 1"
            expect(asked.answer == right, f"{asked}; source 0 ran into a deadline of its own, {what}")


async def _bare(answer: Awaitable[Any]) -> Any:
    """The same, where who wraps errors is known to: what it was raised from comes out, if that is a source's."""
    try:
        return await answer
    except Exception as error:
        for origin in origins(error):
            if isinstance(origin, SourceError):
                raise origin from None
        raise


async def calls_inside_sources(trial: Trial) -> None:
    """A source may itself make such calls, and try several times; losing, it is stopped with all that it has asked.

    Regions are hedged, and within each region replicas are. If an inner call takes the cancellation by the outer one
    for its own, or loses it among the failures of its sources, the outer one waits for it for ever.

        async def region(name):
            while True:
                with suppress(Unreachable):
                    return await hedge(replicas(name), 0.1)
        await hedge([partial(region, "eu"), partial(region, "us")], 1)
        # us has answered, and eu tries on, for ever
    """
    for name in offered(trial):
        for turns in [trial.draw(8)] if trial.seed else (2, 5):
            inside, outside = Sources(trial), Sources(trial)

            async def region(turns: int = turns, inside: Sources = inside, name: str = name) -> Any:
                tries = 0
                while True:
                    tries += 1
                    source = inside.source(2, clean_up=2) if tries > 1 else inside.down(2, 1 + turns % 3)
                    listing = [inside.down(0, 1), source, inside.down(1, 2, clean_up=1)]
                    try:
                        return await _bare(call(trial, name, listing, soon(trial)))
                    except* SourceError:
                        await trial.hop()

            if name == "fallback":
                listing: list[Source[Any]] = [outside.down(0, 1), region]
            else:
                listing = [outside.slow(0, 3 * SOON if trial.virtual else LONG), region, outside.source(1, 6 + turns)]
            async with trial.crew() as crew:
                asked = begin(crew, name, outside, listing, soon(trial))
                for _ in range(4):
                    if await have_ended(trial, asked.player):
                        break
                    if name == "fallback":
                        inside.open(2)
                    await trial.sleep(soon(trial) / trial.unit)
                ended = asked.player.done
                left = inside.running
                inside.open(2)
                expect(ended, f"{name} has not ended, in which a source makes such calls again and again")
            right = 2 if name == "fallback" else 1
            expect(asked.answer == right, f"{asked}, and not {right}; a source of it makes such calls")
            expect(not left, f"{asked}, and a call inside a loser has {left} sources at work")


async def calls_are_strangers(trial: Trial) -> None:
    """Calls know nothing of each other: one that is cancelled, or fails, disturbs no other with the same sources.

    A list of mirrors is a constant of the program, and all requests share it. If they share more than that, one client
    who hangs up takes the answers of all others with him.

        MIRRORS = [mirror_a, mirror_b]
        await gather(*(hedge(MIRRORS, 0.2) for _ in range(100)))
        # one caller is cancelled, and ninety-nine with it
    """
    async with trial.crew() as crew:
        calls = []
        for name in offered(trial):
            sources = Sources(trial)
            slow_or_down = sources.source(0, 40) if name == "race" else sources.down(0, 1)
            listing = [slow_or_down, sources.source(1, 4, clean_up=1), sources.source(2, 6)]
            calls.append([begin(crew, name, sources, listing, brief(trial)) for _ in range(3)])
        await trial.strike(*[first.player for first, *_ in calls])
        everybody = [asked for group in calls for asked in group]
        await have_ended(trial, *[asked.player for asked in everybody])
        for _, *others in calls:
            for asked in others:
                expect(asked.answer == 1, f"{asked}, and not 1; another caller of the same sources was cancelled")


NESTED = (
    Promise(ends_by_what_ends_it, swept=True),
    Promise(deadlines_inside_sources),
    Promise(calls_inside_sources),
    Promise(calls_are_strangers, swept=True),
)

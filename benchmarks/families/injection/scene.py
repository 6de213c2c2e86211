"""The parts of a trial of ``patterns.injection``, which write down what becomes of them, and who calls functions."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.families.injection.parts import Thing, kind_of, part, plain
from benchmarks.plan.backends import Event
from benchmarks.safety.cancelling import CANCELLED, Caller, leaves, shield
from benchmarks.safety.trials import Crew, Player, Trial, ending, event, expect, listed, shown, shown_as
from benchmarks.safety.waiting import LONG, all_end, before_long
from patterns.injection import Inject, Part

LEFT_OPEN = ("async generator", "pending cleanups")  # what is said of a part that the trial finds open by itself


class PartError(Exception):
    """What a part raises on purpose."""


class PartExit(BaseException):
    """What a part raises on purpose, and no ``except Exception`` holds up."""


class CallError(Exception):
    """What a function raises on purpose."""


class CallExit(BaseException):
    """What a function raises on purpose, and no ``except Exception`` holds up."""


@dataclass
class Workshop:
    """Parts, which write down in ``log`` when one begins to be made, is made, is closed and has closed.

    ``told`` are the errors with which a part was closed, by its name.
    """

    trial: Trial
    log: list[tuple[str, str]] = field(default_factory=list)
    told: list[tuple[str, BaseException]] = field(default_factory=list)

    def plain(self, name: str, *needs: Part, shared: bool = False) -> Part:
        """A part that is there at once, and has nothing to close."""
        return plain(kind_of(name), *map(_kind, needs), shared=shared)

    def part(
        self,
        name: str,
        *needs: Part | type[Thing],
        kind: type[Thing] | None = None,
        shared: bool = False,
        turns: int = 0,
        clean_up: int = 0,
        fails: Sequence[BaseException] = (),
        last_words: BaseException | None = None,
        door: Event | None = None,
        calls: Callable[[], Awaitable[object]] | None = None,
    ) -> Part:
        """A part that is opened in so many turns, once its door is open and it has called, and closed in so many.

        Whoever makes it gets these errors first, one each time; who closes it gets the last words.
        """
        provided = kind or kind_of(name)
        failures = list(fails)

        @shown_as("a part")
        async def make(*given: Any, **named: Any) -> AsyncIterator[Thing]:
            self.log.append(("begins", name))
            await self.trial.hop(turns)
            if door is not None:
                await door.wait()
            if calls is not None:
                await calls()
            if failures:
                raise failures.pop(0)
            thing = provided(*given, *named.values())
            self.log.append(("made", name))
            try:
                yield thing
            except BaseException as error:
                self.told.append((name, error))
                raise
            finally:
                self.log.append(("closes", name))
                try:
                    await self._clean_up(clean_up)
                finally:
                    self.log.append(("closed", name))
                if last_words is not None:
                    raise last_words

        return part(provided, make, *map(_kind, needs), shared=shared, opens=True)

    async def _clean_up(self, turns: int) -> None:
        """Take so many turns, come what may; a cancellation goes on afterwards."""
        cancelled: BaseException | None = None
        with shield(self.trial):
            for _ in range(turns):
                try:
                    await self.trial.hop()
                except CANCELLED as error:
                    cancelled = error
        if turns:
            await self.trial.hop()  # where a shield has kept a cancellation off, it comes now
        if cancelled:
            raise cancelled

    def those(self, what: str) -> list[str]:
        """The names of the parts that have done something, in order."""
        return [name for done, name in self.log if done == what]

    @property
    def open(self) -> list[str]:
        """The parts that have been made and not closed."""
        left = self.those("made")
        for name in self.those("closed"):
            with suppress(ValueError):
                left.remove(name)
        return left

    def __str__(self) -> str:
        """What has happened, for messages."""
        return ", ".join(f"{name} {what}" for what, name in self.log) or "nothing happened"


def _kind(need: Part | type) -> type:
    return need.kind if isinstance(need, Part) else need


@dataclass
class Running(Caller):
    """A program in a task of its own: ``inject`` fills in needs while it runs, until ``leave`` is set.

    ``error`` is what left the program, unless it was a cancellation.
    """

    trial: Trial
    parts: Sequence[Part]
    overrides: Mapping[type, object]
    body_error: BaseException | None = None
    inject: Inject | None = None

    def __post_init__(self) -> None:
        """Nobody has left yet."""
        self.leave = event(self.trial)

    async def run(self) -> None:
        """Hold it open, and handle whatever leaves it; a cancellation passes."""
        with self.handling():
            async with self.trial.module.program(self.parts, self.overrides) as inject:
                self.inject = inject
                await self.leave.wait()
                if self.body_error:
                    raise self.body_error

    async def settles(self) -> None:
        """Wait until the program has begun, or is over."""
        await before_long(self.trial, lambda: self.inject is not None or self.over)

    async def enters(self) -> Inject:
        """Expect that the program begins."""
        await self.settles()
        expect(self.inject is not None, f"{self}, and has not begun")
        assert self.inject is not None
        return self.inject

    async def ends(self) -> None:
        """Leave it, and expect that it is over."""
        self.leave.set()
        in_time = await all_end(self.trial, self.player)
        expect(in_time, f"the program was not left within {LONG}")

    def __str__(self) -> str:
        """What became of it, for messages."""
        if self.errors:
            return f"the program raised {listed(map(shown, self.errors))}"
        return f"the program {ending(self.player)}" if self.player.done else "the program runs"


def run(
    crew: Crew,
    trial: Trial,
    parts: Sequence[Part],
    overrides: Mapping[type, object] | None = None,
    body_error: BaseException | None = None,
) -> Running:
    """A program of these parts in a task of its own."""
    running = Running(trial, parts, overrides or {}, body_error)
    running.player = crew.start(running.run, name="a program")
    return running


@shown_as("a function")
async def given(*things: Any) -> tuple[Any, ...]:
    """A function that returns what it was given."""
    return things


@dataclass
class Calling:
    """A call in a task of its own, which goes on for a few turns afterwards.

    ``passed`` says that it returned, ``open`` are the parts that were left open then.
    """

    shop: Workshop
    call: Callable[[], Awaitable[object]]
    over: bool = False
    passed: bool = False
    open: list[str] = field(default_factory=list)

    async def run(self) -> object:
        """Call, and go on: whoever was cancelled meanwhile learns of it."""
        try:
            result = await self.call()
            self.passed = True
        finally:
            self.over = True
            self.open = self.shop.open
        await self.shop.trial.hop(3)
        return result


async def called(trial: Trial, *players: Player) -> None:
    """Expect that these calls end."""
    in_time = await all_end(trial, *players)
    waiting = [player.name for player in players if not player.done]
    expect(in_time, f"{listed(waiting)} had not ended within {LONG}")


def errors_of(player: Player) -> list[BaseException]:
    """What a call raised, taken out of its groups."""
    return list(leaves(player.error)) if player.error else []

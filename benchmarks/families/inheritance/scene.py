"""The parts of the classes of a trial of ``patterns.inheritance``, and who makes objects of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.plan.backends import Event
from benchmarks.safety.cancelling import CANCELLED, leaves
from benchmarks.safety.trials import Crew, Player, Trial, ending, event, expect, listed, shown, shown_as
from benchmarks.safety.waiting import LONG, all_end, before_long


class PartError(Exception):
    """What a part raises on purpose."""


@dataclass(eq=False)
class Member:
    """The part of one class, by its number: it opens and closes after so many turns, and may fail at either.

    ``refined`` is called whenever it refines an answer.
    """

    log: list[tuple[str, int]]
    trial: Trial
    number: int
    turns: int = 0
    error: BaseException | None = None
    clean_up: int = 0
    last_words: BaseException | None = None
    refined: Callable[[], object] = lambda: None

    @shown_as("what a class opens")
    async def open(self) -> None:
        """It is open when nothing went wrong meanwhile."""
        self.log.append(("begins", self.number))
        await self.trial.hop(self.turns)
        if self.error:
            raise self.error
        self.log.append(("opens", self.number))

    def refine(self, answer: int) -> int:
        """Put the number at the end of the answer."""
        self.refined()
        return 10 * answer + self.number

    @shown_as("the clean-up of a class")
    async def close(self) -> None:
        """It is closed in whatever way that ends."""
        self.log.append(("closes", self.number))
        try:
            await self.trial.hop(self.clean_up)
            if self.last_words:
                raise self.last_words
        finally:
            self.log.append(("closed", self.number))


@dataclass
class Cast:
    """The parts of the classes of one trial, which write down in ``log`` when each begins, opens, closes and closed."""

    trial: Trial
    log: list[tuple[str, int]] = field(default_factory=list)

    def member(self, number: int, **options: Any) -> Member:
        """A part; the options are those of ``Member``."""
        return Member(self.log, self.trial, number, **options)

    def line(self, *members: Member) -> Any:
        """A class for each of them, the base first."""
        refined = self.trial.module.refined
        kind = refined(members[0])
        for member in members[1:]:
            kind = refined(member, kind)
        return kind

    def several(self, count: int, **options: Any) -> Any:
        """A line of so many alike, numbered from 1."""
        return self.line(*(self.member(number, **options) for number in range(1, count + 1)))

    def those(self, what: str) -> list[int]:
        """The numbers of the parts that have done something, in order."""
        return [number for done, number in self.log if done == what]

    @property
    def open(self) -> list[int]:
        """Those that have opened and not closed, as often as that is so."""
        left = self.those("opens")
        for number in self.those("closed"):
            if number in left:
                left.remove(number)
        return left

    @property
    def closed_in_vain(self) -> list[int]:
        """Those that were closed more often than they had opened."""
        left = self.those("closes")
        for number in self.those("opens"):
            if number in left:
                left.remove(number)
        return left

    def __str__(self) -> str:
        """What has happened, for messages."""
        return listed((f"{number} {what}" for what, number in self.log), 12)


@dataclass
class Use:
    """An object that is made in a task of its own, kept until ``leave`` is set, and closed.

    ``over`` says that this has ended, in whatever way, and ``open`` which parts were open then.
    """

    cast: Cast
    kind: Any
    thing: Any = None
    over: bool = False
    open: list[int] = field(default_factory=list)
    error: BaseException | None = None
    player: Player = field(default_factory=lambda: Player("nobody"))

    def __post_init__(self) -> None:
        """Nobody leaves yet."""
        self.leave: Event = event(self.cast.trial)

    async def run(self) -> None:
        """Make it and close it, and handle whatever is raised; a cancellation passes."""
        module = self.cast.trial.module
        try:
            self.thing = await module.construct(self.kind, self._fetch)
            try:
                await self.leave.wait()
            finally:
                await module.close(self.thing)
        except CANCELLED:
            raise
        except BaseException as error:
            self.error = error
        finally:
            self.over = True
            self.open = self.cast.open

    async def _fetch(self, question: int) -> int:
        return question

    async def made(self) -> Any:
        """Expect that the object is there."""
        await before_long(self.cast.trial, lambda: self.thing is not None or self.over)
        expect(self.thing is not None, f"{self}, and there is no object; {self.cast}")
        return self.thing

    async def ends(self) -> None:
        """Expect that making it, or closing it, comes to an end."""
        in_time = await all_end(self.cast.trial, self.player)
        expect(in_time, f"after {LONG} this has not come to an end: {self.cast}")

    @property
    def errors(self) -> list[BaseException]:
        """What was raised, taken out of its groups."""
        return list(leaves(self.error)) if self.error else []

    def __str__(self) -> str:
        """What became of it, for messages."""
        if self.errors:
            return f"whoever made the object got {listed(map(shown, self.errors))}"
        if self.player.outcome in ("waiting", "returned"):
            return "whoever made the object got no error"
        return f"whoever made the object {ending(self.player)}"


def use(crew: Crew, cast: Cast, kind: Any) -> Use:
    """Make an object in a task of its own."""
    user = Use(cast, kind)
    user.player = crew.start(user.run, name="who makes an object")
    return user

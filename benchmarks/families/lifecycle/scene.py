"""The services of a trial of ``patterns.lifecycle``, which write down what becomes of them, and who holds them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.plan.backends import Event
from benchmarks.safety.cancelling import CANCELLED, cancellations, finish
from benchmarks.safety.errors import Listener
from benchmarks.safety.trials import Crew, Trial, ending, event, expect, listed, shown, shown_as
from benchmarks.safety.waiting import LONG, all_end, before_long
from patterns.lifecycle import Service

LATE = 12  # turns in which those that were stopped and not waited for have ended
DOZENS = 24  # services of a program that has many
MOST = DOZENS  # services of a trial


class ServiceError(Exception):
    """What a service raises on purpose."""


class ServiceExit(BaseException):
    """What a service raises on purpose, and no ``except Exception`` holds up."""


class BodyError(Exception):
    """What the body raises on purpose."""


class BodyExit(BaseException):
    """What the body raises on purpose, and no ``except Exception`` holds up."""


@dataclass
class Staff:
    """Services of a block, each with a number, which write down in ``log`` when one begins, starts, stops and ends.

    ``raised`` is what they have raised on purpose.
    """

    trial: Trial
    log: list[tuple[str, int]] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Every door is closed."""
        self.doors: dict[int, Event] = defaultdict(partial(event, self.trial))

    def service(self, number: int, **options: Any) -> Service:
        """A service; the options are those of ``_serve``."""
        return partial(self._serve, number, **options)

    def several(self, count: int, **options: Any) -> list[Service]:
        """So many alike."""
        return [self.service(number, **options) for number in range(count)]

    @shown_as("a service")
    async def _serve(
        self,
        number: int,
        started: Any,
        *,
        turns: int = 0,
        starts: bool = True,
        error: BaseException | None = None,
        clean_up: int = 0,
        last_words: BaseException | None = None,
    ) -> None:
        """Start after so many turns; once the door is open raise the error, or end.

        One that never ``starts`` waits at its door instead. Once cancelled, clean up for so many turns, then raise
        ``last_words`` or go.
        """
        self.log.append(("begins", number))
        try:
            await self.trial.hop(turns)
            if starts:
                self.log.append(("starts", number))
                started()
            await self.doors[number].wait()
            if error:
                raise self._told(error)
        except CANCELLED:
            self.log.append(("stops", number))
            await finish(self.trial, clean_up)
            if last_words:
                raise self._told(last_words) from None
            raise
        finally:
            self.log.append(("ends", number))

    def _told(self, error: BaseException) -> BaseException:
        self.raised.append(error)
        return error

    def those(self, what: str) -> list[int]:
        """The numbers of the services that have done something, in order."""
        return [number for done, number in self.log if done == what]

    @property
    def living(self) -> list[int]:
        """Those that have begun and not ended."""
        ended = self.those("ends")
        return [number for number in self.those("begins") if number not in ended]

    @property
    def upside_down(self) -> list[str]:
        """Which services were stopped while one that was begun after them had still to end."""
        ended: set[int] = set()
        found = []
        for what, number in self.log:
            if what == "ends":
                ended.add(number)
            if what == "stops" and (
                using := [one for one in self.those("begins") if one > number and one not in ended]
            ):
                found.append(f"{number} while {listed(using)} had still to end")
        return found

    def open_all(self) -> None:
        """Let every service go on that still waits: nothing else ends one that nobody cancels."""
        for number in range(MOST):
            self.doors[number].set()

    def __str__(self) -> str:
        """What has happened, for messages."""
        return ", ".join(f"{number} {what}" for what, number in self.log) or "nothing happened"


@dataclass
class Held(Listener):
    """A block that holds services, in a task of its own: its body waits until ``leave`` is set.

    ``entered`` says that the body has begun, ``started`` how many services had started by then, ``left`` that it has
    come to its end, ``over`` that the block has been left, ``passed`` that it was without an error, ``went_on`` that
    its caller got through a few waits afterwards. ``living`` are the services that were still running when the block
    was left; ``requests`` is how many cancellations of its task asyncio counted then that were not there before.
    """

    staff: Staff
    services: Sequence[Service]
    body_error: BaseException | None = None
    entered: bool = False
    started: int = 0
    left: bool = False
    passed: bool = False
    went_on: bool = False
    requests: int = 0
    living: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nobody has left yet."""
        self.leave = event(self.staff.trial)

    async def run(self) -> None:
        """Hold them, and handle whatever leaves the block; a cancellation passes."""
        trial = self.staff.trial
        before = cancellations(trial)
        try:
            with self.handling():
                async with trial.module.running(self.services):
                    self.entered, self.started = True, len(self.staff.those("starts"))
                    await self.leave.wait()
                    self.left = True
                    if self.body_error:
                        raise self.body_error
                self.passed = True
        finally:
            self.living = self.staff.living
        self.requests = cancellations(trial) - before
        await trial.hop(3)
        self.went_on = True

    async def enters(self) -> None:
        """Expect that the body begins."""
        await before_long(self.staff.trial, lambda: self.entered or self.over)
        expect(self.entered, f"{self}, and its body has not begun; {self.staff}")

    async def ends(self) -> None:
        """Expect that the block is left, and its caller goes on or is cancelled."""
        in_time = await all_end(self.staff.trial, self.player)
        expect(in_time, f"the block was not left within {LONG}; {self.staff}")

    def __str__(self) -> str:
        """What became of it, for messages."""
        if self.errors:
            return f"the block raised {listed(map(shown, self.errors))}"
        if self.over and self.player.outcome in ("waiting", "returned"):
            return "the block was left without an error"
        return f"who held the services {ending(self.player)}"


def hold(crew: Crew, staff: Staff, services: Sequence[Service], body_error: BaseException | None = None) -> Held:
    """Hold services in a task of its own."""
    held = Held(staff, services, body_error)
    held.player = crew.start(held.run, name="who holds services")
    return held

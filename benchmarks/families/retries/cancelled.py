"""What is asked of ``patterns.retries`` about callers who are cancelled, and about deadlines around and in calls."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

from benchmarks.families.retries.scene import (
    ATTEMPTS,
    HANGS,
    Call,
    Deadline,
    FlakyError,
    Service,
    offered,
    over,
    result,
    tried_again,
)
from benchmarks.plan.backends import Event
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import CANCELLED, cancellations, shield
from benchmarks.safety.trials import GRAIN, HOUR, Crew, Player, Trial, event, expect, free_loop, listed, shown_as

SHORT = 1.5 * GRAIN  # seconds: a wait that can be struck in its middle
WAITS = (0.0, SHORT)
ITSELF, TWICE, IN_A_GROUP = "cancelled itself", "cancelled twice", "cancelled with its group"
WAYS = ((ITSELF, 0.0), (ITSELF, SHORT), (TWICE, 0.0), (IN_A_GROUP, SHORT))  # how one is struck, and how long it waits
OUTCOMES = (FlakyError, "answer")
TO_THE_LAST = (FlakyError, *OUTCOMES)  # the cancellation of a last attempt may be taken for its failure
TURNS = 1  # that an attempt takes
GRACE = 6  # turns in which a strike has reached who is struck, through a task group and whatever an alternative has
SOME = 0.5  # of the callers are there under a schedule that is drawn


@dataclass
class Caller:
    """A call under way that is to be struck, and how far it had come when the strike had reached it.

    ``way`` says how that is done. What strikes it ``directly`` reaches it at once. A caller with a ``limit`` goes on
    when that is over.
    """

    name: str
    service: Service
    player: Player
    wait: float = 0.0
    way: str = ""
    directly: bool = True
    limit: Deadline | None = None
    begun: int = 0
    ended: int = 0
    waiting: bool = False
    answered: bool = False

    def look(self) -> None:
        """Note how far it has come."""
        self.begun, self.ended = self.service.begun, len(self.service.ends)
        self.waiting = not (self.limit or self.player).done
        self.answered = self.service.answered

    @property
    def must_be_cancelled(self) -> bool:
        """Whether nothing else can come of it: an answer was not there yet, nor on Trio in the turn of the strike."""
        under_way = self.service.ends[self.ended : self.begun]
        return self.waiting and not self.answered and under_way != ["ended"]

    def __str__(self) -> str:
        """For a message."""
        paused = " with waits" if self.wait else ""
        return f"{self.name}{paused}, {self.way} after {self.begun} attempts,"


async def strike(trial: Trial, callers: list[Caller], end: Callable[[int], object]) -> None:
    """Strike at the turn of the trial, as ``end`` does to the caller of a number, and wait until they have ended."""
    await trial.approach()
    for number, caller in enumerate(callers):
        caller.look()
        trial.landed = trial.landed or caller.waiting
        end(number)
    await trial.hop()
    for caller in callers:
        if caller.way == TWICE and not caller.player.done:
            caller.player.cancel()  # while its attempt is cleaned up
    await trial.hop(GRACE)
    for caller in callers:
        if not caller.directly:
            caller.look()
    await over(trial, *[caller.player for caller in callers])
    for caller in callers:
        expect(caller.player.done, f"{caller} has not ended")
        expect(caller.service.running == 0, f"{caller} ended before its attempt had")


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """A cancelled caller is cancelled, soon: it gets no answer and no error, and makes no further attempt.

    A client hangs up, a sibling in the task group has failed, the program is to end. Who takes the cancellation for one
    more failure goes on calling, and the program does not stop; at the last attempt it becomes an error or a fallback.

        @retry(unless=NotFound)
        async def fetch(): ...
        task.cancel()
        # CancelledError is not NotFound: tried again
    """
    async with trial.crew() as crew:
        callers = [
            _begin(trial, crew, name, wait, way)
            for name, (way, wait) in product(offered(trial), WAYS)
            if not trial.seed or trial.random.random() < SOME
        ]
        await strike(trial, callers, lambda number: callers[number].player.cancel())
        for caller in callers:
            late = caller.service.late
            expect(late == 0, f"{caller} has begun {late} more")
            if caller.must_be_cancelled:
                expect(caller.player.outcome == "cancelled", f"{caller} {result(caller.player)}")


def _begin(trial: Trial, crew: Crew, name: str, wait: float, way: str) -> Caller:
    service = Service(trial, OUTCOMES if wait else TO_THE_LAST, TURNS, clean_up=2 if way == TWICE else 1)
    waits = wait / trial.unit
    call = tried_again(trial, name, service.call, ATTEMPTS, waits, waits)
    caller = Caller(name, service, Player(name), wait, way, directly=way != IN_A_GROUP)
    if way != IN_A_GROUP:
        caller.player = crew.start(call, name=name)
    else:
        failing = event(trial)
        caller.player.cancel = failing.set
        crew.start(_in_a_group, trial, call, caller.player, failing, name="the group")
    return caller


class SiblingError(Exception):
    """What ends a group."""


async def _in_a_group(trial: Trial, call: Call, player: Player, failing: Event) -> None:
    """Call in a task group or a nursery whose other task fails when it is told to."""

    async def sibling() -> None:
        await failing.wait()
        raise SiblingError

    async def caller() -> None:
        try:
            player.value = await call()
            player.outcome = "returned"
        except CANCELLED:
            player.outcome = "cancelled"
            raise
        except Exception as error:
            player.outcome, player.error = "raised", error
        finally:
            failing.set()

    with suppress(BaseExceptionGroup):
        await trial.backend.toolkit.together([sibling, caller])
    if not player.done:  # cancelled before its first turn
        player.outcome = "cancelled"


async def deadline_around_it_ends_it(trial: Trial) -> None:
    """A deadline around the call ends it, by TimeoutError and nothing else, and the call can be made again.

    The deadline is what the user waits for. Whoever takes the cancellation by which it works for one more failure is
    still trying long after it, and nobody says that the time is up; or the caller stays cancelled for ever.

        async with asyncio.timeout(1):
            return await fetch()        # tried again for a minute
        # and then returned as if it had come in time
    """
    async with trial.crew() as crew:
        tries = [
            _Limited(trial, name, wait, neutral)
            for name, wait, neutral in product(offered(trial), WAITS, _neutral(trial))
        ]
        for one in tries:
            one.caller.player = crew.start(one.run, name=one.caller.name)
        await strike(trial, [one.caller for one in tries], lambda number: tries[number].deadline.let_pass())
        for one in tries:
            expect(one.caller.player.outcome == "returned", f"{one} {result(one.caller.player)}")
            expect(one.service.late == 0, f"{one} has begun {one.service.late} more")
            if one.caller.must_be_cancelled:
                expect(one.first == "timed out", f"{one} {one.first}")
            expect(one.requests == 0, f"{one} left {one.requests} cancellations of its caller behind")
            expect(one.second == "answer", f"{one} {one.first}; made again it returned {one.second!r}")


def _neutral(trial: Trial) -> tuple[bool, ...]:
    """Whether deadlines are AnyIO's: both kinds where an alternative of AnyIO runs on asyncio."""
    return (False, True) if trial.alternative.library == "anyio" and not trial.is_trio else (False,)


class _Limited:
    """A call with a deadline around it, and a second one after it."""

    def __init__(self, trial: Trial, name: str, wait: float, neutral: bool) -> None:
        self.trial = trial
        self.service = Service(trial, OUTCOMES, TURNS, clean_up=1)
        self.deadline = Deadline(trial, neutral=neutral)
        self.caller = Caller(name, self.service, Player(name), wait, "ended by a deadline", False, self.deadline)
        self.first = "waits"
        self.second: Any = None
        self.requests = 0

    async def run(self) -> None:
        """Call twice, the second time without a deadline."""
        waits = self.caller.wait / self.trial.unit
        call = tried_again(self.trial, self.caller.name, self.service.call, ATTEMPTS, waits, waits)
        before = cancellations(self.trial)
        try:
            async with self.deadline.around():
                answer = await call()
            self.first = f"returned {answer!r}"
        except TimeoutError:
            self.first = "timed out"
        self.requests = cancellations(self.trial) - before
        again = Service(self.trial, (FlakyError, "answer"))
        self.second = await tried_again(self.trial, self.caller.name, again.call)()

    def __str__(self) -> str:
        """For a message."""
        return str(self.caller)


async def layers_keep_their_outcomes(trial: Trial) -> None:
    """Each layer sees what is its own: a deadline per attempt, the attempts, a deadline around them, a breaker.

    These are nested in every client. If the deadline of an attempt ends the call, or the one around it is tried again,
    or a cancellation is counted as an outcome, then the breaker opens for a service that is up, or never does.

        @breaker
        @timeout(10)
        @retry(on=TimeoutError)
        @timeout(1)
        async def fetch(): ...
        # the outer timeout is no failure of an attempt
    """
    async with trial.crew() as crew:
        layered = [_Layers(trial, name, way) for name, way in product(offered(trial), RIGHT)]
        for one in layered:
            one.caller.player = crew.start(one.run, name=one.caller.name)
        await strike(trial, [one.caller for one in layered], lambda number: layered[number].strike())
        for one in layered:
            right = {RIGHT[one.way]} if one.caller.must_be_cancelled else {RIGHT[one.way], "success"}
            expect(one.counted in right, f"{one} was counted as {one.counted}")


STRUCK = {"caller": "cancelled itself", "deadline": "ended by the deadline around it", "nobody": "left alone"}
RIGHT = {"caller": "nothing", "deadline": "failure", "nobody": "success"}  # what a breaker counts, by who was struck


class _Layers:
    """A breaker that counts, around a deadline, around a call that is tried again, around a deadline per attempt.

    The first attempt runs into its deadline, and the second has an answer.
    """

    def __init__(self, trial: Trial, name: str, way: str) -> None:
        self.trial, self.way = trial, way
        self.service = Service(trial, (HANGS, "answer"), TURNS)
        self.caller = Caller(name, self.service, Player(name), way=STRUCK[way], directly=way == "caller")
        self.outer = Deadline(trial)
        self.counted = "nothing"

    def strike(self) -> None:
        """End the call from outside, in its way."""
        if self.way == "caller":
            self.caller.player.cancel()
        elif self.way == "deadline":
            self.outer.let_pass()

    async def attempt(self) -> Any:
        """One attempt, with a deadline of its own; only that of the first passes."""
        async with Deadline(self.trial, HOUR if self.service.begun else SHORT).around():
            return await self.service.call()

    async def run(self) -> None:
        """Call, and count as a breaker does: errors and deadlines are failures, cancellations are neither."""
        try:
            async with self.outer.around():
                await tried_again(self.trial, self.caller.name, self.attempt)()
        except Exception:
            self.counted = "failure"
        else:
            self.counted = "success"

    def __str__(self) -> str:
        """For a message."""
        return f"{self.caller} between a breaker and deadlines,"


async def failing_clean_up_is_no_failure(trial: Trial) -> None:
    """An attempt that raises while it is being cancelled is not tried again: its caller is gone.

    A clean-up fails while the caller is being cancelled: the connection that it wants to close is reset. What arrives
    is that error, and no cancellation any more; who tries it again goes on for a caller that was told to stop, and
    a deadline that has passed is forgotten.

        async def fetch():
            async with connection():   # closing it raises
                ...                    # ConnectionResetError
        async with asyncio.timeout(1):
            await retry(fetch)()       # goes on after a second
    """
    async with trial.crew() as crew:
        callers = []
        for name, wait in product(offered(trial), WAITS):
            service = Service(trial, (FlakyError, "answer"), 2, last_words=FlakyError)
            waits = wait / trial.unit
            caller = Caller(name, service, Player(name), wait, ITSELF)
            caller.player = crew.start(tried_again(trial, name, service.call, 5, waits, waits), name=name)
            callers.append(caller)
        await strike(trial, callers, lambda number: callers[number].player.cancel())
        for caller in callers:
            late = caller.service.late
            expect(late == 0, f"{caller} and raising in its clean-up, has begun {late} more")
            if caller.must_be_cancelled:
                seen = f"{caller} and raising in its clean-up, {result(caller.player)}"
                expect(caller.player.outcome != "returned", seen)


async def clean_up_is_tried_again(trial: Trial) -> None:
    """A call that is made in the clean-up of a cancelled caller is tried again as any other: nobody cancels it.

    The caller was cancelled, and takes back what it has done: it logs out, it rolls back. Who takes its old
    cancellation for one of this call gives up at the first failure, and the other side never hears of it.

        try:
            await work()
        finally:
            with shield():
                await retry(log_out)()   # fails once, and that is all
    """
    ended: list[str] = []
    slow = (FlakyError, HANGS, "answer")  # its second attempt is ended by a deadline, of the loop's library or AnyIO's
    cases = [*product(offered(trial), (((FlakyError, "answer"), False), (slow, False), (slow, True)))]

    async def clean_up() -> None:
        try:
            await trial.sleep(HOUR)
        finally:
            with shield(trial):
                for name, (outcomes, neutral) in cases:
                    service = Service(trial, outcomes)

                    @shown_as("call")
                    async def attempt(service: Service = service, neutral: bool = neutral) -> Any:
                        async with Deadline(trial, SHORT if service.begun == 1 else HOUR, neutral).around():
                            return await service.call()

                    try:
                        answer = await tried_again(trial, name, attempt)()
                    except Exception as error:
                        answer = error
                    ended.append(
                        f"{name} in a clean-up ended with {type(answer).__name__} after {service.begun} attempts"
                    )

    async with trial.crew() as crew:
        player = crew.start(clean_up, name="a clean-up")
        await trial.hop(2)
        player.cancel()
        expect(await over(trial, player), "a clean-up has not ended that tries again")
    wrong = [one for one in ended if "with str after" not in one]
    expect(not wrong, listed(wrong, 1))
    expect(
        len(ended) == len(cases),
        f"a clean-up {result(player)} after {len(ended)} of {len(cases)} calls that are tried again",
    )


async def never_holds_up_the_loop(trial: Trial) -> None:
    """A wait between attempts never holds up the loop: all other tasks go on.

    A decorator that was written for threads sleeps, and the whole program with it: no request is answered and no
    deadline passes until it wakes up.

        except ConnectionError:
            time.sleep(delay)
        # one server is slow, and all clients of all others wait
    """
    for name in offered(trial):
        service = Service(trial, (FlakyError, FlakyError, "answer"))
        call = tried_again(trial, name, service.call, ATTEMPTS, 0.1, 0.1)
        await free_loop(trial, call)


CANCELLED_PROMISES = (
    Promise(cancelled_caller_is_cancelled, swept=True),
    Promise(deadline_around_it_ends_it, swept=True),
    Promise(layers_keep_their_outcomes, swept=True),
    Promise(failing_clean_up_is_no_failure, swept=True, need="clean-up"),
    Promise(clean_up_is_tried_again),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
)

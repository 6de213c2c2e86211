"""What is asked of ``patterns.timeouts`` when its caller is cancelled, perhaps as the deadline comes."""

import asyncio
from contextlib import suppress
from functools import partial

from benchmarks.families.timeouts.scene import (
    ANY,
    DEADLINES,
    LIMIT,
    PAST,
    PATIENCE,
    STEADY,
    Asked,
    BodyError,
    Scene,
    Work,
    call,
    offered,
    scene,
)
from benchmarks.families.timeouts.workloads import HOUR, TIMED_OUT
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import CANCELLED, shield
from benchmarks.safety.trials import Trial, event, expect, listed

EARLY = 4  # turns after which time passes, while a cancellation comes at some turn around that one


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """A cancelled caller is cancelled, also in the moment of its deadline: it gets no result, and no TimeoutError.

    A client hangs up, a task group fails, just as the time is up or the answer comes. Whoever takes every cancellation
    for its own makes a timeout of that. The caller tries again, and the program, or the group, does not end.

        task = asyncio.create_task(within(5, fetch))
        ...                     # 5 s later, in the same turn:
        task.cancel()
        await task              # TimeoutError: "try again"
    """
    async with scene(trial) as s:
        asked: list[Asked] = []
        endless: list[Asked] = []  # of whom nothing can come but that they were cancelled
        quitters: list[Asked] = []
        for name in offered(trial, DEADLINES):
            for seconds in (LIMIT, HOUR):
                for turns, clean_up in (
                    (None, 0),
                    (None, 2 + trial.draw(2)),
                    (EARLY, 0),
                    (EARLY + 1 + trial.draw(4), 1),
                ):
                    work = Work(trial)
                    asked.append(s.ask(name, seconds, work, work.body(turns, clean_up=clean_up)))
                    if turns is None and seconds == HOUR:
                        endless.append(asked[-1])
            quitting = Work(trial)
            quitters.append(s.start(name, quitting, partial(_quits, s, name, quitting, len(s.crew.players))))
        groups = [_Group(s, name, turns) for name in offered(trial, DEADLINES) for turns in (None, EARLY, EARLY + 2)]
        in_time = await _around_the_deadline(s, asked, groups)
        for one in (*in_time, *quitters):
            expect(one.player.done, f"{one.name} has not ended {PATIENCE} turns after its caller was cancelled")
            expect(one.player.outcome == "cancelled", f"{one}, although its caller was cancelled meanwhile")
        for one in (*endless, *quitters):  # on Trio whoever has no wait behind the call is not cancelled there
            learned = not one.answered and all(isinstance(error, CANCELLED) for error in one.errors)
            expect(learned, f"{one}, although its body was cut off by the cancellation of its caller")
        for group in groups:
            group.judge()


async def _quits(s: Scene, name: str, work: Work, place: int) -> object:
    """A caller whose body has its own task cancelled before it waits."""

    async def body() -> object:
        task = None if s.trial.is_trio else asyncio.current_task()
        (task or s.crew.players[place]).cancel()  # an eager task runs before anybody else knows it
        return await work.run()

    return await call(s.trial, name, HOUR, body)


async def _around_the_deadline(s: Scene, asked: list[Asked], groups: list["_Group"]) -> list[Asked]:
    """Cancel callers at the turn of the trial, while time passes at another; returns those that had still to end."""
    s.crew.start(partial(_later, s), name="time")
    await s.trial.hop(s.trial.tick)
    in_time = [one for one in asked if not one.over]
    s.trial.landed = s.trial.tick <= EARLY + STEADY
    for one in asked:
        one.player.cancel()
    for group in groups:
        group.fails.set()
    await s.trial.ended(*s.crew.players, turns=PATIENCE)
    for one in asked:
        one.work.door.set()  # behind a shield not even the end of the trial would stop its body
    return in_time


async def _later(s: Scene) -> None:
    """Let the time of whoever may take little of it pass."""
    await s.trial.hop(EARLY)
    s.leap(PAST)


class _Group:
    """A task group of which one task makes a call until it is stopped, and another one fails."""

    def __init__(self, s: Scene, name: str, turns: int | None) -> None:
        """The body of the call waits so many turns, or for ever."""
        self.s, self.name, self.turns, self.fails = s, name, turns, event(s.trial)
        self.player = s.crew.start(self._run, name=name)

    async def _run(self) -> None:
        with suppress(BaseExceptionGroup):
            await self.s.trial.backend.toolkit.together([self._ask, self._fail])

    async def _ask(self) -> None:
        """Call, and after a timeout or an answer wait for what never comes."""
        work = Work(self.s.trial)
        with suppress(*TIMED_OUT):
            await call(self.s.trial, self.name, LIMIT, work.body(self.turns, clean_up=1))
        await work.door.wait()

    async def _fail(self) -> None:
        await self.fails.wait()
        raise BodyError("another task")

    def judge(self) -> None:
        """Expect that it has come to an end."""
        late = f"{self.name} in a task group, which has not ended {PATIENCE} turns after another of its tasks failed"
        expect(self.player.done, late)


async def works_in_clean_up(trial: Trial) -> None:
    """A caller that cleans up after a cancellation can set a deadline for that, and handle it.

    On asyncio a cancelled task remembers for good that it was cancelled once. Whoever takes that for a reason not to
    raise TimeoutError lets a bare CancelledError out of the clean-up, and the rest of it is not done.

        except asyncio.CancelledError:
            try:
                await within(1, connection.goodbye)
            except TimeoutError:
                connection.abort()       # never reached
            raise
    """
    async with scene(trial) as s:
        cleaners = [_Cleaner(trial, name) for name in offered(trial)]
        players = [s.crew.start(cleaner.run, name=cleaner.name) for cleaner in cleaners]
        await trial.hop(2 + trial.draw(2))
        for player in players:
            player.cancel()
        await trial.hop(STEADY + trial.draw(4))
        s.leap(PAST)
        await trial.ended(*players, turns=PATIENCE)
        for cleaner, player in zip(cleaners, players, strict=True):
            said = f"{cleaner.name} in a clean-up: {listed(cleaner.seen)}"
            expect(player.done, f"{said}, and it has not ended")
            expect(cleaner.seen == ["a timeout", "an answer"], f"{said}, where a timeout and an answer were due")


class _Cleaner:
    """A caller that waits until it is cancelled, and makes two calls then."""

    def __init__(self, trial: Trial, name: str) -> None:
        """``seen`` says what came of them."""
        self.trial, self.name, self.seen = trial, name, list[str]()

    async def run(self) -> None:
        """Wait, and clean up."""
        work = Work(self.trial)
        try:
            await work.door.wait()
        except CANCELLED:
            with shield(self.trial):
                await self._clean_up(work)
            raise

    async def _clean_up(self, work: Work) -> None:
        try:
            await call(self.trial, self.name, LIMIT, work.body())
        except TIMED_OUT:
            self.seen.append("a timeout")
        except CANCELLED:
            self.seen.append("a cancellation")
        self.seen.append(await call(self.trial, self.name, HOUR, work.body(2)))


async def clean_up_is_finished(trial: Trial) -> None:
    """What ``finish`` has begun comes to its end, however often its caller is cancelled, and then that is cancelled.

    The goodbye of a connection, the rollback of a transaction: half of it is worse than none. And whoever waited for it
    was to stop.

        except asyncio.CancelledError:
            await finish(5, transaction.rollback)
            raise
        # cancelled again meanwhile: the table stays locked
    """
    async with scene(trial) as s:
        asked = []
        for turns in (0, 3, 6 + trial.draw(4)):
            work = Work(trial)
            asked.append(s.ask("finish", HOUR, work, work.body(turns)))
        await trial.hop(trial.tick)
        in_time = [one for one in asked if not one.over]
        trial.landed = bool(in_time)
        for _ in range(2):
            for one in asked:
                one.player.cancel()
            await trial.hop(2)
        await s.ended(asked)
        for one in asked:
            expect(one.player.done, f"finish of a body that takes some turns: {one}")
            expect(one.work.returned == one.work.begun, f"{one}, and its body was cut off")
            expect(one.left == 0, f"{one}, while its body was still running")
        for one in in_time:
            expect(not one.went_on, f"{one}, and its caller, cancelled meanwhile, never learned of it")


async def clean_up_has_a_deadline(trial: Trial) -> None:
    """What ``finish`` has begun and does not end is ended at its deadline, and its cancelled caller with it.

    The other side does not answer the goodbye. If nothing cuts that short, the program does not stop.

        except asyncio.CancelledError:
            await finish(5, connection.goodbye)
            raise
        # a minute later it still waits for the other side
    """
    async with scene(trial) as s:
        asked = []
        for clean_up in (0, 2 + trial.draw(2)):
            work = Work(trial)
            asked.append(s.ask("finish", LIMIT, work, work.body(clean_up=clean_up)))
        await trial.hop(trial.tick)
        trial.landed = trial.tick <= STEADY
        for one in asked:
            one.player.cancel()
        await trial.hop(3)
        s.leap(PAST)
        await s.ended(asked)
        for one in asked:
            late = f"finish has not ended {PATIENCE} turns after its deadline, although its caller was cancelled"
            expect(one.player.done, late)
            expect(one.left == 0, f"{one}, while its body was still running")
            expect(one.player.outcome == "cancelled", f"{one}, although its caller was cancelled")


async def cleanup_may_wait(trial: Trial) -> bool:
    """The clean-up of a body that its deadline has ended may wait, without a shield.

    Trio and AnyIO cancel again at every wait until the block has been left, so that nothing can hold it up. A clean-up
    that must wait needs a shield there; one that was written for asyncio's single cancellation is cut off.

        try:
            await transfer()
        finally:
            await connection.close()   # cancelled as well, unless
            # it is inside CancelScope(shield=True)
    """
    cleaned = []

    async def body() -> None:
        try:
            await event(trial).wait()
        finally:
            await trial.hop(3)
            cleaned.append(True)

    async with scene(trial) as s:
        asked = s.ask(offered(trial)[0], LIMIT, Work(trial), body)
        await trial.hop(STEADY)
        s.leap(PAST)
        await s.ended([asked])
    return bool(cleaned)


CANCELLATION = (
    Promise(cancelled_caller_is_cancelled, swept=True, about=DEADLINES),
    Promise(works_in_clean_up, about=ANY),
    Promise(clean_up_is_finished, swept=True, about=("finish",), need="clean-up"),
    Promise(clean_up_has_a_deadline, swept=True, about=("finish",)),
    Promise(cleanup_may_wait, once=True, fact=True, about=ANY),
)

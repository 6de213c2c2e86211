"""What is asked of ``patterns.timeouts`` when a deadline comes, at any turn."""

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
    BodyExit,
    Scene,
    Work,
    call,
    natively,
    offered,
    scene,
)
from benchmarks.families.timeouts.workloads import HOUR, TIMED_OUT
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import leaves
from benchmarks.safety.trials import Trial, expect

LONG = 10.0  # seconds: a deadline behind the one that is asked about
LATER = 3.0  # seconds: one that comes when time has passed twice
PATIENT = 6  # times that the time of a stubborn body passes


async def nothing_acquired_is_lost(trial: Trial) -> None:
    """What a body acquired in time reaches the caller, in whatever turn the deadline comes.

    The body takes a connection from the pool and returns it, and in that turn the time is up. If the caller gets a
    TimeoutError although the body has come to its end, nobody has the connection, and the pool has one less for good.

        try:
            connection = await within(5, pool.acquire)
        except TimeoutError:
            ...        # acquired in that turn, and given to nobody
    """
    async with scene(trial) as s:
        asked = []
        for name in offered(trial):
            for turns in (0, 1, 3, 4 + trial.draw(4)):
                for then in (0, 2):
                    work = Work(trial)
                    asked.append(s.ask(name, LIMIT, work, work.taker(turns, then)))
        await s.strike(PAST, *asked)
        await s.ended(asked)
        for one in asked:
            expect(one.player.done, f"{one.name} has not ended {PATIENCE} turns after its deadline")
            has = int(one.answered)
            expect(one.work.held == has, f"{one}, and its body had acquired {one.work.held} things and returned")


async def body_has_finished(trial: Trial) -> None:
    """When the call is over, its body has finished, its clean-up and its children included.

    A timeout is there to stop something. If it is only no longer waited for, the second try runs beside the first, both
    write, and under load there are more and more of them.

        for attempt in range(3):
            with suppress(TimeoutError):
                return await within(5, upload)
        # three uploads into the same file
    """
    async with scene(trial) as s:
        late: list[Asked] = []
        stopped: list[Asked] = []
        for name in offered(trial):
            for clean_up in (0, 8 + trial.draw(4)):
                for seconds, group in ((LIMIT, late), (HOUR, stopped)):
                    alone, family = Work(trial), Work(trial)
                    group.append(s.ask(name, seconds, alone, alone.body(clean_up=clean_up)))
                    group.append(s.ask(name, seconds, family, family.family(clean_up)))
        await s.strike(PAST, *late)
        for one in stopped:
            one.player.cancel()
        await s.ended(late, PAST)
        for one in (*late, *stopped):
            if one.over:
                expect(one.left == 0, f"{one}, while its body was still running")
        for one in late:
            expect(one.over, f"{one.name} has not ended {PATIENCE} turns after its deadline")
            one.work.door.set()
        for one in stopped:
            one.work.door.set()


async def right_deadline_fires(trial: Trial) -> None:
    """Of nested deadlines, the one that has passed fires, and where both have, the outer call is over.

    A request has two seconds, and each of its three queries one. If the inner call takes the outer deadline for its
    own, it tries again when there is no time left; if the outer one gets lost, the request never ends.

        async def query():
            with suppress(TimeoutError):
                return await within(1, ask)
            return await within(1, ask_the_replica)
        await within(2, query)       # over after two seconds
    """
    async with scene(trial) as s:
        nested = [
            _Nested(s, names, *case)
            for name in offered(trial, DEADLINES)
            for names in ((name, name), (name, ""), ("", name))
            for case in ((LIMIT, LONG, False), (LONG, LIMIT, True), (LIMIT, LIMIT, True), (LIMIT, LATER, True))
        ]
        await s.strike(PAST, *[one.asked for one in nested])
        for _ in range(2):
            await s.ended([one.asked for one in nested], PAST)
        for one in nested:
            one.judge()


class _Nested:
    """A deadline in a deadline, each by a function of the alternative or, without a name, by the library's own."""

    def __init__(self, s: Scene, names: tuple[str, str], inner: float, outer: float, ends: bool) -> None:
        """The seconds of both; ``ends`` says whether the outer one is to end it, and whatever the inner one handles."""
        self.s, self.names, self.inner, self.outer, self.ends = s, names, inner, outer, ends
        self.work, self.handled = Work(s.trial), 0
        named = " inside ".join(name or "the library's own" for name in names)
        body = partial(self._call, names[1], outer, self._body)
        self.asked = s.start(f"{named} ({inner:g} s in {outer:g} s)", self.work, body)

    async def _call(self, name: str, seconds: float, body: object) -> object:
        if name:
            return await call(self.s.trial, name, seconds, body)  # type: ignore[arg-type]
        return await natively(self.s.trial, seconds, body)  # type: ignore[arg-type]

    async def _body(self) -> str:
        try:
            await self._call(self.names[0], self.inner, self.work.body(clean_up=1))
        except TIMED_OUT:
            self.handled += 1
            if self.ends:
                await self.work.door.wait()
        return "went on"

    def judge(self) -> None:
        """Expect what these deadlines are for."""
        one = self.asked
        expect(one.player.done, f"{one.name} has not ended {PATIENCE} turns after {PAST:g} s")
        if self.ends:
            expect(one.timed_out, f"{one}, and its outer deadline had passed")
            expect(
                self.inner <= self.outer or not self.handled, f"{one}, and the inner call was told that its was over"
            )
        else:
            expect(one.value == "went on", f"{one}, though only its inner deadline had passed")


async def no_stray_cancellation(trial: Trial) -> None:
    """A call leaves no cancellation behind: a caller whom nobody has cancelled can go on.

    To end its body, the deadline cancels the task. If that is not taken back, the next wait of the caller is cancelled,
    or the next deadline or task group takes it for its own: far away, and for no reason that can be found.

        with suppress(TimeoutError):
            await within(5, ask)
        async with asyncio.timeout(5):
            await ask_somebody_else()   # CancelledError
            # instead of TimeoutError
    """
    async with scene(trial) as s:
        asked = []
        for name in offered(trial):
            for turns, options in (
                (None, {"clean_up": trial.draw(3)}),
                (None, {"last_words": BodyError("clean-up")}),
                (None, {"swallows": True}),
                (3, {}),
                (3, {"error": BodyError("failed")}),
            ):
                work = Work(trial)
                asked.append(s.ask(name, LIMIT, work, work.body(turns, **options)))
        await s.strike(PAST, *asked)
        await s.ended(asked, PAST)
        for one in asked:
            expect(one.player.done, f"{one}, and has not ended {PATIENCE} turns after its deadline")
            expect(one.went_on, f"{one}, and its caller was cancelled, though by nobody")
            expect(one.requests == 0, f"{one}, and left {one.requests} cancellations of its caller behind")


async def error_of_the_stopped_arrives(trial: Trial) -> None:
    """What a body raises while its deadline ends it reaches the caller, or stands behind the TimeoutError.

    The rollback fails after the timeout. If nobody hears of that, the table stays locked, and all that is known is that
    something was slow.

        try:
            await within(5, transaction)
        except TimeoutError:
            retry()        # "rollback failed" was dropped
    """
    async with scene(trial) as s:
        asked = []
        for name in offered(trial):
            for clean_up, kind in ((0, BodyError), (1 + trial.draw(2), BodyError), (0, BodyExit)):
                work = Work(trial)
                words = kind("clean-up failed")
                asked.append(s.ask(name, LIMIT, work, work.body(clean_up=clean_up, last_words=words)))
        await s.strike(PAST, *asked)
        await s.ended(asked, PAST)
        for one in asked:
            expect(one.player.done, f"{one.name} has not ended {PATIENCE} turns after its deadline")
            expect(
                not one.work.begun or _tells(one),
                f"{one}, and nothing of the error that its body raised while it was stopped",
            )


def _tells(one: Asked) -> bool:
    """Whether the error of a clean-up is among what was raised."""
    error = one.error
    while error:
        if any(isinstance(leaf, BodyError | BodyExit) for leaf in leaves(error)):
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


async def stubborn_body_is_ended(trial: Trial) -> None:
    """A body that swallows the cancellation of its deadline and waits again is cancelled again, and ended.

    A driver somewhere below catches all exceptions, writes a line into the log, and goes on waiting. Whoever cancels it
    once has done what it could, and waits for it now, without any deadline.

        while True:
            try:
                await queue.get()
            except BaseException as error:   # somebody else's code
                log.warning("got %r", error)
    """
    async with scene(trial) as s:
        asked = []
        for name in offered(trial):
            for clean_up in (0, trial.draw(4)):
                work = Work(trial)
                asked.append(s.ask(name, LIMIT, work, partial(_stubborn, work, clean_up)))
        await trial.hop(STEADY)
        for _ in range(PATIENT):
            s.leap(LONG)
            await trial.hop(STEADY)
        await s.ended(asked)
        for one in asked:
            told = f"{one.name} still waits, a minute after the deadline of a body that swallowed its cancellation"
            expect(one.over, told)


async def _stubborn(work: Work, clean_up: int) -> None:
    """Swallow one cancellation, and wait again."""
    await work.run(clean_up=clean_up, swallows=True)
    await work.run()


STRUCK = (
    Promise(nothing_acquired_is_lost, swept=True, about=ANY),
    Promise(body_has_finished, swept=True, about=ANY),
    Promise(right_deadline_fires, swept=True, about=DEADLINES),
    Promise(no_stray_cancellation, swept=True, about=ANY),
    Promise(error_of_the_stopped_arrives, swept=True, about=ANY),
    Promise(stubborn_body_is_ended, about=ANY, need="stubborn"),
)

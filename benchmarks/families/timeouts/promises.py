"""What is asked of ``patterns.timeouts``: answers, deadlines and what comes after them; then what goes wrong."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from typing import Any

from benchmarks.families.timeouts.cancelled import CANCELLATION
from benchmarks.families.timeouts.scene import (
    ANY,
    DEADLINES,
    LIMIT,
    PAST,
    PATIENCE,
    SOON,
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
from benchmarks.families.timeouts.struck import LONG, STRUCK
from benchmarks.families.timeouts.workloads import HOUR, TIMED_OUT
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import leaves
from benchmarks.safety.clocks import clocks
from benchmarks.safety.trials import Trial, ending, event, expect, free_loop, listed, shown, shown_as

ANSWERS = (ValueError("a value, not an error"), 0, (), False, (1, 2))
ERRORS = (BodyError("failed"), TimeoutError("of the body's own"), BodyExit("out"))
EARLIER, LATER = 0.002, 0.1  # seconds by which a timer may be early or late
MANY = 120  # deadlines
DOZEN = 12  # steps, or messages
STEP = 0.4  # seconds that a step takes
SILENCE = 0.9  # seconds between two messages, where a second is allowed
WAIT = 2000  # milliseconds that another thread may take
VARIABLE = ContextVar("VARIABLE", default="nobody's")


async def result_and_error_pass(trial: Trial) -> None:
    """What a body returns or raises in time reaches the caller as it is, be it false, or a TimeoutError of its own.

    A body answers with zero or an exception object, and it is taken for none. A socket has a timeout of its own, and
    the caller believes that it was the deadline. Or something that the body waited for was cancelled by somebody else.

        rows = await within(5, count_rows)
        # 0 rows: taken for "no answer yet"
        await within(60, connect)
        # refused after a second: "took longer than a minute"
    """
    async with scene(trial) as s:
        for name in offered(trial):
            turns = trial.draw(3) if trial.seed else 0
            for answer in ANSWERS:
                asked = await _made(s, name, Work(trial), turns, answer=answer)
                expect(asked.answered and asked.value is answer, f"{asked}, where its body returned {answer!r}")
            for error in ERRORS:
                asked = await _made(s, name, Work(trial), turns, error=error)
                expect(_raised(asked, error), f"{asked}, where its body raised {shown(error)}")
            if not trial.is_trio:  # where nothing else can be cancelled and say so
                asked = s.ask(name, HOUR, Work(trial), _wait_for_cancelled)
                await s.ended([asked])
                expect(asked.player.outcome == "cancelled", f"{asked}, where what its body waited for was cancelled")
        await _each_in_its_order(s)


def _raised(asked: Asked, error: BaseException) -> bool:
    """Whether it raised that error itself; a task group puts what is no Exception into a group, and may."""
    grouped = isinstance(error, BodyExit) and asked.error is not None and error in leaves(asked.error)
    return asked.error is error or grouped


async def _made(s: Scene, name: str, work: Work, turns: int, **options: Any) -> Asked:
    asked = s.ask(name, HOUR, work, work.body(turns, **options))
    expect(await s.ended([asked]), f"{name} of a body that takes {turns} turns has not ended after {PATIENCE}")
    return asked


async def _wait_for_cancelled() -> None:
    """Wait for what somebody cancels."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.cancel)
    await future


async def _each_in_its_order(s: Scene) -> None:
    """Steps and messages that wait for turns or do not."""
    for name in offered(s.trial, ("steps_within", "listen")):
        work, heard = Work(s.trial), list[int]()
        bodies = [work.body(s.trial.draw(2) * (number % 2), answer=number) for number in range(DOZEN)]
        if name == "listen":
            ends = work.body(0, answer=None)
            function = partial(s.trial.module.listen, HOUR, partial(_next, iter([*bodies, ends])), heard.append)
        else:
            function = partial(s.trial.module.steps_within, HOUR, iter(bodies))
        asked = s.start(name, work, function)
        await s.ended([asked])
        seen = heard if name == "listen" else asked.value
        expect(seen == list(range(DOZEN)), f"{asked}, and gave {seen!r:.60} of twelve, in their order")


@shown_as("receive")
async def _next(bodies: Iterator[Callable[[], Any]]) -> Any:
    return await next(bodies)()


async def deadline_ends_the_wait(trial: Trial) -> None:
    """What waits for longer than it may is ended at its deadline, neither before it nor much later, by TimeoutError.

    The other side does not answer. Whoever takes the seconds for another unit, counts them anew with every step, or
    never looks at the clock, gives up in the middle of an answer, or never.

        await within(5, connect)              # 5 ms
        await steps_within(5, [ask] * 100)    # 500 s
        await listen(5, receive, handle)      # for ever
    """
    waits = [_Waits(trial, name) for name in offered(trial)]
    with clocks(trial, coarse=True):
        async with trial.crew() as crew:
            for wait in waits:
                wait.player = crew.start(wait.run, name=wait.name)
            await trial.sleep(4.0)
            await trial.ended(*[wait.player for wait in waits])
            for wait in waits:
                wait.judge()


class _Waits:
    """A caller whose body waits for ever: at once, in its third step, or after two messages."""

    def __init__(self, trial: Trial, name: str) -> None:
        """``took`` is how many seconds passed until it was over; some deadlines lie between whole milliseconds."""
        self.trial, self.name, self.work = trial, name, Work(trial)
        self.limit = LIMIT + trial.draw(16) / 16000
        self.took, self.error, self.messages = 0.0, None, 0
        self.player: Any = None

    async def run(self) -> None:
        """Call, and read the clock."""
        began = self.trial.now()
        try:
            await self._call(self.limit)
        except TIMED_OUT:
            self.took = self.trial.now() - began

    async def _call(self, seconds: float) -> None:
        if self.name == "listen":
            await self.trial.module.listen(seconds, self._receive, str)
        elif self.name == "steps_within":
            await self.trial.module.steps_within(seconds, [partial(self.trial.sleep, STEP)] * 6)
        else:
            await call(self.trial, self.name, seconds, self.work.body())

    async def _receive(self) -> str:
        if self.messages == 2:
            await self.work.door.wait()
        self.messages += 1
        await self.trial.sleep(STEP)
        return "a message"

    def judge(self) -> None:
        """Expect that it was ended in time."""
        due = 2 * STEP + self.limit if self.name == "listen" else self.limit
        waited = f"{self.name} of a body that waits for ever, with {self.limit:g} s, {ending(self.player)}"
        expect(self.player.done and self.took > 0, waited if self.player.done else f"{waited} after 4 s")
        told = f"{self.name} was over after {self.took:.4g} s, where it was due after {due:g} s"
        expect(due - EARLIER <= self.took <= due + LATER, told)


async def past_deadline_ends_at_once(trial: Trial) -> None:
    """A deadline of zero seconds, or one that has passed already, ends what waits, at once and by TimeoutError.

    What is left of a budget is computed, and is nothing, or less. Whoever takes zero for "no deadline", or a timer in
    the past for one that never comes, waits for ever in the one case in which there was no time at all.

        left = deadline - time.monotonic()      # -0.2
        await within(left, ask)
        # ValueError, or the answer of a minute later
    """
    async with scene(trial) as s:
        asked = []
        for name in offered(trial):
            for seconds in (0.0, -LIMIT, 0):
                work = Work(trial)
                asked.append(s.ask(name, seconds, work, work.body(clean_up=trial.draw(2))))
        await s.ended(asked)
        for one in asked:
            expect(one.player.done, f"{one.name} with no time left has not ended after {PATIENCE} turns")
            expect(one.timed_out, f"{one}, where no time was left")
            expect(one.left == 0, f"{one}, while its body was still running")


async def each_at_its_own_time(trial: Trial) -> None:
    """Of many deadlines that are open at the same time, each comes at its own moment, be it hours away.

    A server has thousands of them. If they share a timer, and it is set for the wrong one, some callers are told that
    it is over while there is time, and others wait until somebody else's deadline comes.

        first = create_task(within(30, ask))
        second = create_task(within(5, ask))
        # shared timer: both are told after 30 s
    """
    name = offered(trial, DEADLINES)[0]
    async with scene(trial) as s:
        asked: dict[Asked, float] = {}
        leaps = [0.5, 0.5, 1.0, 2.0, 4.0, 8.0, 100.0, HOUR, 2 * HOUR]
        moments = [sum(leaps[: place + 1]) for place in range(len(leaps))]
        for number in range(MANY):
            due = moments[(number * 7 + trial.draw(4)) % len(moments)] - 0.25
            work = Work(trial)
            asked[s.ask(name, due, work, work.body(number % 4 if number % 3 == 0 else None))] = due
        await trial.hop(STEADY)
        for leap, now in zip(leaps, moments, strict=True):
            s.leap(leap)
            await trial.hop(2 * SOON)
            for one, due in asked.items():
                if one.work.returned:
                    expect(one.answered, f"{one}, though its body had returned an answer in time")
                else:
                    told = f"{now:g} s after it was set, a deadline of {due:g} s had"
                    expect(one.over == (due <= now), f"{told} {'come' if one.over else 'not come'}")


async def stale_deadline_strikes_nobody(trial: Trial) -> None:
    """A deadline whose call is over strikes nobody when its moment comes.

    The answer was there in time, and the caller has gone on to something else. If the timer was forgotten, that is
    cancelled five seconds after the call had begun, by nobody that anybody can find.

        await within(5, ask)       # answered after a second
        await serve_forever()
        # CancelledError, four seconds later
    """
    async with scene(trial) as s:
        asked = []
        for name in offered(trial):
            for options in ({}, {"error": BodyError("failed")}):
                for turns in (0, 1 + trial.draw(2)):
                    work = Work(trial)
                    asked.append(s.ask(name, LIMIT, work, work.body(turns, **options), then=work.door.wait))
        await trial.hop(2 * STEADY)
        s.leap(LONG)
        await trial.hop(SOON)
        for one in asked:
            expect(not one.player.done, f"{one} in time, and when its deadline came its caller {ending(one.player)}")
            one.work.door.set()
        await s.ended(asked)
        for one in asked:
            expect(one.went_on, f"{one} in time, and after its deadline its caller {ending(one.player)}")


async def retry_after_timeout(trial: Trial) -> None:
    """A call that has timed out can be made again; and all tries together can have a deadline around them.

    That is what timeouts are for most of the time. It goes wrong if a try is still running when the next one begins, if
    what is left of one strikes the next, or if the tries go on when the time for all of them is up.

        async def patient():
            while True:
                with suppress(TimeoutError):
                    return await within(1, ask)
        await within(10, patient)    # ends after ten seconds
    """
    async with scene(trial) as s:
        tries = [_Tries(s, name, endless) for name in offered(trial, DEADLINES) for endless in (False, True)]
        for seconds in (1.1 * LIMIT, 1.1 * LIMIT, LIMIT / 2):
            await trial.hop(3 * STEADY)
            for one in tries:
                kept = one.endless or one.asked.over == (one.attempts > 2)
                expect(not one.asked.over or kept, f"{one.asked} in try {one.attempts}, a second after it began")
            s.leap(seconds)
        await s.ended([one.asked for one in tries])
        for one in tries:
            one.judge()


class _Tries:
    """A caller who tries again after each timeout: two time out and the third answers, or all time out.

    Those are under a deadline of the library's own, of which two tries and a half can be had.
    """

    def __init__(self, s: Scene, name: str, endless: bool) -> None:
        """``attempts`` is how many were begun."""
        self.s, self.name, self.endless, self.work, self.attempts = s, name, endless, Work(s.trial), 0
        function = partial(natively, s.trial, 2.5 * LIMIT, self._try) if endless else self._try
        self.asked = s.start(f"{name} in tries", self.work, function)

    async def _try(self) -> object:
        while True:
            self.attempts += 1
            body = self.work.body(2 if self.attempts == 3 and not self.endless else None, clean_up=1)
            try:
                return await call(self.s.trial, self.name, LIMIT, body)
            except TIMED_OUT:
                continue

    def judge(self) -> None:
        """Expect three tries, one after the other, and an answer or the end."""
        one = self.asked
        expect(one.player.done, f"{one.name} has not ended in try {self.attempts}")
        expect(self.work.peak == 1, f"{one.name}: {self.work.peak} tries were running at the same time")
        expect(self.attempts == 3, f"{one}, and had made {self.attempts} tries where there was time for 3")
        if self.endless:
            expect(one.timed_out, f"{one}, and the time for all tries was over")
        else:
            expect(one.answered, f"{one}, where the third try had an answer")


async def messages_put_it_off(trial: Trial) -> None:
    """Listening goes on for as long as messages come, and ends when the silence is too long.

    A connection lives for days, and says something every twenty seconds. If its deadline is set once, or only every
    other message counts, it is closed while it works; if it is never set again, its end is never noticed.

        await listen(30, receive, handle)
        # a message every 20 s,
        # closed after 40
    """
    async with scene(trial) as s:
        heard: list[int] = []
        work, doors, sent = Work(trial), [event(trial) for _ in range(11)], 0

        async def receive() -> int:
            nonlocal sent
            await doors[sent].wait()
            sent += 1
            return sent

        asked = s.start("listen", work, partial(trial.module.listen, LIMIT, receive, heard.append))
        for door in doors[:-1]:
            await trial.hop(STEADY)
            s.leap(SILENCE)
            await trial.hop(trial.draw(3) + 3)
            expect(not asked.over, f"{asked} {SILENCE:g} s after message {sent}, where {LIMIT:g} s are allowed")
            door.set()
        await trial.hop(STEADY)
        expect(heard == list(range(1, 11)), f"{listed(heard, 12)} handled of ten messages")
        s.leap(PAST)
        await s.ended([asked])
        expect(
            asked.player.done, f"listen still waits {PAST:g} s after the last message, where {LIMIT:g} s are allowed"
        )
        expect(asked.timed_out, f"{asked} after a silence of {PAST:g} s")


async def silence_is_no_end(trial: Trial) -> None:
    """Listening returns when it was told that there is no more, and never because the time is up.

    A message comes in the turn of the deadline, and puts it off although it has struck. If whoever strikes then finds
    that its moment lies ahead, and says nothing, the caller takes half of the messages for all of them.

        await listen(30, receive, rows.append)
        commit(rows)
        # half of them: the other side was only slow
    """
    async with scene(trial) as s:
        talks = [_Talk(trial, every) for every in (1, 2 + trial.draw(2))]
        asked = []
        for talk in talks:
            function = partial(trial.module.listen, LIMIT, talk.receive, str)
            asked.append(s.start("listen", Work(trial), function))
            s.crew.start(talk.send, name="the other side")
        await s.strike(PAST, *asked)
        await trial.hop(PATIENCE)
        await s.ended(asked, PAST)
        for one, talk in zip(asked, talks, strict=True):
            expect(not one.answered, f"listen returned after {talk.received} messages, and there was more to come")
            expect(one.timed_out, f"{one} in a silence after {talk.received} messages")


class _Talk:
    """Messages that come every so many turns, a dozen of them, and then none."""

    def __init__(self, trial: Trial, every: int) -> None:
        """``received`` is how many have been taken."""
        self.trial, self.every, self.received = trial, every, 0
        self.doors = [event(trial) for _ in range(DOZEN + 1)]

    async def send(self) -> None:
        """Open one door after the other, all but the last."""
        for door in self.doors[:-1]:
            await self.trial.hop(self.every)
            door.set()

    @shown_as("receive")
    async def receive(self) -> str:
        """Wait for the next one."""
        await self.doors[self.received].wait()
        self.received += 1
        return "a message"


async def context_is_shared(trial: Trial) -> None:
    """A body runs in the caller's context: it sees its variables, and what it sets is there afterwards.

    A transaction is begun under a deadline, and a context variable says that there is one. If the body ran in a copy,
    the next query goes past the transaction.

        await within(5, database.begin)     # sets `current`
        await query()
        # sees no transaction
    """

    async def body() -> str:
        found = VARIABLE.get()
        await trial.hop(trial.draw(2))
        VARIABLE.set("the body's")
        return found

    async def caller(name: str) -> tuple[str, str]:
        VARIABLE.set("the caller's")
        found = await call(trial, name, HOUR, body)
        return found, VARIABLE.get()

    for name in offered(trial, DEADLINES):
        async with trial.crew() as crew:
            player = crew.start(caller, name, name=name)
            await trial.ended(player)
        expect(player.outcome == "returned", f"{name} {ending(player)}")
        found, left = player.value
        expect(found == "the caller's", f"the body of {name} found {found!r}, and not what its caller had set")
        expect(left == "the body's", f"the caller of {name} found {left!r} afterwards, and not what the body had set")


async def computing_ends_between_steps(trial: Trial) -> None:
    """When the time is up while a step computes, no further step begins.

    No timer fires while a task computes. A hundred chunks are parsed, half a second each, without a wait; nobody looks
    at the clock, and the request that had five seconds takes fifty.

        steps = [partial(parse, chunk) for chunk in chunks]
        await steps_within(5, steps)
        # done, after fifty seconds
    """
    async with scene(trial) as s:
        begun = 0

        async def step() -> int:
            nonlocal begun
            begun += 1
            s.leap(STEP)
            return begun

        asked = s.start("steps_within", Work(trial), partial(trial.module.steps_within, LIMIT, [step] * 6))
        await s.ended([asked])
        expect(begun <= 3, f"{begun} steps of {STEP:g} s were begun, where {LIMIT:g} s are allowed")
        expect(asked.timed_out, f"{asked}, and the time was up after the third of six steps")


async def second_loop(trial: Trial) -> None:
    """Used again in a second loop, after the first has ended, it works.

    Every test runs in a loop of its own. A timer, or a clock, that was kept from the first loop never moves again, and
    the first deadline of the second test never comes.

        asyncio.run(first())       # within(5, ask): works
        asyncio.run(second())      # within(5, ask)
        # no timer fires
    """
    broken: list[BaseException] = []
    hung: list[str] = []

    async def play() -> None:
        async with scene(trial) as s:
            asked = []
            for name in offered(trial):
                quick, slow = Work(trial), Work(trial)
                await s.ended([s.ask(name, HOUR, quick, quick.body(1))])
                asked.append(s.ask(name, LIMIT, slow, slow.body()))
            await trial.hop(STEADY)
            s.leap(PAST)
            await trial.ended(*[one.player for one in asked], turns=PATIENCE)
            hung.extend(one.name for one in asked if not one.timed_out)

    def both() -> None:
        run = trial.backend.run_virtual if trial.is_trio else None
        try:
            for _ in range(2):
                (run or trial.backend.run)(play, 0)
        except BaseException as error:
            broken.append(error)

    thread = threading.Thread(target=both, name="trial of two loops", daemon=True)
    thread.start()
    for _ in range(WAIT):
        if not thread.is_alive():
            break
        await trial.backend.toolkit.sleep(0.001)
    expect(not thread.is_alive(), "the second loop did not end")
    if broken:
        raise broken[0]
    expect(not hung, f"no deadline came in the second loop: {listed(hung)}")


async def never_holds_up_the_loop(trial: Trial) -> None:
    """A call never holds up the loop: while its body waits, all other tasks go on.

    Whoever waits for the body in a loop of its own, and sleeps in between, stops the whole program: no request is
    answered, no other deadline comes, and the body does not go on either.

        while not task.done() and time.monotonic() < deadline:
            time.sleep(0.01)               # nobody else runs
            await asyncio.sleep(0)
    """
    for name in offered(trial):
        await free_loop(trial, partial(call, trial, name, HOUR, Work(trial).body(3)))


async def nothing_left_behind(trial: Trial) -> None:
    """When all calls are over, no task, thread or async generator of theirs is left.

    A task that watches the clock for each call, and is not ended with it, lives for as long as the longest deadline
    that anybody has set. A thousand calls a second leave a thousand of them a second.

        await within(3600, ask)      # answered at once
        len(asyncio.all_tasks())
        # one more, for an hour
    """
    async with scene(trial) as s:
        asked = []
        for name in offered(trial):
            for turns in (0, 2, None):
                work = Work(trial)
                asked.append(s.ask(name, LIMIT if turns is None else HOUR, work, work.body(turns)))
        await trial.hop(STEADY)
        s.leap(PAST)
        await s.ended(asked)


async def no_complaints(trial: Trial) -> None:
    """Nothing complains: no coroutine that was never awaited, no error that was never retrieved, no task destroyed.

    Such a line in the log, at some later time and without a place, is what is left of an error that nobody was told. Or
    the log is so full of them that nobody reads it.

        Task exception was never retrieved
        future: <Task finished ...
        exception=ConnectionResetError()>
    """
    async with scene(trial) as s:
        asked = []
        for name in offered(trial):
            for seconds in (0.0, LIMIT, HOUR):
                for options in ({}, {"last_words": BodyError("clean-up")}, {"swallows": True}):
                    work = Work(trial)
                    body = work.body(3 if seconds == HOUR else None, **options)
                    asked.append(s.ask(name, seconds, work, body))
        await s.strike(PAST, *asked)
        if trial.tick % 3 == 2:
            for one in asked:
                one.player.cancel()
        await s.ended(asked, PAST)
        for one in asked:
            one.work.door.set()
        await trial.hop(SOON)
        trial.collect_garbage()


async def late_answer_is_returned(trial: Trial) -> bool:
    """An answer that comes after the deadline, because the body ignored its cancellation, is returned.

    Not promised, but to be known: what was acquired is not lost, and who asks for a deadline is not told that it was
    exceeded.

        async def body():
            with suppress(BaseException):
                await transfer()        # cut off by the deadline
            return "half of it"         # is that an answer?
    """
    async with scene(trial) as s:
        work = Work(trial)
        asked = s.ask(offered(trial)[0], LIMIT, work, work.body(swallows=True))
        await trial.hop(STEADY)
        s.leap(PAST)
        await s.ended([asked])
    return asked.answered


async def past_deadline_lets_through(trial: Trial) -> bool:
    """A body that need not wait is let through by a deadline that has passed.

    Not promised, but to be known: what is in a cache is answered although there is no time left, or nothing is begun
    any more once the time is up.

        await within(0, cached)
        # the answer, or TimeoutError?
        # and has it begun at all?
    """
    async with scene(trial) as s:
        work = Work(trial)
        asked = s.ask(offered(trial)[0], 0.0, work, work.body(0))
        await s.ended([asked])
    return asked.answered


PROMISES = (
    Promise(result_and_error_pass, clock=True, about=ANY),
    Promise(deadline_ends_the_wait, clock=True, about=ANY),
    Promise(past_deadline_ends_at_once, clock=True, about=ANY),
    Promise(each_at_its_own_time, clock=True, once=True, about=DEADLINES),
    Promise(stale_deadline_strikes_nobody, clock=True, about=ANY),
    *STRUCK,
    *CANCELLATION,
    Promise(retry_after_timeout, clock=True, about=DEADLINES),
    Promise(messages_put_it_off, clock=True, about=("listen",)),
    Promise(silence_is_no_end, swept=True, clock=True, about=("listen",)),
    Promise(computing_ends_between_steps, clock=True, about=("steps_within",), need="computing"),
    Promise(context_is_shared, about=DEADLINES, need="context"),
    Promise(second_loop, once=True, about=ANY, need="loops"),
    Promise(nothing_left_behind, clock=True, collects=("tasks", "threads", "async generators")),
    Promise(no_complaints, swept=True, clock=True, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(late_answer_is_returned, once=True, clock=True, fact=True, about=ANY),
    Promise(past_deadline_lets_through, once=True, clock=True, fact=True, about=ANY),
)

"""When an end comes: at its deadline, at no other that has passed or was put off, and not to who comes after it."""

from functools import partial
from typing import Any

from benchmarks.families.timeouts.scene import (
    DEADLINES,
    LIMIT,
    PAST,
    PATIENCE,
    SOON,
    STEADY,
    Asked,
    BodyError,
    Scene,
    Work,
    call,
    natively,
    offered,
    scene,
)
from benchmarks.families.timeouts.struck import LONG
from benchmarks.families.timeouts.workloads import HOUR, TIMED_OUT
from benchmarks.safety.clocks import clocks
from benchmarks.safety.trials import Trial, ending, event, expect, listed, shown_as

EARLIER, LATER = 0.002, 0.1  # seconds by which a timer may be early or late
MANY = 300  # deadlines, of which two thirds are not needed
DOZEN = 12  # steps, or messages
STEP = 0.4  # seconds that a step takes
SILENCE = 0.9  # seconds between two messages, where a second is allowed


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
            asked[s.ask(name, due, work, work.body(number % 4 if number % 3 else None))] = due
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
    await _after_one_that_was_over(trial, name)


async def _after_one_that_was_over(trial: Trial, name: str) -> None:
    """Of two the one that was due first is over first, and nothing is open when its moment comes; then there is one."""
    async with scene(trial) as s:
        works = [Work(trial), Work(trial)]
        two = [s.ask(name, due, work, work.body()) for due, work in zip((LIMIT, PAST), works, strict=True)]
        await trial.hop(STEADY)
        for work, one in zip(works, two, strict=True):
            work.door.set()
            await s.ended([one])
        s.leap((LIMIT + PAST) / 2)
        await trial.hop(SOON)
        work = Work(trial)
        last = s.ask(name, LIMIT, work, work.body())
        await trial.hop(STEADY)
        s.leap(PAST)
        await s.ended([last])
        expect(last.timed_out, f"{last}, {PAST:g} s after a deadline of {LIMIT:g} s was set")


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
        names = offered(trial)
        for name in (*names, names[0]):  # the last one of all is another matter where they share a list
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

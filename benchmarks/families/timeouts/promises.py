"""What is asked of ``patterns.timeouts``: answers and errors, when an end comes, what goes wrong; contexts, loops."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from typing import Any

from benchmarks.families.timeouts.cancelled import CANCELLATION
from benchmarks.families.timeouts.deadlines import (
    DOZEN,
    STEP,
    deadline_ends_the_wait,
    each_at_its_own_time,
    messages_put_it_off,
    past_deadline_ends_at_once,
    retry_after_timeout,
    silence_is_no_end,
    stale_deadline_strikes_nobody,
)
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
    offered,
    scene,
)
from benchmarks.families.timeouts.struck import STRUCK
from benchmarks.families.timeouts.workloads import HOUR, WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import CANCELLED, leaves
from benchmarks.safety.memory import same_memory
from benchmarks.safety.trials import Trial, ending, expect, free_loop, listed, shown, shown_as
from benchmarks.safety.waiting import in_time

ANSWERS = (ValueError("a value, not an error"), 0, (), False, (1, 2))
ERRORS = (BodyError("failed"), TimeoutError("of the body's own"), BodyExit("out"))
WAIT = 2.0  # real seconds that another thread may take
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
            work = Work(trial)
            asked = s.ask(name, HOUR, work, work.body(answer=7, swallows=True))
            await trial.hop(STEADY)
            asked.player.cancel()
            await trial.hop(STEADY)
            work.door.set()  # for `finish`, whose body is not cancelled
            await s.ended([asked])
            well = asked.value == 7 if asked.answered else all(isinstance(one, CANCELLED) for one in asked.errors)
            expect(well, f"{asked}, where its body was cancelled, and returned 7")
        await _each_in_its_order(s)
        if "listen" in offered(trial):
            await _what_handling_raises(s)


async def _what_handling_raises(s: Scene) -> None:
    """It belongs to who listens, as what receiving raises does."""
    for error in ERRORS:

        @shown_as("handle")
        def handle(_: object, error: BaseException = error) -> None:
            raise error

        work = Work(s.trial)
        receive = partial(_next, iter([work.body(1), work.body(0, answer=None)]))
        asked = s.start("listen", work, partial(s.trial.module.listen, HOUR, receive, handle))
        expect(await s.ended([asked]), f"listen has not ended, where handling a message raised {shown(error)}")
        expect(_raised(asked, error), f"{asked}, where handling a message raised {shown(error)}")


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
    expect(await in_time(trial, lambda: not thread.is_alive(), WAIT), "the second loop did not end")
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


async def memory_is_given_back(trial: Trial) -> None:
    """Calls that are over, in time or not, take no memory that is never given back.

    Every request has a deadline. If something of each stays for ever, a busy server is full of deadlines of calls that
    are long over.

        DEADLINES.append(deadline)           # and nobody removes one
        async with timeout_at(deadline):
            return await call()
    """
    await same_memory(trial, WORKLOADS, ("one_hop", "all_expire", "one_deadline", "messages", "clean_up"))


PROMISES = (
    Promise(result_and_error_pass, about=ANY),
    Promise(deadline_ends_the_wait, about=ANY),
    Promise(past_deadline_ends_at_once, about=ANY),
    Promise(each_at_its_own_time, once=True, about=DEADLINES),
    Promise(stale_deadline_strikes_nobody, about=ANY),
    *STRUCK,
    *CANCELLATION,
    Promise(retry_after_timeout, about=DEADLINES),
    Promise(messages_put_it_off, about=("listen",)),
    Promise(silence_is_no_end, swept=True, about=("listen",)),
    Promise(computing_ends_between_steps, about=("steps_within",), need="computing"),
    Promise(context_is_shared, real=True, about=DEADLINES, need="context"),
    Promise(second_loop, real=True, once=True, about=ANY, need="loops"),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(no_complaints, swept=True, collects=("complaints",)),
    Promise(never_holds_up_the_loop, real=True, collects=("stalls",)),
    Promise(memory_is_given_back, once=True),
    Promise(late_answer_is_returned, once=True, fact=True, about=ANY),
    Promise(past_deadline_lets_through, once=True, fact=True, about=ANY),
)

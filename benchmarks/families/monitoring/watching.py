"""What is asked of ``patterns.monitoring`` about stalls and tasks: what is told, and what becomes of who is watched."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar, copy_context
from functools import partial
from itertools import product
from time import perf_counter as now  # the real one, whatever a trial puts in its place
from typing import Any

from benchmarks.families.monitoring.scene import (
    BLOCKING,
    HELD,
    LONGEST,
    LOOKS,
    NAP,
    PATIENCE,
    USUAL,
    Block,
    Ear,
    Opened,
    WorkError,
    add_up,
    contexts,
    hold_up,
    hold_up_elsewhere,
)
from benchmarks.plan.backends import Event
from benchmarks.plan.promises import Promise
from benchmarks.plan.runtime import waited_for
from benchmarks.safety.clocks import clocks
from benchmarks.safety.trials import Crew, NotTestedError, Player, Trial, ending, event, expect, listed, shown_as
from patterns.monitoring import Count

STALLS, TASKS = ("stalls",), ("tasks",)
STEP = 4  # units that a step may take; a loop waits for thrice as long
OFTEN = 20  # times that something may be told within the time that a step may take
MEANWHILE = 0.3  # seconds for which the loop is held up at most until somebody is told
LOOK = 4 * USUAL  # seconds for which a loop that takes short steps is looked at
LIES, MOST_LOOKS = 4, 20  # looks in which something untrue must be told: a thread may be late by itself now and then
KEPT = 4 * LONGEST  # seconds for which a step keeps the interpreter at least
FEW, MORE = 400_000, 4  # numbers that one adds up first; at most so many times as many the next one
GOLDEN = 0.618  # of a whole: its multiples spread over that evenly
STEPS = 12  # that do: a thread which asks just when one begins sees that one

WHO: ContextVar[str] = ContextVar("who", default="nobody")


async def stall_is_told(trial: Trial) -> None:
    """A step that holds up the loop for longer than it may is told, or refused.

    A report is made on the loop's thread, and takes a second. Meanwhile nobody is served, and no log says why: the
    report itself was quick enough for whoever asked for it.

        async with stalls(alarm, 0.05):
            await serve()      # pandas.read_excel in a handler
        # no alarm, and customers who complain
    """
    ear, opened = Ear(), now()
    async with trial.crew() as crew, trial.module.stalls(ear.tell, LONGEST):
        for which, call in (("a step", hold_up), ("a second step", hold_up_elsewhere)):
            block, began = Block(call), now()
            await trial.ended(crew.start(block.run, trial, name="who blocks"))
            told = await ear.waits(trial)
            most = OFTEN * (1 + (now() - began) / LONGEST)
            held = f"{which} held up the loop for {HELD * 1000:.0f} ms, where {LONGEST * 1000:.0f} ms are allowed"
            expect(told or block.refused is not None, f"{held}, and nobody was told")
            longest = max(ear.heard, default=HELD)
            right = LONGEST <= longest <= now() - opened
            expect(right, f"{held}, and it was told that it took {longest * 1000:.1f} ms")
            expect(len(ear.heard) <= most, f"{held}, and it was told {len(ear.heard)} times")
            ear.heard.clear()


async def quiet_loop_is_not_told(trial: Trial) -> None:
    """A loop that waits, however long, is never told to be held up.

    At night there is nothing to do, and the loop sleeps until somebody comes. If that is told as a stall people learn
    that the alarm means nothing, and on the day of the real one nobody looks.

        async with stalls(alarm, 0.05):
            await asyncio.sleep(3600)
        # alarm: held up for 3600 s
    """
    ear = Ear()
    # On asyncio's loops these clocks leap within a step, which somebody may measure
    with clocks(trial) if trial.is_trio else nullcontext():
        async with trial.module.stalls(ear.tell, STEP * trial.unit):
            await trial.sleep(3 * STEP)
            await trial.hop(20)
            for _ in range(4):
                await trial.sleep(1 + trial.draw(2))
    most = max(ear.heard, default=0.0)
    expect(not ear.heard, f"nobody held up the loop, and it was told {len(ear.heard)} times, once of {most:.4g} s")


async def short_steps_are_not_told(trial: Trial) -> None:
    """A loop that takes short steps only is not told again and again to be held up.

    The program is well, and the log says each second that it is not: the monitor measures itself, or what was meant as
    a sign of life never reaches it. Whoever is on call turns the alarm off.

        loop.call_soon_threadsafe(alive)
        if not answered.wait(0.05):    # nobody ever sets it
            alarm()
    """
    lies = 0
    for _ in range(MOST_LOOKS):
        told, longest = await _short_steps(trial)
        if not told:
            return
        lies += told > 2 * longest  # else the machine was busy, and the loop did stand
        seen = f"a loop that took steps of up to {longest:.4g} s was told to be held up for {told:.4g} s"
        expect(lies < LIES, f"{seen}, and so it was in each of {LIES} looks")
    raise NotTestedError(f"the loop stood in each of {MOST_LOOKS} looks: the machine is too busy")


async def _short_steps(trial: Trial) -> tuple[float, float]:
    """The most seconds that were told for a while in which the loop takes short steps; and what the longest one took.

    Whatever is told is of a moment that lies between two readings of the clock.
    """
    ear, longest, before = Ear(), 0.0, now()
    ends = before + LOOK
    async with trial.module.stalls(ear.tell, USUAL):
        while before < ends:
            await trial.backend.toolkit.sleep(NAP)
            told, moment = max(ear.heard, default=0.0), now()
            longest, before = max(longest, moment - before), moment
    return told, longest


async def kept_interpreter_is_told(trial: Trial) -> None:
    """A step is told, too, that keeps the interpreter to itself, so that no other thread runs meanwhile.

    A big sort, a regular expression or a parser in C lets nobody else run. A thread that was asleep when that began
    wakes up when it is over, asks the loop, and has its answer at once: of ten such steps it tells of one.

        async with stalls(alarm, 0.05):
            rows.sort()      # two seconds
        # no alarm: while the loop stood, so did the thread
    """
    ear, numbers, steps = Ear(), FEW, 0
    async with trial.crew() as crew, trial.module.stalls(ear.tell, LONGEST):
        while steps < STEPS:
            # Another moment between two looks of whoever looks now and then: at one and the same it may see them all.
            await trial.backend.toolkit.sleep(LONGEST * (1 + steps * GOLDEN % 1))
            ear.heard.clear()
            player = crew.start(_adds_up, numbers, name="who adds up")
            await trial.ended(player)
            if player.value < KEPT:  # what counts is what it took in the end, on whatever machine
                numbers = int(numbers * min(MORE, 1.2 * KEPT / player.value))
                continue
            steps += 1
            held = f"a step kept the interpreter for {player.value * 1000:.0f} ms, where {LONGEST * 1000:.0f} ms are"
            told = await ear.waits(trial, player.value / 2)  # what a busy machine does beside that is told, too
            expect(told, f"{held} allowed, and nobody was told of half of that")


async def _adds_up(numbers: int) -> float:
    return add_up(numbers)


async def slow_code_goes_on(trial: Trial) -> None:
    """What holds up the loop goes on, and is only told of.

    A hundred users are served slowly because one call blocks. With a monitor that raises there, in the middle of it,
    they are not served at all.

        async with stalls(log, 0.05):
            time.sleep(0.1)    # BlockingError
            await answer()     # not reached
    """
    ear, block = Ear(), Block()
    async with trial.crew() as crew, trial.module.stalls(ear.tell, LONGEST):
        player = crew.start(block.run, trial, name="who blocks")
        await trial.ended(player)
    expect(block.over, f"{block}")


async def told_meanwhile(trial: Trial) -> None:
    """A step that holds up the loop is told while it does, and not only afterwards.

    A regular expression needs an hour for one input, or two threads wait for each other. Whoever tells when the step is
    over tells in an hour, or never: the process is killed first, and nothing is in the log.

        async with stalls(alarm, 0.05):
            re.fullmatch(r"(a+)+b", "a" * 50)
        # no alarm, ever
    """
    ear, heard = Ear(), False

    async def block() -> None:
        nonlocal heard
        await trial.hop(2)
        try:
            heard = waited_for(lambda: bool(ear.heard), MEANWHILE, partial(hold_up, NAP))
        except Exception:  # it was refused
            heard = True

    async with trial.crew() as crew, trial.module.stalls(ear.tell, LONGEST):
        await trial.ended(crew.start(block, name="who blocks"))
    expect(heard, f"a step held up the loop for {MEANWHILE * 1000:.0f} ms, and until its end nobody was told")


async def failing_tell_breaks_nothing(trial: Trial) -> None:
    """What the function raises that is told reaches nobody who is watched, and ends nothing.

    The monitor tells a service that is down for a minute. A program that would have served a little slower ends with
    the monitor's error, and that is the only thing it had no need of.

        async with stalls(push_metric, 0.05):
            await serve()      # ended by a ConnectionError
        # of push_metric, which was to tell of a slow step
    """
    ear, block = Ear(fails=True), Block()
    opened = Opened(trial=trial, context=lambda: trial.module.stalls(ear.tell, LONGEST))
    gate = event(trial)
    async with trial.crew() as crew:
        opened.start(crew)
        await opened.enters()
        other = crew.start(gate.wait, name="another task")
        player = crew.start(block.run, trial, name="who blocks")
        await trial.ended(player)
        listens = await ear.waits(trial)
        await trial.hop(3)
        expect(not opened.over, f"the function that is told raised an error, and {opened}")
        ear.heard.clear()
        again = Block(hold_up_elsewhere)
        await trial.ended(crew.start(again.run, trial, name="who blocks once more"))
        told = await ear.waits(trial) or not listens
        gate.set()
        await opened.ends()
        await trial.ended(other)
    reached = "the function that is told raised an error, and"
    expect(player.outcome == "returned", f"{reached} the task that had blocked {ending(player)}")
    expect(other.outcome == "returned", f"{reached} another task {ending(other)}")
    expect(opened.player.outcome == "returned" and not opened.errors, f"{reached} {opened}")
    expect(told or again.refused is not None, f"{reached} of the next step that held up the loop it was not told")


async def tasks_are_counted(trial: Trial) -> None:
    """Each task is counted when it is started, and when it has ended, whether it returns, fails or is cancelled.

    The difference is how many there are, and an alarm says when these are too many. If those that are cancelled, or
    end before they wait, are missed, it grows with each deadline that passes.

        async with tasks() as count:
            asyncio.create_task(work()).cancel()
            ...
        # (1, 0): a task that is there for ever
    """
    gate = event(trial)
    async with trial.crew() as crew, trial.crew() as earlier:
        was_there = earlier.start(gate.wait, name="who was there before")
        await trial.hop()
        await _counts(trial, crew, gate, was_there)


async def _counts(trial: Trial, crew: Crew, gate: Event, was_there: Player) -> None:
    async with trial.module.tasks() as count:
        before = count()
        struck = crew.start(_work, trial, 2, name="who is cancelled")
        players = [struck, *(crew.start(_work, trial, turns, error) for turns, error in ((0, None), (1, WorkError())))]
        waits = crew.start(gate.wait, name="who waits")
        await trial.strike(struck)
        await trial.ended(*players)
        started, ended = await _counted(trial, count, before, (4, 3))
        expect((started, ended) == (4, 3), f"4 tasks were started, 3 have ended; counted were {started} and {ended}")
        gate.set()
        await trial.ended(waits, was_there)
        started, ended = await _counted(trial, count, before, (4, 4))
    seen = f"counted were {started} and {ended}"
    expect((started, ended) == (4, 4), f"4 tasks were started and have ended, as has one from before; {seen}")


async def _counted(trial: Trial, count: Count, before: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    """What has been counted since: the next turns may count, and so may a thread."""
    await trial.hop(3)
    for _ in range(LOOKS):
        started, ended = count()
        if (since := (started - before[0], ended - before[1])) == right:
            break
        await trial.backend.toolkit.sleep(NAP)
    return since


@shown_as("a task that works")
async def _work(trial: Trial, turns: int, error: BaseException | None = None) -> int:
    await trial.hop(turns)
    if error:
        raise error
    return turns


async def watched_tasks_end_as_ever(trial: Trial) -> None:
    """A watched task returns, raises and is cancelled as ever, in its context, and what it raises is complained of.

    A monitor looks at how a task has ended, and by that asyncio takes its error for seen: nobody complains any more
    that it was never retrieved. What has failed in the background for weeks is found by the customers.

        async with tasks():
            asyncio.create_task(save())   # OSError
        # no "Task exception was never retrieved"
    """
    landed = False
    for name, opens in contexts(trial).items():
        if name not in (*STALLS, *TASKS):
            continue
        error = WorkError("work")
        async with trial.crew() as crew, opens():
            WHO.set("the caller")
            seeing = crew.start(_who, trial, name="who looks at its context")
            failing = crew.start(_work, trial, 1, error, name="who fails")
            struck = crew.start(_work, trial, 3, name="who is cancelled")
            await trial.strike(struck)
            landed |= trial.landed
            await trial.ended(seeing, failing, struck, turns=PATIENCE)
            complaints = [] if trial.is_trio else await _unretrieved(trial)
        under = f"under a monitor of {name}"
        if not trial.is_trio:
            await _made_as_ever(trial, opens, under)
        expect(seeing.value == "the caller", f"{under} a task that sees its caller's context variable {ending(seeing)}")
        expect(failing.error is error, f"{under} a task that raises {ending(failing)}")
        right = "cancelled" if trial.landed else "returned"
        expect(struck.outcome == right, f"{under} a task that was to be {right} {ending(struck)}")
        told = trial.is_trio or any("never retrieved" in complaint for complaint in complaints)
        expect(told, f"{under} asyncio complained of {listed(complaints)} where nobody had retrieved a task's error")
    trial.landed = landed


async def _who(trial: Trial) -> str:
    await trial.hop()
    return WHO.get()


async def _made_as_ever(trial: Trial, opens: Callable[[], Any], under: str) -> None:
    """On asyncio a task has the name and the context that it was given, and the program's task factory makes it."""
    loop, context = asyncio.get_running_loop(), copy_context()
    context.run(WHO.set, "somebody else")
    with _own_factory(trial) as made:
        async with opens():
            before = len(made)
            task = loop.create_task(_who(trial), name="of that name", context=context)
            by_factory, name, who = len(made) - before, task.get_name(), await task
    expect(who == "somebody else", f"{under} a task that is given a context of its own sees that of {who}")
    expect(name == "of that name", f"{under} a task that was given a name has the name {name}")
    expect(by_factory == 1, f"{under} the task factory that the program has set made {by_factory} tasks of 1")


@contextmanager
def _own_factory(trial: Trial) -> Iterator[list[object]]:
    """A task factory of the program's own, where there is one; what it has made tasks of."""
    made: list[object] = []
    if trial.is_trio:
        yield made
        return
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()

    def make(loop: asyncio.AbstractEventLoop, coro: Any, **how: Any) -> Any:
        made.append(type(coro))
        # Also where the loop's own is eager: AnyIO knows that one by its code, and not what wraps it
        return asyncio.Task(coro, loop=loop, **how)

    loop.set_task_factory(make)
    try:
        yield made
    finally:
        loop.set_task_factory(before)


async def _unretrieved(trial: Trial) -> list[str]:
    """What asyncio complains of when a task fails, and nobody looks."""
    loop = asyncio.get_running_loop()
    complaints: list[str] = []
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, about: complaints.append(str(about["message"])))
    try:
        loop.create_task(_work(trial, 1, WorkError("nobody looks")))  # noqa: RUF006  nobody holds it
        await trial.hop(5)
        trial.collect_garbage()
    finally:
        loop.set_exception_handler(before)
    return complaints


async def nothing_is_watched_afterwards(trial: Trial) -> None:
    """When the context has been left nothing is told or counted any more, and the loop is as it was.

    One looks for a minute where the time goes, and then lets the program serve. What was replaced for that stays where
    it is: each step takes longer from then on, and the next look is measured through the last one.

        async with stalls(log, 0.05):
            await asyncio.sleep(60)
        asyncio.Handle._run   # still the monitor's
    """
    with _own_factory(trial):
        for name, error in product((*STALLS, *TASKS), (None, WorkError("inside"))):
            if hasattr(trial.module, name):
                await _leaves_all_as_it_was(trial, name, error)


async def _leaves_all_as_it_was(trial: Trial, name: str, error: BaseException | None) -> None:
    ear = Ear()
    opens = partial(trial.module.stalls, ear.tell, LONGEST) if name == "stalls" else trial.module.tasks
    opened = Opened(trial=trial, context=opens, error_inside=error)
    before, gate = _settings(trial), event(trial)
    async with trial.crew() as crew:
        opened.start(crew)
        await opened.enters()
        outlasts = crew.start(gate.wait, name="who outlasts it")
        await opened.ends()
        changed = [what for what, value in _settings(trial).items() if value != before[what]]
        left = f"a monitor of {name} was left {'by an error' if error else 'in good order'}"
        expect(not changed, f"{left}, and this is not what it was: {listed(changed)}")
        ear.heard.clear()
        counted = opened.inside() if name == "tasks" else None
        if name == "stalls":
            await trial.ended(crew.start(Block().run, trial, name="who blocks"))
            await trial.sleep(1)
        else:
            gate.set()
            await trial.ended(outlasts, crew.start(trial.hop, name="who is not counted"))
            await trial.hop(3)
        expect(not ear.heard, f"{left}, and told of what came after that")
        expect(name == "stalls" or counted == opened.inside(), f"{left}, and counted what came after that")


def _settings(trial: Trial) -> dict[str, object]:
    """What monitors replace, by its name."""
    found: dict[str, object] = {"time.sleep": time.sleep}
    if tools := getattr(sys, "monitoring", None):
        found["the tools of sys.monitoring"] = [tools.get_tool(number) for number in range(6)]
    if trial.is_trio:
        return found
    loop = asyncio.get_running_loop()
    return found | {
        "the task factory": loop.get_task_factory(),
        "debug mode": loop.get_debug(),
        "slow_callback_duration": loop.slow_callback_duration,
        "call_soon": loop.call_soon,
        "asyncio.Handle": asyncio.Handle._run,  # noqa: SLF001  what monitors replace
    }


WATCHING = (
    Promise(stall_is_told, real=True, about=STALLS, tolerates=BLOCKING),
    Promise(quiet_loop_is_not_told, about=STALLS),
    Promise(short_steps_are_not_told, real=True, about=STALLS, once=True),
    Promise(kept_interpreter_is_told, real=True, about=STALLS, once=True, need="interpreter"),
    Promise(slow_code_goes_on, real=True, about=STALLS, need="serving", tolerates=BLOCKING),
    Promise(told_meanwhile, real=True, about=STALLS, once=True, need="meanwhile", tolerates=BLOCKING),
    Promise(failing_tell_breaks_nothing, real=True, about=STALLS, tolerates=(*BLOCKING, "nobody listens")),
    Promise(tasks_are_counted, about=TASKS, swept=True, real=True),
    Promise(watched_tasks_end_as_ever, about=(*STALLS, *TASKS), swept=True, real=True),
    Promise(nothing_is_watched_afterwards, real=True, about=(*STALLS, *TASKS), need="serving", tolerates=BLOCKING),
)

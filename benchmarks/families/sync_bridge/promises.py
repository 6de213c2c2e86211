"""What is asked of ``patterns.sync_bridge``: calls when all goes well; then cancellations, and questions of threads."""

import threading
import weakref
from collections.abc import Sequence
from functools import partial
from typing import Any

from benchmarks.families.sync_bridge.cancellation import CANCELLATION
from benchmarks.families.sync_bridge.leaving import LEAVING
from benchmarks.families.sync_bridge.questions import QUESTIONS
from benchmarks.families.sync_bridge.scene import (
    REQUEST,
    STUCK,
    TURNS,
    Asker,
    Blocking,
    Office,
    OwnBaseError,
    OwnError,
    bridge_office,
    office,
    over,
    until,
)
from benchmarks.plan.promises import Promise
from benchmarks.plan.runtime import nap
from benchmarks.safety.errors import arrived
from benchmarks.safety.trials import Player, Trial, ending, expect, listed, set_in_time, shown, shown_as

CALLS = ("calls",)
EVERY = ("calls", "bridge", "portal")
SIZE = 2
MOMENT = 0.03  # real seconds in which a thread that was started without need has begun


async def answers_come_back(trial: Trial) -> None:
    """Every caller gets what its own function returned.

    With several calls under way their results meet in one queue. Who takes the wrong one shows a customer the file of
    another.

        async with TaskGroup() as group:
            group.create_task(call(read, "a.txt"))   # returns b.txt
            group.create_task(call(read, "b.txt"))
    """
    if not hasattr(trial.module, "calls"):
        async with trial.module.offload(SIZE) as call:
            expect(await call(abs, -3) == 3, "a call of abs(-3) did not return 3")
        return
    async with office(trial, SIZE) as at:
        functions = [Blocking(number) for number in range(2 * SIZE)]
        players = [at.start(function) for function in functions]
        for function in sorted(functions, key=lambda one: trial.draw(10) if trial.seed else -one.number):
            function.gate.set()
            await trial.drift()
        await at.end(*players)
        players.append(at.start(Blocking(2 * SIZE)))
        await at.end(*players)
    wrong = [f"that of {number} {ending(player)}" for number, player in enumerate(players) if player.value != number]
    expect(not wrong, f"of callers of functions that return 0 to {2 * SIZE}, {listed(wrong)}")


async def errors_come_back(trial: Trial) -> None:
    """What a function raises reaches its caller, be it no Exception; and the thread goes on.

    Else the caller waits for ever, or a thread is lost with each error, until there is none.

        try:
            await call(parse, broken)   # raises in the thread
        except ParseError:
            ...   # the caller still waits
    """
    for error in (OwnError("own"), OwnBaseError("own")):
        if hasattr(trial.module, "calls"):
            async with office(trial, 1) as at:
                await _error_comes_back(at, error)
        if hasattr(trial.module, "bridge"):
            async with bridge_office(trial, 1) as (at, _):
                await _error_comes_back(at, error)
    if hasattr(trial.module, "bridge") and not trial.seed:
        await _error_of_a_question_comes_back(trial)


async def _error_comes_back(at: Office, error: BaseException) -> None:
    raising, fine = Blocking(error=error), Blocking(7)
    player, after = at.start(raising), at.start(fine)
    await at.end(player, after)
    expect(arrived(player.error, error), f"a function raised {shown(error)}, and its caller {ending(player)}")
    expect(after.value == 7, f"the call after one that raised {shown(error)}: its caller {ending(after)}")


async def _error_of_a_question_comes_back(trial: Trial) -> None:
    """Through the function that has asked."""
    error = OwnError("own")

    @shown_as("a question")
    async def fail() -> None:
        await trial.hop()
        raise error

    async with bridge_office(trial, 1) as (at, ask):
        player = at.crew.start(at.call, ask, fail, name="caller")
        await at.end(player)
    seen = f"a question that a function had asked raised {shown(error)}"
    expect(arrived(player.error, error), f"{seen}, and the caller of that {ending(player)}")


async def stop_iteration_ends_the_call(trial: Trial) -> None:
    """A function that raises StopIteration ends its call, with whatever error.

    No future takes a StopIteration. Who hands it to one has nobody who hears of that, and the caller waits for ever.

        rows = iter([])
        row = await call(next, rows)   # waits for ever
        print(row)
    """
    async with office(trial, 1) as at:
        player = at.start(Blocking(error=StopIteration()))
        await at.end(player)
    expect(player.outcome == "raised", f"a function raised StopIteration, and its caller {ending(player)}")


async def loop_goes_on(trial: Trial) -> None:
    """While a call blocks, the loop goes on.

    It is what the thread is for. Without, one slow disk stops every connection of the program, its timeouts included.

        async with TaskGroup() as group:
            group.create_task(serve())
            await call(time.sleep, 1)   # nobody is served for a second
    """
    async with office(trial, 1) as at:
        await _goes_on(trial, at)
    await _goes_on_while_it_is_left(trial)


async def _goes_on_while_it_is_left(trial: Trial) -> None:
    """Who leaves a block may wait for the function that is still at work there, but not with the loop."""
    function = Blocking()
    short = partial(function.gate.wait, 2 * STUCK)
    callers: list[Player] = []
    async with trial.crew() as crew:

        async def block() -> None:
            async with trial.module.calls(1) as call:
                await call(abs, -1)
                callers.append(crew.start(call, short, name="caller"))
                await trial.hop(2)

        opener = crew.start(block, name="who leaves the block")
        await until(trial, lambda: bool(callers))
        await trial.hop(6)
        function.gate.set()
        await over(trial, opener, *callers)
    stood_still = callers[0].value is False  # any error says that it went on
    expect(not stood_still, f"while a block was left, and a call blocked, the loop stood still for {2 * STUCK} s")


async def loop_goes_on_in_a_bridge(trial: Trial) -> None:
    """While blocking code of a bridge blocks, the loop goes on.

    Code that asks the loop often does other things in between. What waits there for a disk, or for a lock, stops
    every connection of the program.

        def work():
            ask(fetch, url)
            time.sleep(1)   # nobody else moves
    """
    async with trial.module.bridge(1) as (call, _), trial.crew() as crew:
        await _goes_on(trial, Office(trial, crew, call))


async def _goes_on(trial: Trial, at: Office) -> None:
    """Expect that the loop comes to open a gate; it does not take part for long if it is the one who waits there."""
    function = Blocking()
    short = partial(set_in_time, function.gate, STUCK)
    function.begun.set()
    player = at.crew.start(at.call, short, name="caller")
    await trial.hop(2)
    function.gate.set()
    await over(trial, player)
    expect(
        player.value is True, f"while a call blocked the loop stood still for {STUCK} s; its caller {ending(player)}"
    )


async def side_by_side(trial: Trial) -> None:
    """Up to ``size`` calls run side by side.

    Who makes one after the other has a program with as many threads as it was given, and the speed of one.

        async with calls(10) as call, TaskGroup() as group:
            for url in urls:
                group.create_task(call(fetch, url))   # one after the other
    """
    async with office(trial, SIZE) as at:
        functions = [Blocking(number) for number in range(SIZE)]
        players = [at.start(function) for function in functions]
        await until(trial, lambda: all(one.begun.is_set() for one in functions), STUCK)
        begun = _under_way(functions)
        await at.end(*players)
    expect(begun == SIZE, f"of {SIZE} calls {begun} were under way at the same time within {STUCK} s")


async def no_more_than_size(trial: Trial) -> None:
    """No more than ``size`` calls run side by side, those included whose callers were cancelled.

    A database that bears ten connections refuses the eleventh, and a thread for each of ten thousand calls takes the
    memory of the program.

        async with calls(10) as call, TaskGroup() as group:
            for query in queries:
                group.create_task(call(run, query))
        # OperationalError: too many connections
    """
    if hasattr(trial.module, "calls"):
        await _no_more_of_calls(trial)
    if hasattr(trial.module, "bridge"):
        await _no_more_behind_a_question(trial)


async def _no_more_of_calls(trial: Trial) -> None:
    async with office(trial, SIZE) as at:
        functions = [Blocking(number) for number in range(2 * SIZE)]
        players = [at.start(function) for function in functions]
        await until(trial, lambda: sum(one.begun.is_set() for one in functions) >= SIZE, 3 * MOMENT)
        await until(trial, lambda: False, MOMENT)
        most = _under_way(functions)
        for function, player in zip(functions, players, strict=True):
            if function.begun.is_set():
                player.cancel()
        await trial.hop(TURNS)
        await until(trial, lambda: _under_way(functions) > SIZE, MOMENT)
        after = _under_way(functions)
        await at.end(*players)
    expect(most <= SIZE, f"{most} calls were under way at once, where {SIZE} were allowed")
    expect(after <= SIZE, f"callers were cancelled, and {after} calls were under way, where {SIZE} were allowed")


async def _no_more_behind_a_question(trial: Trial) -> None:
    """A call that waits for the loop may give up its place; once it has its answer, it needs that again."""
    told = threading.Event()
    asking, meanwhile, later = (Blocking(number) for number in range(3))

    @shown_as("a question")
    async def question() -> None:
        while not told.is_set():  # on whatever loop that is
            await trial.hop()

    async with bridge_office(trial, 1) as (at, ask):

        @shown_as("a blocking function")
        def asks_first() -> int:
            ask(question)
            return asking()

        first, second = at.crew.start(at.call, asks_first), at.start(meanwhile)
        at.functions.append(asking)
        meanwhile.gate.set()
        await until(trial, meanwhile.ended.is_set, 3 * MOMENT)  # if it has the place
        told.set()
        await at.begins(asking)
        third = at.start(later)
        await until(trial, later.begun.is_set, MOMENT)
        most = _under_way((asking, meanwhile, later))
        await at.end(first, second, third)
    expect(most <= 1, f"behind a call that had asked the loop {most} were under way at once, where 1 was allowed")


def _under_way(functions: Sequence[Blocking]) -> int:
    """How many of these have begun and not ended."""
    return sum(one.begun.is_set() and not one.ended.is_set() for one in functions)


async def context_comes_along(trial: Trial) -> None:
    """A function finds the context variables of its caller, and what it asks finds them, too.

    Logs and traces know by them which request they belong to. Without, lines of a thread belong to nobody, or to the
    request for which the thread was started.

        request.set("4711")
        await call(log, "hello")
        # [none] hello
    """
    REQUEST.set("4711")
    if hasattr(trial.module, "calls"):
        async with trial.module.calls(1) as call:
            seen = await call(REQUEST.get)
        expect(seen == "4711", f"the caller had set a context variable to '4711', and its function found {seen!r}")
    if hasattr(trial.module, "bridge"):
        async with trial.module.bridge(1) as (call, ask):

            @shown_as("a question")
            async def look() -> str:
                return REQUEST.get()

            seen = await call(lambda: ask(look))
        expect(seen == "4711", f"the caller had set a context variable to '4711', and what was asked found {seen!r}")


async def nothing_left_behind(trial: Trial) -> None:
    """However a block is left, no task, no thread and no open generator is left behind.

    What is left keeps running, or waits for ever. A program that opens a pool for each job has a few threads more of
    it each time, and does not end.

        for job in jobs:
            async with calls(10) as call:
                await call(job)   # ten threads stay
    """
    before = trial.living()
    await _ordinary(trial)
    await trial.hop(3)
    left = trial.living() - before
    expect(left == 0, f"after a block of each kind {left} tasks are left")
    await _failing(trial)
    await trial.hop(3)
    left = trial.living() - before
    expect(left == 0, f"after a block of each kind that failed {left} tasks are left")
    if hasattr(trial.module, "calls"):
        await _keeps_nothing(trial)


class _Upload:
    """Something large."""


async def _keeps_nothing(trial: Trial) -> None:
    """What a call was given is let go, though its thread has nothing else to do."""
    async with trial.module.calls(1) as call:
        upload = _Upload()
        gone = weakref.ref(upload)
        await call(id, upload)
        del upload

        def is_gone() -> bool:
            trial.collect_garbage()
            return gone() is None

        kept = not await until(trial, is_gone, STUCK)
    expect(not kept, "what a call was given is kept after it until the next one comes")


async def nothing_complains(trial: Trial) -> None:
    """No exception is left unretrieved and no coroutine unawaited: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the call it belongs to. In tests that take
    warnings for errors it breaks whatever test runs just then.

        async with timeout(1):
            await call(work)   # raises when the caller is gone
        # Future exception was never retrieved
    """
    await _ordinary(trial)
    if hasattr(trial.module, "calls"):
        async with office(trial, 1) as at:
            raising = Blocking(error=OwnError("afterwards"))
            player = at.start(raising)
            await until(trial, raising.begun.is_set)
            player.cancel()
            await trial.hop(3)
            await at.end(player)
            await until(trial, raising.ended.is_set)


async def one_thread_makes_all_calls(trial: Trial) -> bool:
    """All calls are made by one and the same thread.

    A connection of SQLite, and many a driver, can be used only by the thread that has opened it.

        connection = await call(sqlite3.connect, path)
        await call(connection.execute, query)
        # ProgrammingError: SQLite objects created in a thread can
        # only be used in that same thread
    """
    async with office(trial, SIZE) as at:
        threads: set[Any] = set()
        players: list[Player] = []
        for number in range(2 * SIZE):
            function = Blocking(number)
            function.gate.set()
            players.append(at.crew.start(at.call, partial(_noting_its_thread, threads, function)))
        await over(trial, *players)
    return len(threads) == 1


def _noting_its_thread(threads: set[Any], function: Blocking) -> int:
    threads.add(threading.get_ident())
    nap()  # so that a second thread would be wanted
    return function()


async def _ordinary(trial: Trial) -> None:
    """A call, a question of what is called, and one of a thread, as far as the alternative has them."""
    module = trial.module

    @shown_as("a question")
    async def answer() -> int:
        await trial.hop()
        return 1

    if hasattr(module, "calls"):
        async with module.calls(SIZE) as call:
            await call(abs, -1)
    if hasattr(module, "bridge"):
        async with module.bridge(SIZE) as (call, ask):
            await call(lambda: ask(answer))
    if hasattr(module, "portal"):
        async with module.portal() as ask:
            await Asker(ask, answer).ends(trial)


async def _failing(trial: Trial) -> None:
    """A block of each kind that an error of its own ends."""
    kinds = {"calls": (SIZE,), "bridge": (SIZE,), "portal": ()}
    for kind, args in kinds.items():
        if hasattr(trial.module, kind):
            try:
                async with getattr(trial.module, kind)(*args) as opened:
                    if kind != "portal":
                        await (opened if kind == "calls" else opened[0])(abs, -1)
                    raise OwnError("own")
            except* OwnError:
                pass


PROMISES = (
    Promise(answers_come_back, real=True, about=("calls", "offload")),
    Promise(errors_come_back, real=True, about=("calls", "bridge")),
    Promise(stop_iteration_ends_the_call, real=True, about=CALLS, tolerates=("StopIteration",)),
    Promise(loop_goes_on, real=True, about=CALLS, collects=("stalls",)),
    *CANCELLATION,
    *QUESTIONS,
    *LEAVING,
    Promise(side_by_side, real=True, about=CALLS, need="parallel"),
    Promise(no_more_than_size, real=True, about=("calls", "bridge"), need="bounded"),
    Promise(context_comes_along, real=True, about=("calls", "bridge"), need="context"),
    Promise(loop_goes_on_in_a_bridge, real=True, about=("bridge",), need="blocking"),
    Promise(nothing_left_behind, real=True, about=EVERY, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, real=True, about=EVERY, collects=("complaints",)),
    Promise(one_thread_makes_all_calls, real=True, about=CALLS, once=True, fact=True),
)

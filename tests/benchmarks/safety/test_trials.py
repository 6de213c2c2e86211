"""What a promise is given: tasks that end in every way, on every loop, and seeds that always mean the same."""

import asyncio
import math
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import anyio.to_thread
import pytest
import trio

import patterns
from benchmarks.plan import errands
from benchmarks.plan.backends import BACKENDS, Backend
from benchmarks.plan.promises import Promise
from benchmarks.safety import examination, trials
from benchmarks.safety.examination import TRIES, Moment, Result, _announced, answer, run_trial
from benchmarks.safety.trials import (
    HOUR,
    STALL,
    BrokenPromiseError,
    Crew,
    NotTestedError,
    Trial,
    expect,
    free_loop,
    time_passes,
)

ALTERNATIVE = patterns.describe("locks", Path(patterns.__file__).parent / "locks" / "no_await_section.py")
LOOPS = pytest.mark.parametrize(
    "backend", [backend for backend in BACKENDS.values() if not backend.problem()], ids=lambda backend: backend.name
)
Scene = Callable[[Trial, Crew], Awaitable[Any]]


def play(trial: Trial, scene: Scene) -> Any:
    """Run a scene with a crew on the trial's loop."""

    async def main() -> Any:
        async with trial.crew() as crew:
            return await scene(trial, crew)

    return trial.backend.run(main, trial.seed)


@LOOPS
def test_a_player_knows_how_it_ended(backend: Backend) -> None:
    """Returned, raised, cancelled in its first turn or later, cancelled but unmoved."""

    async def scene(trial: Trial, crew: Crew) -> object:
        async def fails() -> None:
            raise KeyError("no")

        async def deaf() -> str:
            try:
                await trial.settle()
            except BaseException:
                return "deaf"
            return "asleep"

        async def quick() -> int:
            return 7

        players = [crew.start(function) for function in (quick, fails, trial.settle, trial.settle, deaf)]
        players[2].cancel()
        await trial.hop(3)
        waiting = [player.outcome for player in players[3:]]
        await trial.strike(*players)
        assert await trial.ended(*players)
        return waiting, [player.outcome for player in players], players[0].value, repr(players[1].error), trial.landed

    # An eager task has begun, and a cancellation before its next turn finds it waiting; the outcome is the same.
    assert play(Trial(ALTERNATIVE, backend, 0), scene) == (
        ["waiting", "waiting"],
        ["returned", "raised", "cancelled", "cancelled", "returned"],
        7,
        "KeyError('no')",
        True,
    )


@LOOPS
def test_a_strike_that_comes_too_late_has_not_landed(backend: Backend) -> None:
    """A sweep ends by this, so it must be told."""

    async def scene(trial: Trial, crew: Crew) -> object:
        player = crew.start(trial.hop, 2)
        await trial.strike(player)
        return trial.landed

    landed = [play(Trial(ALTERNATIVE, backend, 0, tick), scene) for tick in range(8)]

    assert landed == sorted(landed, reverse=True)
    assert (landed[0], landed[-1]) == (True, False)


@LOOPS
def test_leaving_a_crew_leaves_nobody_behind(backend: Backend) -> None:
    """Those who still wait are cancelled, also when a promise was broken meanwhile."""
    crews: list[Crew] = []

    async def scene(trial: Trial, crew: Crew) -> object:
        crews.append(crew)
        crew.start(trial.sleep, 10**6, name="sleeper")
        await trial.hop(2)
        expect(not crew.waiting, f"still here: {crew.waiting}")
        return "not reached"

    # A nursery wraps what leaves its body.
    expected = pytest.RaisesGroup(BrokenPromiseError, allow_unwrapped=True)
    with expected:
        play(Trial(ALTERNATIVE, backend, 0), scene)

    assert [crew.waiting for crew in crews] == [[]]


def test_a_seed_draws_the_same_each_time_and_seed_zero_nothing() -> None:
    """Another seed or another turn perturbs otherwise; seed 0 leaves the schedule as it is."""

    def drawn(seed: int, tick: int) -> list[int]:
        trial = Trial(ALTERNATIVE, BACKENDS["asyncio"], seed, tick)
        return [trial.draw(8) for _ in range(12)]

    assert drawn(1, 2) == drawn(1, 2)
    assert len({tuple(drawn(seed, tick)) for seed in (1, 2) for tick in (0, 1)}) == 4
    assert set(drawn(0, 5)) == {4}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_virtual_clock_jumps(backend: str) -> None:
    """A day passes at once, in order, and turns take no time."""
    loop = BACKENDS[backend]
    assert loop.run_virtual is not None
    trial = Trial(ALTERNATIVE, loop, 0)

    async def main() -> tuple[float, list[str]]:
        order: list[str] = []

        async def sleeper(units: float, name: str) -> None:
            await trial.sleep(units)
            order.append(name)

        start = trial.now()
        await trial.hop(50)
        assert trial.now() == start
        async with trial.crew() as crew:
            players = [crew.start(sleeper, units, str(units)) for units in (86400, 10)]
            await trial.sleep(86401)
            assert all(player.done for player in players)
        return round(trial.now() - start), order

    assert loop.run_virtual(main, 0) == (86401, ["10", "86400"])


def test_a_task_of_asyncio_that_never_ran_is_cancelled() -> None:
    """Asyncio never starts a coroutine that was cancelled first, so the outcome must come from the task itself."""

    async def scene(trial: Trial, crew: Crew) -> object:
        player = crew.start(trial.settle)
        player.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return player.outcome

    assert play(Trial(ALTERNATIVE, BACKENDS["asyncio"], 0), scene) == "cancelled"


async def sees_nothing_in_time(trial: Trial) -> None:
    """Nothing with the first two seeds, and all that it wants with the third."""
    async with trial.crew():
        if trial.seed < 2:
            raise NotTestedError("too late")


async def sees_a_broken_promise(trial: Trial) -> None:
    """One task comes too late, the other sees what it should not."""

    async def late() -> None:
        raise NotTestedError("too late")

    async def sees() -> None:
        raise BrokenPromiseError("broken")

    async with asyncio.TaskGroup() as group:
        group.create_task(late())
        group.create_task(sees())


@pytest.mark.parametrize(("seeds", "untested"), [(2, "too late"), (3, "")])
def test_what_no_trial_could_see_is_not_tested(seeds: int, untested: str) -> None:
    """It has not passed; one trial that saw something is an answer."""
    question = Promise(sees_nothing_in_time)
    found = answer(question, seeds, lambda moment: run_trial(question, ALTERNATIVE, "asyncio", moment))

    assert (found.trials, found.failure, found.untested) == (seeds, None, untested)


def test_a_broken_promise_is_one_even_if_somebody_came_too_late() -> None:
    """What was seen was seen."""
    found = run_trial(Promise(sees_a_broken_promise), ALTERNATIVE, "asyncio", Moment("", 0))

    assert found.failure is not None
    assert (found.failure.reason, found.untested) == ("broken", "")


async def is_broken(trial: Trial) -> None:
    """Break each time."""
    expect(False, "broken")


def test_who_breaks_it_each_time_is_accused_on_a_busy_machine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """After as many trials as there is reason for."""
    told: list[str] = []
    send = SimpleNamespace(send=lambda message: told.append(message[0]))
    monkeypatch.setattr(examination, "Runtime", lambda: SimpleNamespace(kept=True))
    play = _announced(Promise(is_broken, real=True), ALTERNATIVE, "asyncio", cast("Any", send))

    assert play(Moment("is_broken", 0)).failure is not None
    assert told == ["trial"] * TRIES


async def is_late_once(trial: Trial) -> None:
    """Break at the first time, as if somebody else had had the processor."""
    trial.module.tries = getattr(trial.module, "tries", 0) + 1
    expect(trial.module.tries != 1, "late")


@pytest.mark.parametrize(
    ("backend", "real", "kept", "broken"),
    [
        ("uvloop", False, False, False),
        ("uvloop", True, False, True),
        ("uvloop", True, True, False),
        ("asyncio", True, True, False),
        ("asyncio", False, True, False),
        ("asyncio", False, False, True),
    ],
)
def test_where_time_is_real_what_is_broken_is_so_again(
    backend: str, real: bool, kept: bool, broken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time is told to who watches; once is enough in virtual time, and where others had not the processor."""
    if problem := BACKENDS[backend].problem():
        pytest.skip(problem)
    told: list[str] = []
    send = SimpleNamespace(send=lambda message: told.append(message[0]))
    monkeypatch.setattr(examination, "Runtime", lambda: SimpleNamespace(kept=kept))
    sys.modules.pop(ALTERNATIVE.module, None)
    play = _announced(Promise(is_late_once, real=real), ALTERNATIVE, backend, cast("Any", send))

    result = play(Moment("is_late_once", 0))

    assert (result.failure is not None) == broken
    assert told == ["trial"] * (1 if broken else 2)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("real", [False, True])
def test_time_is_virtual_unless_the_promise_says_real(backend: str, real: bool) -> None:
    """On a loop that has both."""
    seen: list[bool] = []

    async def looks(trial: Trial) -> None:
        seen.append(trial.virtual)

    run_trial(Promise(looks, real=real), ALTERNATIVE, backend, Moment("looks", 0))

    assert seen == [not real]


async def leaves_a_task(trial: Trial) -> None:
    """Strike somebody, and leave somebody else running."""
    async with trial.crew() as crew:
        await trial.strike(crew.start(trial.settle))
    trial.module.left = asyncio.ensure_future(asyncio.sleep(10**6))


def test_a_sweep_keeps_its_notes_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told of a moment, or of what was left there, gets what names it and nothing else."""
    monkeypatch.setattr(examination, "MOST_TICKS", 3)  # what is left behind lands for ever
    told: list[tuple[str, Any]] = []
    question = Promise(leaves_a_task, swept=True)
    play = _announced(question, ALTERNATIVE, "asyncio", cast("Any", SimpleNamespace(send=told.append)))
    answer(question, 1, play)
    moments = [what if kind == "trial" else what[0] for kind, what in told]

    assert {kind for kind, _ in told} == {"trial", "left"}
    assert {type(moment) for moment in moments} == {Moment}


@pytest.mark.parametrize(("served", "turns"), [(False, list(range(62))), (True, [*range(20), *range(20, 40, 2), 40])])
def test_a_sweep_takes_longer_steps_while_a_server_answers(served: bool, turns: list[int]) -> None:
    """It reaches the same end, and leaves out no turn before the twentieth."""
    struck: list[int] = []

    def play(moment: Moment) -> Result:
        struck.append(moment.tick)
        return Result(landed=moment.tick < 60)

    answer(Promise(leaves_a_task, swept=True), 1, play, served=served)

    assert struck[: len(turns)] == turns
    assert len([tick for tick in struck if tick >= 60]) == 2


def test_a_failure_names_the_line_of_the_alternative(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a promise complains of what a task has raised: the traceback of the complaint is the promise's own."""

    async def complains(trial: Trial) -> None:
        """The task returns."""

        async def deposit() -> None:
            async with trial.module.ledger() as ledger:
                await ledger.deposit(1, None)

        async with trial.crew() as crew:
            player = crew.start(deposit)
            await trial.ended(player)
            expect(player.outcome == "returned", "the task did not return")

    result = run_trial(Promise(complains), ALTERNATIVE, "asyncio", Moment("complains", 0))

    assert result.failure is not None
    assert result.failure.reason == "the task did not return"
    assert result.failure.traceback[0].startswith("patterns/locks/no_await_section.py:")
    assert result.failure.traceback[0].endswith("(TypeError: 'NoneType' object is not callable)")


async def _in_asyncios_thread(function: Callable[[], object]) -> None:
    await asyncio.to_thread(function)


async def _in_an_executor(function: Callable[[], object]) -> None:
    await asyncio.get_running_loop().run_in_executor(None, function)


THREADS = pytest.mark.parametrize(
    ("backend", "way"),
    [
        ("asyncio", _in_asyncios_thread),
        ("asyncio", _in_an_executor),
        ("asyncio", anyio.to_thread.run_sync),
        ("trio", trio.to_thread.run_sync),
        ("trio", anyio.to_thread.run_sync),
    ],
)
Way = Callable[[Callable[[], object]], Awaitable[object]]


def first_of(backend: str, way: Way, seconds: float) -> str:
    """Who comes first in virtual time: a thread that waits for so many real seconds, or an hour, which wakes it."""
    loop = BACKENDS[backend]
    assert loop.run_virtual is not None
    trial = Trial(ALTERNATIVE, loop, 0)
    came: list[str] = []
    over = threading.Event()

    async def main() -> None:
        async def thread() -> None:
            await way(partial(over.wait, seconds))
            came.append("thread")

        async def hour() -> None:
            await trial.sleep(3600)
            came.append("hour")
            over.set()

        await loop.toolkit.together([hour, thread])

    loop.run_virtual(main, 0)
    return came[0]


@THREADS
def test_virtual_time_stands_still_while_a_thread_works(backend: str, way: Way) -> None:
    """However long that is in turns of the loop; else whoever waits for a thread is late."""
    assert first_of(backend, way, 0.02) == "thread"


@pytest.mark.filterwarnings("ignore:The executor did not finish")  # five minutes of virtual time are over at once
@THREADS
def test_virtual_time_goes_on_without_a_thread_that_does_not_come_back(
    monkeypatch: pytest.MonkeyPatch, backend: str, way: Way
) -> None:
    """It may wait for time itself."""
    monkeypatch.setattr(errands, "PATIENCE", 0.01)

    assert first_of(backend, way, 60) == "hour"


@pytest.mark.parametrize("way", [_in_asyncios_thread, anyio.to_thread.run_sync, trio.to_thread.run_sync])
def test_turns_count_when_no_thread_works(way: Way) -> None:
    """Who waits for a thread has come to rest only when it is back, on a loop in real time as well."""
    trial = Trial(ALTERNATIVE, BACKENDS["trio" if way is trio.to_thread.run_sync else "asyncio"], 0)

    async def scene(trial: Trial, crew: Crew) -> object:
        errands.errands_here()
        player = crew.start(way, partial(threading.Event().wait, 0.02))
        await trial.hop(3)
        return await trial.ended(player, turns=3)

    assert play(trial, scene) is True


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(("looks", "passes"), [(math.inf, False), (2000, True)])
def test_time_does_not_pass_for_who_never_rests(
    monkeypatch: pytest.MonkeyPatch, backend: str, looks: float, passes: bool
) -> None:
    """That is known after so many turns, not after seconds; it passes where somebody rests at last."""
    monkeypatch.setattr(trials, "ALARM", 3600.0)
    monkeypatch.setattr(trials, "UNREST", 5000)
    loop = BACKENDS[backend]
    assert loop.run_virtual is not None
    trial = Trial(ALTERNATIVE, loop, 0)

    async def look() -> None:
        turns = 0
        while turns < looks:
            await trial.hop()
            turns += 1
        await trial.sleep(2 * HOUR)

    async def main() -> bool:
        async with trial.crew() as crew:
            crew.start(look)
            return await time_passes(trial, HOUR)

    assert loop.run_virtual(main, 0) is passes


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_virtual_time_creeps_on_where_somebody_looks_in_every_turn(backend: str) -> None:
    """Else who looks for something to come with time would look for ever; hundreds of turns take none."""
    loop = BACKENDS[backend]
    assert loop.run_virtual is not None
    trial = Trial(ALTERNATIVE, loop, 0)

    async def main() -> float:
        began = trial.now()
        async with trial.crew() as crew:
            sleeper = crew.start(trial.sleep, 1)
            await trial.hop(900)
            assert trial.now() == began
            while not sleeper.done:
                await trial.hop()
        return round(trial.now() - began, 2)

    assert loop.run_virtual(main, 0) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(("busy", "struck"), [(False, False), (True, True)])
def test_a_strike_comes_later_by_a_timer_where_nobody_has_a_turn(backend: str, busy: bool, struck: bool) -> None:
    """Who looks again by a timer is struck in other states than one; turns that somebody uses take no time."""
    loop = BACKENDS[backend]
    assert loop.run_virtual is not None
    trial = Trial(ALTERNATIVE, loop, 0, tick=40)

    async def main() -> bool:
        async with trial.crew() as crew:
            if busy:
                crew.start(trial.hop, 10**6)
            await trial.strike(crew.start(trial.sleep, 0.01))
            return trial.landed

    assert loop.run_virtual(main, 0) is struck


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.7, 1 / 3])
def test_less_than_a_step_of_virtual_time_passes_as_well(seconds: float) -> None:
    """Who gathers until a moment has come would else look for ever when it is a little less than a step away."""
    loop = BACKENDS["asyncio"]
    assert loop.run_virtual is not None

    async def main() -> int:
        here, looks = asyncio.get_running_loop(), 0
        end = here.time() + seconds
        while here.time() < end and looks < 100:
            looks += 1
            with suppress(TimeoutError):
                async with asyncio.timeout_at(end):
                    await asyncio.Event().wait()
        return looks

    assert loop.run_virtual(main, 0) < 100


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(("instant", "tick", "lands"), [(True, 20, True), (True, 60, False), (False, 60, True)])
def test_a_sweep_ends_where_nothing_but_time_passes(backend: str, instant: bool, tick: int, lands: bool) -> None:
    """Who waits for an hour is in the same state in each of its milliseconds, unless the promise sets timers."""

    async def waits(trial: Trial) -> None:
        async with trial.crew() as crew:
            await trial.strike(crew.start(trial.sleep, 3600))

    asked = Promise(waits, swept=True, instant=instant)
    assert run_trial(asked, ALTERNATIVE, backend, Moment("waits", 0, tick)).landed is lands


@pytest.mark.parametrize(("others_had_it", "accused"), [(False, True), (True, False)])
def test_who_was_kept_from_the_processor_held_up_nobody(
    others_had_it: bool, accused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn is long because of what runs in it, or because of what does not let it run."""
    now = [0.0]

    class Told:
        """What the system tells: all of the time, or nothing."""

        missed = 0.0

        def seconds(self) -> float:
            """So far."""
            self.missed = now[0] if others_had_it else 0.0
            return now[0] - self.missed

    monkeypatch.setattr(trials, "real_clock", lambda: now[0])
    monkeypatch.setattr(trials, "Runtime", Told)

    async def operation() -> None:
        now[0] += 1.5 * STALL

    trial = Trial(ALTERNATIVE, BACKENDS["asyncio"], 0)
    with pytest.raises(BrokenPromiseError, match="held up for") if accused else nullcontext():
        play(trial, lambda trial, _: free_loop(trial, operation))

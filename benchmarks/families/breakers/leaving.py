"""What is asked of ``patterns.breakers`` about callers who leave, and about deadlines on either side of a gate."""

import asyncio
from collections.abc import Callable
from functools import partial

import anyio
import trio

from benchmarks.families.breakers.scene import (
    PAST,
    PATIENCE,
    RECOVERY,
    SOON,
    Answer,
    DownError,
    Function,
    Scene,
    Shape,
    breaker,
    gate,
    offered,
    some,
)
from benchmarks.safety.cancelling import block_is_cancelled
from benchmarks.safety.trials import BY, Player, Trial, ending, event, expect

WAYS = ("cancel", "timeout")
CLEAN_UP = 3  # turns
TURNS = 2  # that a call takes
INSIDE = 1.0  # seconds: a deadline inside of a call
OPTIONS: dict[Shape, tuple[float, ...]] = {"breaker": (3, RECOVERY, PATIENCE), "bulkhead": (8,)}


def leaving(s: Scene, function: Function) -> Player:
    """A caller under a deadline of its own, which passes when it is told to cancel; it then returns ``timed out``."""
    passes: list[Callable[[], object]] = []
    passed = False

    async def in_scope() -> object:
        with trio.CancelScope() as scope:
            passes.append(scope.cancel)
            if passed:
                scope.cancel()
            return await s.ask(function)
        return "timed out"

    async def in_timeout() -> object:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(loop.time() if passed else None) as timeout:
                passes.append(lambda: timeout.reschedule(loop.time()))
                return await s.ask(function)
        except TimeoutError:
            return "timed out"

    player = s.crew.start(in_scope if s.trial.is_trio else in_timeout, name="a caller with a deadline")

    def cancel() -> None:
        nonlocal passed
        passed = True
        if passes and not player.done:
            passes[0]()

    player.cancel = cancel
    return player


def begun(s: Scene, function: Function, way: str) -> Player:
    """A caller who can be made to leave in a way."""
    return s.start(function) if way == "cancel" else leaving(s, function)


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """A cancelled caller is cancelled, and so is its call, which has ended by then, its clean-up included.

    A client hangs up, a deadline passes. If the call runs on behind the gate, it works for nobody, with a connection
    that nobody counts; and if the gate makes a rejection or an error of it, the program does not stop.

        task = create_task(gate.call(download))
        task.cancel()
        await wait([task])
        # the task has ended, the download has not
    """
    if trial.seed == trial.tick == 0:
        await _cancelled_as_it_waits(trial)
    landed = False
    for shape in offered(trial):
        for way in some(trial, WAYS):
            async with gate(trial, shape) as s:
                player = begun(s, s.service.call(turns=TURNS, clean_up=CLEAN_UP), way)
                patient = begun(s, s.service.call(door=s.service.door), way)
                await trial.approach()
                asked = not player.done
                landed |= asked
                player.cancel()
                patient.cancel()
                in_time = await s.ended([player, patient])
                left = s.service.under_way
                s.service.door.set()
                expect(in_time, f"callers of a {shape} were cancelled {BY[way]} many turns ago, and have not ended")
                expect(left == 0, f"callers of a {shape} were cancelled {BY[way]} and have ended; their calls have not")
                # A call that has ended when its deadline passes is in time, and on Trio when a scope is cancelled, too.
                heeded = player.outcome == "cancelled" or way != "cancel" or trial.is_trio or not asked
                expect(heeded, f"a caller of a {shape} was cancelled, and {ending(player)}")
                gave_up = patient.outcome == "cancelled" or patient.value == "timed out"
                expect(gave_up, f"a caller of a {shape} was cancelled {BY[way]}, and {ending(patient)}")
    trial.landed = landed


async def _cancelled_as_it_waits(trial: Trial) -> None:
    """Whoever waits in the block of a gate is cancelled, and whoever waits for what a probe says, if anybody does."""
    for shape in offered(trial):
        await block_is_cancelled(trial, partial(getattr(trial.module, shape), *OPTIONS[shape]), f"a {shape}")
    if "breaker" in offered(trial):
        async with breaker(trial) as s:
            await s.open()
            await s.wait(PAST)
            prober = s.start(s.service.call(door=s.service.door), "who probes")
            await trial.rest(SOON)
            waiting = s.start(s.service.call(), "who came while a probe was under way")
            await trial.rest(SOON)
            waited = not waiting.done
            waiting.cancel()
            await s.ended([waiting])
            s.service.door.set()
            expect(await s.ended([prober, waiting]), "a probe was answered, and somebody waits for it")
            heeded = waiting.outcome == "cancelled" or not waited
            expect(heeded, f"{waiting.name} waited, was cancelled, and {ending(waiting)}")


async def cancelled_call_is_no_failure(trial: Trial) -> None:
    """Callers who leave have not seen a failure: they open nothing, and neither does a group that is cancelled.

    Browsers are closed while they wait, and deadlines of whole requests pass. If a breaker counts them, a few impatient
    users are enough to have everybody else rejected from a service that is well.

        for request in requests:          # five of them hang up
            task = create_task(gate.call(fetch))
            task.cancel()
        await gate.call(fetch)
        # RejectedError, where not one call has failed
    """
    for way in some(trial, (*WAYS, "group")):
        async with breaker(trial) as s:
            await s.passes("before anybody left")
            if way == "group":
                await _failing_group(s)
            else:
                callers = [begun(s, s.service.call(turns=2 * TURNS), way) for _ in range(s.failures + 2)]
                await trial.hop(trial.draw(2 * TURNS))
                for caller in callers:
                    caller.cancel()
                expect(await s.ended(callers), "callers were cancelled, and have not ended")
            left = "a group of callers was cancelled, as one call had failed" if way == "group" else "callers had left"
            await s.passes(f"after {left}, where {s.failures} failures in a row open the breaker")


async def _failing_group(s: Scene) -> None:
    """A group in which one call fails, so that all others are cancelled, within the deadlines of their attempts."""

    async def member(function: Function) -> None:
        await s.gate.call(function)

    async def group() -> None:
        others = partial(_tried_twice, s.trial, s.service.call(turns=20))
        functions = [others] * (s.failures + 1) + [s.service.down(turns=2)]
        try:
            await s.trial.backend.toolkit.together([partial(member, function) for function in functions])
        except* DownError:
            pass

    caller = s.crew.start(group, name="a group of callers")
    expect(await s.ended([caller]), "one call of a group has failed, and the others have not ended")
    expect(caller.outcome == "returned", f"a group of callers, one of whose calls failed, {ending(caller)}")


async def cancelled_call_is_no_success(trial: Trial) -> None:
    """Callers who leave have not seen a success: the count goes on, and a probe that was cancelled closes nothing.

    The service is down, and hangs as often as it fails. Callers give up on what hangs, and each of them starts the
    count of failures anew: the breaker never opens. Or it is half-open, and who hangs up closes it for all others.

        for page in range(1000):
            async with asyncio.timeout(1):
                await gate.call(fetch)     # fails, fails, hangs, ...
        # 1000 calls to what is down, and still closed
    """
    for way in some(trial, WAYS):
        async with breaker(trial) as s:
            await s.fail(s.failures - 1)
            await _left(s, way)
            await s.fail(1)
            await s.rejects(f"after {s.failures} failures, between which a caller had left")
            await s.wait(PAST)
            await _left(s, way)
            await s.wait(PAST)  # to some it is as if the probe had failed
            await s.fail(1)
            await s.rejects("after a probe had failed, before which another one had been cancelled")


async def _left(s: Scene, way: str) -> None:
    """Let a caller leave whose call is under way."""
    before = s.service.calls
    caller = begun(s, s.service.call(door=event(s.trial)), way)
    await s.trial.rest(SOON, lambda: s.service.calls > before)
    await s.trial.hop(s.trial.draw(2))
    caller.cancel()
    expect(await s.ended([caller]), "a caller was cancelled, and has not ended")


async def who_gives_up_has_seen_a_failure(trial: Trial) -> None:
    """A call that its caller gives up after its patience or later has failed; one that is given up sooner has not.

    The service hangs: it takes every request and answers none. Deadlines are set where requests come in, around all
    that they do, so that no call of it ever fails by itself: everybody waits for their whole deadline, and the breaker
    stays closed.

        for page in range(1000):
            async with asyncio.timeout(10):
                await gate.call(fetch)     # hangs
        # 1000 callers have waited for ten seconds each
    """
    for way in some(trial, WAYS):
        async with breaker(trial) as s:
            for _ in range(s.failures - 1):
                await _hang(s, way, PATIENCE / 2)
            await s.fail(1)
            await s.passes(f"after a failure, and {s.failures - 1} calls that were given {PATIENCE / 2:g} s")
            for _ in range(s.failures):
                await _hang(s, way, PATIENCE * (1.0 + trial.draw(4) / 2) + 0.1)
            await s.rejects(f"after {s.failures} calls had been given up that were given more than {PATIENCE:g} s")
            await s.wait(PAST)
            await _hang(s, way, PATIENCE * 1.5)
            await s.rejects("after a probe had been given up that took too long")
            await s.wait(PAST)
            await s.passes("once the recovery was over")


async def _hang(s: Scene, way: str, seconds: float) -> None:
    """Give up on a call that hangs, after so long."""
    caller = begun(s, s.service.call(door=event(s.trial)), way)
    await s.trial.sleep(seconds)
    caller.cancel()
    expect(await s.ended([caller]), "a caller gave up, and has not ended")


async def deadlines_inside_are_the_calls_own(trial: Trial) -> None:
    """A deadline inside of a call is its own affair: what it handles is a success, and what leaves it a failure.

    Most clients set their deadline inside, and raise ``TimeoutError`` when it passes. A breaker that takes that for a
    cancelled caller never opens where a service hangs; one that takes a retry inside for failures opens where it works.

        async def fetch():
            async with asyncio.timeout(1):
                return await client.get(url)      # hangs
        # five TimeoutErrors later, calls are still made
    """
    for fails in some(trial, (True, False)):
        async with breaker(trial) as s:
            function = partial(_within_a_deadline, trial, s.service.call(seconds=2 * INSIDE), fails)
            for number in range(s.failures + 1):
                caller = s.start(function)
                await trial.sleep(3 * INSIDE)
                expect(await s.ended([caller]), "the deadline inside of a call has passed, and it has not ended")
                answer, late = caller.value, fails and number == s.failures
                told = f"{answer}" if isinstance(answer, Answer) else ending(caller)
                kept = isinstance(answer, Answer) and answer.asked != late
                what = "lets TimeoutError out" if fails else "handles its deadline and tries something else"
                expect(kept, f"call {number + 1} of a caller, each of which {what}, {told}")


async def _tried_twice(trial: Trial, function: Function) -> object:
    """A call whose attempts have a deadline each: what a client has inside of a breaker."""
    try:
        return await _within_a_deadline(trial, function, fails=True)
    except TimeoutError:
        return await _within_a_deadline(trial, function, fails=True)


async def _within_a_deadline(trial: Trial, function: Function, fails: bool) -> object:
    """A call with a deadline inside, which lets its ``TimeoutError`` out, or handles it and tries something else."""
    try:
        if trial.alternative.library == "anyio":
            with anyio.fail_after(INSIDE):
                return await function()
        if trial.is_trio:
            with trio.fail_after(INSIDE):
                return await function()
        async with asyncio.timeout(INSIDE):
            return await function()
    except (TimeoutError, trio.TooSlowError):
        if fails:
            raise TimeoutError from None
        return "from elsewhere"

"""What is asked of ``patterns.breakers``: what passes a gate, and what must not matter to it; then the rest."""

import threading
import weakref
from contextlib import nullcontext, suppress
from functools import partial

from benchmarks.families.breakers.bulkheads import (
    full_bulkhead_rejects_at_once,
    limit_never_exceeded,
    place_comes_back,
)
from benchmarks.families.breakers.leaving import (
    cancelled_call_is_no_failure,
    cancelled_call_is_no_success,
    cancelled_caller_is_cancelled,
    deadlines_inside_are_the_calls_own,
    who_gives_up_has_seen_a_failure,
)
from benchmarks.families.breakers.opening import (
    closes_once_the_service_is_back,
    opens_after_failures,
    rejected_means_not_made,
    rejections_prolong_nothing,
    success_starts_the_count_anew,
    waits_until_the_recovery_is_over,
)
from benchmarks.families.breakers.probing import (
    callers_wait_for_the_probe,
    late_outcome_changes_nothing,
    one_probe_at_a_time,
    probe_makes_room,
)
from benchmarks.families.breakers.scene import (
    NEARLY,
    PAST,
    DownError,
    Scene,
    Shape,
    StopError,
    breaker,
    bulkhead,
    gate,
    offered,
)
from benchmarks.families.breakers.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.memory import same_memory, same_memory_of
from benchmarks.safety.trials import Trial, event, expect, free_loop
from benchmarks.safety.waiting import ended_in_time, gives_a_turn
from patterns.breakers import Gate

HALF_A_DAY = 43_200.0  # seconds
CALLERS = 40  # who are rejected
KEPT = 4  # of them that something may still hold on to, such as the last error
NEVER = 3600.0  # seconds
LONG = 3.0  # real seconds in which a second loop has long come to an end


async def answers_and_errors_pass(trial: Trial) -> None:
    """A call that is let through is made once, and its caller gets what it returns or raises, as it is.

    An answer that is None or an exception object is taken for none; an error comes wrapped, so that the ``except`` for
    it sees nothing; or the call is made a second time, and pays twice.

        found = await gate.call(look_up)       # returns None
        # "no answer", and it is asked again
        await gate.call(pay)                   # raises CardError
        # BreakerError: what the ``except CardError`` never sees
    """
    for shape in offered(trial):
        async with gate(trial, shape) as s:
            for value in (None, 0, ValueError("a value, not an error"), (), "well"):
                answer = await s.ask(s.service.call(value, turns=trial.draw(3)))
                expect(answer.kind == "returned" and answer.what is value, f"a call that returns {value!r} {answer}")
            for error in (DownError("a"), KeyError("b")):
                answer = await s.ask(s.service.call(error=error, turns=trial.draw(3)))
                expect(answer.kind == "raised" and answer.what is error, f"a call that raises {error!r} {answer}")
            expect(s.service.calls == 7, f"7 calls through a {shape} made {s.service.calls}")
            expect(
                await _stops(s), f"a call through a {shape} raised what is no Exception, and something else came out"
            )


async def _stops(s: Scene) -> bool:
    error = StopError("stop")
    try:
        await s.gate.call(s.service.call(error=error))
    except StopError as raised:
        return raised is error
    return False


async def gates_are_independent(trial: Trial) -> None:
    """Gates know nothing of each other: what one has seen is nothing to another.

    There is one for each service. If they share a count or a name, the mail server is down and nobody can pay.

        mail, bank = breaker(5, ...), breaker(5, ...)
        await outage_of(mail)
        await bank.call(pay)
        # RejectedError: the bank is well
    """
    shapes = offered(trial)
    if "breaker" in shapes:
        async with breaker(trial) as down, breaker(trial, clock=down.clock) as well:
            await down.open()
            await well.passes("while another breaker is open")
            await well.fail(well.failures - 1)
            await down.rejects("after another breaker had let calls through")
            await well.passes("after fewer failures than open it, while another breaker is open")
    if "bulkhead" in shapes:
        async with bulkhead(trial, 1) as full, bulkhead(trial, 1, clock=full.clock) as free:
            door = event(trial)
            inside = full.start(full.service.call(door=door))
            await trial.rest(3)
            await free.passes("while another bulkhead is full")
            await full.rejects("while its only place was taken, and another bulkhead had a free one")
            door.set()
            await full.ended([inside])


async def time_of_day_does_not_matter(trial: Trial) -> None:
    """When the time of day is set, a breaker rejects neither longer nor shorter for it.

    A laptop wakes up, a virtual machine is moved, somebody corrects the clock. A breaker that was to wait for half a
    minute by the time of day waits for twelve hours, or for nothing.

        await outage()                   # recovery: 30 seconds
        set_clock(back=hours(12))
        await sleep(31)
        await gate.call(fetch)           # RejectedError until tonight
    """
    for jump in (-HALF_A_DAY, HALF_A_DAY):
        async with breaker(trial) as s:
            await s.open()
            s.clock.jump = jump
            for _ in range(3):
                await s.rejects("before the recovery was over, after the time of day had been set")
                await s.wait(NEARLY / 3)
            await s.wait(PAST - NEARLY)
            way = "back" if jump < 0 else "ahead"
            await s.passes(f"once the recovery was over, in which the time of day had been set {way} by half a day")


async def what_is_rejected_is_forgotten(trial: Trial) -> None:
    """A rejection holds on to nothing: however many there are, nothing of those who were rejected is kept.

    An error that is made once and raised again and again keeps the frames of everybody whom it was raised to, with
    all their requests and answers in them; a line for each rejection is less, and there is no end to them, either. An
    outage of an hour fills the memory, with a breaker to save the program.

        async def handler(body):             # some megabytes
            return await gate.call(fetch)    # RejectedError
        # an hour later all bodies are still there
    """
    for shape in offered(trial):
        await _rejections(trial, shape)


async def _rejections(trial: Trial, shape: Shape) -> None:
    async with gate(trial, shape) as s:
        door, inside = event(trial), []
        if shape == "breaker":
            await s.open()
        else:
            inside = [s.start(s.service.call(door=door)) for _ in range(8)]
            await trial.rest(3)
        bodies: list[weakref.ref[Body]] = []
        for _ in range(CALLERS):
            await _handler(s, bodies)
        trial.collect_garbage()
        kept = sum(body() is not None for body in bodies)
        expect(len(bodies) == CALLERS, f"{CALLERS - len(bodies)} of {CALLERS} calls were not rejected by a {shape}")
        expect(kept <= KEPT, f"what {kept} of {CALLERS} callers had was kept after they had been rejected")
        # One in so many probes, and fails, where a recovery is over meanwhile.
        rejected = nullcontext(lambda: s.ask(s.service.down()))
        await same_memory_of(trial, lambda: rejected, f"a call is rejected by a {shape}")
        door.set()
        await s.ended(inside)


class Body:
    """What a caller has that is rejected."""


async def _handler(s: Scene, bodies: list["weakref.ref[Body]"]) -> None:
    body = Body()
    try:
        await s.gate.call(s.service.call())
    except s.trial.module.RejectedError:  # caught in the frame that holds the body, as a handler would
        bodies.append(weakref.ref(body))


async def second_loop(trial: Trial) -> None:
    """A gate that has been used in one loop works in another, or says at once that it does not.

    A gate is made once, beside the client that it guards, and tests have a loop each. What hangs in the second test
    hangs for a reason that lies in the first.

        gate = Breaker(5, 30.0)
        asyncio.run(test_one())
        asyncio.run(test_two())     # waits for ever
    """
    for shape in offered(trial):
        async with getattr(trial.module, shape)(*((3, NEVER, NEVER) if shape == "breaker" else (2,))) as opened:
            used = partial(_use, trial, opened)
            await used()
            other = threading.Thread(target=trial.backend.run, args=(used, 0), name="trial of two loops", daemon=True)
            other.start()
            expect(ended_in_time(other, LONG), f"calls through a {shape} in a second loop have not come to an end")


async def _use(trial: Trial, opened: Gate) -> None:
    """Some calls at once; an error says that it does not work, which is an answer."""

    async def caller() -> None:
        with suppress(Exception):
            await opened.call(partial(trial.hop, 3))

    await trial.backend.toolkit.together([caller] * 3)


async def nothing_left_behind(trial: Trial) -> None:
    """Whether calls are answered, fail, are rejected or cancelled, a gate leaves no task, thread or generator behind.

    What is left runs on when the program believes that all is done, and is destroyed with a complaint in the end.

        async with breaker(5, 30.0, 10.0) as gate:
            await gate.call(fetch)
        # a task that watches the recovery is still there
    """
    await _all_ways(trial)


async def no_complaints(trial: Trial) -> None:
    """Whatever happens to calls, there is no warning, nothing in the loop's log, and no error that nobody can see.

    A log full of complaints that mean nothing hides the one that does; and some of them say that an error was lost.

        await gate.call(fetch)          # RejectedError
        # RuntimeWarning: coroutine 'fetch' was never awaited,
        # and so for every call of an outage
    """
    await _all_ways(trial)


async def _all_ways(trial: Trial) -> None:
    """Calls that are answered, fail, are cancelled, and rejected."""
    for shape in offered(trial):
        async with gate(trial, shape) as s:
            callers = [s.start(s.service.call(turns=3)) for _ in range(4)] + [s.start(s.service.down(turns=2))]
            await trial.hop(trial.draw(4))
            for caller in callers[:2]:
                caller.cancel()
            await s.ended(callers)
            door = event(trial)
            inside = [s.start(s.service.call(door=door)) for _ in range(8)] if shape == "bulkhead" else []
            if shape == "breaker":
                await s.open()
            await trial.rest(3)
            await s.ask(s.service.call())
            door.set()
            await s.ended(inside)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """A gate never holds up the loop, whether it lets through or rejects: all other tasks go on.

    One that was written for threads sleeps until it may try again, and with it the whole program: no request is
    answered, and no timeout fires.

        while time.monotonic() < self.until:
            time.sleep(0.1)
        # for half a minute nothing else happens
    """
    for shape in offered(trial):
        await free_loop(trial, partial(_visit, trial, shape))


async def _visit(trial: Trial, shape: Shape) -> None:
    async with gate(trial, shape) as s:
        if shape == "breaker":
            await s.open()
        await s.ask(s.service.call(turns=2))
        await s.ask(s.service.call())


async def memory_is_given_back(trial: Trial) -> None:
    """Calls that were made, and are over, take no memory that is never given back.

    A note for each call, each failure, or each time that the service was down, grows for as long as the program runs,
    and fastest while calls fail. What was to save the program fills its memory.

        except ConnectionError:
            self.failures.append(time.monotonic())
            # for a rate over the last minute: nobody drops what is older
    """
    await same_memory(trial, WORKLOADS, ("closed", "flapping", "places"), n=2)  # every second one fails
    if trial.virtual:  # it is down for half a minute, each time
        await same_memory(trial, WORKLOADS, ("half_open",))


async def passing_gives_a_turn(trial: Trial) -> bool:
    """Other tasks get a turn while a call goes through that does not wait for anything.

    Not a fault either way, but to be known beside the speed: a task that makes a thousand such calls in a row may keep
    the whole loop busy until it is done.

        for key in keys:                      # all of them cached
            await gate.call(partial(look_up, key))
        # nothing else ran meanwhile: `await` is no promise to
        # give way
    """
    async with gate(trial, offered(trial)[0]) as s:
        return await gives_a_turn(trial, s.crew, partial(s.ask, s.service.call()))


BREAKER, BULKHEAD = ("breaker",), ("bulkhead",)

PROMISES = (
    Promise(answers_and_errors_pass),
    Promise(opens_after_failures, about=BREAKER),
    Promise(success_starts_the_count_anew, about=BREAKER),
    Promise(closes_once_the_service_is_back, about=BREAKER),
    Promise(waits_until_the_recovery_is_over, about=BREAKER),
    Promise(rejections_prolong_nothing, about=BREAKER),
    Promise(one_probe_at_a_time, about=BREAKER, need="probe"),
    Promise(late_outcome_changes_nothing, about=BREAKER, need="overlap"),
    Promise(rejected_means_not_made, about=BREAKER, need="instead"),
    Promise(probe_makes_room, swept=True, about=BREAKER),
    Promise(cancelled_caller_is_cancelled, swept=True),
    Promise(cancelled_call_is_no_failure, about=BREAKER),
    Promise(cancelled_call_is_no_success, about=BREAKER, need="leavers"),
    Promise(who_gives_up_has_seen_a_failure, about=BREAKER, need="deadlines"),
    Promise(deadlines_inside_are_the_calls_own, about=BREAKER),
    Promise(limit_never_exceeded, about=BULKHEAD),
    Promise(full_bulkhead_rejects_at_once, about=BULKHEAD),
    Promise(place_comes_back, swept=True, about=BULKHEAD),
    Promise(gates_are_independent),
    Promise(what_is_rejected_is_forgotten, once=True),
    Promise(time_of_day_does_not_matter, about=BREAKER, need="clock"),
    Promise(second_loop, real=True, once=True, need="loops"),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(no_complaints, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(memory_is_given_back, once=True),
    Promise(callers_wait_for_the_probe, once=True, fact=True, about=BREAKER),
    Promise(passing_gives_a_turn, once=True, fact=True),
)

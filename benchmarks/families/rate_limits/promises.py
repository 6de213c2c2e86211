"""What is asked of ``patterns.rate_limits``: whether the limit holds, is used, and treats everybody alike."""

from functools import partial
from itertools import count

from benchmarks.families.rate_limits.cancelled import cancelled_waiter_leaves_at_once, cancelled_waiter_takes_no_permit
from benchmarks.families.rate_limits.endings import (
    heavy_request_gets_its_turn,
    late_acquire_ends,
    leaving_keeps_nobody_waiting,
    no_complaints,
    nothing_left_behind,
    too_many_permits_raise,
)
from benchmarks.families.rate_limits.paced import (
    cancelled_run_leaves_no_jobs,
    errors_come_bare,
    first_error_ends_the_run,
    jobs_start_at_the_pace,
    jobs_start_in_order,
    jobs_start_within_the_limit,
    long_run_of_jobs_stays_below,
    many_jobs_start_at_the_pace,
    run_does_every_job_once,
)
from benchmarks.families.rate_limits.scene import (
    BURST,
    LATE,
    SLACK,
    SOON,
    Request,
    Scene,
    Shape,
    offered,
    scene,
    some,
    within_long_run,
)
from benchmarks.families.rate_limits.waiting import (
    fast_waiting_is_cheap,
    free_permit_gives_a_turn,
    limiters_are_independent,
    never_holds_up_the_loop,
    second_loop,
    time_of_day_does_not_matter,
    unused_permits_come_at_once,
    waiting_is_free,
    wakings,
    young_clock_does_not_matter,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect

RATE = 4
SCALES = ((10, 1.0), (5, 1.0), (2, 4.0), (1, 1.0), (25, 0.5))  # permits and seconds
FAST = (110, 0.05)
FASTEST = (110, 0.02)  # where a permit is less than a timer can wait
PERIODS = 3  # that a backlog lasts
LONG = 8  # periods: the long run
CROWD = 2000  # callers,
TOGETHER = 900  # permits in a period, so that they cannot all be served at once,
LOOK = 0.125  # periods after which it is seen how many are,
PATIENCE = 20_000  # and wakings, after which who looks again and again is asked no further
USED = 0.95
NEARLY = 1e-4  # of a period: what rounding may cost


async def never_above_the_limit(trial: Trial) -> None:
    """Within any period, wherever it begins, no more than the limit is given, also after a pause.

    The other side counts in windows of its own. A full bucket on top of what drips in, or one window's permits at its
    end and the next one's at its beginning, are up to twice the limit in one of them: it refuses, or bans the client.

        async with limiter(100, 60.0) as limit:   # 100 a minute
            await gather(*(limit.acquire() for _ in range(200)))
        # bucket: 100 at once, and one every 0.6 s from then on
        # 199 calls in the first minute: "429 Too Many Requests"
    """
    for shape in offered(trial):
        for arrivals in some(trial, (_cold, _at_the_edge, _after_a_pause, _scattered)):
            async with scene(trial, shape, RATE) as s:
                asked = []
                for moment, permits in sorted(arrivals(trial)):
                    await s.until(moment)
                    asked.append(s.ask(permits if shape == "weighted_limiter" else 1))
                await s.served(asked, 8)
                _within(s)
        for turns in some(trial, range(SOON)):
            await _given_up_at_the_grant(trial, shape, turns)


async def _given_up_at_the_grant(trial: Trial, shape: Shape, turns: int) -> None:
    """The first who waits is cancelled in the turns in which its permit comes; the others must not come too soon."""
    async with scene(trial, shape) as s:
        waiting: list[Request] = []

        async def give_up() -> None:
            await s.until(1.0)
            await trial.hop(turns)
            waiting[0].player.cancel()

        s.crew.start(give_up, name="who cancels")  # its timer is older than the limiter's
        await s.ask_in_order(1, name="the holder")
        waiting += await s.ask_in_order(4, name="caller")
        await s.served(waiting, 8)
        _within(s)


async def long_run_stays_below(trial: Trial) -> None:
    """In the long run no more is given than the limit allows: two periods' permits at once at most, then the pace.

    A limiter that forgets what it gave, or starts its count anew with each caller, asks the other side twice or ten
    times as often as it may: every second call is refused, and the key is locked in the end.

        async with limiter(10, 1.0) as limit:     # 10 a second
            for page in pages:
                await limit.acquire()
        # 600 calls in the first half of a minute
    """
    for shape in offered(trial):
        async with scene(trial, shape, RATE) as s:
            heavy = 1 + trial.draw(4) % 3 if shape == "weighted_limiter" else 1
            await s.until(trial.draw(8) / 8)
            asked = [s.ask(heavy) for _ in range(RATE * LONG // heavy)]
            if trial.draw(1):
                await s.until(s.now + LONG / 2)  # what comes later must not open a new account
                asked += [s.ask() for _ in range(RATE * LONG)]
            await s.served(asked, 3 * LONG)
            within_long_run(((one.served, one.permits) for one in s.order), s.rate, s.period)
    if trial.seed == 0:
        await _serves_a_crowd(trial)


async def _serves_a_crowd(trial: Trial) -> None:
    """Thousands ask in one turn: for more than may be had at once."""
    async with scene(trial, offered(trial)[0], TOGETHER) as s:
        with wakings(trial) as woken:
            asked = [s.ask() for _ in range(CROWD)]
            served, idle = -1, 0.0
            while served < CROWD and idle < LONG and sum(woken) <= PATIENCE:
                served, before = len(s.order), served
                idle = 0 if served > before else idle + LOOK
                await trial.sleep(LOOK * s.period)
        within_long_run(((one.served, one.permits) for one in s.order), s.rate, s.period)
        waiting = sum(not one.player.done for one in asked)
        expect(not waiting or idle < LONG, f"{waiting} of {CROWD} callers wait, and for {LONG} s nobody is served")


def _within(s: Scene) -> None:
    last, given = 0, 0
    for first in s.order:
        while last < len(s.order) and s.order[last].served < first.served + s.period - SLACK:
            given += s.order[last].permits
            last += 1
        span = s.order[last - 1].served - first.served
        expect(given <= s.rate, f"{given} permits within {span:.4g} s, where {s.rate} in {s.period:g} s are allowed")
        given -= first.permits


def _cold(trial: Trial) -> list[tuple[float, int]]:
    return [(0.0, 1 + trial.draw(4) % 3) for _ in range(3 * RATE + 1)]


def _at_the_edge(trial: Trial) -> list[tuple[float, int]]:
    late = 0.75 + trial.draw(6) / 32
    return [(trial.draw(4) / 8, 1), *((late, 1) for _ in range(2 * RATE))]


def _after_a_pause(trial: Trial) -> list[tuple[float, int]]:
    pause = 3.0 + trial.draw(8) / 8
    return [(0.0, 1), (0.0, 1), (pause, 2), *((pause + trial.draw(2) / 8, 1) for _ in range(3 * RATE))]


def _scattered(trial: Trial) -> list[tuple[float, int]]:
    return [(trial.random.random() * 4, 1 + trial.random.randrange(RATE)) for _ in range(5 * RATE)]


async def limit_is_used(trial: Trial) -> None:
    """While callers wait, at least 95 % of the limit is given, from one in two seconds to 50 a second.

    A limiter that waits a little longer each time to be sure, or starts each interval when the last one was noticed to
    be over, is slower than allowed. The import that was to take an hour takes two, and nobody knows why.

        async with limiter(10, 1.0) as limit:     # 10 a second
            for page in pages:
                await limit.acquire()
        # allowed: 600 a minute
        # given: 520
    """
    for rate, period in some(trial, SCALES):
        for shape in offered(trial):
            async with scene(trial, shape, rate, period, coarse=True) as s:
                await _backlog(s, period > 1 or trial.draw(1) == 1)
                if trial.seed % 2 == 0:
                    await s.until(s.now + (2 + trial.draw(4) / 4) * period)
                    await _backlog(s, period > 1 or trial.draw(1) == 1)
    for shape in offered(trial):
        for early, gone in ((1, False), (3, False), (3, True)):
            await _first_after_a_pause(trial, shape, early, gone)
        await _one_is_left(trial, shape)


async def _one_is_left(trial: Trial, shape: Shape) -> None:
    """Two permits become free, one waits, and another comes in that moment: the second permit is for it."""
    async with scene(trial, shape, 2) as s:
        late = Request("who came as two permits became free", 1)

        async def come() -> None:
            await s.until(1.0)
            await trial.hop(trial.draw(2) // 2)
            await s.acquire(late)

        late.player = s.crew.start(come, name=late.name)  # its timer is older than the limiter's
        await s.ask_in_order(2, name="a holder")
        early = s.ask(name="who waits")
        await s.served([early, late], 4)
        for request, due in ((early, 1.0), (late, 1.5)):  # where permits are spread
            expect(request.granted and request.served <= due + LATE, f"{request}, not after {due:.4g} s")


async def _first_after_a_pause(trial: Trial, shape: Shape, early: int, gone: bool) -> None:
    """Some ask in a row, and are served or gone, and then for long nobody asks; who comes then need not wait."""
    async with scene(trial, shape) as s:
        callers = await s.ask_in_order(early, name="an early caller")
        if gone:
            for request in callers:
                request.player.cancel()
        await s.served(callers, early)
        for pause in (4.0, 6.0):
            await s.until(pause + (1 + trial.draw(8)) / 16)
            late = s.ask(name="who came after a pause")
            await s.asked(late)
            await trial.rest(10)
            expect(late.granted, f"{late}, had asked after {late.asked:.4g} s, and for more than 1 s nobody had")


async def fast_limit(trial: Trial) -> None:
    """Thousands a second are limited, too: kept in the long run, and used to 95 % in periods of 50 ms or more.

    Timers are a millisecond late, and some are rounded to whole ones. A limiter that waits for a timer before each
    permit gives half of what is allowed, or everything at once where its wait is rounded to nothing.

        async with limiter(110, 0.05) as limit:   # 2200 per second
            for row in rows:
                await limit.acquire()
        # allowed: 2200 a second
        # given: 900
    """
    for shape in offered(trial):
        async with scene(trial, shape, *FAST, coarse=True) as s:
            await _backlog(s, trial.draw(1) == 1)
        if trial.seed % 5 == 0:
            async with scene(trial, shape, *FASTEST, coarse=True) as s:
                await s.until(trial.draw(4) / 1024)
                await s.served([s.ask() for _ in range((BURST + 1) * s.rate + 1)], LONG)
                within_long_run(((one.served, one.permits) for one in s.order), s.rate, s.period)


async def _backlog(s: Scene, loops: bool) -> None:
    """Ask for what some periods allow: all callers at once, or three that ask again and again."""
    began, wanted = s.now, s.rate * PERIODS + 1
    places = count()

    async def looper() -> None:
        while next(places) < wanted:
            await s.acquire(Request("", 1))

    before = len(s.order)
    if loops:
        players = [s.crew.start(looper, name="a looping caller") for _ in range(3)]
    else:
        players = [s.ask().player for _ in range(wanted)]
    ended = await s.done(players, 3 * PERIODS)
    given = len(s.order) - before
    expect(ended, f"{given} of {wanted} permits given in {3 * PERIODS} periods of {s.period:g} s for {s.rate}")
    took = s.order[-1].served - began
    ideal = PERIODS * s.period
    enough = took * USED <= ideal * (1 + NEARLY)
    expect(enough, f"{wanted} permits took {took:.4g} s, where {s.rate} per {s.period:g} s allow {ideal:g} s")


async def first_come_first_served(trial: Trial) -> None:
    """Callers who want equally many permits are served in the order in which they asked.

    A stack instead of a queue, or a crowd that is woken all at once and served as it comes, lets the unlucky wait as
    long as there is a queue. Their timeouts fire while others who came later are through.

        first = create_task(limit.acquire())
        second = create_task(limit.acquire())
        await second          # served
        first.done()          # False, and its timeout is near
    """
    for shape in offered(trial):
        for leaving in some(trial, (False, True)):
            await _queue(trial, shape, leaving)


async def _queue(trial: Trial, shape: Shape, leaving: bool) -> None:
    """Callers in a queue; one who leaves must not change the order of the others."""
    permits, rate = (1 + trial.draw(4) % 2, 3) if shape == "weighted_limiter" else (1, 1 + trial.draw(2) // 2)
    async with scene(trial, shape, rate) as s:
        waiting = []
        for number in range(9):
            waiting += await s.ask_in_order(1, permits, f"request {number}")
            if trial.draw(3) == 3:
                await s.until(s.now + trial.draw(4) / 16 + 1 / 37)  # never at a full second
        if leaving:
            await s.until(s.now + trial.draw(4) / 16)
            waiting[6 - trial.draw(2)].player.cancel()
        await s.served(waiting, 12)
        _in_order([request for request in waiting if request.granted or not request.player.done])


def _in_order(waiting: list[Request]) -> None:
    for place, early in enumerate(waiting):
        for late in waiting[place + 1 :]:
            kept = not late.granted or early.served <= late.served + SLACK
            expect(kept, f"{late}, {early}, who had asked {late.asked - early.asked:.4g} s before, or some turns")


async def nobody_overtakes(trial: Trial) -> None:
    """A caller who comes at the moment at which a permit becomes free does not get it before one who waits for it.

    Whoever was waiting is still waking up, or looks again only a little later, and the newcomer takes the permit. Under
    a steady stream of newcomers those who wait never get one.

        waiting = create_task(limit.acquire())
        await permit_becomes_free()
        await limit.acquire()    # through, at once
        waiting.done()           # False: back to the end
    """
    for shape in offered(trial):
        for _ in range(3 if trial.is_trio else 1):  # Trio draws the order of what is due in one moment
            await _come_too_late(trial, shape)
            await _the_first_gives_up(trial, shape)
        for gone in range(3):
            await _after_a_slow_turn(trial, shape, gone)


async def _come_too_late(trial: Trial, shape: Shape) -> None:
    """One who waits for a permit, and newcomers around the moment at which it becomes free."""
    async with scene(trial, shape) as s:
        await s.ask_in_order(1, name="the holder")
        for turns in (0, 0 if trial.is_trio else trial.draw(8)):  # their timers are older than the limiter's
            s.crew.start(partial(_newcomer, s, 1.0, turns), name="a newcomer")
        await s.until(0.25 + (3 + trial.draw(8)) / 1024)  # who looks every few milliseconds does not look in time
        waiter = s.ask(name="the waiter")
        await s.asked(waiter)
        for moment in (0.99, 1.0, 1.0, 1.0, 1.001, 1.004, 1.01, 1.04, 1.1):
            s.crew.start(partial(_newcomer, s, moment, 0), name="a newcomer")
        for turns in (1, 2, 3, 5):
            s.crew.start(partial(_newcomer, s, 1.0, turns), name="a newcomer")
        await s.done([waiter.player], 4)
        overtaken = [request for request in s.order[1:] if request.name != waiter.name]
        first = overtaken[0] if overtaken else waiter
        late = f"{first}, and had asked {first.asked - waiter.asked:.4g} s later"
        expect(s.order[1:2] == [waiter], f"{waiter}; {late}")


async def _after_a_slow_turn(trial: Trial, shape: Shape, gone: int) -> None:
    """Two wait, others behind them are gone, and a newcomer has computed until after a permit became free."""
    async with scene(trial, shape) as s:

        async def newcomer(moment: float) -> None:
            await s.until(moment)
            s.clock.compute(0.5)
            await s.acquire(Request("a newcomer", 1))

        await s.ask_in_order(1, name="the holder")
        waiting = await s.ask_in_order(2 + gone, name="caller")
        for request in waiting[2:]:
            request.player.cancel()
        s.crew.start(newcomer, 0.75, name="a newcomer")
        await s.done([waiting[0].player], 4)
        s.crew.start(newcomer, waiting[0].served + 0.75, name="a newcomer")
        await s.done([waiting[1].player], 8)
        told = ", ".join(map(str, s.order[1:3]))
        expect(s.order[1:3] == waiting[:2], f"two waited, newcomers came in turns that took long, and {told}")


async def _the_first_gives_up(trial: Trial, shape: Shape) -> None:
    """The first of three is cancelled by a newcomer who has computed until after a permit became free."""
    async with scene(trial, shape) as s:
        late = Request("a newcomer", 1)

        async def come() -> None:
            await s.until(0.75)
            s.clock.compute(0.5)
            waiting[0].player.cancel()
            await s.acquire(late)

        await s.ask_in_order(1, name="the holder")
        waiting = await s.ask_in_order(3, name="caller")
        late.player = s.crew.start(come, name=late.name)
        await s.served([*waiting[1:], late], 8)
        told = ", ".join(map(str, [*waiting[1:], late]))
        expect(s.order[1:] == [*waiting[1:], late], f"the first of three gave up in a turn that took long, and {told}")


async def _newcomer(s: Scene, moment: float, turns: int) -> None:
    await s.until(moment)
    await s.trial.hop(turns)
    await s.acquire(Request("a newcomer", 1))


ANY = ("limiter", "weighted_limiter")

PROMISES = (
    Promise(long_run_stays_below, about=ANY),
    Promise(never_above_the_limit, about=ANY, need="hard-limit"),
    Promise(limit_is_used, about=ANY, need="use"),
    Promise(fast_limit, about=ANY, need="fast"),
    Promise(first_come_first_served, about=ANY, need="order"),
    Promise(nobody_overtakes, about=ANY, need="order"),
    Promise(heavy_request_gets_its_turn, about=("weighted_limiter",), need="weights"),
    Promise(too_many_permits_raise, about=("weighted_limiter",), need="weights"),
    Promise(cancelled_waiter_takes_no_permit, swept=True, about=ANY),
    Promise(cancelled_waiter_leaves_at_once, swept=True, about=ANY),
    Promise(waiting_is_free, about=ANY, need="idle"),
    Promise(fast_waiting_is_cheap, about=ANY, need="fast"),
    Promise(limiters_are_independent, about=ANY),
    Promise(time_of_day_does_not_matter, about=ANY),
    Promise(young_clock_does_not_matter, about=(*ANY, "run_paced"), need="use"),
    Promise(second_loop, real=True, once=True, about=ANY, tolerates=("across loops",), need="loops"),
    Promise(jobs_start_in_order, about=("run_paced",), need="order"),
    Promise(long_run_of_jobs_stays_below, about=("run_paced",)),
    Promise(jobs_start_within_the_limit, about=("run_paced",), need="hard-limit"),
    Promise(jobs_start_at_the_pace, about=("run_paced",), need="use"),
    Promise(many_jobs_start_at_the_pace, about=("run_paced",), need="fast"),
    Promise(run_does_every_job_once, about=("run_paced",)),
    Promise(first_error_ends_the_run, about=("run_paced",)),
    Promise(cancelled_run_leaves_no_jobs, swept=True, about=("run_paced",)),
    Promise(leaving_keeps_nobody_waiting, about=ANY),
    Promise(nothing_left_behind, swept=True, collects=("tasks", "threads", "async generators")),
    Promise(no_complaints, swept=True, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(unused_permits_come_at_once, once=True, fact=True, about=ANY),
    Promise(free_permit_gives_a_turn, once=True, fact=True, about=ANY),
    Promise(late_acquire_ends, once=True, fact=True, about=ANY),
    Promise(errors_come_bare, once=True, fact=True, about=("run_paced",)),
)

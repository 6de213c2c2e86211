"""What is asked of ``patterns.rate_limits`` about those who wait, and about what must not matter to them."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import trio

from benchmarks.families.rate_limits.scene import SLACK, YOUNG, Request, Shape, offered, scene, some
from benchmarks.safety.clocks import clocks
from benchmarks.safety.trials import NotTestedError, Trial, expect, free_loop
from benchmarks.safety.waiting import gives_a_turn, in_time

WAITERS = 40
PERIOD = 64.0  # seconds
WAKINGS = 20.0  # per second, of all waiters together: what a few ten-thousandths of a processor do
CROWD = 80
PER_PERMIT = 24.0  # wakings
BUSY = (20, 0.01)  # permits and seconds
LONG = 2.0  # real seconds
ALIKE = 4  # of five requests: the last may have been cancelled
YOUNGEST = 3600.0  # seconds: a period that no clock has counted yet


async def waiting_is_free(trial: Trial) -> None:
    """Waiting costs no processor time, and a permit wakes the one who gets it, not everybody.

    A caller who looks every ten milliseconds costs little; two thousand of them cost most of a processor, and do
    nothing but look. A crowd that is woken for every single permit costs as much.

        async with limiter(100, 60.0) as limit:
            async with TaskGroup() as group:
                for job in two_thousand_jobs:
                    group.create_task(run(limit, job))
        # 70 % of a processor, to wait
    """
    for shape in offered(trial):
        for question in some(trial, (_while_nothing_happens, _while_one_after_the_other_is_served)):
            await question(trial, shape)


async def fast_waiting_is_cheap(trial: Trial) -> None:
    """At thousands a second, too, a permit wakes the one who gets it a few times, and nobody a hundred times.

    Timers are late, and some are rounded to none where less than a millisecond is left. A limiter that sets the next
    one for what is left then looks again in every turn of the loop, and keeps a processor busy with looking.

        async with limiter(20, 0.01) as limit:      # 2000 per second
            for row in rows:
                await limit.acquire()
        # a hundred looks for each permit: most of a processor
    """
    for shape in offered(trial):
        await _at_a_high_rate(trial, shape)


async def _while_nothing_happens(trial: Trial, shape: Shape) -> None:
    async with scene(trial, shape, period=PERIOD) as s:
        await s.served([s.ask()], 1)
        waiting = [s.ask() for _ in range(10 + trial.draw(2 * WAITERS - 20))]
        await s.asked(*waiting)
        await trial.hop(10)
        with wakings(trial) as woken:
            began = s.now
            while s.now < PERIOD * 0.75 and sum(woken) <= WAKINGS * PERIOD:
                await trial.sleep(4)
        rate = sum(woken) / max(s.now - began, 1.0)
        told = f"{len(waiting)} callers who wait are woken more than {WAKINGS:.0f} times per second"
        expect(rate <= WAKINGS, told)


async def _while_one_after_the_other_is_served(trial: Trial, shape: Shape) -> None:
    async with scene(trial, shape) as s:
        waiting = [s.ask() for _ in range(CROWD)]
        await s.asked(*waiting)
        await trial.hop(10)
        before = len(s.order)
        with wakings(trial) as woken:
            await trial.sleep(8)
        given = len(s.order) - before
        each = sum(woken) / max(given, 1)
        told = f"{CROWD} callers are woken more than {PER_PERMIT:.0f} times for each permit that is given"
        expect(each <= PER_PERMIT, told)


async def _at_a_high_rate(trial: Trial, shape: Shape) -> None:
    rate, period = BUSY
    async with scene(trial, shape, rate, period, coarse=True) as s:
        waiting = [s.ask() for _ in range(3 * rate)]
        await s.asked(*waiting)
        before = len(s.order)
        with wakings(trial) as woken:
            await s.served(waiting, 6)
        each = sum(woken) / max(len(s.order) - before, 1)
        # How many more says the clock, which stands still while somebody looks again and again.
        told = f"more than {PER_PERMIT:.0f} wakings per permit at {rate / period:.0f} permits per second"
        expect(each <= PER_PERMIT, told)


@contextmanager
def wakings(trial: Trial) -> Iterator[list[int]]:
    """Count how often somebody is woken: steps of tasks on Trio, callbacks and timers that are set elsewhere."""
    woken = [0]
    if trial.is_trio:
        counter = _Counter(woken)
        trio.lowlevel.add_instrument(counter)
        try:
            yield woken
        finally:
            trio.lowlevel.remove_instrument(counter)
        return
    loop = asyncio.get_running_loop()
    before = {name: vars(loop).get(name) for name in ("call_soon", "call_later", "call_at")}
    for name in before:
        setattr(loop, name, _counting(woken, getattr(loop, name)))
    try:
        yield woken
    finally:
        for name, method in before.items():
            if method is None:
                delattr(loop, name)
            else:
                setattr(loop, name, method)


def _counting(woken: list[int], method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        woken[0] += 1
        return method(*args, **options)

    return call


class _Counter(trio.abc.Instrument):
    def __init__(self, woken: list[int]) -> None:
        self._woken = woken

    def before_task_step(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002  Trio's signature
        """Somebody runs."""
        self._woken[0] += 1


async def limiters_are_independent(trial: Trial) -> None:
    """What happens to one limiter changes nothing for another one, even if it has the same rate and period.

    A limiter per customer or per host is the rule. Where they share a queue or a log, one busy customer uses up what
    belongs to all the others, and the sum of all limits is the limit of one.

        async with limiter(10, 1.0) as ours, limiter(10, 1.0) as theirs:
            await gather(*(ours.acquire() for _ in range(10)))
            await theirs.acquire()      # waits for a second
    """
    for shape in offered(trial):
        with clocks(trial) as clock:
            async with scene(trial, shape, 2, 1.0, clock) as one, scene(trial, shape, 2, 1.0, clock) as two:
                first = await one.ask_in_order(5)
                await trial.hop(trial.draw(20))
                second = await two.ask_in_order(5)
                await one.served(first[:ALIKE], 4)
                if trial.draw(1):
                    for request in first:
                        request.player.cancel()
                    await one.leave()
                await two.served(second, 8)
                _alike(first, second, two.began - one.began)


def _alike(first: list[Request], second: list[Request], shift: float) -> None:
    """Whoever is served: the first of one limiter when the first of the other is, and so on."""
    for early, late in zip(_served(first), _served(second), strict=True):
        kept = late.granted and abs(late.served + shift - early.served) <= SLACK
        expect(kept, f"{late}, in another limiter {early.name} after {early.served - shift:.4g} s")


def _served(requests: list[Request]) -> list[Request]:
    return sorted(requests, key=lambda request: (not request.granted, request.served))[:ALIKE]


async def young_clock_does_not_matter(trial: Trial) -> None:
    """A new limiter gives its first permit at once, also where the clock has just begun to count.

    Clocks that never jump begin at zero when the machine is started. A limiter that takes zero for the moment of its
    last permit is right for as long as the machine has been up for a period; in a container that has just been started,
    the first call waits for an hour.

        self.last = 0.0                          # an hour ago, mostly
        wait = self.last + 3600 - monotonic()
        # 20 s after the start: the first call waits 3580 s
    """
    for shape in some(trial, offered(trial)):
        async with scene(trial, shape, 1 + trial.draw(4), YOUNGEST, start=YOUNG) as s:
            first = s.ask(name="the first request")
            await s.asked(first)
            await trial.rest(10)
            expect(first.granted, f"{first} of a new limiter whose clock shows {s.began:g} s")
    if "run_paced" in trial.alternative.offers:
        started: list[float] = []

        async def job() -> None:
            started.append(trial.now())

        with clocks(trial):
            async with trial.crew() as crew:
                await trial.sleep(YOUNG)
                crew.start(trial.module.run_paced, [job], 1 + trial.draw(4), YOUNGEST, name="the run")
                await trial.rest(10)
                expect(bool(started), f"the first job has not started, and the clock shows {trial.now():g} s")


async def time_of_day_does_not_matter(trial: Trial) -> None:
    """Somebody who sets the clock, or the end of summer time, neither stops a limiter nor opens it.

    The time of day is set by people and by servers, back as well as forth. A limiter that counts by it lets a burst
    through when the clock is put forward; when it is put back an hour, it gives nothing for an hour.

        start = time.time()
        ...                          # ntpd puts the clock back
        if time.time() - start >= period:
            ...                      # not before an hour has gone by
    """
    for shape in offered(trial):
        moments = [await _with_a_jump(trial, shape, jump) for jump in (0.0, *some(trial, (-3600.0, 3600.0)))]
        for seen in moments[1:]:
            kept = len(seen) == len(moments[0])
            kept = kept and all(abs(a - b) <= SLACK for a, b in zip(seen, moments[0], strict=True))
            expect(kept, f"served after {_told(seen)} s, and after {_told(moments[0])} s if nobody sets the clock")


async def _with_a_jump(trial: Trial, shape: Shape, jump: float) -> list[float]:
    async with scene(trial, shape, 2) as s:
        await s.served([s.ask(), s.ask()], 2)
        await s.until(1.25)
        waiting = [s.ask() for _ in range(3)]
        await s.until(1.25 + (1 + trial.seed % 5) / 8)
        s.clock.jump = jump
        waiting += [s.ask() for _ in range(2)]
        await s.served(waiting, 6)
        return [request.served for request in s.order]


def _told(moments: list[float]) -> str:
    return ", ".join(f"{moment:.3g}" for moment in moments)


async def second_loop(trial: Trial) -> None:
    """A limiter used again in a second loop, after the first has finished, works or raises; it never hangs.

    Every test runs in a loop of its own, and a limiter at module level lives through all of them. A timer of the first
    loop that was to open it again will never fire, and the second loop waits for it.

        limit = Limiter(10, 1.0)            # at module level
        asyncio.run(first(limit))           # works
        asyncio.run(second(limit))          # waits for a timer of the first
    """
    for shape in offered(trial):
        await _two_loops(trial, shape)


async def _two_loops(trial: Trial, shape: Shape) -> None:
    hung: list[str] = []
    slow: list[str] = []
    broken: list[BaseException] = []
    limits: list[Any] = []

    def call(limit: Any) -> Any:
        return limit.acquire() if shape == "limiter" else limit.acquire(1)

    async def first() -> None:
        async with trial.crew() as crew, getattr(trial.module, shape)(2, 0.01) as limit:
            limits.append(limit)
            await trial.ended(*[crew.start(call, limit) for _ in range(4)])

    async def waiting(limit: Any) -> list[str]:
        async with trial.crew() as crew:
            players = [crew.start(call, limit, name=f"caller {number}") for number in range(4)]
            for _ in range(60):
                if all(player.done for player in players):
                    break
                await trial.backend.toolkit.sleep(0.01)
            return crew.waiting

    async def second() -> None:
        hung.extend(await waiting(limits[0]))

    async def afresh() -> None:
        async with getattr(trial.module, shape)(2, 0.01) as limit:
            slow.extend(await waiting(limit))

    def both() -> None:
        try:
            trial.backend.run(first, 0)
            trial.backend.run(second, 0)
            if hung:
                trial.backend.run(afresh, 0)
        except BaseException as error:
            broken.append(error)

    thread = threading.Thread(target=both, name="trial of two loops", daemon=True)
    thread.start()
    expect(await in_time(trial, lambda: not thread.is_alive(), LONG), f"the second loop did not end within {LONG:g} s")
    if broken:
        raise broken[0]
    if slow:
        raise NotTestedError("a new limiter of 2 permits in 10 ms does not give 4 in 0.6 s, either")
    expect(not hung, f"still waiting in the second loop: {', '.join(hung)}")


async def unused_permits_come_at_once(trial: Trial) -> bool:
    """After a pause, as many callers as the limit allows get through at once.

    Not promised, but to be known: some limiters spread them over the period, so that the other side never sees a burst
    and the last caller waits for most of a period, although nobody has asked for long.

        await asyncio.sleep(60)
        await gather(*(limit.acquire() for _ in range(100)))
        # at once, or within a minute?
    """
    async with scene(trial, offered(trial)[0], 4) as s:
        await s.until(3.0)
        asked = [s.ask() for _ in range(4)]
        await s.served(asked, 3)
        return all(request.served <= 3.0 + SLACK for request in asked)


async def free_permit_gives_a_turn(trial: Trial) -> bool:
    """Other tasks get a turn while an acquire finds a permit and need not wait.

    Not a fault either way, but to be known beside the speed: a task that acquires a thousand times in a row below the
    limit may keep the whole loop busy until it is done.

        for row in rows:             # below the limit
            await limit.acquire()
        # nothing else ran meanwhile: `await` is no promise to
        # give way
    """
    async with scene(trial, offered(trial)[0], 8) as s:
        await s.served([s.ask()], 3)
        await s.until(3.0)
        return await gives_a_turn(trial, s.crew, partial(s.acquire, Request("a caller", 1)))


async def never_holds_up_the_loop(trial: Trial) -> None:
    """An acquire never holds up the loop: while it waits for its permit, all other tasks go on.

    A limiter that was written for threads sleeps until the permit is there, and with it the whole program: no request
    is answered, no timeout fires, and what other limits would allow has to wait as well.

        async def acquire(self):
            time.sleep(self.next - time.monotonic())
        # ten callers, one permit a second:
        # for ten seconds nothing else happens
    """

    async def visit(shape: str) -> None:
        async with getattr(trial.module, shape)(2, 1.0) as limiter:
            for _ in range(3):
                await limiter.acquire()

    async def run() -> None:
        await trial.module.run_paced([trial.hop] * 3, 2, 1.0)

    visits: list[Callable[[], Awaitable[None]]] = [partial(visit, shape) for shape in offered(trial)]
    if "run_paced" in trial.alternative.offers:
        visits.append(run)
    for operation in visits:
        with clocks(trial):
            await free_loop(trial, operation)

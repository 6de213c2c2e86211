"""What is asked of ``patterns.rate_limits`` about callers who leave: who waits for them, and what they take along."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.families.rate_limits.scene import (
    LATE,
    Request,
    Scene,
    Shape,
    ending,
    offered,
    scene,
    some,
    with_timeout,
)
from benchmarks.safety.trials import Player, Trial, expect

WAYS = ("cancelled", "timed out")
TURNS = 10  # in which a permit that is given has reached whoever gets it
MOMENTS = 9  # turns after which a caller who waits for nothing but the clock is in no new state


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits behind a holder of all or some permits: letters are callers in their order, and capitals leave.

    ``rate`` permits a second; the holder has ``held`` of them, and each caller wants one, or what ``permits`` says.
    Those who leave do so at ``early`` moments, and in the turns around a ``grant``; the others are then due after so
    many seconds, or in the moment in which somebody leaves if that is later.
    """

    rate: int
    held: int
    names: str
    grant: float
    due: dict[str, float]
    permits: dict[str, int] = field(default_factory=dict)
    early: float = 0.25

    @property
    def leaving(self) -> list[str]:
        """Who leaves."""
        return [name for name in self.names if name.isupper()]


# The moments are those of any limiter that keeps its promise, whether it spreads its permits or not.
ONES = (
    Queue(1, 1, "Ab", 1.0, {"b": 1.0}),
    Queue(1, 1, "aBc", 2.0, {"a": 1.0, "c": 2.0}),
    Queue(1, 1, "ABCDEFg", 1.0, {"g": 1.0}),
    Queue(2, 2, "aBc", 1.0, {"a": 1.0, "c": 1.5}),
)
SEVERAL = (
    Queue(4, 4, "Ab", 1.0, {"b": 1.0}, {"A": 4, "b": 4}),
    Queue(4, 4, "Abc", 1.0, {"b": 1.5, "c": 1.5}, {"A": 4, "b": 2, "c": 2}),
    Queue(4, 2, "Ab", 1.0, {"b": 0.0}, {"A": 4}, early=7 / 16),
)
QUEUES: dict[Shape, tuple[Queue, ...]] = {"limiter": ONES, "weighted_limiter": SEVERAL}


async def cancelled_waiter_takes_no_permit(trial: Trial) -> None:
    """Who is cancelled, or times out, takes no permit along: the next is served when it would have been.

    A permit that was promised to a caller who left, or was just on its way to it, is lost, and the others wait a period
    longer. Where timeouts are frequent, most of the limit is given to nobody; a head of the queue that leaves may even
    leave the queue without anybody who looks at the clock.

        async with asyncio.timeout(1):
            await limit.acquire()       # fires as the permit comes
        # the permit is gone, and the next caller waits for
        # another one, though nobody used this one
    """
    landed = False
    for shape in offered(trial):
        for queue in some(trial, QUEUES[shape]):
            for way in some(trial, WAYS[:1] if trial.is_trio else WAYS):  # all is scopes there
                if trial.tick == 0 or trial.seed % 4 == 3:
                    await _leave(trial, shape, queue, way, queue.early + trial.draw(4) / 64, first=True)
                if trial.seed % 4 != 3:
                    for first in some(trial, (True,) if trial.is_trio else (True, False)):
                        landed |= await _leave(trial, shape, queue, way, queue.grant, first)
    trial.landed = landed and trial.tick < TURNS


async def _leave(trial: Trial, shape: Shape, queue: Queue, way: str, moment: float, first: bool) -> bool:
    """Some leave at a moment, in the turn of the trial if permits are given at it; whether they were still there.

    ``first`` says whether the timer of those who leave is older than any timer of the limiter's.
    """
    async with scene(trial, shape, queue.rate) as s:
        players: list[Player] = []
        striker = s.crew.start(_strike(s, moment, players), name="the striker") if first else None
        waiting = await _wait(s, queue, way)
        players += [waiting[name].player for name in _shuffled(trial, queue)]
        striker = striker or s.crew.start(_strike(s, moment, players), name="the striker")
        await s.done([striker], moment + 2)
        await trial.ended(*players)
        gone = [waiting[name] for name in queue.leaving]
        if not any(request.granted for request in gone):
            await _expect_in_time(s, queue, waiting, moment, way)
        return trial.landed


async def _wait(s: Scene, queue: Queue, way: str) -> dict[str, Request]:
    """Take what is held at first, and let the callers of the queue ask one after the other."""
    held = [s.ask(queue.held)] if s.shape == "weighted_limiter" else [s.ask() for _ in range(queue.held)]
    await s.asked(*held)
    waiting = {}
    for name in queue.names:
        request = Request(name, queue.permits.get(name, 1))
        if way == "timed out" and name.isupper():
            with_timeout(s, request)
        else:
            request.player = s.crew.start(s.acquire, request, name=name)
        waiting[name] = request
        await s.asked(request)
    return waiting


def _strike(s: Scene, moment: float, players: Sequence[Player]) -> Callable[[], Awaitable[None]]:
    async def strike() -> None:
        await s.until(moment)
        await s.trial.strike(*players)

    return strike


def _shuffled(trial: Trial, queue: Queue) -> list[str]:
    leaving = queue.leaving
    if trial.seed:
        trial.random.shuffle(leaving)
    return leaving


async def _expect_in_time(s: Scene, queue: Queue, waiting: dict[str, Request], moment: float, way: str) -> None:
    """Expect that those who stay are served when they would have been, in whatever order."""
    stay = [waiting[name] for name in queue.names if name.islower()]
    await s.served(stay, 4 * len(waiting))
    stay.sort(key=lambda request: (not request.granted, request.served))
    for request, due in zip(stay, sorted(max(queue.due[request.name], moment) for request in stay), strict=True):
        left = f"{len(queue.leaving)} were {way} after {moment:.4g} s"
        expect(request.granted and request.served <= due + LATE, f"caller {request}, not after {due:.4g} s; {left}")


async def cancelled_waiter_leaves_at_once(trial: Trial) -> None:
    """A caller who is cancelled, or whose timeout fires, leaves at once, and does not get through after all.

    A request whose deadline has passed, and that waits on for its permit, holds its connection, its memory and its
    place in the queue, however short its timeout was. One whose cancellation is swallowed goes on working for nobody.

        async with asyncio.timeout(1):
            await limit.acquire()     # one per minute
        # the timeout fires after a second, and the caller leaves
        # a minute later
    """
    landed = False
    for shape in offered(trial):
        for way in some(trial, WAYS):
            async with scene(trial, shape) as s:
                await s.served([s.ask()], 2)
                request = Request("a caller", 1)
                if way == "timed out":
                    player = with_timeout(s, request)
                    await trial.hop()
                else:
                    player = request.player = s.crew.start(s.acquire, request)
                behind = s.ask(name="behind") if trial.seed % 2 else None
                before = s.now
                await trial.strike(player)
                landed |= trial.landed
                left = await trial.ended(player)
                expect(left, f"a caller that was {way} still waits {s.now - before:.4g} s and many turns later")
                # Who had its permit before that is none of this: what asks a thread may be late, and a period over.
                expect(not (trial.landed and request.granted), f"a caller that was {way} got through all the same")
                kept = not trial.landed or player.outcome == "cancelled" or player.value == "timed out"
                expect(kept, f"a caller that was {way} {ending(player)}")
                expect(not behind or not behind.player.done, "somebody behind a caller that left was served too soon")
            await _heeded_at_the_grant(trial, shape, way)
    trial.landed = landed and trial.tick <= MOMENTS


async def _heeded_at_the_grant(trial: Trial, shape: Shape, way: str) -> None:
    """A cancellation that comes in the turn of the permit: on asyncio it cannot be undone, so it must be heeded."""
    async with scene(trial, shape) as s:
        await s.served([s.ask()], 2)
        request = Request("a caller", 1)
        player = with_timeout(s, request) if way == "timed out" else None
        player = player or s.crew.start(s.acquire, request)
        request.player = player
        await s.until(1.0)
        await trial.strike(player)
        asked = trial.landed
        await trial.ended(player)
        heeded = player.outcome == "cancelled" or trial.is_trio or way != "cancelled" or not asked
        expect(heeded, f"a caller that was cancelled as its permit came {ending(player)}")

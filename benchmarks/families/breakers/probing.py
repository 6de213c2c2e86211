"""What is asked of ``patterns.breakers`` about the half-open state, and about what ends later than it began."""

from benchmarks.families.breakers.leaving import leaving
from benchmarks.families.breakers.scene import PAST, Scene, StopError, breaker, some
from benchmarks.plan.backends import Event
from benchmarks.safety.trials import Player, Trial, event, expect

CROWD = 12  # callers at the moment at which a probe may be made
WAYS = ("was cancelled", "timed out", "raised what is no Exception")
ROUNDS = 2  # probes in a row that end so
TURNS = 2  # that a probe takes
SETTLED = 15  # in which a crowd has found out


async def one_probe_at_a_time(trial: Trial) -> None:
    """While a probe is under way, no other call is made.

    The service is coming back: caches are cold, and connections are few. A hundred callers have waited for it, all of
    them are let through in one turn of the loop, and it goes down again; so it does after the next recovery.

        await outage()
        await sleep(31)               # recovery: 30 seconds
        await gather(*(gate.call(fetch) for _ in range(100)))
        # 100 calls to a service that was to be probed
    """
    async with breaker(trial) as s:
        for fails in some(trial, (False, True)):
            await s.open()
            await s.wait(PAST)
            probes = await _crowd(s, fails)
            expect(probes > 0, f"{CROWD} callers asked when the recovery was over, and no call was made")
            expect(probes == 1, f"{probes} of {CROWD} calls were under way at once when the recovery was over")
            if not fails:
                await s.passes("after a probe had been answered")


async def _crowd(s: Scene, fails: bool) -> int:
    """Let a crowd come while the probe is under way; how many calls were made before one of them had ended."""
    s.service.door, before = event(s.trial), s.service.calls
    function = s.service.down(door=s.service.door) if fails else s.service.call("well", door=s.service.door)
    players: list[Player] = []
    for _ in range(CROWD):
        players.append(s.start(function))
        await s.trial.drift(3)
    await s.trial.rest(SETTLED)
    probes = s.service.calls - before
    s.service.door.set()
    expect(await s.ended(players), "the probe has ended, and those who came meanwhile have got no answer")
    return probes


async def probe_makes_room(trial: Trial) -> None:
    """However a probe ends, cancelled or by what is no ``Exception``, another one can be made a recovery later.

    The caller who probes hangs up, and its place is never given back. From then on the breaker waits for a probe that
    is over: it rejects everybody, for ever, and the service has been well for hours.

        await outage()
        async with asyncio.timeout(1):
            await gate.call(fetch)     # the probe: cancelled
        await gate.call(fetch)         # RejectedError
        # and so is every other call until the program is restarted
    """
    landed = False
    for way in some(trial, WAYS[:2] if trial.tick else WAYS):
        async with breaker(trial) as s:
            await s.open()
            for _ in range(ROUNDS):
                await s.wait(PAST)
                landed |= await _ended_probe(s, way)
            await s.wait(PAST)
            await s.passes(f"a recovery after a probe {way}")
            await s.passes(f"and a call was answered, after {ROUNDS} probes {way}")
    trial.landed = landed and trial.tick <= TURNS + 2


async def _ended_probe(s: Scene, way: str) -> bool:
    """Let a probe end in a way; whether there was a probe to end."""
    if way == WAYS[2]:
        prober = s.start(s.service.call(error=StopError("stop"), turns=s.trial.draw(TURNS)), "who probes")
        await s.ended([prober])
        return False
    turns = TURNS if s.trial.seed == 0 else s.trial.draw(TURNS)
    function = s.service.call("well", turns=turns)
    prober = s.start(function, "who probes") if way == WAYS[0] else leaving(s, function)
    await s.trial.strike(prober)
    landed = s.trial.landed
    expect(await s.ended([prober]), "who probes was cancelled, and has not ended")
    return landed


async def late_outcome_changes_nothing(trial: Trial) -> None:
    """What was asked before the breaker opened or closed changes nothing when it ends at last.

    A slow call that began before the outage is answered while the breaker is open, and closes it: everybody is let
    through to what is down. Or it fails when the service has long been back, and everybody is rejected again.

        slow = create_task(gate.call(report))     # takes a minute
        await outage()                            # open
        await slow                                # answered
        await gate.call(fetch)
        # made: the success of a minute ago has closed the breaker
    """
    for late in some(trial, ("success while open", "failure while open", "success of old", "failure of old")):
        async with breaker(trial, 2 + trial.draw(2)) as s:
            await _LATE[late](s)


async def _success_while_open(s: Scene) -> None:
    door, slow = await _begun(s, 2)
    await s.open()
    door.set()
    expect(await s.ended(slow), "calls that began before the breaker opened have not ended")
    await s.rejects("after calls had been answered that began before the breaker opened")


async def _failure_while_open(s: Scene) -> None:
    door, slow = await _begun(s, s.failures + 1, fail=True)
    await s.open()
    await s.wait(0.5)
    door.set()
    expect(await s.ended(slow), "calls that began before the breaker opened have not ended")
    await s.wait(PAST - 0.5)
    await s.passes("once the recovery was over, in which calls had failed that began before")


async def _success_of_old(s: Scene) -> None:
    """One that began before the outage is answered while the probe is under way, which then fails."""
    door, slow = await _begun(s, 1)
    await s.open()
    await s.wait(PAST)
    s.service.door = event(s.trial)
    prober = s.start(s.service.down(door=s.service.door), "who probes")
    await s.trial.rest(3)
    door.set()
    await s.ended(slow)
    s.service.door.set()
    expect(await s.ended([prober]), "the probe has not ended")
    await s.rejects("after a probe had failed, during which a call was answered that began before the outage")


async def _failure_of_old(s: Scene) -> None:
    """Those that began before the outage fail when the service is back."""
    door, slow = await _begun(s, s.failures, fail=True)
    await s.open()
    await s.wait(PAST)
    await s.passes("once the recovery was over")
    door.set()
    await s.ended(slow)
    await s.passes(f"after {s.failures} calls had failed that began before the outage")


_LATE = {
    "success while open": _success_while_open,
    "failure while open": _failure_while_open,
    "success of old": _success_of_old,
    "failure of old": _failure_of_old,
}


async def _begun(s: Scene, number: int, *, fail: bool = False) -> tuple[Event, list[Player]]:
    """So many calls under way, and the door for which they wait."""
    door = event(s.trial)
    slow = [s.start(s.service.down(door=door) if fail else s.service.call(door=door)) for _ in range(number)]
    await s.trial.rest(3)
    return door, slow


async def callers_wait_for_the_probe(trial: Trial) -> bool:
    """Those who come while a probe is under way wait for what it says, instead of being rejected.

    Not a fault either way, but to be known: who waits gets an answer that would have been rejected, and waits as long
    as the probe takes, be that until its timeout.

        first = create_task(gate.call(fetch))      # the probe
        await gate.call(fetch)
        # RejectedError at once, or the answer a second later?
    """
    async with breaker(trial) as s:
        await s.open()
        await s.wait(PAST)
        door = event(trial)
        prober = s.start(s.service.call(door=door), "who probes")
        await trial.rest(3)
        asked = s.service.calls
        second = s.start(s.service.call())
        await trial.rest(SETTLED)
        waits = not second.done and s.service.calls == asked
        door.set()
        await s.ended([prober, second])
        return waits

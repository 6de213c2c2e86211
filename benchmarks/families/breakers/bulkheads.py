"""What is asked of ``bulkhead`` of ``patterns.breakers``: its places, and that all of them come back."""

from benchmarks.families.breakers.leaving import begun
from benchmarks.families.breakers.scene import DownError, StopError, bulkhead, some
from benchmarks.safety.trials import Player, Trial, event, expect

WAYS = ("cancel", "timeout", "error", "stop", "value")
TURNS = 2  # that a call takes


async def limit_never_exceeded(trial: Trial) -> None:
    """A bulkhead never has more calls under way than its limit, however many come at once.

    The limit is the number of connections that the service has for this program, or of what memory allows. One that is
    asked and taken in two steps lets a whole crowd through that comes in one turn of the loop.

        gate = bulkhead(10)
        await gather(*(gate.call(fetch) for _ in range(100)))
        # all of them saw that ten places were free
    """
    limit = 1 + trial.draw(4)
    async with bulkhead(trial, limit) as s:
        callers = [s.start(s.service.call(turns=trial.draw(4))) for _ in range(3 * limit)]
        for _ in range(3 * limit):
            await trial.drift(2)
            callers.append(s.start(s.service.call(turns=trial.draw(4))))
        expect(await s.ended(callers), "calls through a bulkhead have not ended")
        expect(s.service.peak <= limit, f"{s.service.peak} calls were under way at once, the limit is {limit}")


async def full_bulkhead_rejects_at_once(trial: Trial) -> None:
    """Who finds all places taken is rejected at once; as long as there is one the call is made.

    A bulkhead that lets callers queue behind a service that hangs is none: they wait, hold what they hold, and the
    program is as stuck as without it. One that rejects too early wastes what the service can do.

        gate = bulkhead(10)                # ten calls hang in it
        await gate.call(fetch)
        # waits behind them, and so does everybody else
    """
    limit = 1 + trial.draw(4)
    async with bulkhead(trial, limit) as s:
        inside: list[Player] = []
        door = event(trial)
        for number in range(limit):
            inside.append(s.start(s.service.call(door=door), f"call {number + 1}"))
            await trial.rest(3)
            expect(s.service.calls == number + 1, f"{number} of {limit} places were taken, and a call was not made")
        late = [s.start(s.service.call()) for _ in range(3)]
        in_time = await s.ended(late)
        expect(in_time, f"all {limit} places are taken, and who came after that waits")
        wrong = [str(player.value) for player in late if getattr(player.value, "kind", "") != "rejected"]
        expect(not wrong, f"all {limit} places were taken, and a call {''.join(wrong[:1])}")
        door.set()
        expect(await s.ended(inside), "calls through a bulkhead have not ended")


async def place_comes_back(trial: Trial) -> None:
    """However a call ends, by an answer, an error or a cancellation, its place comes back, and only its own.

    Ten callers hang up, and each of them takes a place along: the bulkhead is full for ever, and nobody is inside. Or a
    place comes back twice, and from then on more calls are under way than there may be.

        for request in requests:           # ten of them hang up
            task = create_task(gate.call(fetch))
            task.cancel()
        await gate.call(fetch)
        # RejectedError: full, and no call is under way
    """
    limit = 2
    landed = False
    for way in some(trial, WAYS[:2] if trial.tick else WAYS):
        async with bulkhead(trial, limit) as s:
            for _ in range(limit + 1):
                error = {"error": DownError("down"), "stop": StopError("stop")}.get(way)
                function = s.service.call(turns=TURNS, error=error)
                caller = begun(s, function, way if way in WAYS[:2] else "cancel")
                if way in WAYS[:2]:
                    await trial.strike(caller)
                    landed |= trial.landed
                expect(await s.ended([caller]), "a call through a bulkhead has not ended")
            door = event(trial)
            before = s.service.calls
            callers = []
            for _ in range(limit + 2):
                callers.append(s.start(s.service.call(door=door)))
                await trial.rest(3)
            made = s.service.calls - before
            told = f"after {limit + 1} calls had ended by {way}, {made} of {limit + 2} were made"
            expect(made == limit, f"{told}, where {limit} may be under way")
            door.set()
            await s.ended(callers)
    trial.landed = landed

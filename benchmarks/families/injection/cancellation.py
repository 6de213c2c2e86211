"""What is asked of ``patterns.injection`` when who calls, who makes what all need, or the program is cancelled."""

from benchmarks.families.injection.scene import LEFT_OPEN, Calling, Workshop, called, given, run
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, ending, expect, listed
from benchmarks.safety.waiting import all_end, before_long
from patterns.injection import Part


async def cancelled_call_is_cancelled(trial: Trial) -> None:
    """A call that is cancelled before its function has ended is cancelled, and has closed its parts when it ends.

    The client has gone away, or a deadline has passed, while the session was being opened. Nobody closes it, and its
    connection is never given back; or nobody learns of the cancellation, and the work goes on.

        async with asyncio.timeout(1):
            await inject(save, Session)()
        # QueuePool limit reached, after ten of them
    """
    shop = Workshop(trial)
    pool = shop.part("Pool", shared=True, turns=1)
    connection = shop.part("Connection", pool, turns=1)
    session = shop.part("Session", connection, turns=1)
    worked = 0

    async def work(_: object) -> None:
        nonlocal worked
        await trial.hop(2)
        worked += 1

    async with trial.crew() as crew:
        running = run(crew, trial, [session, connection, pool])
        inject = await running.enters()
        await called(trial, crew.start(inject(given, pool.kind), name="a call before"))
        call = inject(work, session.kind)
        calling = Calling(shop, call)
        player = crew.start(calling.run, name="a call")
        await trial.strike(player)
        going, in_time = not player.done, not calling.over
        await called(trial, player)
        expect(not going or player.outcome == "cancelled", f"a call {ending(player)}, although it was cancelled")
        cut_off = calling.passed and not worked
        expect(not cut_off, "a call was cut off by a cancellation before its function had ended, and it returned")
        left = [name for name in calling.open if name != "Pool"]
        expect(not (in_time and left), f"a call was cancelled, and when it had ended these were open: {listed(left)}")
        again = crew.start(call, name="the next call")
        await called(trial, again)
        expect(again.outcome == "returned", f"a call had been cancelled, and the next one {ending(again)}")
        await running.ends()


async def cancelled_clean_up_closes_others(trial: Trial) -> None:
    """When a call or a program is cancelled while a part is being closed, the others are closed all the same.

    Committing takes longer than the deadline allows. The session hears of it and gives up, and the connection below it
    is never given back.

        async with asyncio.timeout(1):
            await inject(save, Session)()   # commits slowly
        # QueuePool limit reached, after ten of them
    """
    for shared in (False, True):
        shop = Workshop(trial)
        connection = shop.part("Connection", shared=shared, clean_up=1)
        session = shop.part("Session", connection, shared=shared, clean_up=2)

        async def whole(parts: list[Part] = [session, connection]) -> None:  # noqa: B006  nobody changes it
            async with trial.module.program(parts, {}) as inject:
                await inject(given, parts[0].kind)()

        async with trial.crew() as crew:
            calling = Calling(shop, whole)
            player = crew.start(calling.run, name="a program")
            await before_long(trial, lambda shop=shop: bool(shop.those("closes")))  # type: ignore[misc]
            await trial.hop(trial.draw(2))
            going = not player.done
            player.cancel()
            await called(trial, player)
        left = calling.open
        expect(not left, f"a part was cancelled as it was being closed, and these stay open: {listed(left)}")
        cancelled = not going or player.outcome == "cancelled"
        expect(cancelled, f"a part was cancelled as it was being closed, and its user {ending(player)}")


async def cancelled_first_harms_nobody(trial: Trial) -> None:
    """When a call that makes a shared part is cancelled, others who wait for that part get it all the same.

    The first client goes away while the pool is being opened. All that came after it, and had waited for the same pool,
    are cancelled, too, or wait for ever, or get what has been closed again.

        async with asyncio.timeout(1):
            await first()
        await second   # CancelledError: whose?
    """
    shop = Workshop(trial)
    settings = shop.part("Settings", shared=True, turns=1)
    pool = shop.part("Pool", settings, shared=True, turns=1 + trial.draw(1))
    session = shop.part("Session", pool)

    async def work(_: object) -> list[str]:
        return shop.open

    async with trial.crew() as crew:
        running = run(crew, trial, [session, pool, settings])
        call = (await running.enters())(work, session.kind)
        first = crew.start(Calling(shop, call).run, name="the first call")
        await before_long(trial, lambda: bool(shop.those("begins")))
        others = [crew.start(call, name="another call") for _ in range(2)]
        await trial.strike(first)
        in_time = not first.done
        await all_end(trial, first, *others)
        late = crew.start(call, name="a later call")
        await all_end(trial, late)
        expect(not in_time or first.outcome == "cancelled", f"the first call {ending(first)}, though it was cancelled")
        for player in (*others, late):
            expect(player.outcome == "returned", f"the first call was cancelled, and {player.name} {ending(player)}")
            open_then = player.value
            expect("Pool" in open_then, f"the first call was cancelled, and {player.name} got a pool that was closed")
        await running.ends()
    expect(not shop.open, f"the first call was cancelled, and these were open after the program: {listed(shop.open)}")


async def cancelled_program_leaves_nothing(trial: Trial) -> None:
    """A cancelled program is cancelled, and when it has ended all its shared parts have been closed.

    That is how most programs end. A pool that was still being opened as the signal came, or whose turn to be closed had
    not come, keeps its connections until the database closes them.

        async with program(parts) as inject:
            await serve(inject)     # cancelled: SIGTERM
        # "unexpected EOF on client connection", each time
    """
    shop = Workshop(trial)
    settings = shop.part("Settings", shared=True, turns=1)
    pool = shop.part("Pool", settings, shared=True, turns=1 + trial.draw(1))

    passed: list[bool] = []

    async def whole() -> None:
        ended = False
        async with trial.module.program([pool, settings], {}) as inject:
            await inject(given, pool.kind)()
            await trial.hop(2)
            ended = True
        passed.append(ended)

    async with trial.crew() as crew:
        calling = Calling(shop, whole)
        player = crew.start(calling.run, name="a program")
        await trial.strike(player)
        in_time = not player.done
        await called(trial, player)
        left = calling.open
        expect(not left, f"a program was cancelled, and when it had ended these were open: {listed(left)}")
        expect(False not in passed, "a program was cut off by a cancellation, and what stands behind it ran")
        expect(not in_time or player.outcome == "cancelled", f"a program {ending(player)}, although it was cancelled")


CANCELLATION = (
    Promise(cancelled_call_is_cancelled, swept=True, tolerates=LEFT_OPEN),
    Promise(cancelled_clean_up_closes_others, tolerates=LEFT_OPEN),
    Promise(cancelled_first_harms_nobody, swept=True, tolerates=LEFT_OPEN),
    Promise(cancelled_program_leaves_nothing, swept=True, tolerates=LEFT_OPEN),
)

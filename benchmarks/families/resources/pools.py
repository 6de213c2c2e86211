"""What is asked of the pools of ``patterns.resources``: their places, who gets one, and what becomes of them."""

from benchmarks.families.resources.scene import (
    DOZENS,
    BodyAbortError,
    BodyError,
    Depot,
    OpeningAbortError,
    OpeningError,
    Users,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.errors import arrived
from benchmarks.safety.trials import Trial, ending, event, expect, listed, shown
from benchmarks.safety.waiting import LONG, all_end, before_long

POOL = ("pool",)


async def no_more_than_size(trial: Trial) -> None:
    """No more than ``size`` resources are open at once, and everybody is served.

    The server lets so many in, and refuses whoever comes on top. The pool is there so that nobody does.

        async with pool(connect, 20) as lease:
            ...
        # FATAL: too many connections for role "app"
    """
    users = Users(Depot(trial), turns=1)
    async with trial.module.pool(users.connect, 2) as lease, trial.crew() as crew:
        players = [users.start(crew, lease, number, turns=1 + trial.draw(3)) for number in range(6)]
        await all_end(trial, *players)
        served, most = len(users.served), users.depot.most_open
    expect(most <= 2, f"six users of a pool of 2 had {most} resources open at once")
    expect(served == 6, f"of six users of a pool of 2, {served} got a resource within {LONG}")
    if not trial.seed and trial.virtual:  # where time is real, who looks by a timer takes too long for so many
        await _dozens_are_served(trial)


async def _dozens_are_served(trial: Trial) -> None:
    """As many at once as there are places, and then all of those who wait: some limit may be higher than a few."""
    users, free = Users(Depot(trial)), event(trial)
    size = DOZENS // 2
    async with trial.module.pool(users.connect, size) as lease, trial.crew() as crew:
        players = [users.start(crew, lease, number, until=free) for number in range(size)]
        await before_long(trial, lambda: len(users.served) == size)
        at_once = len(users.served)
        free.set()
        await all_end(trial, *players)
        players += [users.start(crew, lease, number, turns=1) for number in range(size, size + 2 * DOZENS)]
        await all_end(trial, *players)
        endings = [ending(player) for player in players if player.outcome != "returned"]
        most = users.depot.most_open
    expect(at_once == size, f"{at_once} users of a pool of {size} had a resource at the same time")
    expect(most <= size, f"users of a pool of {size} had {most} resources open at once")
    expect(not endings, f"{2 * DOZENS} users came at once for a pool of {size}, and {listed(endings)}")


async def one_user_at_a_time(trial: Trial) -> None:
    """A resource is used by one at a time, and stays open meanwhile.

    Two requests are written to one connection, and each reads the answer that comes first. Customers see the orders of
    others.

        async with lease() as connection:
            await connection.send("select 1")
            return await connection.receive()   # another's answer
    """
    users = Users(Depot(trial), turns=1)
    async with trial.module.pool(users.connect, 2) as lease, trial.crew() as crew:
        players = [users.start(crew, lease, number, turns=2 + trial.draw(3)) for number in range(5)]
        await trial.hop(4)
        players += [users.start(crew, lease, number, turns=2 + trial.draw(3)) for number in (5, 6)]
        await all_end(trial, *players)
    expect(not users.wrong, f"{listed(users.wrong)}")


async def failed_use_gives_its_place_back(trial: Trial) -> None:
    """What a user raises reaches it, and the next one gets a place.

    Each error takes a place away, because nobody gives it back. After so many errors nobody gets a connection any more,
    hours after the first.

        connection = await idle.get()
        await work(connection)         # raises
        idle.put_nowait(connection)    # not reached
    """
    for error in (BodyError("the user"), BodyAbortError("the user")):
        users = Users(Depot(trial))
        async with trial.module.pool(users.connect, 1) as lease, trial.crew() as crew:
            players = [users.start(crew, lease, number, turns=1 + trial.draw(2), error=error) for number in range(3)]
            last = users.start(crew, lease, 3)
            await all_end(trial, *players, last)
            told, got = [player for player in players if arrived(player.error, error)], ending(last)
        expect(last.outcome == "returned", f"three users of a pool of 1 had raised, and the next one {got}")
        expect(told == players, f"{shown(error)} was raised by three users, of whom one {ending(players[0])}")


async def failed_opening_gives_its_place_back(trial: Trial) -> None:
    """Where none can be opened who asked is told why, and the next one gets the place.

    The server restarts, and for a minute every opening fails. When it is back, the pool has no place left: each failure
    has taken one.

        await places.acquire()
        connection = await connect()   # refused
        ...
        places.release()               # not reached
    """
    errors = [OpeningError("refused"), OpeningAbortError("refused again")]
    users = Users(Depot(trial), turns=3 + trial.draw(2), errors=errors)
    async with trial.module.pool(users.connect, 1) as lease, trial.crew() as crew:
        players = []
        for number in range(3):  # the others wait for the first
            players.append(users.start(crew, lease, number))
            await trial.hop()
        await all_end(trial, *players)
        endings = [ending(player) for player in players]
        told = [error for error in errors if any(arrived(player.error, error) for player in players)]
    waiting = [player.name for player in players if player.outcome == "waiting"]
    expect(not waiting, f"two openings of a pool of 1 had failed, and {listed(waiting)} {listed(endings[-1:])}")
    expect(told == errors, f"two openings had failed, and the three users {listed(endings)}")


async def cancelled_user_gives_its_place_back(trial: Trial) -> None:
    """However a user is cancelled, the next one gets a place, and what was opened for it is used or closed.

    A request is given up while it waits for a connection, or in the moment in which it gets one. The connection is in
    nobody's hands then: the pool is smaller by one, each time, until everybody waits.

        async with asyncio.timeout(1):
            async with lease() as connection:   # comes after 1 s
                ...
        # and the pool has one less
    """
    users = Users(Depot(trial), turns=2)
    free = event(trial)
    async with trial.crew() as crew:
        async with trial.module.pool(users.connect, 2) as lease:
            players = [users.start(crew, lease, number, turns=2) for number in range(2)]
            await trial.hop()  # these two open one each; the next two wait
            players += [users.start(crew, lease, number, turns=2) for number in (2, 3)]
            await trial.approach()
            struck = [number for number in (1, 2) if not players[number].done]
            past = list(users.finished) if trial.is_trio else []  # Trio cancels those who wait again, and nobody else
            trial.landed = bool(struck)
            for number in struck:
                players[number].cancel()
            await all_end(trial, *players)
            went_on = [number for number in struck if number not in past and players[number].outcome == "returned"]
            players += [users.start(crew, lease, number, until=free) for number in (4, 5)]
            await before_long(trial, lambda: {4, 5} <= set(users.served))
            free.set()
            places = len({4, 5} & set(users.served))
            endings = [ending(player) for player in players[1:3] if player.outcome == "raised"]
            for number, player in enumerate(players):
                if number not in users.served:
                    player.cancel()  # lest who waits for a place that is lost does so for ever
            await all_end(trial, *players)
        still_open = users.depot.still_open
    expect(places == 2, f"two users of a pool of 2 were cancelled, and then it had places for {places}")
    expect(not endings, f"two users of a pool of 2 were cancelled, and one {listed(endings)}")
    expect(not went_on, f"two users of a pool of 2 were cancelled, and these went on: {listed(went_on)}")
    expect(not still_open, f"two users were cancelled, the pool was left, and still open were {listed(still_open)}")
    if not trial.tick:
        await _one_gives_up_in_the_line(trial)


async def _one_gives_up_in_the_line(trial: Trial) -> None:
    """A user that is cancelled while the only place is taken, and stays so."""
    users, free = Users(Depot(trial)), event(trial)
    async with trial.module.pool(users.connect, 1) as lease, trial.crew() as crew:
        holder = users.start(crew, lease, 0, until=free)
        await before_long(trial, lambda: bool(users.served))
        waiter = users.start(crew, lease, 1)
        await trial.hop(3 + trial.draw(3))
        waiter.cancel()
        await all_end(trial, waiter)
        fate, most = ending(waiter), users.depot.most_open
        free.set()
        await all_end(trial, holder, waiter)
    expect(fate == "was cancelled", f"a user was cancelled as it waited for a place, and it {fate}")
    expect(most == 1, f"a user was cancelled as it waited for the only place, and {most} resources were open at once")


async def pool_closes_what_it_opened(trial: Trial) -> None:
    """When a pool is left, by itself or by an error, each resource that it has opened has been closed, once.

    A pool that is forgotten keeps its connections until the garbage collector comes, which cannot wait for a good-bye.
    In tests, each of which has a pool, the server has soon no more of them.

        async with pool(connect, 10) as lease:
            ...
        # ResourceWarning: unclosed transport
    """
    for error in (None, BodyError("the body")):
        users = Users(Depot(trial), turns=1)
        try:
            async with trial.module.pool(users.connect, 3) as lease:
                async with trial.crew() as crew:
                    players = [users.start(crew, lease, number, turns=1 + trial.draw(2)) for number in range(5)]
                    await all_end(trial, *players)
                if error:
                    raise error
        except BodyError:
            pass
        still_open, twice = users.depot.still_open, users.depot.twice
        expect(not still_open, f"the pool was left, and these were still open: {listed(still_open)}")
        expect(not twice, f"the pool was left, and these were closed twice: {listed(twice)}")


async def an_idle_one_is_used_again(trial: Trial) -> None:
    """A pool opens another resource only when all that are open are in use.

    Opening a connection takes ten times as long as a query, which is why there is a pool. One that opens another as
    long as there is room does so for the first requests, and after every restart.

        for _ in range(3):
            async with lease():
                ...
        # three connections, two of which nobody needed
    """
    users = Users(Depot(trial), turns=1)
    async with trial.module.pool(users.connect, 3) as lease, trial.crew() as crew:
        await all_end(trial, users.start(crew, lease, 0, turns=1))
        before = len(users.depot.those("open"))
        for number in range(1, 5):
            await all_end(trial, users.start(crew, lease, number, turns=1 + trial.draw(2)))
        after = len(users.depot.those("open"))
    expect(before == after, f"five users came one after the other, and the pool opened {after - before} for the others")


async def longest_waiter_first(trial: Trial) -> None:
    """Who has waited longest for a place gets the next one, and nobody who comes then overtakes.

    Under load those who come at the right moment are served at once, and some wait until they give up, although others
    who came later are long done.

        if idle:               # somebody waits for this one
            return idle.pop()
        await given_back.wait()
    """
    users = Users(Depot(trial))
    free = event(trial)
    async with trial.module.pool(users.connect, 1) as lease, trial.crew() as crew:
        players = [users.start(crew, lease, 0, until=free)]
        await trial.hop(4)
        for number in range(1, 4):
            players.append(users.start(crew, lease, number, turns=1))
            await trial.hop(3)
        free.set()
        for number in range(4, 7):
            await trial.hop()
            players.append(users.start(crew, lease, number, turns=1))
        await all_end(trial, *players)
        served = list(users.served)
    expect(served == sorted(served), f"they came in the order of their numbers, and were served: {listed(served)}")


POOLS = (
    Promise(no_more_than_size, about=POOL),
    Promise(one_user_at_a_time, about=POOL),
    Promise(failed_use_gives_its_place_back, about=POOL),
    Promise(failed_opening_gives_its_place_back, about=POOL),
    Promise(cancelled_user_gives_its_place_back, about=POOL, swept=True),
    Promise(pool_closes_what_it_opened, about=POOL),
    Promise(an_idle_one_is_used_again, about=POOL, need="reuse"),
    Promise(longest_waiter_first, about=POOL, need="fair"),
)

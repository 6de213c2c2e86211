"""What is asked of ``patterns.inheritance``: how objects are made, used and closed; what goes wrong; properties."""

from typing import Any

from benchmarks.families.inheritance.properties import PROPERTIES, Source, read
from benchmarks.families.inheritance.scene import Cast, use
from benchmarks.families.inheritance.trouble import TROUBLE
from benchmarks.families.inheritance.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.memory import same_memory
from benchmarks.safety.trials import Trial, ending, expect, free_loop, listed
from benchmarks.safety.waiting import all_end

ABOUT = ("construct",)


async def opens_base_first(trial: Trial) -> None:
    """A class opens once its base has opened, and the object is there once all have.

    A subclass asks the connection that its base opens, and that is not there yet. It works while the base is quick.

        class Session(Connection):
            async def _open(self):
                await self.send("hello")   # AttributeError
                await super()._open()
    """
    cast = Cast(trial)
    kind = cast.line(*(cast.member(number, turns=trial.draw(4)) for number in (1, 2, 3)))
    async with trial.crew() as crew:
        user = use(crew, cast, kind)
        await user.made()
        seen = list(cast.log)
        user.leave.set()
        await user.ends()
    right = [(what, number) for number in (1, 2, 3) for what in ("begins", "opens")]
    expect(seen == right, f"the object was there after this: {listed((f'{n} {what}' for what, n in seen), 9)}")


async def closes_in_reverse(trial: Trial) -> None:
    """A class closes before its base begins to, and all have closed when the object has.

    A subclass says goodbye on the connection of its base. Closed first, the base leaves it nothing to say that on.

        async def aclose(self):
            await super().aclose()
            await self.send("bye")   # ConnectionClosed
    """
    cast = Cast(trial)
    kind = cast.line(*(cast.member(number, clean_up=trial.draw(4)) for number in (1, 2, 3)))
    async with trial.crew() as crew:
        user = use(crew, cast, kind)
        await user.made()
        cast.log.clear()
        user.leave.set()
        await user.ends()
        seen = list(cast.log)
    right = [(what, number) for number in (3, 2, 1) for what in ("closes", "closed")]
    expect(seen == right, f"the object was closed after this: {listed((f'{n} {what}' for what, n in seen), 9)}")


async def answers_are_refined(trial: Trial) -> None:
    """An answer is what was fetched, refined by each class, the base first.

    A subclass adds the tax, and another one rounds. The other way round, or without one of them, the sum is wrong, and
    looks right.

        class Taxed(Price):
            async def ask(self, item):
                return 1.19 * await super().ask(item)
    """
    cast = Cast(trial)
    for depth in (1, 3):
        thing = await trial.module.construct(cast.several(depth), _one_hop(trial))
        answers = [await thing.ask(number) for number in range(3)]
        await trial.module.close(thing)
        digits = int("123"[:depth])
        right = [number * 10**depth + digits for number in range(3)]
        expect(answers == right, f"through {depth} classes the answers were {listed(answers)}, not {listed(right)}")


async def calls_are_independent(trial: Trial) -> None:
    """Calls of one object that overlap have their own answers, or their own errors.

    What a call needs is kept in the object between two steps. Another task calls meanwhile, and the first one goes on
    with what the second one has put there.

        async def ask(self, question):
            self._question = question
            await self._connect()
            return await self._send(self._question)   # whose?
    """

    async def fetch(question: int) -> int:
        await trial.hop(1 + trial.draw(4))
        if question == 2:
            raise KeyError(question)
        return question

    cast = Cast(trial)
    thing = await trial.module.construct(cast.several(2), fetch)
    async with trial.crew() as crew:
        players = []
        for number in range(5):
            players.append(crew.start(thing.ask, number, name=f"call {number}"))
            await trial.drift(1)
        await all_end(trial, *players)
    await trial.module.close(thing)
    for number, player in enumerate(players):
        if number == 2:
            expect(isinstance(player.error, KeyError), f"the call whose question raises KeyError(2) {ending(player)}")
        else:
            right = number * 100 + 12
            expect(player.value == right, f"the call whose answer is {right} {ending(player)}, among 5 at a time")


async def objects_are_independent(trial: Trial) -> None:
    """Objects of one class have what they have opened for themselves.

    Something is kept with the class that belongs to an object. Closed, the first one takes it from the second.

        class Client:
            _stack = AsyncExitStack()   # of all of them
        await one.aclose()
        await other.ask(1)              # closed as well
    """
    cast = Cast(trial)
    kind = cast.several(2, turns=1)
    async with trial.crew() as crew:
        first, second = use(crew, cast, kind), use(crew, cast, kind)
        one, other = await first.made(), await second.made()
        expect(one is not other, "two objects of one class are one and the same")
        opened = cast.open
        expect(sorted(opened) == [1, 1, 2, 2], f"two objects of one class have opened {listed(opened)}, not 1, 1, 2, 2")
        first.leave.set()
        await first.ends()
        expect(sorted(cast.open) == [1, 2], f"one of two was closed, and {listed(cast.open)} are open, not 1, 2")
        answer = await other.ask(7)
        expect(answer == 712, f"one of two was closed, and the other one answered {answer}, not 712")
        second.leave.set()
        await second.ends()
        expect(not cast.open, f"both were closed, and {listed(cast.open)} are open")


async def override_reaches_callers(trial: Trial) -> None:
    """A method of the base that calls another one gets what subclasses have made of that.

    The base adds up, retries or reports, and calls the method that a subclass refines. If what refines stands around
    the object, and not in it, those never see it.

        class Client:
            async def total(self, items):
                return sum([await self.ask(item) for item in items])
        # refined from outside, total() is without the tax
    """
    cast = Cast(trial)
    thing = await trial.module.construct(cast.several(3), _one_hop(trial))
    total = await thing.total([0, 1])
    await trial.module.close(thing)
    expect(total == 1246, f"a method of the base added up 123 and 1123 to {total}, not 1246")


async def diamond_runs_once(trial: Trial) -> None:
    """Each class of a diamond opens, refines and closes once, in the order of the MRO.

    Two mixins have a base in common. Called by each of them, it opens two connections, and one is never closed.

        class Both(Logged, Retrying):        # of Client
            async def _open(self):
                await Logged._open(self)     # opens Client
                await Retrying._open(self)   # opens it again
    """
    cast = Cast(trial)
    refined = trial.module.refined
    root = refined(cast.member(1, turns=trial.draw(2)))
    left, right = refined(cast.member(2, turns=trial.draw(2)), root), refined(cast.member(3), root)
    async with trial.crew() as crew:
        user = use(crew, cast, refined(cast.member(4), left, right))
        thing = await user.made()
        answer = await thing.ask(0)
        user.leave.set()
        await user.ends()
    opened, closed = cast.those("opens"), cast.those("closes")
    expect(opened == [1, 3, 2, 4], f"the classes of a diamond opened in this order: {listed(opened)}, not 1, 3, 2, 4")
    expect(answer == 1324, f"the classes of a diamond refined an answer to {answer}, not 1324")
    expect(closed == [4, 2, 3, 1], f"the classes of a diamond closed in this order: {listed(closed)}, not 4, 2, 3, 1")


async def around_each_call(trial: Trial) -> None:
    """What the base does around a call holds once, until the last class has refined the answer.

    The base counts calls under way, to close when there is none, or takes a lock. An override stands outside of that,
    and is still at work when the base believes that it may close.

        class Client:
            async def ask(self, question):
                async with self._in_use:       # left
                    return await self._fetch(question)
        # before the subclass has read what it got
    """
    cast = Cast(trial)
    seen: list[int] = []
    thing: Any = None
    members = [cast.member(number, refined=lambda: seen.append(thing.under_way)) for number in (1, 2, 3)]
    thing = await trial.module.construct(cast.line(*members), _one_hop(trial))
    await thing.ask(0)
    left = thing.under_way
    await trial.module.close(thing)
    expect(seen == [1, 1, 1], f"as three classes refined the answer of a call, the base counted {listed(seen)} calls")
    expect(left == 0, f"a call had ended, and the base counted {left}")


async def forgotten_super_is_told(trial: Trial) -> None:
    """A subclass that opens without super() is told so when it is constructed, or its bases open all the same.

    Everything works in the test of the subclass, which needs nothing of its base. In production the base was never
    opened, and says so much later, or never.

        class Cached(Client):
            async def _open(self):
                self.cache = {}      # and no super()._open()
    """
    cast = Cast(trial)
    module = trial.module
    kind = module.forgetful(cast.member(3), cast.line(cast.member(1), cast.member(2)))
    try:
        thing = await module.construct(kind, _one_hop(trial))
    except Exception:
        return
    opened = cast.those("opens")
    await module.close(thing)
    expect(
        opened == [1, 2, 3],
        f"the last of three classes forgot super(), and nobody said so: {listed(opened)} opened",
    )


async def nothing_left_behind(trial: Trial) -> None:
    """When an object is closed, or could not be made, no task, no thread and no open generator is left behind.

    What is left keeps running, or waits for ever. A program that makes an object for each request has a little more of
    it each time, until it has no memory.

        class Client(AsyncObject):
            def __del__(self):
                self.loop.create_task(self.close())   # some day
    """
    before = trial.living()
    async with trial.crew() as crew:
        await _ordinary(trial, crew)
    trial.collect_garbage()
    await trial.hop(3)
    left = trial.living() - before
    expect(left == 0, f"{left} tasks are left")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the object it belongs to. In tests that
    take warnings for errors it breaks whatever test runs just then.

        self._opening = self._open()      # a coroutine
        if self._is_open:
            return
        # RuntimeWarning: coroutine '_open' was never awaited
    """
    async with trial.crew() as crew:
        await _ordinary(trial, crew)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Nothing that is done to an object holds up the loop: all other tasks go on meanwhile.

    Whoever waits on the loop's thread for what only the loop can do stops the whole program.

        def __init__(self):
            while not self.is_open:
                time.sleep(0.01)        # nobody else runs
    """

    async def whole() -> None:
        async with trial.crew() as crew:
            await _ordinary(trial, crew)

    await free_loop(trial, whole)


async def _ordinary(trial: Trial, crew: Any) -> None:
    """What most objects go through."""
    if hasattr(trial.module, "construct"):
        cast = Cast(trial)
        user = use(crew, cast, cast.several(3, turns=trial.draw(2), clean_up=1))
        await (await user.made()).ask(1)
        user.leave.set()
        await user.ends()
    if hasattr(trial.module, "valued"):
        thing = Source(trial).thing()
        await all_end(trial, crew.start(read, thing), crew.start(read, thing))


def _one_hop(trial: Trial) -> Any:
    async def fetch(question: int) -> int:
        await trial.hop()
        return question

    return fetch


async def memory_is_given_back(trial: Trial) -> None:
    """Objects that are closed, and calls that are over, take no memory that is never given back.

    A register of all objects that there ever were, or a line for each call, grows for as long as the program runs.
    An object for each request is one more for each request.

        class Base:
            def __init__(self):
                Base.instances.append(self)      # and nobody removes one
    """
    await same_memory(trial, WORKLOADS, ("construct", "fails", "call_2", "first_reads"))


PROMISES = (
    Promise(opens_base_first, about=ABOUT),
    Promise(closes_in_reverse, about=ABOUT),
    Promise(answers_are_refined, about=ABOUT),
    Promise(calls_are_independent, about=ABOUT),
    Promise(objects_are_independent, about=ABOUT),
    *TROUBLE,
    Promise(override_reaches_callers, need="callers", about=ABOUT),
    Promise(diamond_runs_once, need="diamonds", about=ABOUT),
    Promise(around_each_call, need="around", about=ABOUT),
    Promise(forgotten_super_is_told, need="forgotten", about=("forgetful",)),
    *PROPERTIES,
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(memory_is_given_back, once=True),
)

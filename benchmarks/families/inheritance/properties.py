"""What is asked of ``patterns.inheritance`` about properties that must be awaited."""

from dataclasses import dataclass, field
from typing import Any

from benchmarks.families.inheritance.scene import PartError
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, ending, expect, listed, shown_as
from benchmarks.safety.waiting import all_end

DEPTH = 3  # classes of a property that is refined
REFINED = 321  # of which each class loads a digit
PLAIN = 1  # what the first of them loads
READERS = 5
ABOUT = ("valued",)


@dataclass
class Source:
    """What the classes of a property load: the first one the ones, the second one the tens, the third one the hundreds.

    ``asked`` are the classes that have loaded something; the ``failing`` next loads raise.
    """

    trial: Trial
    turns: int = 1
    failing: int = 0
    asked: list[int] = field(default_factory=list)

    @shown_as("a load")
    async def load(self, level: int) -> int:
        """What a class adds."""
        self.asked.append(level)
        await self.trial.hop(self.turns)
        if self.failing:
            self.failing -= 1
            raise PartError("no connection")
        return int(level * 10 ** (level - 1))

    def thing(self, depth: int = 1) -> Any:
        """An object with the property."""
        return self.trial.module.valued(self.load, depth)


async def read(thing: Any) -> Any:
    """What its property has."""
    return await thing.value


async def property_is_refined(trial: Trial) -> None:
    """A property has what the most refined class gives, whoever reads it while it is loaded.

    An override asks its base, and then something else. If the two share a place or a lock, the override waits for ever
    for itself, or another task gets what the base alone has.

        class Discounted(Order):
            @cached_property
            async def price(self):
                price = await super().price   # kept as ``price``
                return price - await discount()   # read now: full
    """
    thing = Source(trial, turns=1 + trial.draw(3)).thing(DEPTH)
    async with trial.crew() as crew:
        players = []
        for number in range(READERS):
            players.append(crew.start(read, thing, name=f"reader {number}"))
            await trial.hop(1 + trial.draw(2))
        ended = await all_end(trial, *players)
        waiting = [player.name for player in players if not player.done]
        expect(ended, f"of {READERS} readers these wait for ever: {listed(waiting)}; no load takes long")
    wrong = [ending(player) for player in players if player.value != REFINED]
    expect(not wrong, f"of {READERS} readers {len(wrong)} did not get {REFINED}, but this: {listed(wrong, 1)}")


async def property_is_kept(trial: Trial) -> None:
    """What was loaded is kept, whatever it is, with the object that it was loaded for.

    A property looks like an attribute, and is read like one: in a loop, in a log. If it is loaded each time, or if it
    is kept with the class, it is slow, or it is somebody else's.

        for line in lines:
            total += line.net * await order.rate
        # asks the bank for each line
    """
    for value in (1, 0):
        asked: list[int] = []

        async def load(level: int, value: int = value, asked: list[int] = asked) -> int:
            asked.append(level)
            await trial.hop()
            return value

        thing = trial.module.valued(load, 1)
        values = [await read(thing) for _ in range(3)]
        expect(values == [value] * 3, f"three reads gave {listed(values)}, not {value}")
        expect(len(asked) == 1, f"three reads of a property that is {value} loaded it {len(asked)} times, not once")
    other = Source(trial)
    value = await read(other.thing())
    expect(value == PLAIN, f"another object got {value}, not {PLAIN}, which its own load gives")


async def failed_load_is_not_kept(trial: Trial) -> None:
    """A load that failed, or was cancelled, is not kept: the next reader loads anew.

    The network was away for a second, when the property was read for the first time. The object, and all that holds it,
    raises the same error until the program is started again.

        await order.rate    # ConnectionError
        ...                 # an hour later
        await order.rate    # ConnectionError, nobody was asked
    """
    for cancelled in (False, True):
        thing = Source(trial, turns=4, failing=0 if cancelled else 1).thing()
        async with trial.crew() as crew:
            first = crew.start(read, thing, name="who reads first")
            if cancelled:
                await trial.hop(1 + trial.draw(3))
                first.cancel()
            await all_end(trial, first)
            second = crew.start(read, thing, name="who reads then")
            await all_end(trial, second)
        why = "was cancelled" if cancelled else "failed"
        expect(second.value == PLAIN, f"a load {why}, and who read after that {ending(second)}, not {PLAIN}")


async def cancelled_reader_harms_nobody(trial: Trial) -> None:
    """A reader who is cancelled while a property is loaded is cancelled, and the others get the value.

    A deadline passes for one request. If the load is its own, or a task that all await, every other request that needs
    the value is cancelled with it, for no reason of its own.

        async with asyncio.timeout(1):
            await order.rate      # cancels the load
        # CancelledError in all who wait for order.rate
    """
    thing = Source(trial, turns=6).thing()

    async def read_and_go_on() -> Any:
        value = await read(thing)
        await trial.hop()
        return value

    async with trial.crew() as crew:
        players = []
        for number in range(3):
            players.append(crew.start(read_and_go_on, name=f"reader {number}"))
            await trial.hop()
        others = [*players]
        one = others.pop((trial.draw(2) + 2) % len(players))  # without a seed who loads
        await trial.strike(one)
        in_time = trial.landed
        await all_end(trial, *players)
        expect(not in_time or one.outcome == "cancelled", f"a reader was cancelled, and {ending(one)}")
    wrong = [ending(player) for player in others if player.value != PLAIN]
    expect(not wrong, f"a reader was cancelled, and of 2 others {len(wrong)} did not get {PLAIN}: {listed(wrong, 1)}")


async def property_is_loaded_once(trial: Trial) -> None:
    """Several tasks that read a property for the first time have it loaded once.

    Two requests find nothing yet. Each of them opens the connection that the property stands for; one is kept, and the
    other one is never closed.

        @property
        async def session(self):
            if self._session is None:           # two are here
                self._session = await connect()
    """
    source = Source(trial, turns=1 + trial.draw(3))
    thing = source.thing()
    async with trial.crew() as crew:
        players = []
        for number in range(READERS):
            players.append(crew.start(read, thing, name=f"reader {number}"))
            await trial.hop(trial.draw(2))
        await all_end(trial, *players)
    loads = len(source.asked)
    expect(loads == 1, f"{READERS} readers at a time had it loaded {loads} times, not once")


PROPERTIES = (
    Promise(property_is_refined, about=ABOUT),
    Promise(property_is_kept, about=ABOUT),
    Promise(failed_load_is_not_kept, about=ABOUT),
    Promise(cancelled_reader_harms_nobody, swept=True, about=ABOUT),
    Promise(property_is_loaded_once, need="once", about=ABOUT),
)

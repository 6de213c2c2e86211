"""How a run goes: comparison after comparison, each recorded as soon as it is done."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from benchmarks.engine.apart import beside_in, comparison_in, measured_in
from benchmarks.engine.budget import asking, learned, least, measuring_seconds, next_first, terms_of_next
from benchmarks.engine.cost import COST, Cost
from benchmarks.engine.engines import (
    Measured,
    Terms,
    measure_in_stock_order,
    measure_in_turns,
    sessions,
)
from benchmarks.engine.extra import Standing, most_worth, play, standing
from benchmarks.engine.host import Hosts
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.readers import growing, readers_of
from benchmarks.engine.settings import Settings
from benchmarks.engine.turns import Launch
from benchmarks.passes_left import PassesLeft
from benchmarks.plan.comparisons import Comparison, Plan
from benchmarks.plan.presets import MIDDLE, Preset
from benchmarks.recording import close, finished, is_of, keep, keep_extra, records, skip, skip_rest
from results.record import Writer
from results.safety import SafetyRecord

Engine = Callable[[Sequence[Comparison], Sequence[Terms]], Iterable[Measured]]
NO_TIME = "the time for growth was spent"
NOT_ASKED = "growth is measured of the baseline and of what suits most programs; the thorough preset measures all"
ENGINES: dict[str, Engine] = {"turns": measure_in_turns, "pyperf": measure_in_stock_order}


@dataclass
class Progress:
    """What a listener is told before each comparison; ``left`` is seconds, by the budget.

    ``family`` is the one whose comparison it is; of what comes after all of them it is empty. ``expected`` is the
    seconds that all the rest should take, as far as this machine has shown.
    """

    number: int
    total: int
    label: str
    left: float
    family: str = ""
    expected: float = 0.0


@dataclass
class Aside:
    """Seconds that a listener needs for something else: ``took`` since measuring began, ``coming`` by what it knows."""

    took: float = 0.0
    coming: float = 0.0


def measure(
    plan: Plan,
    settings: Settings,
    writer: Writer,
    safety: SafetyRecord | None = None,
    known: Iterable[Standing] = (),
    aside: Aside | None = None,
) -> Iterator[Progress]:
    """Measure a plan into its record; yields the progress before each comparison.

    What broke a promise, according to ``safety``, cannot be picked, so telling it from others is worth no extra launch.
    That may grow between two comparisons, which takes what is set ``aside`` for it: the budget is for both.
    Closing the generator, or an exception inside it, ends the run as interrupted: what was measured stays. What the
    record holds already is not measured again, but for extra launches of what is ``known`` of it.
    """
    measuring = Measuring(plan, settings, writer, safety, known, aside or Aside())
    try:
        yield from measuring.take_times()
        yield from measuring.take_passes()
        yield from measuring.resolve_verdicts()
        writer.suite["run"]["state"] = "complete"
    finally:
        measuring.end()


@dataclass(frozen=True, slots=True)
class Left:
    """Seconds: what measuring may take as a ``whole``, what is ``left`` of them, and what it ``should`` take."""

    whole: float
    left: float
    should: float

    def of_times(self, preset: Preset) -> float:
        """What is left of the share of times."""
        return self.should * preset.share_of_times - (self.whole - self.left)

    def of_others(self, preset: Preset) -> float:
        """The share of passes and of launches where verdicts are open."""
        return self.should * (1 - preset.share_of_times)


class Measuring:
    """A plan that is being measured: what it has spent and learned, its processes, and what could be launched again."""

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        writer: Writer,
        safety: SafetyRecord | None,
        known: Iterable[Standing],
        aside: Aside,
    ) -> None:
        """Nothing is spent yet; what these are stands with ``measure``."""
        self._plan, self._settings, self._writer, self._safety = plan, settings, writer, safety
        self._purse = Purse(settings.seconds, measuring_seconds(plan, settings.preset), aside)
        self._cost = COST
        self._before = writer.suite["run"]["seconds"]
        self._standings = list(known)
        self._hosts, self._family = Hosts(chain.from_iterable(entry.variants for entry in plan.comparisons)), ""

    def take_times(self) -> Iterator[Progress]:
        """Measure session after session, until all are measured or the time is spent."""
        preset = self._settings.preset
        todo = list(sessions([entry for entry in self._plan.comparisons if not finished(self._writer, entry)]))
        while todo:
            time = self._time()
            if time.left <= 0:
                skip_rest(self._writer, todo, self._settings.seconds)
                break
            todo = next_first(todo, time.of_times(preset), self._settings, self._family, self._cost)
            if too_late(todo[0], self._plan, preset, time, self._cost):
                skip(self._writer, todo.pop(0), NO_TIME)
                continue
            yield self._coming(todo, time)
            time = self._time()
            if time.left <= 0:
                continue  # whoever was told has taken the rest
            self._measure_first(todo, time)
        self._hosts.keep_only("")

    def _time(self) -> Left:
        return Left(self._purse.whole, self._purse.left(), self._purse.aim)

    def _coming(self, todo: Sequence[tuple[Comparison, ...]], time: Left) -> Progress:
        """What is told before the first session of these is measured."""
        plan, preset = self._plan, self._settings.preset
        done, self._family = len(self._writer.suite["comparisons"]), todo[0][0].family
        self._hosts.keep_only(self._family)  # whoever is told may start processes, and end those that it does not know
        needed = sum(least(entry, preset, self._cost) for entry in chain(*todo))
        needed += self._purse.aim * preset.share_of_passes
        expected = min(time.left, max(self._purse.aim - (self._purse.whole - time.left), needed))
        return Progress(done, len(plan.comparisons), label(todo[0]), time.left, self._family, expected)

    def _measure_first(self, todo: list[tuple[Comparison, ...]], time: Left) -> None:
        """Measure the first session of these, and record it."""
        settings, planned = self._settings, todo[0]
        todo[0], unasked = asked_of(planned, self._plan, settings.preset, self._safety)
        skip(self._writer, unasked, NOT_ASKED)
        terms = terms_of_session(todo, settings, time, self._purse.deadline, self._safety, self._cost)
        session, asked = todo.pop(0), [replace(one, hosts=self._hosts) for one in terms]
        measured = ENGINES[settings.engine](session, asked)
        for entry, comparison, found in zip(planned, session, measured, strict=True):
            self._note_seconds()
            self._keep(entry, comparison, found)

    def _keep(self, planned: Comparison, comparison: Comparison, found: Measured) -> None:
        """Record what was measured of a comparison, and learn from it; ``planned`` has all of its rows."""
        for name, one in records(self._writer):
            keep(one, comparison_in(name, comparison), measured_in(name, found))
        here, ours = comparison_in("", comparison), measured_in("", found)
        self._cost = learned(self._cost, planned, found)
        if here.n == MIDDLE and ours.again and self._settings.preset.extra:
            self._standings.append(looked_at(here, ours.again, ours, self._safety))

    def take_passes(self) -> Iterator[Progress]:
        """Look beside the times, now that they are taken."""
        preset, purse = self._settings.preset, self._purse
        purse.stretch(preset)
        share = purse.whole * preset.share_of_passes  # a run of one family has the time for all of them
        for step in look_beside(
            self._plan, self._settings, self._writer, share, purse.deadline, self._safety, self._cost
        ):
            self._note_seconds()
            step.expected += purse.aim * preset.extra
            yield step

    def resolve_verdicts(self) -> Iterator[Progress]:
        """Spend what is left on verdicts that are open."""
        until = min(self._purse.deadline, CLOCK.now() + self._purse.aim * self._settings.preset.extra)
        for step in resolve(self._standings, self._writer, until):
            self._note_seconds()
            step.expected = step.left
            yield step

    def _note_seconds(self) -> None:
        self._writer.suite["run"]["seconds"] = self._before + self._purse.spent()

    def end(self) -> None:
        """End its processes, and close the record, as far as it has come."""
        self._hosts.keep_only("")
        self._note_seconds()
        close(self._writer)


def too_late(session: Sequence[Comparison], plan: Plan, preset: Preset, time: Left, cost: Cost) -> bool:
    """Whether a session shows growth, and would take time that belongs to passes and open verdicts."""
    needed = sum(least(entry, preset, cost) for entry in session)
    return session[0] not in plan.firsts and needed > time.left - time.of_others(preset)


def asked_of(
    session: tuple[Comparison, ...], plan: Plan, preset: Preset, safety: SafetyRecord | None
) -> tuple[tuple[Comparison, ...], tuple[Comparison, ...]]:
    """A session with the rows that are measured, and one with the rest: where growth is shown, that of some rows."""
    if preset.everywhere or session[0] in plan.firsts:
        return session, ()
    parted = [growing(entry, safety) for entry in session]
    return tuple(kept for kept, _ in parted), tuple(left for _, left in parted)


def terms_of_session(
    todo: Sequence[tuple[Comparison, ...]],
    settings: Settings,
    time: Left,
    deadline: float,
    safety: SafetyRecord | None,
    cost: Cost,
) -> list[Terms]:
    """The terms of the first session that is to be measured: its part of the share of times, and at least its worth."""
    worth = sum(least(entry, settings.preset, cost) for entry in todo[0])
    share = max(time.of_times(settings.preset), min(worth, time.left))
    terms = terms_of_next(todo, share, settings, deadline, cost)
    return [
        replace(one, readers=asking(entry, settings.preset, safety)) for entry, one in zip(todo[0], terms, strict=True)
    ]


class Purse:
    """What measuring has: a budget, less what is set aside; and what it should take of it."""

    def __init__(self, budget: float, should: float, aside: Aside) -> None:
        """It begins now; all in seconds."""
        self._began = CLOCK.now()
        self._budget, self._should, self._aside = budget, should, aside

    @property
    def whole(self) -> float:
        """What measuring may take, spent or not."""
        return self._budget - self._aside.took - self._aside.coming

    @property
    def aim(self) -> float:
        """What it should take."""
        return min(self.whole, self._should)

    @property
    def deadline(self) -> float:
        """The moment at which all of it is spent."""
        return self._began + self._budget - self._aside.coming

    def stretch(self, preset: Preset) -> None:
        """Times are taken: on a machine that took longer for them, open verdicts take as much longer."""
        self._should = max(self._should, self.spent() / preset.share_of_times)

    def spent(self) -> float:
        """What measuring has taken."""
        return CLOCK.now() - self._began - self._aside.took

    def left(self) -> float:
        """What it still may take."""
        return self.whole - self.spent()


def looked_at(
    comparison: Comparison, again: Launch, measured: Measured, safety: SafetyRecord | None = None
) -> Standing:
    """A comparison after its planned launches."""
    return standing(comparison, again, measured, readers_of(comparison, safety))


def resolve(standings: Sequence[Standing], writer: Writer, deadline: float) -> Iterator[Progress]:
    """Spend what is left until ``deadline`` (monotonic seconds) on extra launches, where verdicts are open."""
    total = len(writer.suite["comparisons"])
    while one := most_worth(standings):
        left = deadline - CLOCK.now()
        yield Progress(total, total, f"open verdicts of {one.comparison.label}", left)
        measured = play(one, deadline - CLOCK.now())
        if measured is None:
            return
        keep_extra(writer, one, measured)


def look_beside(
    plan: Plan,
    settings: Settings,
    writer: Writer,
    seconds: float,
    deadline: float,
    safety: SafetyRecord | None = None,
    cost: Cost = COST,
) -> Iterator[Progress]:
    """Take the preset's passes over what was timed at the first point of each workload, for so many ``seconds``.

    What that is not enough for has no such number; passes that the record holds already are not taken again. Where not
    all can be taken, work is still counted everywhere: it takes the least time, and noise does not touch it.
    """
    elsewhere = {name: one.suite["comparisons"] for name, one in writer.elsewhere.items()}
    left = PassesLeft(plan, settings, writer.suite["comparisons"], safety, elsewhere)
    if not left.todo:
        return
    until = min(deadline, CLOCK.now() + seconds)
    with Hosts(chain.from_iterable(comparison.variants for comparison, _, _ in left.todo)) as hosts:
        total = len(plan.comparisons)
        while one := left.next(until, cost):
            rest = until - CLOCK.now()
            yield Progress(total, total, one.label, rest, expected=min(rest, left.expected))
            started = CLOCK.now()
            found = one.take(hosts)
            for name, its in records(writer):
                here = beside_in(name, found)
                record = next(entry for entry in its.suite["comparisons"] if is_of(entry, one.comparison))
                its.add_passes(record, here.passes, here.benchmarks)
            left.note(one, CLOCK.now() - started)


def label(session: Sequence[Comparison]) -> str:
    """What the progress bar shows: family, workload, and every n of the session."""
    return ", ".join([session[0].label, *(str(entry.n) for entry in session[1:])])

"""The passes beside times that are still to be taken: which next, over which comparison, and whether there is time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.engine import beside
from benchmarks.engine.apart import together
from benchmarks.engine.budget import shared
from benchmarks.engine.cost import Cost
from benchmarks.engine.engines import first_launch
from benchmarks.engine.host import Hosts
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.readers import labels_beside, readers_of
from benchmarks.engine.settings import Settings
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import Comparison, Plan
from benchmarks.recording import is_of
from results.safety import SafetyRecord
from results.suite import ComparisonRecord
from results.times import WORK

USUAL = 7.0  # seconds of the passes of a comparison, before the first
COUNTING = 2.0  # times what starting them takes, until the work of all rows is counted, too


@dataclass(frozen=True, slots=True)
class Taking:
    """Passes that are to be taken over a comparison, each in so many ``launches``, within the limits of ``template``.

    ``loops`` are those that its rows were timed with, in all environments, which take turns here, too. Only the labels
    that are ``able`` are looked at in all passes; None for all. It is ``only_work`` where there was no time for others.
    """

    comparison: Comparison
    loops: Mapping[str, int]
    launches: dict[str, int]
    template: Launch
    able: set[str] | None
    only_work: bool

    @property
    def label(self) -> str:
        """What the progress bar shows."""
        return f"beside the times of {self.comparison.label}"

    def take(self, hosts: Hosts | None = None) -> beside.Beside:
        """Take them, here and now."""
        return beside.take(self.comparison, self.loops, self.launches, self.template, self.able, hosts)


class PassesLeft:
    """The passes that some recorded comparisons still lack, at the first point of each workload: those ``todo``."""

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        records: Iterable[ComparisonRecord],
        safety: SafetyRecord | None,
        elsewhere: Mapping[str, Sequence[ComparisonRecord]] | None = None,
    ) -> None:
        """None is taken yet; ``safety`` is as for ``measure``, ``elsewhere`` has the records of other environments.

        The workloads that families name first come first, then the others, family by family: processes are ready.
        """
        self._settings, self._safety, self._elsewhere = settings, safety, elsewhere or {}
        records = list(records) if settings.engine == "turns" else []
        named_first = {entry.family: entry for entry in reversed(plan.firsts)}
        order = sorted(plan.firsts, key=lambda entry: (entry is not named_first[entry.family], entry.family))
        self.todo = [
            (comparison, record, missing)
            for comparison in order
            for record in records
            if is_of(record, comparison) and record["loops"]
            if (missing := [name for name in settings.preset.passes if name not in record.get("passes", {})])
        ]
        self._took = {True: 0.0, False: 0.0}  # seconds of the comparison before, by whether only work was counted

    def next(self, until: float, cost: Cost) -> Taking | None:
        """The next that there is time for ``until`` some moment; where not all can be taken, work is counted."""
        preset = self._settings.preset
        while self.todo:
            comparison, record, missing = self.todo.pop(0)
            left = until - CLOCK.now()
            counting = sum(COUNTING * cost.of_starting(len(later.variants)) for later, _, _ in self.todo)
            only_work = left - counting < self._took[False]
            taken = [name for name in missing if name == WORK] if only_work else missing
            if not taken or left < self._took[only_work]:
                continue
            (terms,) = shared(1.0, [comparison], self._settings, until)
            launches = {name: preset.passes[name] for name in taken}
            able = None if preset.everywhere else self._able(comparison)
            return Taking(
                comparison, self._loops(comparison, record), launches, first_launch(comparison, terms), able, only_work
            )
        return None

    def _able(self, comparison: Comparison) -> set[str]:
        """Whose numbers beside time are asked for: in each environment of those of the one that runs."""
        asked = labels_beside(comparison, readers_of(comparison, self._safety))
        return {variant.label for variant in comparison.variants if variant.here.label in asked}

    def _loops(self, comparison: Comparison, record: ComparisonRecord) -> dict[str, int]:
        found = {
            name: entry["loops"] for name, its in self._elsewhere.items() for entry in its if is_of(entry, comparison)
        }
        return together({"": record["loops"], **found})

    @property
    def expected(self) -> float:
        """The seconds of what was asked for last and of all that is left, if each takes what the one before did."""
        return (max(self._took.values()) or USUAL) * (1 + len(self.todo))

    def note(self, one: Taking, seconds: float) -> None:
        """Learn from what the last took."""
        self._took[one.only_work] = seconds

"""A run on several hosts: whole comparisons are handed out in the order of the plan, and recorded as they come back.

What a comparison is asked for later, passes and further launches, its own host is asked for: the rows of a comparison
never mix hosts. A host that is lost loses what it was in the middle of, which goes to another one of its kind.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from benchmarks.engine.beside import Beside
from benchmarks.engine.budget import learned, measuring_seconds, next_first
from benchmarks.engine.cost import COST
from benchmarks.engine.engines import Measured, sessions
from benchmarks.engine.extra import Standing, most_worth, next_batch
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.settings import Settings
from benchmarks.machines.assignments import Assignment, Further, Look, Passes, Times
from benchmarks.machines.hosts import Answer, Hosts, SchedulerError
from benchmarks.passes_left import PassesLeft
from benchmarks.plan.comparisons import Comparison, Plan
from benchmarks.plan.presets import MIDDLE
from benchmarks.recording import close, finished, is_of, keep, keep_extra, skip, skip_rest
from benchmarks.run import (
    NO_TIME,
    NOT_ASKED,
    Aside,
    Left,
    Progress,
    Purse,
    asked_of,
    looked_at,
    terms_of_session,
    too_late,
)
from results.environment import LookRecord
from results.record import Writer
from results.safety import SafetyRecord

PATIENCE = 60.0  # seconds for a host to come when none is left
TRIES = 3  # hosts that may be lost in the middle of the same comparisons, before these are left alone

See = Callable[[str, LookRecord], None]  # is told of a host, and of what may disturb there


def measure_on(
    hosts: Hosts,
    plan: Plan,
    settings: Settings,
    writer: Writer,
    safety: SafetyRecord | None = None,
    known: Iterable[Standing] = (),
    see: See | None = None,
) -> Iterator[Progress]:
    """Measure a plan into its record, as ``benchmarks.run.measure`` does, on hosts; yields before each assignment.

    The budget is for each of the hosts. Whoever is to ``see`` what may disturb a host is told before it measures.
    Raises SchedulerError when nobody can be asked any more; what came back until then is recorded.
    """
    run = writer.suite["run"]
    before, purse = run["seconds"], Purse(settings.seconds, measuring_seconds(plan, settings.preset), Aside())
    work = _Work(hosts, plan, settings, writer, safety, purse, known, see)
    alone = CLOCK.now()
    try:
        while True:
            for host in hosts.idle():
                if assignment := work.next_for(host):
                    done, total = len(writer.suite["comparisons"]), len(plan.comparisons)
                    yield Progress(done, total, assignment.label, purse.left(), expected=work.expected)
                    work.hand(host, assignment)
            if hosts.busy:
                alone = CLOCK.now()
            elif not work.todo:
                break
            elif CLOCK.now() - alone > PATIENCE:
                raise SchedulerError("no host is left that could measure the rest")
            for answer in hosts.wait(PATIENCE):
                run["seconds"] = before + purse.spent()
                work.keep(answer)
        run["state"] = "complete"
    finally:
        run["seconds"] = before + purse.spent()
        close(writer)


class _Work:
    """What is left to be asked for, and whom it is to be asked of."""

    def __init__(
        self,
        hosts: Hosts,
        plan: Plan,
        settings: Settings,
        writer: Writer,
        safety: SafetyRecord | None,
        purse: Purse,
        known: Iterable[Standing],
        see: See | None,
    ) -> None:
        self._hosts, self._plan, self._settings, self._writer = hosts, plan, settings, writer
        self._safety, self._purse, self._see = safety, purse, see
        self.todo = sessions([entry for entry in plan.comparisons if not finished(writer, entry)])
        self._cost = COST
        self._standings: defaultdict[str, list[Standing]] = defaultdict(list)
        for one in known:
            self._standings[self._host_of(one.comparison)].append(one)
        self._passes: dict[str, tuple[int, PassesLeft, float]] = {}
        self._further_until: dict[str, float] = {}  # a host's share for that has a beginning, as in a run here
        self._seen: set[str] = set()
        self._family: dict[str, str] = {}  # what a host has measured last: its processes are ready
        self._lost: Counter[tuple[Comparison, ...]] = Counter()
        self._spent = 0.0  # seconds of hosts
        self._under_way: dict[str, tuple[float, float]] = {}  # when it began, and the seconds that it was given

    def _host_of(self, comparison: Comparison) -> str:
        return next((one.get("host", "") for one in self._writer.suite["comparisons"] if is_of(one, comparison)), "")

    def _time(self) -> Left:
        """Seconds of hosts: what all of them together may take, and have left."""
        now, each = CLOCK.now(), max(0.0, self._purse.left())
        taken = self._spent + sum(max(given, now - began) for began, given in self._under_way.values())
        coming = sum(max(0.0, given - (now - began)) for began, given in self._under_way.values())
        left = max(0.0, each * self._count - coming)
        whole = taken + left
        return Left(whole, left, min(whole, measuring_seconds(self._plan, self._settings.preset)))

    @property
    def expected(self) -> float:
        """The seconds that the rest should take."""
        time = self._time()
        return max(0.0, time.should - (time.whole - time.left)) / self._count

    @property
    def _count(self) -> int:
        return max(1, len(self._hosts.idle()) + len(self._hosts.busy))

    def next_for(self, host: str) -> Assignment | None:
        """What an idle host is to do: measure what comes next, then what its own comparisons lack."""
        left = self._purse.left()
        if left <= 0:
            skip_rest(self._writer, self.todo, self._settings.seconds)
            self.todo.clear()
            return None
        if self._see and host not in self._seen:
            return Look()
        if self.todo:
            time = self._time()
            share, family = time.of_times(self._settings.preset), self._family.get(host, "")
            self.todo = next_first(self.todo, share, self._settings, family, self._cost)
            preset = self._settings.preset
            if too_late(self.todo[0], self._plan, preset, time, self._cost):
                skip(self._writer, self.todo.pop(0), NO_TIME)
                return self.next_for(host)
            self.todo[0], unasked = asked_of(self.todo[0], self._plan, preset, self._safety)
            skip(self._writer, unasked, NOT_ASKED)
            terms = terms_of_session(self.todo, self._settings, time, left, self._safety, self._cost)
            session = self.todo.pop(0)
            self._family[host] = family = session[0].family
            entries = [entry for entry in self._plan.comparisons if entry.family == family]
            variants = frozenset(variant for entry in entries for variant in entry.variants)
            return Times(session, terms, self._settings.engine, variants)
        return self._passes_of(host) or self._further_of(host)

    def _passes_of(self, host: str) -> Passes | None:
        mine = [entry for entry in self._writer.suite["comparisons"] if entry.get("host") == host]
        if host not in self._passes or self._passes[host][0] != len(mine):
            seconds = self._time().whole * self._settings.preset.share_of_passes / self._count
            until = CLOCK.now() + min(seconds, self._purse.left())
            self._passes[host] = len(mine), PassesLeft(self._plan, self._settings, mine, self._safety), until
        _, left, until = self._passes[host]
        taking = left.next(until, self._cost)
        return Passes(taking) if taking else None

    def _further_of(self, host: str) -> Further | None:
        seconds = self._time().should * self._settings.preset.extra / self._count
        until = self._further_until.setdefault(host, CLOCK.now() + seconds)
        one = most_worth(self._standings[host])
        batch = next_batch(one, min(self._purse.left(), until - CLOCK.now())) if one else None
        return Further(one.comparison, batch[0], one.next_number, batch[1]) if one and batch else None

    def hand(self, host: str, assignment: Assignment) -> None:
        """Ask a host, and remember what that may take."""
        given = assignment.expected if isinstance(assignment, Times) else 0.0
        self._under_way[host] = CLOCK.now(), given
        self._hosts.hand(host, assignment)

    def keep(self, answer: Answer) -> None:
        """Record what came back; what did not is asked for again, of another host, if it can be."""
        began, _ = self._under_way.pop(answer.host)
        took = CLOCK.now() - began
        self._spent += took
        if isinstance(answer.assignment, Times):
            self._keep_times(answer, answer.assignment)
        elif isinstance(answer.assignment, Look):
            self._keep_look(answer)
        elif isinstance(answer.assignment, Passes):
            self._keep_passes(answer, answer.assignment, took)
        elif isinstance(answer.assignment, Further):
            self._keep_further(answer, answer.assignment)

    def _keep_times(self, answer: Answer, times: Times) -> None:
        if answer.lost:
            self._lost[times.session] += 1
            if self._lost[times.session] < TRIES:
                self.todo.insert(0, times.session)
            else:
                skip(self._writer, times.session, f"{TRIES} hosts were lost in it, the last one because {answer.lost}")
            return
        for comparison, found in zip(times.session, cast("list[Measured]", answer.result), strict=True):
            keep(self._writer, comparison, found, answer.host)
            self._cost = learned(self._cost, comparison, found)
            if comparison.n == MIDDLE and found.again and self._settings.preset.extra:
                self._standings[answer.host].append(looked_at(comparison, found.again, found, self._safety))

    def _keep_look(self, answer: Answer) -> None:
        self._seen.add(answer.host)
        if self._see and not answer.lost:
            self._see(answer.host, cast("LookRecord", answer.result))

    def _keep_passes(self, answer: Answer, passes: Passes, took: float) -> None:
        if answer.lost:
            return
        found, comparison = cast("Beside", answer.result), passes.taking.comparison
        record = next(entry for entry in self._writer.suite["comparisons"] if is_of(entry, comparison))
        self._writer.add_passes(record, found.passes, found.benchmarks)
        self._passes[answer.host][1].note(passes.taking, took)

    def _keep_further(self, answer: Answer, further: Further) -> None:
        mine = self._standings[answer.host]
        one = next(one for one in mine if one.comparison == further.comparison)
        if answer.lost:
            mine.remove(one)
            return
        measured = cast("Measured", answer.result)
        one.add(measured, further.count)
        keep_extra(self._writer, one, measured)

"""Everything that a family's page shows, as plain values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reports.reading.answers import Program, answers
from reports.reading.checks import said
from reports.reading.family import Case, Family
from reports.reading.growth import Crossover, crossover, law_of, spans_by_n, times_by_n
from reports.reading.wording import duration, of_clock, percent_change, plural, significant, spaced, unit_for
from reports.views.anchors import Anchors, code_anchors
from reports.views.beside import BesideView, beside_view
from reports.views.by_loop import LoopsView, loops_view
from reports.views.charts import (
    MOST_SERIES,
    UNSAFE,
    Caption,
    Dot,
    GrowthChart,
    Line,
    RatioChart,
    TailChart,
    TradeChart,
    judged_dot,
)
from reports.views.code_page import SourceView, sources
from reports.views.conditions import disturbed
from reports.views.places import Place, Places
from reports.views.program_page import ProgramView, program_view
from reports.views.provenance import Noise, noise
from reports.views.safety_sections import SafetyView, safety_view
from reports.views.sentences import Verdict, headline, verdict
from reports.views.table import Row, Table, table
from reports.views.tail import tail_chart
from reports.views.trade import frontier, trades
from reports.views.yours import LANES_TOLD, Yours, yours
from results.statistics import BAND

MOST_ROWS = 8  # of a chart: more would have to be hunted for
MOST_QUESTIONS, MOST_NUMBERS = 6, 75  # of a page that has room for two charts each: of more, they have one of their own
RATE = 1000  # operations per second, for the sentence that says whether a difference matters


@dataclass(frozen=True, slots=True)
class WorkloadView:
    """One section of the page."""

    name: str
    anchor: str
    question: str
    axis: str
    operation: str
    clock: str
    n: int | None
    verdict: Verdict | None
    matters: str
    table: Table
    ratio_chart: RatioChart | None
    band: str
    growth_chart: GrowthChart | None
    crossover: Crossover | None
    noises: tuple[tuple[int, Noise], ...]
    disturbed: str
    across: LoopsView | None
    beside: BesideView | None
    tail: TailChart | None
    checks: str


@dataclass(frozen=True, slots=True)
class FamilyView:
    """A family's page for one loop.

    ``picked`` is the code of what is picked here, the likeliest first; the code of ``others`` is on the page that
    ``place`` names. ``neighbours`` are other families of this run: name, page, and what one wants who should go there.
    ``links`` leads from an alternative to its code, ``codes`` to the same on the page of all code. ``loud`` says where
    verdicts are noisy, ``loud_elsewhere`` which workloads are so at another n. Who is ``crowded`` has charts on a page
    of their own, and counts of work on that of all measures alone.
    """

    name: str
    loop: str
    place: Place
    question: str
    contract: str
    program: ProgramView
    trades: tuple[TradeChart, ...]
    yours: tuple[Yours, ...]
    headline: Verdict
    loud: tuple[str, ...]
    loud_elsewhere: tuple[str, ...]
    workloads: tuple[WorkloadView, ...]
    picked: tuple[SourceView, ...]
    others: tuple[SourceView, ...]
    caveats: tuple[str, ...]
    usual: tuple[str, ...]
    safety: SafetyView
    neighbours: tuple[tuple[str, str, str], ...]
    has_own: bool
    links: dict[str, str]
    codes: dict[str, str]
    band: str
    crowded: bool

    @property
    def lanes_told(self) -> tuple[str, ...]:
        """The headings of the answers that a file of the reader's stands against."""
        return LANES_TOLD

    @property
    def beaten(self) -> list[tuple[str, ...]]:
        """What those lack that beat somebody in a picture, each once."""
        return sorted({lacks for chart in self.trades for mark in chart.marks for lacks in mark.beaten if lacks})

    @property
    def evidence(self) -> str:
        """The page of its safety."""
        return self.place.safety(self.loop)

    @property
    def measures(self) -> str:
        """The page of everything that was measured."""
        return self.place.measures[self.loop]

    @property
    def rows_lead(self) -> dict[str, str]:
        """Where the names of rows lead: to the code, or on a crowded page to their line in its list of that."""
        here = {name: href.removeprefix(self.place.code) for name, href in self.codes.items()}
        return here if self.crowded else self.links

    @property
    def charts(self) -> str:
        """The page of its questions' charts, if it is crowded."""
        return self.place.charts[self.loop]


def family_view(family: Family, loop: str, where: Places) -> FamilyView:
    """Gather a family's page for one loop."""
    place, pictures = where[family.name], trades(family, loop)
    anchors = Anchors(family)
    workloads = tuple(_workload(family, name, loop, anchors.workload(name)) for name in family.record["workloads"])
    picked = _picked(family, loop)[:1]
    others = sorted(family.present(loop) - set(picked))
    codes = {name: f"{place.code}#{anchor}" for name, anchor in code_anchors(family).items()}
    return FamilyView(
        name=family.name,
        loop=loop,
        place=place,
        question=family.question,
        contract=family.contract,
        program=program_view(family, loop),
        trades=pictures,
        yours=yours(family, loop, code_anchors(family)),
        headline=_with_frontiers(headline(family, loop), pictures),
        loud=tuple(_loud(workloads)),
        loud_elsewhere=tuple(
            spaced(view.name) for view in workloads if any(check.loud and n != view.n for n, check in view.noises)
        ),
        workloads=workloads,
        picked=sources(family, place, picked),
        others=sources(family, place, others),
        caveats=tuple(family.caveats),
        usual=tuple(need["phrase"] for need in family.needs if need["usual"]),
        safety=safety_view(family, loop),
        neighbours=tuple(
            (entry["family"], where[entry["family"]].on(loop), entry["why"])
            for entry in family.record.get("neighbours", ())
            if entry["family"] in where
        ),
        has_own=any(family.record["alternatives"][name]["kind"] == "own" for name in family.present(loop)),
        links={name: href.removeprefix(place.code) if name in picked else href for name, href in codes.items()},
        codes=codes,
        band=_percent(BAND),
        crowded=crowded(family),
    )


def crowded(family: Family) -> bool:
    """Whether it has so many questions, or rows on one of its loops, that a page has no room for its charts."""
    workloads = family.record["workloads"]
    cases = [[family.case(workload, loop) for workload in workloads] for loop in family.loops]
    rows = max(sum(len(case.candidates) for case in found if case) for found in cases)
    return len(workloads) > MOST_QUESTIONS or rows > MOST_NUMBERS


def _workload(family: Family, name: str, loop: str, anchor: str) -> WorkloadView:
    record, points = family.record["workloads"][name], family.points(name)
    case, rows = family.case(name, loop), table(family, name, loop)
    fair = [entry.name for entry in case.candidates if entry.eligible()] if case else []
    crossing = crossover(points, loop, fair, record["axis"]) if fair else None
    checks = [(n, noise(family.measurements, (family.name, name, n), loop)) for n in points]
    return WorkloadView(
        name=name,
        anchor=anchor,
        question=record["question"],
        axis=record["axis"],
        operation=record["operation"],
        clock=rows.clock,
        n=case.comparison.record["n"] if case else None,
        verdict=verdict(case.decision, case.candidates) if case else None,
        matters=_matters(case, rows) if case else "",
        table=rows,
        ratio_chart=_ratio_chart(name, rows, case, anchor) if case else None,
        band=_percent(case.decision.edge if case else BAND),
        growth_chart=_growth_chart(family, name, loop, rows, crossing, anchor),
        crossover=crossing,
        noises=tuple((n, check) for n, check in checks if check),
        disturbed=disturbed(case.comparison.record) if case else "",
        across=loops_view(family, name, loop, anchor),
        beside=beside_view(family, case),
        tail=tail_chart(case, name, anchor),
        checks=said(case.comparison, loop) if case else "",
    )


def _with_frontiers(said: Verdict, pictures: Sequence[TradeChart]) -> Verdict:
    """The headline, and whom nobody beats in time and in another measure at once: one pick cannot be best in all."""
    return replace(said, details=(*said.details, *filter(None, map(frontier, pictures)))) if said.advice else said


def _percent(band: float) -> str:
    return f"{percent_change(-band)} to {percent_change(band)} %"


def _loud(workloads: Sequence[WorkloadView]) -> Iterator[str]:
    """Where noise hides differences at the n that the verdicts speak of."""
    for view in workloads:
        yield from (
            f"in {spaced(view.name)} (n = {n:,}) under {check.limit}"
            for n, check in view.noises
            if n == view.n and check.loud
        )


def _matters(case: Case, rows: Table) -> str:
    """What the pick saves at a stated rate, in shares of one core; empty unless it is faster than the baseline."""
    decision = case.decision
    pick, baseline = decision.pick, decision.baseline
    if not pick or not baseline or pick not in decision.to_baseline or decision.to_baseline[pick].word != "faster":
        return ""
    saved = case.seconds(baseline) - case.seconds(pick)
    if saved <= 0:
        return ""
    share = significant(100 * RATE * saved, 2)
    return (
        f"Does it matter? It saves {duration(saved)}{of_clock(rows.clock)} per {rows.operation}: {share} % of a core "
        f"at {plural(RATE, rows.operation)} a second."
    )


def _dot(row: Row, case: Case) -> Dot:
    if row.judgement is None:
        return Dot(row.name, 1.0, None, None, f"baseline{UNSAFE if row.unsafe else ''}", row.unsafe)
    launches = case.comparison.log_ratios(case.variant(row.name), case.variant(str(case.decision.baseline)))
    return judged_dot(row.name, row.judgement, row.unsafe, launches)


def _ratio_chart(workload: str, rows: Table, case: Case, anchor: str) -> RatioChart | None:
    if rows.baseline is None or len(rows.rows) < 2:
        return None
    ordered = sorted(rows.rows, key=lambda row: (row.sort_ratio or 0.0, row.name))
    first = sorted(ordered, key=lambda row: (row.name != rows.baseline, row.unsafe))[:MOST_ROWS]
    drawn = [row for row in ordered if row in first]
    which = "all" if len(drawn) == len(ordered) else f"{len(drawn)} of {len(ordered)}, the safe ones before others"
    caption = Caption(
        f"ratio-{anchor}",
        f"{workload} on {case.backend}: {rows.clock} relative to {rows.baseline}",
        f"From fastest to slowest, {which}, with 95 % intervals; the same numbers are in the table.",
    )
    return RatioChart(caption, tuple(_dot(row, case) for row in drawn), case.decision.edge)


def _growth_chart(
    family: Family, workload: str, loop: str, rows: Table, crossing: Crossover | None, anchor: str
) -> GrowthChart | None:
    record, points = family.record["workloads"][workload], family.points(workload)
    case = family.case(workload, loop)
    if case is None or not rows.has_growth:
        return None
    decision = case.decision
    first = {decision.pick, decision.leader, decision.baseline, *(crossing.names if crossing else ())}
    chosen = sorted(rows.rows, key=lambda row: (row.name not in first, row.unsafe, row.seconds))[:MOST_SERIES]
    lines = []
    for row in sorted(chosen, key=lambda row: row.seconds):
        variant = case.variant(row.name)
        label, law = f"{row.name}{' (unsafe)' if row.unsafe else ''}", law_of(row.growth) if row.growth else ""
        spans = tuple((n, one.low, one.high) for n, one in spans_by_n(points, variant).items())
        lines.append(Line(label, tuple(times_by_n(points, variant).items()), row.unsafe, law, spans))
    unit = unit_for(min(seconds for line in lines for _, seconds in line.points))
    caption = Caption(
        f"growth-{anchor}",
        f"{workload} on {loop}: {rows.clock} per {rows.operation} as {record['axis']} grow",
        f"{len(lines)} alternatives, with 95 % intervals; below each name the fitted power of n, also in the table.",
    )
    per = f"{unit[0]}{of_clock(rows.clock)} per {rows.operation}"
    return GrowthChart(caption, tuple(lines), unit[1], (record["axis"], per))


def _picked(family: Family, loop: str) -> list[str]:
    """What is picked on a loop, each once: for a bit of everything first, then by workload."""
    found = answers(family, Program(loop))
    lanes = (answer.pick.name for answer in found.lanes.values() if answer.pick and found.pick)
    workloads = (entry.decision.pick for entry in family.findings(loop))
    return list(dict.fromkeys(filter(None, [found.pick, *lanes, *workloads])))

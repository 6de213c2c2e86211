"""How long operations took that arrived one by one: from the median to the slowest 1 %, row by row."""

from reports.reading.family import Case
from reports.reading.wording import spaced
from reports.views.charts import Caption, Tail, TailChart
from results.coherence import EVENTS

PERCENTILES = ("p50", "p95", "p99")  # the one in the middle is not in older records
MOST_ROWS = 8  # of a chart: more would have to be hunted for


def tail_chart(case: Case | None, workload: str, anchor: str) -> TailChart | None:
    """The safe ones first, those with the shortest slowest 1 %; None where nothing arrived one by one."""
    found = [case.comparison.measures[name] for name in PERCENTILES if name in case.comparison.measures] if case else []
    if case is None or len(found) < 2:
        return None
    rows = []
    for candidate in case.candidates:
        variant = case.variant(candidate.name)
        if all(variant in one.times for one in found):
            blocks = sum(map(len, found[-1].times[variant].values()))
            latencies = tuple(one.seconds(variant) for one in found)
            rows.append(Tail(candidate.name, latencies, EVENTS * blocks, not candidate.recommendable))
    rows.sort(key=lambda row: (row.unsafe, row.latencies[-1], row.label))
    if not rows:
        return None
    shown = sorted(rows[:MOST_ROWS], key=lambda row: (row.latencies[-1], row.label))
    caption = Caption(
        f"tail-{anchor}",
        f"{spaced(workload)} on {case.backend}: latency, from the median to the slowest 1 %",
        "Median, slowest 5 % where known, and slowest 1 %, the last filled; behind them the operations that say so.",
    )
    return TailChart(caption, tuple(shown))

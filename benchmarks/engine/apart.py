"""What one environment has of a comparison that several took turns in: each has a record of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import pyperf

from benchmarks.engine.beside import Beside
from benchmarks.engine.engines import Measured
from benchmarks.plan.comparisons import Comparison
from results.labels import parsed

T = TypeVar("T")


def comparison_in(environment: str, comparison: Comparison) -> Comparison:
    """The variants of one environment, an empty name for the one that runs, as if there were no other."""
    ours = tuple(variant.here for variant in comparison.variants if variant.environment == environment)
    return replace(comparison, variants=ours)


def measured_in(environment: str, measured: Measured) -> Measured:
    """What was measured of it. Only the environment that runs is measured again, where verdicts are open."""
    again = measured.again if not environment else None
    if again:
        here = [variant for variant in again.variants if not variant.environment]
        loops, untimed = _of(environment, again.loops), _of(environment, again.untimed)
        again = replace(again, variants=here, loops=loops, untimed=untimed)
    return replace(
        measured,
        benchmarks=_benchmarks(environment, measured.benchmarks),
        readings={name: _benchmarks(environment, found) for name, found in measured.readings.items()},
        failures=_of(environment, measured.failures),
        loops=_of(environment, measured.loops),
        untimed=_of(environment, measured.untimed),
        walls=_of(environment, measured.walls),
        again=again,
    )


def beside_in(environment: str, beside: Beside) -> Beside:
    """What passes gave of it."""
    return Beside(
        {
            name: {
                **one,
                "measured": [*_of(environment, dict.fromkeys(one["measured"]))],
                "missing": _of(environment, one["missing"]),
            }
            for name, one in beside.passes.items()
        },
        {name: _benchmarks(environment, found) for name, found in beside.benchmarks.items()},
    )


def together(tables: Mapping[str, Mapping[str, T]]) -> dict[str, T]:
    """The tables of several environments' records as one, by the labels that their variants have in a launch."""
    return {
        str(parsed(label)._replace(environment=environment)): value
        for environment, table in tables.items()
        for label, value in table.items()
    }


def _of(environment: str, table: Mapping[str, T]) -> dict[str, T]:
    labels = {text: parsed(text) for text in table}
    return {
        str(label._replace(environment="")): table[text]
        for text, label in labels.items()
        if label.environment == environment
    }


def _benchmarks(environment: str, found: Iterable[pyperf.Benchmark]) -> list[pyperf.Benchmark]:
    return [one for one in found if one.get_metadata().get("environment", "") == environment]

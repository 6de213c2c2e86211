"""A pass beside times, seen from the process that passes the turn: who takes it, at which rate, and what that gave."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.engine.passes import PASSES, Turn, Values
from benchmarks.engine.table import Seat, Table

Given = dict[str, list[Values]]  # what each label gave, turn by turn


@dataclass(frozen=True, slots=True)
class PassTerms:
    """A pass that a launch is to take, by its name: over whom, and how many seconds a turn may last."""

    name: str
    labels: list[str]
    limit: float


def take(
    table: Table, terms: PassTerms, loops: Mapping[str, int], order: random.Random
) -> tuple[Given, dict[str, str]]:
    """Take a pass, with so many ``loops`` in a block: what it gave each label, turn by turn, and why others nothing.

    Whoever ends in it gives nothing to those after it, either.
    """
    rates, slow = _rates(table, terms, order)
    able = [label for label in terms.labels if label not in slow]
    found = _rounds(table, terms, able, loops, rates, order)
    ended = {failure.label: failure.reason for failure in table.failures if failure.label in terms.labels}
    return {label: turns for label, turns in found.items() if label in table.seats}, slow | ended


def _rates(table: Table, terms: PassTerms, order: random.Random) -> tuple[dict[str, float], dict[str, str]]:
    """Where operations arrive at a rate: that of each label, by a look at all, and why others can take none."""
    one = PASSES[terms.name]
    if not (one.look and one.rates):
        return {}, {}

    def look(seat: Seat) -> float:
        seat.send(("look beside", terms.name))
        return float(seat.receive("looked beside", terms.limit))

    looked = table.each(look, _drawn(table, terms.labels, order))
    rates = one.rates(looked)
    told = "one takes {:.2g} s: at a rate that the others can take, more and more would wait"
    return rates, {label: told.format(seconds) for label, seconds in looked.items() if label not in rates}


def _rounds(
    table: Table,
    terms: PassTerms,
    labels: Sequence[str],
    loops: Mapping[str, int],
    rates: Mapping[str, float],
    order: random.Random,
) -> Given:
    """In each round every worker takes a turn of the pass, in an order of its own: what they gave, turn by turn."""

    def turn(seat: Seat, number: int) -> dict[str, float]:
        seat.send(("beside", terms.name, Turn(loops.get(seat.label, 1), number, rates.get(seat.label, 0.0))))
        return dict(seat.receive("beside", terms.limit))

    found: Given = {}
    for number in range(PASSES[terms.name].rounds):
        for label, values in table.each(partial(turn, number=number), _drawn(table, labels, order)).items():
            found.setdefault(label, []).append(values)
    return found


def _drawn(table: Table, labels: Sequence[str], order: random.Random) -> list[str]:
    """Those of the labels that still play, in an order drawn anew."""
    playing = [label for label in labels if label in table.seats]
    return order.sample(playing, len(playing))

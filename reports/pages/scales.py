"""Where things stand on a chart: ticks at round numbers, and labels that keep their distance."""

import math
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import TypeAlias

STEPS = (1.0, 2.0, 5.0)
MARK = 5.0  # pixels from its middle to its edge
STROKE = 1.5  # the same of a line
APART = 16  # between two names on one line, or they read as one: letters may be a tenth wider where they are read


def log_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Round numbers within a range: 1, 2, 5 and their decades; only the decades when there would be too many."""
    for steps in (STEPS, (1.0, 3.0), (1.0,)):
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ticks = [step * 10.0**decade for decade in decades for step in steps if low <= step * 10.0**decade <= high]
        if len(ticks) <= most:
            break
    return ticks


def ratio_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Ticks for ratios, about ``most`` of them: 1 is always among them; narrow ranges get an even step."""
    if high / low > 4:
        return log_ticks(low, high, most)
    step = next((size for size in (0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / size <= most), 1.0)
    return [round(number * step, 2) for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def spread(places: Sequence[float], gap: float, height: float) -> list[float]:
    """Places for labels, as near as possible to where they belong, at least ``gap`` apart.

    Those that would touch stand around the middle of where they belong: an isotonic regression.
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    blocks: list[list[float]] = []
    for number, index in enumerate(order):
        blocks.append([places[index] - number * gap])
        while len(blocks) > 1 and fmean(blocks[-2]) > fmean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    lowest = max(0.0, height - (len(order) - 1) * gap)
    levels = [min(max(fmean(block), 0.0), lowest) for block in blocks for _ in block]
    placed = {index: level + number * gap for number, (index, level) in enumerate(zip(order, levels, strict=True))}
    return [placed[index] for index in range(len(places))]


def pixel(value: float, low: float, high: float, height: float) -> float:
    """How far below the top of a logarithmic axis a value stands."""
    return height * (1 - math.log(value / low) / math.log(high / low))


Spot: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]  # left, right, top, bottom


def around(mark: Spot) -> Box:
    """What a mark takes of the ground."""
    x, y = mark
    return x - MARK, x + MARK, y - MARK, y + MARK


def strokes(corners: Iterable[Spot], right: float) -> list[Box]:
    """What the line of a frontier takes that turns at these corners: from each to the right, down to the next.

    Lower is better, and ``right`` is where the line ends.
    """
    steps: list[Spot] = []
    for corner in sorted(corners):
        if not steps or corner[1] > steps[-1][1]:
            steps.append(corner)
    tops = [0.0, *(y for _, y in steps)]
    ends = [*(x for x, _ in steps[1:]), right]
    across = [(x, end, y - STROKE, y + STROKE) for (x, y), end in zip(steps, ends, strict=True)]
    down = [(x - STROKE, x + STROKE, top, y) for (x, y), top in zip(steps, tops, strict=False)]
    return across + down


def free(
    wanted: Sequence[Spot],
    widths: Sequence[float],
    height: float,
    taken: Iterable[Box],
    lowest: float = math.inf,
    back: float = 0.0,
) -> list[Spot]:
    """Where labels begin whose middles are ``wanted`` so high: the nearest place that nothing else has.

    That is the place itself, one that ends ``back`` pixels before it, or one of these further up or down. ``lowest`` is
    how low one may be: below it stands something else. Whoever is furthest to the right has the first choice: what is
    left of it may run into it.
    """
    boxes = list(taken)
    placed: dict[int, Spot] = {}
    for index in sorted(range(len(wanted)), key=lambda one: (-wanted[one][0], wanted[one][1])):
        x, y = wanted[index]
        y = min(y, lowest)
        begins = [x, *([x - back - widths[index]] if 0 < back <= x - widths[index] else [])]
        tries = (
            (begin, y + side * step * height / 2)
            for step in range(2 * len(wanted) + 2)
            for begin in begins
            for side in (1, -1)
        )
        high = (one for one in tries if one[1] <= lowest)
        spot = next((one for one in high if not _touches(one, widths[index], height, boxes)), (x, y))
        placed[index] = spot
        boxes.append((spot[0] - APART, spot[0] + widths[index], spot[1] - height / 2, spot[1] + height / 2))
    return [placed[index] for index in range(len(wanted))]


def _touches(spot: Spot, width: float, height: float, boxes: Iterable[Box]) -> bool:
    left, right, top, bottom = spot[0], spot[0] + width, spot[1] - height / 2, spot[1] + height / 2
    return any(left < high and low < right and top < under and over < bottom for low, high, over, under in boxes)

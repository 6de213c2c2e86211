"""Where things stand on a chart: ticks at round numbers, and labels that keep their distance."""

import math
from collections.abc import Sequence

STEPS = (1.0, 2.0, 5.0)


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
    """Places for labels, as near as possible to where they belong, at least ``gap`` apart."""
    order = sorted(range(len(places)), key=places.__getitem__)
    placed: dict[int, float] = {}
    last = -math.inf
    for index in order:
        last = max(places[index], last + gap)
        placed[index] = last
    bottom = height + gap
    for index in reversed(order):
        placed[index] = bottom = min(placed[index], bottom - gap)
    return [placed[index] for index in range(len(places))]


def pixel(value: float, low: float, high: float, height: float) -> float:
    """How far below the top of a logarithmic axis a value stands."""
    return height * (1 - math.log(value / low) / math.log(high / low))

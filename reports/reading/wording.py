"""Numbers as words: as many digits as the interval supports, and one phrase per size of difference."""

import math

from results.verdicts import Judgement

UNITS = (("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0))
BYTES = (("MB", 1e6), ("kB", 1e3), ("B", 1.0))
NO_BYTE = 1.0  # what stands for nothing in the record
CLOCKS = {"wall": "time", "cpu": "processor time"}
TIMES = "\N{MULTIPLICATION SIGN}"
MINUS = "\N{MINUS SIGN}"
BOUNDLESS = 1000  # an interval that reaches so far says only that nobody knows
COARSE = 0.05  # half of an interval on the log scale: so wide, it leaves nothing of a third digit
DASH = "\N{EN DASH}"


def of_clock(clock: str) -> str:
    """Behind an amount of time: nothing for the wall's time, `` of processor time`` for the processor's."""
    return "" if clock == CLOCKS["wall"] else f" of {clock}"


def unit_for(seconds: float) -> tuple[str, float]:
    """The unit in which a time is at least 1, and its size in seconds; nanoseconds for anything shorter."""
    return next((unit for unit in reversed(UNITS) if seconds >= unit[1]), UNITS[0])


def duration(seconds: float, unit: tuple[str, float] | None = None, digits: int = 3) -> str:
    """A time with three significant digits, unless fewer are known: ``12.3 µs``."""
    name, size = unit or unit_for(seconds)
    return f"{_rounded(seconds / size, digits)} {name}"


def in_bytes(number: float, digits: int = 3) -> str:
    """An amount of memory with three significant digits, unless fewer are known: ``1.23 kB``.

    Less than a byte is recorded as one, as nothing can be compared with nothing: it is called so.
    """
    if number <= NO_BYTE:
        return "under 1 B"
    name, size = next((unit for unit in BYTES if number >= unit[1]), BYTES[-1])
    return f"{_rounded(number / size, digits)} {name}"


def _rounded(value: float, digits: int) -> str:
    """So many significant digits of what was measured, zeros behind them: ``13,000``."""
    return significant(float(f"{value:.{digits}g}"), digits)


def significant(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, never in scientific notation, thousands set apart."""
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"


def compact(value: float) -> str:
    """Three significant digits without trailing zeros: ``0.5``, ``1``, ``20``."""
    text = significant(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def digits_for(judgement: Judgement | None) -> int:
    """How many significant digits of a value its ratio's interval supports; three of what is compared with nothing."""
    if judgement is None:
        return 3
    if judgement.low is None or judgement.high is None:
        return 2
    return 3 if (judgement.high - judgement.low) / 2 < COARSE else 2


def decimals_for(half_width: float) -> int:
    """How many decimals an interval of that half-width supports."""
    return 2 if half_width <= 0 else min(3, max(0, math.ceil(-math.log10(half_width))))


def times(log_ratio: float, log_low: float | None, log_high: float | None) -> tuple[str, str]:
    """A log ratio and its interval as factors: ``("0.31x", "0.30-0.32")``; the interval is empty when there is none."""
    centre = math.exp(log_ratio)
    if log_low is None or log_high is None:
        return f"{significant(centre, 2)}{TIMES}", ""
    low, high = math.exp(log_low), math.exp(log_high)
    least = 2 if low < 1 else 1 if low < 10 else 0
    decimals = max(decimals_for((high - low) / 2), least)
    most = f"{high:.{decimals}f}" if high < BOUNDLESS * max(low, 1) else f"over {BOUNDLESS:,}"
    return f"{centre:.{decimals}f}{TIMES}", f"{low:.{decimals}f}{DASH}{most}"


def speed(log_ratio: float) -> str:
    """A log ratio of times in words: ``3.2x faster``, ``5 % slower``, ``equally fast``."""
    word = "faster" if log_ratio < 0 else "slower"
    factor = math.exp(abs(log_ratio))
    if factor >= 1.2:
        return f"{significant(factor, 2)}{TIMES} {word}"
    percent = 100 * (factor - 1)
    return "equally fast" if percent < 0.05 else f"{significant(percent, 1)} % {word}"


def speed_with_interval(centre: float, low: float | None, high: float | None) -> str:
    """``3.2x faster [3.1-3.3]``; an interval that holds zero carries signs: ``1 % faster [-2 to +5]``.

    What rounds to nothing is ``no faster [-2 to +2]``, or no slower: the brackets say which way they count.
    """
    if low is None or high is None:
        return speed(centre)
    word, direction = ("faster", -1) if centre < 0 else ("slower", 1)
    near, far = sorted((direction * low, direction * high))
    if math.exp(abs(centre)) >= 1.2:
        value, least, most = math.exp(abs(centre)), math.exp(near), math.exp(far)
        decimals = min(2, max(1, decimals_for((most - least) / 2)))
        return f"{value:.{decimals}f}{TIMES} {word} [{least:.{decimals}f}{DASH}{most:.{decimals}f}]"
    value, least, most = 100 * math.expm1(abs(centre)), 100 * math.expm1(near), 100 * math.expm1(far)
    decimals = min(1, decimals_for((most - least) / 2))
    if least < 0:
        amount = f"{value:.{decimals}f}"
        size = f"{amount} %" if float(amount) else "no"
        return f"{size} {word} [{signed(least, decimals)} to {signed(most, decimals)}]"
    return f"{value:.{decimals}f} % {word} [{least:.{decimals}f}{DASH}{most:.{decimals}f}]"


def ratio_of(judgement: Judgement) -> tuple[str, str]:
    """A ratio and its interval as ``times`` writes them; of what two launches told, the near end alone."""
    if not judgement.coarse:
        return times(judgement.centre, judgement.low, judgement.high)
    factor = math.exp(judgement.least)
    digits = 2 if factor >= 1.2 else 3  # of 1.09 two would leave nothing
    if judgement.word == "slower":
        return f"at least {significant(rounded_down(factor, digits), digits)}{TIMES}", ""
    return f"at most {significant(rounded_up(1 / factor), 2)}{TIMES}", ""


def speed_of(judgement: Judgement) -> str:
    """A difference as ``speed_with_interval`` writes it; of what two launches told, "at least" the near end."""
    if not judgement.coarse:
        return speed_with_interval(judgement.centre, judgement.low, judgement.high)
    factor = math.exp(judgement.least)
    size = f"{significant(rounded_down(factor), 2)}{TIMES}" if factor >= 1.2 else f"{math.floor(100 * (factor - 1))} %"
    return f"at least {size} {judgement.word}"


def rounded_down(value: float, digits: int = 2) -> float:
    """The next number of so many significant digits that is no larger."""
    size = 10.0 ** (digits - 1 - math.floor(math.log10(value)))
    return math.floor(value * size + 1e-9) / size


def rounded_up(value: float, digits: int = 2) -> float:
    """The next number of so many significant digits that is no smaller."""
    size = 10.0 ** (digits - 1 - math.floor(math.log10(value)))
    return math.ceil(value * size - 1e-9) / size


def percent_change(log_ratio: float, decimals: int = 1) -> str:
    """A log ratio as a signed percentage: ``+1.1``."""
    return signed(100 * math.expm1(log_ratio), decimals)


def signed(value: float, decimals: int) -> str:
    """A number with its sign, a real minus included."""
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def listed(items: list[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def plural(number: int, noun: str) -> str:
    """``1 launch``, ``2 launches``, ``3 deliveries``."""
    if number != 1 and noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{number:,} {noun[:-1]}ies"
    ending = "" if number == 1 else "es" if noun.endswith(("ch", "s", "x")) else "s"
    return f"{number:,} {noun}{ending}"


def spaced(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")

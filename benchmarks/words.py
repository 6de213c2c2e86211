"""What people write on the command line, and one line for them when that means nothing."""

import math
from collections.abc import Mapping
from typing import NoReturn, TypeVar

import typer

from benchmarks.engine import memory
from benchmarks.machines.hosts import is_here
from results.suggestions import suggestion
from results.terminal import Terminal

errors = Terminal(stderr=True)
MEMORY_HELP = "what one process may use: 500m, 2g; the default is 2g, or a quarter of the memory where that is less"
FRESH_HELP = "ask again what is known of safety from an earlier check"

LEAST_BUDGET = 1.0  # seconds
LEAST_HANG_LIMIT = 0.1  # seconds; less is no sign of anything on a busy machine
LEAST_MEMORY = 100 * 2**20  # bytes

T = TypeVar("T")


def fail(message: str) -> NoReturn:
    """One line on stderr, and exit code 2."""
    errors.say(f"loopmark: {message}")
    raise typer.Exit(2)


def chosen(what: str, name: str, table: Mapping[str, T]) -> T:
    """The entry of that name, or a suggestion and exit code 2."""
    if name not in table:
        fail(f"no {what} {name!r}{suggestion(name, list(table))}")
    return table[name]


def seconds_of(text: str) -> float:
    """Read a duration: 90, 90s, 10m or 1.5h."""
    units = {"s": 1, "m": 60, "h": 3600}
    number, unit = (text[:-1], text[-1]) if text[-1] in units else (text, "s")
    try:
        seconds = float(number) * units[unit]
    except ValueError:
        fail(f"--budget {text!r} is no duration: write 90s, 10m or 1h")
    if not LEAST_BUDGET <= seconds < math.inf:
        fail(f"--budget {text!r} leaves no time to measure, or no end: write {LEAST_BUDGET:g}s at least")
    return seconds


def checked_hang_limit(seconds: float) -> float:
    """The seconds after which a silent process is given up; exit code 2 for what would end everybody, or nobody."""
    if not LEAST_HANG_LIMIT <= seconds < math.inf:
        fail(f"--hang-limit {seconds:g} would give up everybody, or nobody: write {LEAST_HANG_LIMIT:g} at least")
    return seconds


def checked_scheduler(where: str) -> str:
    """The address of a scheduler, or how many hosts it shall have here; exit code 2 for what is neither."""
    kind, _, rest = where.partition(":")
    if (not is_here(where) and rest.startswith("//")) or (kind == "local" and rest.isdecimal() and int(rest) > 0):
        return where
    return fail(f"--scheduler {where!r} is no scheduler: write tcp://host:port, or local:2 for one here with two hosts")


def bytes_of(text: str) -> int:
    """Read an amount of memory; an empty one is the default."""
    try:
        amount = memory.parsed(text) if text else memory.default_limit()
    except ValueError:
        fail(f"--memory-limit {text!r} is no amount of memory: write 500m or 2g")
    if amount < LEAST_MEMORY:
        fail(
            f"--memory-limit {text!r} is less than Python with its packages needs: write {LEAST_MEMORY >> 20}m at least"
        )
    return amount

"""How much memory a process may use, and who looks that it does not use more.

The limit is on resident memory, which somebody else looks at now and then. The system's own limits are on addresses:
allocators reserve more than they ever touch, every thread's stack counts in full, and a plan that works elsewhere would
fail here.
"""

import math
import time
from contextlib import suppress

import psutil

from benchmarks.engine.patience import SLICE

MOST = 2 * 2**30  # bytes
SHARE = 0.25  # of the machine's memory, where that is less
UNITS = {"k": 2**10, "m": 2**20, "g": 2**30}
SELDOM = 3  # looks at a process for each at all that it has started, which takes a hundred times as long


class Scales:
    """Weighs one process against a limit in bytes, at most every ``SLICE`` seconds."""

    def __init__(self, process: int | None, limit: int, seldom: int = SELDOM) -> None:
        """Nothing is weighed yet, nothing has ``tipped`` the scales; a limit of 0 is none."""
        self.limit = limit
        self.tipped = False
        self._seldom = seldom
        self._process = process
        self._next = 0.0
        self._looks = 0

    def tip(self, alone: bool = True) -> bool:
        """Whether the process is, or was, over the limit; if it need not be ``alone``, with what it has started."""
        now = time.monotonic()
        if not self.tipped and now >= self._next and self.limit and self._process is not None:
            self._next = now + SLICE
            self._looks += 1
            self.tipped = weight(self._process, alone or self._looks % self._seldom > 0) > self.limit
        return self.tipped

    @property
    def reason(self) -> str:
        """Why a process that was over the limit had to go."""
        return f"it used more than {spelled(self.limit)} of memory"


def weight(process: int, alone: bool) -> int:
    """The resident bytes of a process, if not ``alone`` with all that runs below it."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        found = psutil.Process(process)
        for one in (found, *([] if alone else found.children(recursive=True))):
            with suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total


def default_limit() -> int:
    """What a process may use on this machine unless somebody says otherwise, in bytes."""
    return min(MOST, int(SHARE * psutil.virtual_memory().total))


def parsed(text: str) -> int:
    """Read an amount: 500m, 2g or 1.5g, in bytes; raises ValueError if it is none."""
    number, unit = (text[:-1], UNITS[text[-1].lower()]) if text[-1:].lower() in UNITS else (text, 1)
    amount = float(number) * unit
    if not 0 < amount < math.inf:
        raise ValueError(text)
    return int(amount)


def spelled(amount: int) -> str:
    """Bytes in the unit that suits them."""
    return f"{amount / 2**30:g} GiB" if amount >= 2**30 else f"{amount / 2**20:.0f} MiB"

"""What a trial leaves behind: tasks, threads, async generators, and complaints of the loop and the interpreter.

What holds up the loop is noted here as well: else whoever sleeps on its thread would be accused by every promise, of
something else.
"""

import asyncio
import gc
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, SupportsIndex

import trio

from benchmarks.engine.blocks import living_generators
from benchmarks.engine.threads import left_running
from benchmarks.plan.promises import Leftover
from benchmarks.safety.trials import Trial

GRACE = 3  # turns in which what is already ending may end
# The loop gives its threads five minutes to end, over at once where time is virtual; those that are left are noted.
LEAPT = "The executor did not finishing joining its threads"
NAP = 0.005  # seconds that who sleeps on the loop's thread gets of it
NAPS = 100  # of one trial; a thousand callers who sleep would make it seem hung
_real_sleep = time.sleep
_watching: list["Watch"] = []


def stalled(text: str) -> None:
    """Note that the loop was held up, where a trial is under way."""
    if _watching:
        _watching[-1].note("stalls", text)


def _sleep(seconds: float | SupportsIndex) -> None:
    """In the place of ``time.sleep``: as it is in a thread, and a note and a nap on that of the loop."""
    if asyncio._get_running_loop() is None and not trio.lowlevel.in_trio_run():  # noqa: SLF001  the public one raises
        _real_sleep(seconds)
        return
    stalled(f"time.sleep({seconds}) was called on the thread of the loop")
    if _watching and _watching[-1].may_nap():
        _real_sleep(min(float(seconds), NAP))


@dataclass
class Watch:
    """Notes of what one trial left behind, by kind; the first note of a kind is kept."""

    seen: dict[Leftover, str] = field(default_factory=dict)
    naps: int = 0

    def note(self, kind: Leftover, text: str) -> None:
        """Keep the first of a kind."""
        self.seen.setdefault(kind, text)

    def may_nap(self) -> bool:
        """Count who sleeps on the loop's thread; whether there is still time for one more."""
        self.naps += 1
        return self.naps <= NAPS

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Watch threads, warnings, sleep and errors that nobody can raise, around the whole life of a loop."""
        threads = set(threading.enumerate())
        hook = sys.unraisablehook
        sys.unraisablehook = lambda raised: self.note(
            "complaints", f"{raised.err_msg or 'ignored'}: {raised.exc_value!r}"
        )
        time.sleep = _sleep
        _watching.append(self)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                yield
                gc.collect()
        finally:
            sys.unraisablehook = hook
            time.sleep = _real_sleep
            _watching.remove(self)
        for warning in caught:
            if not (issubclass(warning.category, DeprecationWarning) or str(warning.message).startswith(LEAPT)):
                self.note("complaints", f"{warning.category.__name__}: {warning.message}")
        if left := left_running(threads):
            self.note("threads", f"{len(left)} thread(s) left running: {', '.join(left[:3])}")

    def listen(self) -> None:
        """Note what asyncio's loop tells its exception handler."""
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self._complaint(context))

    def _complaint(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.note("complaints", context["message"] + (f": {error!r}" if error else ""))

    async def inside(self, trial: Trial, before: int) -> None:
        """Look around before the loop closes; ``before`` is how many tasks there were before the trial."""
        await trial.hop(GRACE)
        gc.collect()
        if (left := trial.living() - before) > 0:
            self.note("tasks", f"{left} task(s) left running")
        if left := living_generators():
            self.note("async generators", f"{left} async generator(s) left open")


async def dismiss_strays() -> None:
    """Cancel what an alternative left running on asyncio, so that closing the loop is not blamed for it."""
    strays = asyncio.all_tasks() - {asyncio.current_task()}
    for task in strays:
        task.cancel()
    if strays:
        await asyncio.wait(strays)

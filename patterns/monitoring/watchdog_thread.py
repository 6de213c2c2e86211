"""A thread that asks the loop for a sign of life: `call_soon_threadsafe`, or Trio's `run_sync_soon`.

Choose it when you must know of a loop that never comes back: the thread tells while the loop is held up, and could show
what the loop's thread is doing just then.
It costs a thread, which wakes the loop a few times per second though it has nothing to do, and takes the interpreter
from it for a moment. The thread that tells is not the loop's. It is asleep while a step keeps the interpreter, such as
a big sort, and has its answer at once afterwards: most of these it misses.
"""

import asyncio
import logging
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from queue import Empty, SimpleQueue

log = logging.getLogger(__name__)


def soon() -> Callable[[Callable[[], object]], object]:
    """What has the loop at hand call a function, from any thread."""
    if (trio := sys.modules.get("trio")) and trio.lowlevel.in_trio_run():
        run: Callable[[Callable[[], object]], object] = trio.lowlevel.current_trio_token().run_sync_soon
        return run
    return asyncio.get_running_loop().call_soon_threadsafe


class Watchdog(threading.Thread):
    def __init__(self, tell: Callable[[float], object], longest: float) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._soon = soon()
        self._tell, self._longest = tell, longest
        self._signs: SimpleQueue[bool] = SimpleQueue()  # True is one of life, False ends it
        self._left = threading.Event()

    def run(self) -> None:
        while not self._left.wait(self._longest / 2):
            asked = time.monotonic()
            try:
                self._soon(lambda: self._signs.put(True))
            except RuntimeError:
                return  # the loop has ended
            told = False
            while (alive := self._sign()) is None:
                told = True
                self.tell(time.monotonic() - asked)
            if not alive:
                return
            if not told and time.monotonic() - asked >= self._longest:
                self.tell(time.monotonic() - asked)

    def _sign(self) -> bool | None:
        try:
            return self._signs.get(timeout=self._longest)
        except Empty:
            return None

    def tell(self, seconds: float) -> None:
        try:
            self._tell(seconds)
        except Exception:
            log.exception("nobody could be told that the loop was held up")

    def stop(self) -> None:
        self._left.set()
        self._signs.put(False)
        self.join()


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    watchdog = Watchdog(tell, longest)
    watchdog.start()
    try:
        yield
    finally:
        watchdog.stop()


# --- how it fits the contract ---

LIBRARY = "any"
KNOWN_FAILURES = (
    (
        "kept_interpreter_is_told",
        "",
        "a thread that was asleep when a step began wakes when it is over, and has its answer at once",
    ),
)

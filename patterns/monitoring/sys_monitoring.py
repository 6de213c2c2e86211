"""`sys.monitoring`: the interpreter tells when asyncio begins and ends a step.

Choose it when you want every step measured, without debug mode and without replacing anything: only the one method of
asyncio's that runs a step is watched.
It costs two calls for each step. The method, `Handle._run`, is asyncio's own matter, and uvloop runs its steps without
it. There are six tools at a time for all debuggers, profilers and monitors of a process.
"""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import CodeType
from typing import Any

log = logging.getLogger(__name__)
monitoring: Any = getattr(sys, "monitoring", None)  # since Python 3.12
STEP = asyncio.Handle._run.__code__  # noqa: SLF001  there is no public one


class Steps:
    def __init__(self, tell: Callable[[float], object], longest: float) -> None:
        self._tell, self._longest = tell, longest
        self._began = time.monotonic()

    def begins(self, code: CodeType, offset: int) -> None:  # noqa: ARG002  sys.monitoring's signature
        self._began = time.monotonic()

    def ends(self, code: CodeType, offset: int, value: object) -> None:  # noqa: ARG002  sys.monitoring's signature
        took = time.monotonic() - self._began
        if took >= self._longest:
            try:
                self._tell(took)
            except Exception:
                log.exception("nobody could be told that the loop was held up")


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    tool, events = monitoring.PROFILER_ID, monitoring.events
    steps = Steps(tell, longest)
    monitoring.use_tool_id(tool, __name__)
    try:
        monitoring.register_callback(tool, events.PY_START, steps.begins)
        monitoring.register_callback(tool, events.PY_RETURN, steps.ends)
        monitoring.set_local_events(tool, STEP, events.PY_START | events.PY_RETURN)
        yield
    finally:
        monitoring.set_local_events(tool, STEP, 0)
        monitoring.register_callback(tool, events.PY_START, None)
        monitoring.register_callback(tool, events.PY_RETURN, None)
        monitoring.free_tool_id(tool)


# --- how it fits the contract ---

LIBRARY = "asyncio"
PYTHON = ">=3.12"
KNOWN_FAILURES = (
    ("told_meanwhile", "", "a step is measured when it is over"),
    ("stall_is_told", "", "uvloop runs its steps in C, where the interpreter sees nothing", "uvloop"),
    ("kept_interpreter_is_told", "", "uvloop runs its steps in C, where the interpreter sees nothing", "uvloop"),
)

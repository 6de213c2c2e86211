"""`anyio.to_interpreter.run_sync` under an `anyio.CapacityLimiter`.

Choose it when a function computes for milliseconds in pure Python: interpreters of one process have a lock each.
It costs an interpreter per place, pickled arguments and results, and modules that can be imported in it: many that
are written in C cannot yet. Context variables stay behind. Python 3.13 has it by private means only.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import anyio
import anyio.to_interpreter

from patterns.sync_bridge import Call

LIBRARY = "anyio"
KIND = "package"
PYTHON = ">=3.14"


@asynccontextmanager
async def offload(size: int) -> AsyncIterator[Call]:
    yield partial(anyio.to_interpreter.run_sync, limiter=anyio.CapacityLimiter(size))

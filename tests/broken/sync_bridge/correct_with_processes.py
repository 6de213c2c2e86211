"""On asyncio: a pool of processes by the standard library, for functions that can be pickled."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from patterns.sync_bridge import Call

LIBRARY = "asyncio"


@asynccontextmanager
async def offload(size: int) -> AsyncIterator[Call]:
    executor = ProcessPoolExecutor(size)

    async def call(function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(executor, function, *args)

    try:
        yield call
    finally:
        await asyncio.to_thread(executor.shutdown)

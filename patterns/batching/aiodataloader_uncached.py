"""`aiodataloader.DataLoader(cache=False)`: tick batching without a memory.

Choose it when the program uses aiodataloader already and its calls are never cancelled: without the cache every load
has a future of its own, so that cancelled callers cannot poison a key.
It costs two tasks for every batch. There is no close, and the call inherits the context of the load that came first.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiodataloader import DataLoader

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiodataloader>=0.4.3",)
KNOWN_FAILURES = (
    ("base_exception_resolves_all", "", "a call that is cancelled passes by `except Exception`: load() waits for ever"),
    ("stop_iteration_isolated", "<3.12.6", "no future takes a StopIteration: github.com/python/cpython/issues/112182"),
    ("no_context_bleed", "", "call_soon copies the context of the caller that happens to be first"),
    ("close_flushes_once", "", "there is no close: what was loaded in the last turn is not sent yet", "asyncio"),
    ("close_flushes_once", "", "there is no close: what was loaded in the last turn is not sent yet", "uvloop"),
    ("nothing_left_behind", "", "there is no close: batches under way outlive the block that made the loader"),
    ("survives_garbage_collection", "", "nobody holds the task of a batch: collected in the middle, it never answers"),
    ("window_gathers", "", "a batch leaves at the end of the turn, whatever `max_wait` says"),
)


@asynccontextmanager
async def batcher(
    call: Call[Key, Value],
    max_size: int,
    max_wait: float,  # noqa: ARG001  one turn of the loop is the window
) -> AsyncIterator[DataLoader[Key, Value]]:
    loader: DataLoader[Key, Value] = DataLoader(
        call,  # type: ignore[arg-type]  # it asks for lists, and takes any sequence
        max_batch_size=max_size,
        cache=False,
    )
    yield loader

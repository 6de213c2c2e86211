"""`aiodataloader.DataLoader` as it comes: tick batching with a memory of every key.

Choose it when a loader lives as long as one request and nothing in that request is ever cancelled: equal keys are
sent once.
It costs memory for every key until the loader goes, and all callers of a key share one future: when one of them is
cancelled, the others are cancelled too, and so is everybody who asks for that key later.
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
    ("cancel_is_private", "", "cancel one of several callers of a key: all are cancelled, and every later one too"),
    ("base_exception_resolves_all", "", "a call that is cancelled passes by `except Exception`: load() waits for ever"),
    ("stop_iteration_isolated", "<3.12.6", "no future takes a StopIteration: github.com/python/cpython/issues/112182"),
    ("no_context_bleed", "", "call_soon copies the context of the caller that happens to be first"),
    ("close_flushes_once", "", "there is no close: what was loaded in the last turn is not sent yet", "asyncio"),
    ("close_flushes_once", "", "there is no close: what was loaded in the last turn is not sent yet", "uvloop"),
    ("nothing_left_behind", "", "there is no close: batches under way outlive the block that made the loader"),
    ("survives_garbage_collection", "", "nobody holds the task of a batch: collected in the middle, it never answers"),
    ("window_gathers", "", "a batch leaves at the end of the turn, whatever `max_wait` says"),
    (
        "answer_is_fresh",
        "",
        ("a known key is answered from memory until the context is left, as documented: cache=False asks again"),
    ),
    (
        "memory_is_given_back",
        "",
        "every key is remembered until the context is left, as documented: cache=False forgets",
    ),
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
    )
    yield loader
    loader.clear_all()

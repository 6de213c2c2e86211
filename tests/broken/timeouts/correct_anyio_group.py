"""A task group in which a task sleeps and then cancels it, without any of the defects planted beside it."""

from collections.abc import Callable, Iterable

import anyio

from patterns.timeouts import Call, T

LIBRARY = "anyio"


async def within(seconds: float, call: Call[T]) -> T:
    results: list[T] = []
    errors: list[BaseException] = []

    async def watch() -> None:
        await anyio.sleep(max(0.0, seconds))
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        try:
            results.append(await call())
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
        group.cancel_scope.cancel()
    if errors:
        raise errors.pop()
    if not results:
        raise TimeoutError
    return results.pop()


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    deadline = anyio.current_time() + seconds
    results: list[T] = []
    for step in steps:
        left = deadline - anyio.current_time()
        if results and left <= 0:
            raise TimeoutError
        results.append(await within(left, step))
    return results


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    while (message := await within(seconds, receive)) is not None:
        handle(message)

"""The process of a host that carries out assignments: what is ended is gone before anything else begins."""

import asyncio
import gc
import os
import pickle
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.machines.serving import Player
from tests.conftest import living, until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals end it")
SLOWLY = 0.2  # seconds that it takes to end


@dataclass
class Endless:
    """An assignment that never comes to its end, and leaves its process's id."""

    mark: Path

    def carry_out(self, kept: object) -> None:  # noqa: ARG002  every assignment is given it
        """Wait until somebody ends it, which takes a moment."""
        end = signal.getsignal(signal.SIGTERM)
        assert callable(end)

        def slowly(number: int, frame: object) -> None:
            time.sleep(SLOWLY)
            end(number, None)
            assert frame

        signal.signal(signal.SIGTERM, slowly)
        self.mark.write_text(str(os.getpid()))
        while True:
            signal.pause()


@dataclass
class Lives:
    """An assignment that looks whether a process lives."""

    process: int

    def carry_out(self, kept: object) -> bool:  # noqa: ARG002  every assignment is given it
        """Whether it does."""
        return living(self.process)


async def begun(player: Player, mark: Path) -> tuple[asyncio.Task[bytes], int]:
    """An endless assignment that has begun, and its process."""
    task = asyncio.create_task(player.play(pickle.dumps(Endless(mark))))
    await asyncio.to_thread(until, lambda: mark.exists() and mark.read_text())
    return task, int(await asyncio.to_thread(mark.read_text))


async def closed(player: Player, task: "asyncio.Task[bytes]") -> None:
    """The host goes."""
    await player.close()
    assert pickle.loads(await task) == (None, "the process that measures ended with code 1")


async def cancelled(player: Player, task: "asyncio.Task[bytes]") -> None:
    """Nobody waits for the answer any more."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await player.close()


@pytest.mark.parametrize("ended", [closed, cancelled])
def test_what_is_ended_is_gone(
    ended: Callable[[Player, "asyncio.Task[bytes]"], Awaitable[None]], tmp_path: Path
) -> None:
    """And the loop that is closed afterwards has nothing left of it."""

    async def one() -> int:
        player = Player()
        task, process = await begun(player, tmp_path / "process")
        await ended(player, task)
        return process

    assert not living(asyncio.run(one()))
    gc.collect()  # what is closed after its loop would be told here


def test_the_next_begins_when_the_one_before_is_gone(tmp_path: Path) -> None:
    """Or both would have the cores that one is measured on."""

    async def two() -> object:
        player = Player()
        task, process = await begun(player, tmp_path / "process")
        player.end()
        answer = await player.play(pickle.dumps(Lives(process)))
        await task
        await player.close()
        return pickle.loads(answer)

    assert asyncio.run(two()) == (False, "")

"""Unrest: for how many turns in a row a loop has had something to do, so that time that leaps does not pass."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import trio


class Unrest:
    """The turns since one loop last came to rest; only a loop in virtual time counts them."""

    def __init__(self) -> None:
        """It has just come to rest."""
        self.turns = 0
        self._most: int | None = None
        self._tell: Callable[[], object] = lambda: None

    def turn(self) -> None:
        """There was something to do."""
        self.turns += 1
        if self.turns == self._most:
            self._tell()

    def rest(self) -> None:
        """There was nothing to do but to wait for a timer, or for a thread."""
        self.turns = 0

    @contextmanager
    def borne(self, turns: int, tell: Callable[[], object]) -> Iterator[None]:
        """Call ``tell``, on the loop's thread, when so many more turns have passed without a rest."""
        before = self._most, self._tell
        self._most, self._tell = self.turns + turns, tell
        try:
            yield
        finally:
            self._most, self._tell = before


_of_loops: "WeakKeyDictionary[asyncio.AbstractEventLoop, Unrest]" = WeakKeyDictionary()
_of_run: "trio.lowlevel.RunVar[Unrest | None]" = trio.lowlevel.RunVar("unrest", None)


def unrest_here() -> Unrest:
    """That of the loop at hand."""
    if not trio.lowlevel.in_trio_run():
        return unrest_of(asyncio.get_running_loop())
    if (unrest := _of_run.get()) is None:
        _of_run.set(unrest := Unrest())
    return unrest


def unrest_of(loop: asyncio.AbstractEventLoop) -> Unrest:
    """The same for any loop of asyncio."""
    return _of_loops.setdefault(loop, Unrest())

"""What is asked of a family: questions about safety, each an async function that raises when the promise is broken."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import patterns
from benchmarks.plan.rooms import said_by
from results.suite import NeedRecord

Leftover = Literal["tasks", "threads", "async generators", "complaints", "stalls"]


@dataclass(frozen=True, slots=True)
class Promise:
    """One safety question with yes or no.

    ``run`` is the question, asked of a ``Trial``; its docstring is the report's text, in three parts: the promise in
    one line, the harm that a broken promise does, and an indented example of that harm. A promise that is ``swept`` is
    tried with a strike at every turn until the strike no longer finds anything to strike; where it is ``instant``, and
    sets no timers of its own, that ends soon once nothing but time passes. Trials run in virtual time where the loop
    allows it, unless they are about what time cannot leap over, and ask for ``real`` time. ``once`` is for what no seed
    can perturb, such as real threads.
    ``about`` names the capabilities that the question is about: an alternative that offers none of them is not asked.
    ``need`` is the need of the contract that it belongs to; without one it is basic: everybody relies on it.
    ``collects`` are the kinds of leftovers, in whatever trial they are seen, that break this promise; ``tolerates``
    are words of leftovers that its own trials provoke, and that break none. A ``fact`` is disclosed beside the
    promises and condemns nobody: its function returns the answer.
    """

    run: Callable[[Any], Awaitable[Any]]
    swept: bool = False
    instant: bool = False
    real: bool = False
    once: bool = False
    fact: bool = False
    about: tuple[str, ...] = ()
    need: str = ""
    collects: tuple[Leftover, ...] = ()
    tolerates: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The function's name."""
        return self.run.__name__

    @property
    def parts(self) -> tuple[str, str, str]:
        """The promise, the harm and the example."""
        lines = inspect.cleandoc(self.run.__doc__ or self.name).splitlines()
        example = "\n".join(line[4:] for line in lines[1:] if line.startswith("    ") or not line).strip("\n")
        harm = " ".join(line.strip() for line in lines[1:] if line and not line.startswith("    "))
        return lines[0].rstrip("."), harm, example


@cache
def promises(family: str) -> tuple[Promise, ...]:
    """The promises of a family: its module's ``PROMISES``; none if there is no module yet."""
    return tuple(said_by(family, "promises", "PROMISES", ()))


def needs(family: str) -> list[NeedRecord]:
    """The needs of a family, each with the promises that it covers."""
    return [
        {
            "name": need.name,
            "phrase": need.phrase,
            "usual": need.usual,
            "promises": [promise.name for promise in promises(family) if promise.need == need.name],
        }
        for need in patterns.contract(family).needs
    ]

"""Parts of programs as scenes and workloads write them: annotated functions, of as many needs as it takes."""

from collections.abc import AsyncIterator, Callable
from inspect import Parameter, Signature
from typing import Any

from patterns.injection import Part


class Thing:
    """What a part is: its kind is a class of its own; ``needs`` are the things that it was made of."""

    def __init__(self, *needs: Any) -> None:
        """As it was made."""
        self.needs = needs

    def __repr__(self) -> str:
        """By its kind."""
        return f"a {type(self).__name__}"


def kind_of(name: str) -> type[Thing]:
    """A kind of thing."""
    return type(name, (Thing,), {})


def part(kind: type, make: Callable[..., Any], *needs: type, shared: bool = False, opens: bool = False) -> Part:
    """A part whose ``make`` takes any number of things, under a signature with a parameter for each need.

    A parameter has the name of its kind. A part that ``opens`` is an async generator function.
    """
    returns: Any = AsyncIterator[kind] if opens else kind  # type: ignore[valid-type]  # the class at hand
    named = {need.__name__.lower(): need for need in needs}
    parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=need) for name, need in named.items()]
    told: Any = make
    told.__signature__ = Signature(parameters, return_annotation=returns)
    told.__annotations__ = {**named, "return": returns}
    told.__name__ = told.__qualname__ = f"make_{kind.__name__}"
    return Part(kind, make, needs, shared)


def plain(kind: type[Thing], *needs: type, shared: bool = False) -> Part:
    """A part that is there at once, and has nothing to close."""

    def make(*given: Any, **named: Any) -> Thing:
        return kind(*given, *named.values())

    return part(kind, make, *needs, shared=shared)

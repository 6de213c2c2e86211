"""Errors as the trials of many families meet them: as they were raised, in groups, or as the cause of another."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.safety.cancelling import CANCELLED, Caller, leaves


class Unknown:
    """What no loop can wait for, as another library's awaitable: an error is raised where it is awaited."""

    def __await__(self) -> Generator[Any, Any, None]:
        """Hand the loop what it does not know."""
        yield self


def origins(error: BaseException) -> Iterator[BaseException]:
    """The exceptions inside groups, and what these were raised from: who wraps errors is told so once, as a fact."""
    for leaf in leaves(error):
        yield leaf
        if leaf.__cause__ and not isinstance(leaf.__cause__, CANCELLED):  # a deadline's TimeoutError is raised from one
            yield from origins(leaf.__cause__)


def same(one: BaseException | None, other: BaseException) -> bool:
    """Whether these are alike, in type and words; some alternatives copy what they raise."""
    return one is not None and type(one) is type(other) and one.args == other.args


def arrived(got: BaseException | None, raised: BaseException) -> bool:
    """Whether somebody got what was raised: bare, in groups, or as the cause of what he got."""
    return got is not None and any(same(one, raised) for one in origins(got))


@dataclass(kw_only=True, eq=False)
class Listener(Caller):
    """A caller who may be told of an error as the cause of another."""

    @property
    def errors(self) -> list[BaseException]:
        """What left the call or the block, taken out of its groups, and what that was raised from."""
        return list(origins(self.error)) if self.error else []

    def strange(self, *raised: BaseException) -> list[BaseException]:
        """What left it beside cancellations, and is none of what somebody had raised, nor was raised from that."""
        seen = leaves(self.error) if self.error else ()
        told = [leaf for leaf in seen if not isinstance(leaf, CANCELLED)]
        return [leaf for leaf in told if not any(one in raised for one in origins(leaf))]

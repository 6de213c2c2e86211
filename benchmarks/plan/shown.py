"""What an alternative reads as the time where the loop's clock leaps: that clock, whatever clock it asks."""

import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

SECONDS = ("monotonic", "perf_counter", "time")
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  in UTC, as those write it who leave that out
NATIVE = {"asyncio", "trio", "anyio", "uvloop", "benchmarks", "patterns", *sys.stdlib_module_names}


@contextmanager
def shown(family: Any, now: Callable[[], float]) -> Iterator[None]:
    """Show an alternative and its packages ``now`` meanwhile; everybody else, who times it, reads real time.

    Whoever has bound a function of ``time``, the class ``datetime``, or one of these modules to a name of its own
    module, finds another one there.
    """
    functions: dict[Any, Any] = {dt.datetime: date_of(now)}
    for name in SECONDS:
        functions[getattr(time, name)] = now
        functions[getattr(time, f"{name}_ns")] = lambda: round(now() * 1e9)
    stand_ins = {**functions, **modules_of(functions)}
    replaced = list(_bound(family, stand_ins))
    for space, name, _, stand_in in replaced:
        space[name] = stand_in
    try:
        yield
    finally:
        for space, name, real, _ in replaced:
            space[name] = real


class _Dates(type):
    """A date is a date, whoever made it."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, dt.datetime)


def date_of(now: Callable[[], float]) -> type[dt.datetime]:
    """The class ``datetime``, where it is ``now`` seconds after the epoch."""

    class Shown(dt.datetime, metaclass=_Dates):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return dt.datetime.fromtimestamp(now(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.now()

        @classmethod
        def utcnow(cls) -> Any:
            return EPOCH + dt.timedelta(seconds=now())

    return Shown


def modules_of(stand_ins: dict[Any, Any]) -> dict[Any, Any]:
    """The modules ``time`` and ``datetime`` with stand-ins for what they define, by the modules themselves."""
    return {
        module: SimpleNamespace(**{name: stand_ins.get(_hashable(what), what) for name, what in vars(module).items()})
        for module in (time, dt)
    }


def _bound(family: Any, stand_ins: dict[Any, Any]) -> Iterator[tuple[dict[str, Any], str, Any, Any]]:
    """The namespaces of an alternative and its packages, and which names in them stand for what is to be replaced."""
    packages = {_package(value) for value in vars(family).values()} - NATIVE
    spaces = [vars(module) for name, module in list(sys.modules.items()) if name.partition(".")[0] in packages]
    for space in (vars(family), *spaces):
        for name, value in list(space.items()):
            if (callable(value) or isinstance(value, ModuleType)) and _hashable(value) in stand_ins:
                yield space, name, value, stand_ins[value]


def _package(value: Any) -> str:
    """Where something that an alternative names comes from: the first part of a module's name, or an empty string."""
    home = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return home.partition(".")[0] if isinstance(home, str) else ""


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return None
    return value

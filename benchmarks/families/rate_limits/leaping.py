"""What limiters read as the time where the loop's clock leaps: that clock, whatever function of ``time`` they call."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

SECONDS = ("monotonic", "perf_counter", "time")
NATIVE = {"asyncio", "trio", "anyio", "uvloop", "benchmarks", "patterns", *sys.stdlib_module_names}


@contextmanager
def shown(family: Any, now: Callable[[], float]) -> Iterator[None]:
    """Show an alternative and its packages ``now`` meanwhile; everybody else, who times it, reads real time.

    Whoever has bound a function of ``time`` to a name of its module, or the module itself, finds another one there.
    """
    functions: dict[Any, Any] = {}
    for name in SECONDS:
        functions[getattr(time, name)] = now
        functions[getattr(time, f"{name}_ns")] = lambda: round(now() * 1e9)
    names = {function.__name__: stand_in for function, stand_in in functions.items()}
    module = SimpleNamespace(**{**vars(time), **names})
    replaced = list(_bound(family, {**functions, time: module}))
    for space, name, _, stand_in in replaced:
        space[name] = stand_in
    try:
        yield
    finally:
        for space, name, real, _ in replaced:
            space[name] = real


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

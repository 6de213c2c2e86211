"""A family's room: the modules in which it says what is asked of it. A room need not have all of them."""

import importlib
import importlib.util
from typing import Any


def said_by(family: str, module: str, constant: str, otherwise: Any) -> Any:
    """A constant of a module of a family's room, or what there is ``otherwise``, without that module."""
    name = f"benchmarks.families.{family}.{module}"
    if importlib.util.find_spec(name) is None:
        return otherwise
    return getattr(importlib.import_module(name), constant)


def module_for_trials(family: str) -> str:
    """The module of a family's room that every examined process asks something of."""
    return f"benchmarks.families.{family}.promises"


def modules_for_workers(family: str) -> list[str]:
    """The modules of a family's room that every worker asks something of."""
    names = (f"benchmarks.families.{family}.{module}" for module in ("workloads", "nothing", "arrivals"))
    return [name for name in names if importlib.util.find_spec(name) is not None]

"""What a run was asked for on the command line, as it is recorded: going on with it needs nothing else."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from benchmarks.plan.filters import Filters
from results.suite import OptionsRecord


@dataclass(frozen=True)
class Options:
    """The options of ``run`` by name; None and empty ones leave the choice to the preset."""

    preset: str = "standard"
    budget: str = ""
    family: Sequence[str] | None = None
    workload: Sequence[str] | None = None
    backend: Sequence[str] | None = None
    alternative: Sequence[str] | None = None
    n: Sequence[int] | None = None
    engine: str = "turns"
    seed: int | None = None
    seeds: int | None = None
    fresh: bool = False
    extra: float | None = None
    hang_limit: float | None = None
    start_method: str = ""
    memory_limit: str = ""
    include: Sequence[str] | None = None
    fail_if_slower: str = ""
    fail_if_broken: bool = False
    environment: Sequence[str] | None = None
    scheduler: str = ""
    mixed: bool = False

    @property
    def record(self) -> OptionsRecord:
        """As the record holds them."""
        return cast("OptionsRecord", asdict(self))

    def filters(self) -> Filters:
        """What takes part."""
        return Filters(
            tuple(self.family or ()),
            tuple(self.workload or ()),
            tuple(self.backend or ()),
            tuple(self.alternative or ()),
            tuple(self.n or ()),
        )


def spelled(name: str, value: Any) -> str:
    """An option as one writes it."""
    option = f"--{name.replace('_', '-')}"
    if value is None or value is False or value in ("", [], ()):
        return f"no {option}"
    if value is True:
        return option
    values = value if isinstance(value, list | tuple) else [value]
    return " ".join(f"{option} {one}" for one in values)

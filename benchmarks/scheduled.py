"""A run whose comparisons a scheduler hands out: whom it may use, and of what kinds they are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.alone import alone
from benchmarks.machines.hosts import Hosts, SchedulerError, is_here
from benchmarks.machines.kinds import Kind, foreign, kind_here, unlike
from benchmarks.telling import named
from benchmarks.words import errors
from results.record import Writer, read_machine, read_suite

if TYPE_CHECKING:  # it imports Dask
    from benchmarks.machines.through_dask import Scheduler

NEEDED = "the package distributed is not installed: pip install distributed"


@contextmanager
def reached(where: str) -> "Iterator[Scheduler | None]":
    """The scheduler that is asked for, if one is; raises SchedulerError if there is none."""
    if not where:
        yield None
        return
    try:
        from benchmarks.machines import through_dask
    except ModuleNotFoundError as error:
        raise SchedulerError(f"--scheduler {where}: {NEEDED}") from error
    with through_dask.reached(where) as scheduler:
        yield scheduler


@contextmanager
def measuring(where: str) -> Iterator[Callable[[object], None]]:
    """Be the only run here, if it is measured here: hosts elsewhere see to that themselves."""
    if is_here(where):
        with alone() as tell:
            yield tell
    else:
        yield lambda _: None


def kinds_of(scheduler: "Scheduler | None", *, mixed: bool) -> list[Kind | None]:
    """The kinds of hosts that a run is for, each for one of its own; None for this machine without a scheduler.

    Raises SchedulerError if they are of several kinds and not to be ``mixed``, or if one could not do what is planned
    here.
    """
    if scheduler is None:
        return [None]
    here, found = kind_here() if scheduler.apart else None, dict[str, Kind]()
    for name, (_, kind) in sorted(scheduler.present().items()):
        if here and (why := named(list(foreign(here, kind)))):
            parted = "; --mixed only parts hosts that could do what is planned here" if mixed else ""
            raise SchedulerError(f"host {name} has {why}, as here: install the same there{parted}")
        if any(not list(unlike(other, kind)) for other in found.values()):
            continue
        if found and not mixed:
            first, other = next(iter(found.items()))
            what = named(list(unlike(other, kind)))
            raise SchedulerError(
                f"host {name} is of another kind than {first}: {what} as there: end one, or write --mixed for two runs"
            )
        found[name] = kind
    return [*found.values()]


def hosts_for(scheduler: "Scheduler", writer: Writer) -> Hosts:
    """The hosts that are of the kind that a record is of."""
    from benchmarks.machines.through_dask import DaskHosts

    recorded = Kind(read_machine(writer.directory), writer.suite["versions"], kind_here().code)

    def why_not(kind: Kind) -> str:
        versions = {name: version for name, version in kind.versions.items() if name in recorded.versions}
        return named(list(unlike(recorded, Kind(kind.machine, versions, kind.code))))

    return DaskHosts(scheduler, why_not, errors.say)


def scheduler_of(directory: Path) -> str:
    """The scheduler that a run was begun with; raises RecordError if its record cannot be read."""
    return read_suite(directory / "suite.json")["run"].get("options", {}).get("scheduler", "")


def serve_for(scheduler: str, name: str) -> None:
    """Be a host of a scheduler until it goes away; raises SchedulerError if there is none."""
    try:
        from benchmarks.machines.serving import served
    except ModuleNotFoundError as error:
        raise SchedulerError(f"serve {scheduler}: {NEEDED}") from error
    served(scheduler, name)

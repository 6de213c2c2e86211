"""Where the settings of a trial of ``patterns.config`` come from, and the requests and watchers that read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.plan.backends import Event
from benchmarks.safety.cancelling import Caller
from benchmarks.safety.trials import Crew, Player, Trial, ending, expect, listed, shown_as
from benchmarks.safety.waiting import LONG, all_end
from patterns.config import Store, Values, WatchedStore

STORE = ("store",)
SHARE = 10  # the timeout of a version is so many times its limit


class LoadError(Exception):
    """What a load raises on purpose."""


class RequestError(Exception):
    """What a request raises on purpose."""


def version(limit: int, timeout: int) -> str:
    """To which version values belong, for messages."""
    if timeout == SHARE * limit:
        return f"version {limit}"
    return f"the limit of version {limit} and the timeout of version {timeout // SHARE}"


@dataclass
class Source:
    """Where settings come from: whoever loads gets the version that was there as the load began.

    A load takes so many ``turns``, the next ones those of ``turns_of_next``, and ends no sooner than ``gate`` is set,
    if there is one. ``error`` is what loads raise; ``damaged`` are texts that replace those of the version.
    """

    trial: Trial
    version: int = 1
    turns: int = 1
    turns_of_next: list[int] = field(default_factory=list)
    gate: Event | None = None
    error: LoadError | None = None
    damaged: Mapping[str, str] = field(default_factory=dict)
    loads: int = 0
    under_way: int = 0

    @shown_as("a load")
    async def load(self) -> Mapping[str, str]:
        """Load them once more."""
        self.loads += 1
        self.under_way += 1
        texts = {"limit": str(self.version), "timeout": str(SHARE * self.version), **self.damaged}
        error = self.error
        try:
            await self.trial.hop(self.turns_of_next.pop(0) if self.turns_of_next else self.turns)
            if self.gate is not None:
                await self.gate.wait()
            if error:
                raise error
        finally:
            self.under_way -= 1
        return texts


@dataclass(kw_only=True, eq=False)
class Request(Caller):
    """A request: it reads one value, waits so many turns and for ``until``, if that is given, and reads the other.

    ``began`` says that it has settings, ``seen`` is what it has read; it raises ``failure``, if there is one.
    """

    trial: Trial
    turns: int = 0
    until: Event | None = None
    failure: RequestError | None = None
    began: bool = False
    seen: str = ""

    async def run(self, settings: Store) -> str:
        """Be served."""
        answer = ""
        with self.handling():
            answer = await settings.serve(self.handle)
        await self.trial.hop(3)  # a cancellation that came before is felt here at the latest
        return answer

    @shown_as("a request")
    async def handle(self, values: Values) -> str:
        """What is to be done with settings of one version."""
        self.began = True
        limit = values.limit
        await self.trial.hop(self.turns)
        if self.until is not None:
            await self.until.wait()
        self.seen = version(limit, values.timeout)
        if self.failure:
            raise self.failure
        return self.seen


def ask(crew: Crew, trial: Trial, settings: Store, **how: Any) -> Request:
    """A request, in a task of its own; ``how`` are the fields of ``Request``."""
    request = Request(trial=trial, **how)
    request.player = crew.start(request.run, settings, name="a request")
    return request


@dataclass(kw_only=True, eq=False)
class Reload(Caller):
    """Somebody who reloads, handles what that raises, and goes on for a few turns."""

    trial: Trial

    async def run(self, settings: Store) -> None:
        """Reload once."""
        with self.handling():
            await settings.reload()
        await self.trial.hop(3)  # a cancellation that came before is felt here at the latest


def reload(crew: Crew, trial: Trial, settings: Store) -> Reload:
    """Somebody who reloads, in a task of its own."""
    one = Reload(trial=trial)
    one.player = crew.start(one.run, settings, name="a reload")
    return one


async def now_in_force(trial: Trial, crew: Crew, settings: Store) -> str:
    """Which version a request sees that comes now; or what becomes of it, if it is not served."""
    request = ask(crew, trial, settings)
    await all_end(trial, request.player)
    return request.seen or f"a request {ending(request.player)}"


async def still_first(trial: Trial, crew: Crew, settings: Store, after: str) -> None:
    """Expect that a request, and whoever reads one value, sees version 1 as before."""
    seen = await now_in_force(trial, crew, settings)
    expect(seen == "version 1", f"{after}, and then a request saw: {seen}")
    read = crew.start(settings.limit, name="who reads one value")
    await all_end(trial, read)
    expect(read.value == 1, f"{after}, and then who read the limit of version 1 {ending(read)}")


async def next_reload_works(trial: Trial, crew: Crew, settings: Store, source: Source, after: str) -> None:
    """Expect that another version can be loaded, and is in force then."""
    source.version += 1
    one = reload(crew, trial, settings)
    in_time = await all_end(trial, one.player)
    expect(in_time, f"{after}, and the next reload did not end within {LONG}")
    expect(one.player.outcome == "returned" and not one.errors, f"{after}, and the next reload {fate(one)}")
    seen = await now_in_force(trial, crew, settings)
    expect(seen == f"version {source.version}", f"{after}, version {source.version} was loaded, and then: {seen}")


def fate(one: Caller) -> str:
    """What became of who called, for a message."""
    if one.errors:
        return f"raised {listed(type(error).__name__ for error in one.errors)}"
    return "returned" if one.player.outcome == "returned" else ending(one.player)


@dataclass
class Watcher:
    """Somebody who waits for changes, and is busy for so many turns after each; it ends once it has seen ``last``.

    ``seen`` are the versions of which it was told, in order.
    """

    trial: Trial
    last: int
    busy: Sequence[int] = (0,)
    waits: bool = False
    seen: list[str] = field(default_factory=list)

    async def run(self, settings: WatchedStore) -> None:
        """Wait for one change after the other."""
        known = settings.version
        number = 0
        while f"version {self.last}" not in self.seen:
            self.waits = True
            known, values = await settings.changed(known)
            self.seen.append(version(values.limit, values.timeout))
            await self.trial.hop(self.busy[number % len(self.busy)])
            number += 1


def watch(crew: Crew, settings: WatchedStore, watcher: Watcher) -> Player:
    """A watcher, in a task of its own."""
    return crew.start(watcher.run, settings, name="a watcher")

"""Correct, on Trio, without a nursery: system tasks, behind scopes of their own."""

from collections.abc import Sequence
from types import TracebackType

import trio

from patterns.lifecycle import Service

LIBRARY = "trio"


class running:  # noqa: N801  as the contract has it
    def __init__(self, services: Sequence[Service]) -> None:
        self.services = services
        self.rows: list[tuple[trio.CancelScope, trio.Event]] = []
        self.errors: list[BaseException] = []
        self.body = trio.CancelScope()
        self.entered = False

    async def __aenter__(self) -> None:
        self.body.__enter__()
        try:
            for service in self.services:
                scope, started, ended = trio.CancelScope(), trio.Event(), trio.Event()
                self.rows.append((scope, ended))
                trio.lowlevel.spawn_system_task(self.run, service, scope, started, ended)
                await started.wait()
            self.entered = True
        except BaseException as error:
            if not await self.__aexit__(type(error), error, error.__traceback__):
                raise

    async def run(self, service: Service, scope: trio.CancelScope, started: trio.Event, ended: trio.Event) -> None:
        try:
            with scope:
                await service(started.set)
                if not started.is_set():
                    raise RuntimeError("a service ended before it had started")
        except BaseException as error:
            self.errors.append(error)
            self.body.cancel()
        ended.set()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        with trio.CancelScope(shield=True):
            for scope, ended in reversed(self.rows):
                scope.cancel()
                await ended.wait()
            await trio.lowlevel.checkpoint()  # in which the last of these tasks ends
        swallowed = bool(self.body.__exit__(kind, error, trace))
        if isinstance(error, Exception):
            self.errors.append(error)
        if self.errors and (swallowed or error is None or isinstance(error, Exception)):
            raise BaseExceptionGroup("services failed", self.errors)
        return swallowed

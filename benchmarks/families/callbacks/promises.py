"""What is asked of ``patterns.callbacks``: who hears of an event, and what becomes of it when something goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from benchmarks.families.callbacks.cancellation import (
    cancel_is_not_swallowed,
    cancel_reaches_handlers,
    cancel_survives_failing_cleanup,
    cancelled_emit_spoils_nothing,
    close_waits_for_cleanup,
    errors_survive_cancellation,
    no_complaints,
    nothing_left_behind,
)
from benchmarks.families.callbacks.changes import (
    connect_during_emit,
    nested_emit,
    overlapping_emits,
    unsubscribe_during_emit,
)
from benchmarks.families.callbacks.delivery import (
    bounded_in_flight,
    close_waits_for_events,
    emit_waits_for_handlers,
    every_handler_runs_once,
    handlers_kept_alive,
    handlers_side_by_side,
    long_handler_is_waited_for,
    never_holds_up_the_loop,
    per_subscriber_order,
    running_handlers_survive_collection,
    settle_waits_for_handlers,
)
from benchmarks.families.callbacks.errors import (
    all_errors_kept,
    emit_ends_whatever_is_raised,
    errors_reach_emitter,
    errors_reported_once,
    one_failure_does_not_stop_others,
    state_not_global,
)
from benchmarks.families.callbacks.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.plan.workloads import Once
from benchmarks.safety.memory import same_memory, same_memory_of
from benchmarks.safety.trials import Trial
from patterns.callbacks import Event


async def memory_is_given_back(trial: Trial) -> None:
    """Events that are over, also those whose handler failed, take no memory that is never given back.

    A list of all tasks that ever called a handler, or of all their errors, grows with every event. The program works
    for weeks, and is killed when nobody looks.

        for handler in self.handlers:
            self.tasks.append(create_task(handler(event)))
        # and nobody removes one
    """
    await same_memory(trial, WORKLOADS, ("one_hop", "crowd"))
    await same_memory_of(trial, partial(_failing, trial), "a handler fails, and its error is told")


@asynccontextmanager
async def _failing(trial: Trial) -> AsyncIterator[Once]:
    async def fail(event: Event) -> None:  # noqa: ARG001  they are all alike
        await trial.hop()
        raise LookupError

    async with trial.module.emitter() as emitter:
        emitter.connect(fail)

        async def once() -> None:
            for tell in (partial(emitter.emit, 1), emitter.settle):  # one of them raises it
                with suppress(Exception):
                    await tell()

        yield once


PROMISES = (
    Promise(errors_reach_emitter),
    Promise(one_failure_does_not_stop_others, need="isolation"),
    Promise(all_errors_kept, need="isolation"),
    Promise(errors_reported_once),
    Promise(every_handler_runs_once),
    Promise(emit_waits_for_handlers, need="done"),
    Promise(settle_waits_for_handlers),
    Promise(per_subscriber_order, need="order"),
    Promise(bounded_in_flight, once=True, need="bounded"),
    Promise(handlers_side_by_side, need="side-by-side"),
    Promise(cancel_reaches_handlers, swept=True, instant=True, need="cleanup"),
    Promise(cancel_is_not_swallowed, swept=True, instant=True),
    Promise(cancelled_emit_spoils_nothing, swept=True, instant=True),
    Promise(close_waits_for_events),
    Promise(close_waits_for_cleanup, swept=True, instant=True, need="cleanup"),
    Promise(unsubscribe_during_emit, need="inner"),
    Promise(connect_during_emit, need="inner"),
    Promise(overlapping_emits),
    Promise(nested_emit, need="inner"),
    # What a handler raises that is no Exception need not be an error of emit; asyncio then tells its exception handler.
    Promise(emit_ends_whatever_is_raised, tolerates=("never retrieved",)),
    Promise(handlers_kept_alive),
    Promise(running_handlers_survive_collection),
    Promise(state_not_global),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(no_complaints, swept=True, instant=True, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(memory_is_given_back, once=True),
    Promise(long_handler_is_waited_for, once=True),
    Promise(errors_survive_cancellation, once=True, fact=True),
    Promise(cancel_survives_failing_cleanup, once=True, fact=True),
)

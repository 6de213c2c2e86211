"""What is asked of ``patterns.callbacks``: who hears of an event, and what becomes of it when something goes wrong."""

from benchmarks.properties import Property
from benchmarks.properties.callbacks_cancellation import (
    cancel_is_not_swallowed,
    cancel_reaches_handlers,
    cancel_survives_failing_cleanup,
    cancelled_emit_spoils_nothing,
    close_waits_for_cleanup,
    errors_survive_cancellation,
    no_complaints,
    nothing_left_behind,
)
from benchmarks.properties.callbacks_changes import (
    connect_during_emit,
    nested_emit,
    overlapping_emits,
    unsubscribe_during_emit,
)
from benchmarks.properties.callbacks_delivery import (
    bounded_in_flight,
    close_waits_for_events,
    emit_waits_for_handlers,
    every_handler_runs_once,
    handlers_kept_alive,
    handlers_side_by_side,
    per_subscriber_order,
    running_handlers_survive_collection,
    settle_waits_for_handlers,
)
from benchmarks.properties.callbacks_errors import (
    all_errors_kept,
    emit_ends_whatever_is_raised,
    errors_reach_emitter,
    errors_reported_once,
    one_failure_does_not_stop_others,
    state_not_global,
)

PROPERTIES = (
    Property(errors_reach_emitter),
    Property(one_failure_does_not_stop_others),
    Property(all_errors_kept),
    Property(errors_reported_once),
    Property(every_handler_runs_once),
    Property(emit_waits_for_handlers, clock=True),
    Property(settle_waits_for_handlers),
    Property(per_subscriber_order),
    Property(bounded_in_flight, once=True),
    Property(handlers_side_by_side),
    Property(cancel_reaches_handlers, swept=True),
    Property(cancel_is_not_swallowed, swept=True),
    Property(cancelled_emit_spoils_nothing, swept=True),
    Property(close_waits_for_events),
    Property(close_waits_for_cleanup, swept=True),
    Property(unsubscribe_during_emit),
    Property(connect_during_emit),
    Property(overlapping_emits),
    Property(nested_emit),
    # What a handler raises that is no Exception need not be an error of emit; asyncio then tells its exception handler.
    Property(emit_ends_whatever_is_raised, tolerates=("never retrieved",)),
    Property(handlers_kept_alive),
    Property(running_handlers_survive_collection),
    Property(state_not_global),
    Property(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Property(no_complaints, swept=True, collects=("complaints",)),
    Property(errors_survive_cancellation, once=True, fact=True),
    Property(cancel_survives_failing_cleanup, once=True, fact=True),
)

"""What stands in for an alternative of ``patterns.monitoring``: its baseline does already."""

from benchmarks.plan.nothing import Nothing

ALREADY = "the baseline watches nothing, counts nothing and sends nothing: it is the load alone"
NOTHING: dict[str, Nothing | str] = {
    "spawn_heavy": ALREADY,
    "wait_heavy": ALREADY,
    "callback_heavy": ALREADY,
    "block": ALREADY,
    "counted_spawns": ALREADY,
    "counters": ALREADY,
    "events": ALREADY,
    "overload": ALREADY,
}

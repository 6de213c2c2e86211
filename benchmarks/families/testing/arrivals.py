"""Nothing arrives by itself in ``patterns.testing``."""

from benchmarks.families.testing.workloads import WORKLOADS

WHY = "a test runs when the one before has ended; none arrives while others run"
ARRIVALS = {workload.name: WHY for workload in WORKLOADS}

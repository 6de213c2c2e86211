"""Nothing can stand in for an alternative of ``patterns.streams``."""

from benchmarks.families.streams.workloads import WORKLOADS

WHY = "handing items from a source to a loop, and closing the source, is what is asked about"
NOTHING = {workload.name: WHY for workload in WORKLOADS}

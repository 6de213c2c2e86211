"""Nothing can stand in for an alternative of ``patterns.lifecycle``."""

from benchmarks.families.lifecycle.workloads import WORKLOADS

WHY = "a service runs beside its caller: starting and stopping what does so is what is asked about"
NOTHING = {workload.name: WHY for workload in WORKLOADS}

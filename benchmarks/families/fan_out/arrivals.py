"""Nothing arrives one by one: the jobs of a call are a batch that the caller waits for as a whole."""

from benchmarks.families.fan_out.workloads import WORKLOADS

ARRIVALS = {workload.name: "the jobs of a call are one batch, for which its caller waits" for workload in WORKLOADS}

"""A family: unfinished."""

GROUP = "answer"
# => benchmarks/families/unfinished/workloads.py: it is missing: write BASELINE and WORKLOADS there

"""A family: unasked."""

GROUP = "answer"
# => benchmarks/families/unasked/workloads.py: cannot be imported: ModuleNotFoundError: No module named 'no_such_module'

"""A family: hollow."""

GROUP = "answer"
# => benchmarks/families/hollow/promises.py: PROMISES: write a tuple of Promise, with one at least

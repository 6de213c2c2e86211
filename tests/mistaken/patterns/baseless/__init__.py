"""A family: baseless."""

GROUP = "answer"
# => benchmarks/families/baseless/workloads.py: BASELINE: there is no alternative 'plain_asincio' (did you mean plain_asyncio?)

from benchmarks.families.echo.workloads import WORKLOADS

BASELINE = {"asyncio": "plain_asyncio"}

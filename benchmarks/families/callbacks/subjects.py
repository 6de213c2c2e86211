"""What studies of measuring measure of callbacks."""

from benchmarks.plan.subjects import Subjects
from benchmarks.plan.variants import Variant

SUBJECTS = Subjects(
    engines="one_hop",
    copies={Variant("callbacks", "ready", 1, "pyee_asyncio", "uvloop"): 500},
)

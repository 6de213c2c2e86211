"""What studies of measuring measure of fanning out."""

from benchmarks.plan.subjects import Subjects
from benchmarks.plan.variants import Variant

SUBJECTS = Subjects(
    engines="one_hop",
    copies={Variant("fan_out", "ready", 1, "asyncio_gather", "asyncio"): 500},
)

"""What studies of measuring measure of locks, the family with the most loops and packages."""

from benchmarks.plan.subjects import Subjects
from benchmarks.plan.variants import Variant

SUBJECTS = Subjects(
    engines="contended",
    twice=("contended", "many_keys"),
    copies={
        Variant("locks", "uncontended", 10, "asyncio_lock", "asyncio"): 400,
        Variant("locks", "uncontended", 10, "trio_lock", "trio"): 100,
    },
    sharp=(
        "contended",
        ("asyncio_lock", "asyncio_semaphore", "asyncio_condition", "anyio_fast_lock", "aiologic_lock", "own_lock"),
    ),
)

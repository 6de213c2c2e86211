"""What studies of measuring measure of batching."""

from benchmarks.plan.subjects import Subjects

SUBJECTS = Subjects(engines="scattered", twice=("scattered", "duplicate_keys"))

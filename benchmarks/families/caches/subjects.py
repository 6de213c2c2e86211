"""What studies of measuring measure of caches."""

from benchmarks.plan.subjects import Subjects

SUBJECTS = Subjects(engines="hits")

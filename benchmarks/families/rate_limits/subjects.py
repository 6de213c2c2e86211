"""What studies of measuring measure of limiters."""

from benchmarks.plan.subjects import Subjects

SUBJECTS = Subjects(engines="uncontended")

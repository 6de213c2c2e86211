"""What studies of measuring measure of deadlines."""

from benchmarks.plan.subjects import Subjects

SUBJECTS = Subjects(engines="one_hop")

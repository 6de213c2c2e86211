"""What studies of measuring measure of retries."""

from benchmarks.plan.subjects import Subjects

SUBJECTS = Subjects(engines="failing_10")

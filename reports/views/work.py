"""What an operation asks of its loop, as columns: a count that is zero in every row of a loop is none."""

from reports.reading.family import Case
from reports.reading.wording import compact

VARIES = "varies"


def counts(case: Case) -> tuple[list[str], list[str]]:
    """The counts of a loop that are not zero in every row, and those that are."""
    found = [work for variant, work in case.comparison.work.items() if variant.backend == case.backend]
    names = list(dict.fromkeys(name for work in found for name in work))
    zeros = [name for name in names if all(work.get(name, 0) == 0 for work in found)]
    return [name for name in names if name not in zeros], zeros


def counted(case: Case, name: str, count: str) -> str:
    """One count of a row; empty where there is none."""
    work = case.comparison.work.get(case.variant(name), {})
    if count not in work:
        return ""
    number = work[count]
    return VARIES if number is None else compact(number)

"""Where things stand: names as parts of paths and ids, and the anchors of a family's pages."""

import re
from collections.abc import Sequence

from reports.reading.family import Family


def slug(name: str) -> str:
    """A name as part of a path or an id."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-") or "x"


def slugs(names: Sequence[str]) -> dict[str, str]:
    """A slug for each name, all different."""
    taken: dict[str, str] = {}
    for name in sorted(names):
        wish, number = slug(name), 1
        while (free := wish if number == 1 else f"{wish}-{number}") in taken.values():
            number += 1
        taken[name] = free
    return {name: taken[name] for name in names}


class Anchors:
    """Where the rows, the promises and the evidence of a family stand on its pages."""

    def __init__(self, family: Family) -> None:
        """The same for every loop's page, so that links outlive a rebuild."""
        self._alternatives = slugs(list(family.record["alternatives"]))
        self._workloads = slugs(list(family.record["workloads"]))
        self._questions = slugs([question.name for question in family.safety.questions])

    def workload(self, name: str) -> str:
        """The anchor of a question about cost."""
        return self._workloads[name]

    def row(self, workload: str, alternative: str) -> str:
        """The anchor of an alternative's row under such a question."""
        return f"{self._workloads[workload]}.{self._alternatives[alternative]}"

    def definition(self, question: str) -> str:
        """The anchor of a promise's definition."""
        return f"p-{self._questions[question]}"

    def evidence(self, alternative: str, question: str = "") -> str:
        """The anchor of an alternative's evidence, or of one cell's."""
        return f"e-{self._alternatives[alternative]}{f'.{self._questions[question]}' if question else ''}"


def code_anchors(family: Family) -> dict[str, str]:
    """The anchor of each alternative's code, the same on every page that shows it."""
    return {name: f"code-{slug}" for name, slug in slugs(list(family.record["alternatives"])).items()}

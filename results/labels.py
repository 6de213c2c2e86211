"""The label of a variant within its comparison: ``alternative@backend``, and ``alternative#twin@backend`` of a copy.

Records key loops and times by it. Nobody else takes it apart, or puts it together.
"""

from typing import NamedTuple

TWIN = "#twin"
NOTHING = "(nothing)"  # stands in an alternative's place in a null row; no file can have that name


class Label(NamedTuple):
    """An alternative on a backend; ``twin`` numbers further copies of it, which measure the noise."""

    alternative: str
    backend: str
    twin: int = 0

    def __str__(self) -> str:
        """As the record writes it."""
        number = str(self.twin) if self.twin > 1 else ""
        return f"{self.alternative}{f'{TWIN}{number}' if self.twin else ''}@{self.backend}"

    @property
    def is_null(self) -> bool:
        """Whether it is no alternative, but the workload around nothing: it is timed, and never competes."""
        return self.alternative == NOTHING

    @property
    def competes(self) -> bool:
        """Whether it is a row among others: neither a further copy of one, nor the workload around nothing."""
        return not self.twin and not self.is_null

    @property
    def original(self) -> "Label":
        """What a twin is the copy of; anything else is its own original."""
        return self._replace(twin=0)


def parsed(text: str) -> Label:
    """Read a label back, where a record has only the text."""
    name, _, backend = text.partition("@")
    alternative, twin, number = name.partition(TWIN)
    return Label(alternative, backend, int(number or 1) if twin else 0)

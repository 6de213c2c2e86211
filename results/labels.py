"""The label of a variant within its comparison: ``alternative@backend``, and ``alternative#twin@backend`` of a copy.

Records key loops and times by it; each environment has a record of its own. In a launch, where they meet, a variant of
another environment than the one that runs is ``alternative@backend@environment``. Nobody else takes labels apart, or
puts them together.
"""

from typing import NamedTuple

TWIN = "#twin"
NOTHING = "(nothing)"  # stands in an alternative's place in a null row; no file can have that name


class Label(NamedTuple):
    """An alternative on a backend; ``twin`` numbers further copies of it, which measure the noise.

    ``environment`` is empty in the one that runs.
    """

    alternative: str
    backend: str
    twin: int = 0
    environment: str = ""

    def __str__(self) -> str:
        """As the record writes it."""
        number = str(self.twin) if self.twin > 1 else ""
        elsewhere = f"@{self.environment}" if self.environment else ""
        return f"{self.alternative}{f'{TWIN}{number}' if self.twin else ''}@{self.backend}{elsewhere}"

    @property
    def is_null(self) -> bool:
        """Whether it is no alternative, but the workload around nothing: it is timed, and never competes."""
        return self.alternative == NOTHING

    @property
    def competes(self) -> bool:
        """Whether it is a row among others: no further copy of one, nor the workload around nothing, nor elsewhere."""
        return not (self.twin or self.is_null or self.environment)

    @property
    def original(self) -> "Label":
        """What a twin is the copy of; anything else is its own original."""
        return self._replace(twin=0)


def parsed(text: str) -> Label:
    """Read a label back, where a record has only the text."""
    name, _, place = text.partition("@")
    backend, _, environment = place.partition("@")
    alternative, twin, number = name.partition(TWIN)
    return Label(alternative, backend, int(number or 1) if twin else 0, environment)

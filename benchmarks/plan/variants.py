"""A variant: an alternative on a loop, asked one workload at one point of its axis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variant:
    """An alternative on a backend, asked one workload at one point of its scale axis.

    ``twin`` numbers further copies of an alternative: the second one of a comparison's baseline, whose ratio to the
    first is the noise floor, is 1.
    """

    family: str
    workload: str
    n: int
    alternative: str
    backend: str
    twin: int = 0

    @property
    def label(self) -> str:
        """``alternative@backend``, the variant's name within its comparison."""
        number = str(self.twin) if self.twin > 1 else ""
        return f"{self.alternative}{f'#twin{number}' if self.twin else ''}@{self.backend}"

    @property
    def benchmark(self) -> str:
        """The name of its pyperf benchmark within the workload's file."""
        return f"{self.label} n={self.n}"

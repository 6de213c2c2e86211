"""A variant: an alternative on a loop in an environment, asked one workload at one point of its axis."""

from dataclasses import asdict, dataclass, replace

from results.labels import Label


@dataclass(frozen=True, slots=True)
class Variant:
    """An alternative on a backend, asked one workload at one point of its scale axis.

    ``twin`` numbers further copies of an alternative: the second one of a comparison's baseline, whose ratio to the
    first is the noise floor, is 1. ``environment`` is empty in the one that runs.
    """

    family: str
    workload: str
    n: int
    alternative: str
    backend: str
    twin: int = 0
    environment: str = ""

    @property
    def is_null(self) -> bool:
        """Whether it is no alternative, but the workload around nothing."""
        return self._label.is_null

    @property
    def competes(self) -> bool:
        """Whether it is a row among others."""
        return self._label.competes

    @property
    def _label(self) -> Label:
        return Label(self.alternative, self.backend, self.twin, self.environment)

    @property
    def label(self) -> str:
        """``alternative@backend``, the variant's name within its comparison."""
        return str(self._label)

    @property
    def here(self) -> "Variant":
        """The same in the environment that runs."""
        return replace(self, environment="")

    @property
    def metadata(self) -> dict[str, str | int]:
        """Whose a benchmark is, as pyperf keeps it, which takes no empty text."""
        return {name: value for name, value in asdict(self).items() if value != ""}

    @property
    def benchmark(self) -> str:
        """The name of its pyperf benchmark within the workload's file, of which each environment has its own."""
        return f"{self.here.label} n={self.n}"

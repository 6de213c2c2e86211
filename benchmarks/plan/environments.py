"""The environments beside the one that runs: which interpreters they are, so that hosts and checks start in them.

Which they are stands in a variable of the environment, so that the process which plays a launch knows them, too.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from benchmarks.plan.made import UnmadeError, with_patterns, with_requirement
from benchmarks.plan.variants import Variant
from results.suite import SuiteRecord

VARIABLE = "LOOPMARK_ENVIRONMENTS"
REVISION = "git:"
MADE = "environments"  # the folder of what was made, beside the findings that are kept
ROOT = Path(__file__).parents[2]
NAMES = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.~^+-]*")  # they name folders
OLDEST = (3, 11)
ANSWER_SECONDS = 20.0
WHO = "import sys; print(*sys.version_info[:3]); print(sys.executable)"


class NoEnvironmentError(Exception):
    """What is to be an environment is none, or cannot take part; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An interpreter with what is installed for it; ``python`` is its program.

    Where ``patterns`` names a folder, those in it are measured there.
    """

    name: str
    python: str
    patterns: str = ""

    def command(self, module: str, *words: str) -> list[str]:
        """What runs one of our modules there: of this checkout, wherever the command is given."""
        return [self.python, "-P", "-m", module, *words]

    @property
    def variables(self) -> dict[str, str]:
        """The variables of this process, with which it finds our code: its packages are its own."""
        return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (self.patterns, str(ROOT))))}


@dataclass(frozen=True, slots=True)
class There:
    """What an environment says of itself: its machine, its record before the first block, and who can be measured."""

    name: str
    machine: dict[str, Any]
    suite: SuiteRecord
    variants: tuple[Variant, ...]


def establish(environments: Collection[Environment]) -> None:
    """Have launches of this process and those that it starts know these environments, and no others."""
    os.environ.pop(VARIABLE, None)
    if environments:
        os.environ[VARIABLE] = json.dumps([asdict(one) for one in environments])


def known() -> dict[str, Environment]:
    """Those that have been established, by name."""
    return {one["name"]: Environment(**one) for one in json.loads(os.environ.get(VARIABLE, "[]"))}


def variable_of(names: Collection[str]) -> dict[str, str]:
    """The variable that tells another process of these."""
    return {VARIABLE: json.dumps([asdict(one) for name, one in known().items() if name in names])}


def read(texts: Iterable[str], cache: Path) -> list[Environment]:
    """The environments that are asked for; raises NoEnvironmentError.

    Each is ``NAME=PYTHON``, a program, ``NAME=REQUIREMENT``, the Python that runs with another version of a
    distribution, or ``NAME=git:REVISION``, that Python with the patterns of a commit. What has to be made for it is
    made in a folder of the ``cache``.
    """
    found: dict[str, Environment] = {}
    for text in texts:
        name, _, what = text.partition("=")
        if not (what and NAMES.fullmatch(name)):
            raise NoEnvironmentError(f"--environment {text!r} is not NAME=PYTHON: write one such as 3.13=python3.13")
        if name in found:
            raise NoEnvironmentError(f"--environment {text}: there is another one of the name {name}")
        try:
            found[name] = _environment(text, name, what, cache)
        except UnmadeError as error:
            raise NoEnvironmentError(f"--environment {text}: {error}") from error
    return list(found.values())


def is_python(text: str) -> bool:
    """Whether it asks for an interpreter as it is, and nothing has to be made for it."""
    what = text.partition("=")[2]
    return not what.startswith(REVISION) and _requirement(what) is None


def _environment(text: str, name: str, what: str, cache: Path) -> Environment:
    if what.startswith(REVISION):
        folder = with_patterns(what.removeprefix(REVISION), ROOT, cache)
        return Environment(name, sys.executable, str(folder))
    if requirement := _requirement(what):
        return Environment(name, with_requirement(requirement, ROOT, cache))
    return Environment(name, _python(text, what))


def _requirement(what: str) -> Requirement | None:
    """A distribution with a version, or with a place to take it from; None for anything else."""
    try:
        found = Requirement(what)
    except InvalidRequirement:
        return None
    return found if found.specifier or found.url else None


def _python(text: str, what: str) -> str:
    """The program of an interpreter, as it calls itself."""
    program = shutil.which(Path(what).expanduser())
    if program is None:
        raise NoEnvironmentError(f"--environment {text}: there is no program {what}")
    try:
        said = subprocess.run(
            [program, "-c", WHO], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=True
        ).stdout.splitlines()
        version, executable = tuple(map(int, said[0].split())), said[1]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        raise NoEnvironmentError(f"--environment {text}: {what} does not answer as a Python does") from None
    if version < OLDEST:
        spelled = ".".join(map(str, version))
        raise NoEnvironmentError(f"--environment {text}: it is Python {spelled}; Loopmark needs 3.11 or newer")
    return executable

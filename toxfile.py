"""For tox alone: environments that measure, check and draw share one folder, instead of installing the same each.

tox takes an environment for another one when its name has changed, and builds it again. Those with ``runner = shared``
go by one name. A project of the reader's is installed into that folder, if LOOPMARK_WITH names one.

What is compared comes in behind that, and no more of it than the commands ask for: each family has an extra in
pyproject.toml. What cannot be installed is told in a line, and misses nothing but its rows.
"""

import atexit
import logging
import os
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from importlib.metadata import distributions
from itertools import pairwise
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tox.config.types import Command
from tox.execute import Outcome
from tox.execute.request import StdinSource
from tox.plugin import impl
from tox.tox_env.api import ToxEnv
from tox.tox_env.info import Info
from tox.tox_env.python.pip.req_file import PythonDeps
from tox.tox_env.python.virtual_env.runner import VirtualEnvRunner
from tox.tox_env.register import ToxEnvRegister

NAME = "measuring"
WITH = "LOOPMARK_WITH"  # a folder, relative to ours, or a requirement
INTERRUPTED = 130  # 128 and the number of the signal, as every shell has it
COMPARES_NOTHING = ("environment", "list", "new")  # commands of ours that say what there is
IN_VAIN = 3  # packages one after the other that cannot be installed: then it is not the packages


class SharedInfo(Info):
    """What tox remembers of an environment, under the name that its users share."""

    @contextmanager
    def compare(self, value: Any, section: str, sub_section: str | None = None) -> Iterator[tuple[bool, Any | None]]:
        """Compare what is with what was, whichever of its users has built it."""
        shared = {**value, "name": NAME} if section == ToxEnv.__name__ else value
        with super().compare(shared, section, sub_section) as outcome:
            yield outcome


class SharedRunner(VirtualEnvRunner):
    """A virtual environment in a folder that several environments share."""

    @staticmethod
    def id() -> str:
        """The name for ``runner`` in tox.ini."""
        return "shared"

    @property
    def cache(self) -> Info:
        """What tox remembers of the folder."""
        return SharedInfo(self.env_dir)

    @property
    def env_dir(self) -> Path:
        """The one folder of all of them."""
        return Path(self.core["work_dir"]) / NAME

    def _setup_with_env(self) -> None:
        """Install what the reader's files import, too: another one into a fresh folder; without one nothing changes."""
        super()._setup_with_env()
        if not getattr(self.options, "skip_pkg_install", False):
            self._install_compared()
        if wanted := os.environ.get(WITH):
            root = self.core["toxinidir"]
            folder = (root / wanted).resolve()
            # Editable, for whoever changes a file measures it again.
            told = PythonDeps(f"-e {folder}" if folder.is_dir() else wanted, root)
            self.installer.install(told, SharedRunner.__name__, WITH)

    def _install_compared(self) -> None:
        """Install what is compared and not here, all at once; if pip cannot, as much of it as it can."""
        commands = [command.args for command in self.conf.get("commands", list[Command])]
        left, in_vain = [self._missing(compared(self.core["toxinidir"], commands))], 0
        while left and in_vain < IN_VAIN:
            wanted = left.pop()
            why = self._pip_says(wanted) if wanted else ""
            if not why:
                in_vain = 0
            elif len(wanted) == 1:
                in_vain += 1
                logging.error("%s cannot be installed, and its rows will say so: %s", *wanted, why)
            else:
                half = len(wanted) // 2
                left += [wanted[half:], wanted[:half]]
        if names := [name for wanted in left for name in wanted]:
            logging.error("not tried after that, until the next time: %s", ", ".join(names))

    def _missing(self, wanted: Sequence[str]) -> list[str]:
        """Those that are for this Python, and are not here in a version that will do."""
        folders = dict.fromkeys([self.env_site_package_dir(), self.env_site_package_dir_plat()])
        here = distributions(path=[*map(str, folders)])
        versions = {canonicalize_name(one.name): one.version for one in here}
        python = {"python_version": self.base_python.version_dot}
        found = []
        for requirement in map(Requirement, wanted):
            version = versions.get(canonicalize_name(requirement.name))
            meant = requirement.marker is None or requirement.marker.evaluate(python)
            if meant and (version is None or version not in requirement.specifier):
                found.append(str(requirement))
        return found

    def _pip_says(self, wanted: Sequence[str]) -> str:
        """Why pip cannot install these, or nothing: it has."""
        command = self.installer.build_install_cmd(wanted)
        done = self.execute(command, stdin=StdinSource.OFF, run_id="install_compared", show=False)
        if done.exit_code == Outcome.OK:
            return ""
        lines = [line.removeprefix("ERROR: ") for line in done.err.splitlines() if line.startswith("ERROR: ")]
        return lines[-1] if lines else f"pip ends with {done.exit_code}"

    def interrupt(self) -> None:
        """Pass Ctrl-C on, and see that tox ends with its exit code, however long that takes."""
        atexit.register(end_as_interrupted)
        super().interrupt()


def compared(root: Path, commands: Sequence[Sequence[str]]) -> list[str]:
    """What the families need that these commands measure or check, beyond what all need."""
    path = root / "pyproject.toml"
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"] if path.exists() else {}
    asked = [glob for words in commands for glob in asks(words)]
    extras = [
        extra
        for name, extra in project.get("optional-dependencies", {}).items()
        if (root / "patterns" / name).is_dir() and any(fnmatchcase(name, glob) for glob in asked)
    ]
    return sorted({requirement for extra in extras for requirement in extra})


def asks(words: Sequence[str]) -> list[str]:
    """The families that a command measures or checks, as globs."""
    _, _, module, *arguments = [*words, "", "", ""]
    if module.partition(".")[0] != "benchmarks" or arguments[0] in COMPARES_NOTHING or "--help" in arguments:
        return []
    behind = [after for word, after in pairwise(arguments) if word == "--family"]
    joined = [word.partition("=")[2] for word in arguments if word.startswith("--family=")]
    return [*behind, *joined] or ["*"]


def end_as_interrupted() -> None:
    """End this process as one that Ctrl-C has ended. tox by itself says 1 or 254, by whether that took a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


@impl
def tox_register_tox_env(register: ToxEnvRegister) -> None:
    """Make ``runner = shared`` known."""
    register.add_run_env(SharedRunner)

"""For tox alone: environments that measure, check and draw share one folder, instead of installing the same each.

tox takes an environment for another one when its name has changed, and builds it again. Those with ``runner = shared``
go by one name. A project of the reader's is installed into that folder, if LOOPMARK_WITH names one.
"""

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tox.plugin import impl
from tox.tox_env.api import ToxEnv
from tox.tox_env.info import Info
from tox.tox_env.python.pip.req_file import PythonDeps
from tox.tox_env.python.virtual_env.runner import VirtualEnvRunner
from tox.tox_env.register import ToxEnvRegister

NAME = "measuring"
WITH = "LOOPMARK_WITH"  # a folder, relative to ours, or a requirement
INTERRUPTED = 130  # 128 and the number of the signal, as every shell has it


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
        if wanted := os.environ.get(WITH):
            root = self.core["toxinidir"]
            folder = (root / wanted).resolve()
            # Editable, for whoever changes a file measures it again.
            told = PythonDeps(f"-e {folder}" if folder.is_dir() else wanted, root)
            self.installer.install(told, SharedRunner.__name__, WITH)

    def interrupt(self) -> None:
        """Pass Ctrl-C on, and see that tox ends with its exit code, however long that takes."""
        atexit.register(end_as_interrupted)
        super().interrupt()


def end_as_interrupted() -> None:
    """End this process as one that Ctrl-C has ended. tox by itself says 1 or 254, by whether that took a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


@impl
def tox_register_tox_env(register: ToxEnvRegister) -> None:
    """Make ``runner = shared`` known."""
    register.add_run_env(SharedRunner)

"""Python compiles what it imports; processes that start at the same time would each compile all of it.

pip compiles nothing (tox.ini): in a new environment the first to run tests does, in one process for what is collected
and in another one for what alternatives import.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import patterns
from benchmarks.safety.warm import PRELOAD, needed, preload

ROOT = Path(__file__).parents[1]
IMPORTED_LATE = "fastapi"  # by who has something to do, not by who hands it out
COMMANDS = (
    [sys.executable, "-m", "pytest", "--numprocesses", "0", "--collect-only"],
    [sys.executable, "-m", "tests.compiled"],
)


def is_compiled() -> bool:
    """Whether an import of this environment finds its bytecode, or nobody wants any."""
    found = importlib.util.find_spec(IMPORTED_LATE)
    return sys.dont_write_bytecode or bool(found and found.cached and Path(found.cached).exists())


def compile_all() -> None:
    """Import everything once; what cannot be imported is for its own tests to tell."""
    nothing = subprocess.DEVNULL
    for process in [subprocess.Popen(command, cwd=ROOT, stdout=nothing, stderr=nothing) for command in COMMANDS]:
        process.wait()


if __name__ == "__main__":
    os.environ[PRELOAD] = " ".join(needed(one for name in patterns.families() for one in patterns.alternatives(name)))
    preload()

"""Where a run is made, and with what: the machine, the versions, the code."""

import hashlib
import platform
import subprocess
import sys
from collections.abc import Iterable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import psutil
import pyperf
from packaging.requirements import Requirement

import patterns
from benchmarks.plan import services
from benchmarks.plan.availability import needed
from benchmarks.plan.backends import version_of
from benchmarks.plan.mistakes import in_family
from benchmarks.plan.workloads import questions

# What makes a machine another one, for whoever times something: where one of these differs, times are not comparable.
KIND = ("cpu_model_name", "cpu_count", "python_implementation", "python_version", "python_build")


def machine_folder(root: Path) -> Path:
    """Where this machine's runs are."""
    name = "".join(letter if letter.isalnum() else "-" for letter in platform.node().lower())
    return root / (name or "machine")


def machine() -> dict[str, Any]:
    """Where the run happens: what pyperf collects about a process and its machine, and the memory."""
    metadata = pyperf.Run([1.0]).get_metadata()
    passing = {"date", "uptime", "boot_time", "mem_max_rss", "unit", "runnable_threads", "command", "loops", "name"}
    kept = {key: value for key, value in metadata.items() if key not in passing}
    return {**kept, "memory_bytes": psutil.virtual_memory().total, "python_build": sys.version}


def versions(families: Iterable[str]) -> dict[str, str]:
    """The exact version of everything that takes part, servers included."""
    families = [*families]
    entries = [entry for family in families for entry in patterns.alternatives(family)]
    asked = [workload for family in families if not in_family(family) for workload in questions(family).workloads]
    requirements = chain(*map(needed, entries), *(workload.requires for workload in asked))
    wanted = {"pyperf", "trio", "anyio", "uvloop"} | {Requirement(requirement).name for requirement in requirements}
    found = {name: version for name in sorted(wanted) if (version := version_of(name))}
    servers = services.versions(sorted({service for entry in entries for service in entry.services}))
    return {"python": platform.python_version(), **found, **servers}


def fingerprint() -> str:
    """A hash of the code that measures and of all contracts; alternatives have theirs."""
    root = Path(__file__).parents[2]
    found = hashlib.sha256()
    code = ("benchmarks/**/*.py", "patterns/*.py", "patterns/*/__init__.py")
    for path in sorted(path for glob in code for path in root.glob(glob)):
        found.update(path.read_bytes())
    return found.hexdigest()


def revision() -> tuple[str, bool]:
    """The commit of the working tree and whether it has changes; an empty commit where we are in no repository.

    One that does not know this file is a project's that we are installed in.
    """
    here = Path(__file__)
    git = partial(subprocess.run, cwd=here.parent, capture_output=True, text=True, check=False)
    try:
        if git(["git", "ls-files", "--error-unmatch", here.name]).returncode:
            return "", False
        commit = git(["git", "rev-parse", "--short=12", "HEAD"])
        status = git(["git", "status", "--porcelain", "--untracked-files=no"])
    except FileNotFoundError:
        return "", False
    return commit.stdout.strip() if commit.returncode == 0 else "", bool(status.stdout.strip())

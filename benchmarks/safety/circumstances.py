"""What an answer depends on, as one hash: the same code, versions, interpreter and seeds give the same answers.

Our own code is known by its bytes, installed code by its version.
"""

import hashlib
import json
import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.engine import host
from benchmarks.plan import services
from benchmarks.plan.availability import needed
from benchmarks.plan.backends import BACKENDS
from benchmarks.safety.conformance import Inquiry, Subject
from benchmarks.safety.warm import is_installed

ROOT = Path(__file__).parents[2]
# Whole rooms, although a few of their modules take no part in a trial: rather ask once too often than once too seldom.
HARNESS = ("benchmarks/safety/*.py", "benchmarks/plan/*.py", "benchmarks/engine/*.py", "results/safety.py")
UNDER_EVERY_TRIAL = ("trio", "looptime", "anyio")  # the harness imports them, whatever the loop
KNOWN_OTHERWISE = frozenset(sys.stdlib_module_names | {"patterns"})  # by the interpreter's version, and as our own code


@dataclass(frozen=True, slots=True)
class Package:
    """An installed distribution: what tells its code from any other's, the modules it brings, and what it needs.

    ``identity`` is empty where the code may change and nothing shows it.
    """

    identity: str
    modules: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()


def circumstances(subject: Subject, inquiry: Inquiry, code: str) -> str:
    """A hash of all that the answers of a subject depend on, with its family's ``code``; raises OSError.

    It is empty where something takes part that cannot be known: then an answer is good for one time only.
    """
    alternative, backend = subject.alternative, BACKENDS[subject.backend]
    always = (*filter(None, [backend.distribution]), *UNDER_EVERY_TRIAL)
    packages = closure([*needed(alternative), *always, *called_alike(alternative.imports)])
    modules = KNOWN_OTHERWISE.union(*(package.modules for package in packages.values()))
    if not modules.issuperset(alternative.imports) or not all(package.identity for package in packages.values()):
        return ""
    parts = {
        "subject": subject.label,
        "source": hashlib.sha256((ROOT / alternative.path).read_bytes()).hexdigest(),
        "code": code,
        "questions": [question.name for question in subject.asked],
        "trials": [inquiry.seeds, bool(inquiry.filters.backends), inquiry.hang_limit, inquiry.memory_limit],
        "interpreter": [sys.version, str(sys.flags), sys.implementation.name, sysconfig.get_platform()],
        "variables": {name: os.environ.get(name) for name in host.KEPT if name.startswith("PYTHON")},
        "packages": {name: package.identity for name, package in packages.items()},
        "servers": servers(alternative.services),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def code_of(family: str) -> str:
    """A hash of the code that asks, as it is on disk: a family's contract and room, and the harness; raises OSError."""
    found = hashlib.sha256()
    for glob in ("patterns/*.py", f"patterns/{family}/_*.py", f"benchmarks/families/{family}/*.py", *HARNESS):
        for path in sorted(ROOT.glob(glob)):
            content = path.read_bytes()
            found.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


def called_alike(modules: Iterable[str]) -> Iterator[str]:
    """The distributions that are called like one of the modules, and have that one: what is here anyway, undeclared.

    Not of a module that is found outside of installed code: the reader's own may be called like a package.
    """
    for name in modules:
        if name not in KNOWN_OTHERWISE and is_installed(name) and name in package(name).modules:
            yield name


def closure(requirements: Iterable[str]) -> dict[str, Package]:
    """Distributions by their names, with all that they need in turn."""
    found: dict[str, Package] = {}
    todo = list(requirements)
    while todo:
        requirement = Requirement(todo.pop())
        name, extras = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
        if (label := f"{name}[{','.join(extras)}]") not in found:
            found[label] = package(name, extras)
            todo += found[label].needs
    return found


@cache
def package(name: str, extras: tuple[str, ...] = ()) -> Package:
    """What is installed under a name; a package that is missing differs from every one that is there."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return Package("none")
    files = distribution.read_text("RECORD") or ""
    origin = distribution.read_text("direct_url.json") or ""
    identity = distribution.version
    if origin:  # not from an index, where a version has one content for ever
        identity += f" {hashlib.sha256(f'{origin}{files}'.encode()).hexdigest()}"
    if '"editable":true' in "".join(origin.split()):
        identity = ""
    needed_for = [{"extra": extra} for extra in extras or ("",)]
    needs = map(Requirement, distribution.requires or ())
    return Package(
        identity,
        frozenset({name.replace("-", "_"), *(re.split(r"[/.,]", line, maxsplit=1)[0] for line in files.splitlines())}),
        tuple(str(need) for need in needs if need.marker is None or any(map(need.marker.evaluate, needed_for))),
    )


@cache
def servers(names: tuple[str, ...]) -> dict[str, str]:
    """The versions of the servers that an alternative talks to."""
    return services.versions(names)

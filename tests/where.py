"""What is asked where: on which Python, on which loops, under how many schedules. CONTRIBUTING says it in words.

``LOOPMARK_TEST_ALL=1`` asks everything everywhere; `tox -e thorough` sets it.
"""

import os
import sys
import zlib
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks.plan.availability import applies
from benchmarks.plan.backends import BACKENDS
from patterns import Alternative

ROOT = Path(__file__).parents[1]
PYTHONS = ((3, 11), (3, 12), (3, 13))
EVERYTHING = os.environ.get("LOOPMARK_TEST_ALL", "0") != "0"
NEWEST = EVERYTHING or sys.version_info[:2] >= PYTHONS[-1]
# What is alike on the oldest and on the newest is alike between them.
BETWEEN = PYTHONS[0] < sys.version_info[:2] < PYTHONS[-1]

# What takes long and asks nothing of the interpreter: it differs where our code does, and one Python will do.
ON_ONE_PYTHON = (
    "tests/reports/*",
    "tests/test_asking.py",
    "tests/test_broken.py",
    "tests/test_documents.py",
    "tests/test_end_to_end.py",
    "tests/test_installed.py",
    "tests/test_layers.py",
    "tests/test_mutants.py",
    "tests/test_toxfile.py",
    "tests/test_unnoticed.py",
    "tests/benchmarks/safety/test_check.py",
    "tests/benchmarks/engine/test_tail.py",
    "tests/benchmarks/machines/*",
    "tests/benchmarks/plan/test_nothing.py",
    "tests/benchmarks/studies/*",
    "tests/benchmarks/test_full_disk.py",
    "tests/benchmarks/test_hostile.py",
    "tests/benchmarks/test_included.py",
    "tests/benchmarks/test_killed.py",
    "tests/benchmarks/test_libraries.py",
    "tests/benchmarks/test_mistakes.py",
    "tests/benchmarks/test_planted_faults.py",
    "tests/benchmarks/test_rampant.py",
    "tests/benchmarks/test_resume.py",
    "tests/benchmarks/test_stopped.py",
)
# A run of six families, of 2026-11-24: what it says is known, and stays as it is when the reference run is another.
RECORDED = ROOT / "tests/recorded/2026-11-24T153556"
LIBRARIES = sorted({backend.library for backend in BACKENDS.values()})  # the names of their own loops, too
SCHEDULES = 50 if EVERYTHING else 1  # of a promise on the loop of its library
STRIKE = (1, 3)  # the seed, and the turn at which it strikes, of the one trial there of what is not declared to fail
LATE = 20  # where fewer do not show what an alternative declares
PLANTED = 2  # of a planted defect: the first show it
COLLECTED = 2 if EVERYTHING else 1  # of one that leaves something behind: any trial of any promise may show it
CORRECT = 50 if EVERYTHING else 1  # of a correct implementation
# Of the promises that are not its own every second is asked of a correct implementation, the others of the next one;
# every third of a planted defect that leaves something behind; one of each third of the others.
EVERY_OF_CORRECT, EVERY_OF_COLLECTED, EVERY_OF_PLANTED = 2, 3, 3
EVERY_OF_OTHERS = 3  # promises that somebody else keeps
DAMAGES = 500 if EVERYTHING else 100  # of each record; by hand any number
DAMAGED_FILES = 40 if NEWEST else 10  # damages of each pattern file


def here(module: str) -> bool:
    """Whether a test module, by its path from the root, has its place on this Python."""
    return NEWEST or not any(fnmatchcase(module, glob) for glob in ON_ONE_PYTHON)


def schedules() -> dict[str, int]:
    """The loops that are asked on this Python, and how many schedules a promise is tried under on each."""
    return dict.fromkeys(BACKENDS, SCHEDULES)


def briefly(one: Alternative, loop: str, promise: str) -> bool:
    """Whether a promise of an alternative is tried once on a loop, instead of under a whole schedule.

    It is unless the file is ours, or declares that it fails: what others keep, they kept when they came, and they
    change only with their versions. Of that the newest Python asks what is ``drawn``.
    """
    declared = {failure.promise for failure in one.known_failures if applies(failure, loop)}
    ours = loop in LIBRARIES and one.kind == "own"
    return not (EVERYTHING or ours or promise in declared)


def drawn(one: Alternative, loop: str, promise: str) -> bool:
    """Whether a promise that somebody else keeps is among those that are tried under a whole schedule all the same.

    Always the same ones, and others of each alternative, so that every promise has some.
    """
    place = zlib.crc32(f"{one.family}/{one.name}/{promise}".encode())
    return NEWEST and loop in LIBRARIES and not place % EVERY_OF_OTHERS


def asked(one: Alternative, loop: str) -> bool:
    """Whether the promises of an alternative are asked on a loop: who waits for a server does so on all loops alike.

    On a Python in between, our own are, and who says that Pythons differ. On an older one than the newest, of the loops
    that run the same modules as another, those on which alone something is broken there.
    """
    if EVERYTHING:
        return True
    if not (NEWEST or loop in LIBRARIES):
        return not one.services and broken_there_alone(one, loop)
    differs = bool(one.pythons) or any(failure.python for failure in one.known_failures)
    return (loop in LIBRARIES or not one.services) and (not BETWEEN or differs or one.kind == "own")


def broken_there_alone(one: Alternative, loop: str) -> bool:
    """Whether a file says that it breaks on a loop, on some Pythons, what it keeps on the loop of its library."""
    library = BACKENDS[loop].library
    here = {failure.promise for failure in one.known_failures if failure.python and applies(failure, loop)}
    return bool(here - {failure.promise for failure in one.known_failures if applies(failure, library)})


def answering(one: Alternative, loop: str) -> bool:
    """Whether an alternative's answers are asked on a loop: on a Python in between, of those whose promises are."""
    return not BETWEEN or asked(one, loop)


def points(loop: str) -> tuple[int, ...]:
    """The points of an axis at which answers are asked on a loop: many, and on the loop of a library a single one, too.

    None on a loop that runs the same modules as another, on another Python than the newest.
    """
    if EVERYTHING:
        return (1, 10, 100)
    if loop in LIBRARIES:
        return (1, 10) if NEWEST else (10,)
    return (10,) if NEWEST else ()

"""Who may import whom, and where a family may be named: rules on a path and a source, a sentence for each breach."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple, TypeGuard

OURS = ("patterns", "benchmarks", "results", "reports", "tests")
FAMILIES = "benchmarks/families"


class Room(NamedTuple):
    """What the modules of a folder may import of ours: prefixes, and what must not be among them all the same."""

    may: tuple[str, ...]
    never: tuple[str, ...] = ()


# The longest entry that holds a file counts: a folder, or a module without its ending. ``*`` is any one folder, and its
# name stands for ``*`` in what may be imported.
ROOMS: Mapping[str, Room] = {
    "patterns": Room(("patterns",)),
    "benchmarks": Room(("benchmarks", "patterns", "results"), never=("benchmarks.families", "benchmarks.studies")),
    "benchmarks/plan": Room(("benchmarks.plan", "patterns", "results")),
    "benchmarks/engine": Room(("benchmarks.engine", "benchmarks.plan", "patterns", "results")),
    "benchmarks/safety": Room(
        ("benchmarks.safety", "benchmarks.engine", "benchmarks.plan", "patterns", "results"),
    ),
    "benchmarks/recording": Room(("benchmarks.engine", "benchmarks.plan", "patterns", "results")),
    "benchmarks/passes_left": Room(
        ("benchmarks.recording", "benchmarks.engine", "benchmarks.plan", "patterns", "results"),
    ),
    "benchmarks/run": Room(
        (
            *("benchmarks.passes_left", "benchmarks.recording", "benchmarks.engine", "benchmarks.plan"),
            *("patterns", "results"),
        ),
    ),
    "benchmarks/machines": Room(
        (
            *("benchmarks.machines", "benchmarks.run", "benchmarks.passes_left", "benchmarks.recording"),
            *("benchmarks.engine", "benchmarks.plan", "patterns", "results"),
        ),
    ),
    f"{FAMILIES}/*": Room(
        (
            *("benchmarks.families.*", "benchmarks.plan", "benchmarks.safety.cancelling", "benchmarks.safety.clocks"),
            *("benchmarks.safety.errors", "benchmarks.safety.memory", "benchmarks.safety.trials"),
            *("benchmarks.safety.waiting", "patterns.*", "results"),
        ),
    ),
    "benchmarks/studies": Room(("benchmarks", "patterns", "results"), never=("benchmarks.families",)),
    "results": Room(("results",)),
    "reports": Room(("reports", "results")),
    "reports/reading": Room(("reports.reading", "results")),
    "reports/views": Room(("reports.views", "reports.reading", "results")),
    "reports/pages": Room(("reports.pages", "reports.views", "reports.reading", "results")),
}

# Words of somebody else's functions that are a family's name, too: a file, and what it may say.
BORROWED: Mapping[str, tuple[str, ...]] = {
    "benchmarks/machines/serving.py": ("resources",),
    "benchmarks/machines/through_dask.py": ("resources",),
}


def breaches(path: str, source: str) -> list[str]:
    """A sentence for each import that the room of a file does not allow; ``path`` is relative to the project."""
    name, room = _room_of(path)
    ours = [one for one in imported(path, source) if _within(one, OURS)]
    wrong = [one for one in ours if _within(one, room.never) or not _within(one, room.may)]
    but = f", never {', '.join(room.never)}" if room.never else ""
    return [f"{path} imports {one}: {name} may import {', '.join(room.may)}{but}" for one in dict.fromkeys(wrong)]


def imported(path: str, source: str) -> Iterator[str]:
    """What a file imports, anywhere in it: ``benchmarks.plan``, or ``benchmarks.plan.filters.Filters``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            here = PurePosixPath(path).parts[: -node.level] if node.level else ()
            yield from (".".join((*here, *filter(None, [node.module]), name.name)) for name in node.names)


def _room_of(path: str) -> tuple[str, Room]:
    """The name and the room of the longest entry that holds a file, with the folder's name in place of ``*``."""
    parts = PurePosixPath(path).with_suffix("").parts
    for length in range(len(parts), 0, -1):
        for last in (parts[length - 1], "*"):
            if room := ROOMS.get("/".join((*parts[: length - 1], last))):
                may = tuple(one.replace("*", parts[length - 1]) for one in room.may)
                return ".".join(parts[:length]), room._replace(may=may)
    raise ValueError(f"{path} lies in no room")


def _within(name: str, prefixes: Collection[str]) -> bool:
    return any(f"{name}.".startswith(f"{prefix}.") for prefix in prefixes)


def families_named(path: str, source: str, families: Collection[str]) -> list[str]:
    """A sentence for each family that a file outside of families' folders names in its code or in its strings.

    Comments and docstrings may: they are documents. In a string that is prose a plain word is no name, for "callbacks"
    may be just that; ``callbacks/ready`` is one. What is in a module of somebody else's is theirs: ``trio.testing``.
    """
    found = {family for text in _texts(path, source) for family in families if _names(text, family)}
    found -= {*BORROWED.get(path, ())}
    return [f"{path} names {family}: only the folders of a family may" for family in sorted(found)]


def _names(text: str, family: str) -> bool:
    words = text.split()
    ours = rf"(?<!\w)(?:{'|'.join(OURS)})\.(?:\w+\.)*"
    named = re.compile(rf"(?:(?<![\w.])|{ours}){re.escape(family)}(?!\w)")
    return any(named.search(word) for word in words if len(words) == 1 or not word.strip(".,:;!?()'\"").isalpha())


def _texts(path: str, source: str) -> Iterator[str]:
    """Every name and every string of a Python file, but for what the interpreter has; any other file is one text."""
    if not path.endswith(".py"):
        yield from source.split()
        return
    tree = ast.parse(source)
    imports = [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    theirs = {name.partition(".")[0] for name in imports if not _within(name, OURS)}
    prose = {id(node.value) for body in _bodies(tree) for node in body[:1] if isinstance(node, ast.Expr)}
    prose |= {id(node.args[1]) for node in ast.walk(tree) if _asks_the_interpreter(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in prose:
                yield node.value
            continue
        if isinstance(node, ast.Attribute) and ast.unparse(node).partition(".")[0] in theirs:
            continue
        for field in ("id", "attr", "arg", "name", "module"):
            if isinstance(name := getattr(node, field, None), str):
                yield name


def _asks_the_interpreter(node: Any) -> TypeGuard[ast.Call]:
    """Whether this is ``getattr(sys, ...)``, for what only some Pythons have."""
    return isinstance(node, ast.Call) and ast.unparse(node).startswith("getattr(sys, ")


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.body

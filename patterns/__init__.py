"""What is compared: families of alternatives, found by a folder scan.

A family is a sub-package: its docstring is the problem, its names are the contract. An alternative is a module inside
it: the file name is the registration. Both are read without being run, so that a file which cannot be imported is still
a row with a reason, and so that planning costs no import.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

HERE = Path(__file__).parent

Library = Literal["any", "asyncio", "trio", "anyio"]
Kind = Literal["idiom", "trap", "package", "own"]


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A promise that an alternative is known to break.

    ``promise`` names the broken promise, ``backends`` is a glob over backend names, ``python`` a version range down to
    the patch level (empty for every version), ``evidence`` a link or a sentence that says how it was seen.
    """

    promise: str
    python: str
    evidence: str
    backends: str = "*"


@dataclass(frozen=True, slots=True)
class Exemption:
    """A promise that cannot be asked of an alternative, and why; ``backends`` is a glob over backend names."""

    promise: str
    reason: str
    backends: str = "*"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to solve a family's problem, as its file describes itself.

    ``library`` says which backends can run it, ``kind`` where it comes from, ``requires`` which distributions it needs
    beyond its library, ``services`` which servers it talks to, ``caveats`` what it promises less than the contract,
    ``not_applicable`` which promises cannot be asked of it, ``offers`` which public functions and classes it defines,
    ``imports`` the top-level modules it imports. ``problem`` is the reason why the file could not be read, or empty.
    """

    family: str
    name: str
    path: str
    source: str
    title: str
    doc: str
    library: Library
    kind: Kind
    requires: tuple[str, ...]
    services: tuple[str, ...]
    python: str
    caveats: tuple[str, ...]
    known_failures: tuple[KnownFailure, ...]
    not_applicable: tuple[Exemption, ...]
    offers: tuple[str, ...]
    imports: tuple[str, ...]
    problem: str

    @property
    def module(self) -> str:
        """The dotted name to import."""
        return f"patterns.{self.family}.{self.name}"

    @property
    def sha256(self) -> str:
        """The hash of the source that ran."""
        return hashlib.sha256(self.source.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another family, and what one wants who should go there: a phrase that follows "to"."""

    family: str
    why: str


@dataclass(frozen=True, slots=True)
class Contract:
    """What a family says of itself.

    The first line of ``doc`` is the question, the rest the promises. ``group`` is a reader's word for what it is about,
    which families may share; ``neighbours`` are the families that are easily taken for it.
    """

    doc: str
    group: str
    neighbours: tuple[Neighbour, ...]


def families() -> list[str]:
    """The names of all families, in alphabetical order."""
    return sorted(path.parent.name for path in HERE.glob("*/__init__.py"))


def contract(family: str) -> Contract:
    """Read a family's contract without running it."""
    tree = ast.parse((HERE / family / "__init__.py").read_text(encoding="utf-8"))
    stated = dict(_constants(tree))
    return Contract(
        doc=ast.get_docstring(tree) or family,
        group=stated.get("GROUP", ""),
        neighbours=tuple(Neighbour(*entry) for entry in stated.get("NEIGHBOURS", ())),
    )


@cache
def alternatives(family: str) -> tuple[Alternative, ...]:
    """Every alternative of a family, in alphabetical order."""
    paths = sorted((HERE / family).glob("*.py"))
    return tuple(describe(family, path) for path in paths if not path.name.startswith("_"))


def describe(family: str, path: Path) -> Alternative:
    """Read one alternative's file without running it."""
    source = path.read_text(encoding="utf-8", errors="replace")
    try:
        tree = ast.parse(source)
        stated = dict(_constants(tree))
        problem = ""
    except (SyntaxError, ValueError) as error:
        tree, stated, problem = ast.Module([], []), {}, f"the file cannot be read: {error}"
    library, kind = stated.get("LIBRARY", "any"), stated.get("KIND", "idiom")
    if library not in get_args(Library):
        library, problem = "any", problem or f"LIBRARY = {library!r} is none of {', '.join(get_args(Library))}"
    if kind not in get_args(Kind):
        kind, problem = "idiom", problem or f"KIND = {kind!r} is none of {', '.join(get_args(Kind))}"
    doc = ast.get_docstring(tree) or path.stem
    return Alternative(
        family=family,
        name=path.stem,
        path=f"patterns/{family}/{path.name}",
        source=source,
        title=doc.splitlines()[0].rstrip("."),
        doc=doc,
        library=library,
        kind=kind,
        requires=tuple(stated.get("REQUIRES", ())),
        services=tuple(stated.get("SERVICES", ())),
        python=stated.get("PYTHON", ""),
        caveats=tuple(stated.get("CAVEATS", ())),
        known_failures=tuple(KnownFailure(*entry) for entry in stated.get("KNOWN_FAILURES", ())),
        not_applicable=tuple(Exemption(*entry) for entry in stated.get("NOT_APPLICABLE", ())),
        offers=tuple(_offers(tree)),
        imports=tuple(sorted(set(_imports(tree)))),
        problem=problem,
    )


def _constants(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                yield name, _literal(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name.isupper():
                yield name, _literal(value)
            case _:
                pass


def _literal(value: ast.expr) -> Any:
    # A constant of the alternative's own, such as a sentinel object, is not one of ours: it may be any expression.
    try:
        return ast.literal_eval(value)
    except ValueError:
        return None


def _offers(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str() as module, level=0):
                yield module.partition(".")[0]
            case _:
                pass

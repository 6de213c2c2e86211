"""What is compared: families of alternatives, found by a folder scan.

A family is a sub-package: its docstring is the problem, its names are the contract. An alternative is a module inside
it: the file name is the registration. Both are read without being run, so that a file which cannot be imported is still
a row with a reason, and so that planning costs no import.

A file has two parts where its pattern is more than a few lines. Above the line that is ``FITTING`` stands the pattern:
what a reader copies, which imports nothing of ours and runs by itself. Below it stand what the plan needs to know, and
what fits the pattern to the contract.

Files of a reader's own project take part as ``patterns.included`` says.
"""

import ast
import hashlib
import keyword
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from patterns import included
from patterns.declarations import ALTERNATIVE, CONTRACT, Constant, Kind, Library, defaults, stated
from patterns.source import NOTHING, Source, UnreadableError, hidden, imported, offered, parsed, raw_text

HERE = Path(__file__).parent
FITTING = "# --- how it fits the contract ---"
LONGEST_TITLE = 100  # characters
YOURS: Literal["yours"] = "yours"  # the kind of what is included, whatever it says of itself

included.reach()


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
class Pythons:
    """A version range of Python without which an alternative cannot run; ``backends`` is a glob over backend names."""

    python: str
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
    beyond its library, ``services`` which servers it talks to, ``pythons`` which Pythons can run it on which backends,
    ``caveats`` what it promises less than the contract, ``not_applicable`` which promises cannot be asked of it,
    ``offers`` which public names it binds, whether it defines, assigns or imports them, ``imports`` the top-level
    modules it imports, ``module`` is the dotted name under which it is imported. ``problem`` is a line that names the
    file and its mistakes, each with what to write instead, or empty: what has one is not asked anything.
    """

    family: str
    name: str
    path: str
    source: str
    title: str
    doc: str
    library: Library
    kind: Kind | Literal["yours"]
    requires: tuple[str, ...]
    services: tuple[str, ...]
    pythons: tuple[Pythons, ...]
    caveats: tuple[str, ...]
    known_failures: tuple[KnownFailure, ...]
    not_applicable: tuple[Exemption, ...]
    offers: tuple[str, ...]
    imports: tuple[str, ...]
    module: str
    problem: str

    @property
    def sha256(self) -> str:
        """The hash of the source that ran."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def pattern(self) -> str:
        """What a reader copies: the lines above ``FITTING``, or all of them in a file without that line."""
        above, line, _ = self.source.partition(f"\n{FITTING}\n")
        return f"{above.rstrip()}\n" if line else self.source

    @property
    def advice(self) -> str:
        """A line that says what its text lacks as the report's text, or nothing: that hinders nobody."""
        lacks = [f'say "{words} ..."' for words in ("Choose it when", "It costs") if words not in self.doc]
        lacks += [f"shorten the first line to {LONGEST_TITLE} characters"] if len(self.title) > LONGEST_TITLE else []
        return _line(self.path, [f"docstring: {' and '.join(lacks)}"] if lacks else [])


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another family, and what one wants who should go there: a phrase that follows "to"."""

    family: str
    why: str


@dataclass(frozen=True, slots=True)
class Need:
    """What some programs rely on, and others do not.

    ``phrase`` follows "My program", so that a reader can say yes or no; ``usual`` is one that most programs have. Which
    promises it covers stands with the promises.
    """

    name: str
    phrase: str
    usual: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """What a family says of itself.

    The first line of ``doc`` is the question, the rest the promises. ``group`` is a reader's word for what it is about,
    which families may share; ``neighbours`` are the families that are easily taken for it; ``needs`` are in the order
    in which a reader is asked for them. ``problem`` is a line as for an alternative, and so is ``advice``.
    """

    doc: str
    group: str
    neighbours: tuple[Neighbour, ...]
    needs: tuple[Need, ...]
    problem: str
    advice: str


def families() -> list[str]:
    """The names of all families, in alphabetical order: every folder that holds Python files."""
    folders = (path for path in HERE.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))
    return sorted(_printable(path.name) for path in folders if any(path.glob("*.py")))


@cache
def contract(family: str) -> Contract:
    """Read a family's contract without running it; a mistake in it is its ``problem``."""
    path = HERE / family / "__init__.py"
    source, values, mistakes = _read(path, CONTRACT)
    doc = ast.get_docstring(source.tree)
    if not (doc or mistakes):
        mistakes.append("docstring: it is missing: write the question in its first line")
    return Contract(
        doc=doc or family,
        group=values["GROUP"],
        neighbours=tuple(Neighbour(*entry) for entry in values["NEIGHBOURS"]),
        needs=tuple(Need(*entry) for entry in values["NEEDS"]),
        problem=_line(f"patterns/{family}/{path.name}", mistakes),
        advice=_line(
            f"patterns/{family}/{path.name}",
            [
                f"NEIGHBOURS: there is no other family {name}"
                for name, _ in values["NEIGHBOURS"]
                if name not in families() or name == family
            ],
        ),
    )


def alternatives(family: str) -> tuple[Alternative, ...]:
    """Every alternative of a family: ours in alphabetical order, then the reader's as they were included."""
    return _alternatives(family, tuple(included.files(family)))


@cache
def _alternatives(family: str, theirs: tuple[Path, ...]) -> tuple[Alternative, ...]:
    paths = [path for path in sorted((HERE / family).glob("*.py")) if not path.name.startswith(("_", "."))]
    ours = tuple(describe(family, path) for path in paths)
    taken = Counter([path.stem for path in (*paths, *theirs)])
    return (*ours, *(_yours(family, path, taken[path.stem] > 1) for path in theirs))


def _yours(family: str, path: Path, taken: bool) -> Alternative:
    """What a reader's file says of itself: it is of its own kind, and is imported as in its own project."""
    outermost, within, _ = included.module_of(path).partition(".")
    wrong = [f"there is another {path.stem} in {family}: rename one of them"] if taken else []
    if taken_for := included.taken_for(path):
        wrong.append(taken_for)
    found = describe(family, path, str(path), wrong)
    package = {outermost} if within else set[str]()
    return replace(found, kind=YOURS, imports=tuple(sorted({*found.imports, *package})))


def describe(family: str, path: Path, shown: str = "", wrong: Sequence[str] = ()) -> Alternative:
    """Read one alternative's file without running it; a mistake in it is its ``problem``, and so is what is ``wrong``.

    ``shown`` is where people find it; ours are shown by their place in this project.
    """
    shown = _printable(shown or f"patterns/{family}/{path.name}")
    source, values, mistakes = _read(path, ALTERNATIVE)
    mistakes = [*wrong, *mistakes]
    mistakes += [f"from {module} import *: nobody sees what that brings: name it" for module in hidden(source)]
    doc = ast.get_docstring(source.tree) or _printable(path.stem)
    return Alternative(
        family=family,
        name=_printable(path.stem),
        path=shown,
        source=source.text,
        title=doc.splitlines()[0].rstrip("."),
        doc=doc,
        library=values["LIBRARY"],
        kind=values["KIND"],
        requires=values["REQUIRES"],
        services=values["SERVICES"],
        pythons=_pythons(values["PYTHON"]),
        caveats=values["CAVEATS"],
        known_failures=tuple(KnownFailure(*entry) for entry in values["KNOWN_FAILURES"]),
        not_applicable=tuple(Exemption(*entry) for entry in values["NOT_APPLICABLE"]),
        offers=tuple(dict.fromkeys(offered(source))),
        imports=tuple(sorted(set(imported(source)))),
        module=module_of(family, _printable(path.stem)),
        problem=_line(shown, mistakes),
    )


def _pythons(stated: str | Sequence[Sequence[str]]) -> tuple[Pythons, ...]:
    """A range that is stated alone holds on every loop; an empty one asks for nothing."""
    return tuple(Pythons(*entry) for entry in ([(stated,)] if isinstance(stated, str) else stated) if entry[0])


def module_of(family: str, name: str) -> str:
    """The dotted name under which an alternative is imported, known without reading it."""
    yours = {path.stem: path for path in included.files(family)}
    return included.module_of(yours[name]) if name in yours else f"patterns.{family}.{name}"


def _read(path: Path, table: Mapping[str, Constant]) -> tuple[Source, dict[str, Any], list[str]]:
    """What is in a file, what it states, and the mistakes in it."""
    try:
        source = parsed(path)
    except UnreadableError as error:
        return replace(NOTHING, text=raw_text(path)), defaults(table), [str(error)]
    values, mistakes = stated(source, table)
    return source, values, [*_misnamed(path), *_unprintable(source), *mistakes]


def importable(name: str) -> bool:
    """Whether a file may have that name: Python can import it."""
    return name.isidentifier() and not keyword.iskeyword(name)


def _misnamed(path: Path) -> Iterator[str]:
    name = path.parent.name if path.name == "__init__.py" else path.stem
    if not importable(name):
        yield f"{name} is no name that Python can import: rename it to letters, digits and underscores"


def _unprintable(source: Source) -> Iterator[str]:
    for number, line in enumerate((ast.get_docstring(source.tree) or "").split("\n"), 1):
        if not line.isprintable():
            yield f"docstring: line {number} holds what cannot be printed: write plain text"


def _line(path: str, mistakes: list[str]) -> str:
    return _printable(f"{path}: {'; '.join(mistakes)}") if mistakes else ""


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)

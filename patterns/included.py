"""Files of a reader's own project, which take part beside ours: nothing of them is copied, and nothing here is edited.

Which they are stands in a variable of the environment, a line ``FAMILY=PATH`` for each, so that the processes which
measure and check know them, too. A file is imported under the name that it has in its own project, so that what it
imports from there is found: the topmost folder without ``__init__.py`` above it comes last in the search path.
"""

import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

VARIABLE = "LOOPMARK_INCLUDE"


class IncludeError(Exception):
    """What is to be included is not there, or is not written as FAMILY=PATH; the message says which."""


def include(texts: Iterable[str]) -> None:
    """Have these files take part as well, in this process and those that it starts; raises IncludeError.

    Each is ``FAMILY=PATH``, where a folder stands for all its files but those whose names begin with an underscore.
    """
    asked = [f"{family}={path}" for text in (*lines(), *texts) for family, path in _files(text)]
    os.environ[VARIABLE] = "\n".join(dict.fromkeys(asked))
    reach()


def reach() -> None:
    """Make what is included importable."""
    for line in lines():
        root = str(root_of(Path(line.partition("=")[2])))
        if root not in sys.path:
            sys.path.append(root)


def families() -> list[str]:
    """The families that are named, known or not."""
    return sorted({line.partition("=")[0] for line in lines()})


def lines() -> list[str]:
    """Everything that is included: ``FAMILY=PATH``, with absolute paths."""
    return [line for line in os.environ.get(VARIABLE, "").splitlines() if "=" in line]


def files(family: str) -> list[Path]:
    """The absolute paths of a family's included files."""
    return [Path(path) for name, _, path in (line.partition("=") for line in lines()) if name == family]


def is_one(filename: str) -> bool:
    """Whether a file is included, by its absolute path."""
    return any(line.partition("=")[2] == filename for line in lines())


def module_of(path: Path) -> str:
    """The dotted name under which a file is imported in its own project."""
    return ".".join(path.relative_to(root_of(path)).with_suffix("").parts)


def root_of(path: Path) -> Path:
    """The folder in which Python finds the outermost package that a file is in, or the file itself."""
    folder = path.parent
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


def taken_for(path: Path) -> str:
    """Where Python finds another module under the name of a file, and what to do; or nothing, if it finds the file."""
    top, _, within = module_of(path).partition(".")
    try:
        found = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return ""
    origin = found.origin if found else None
    if not origin or root_of(path) in Path(origin).resolve().parents:
        return ""
    copy = Path(origin).parent.joinpath(*within.split(".")).with_suffix(".py") if within else None
    if copy and copy.is_file():
        return f"Python imports {copy} in its place: include that, or install yours with pip install --editable"
    return f"Python imports {origin} under the name {top}: rename yours"


def _files(text: str) -> Iterator[tuple[str, Path]]:
    family, equals, written = text.partition("=")
    if not (family and equals and written):
        raise IncludeError(f"--include {text!r} is not FAMILY=PATH: write one such as locks=../app/locking.py")
    path = Path(written).expanduser().resolve()
    if path.is_dir():
        found = sorted(one for one in path.glob("*.py") if not one.name.startswith("_"))
        if not found:
            raise IncludeError(f"--include {text}: there is no Python file in {path}")
        yield from ((family, one) for one in found)
    elif path.is_file() and path.suffix == ".py" and "\n" not in str(path):
        yield family, path
    else:
        raise IncludeError(f"--include {text}: there is no Python file {path}")

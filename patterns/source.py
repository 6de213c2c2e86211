"""A Python file, read without being run: what stands at its top level, which names that binds, and its literals."""

import ast
import io
import stat
import sys
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NEVER_RUN = ("TYPE_CHECKING", "__name__")  # what an if asks for whose body does not run when the file is imported
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
MOST = 200_000  # bytes; nobody reads or copies more, and the record and the page show all of it
INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class UnreadableError(Exception):
    """A file, or a value in it, cannot be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its text, its syntax tree, and the statements that run when it is imported, with the names they bind."""

    text: str
    tree: ast.Module
    statements: tuple[tuple[ast.stmt, tuple[str, ...]], ...]


NOTHING = Source("", ast.Module([], []), ())


def parsed(path: Path) -> Source:
    """What is in a file; raises UnreadableError."""
    try:
        raw = content(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whoever imports the file will be told
            tree = ast.parse(raw)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        text = io.TextIOWrapper(io.BytesIO(raw), encoding).read()
        return Source(text, tree, tuple((node, tuple(bound(node))) for node in top_level(tree.body)))
    except SyntaxError as error:
        place = f"line {error.lineno}" if error.lineno else "cannot be read"
        raise UnreadableError(f"{place}: {error.msg}") from error
    except FileNotFoundError as error:
        raise UnreadableError("it is missing") from error
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, and what is nested too deep
        raise UnreadableError(f"cannot be read: {error or 'it is nested too deep'}") from error


def content(path: Path) -> bytes:
    """The bytes of a file; raises UnreadableError for what is none, and could be waited for, or is too long."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):  # a folder says so itself
        raise UnreadableError("cannot be read: it is no file")
    if about.st_size > MOST:
        raise UnreadableError(f"cannot be read: it has more than {MOST} bytes: write what somebody can copy")
    return path.read_bytes()


def raw_text(path: Path) -> str:
    """What can be shown of a file that is perhaps no text; nothing where it cannot be read."""
    try:
        return content(path).decode(errors="replace")
    except (OSError, UnreadableError):
        return ""


def top_level(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when the file is imported, those under ``if``, ``try``, ``with`` and loops, too."""
    for node in statements:
        yield node
        if isinstance(node, SCOPES):
            continue
        runs = not (isinstance(node, ast.If) and any(name in NEVER_RUN for name in _names(node.test)))
        for part in ("body", "handlers", "cases", "orelse", "finalbody"):
            for inner in getattr(node, part, []) if runs or part != "body" else []:
                yield from top_level([inner] if isinstance(inner, ast.stmt) else inner.body)


def bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement itself binds; of a compound one, what its head binds."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name for alias in names)
        case ast.AnnAssign(value=None):
            pass
        case _:
            heads = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr | ast.withitem)]
            yield from (name for head in heads for name in _names(head, ast.Store))


def _names(node: ast.AST, context: type[ast.expr_context] = ast.Load) -> Iterator[str]:
    if isinstance(node, INNER):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, context):
        yield node.id
    elif isinstance(node, ast.Attribute) and context is ast.Load:
        yield node.attr
    for part in ast.iter_child_nodes(node):
        yield from _names(part, context)


def places(source: Source, name: str) -> list[ast.stmt]:
    """The statements that bind a name."""
    return [node for node, names in source.statements if name in names]


def used(source: Source) -> set[str]:
    """The names that are read anywhere in a file."""
    nodes = ast.walk(source.tree)
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def offered(source: Source) -> Iterator[str]:
    """The public names that importing the file binds.

    Those that come from the standard library under their own names are tools, not offers.
    """
    for node, names in source.statements:
        match node:
            case ast.ImportFrom(module=str() as module, level=0, names=aliases) if _standard(module):
                found = [alias.asname for alias in aliases if alias.asname]
            case _:
                found = [*names]
        yield from (name for name in found if name != "*" and not name.startswith("_"))


def imported(source: Source) -> Iterator[str]:
    """The top-level modules that importing the file imports."""
    for node, _ in source.statements:
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str() as module, level=0):
                yield module.partition(".")[0]
            case _:
                pass


def hidden(source: Source) -> Iterator[str]:
    """Where names come from that nobody can see: the modules of ``from ... import *``."""
    for node, names in source.statements:
        if isinstance(node, ast.ImportFrom) and "*" in names:
            yield f"{'.' * node.level}{node.module or ''}"


def _standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def literal(source: Source, value: ast.expr) -> Any:
    """The value that an expression stands for; raises UnreadableError if it is no literal, or one by mistake."""
    for node in ast.walk(value):
        match node:
            case ast.Call(func=before) | ast.Subscript(value=before) if isinstance(
                before, ast.Tuple | ast.List | ast.Constant
            ):
                raise UnreadableError(f"a comma is missing at the end of line {before.end_lineno}")
            case _:
                pass
    try:
        found = ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        raise UnreadableError("it is no literal: it is read, not run, so write it out") from error
    if not isinstance(value, ast.Constant) and (line := _side_by_side(source, value)):
        raise UnreadableError(
            f"two texts stand side by side at line {line}: a comma is missing, or parentheses around a text in pieces"
        )
    return found


def _side_by_side(source: Source, value: ast.expr) -> int:
    """The line of two texts among others, or of a single entry, that no comma parts; 0 if there are none.

    Python makes one of them, which is how an entry loses a field. A text in pieces stands in parentheses of its own.
    """
    segment = ast.get_source_segment(source.text, value) or ""
    before = tokenize.NL
    commas, pairs = [False], [0]
    for token in tokenize.generate_tokens(io.StringIO(f"({segment})").readline):
        if token.type in (tokenize.NL, tokenize.COMMENT):
            continue
        if token.type == tokenize.STRING == before:
            pairs[-1] = pairs[-1] or token.start[0]
        before = token.type
        if token.string in ("(", "[", "{"):
            commas.append(False)
            pairs.append(0)
        elif token.string == ",":
            commas[-1] = True
        elif token.string in (")", "]", "}"):
            comma, line = commas.pop(), pairs.pop()
            if comma and line:
                return value.lineno + line - 1
    return 0

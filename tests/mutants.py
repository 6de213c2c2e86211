"""Mutants of a file: its source with one thing changed, as a slip of the pen would change it.

A condition is the other way round, a line is missing, a clean-up is not protected, an ``await`` is gone or comes one
statement earlier or later, a constant is another. What an alternative says of itself, annotations and messages stay.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

STATED = {"LIBRARY", "KIND", "REQUIRES", "SERVICES", "PYTHON", "CAVEATS", "KNOWN_FAILURES", "NOT_APPLICABLE"}
SIMPLE = (
    ast.Expr,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Return,
    ast.Raise,
    ast.Delete,
    ast.Break,
    ast.Continue,
)
UNMOVED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)
BODIES = ("body", "orelse", "finalbody")
OPPOSITE: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
}
NEXT_DOOR: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
}
OTHER: dict[type[ast.AST], ast.AST] = {ast.And: ast.Or(), ast.Or: ast.And(), ast.Add: ast.Sub(), ast.Sub: ast.Add()}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A source with one thing changed.

    ``where`` is the function or class by its qualified name, ``line`` the line of the original, ``was`` and ``now`` the
    first line of the statement, or of two that changed places. The three texts together tell mutants of a file apart.
    """

    where: str
    line: int
    was: str
    now: str
    source: str


@dataclass(frozen=True, slots=True)
class _Edit:
    """One field of a node with another value; a reader is shown ``was`` and ``now``, or the ``statement`` itself."""

    statement: ast.stmt
    owner: ast.AST
    field: str
    value: object
    was: str = ""
    now: str = ""


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a source, from its first line to its last."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, str, str]] = Counter()
    for where, edit in _edits(tree, tree.body, ""):
        was = edit.was or _head(edit.statement)
        before = getattr(edit.owner, edit.field)
        setattr(edit.owner, edit.field, edit.value)
        now, changed = edit.now or _head(edit.statement), ast.unparse(tree)
        setattr(edit.owner, edit.field, before)
        if not _compiles(changed):
            continue  # everybody notices that
        seen[where, was, now] += 1
        again = seen[where, was, now]
        yield Mutant(f"{where} ({again})" if again > 1 else where, edit.statement.lineno, was, now, changed)


def _compiles(source: str) -> bool:
    """Whether it is a program; a ``nonlocal`` name that nothing binds any more makes it none."""
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _edits(owner: ast.AST, body: list[ast.stmt], where: str, field: str = "body") -> Iterator[tuple[str, _Edit]]:
    for index, statement in enumerate(body):
        if _untouched(statement):
            continue
        inside = where
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{where}.{statement.name}".lstrip(".")
        changes = [*_of_lines(owner, field, body, index), *_of_expressions(statement)]
        yield from ((inside, edit) for edit in changes)
        for part in [statement, *getattr(statement, "handlers", [])]:
            for name in BODIES:
                if isinstance(inner := getattr(part, name, None), list):
                    yield from _edits(part, inner, inside, name)


def _untouched(statement: ast.stmt) -> bool:
    """Whether it is an import, a text, or one of the constants by which an alternative says what it is."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in STATED
        case _:
            return False


def _of_lines(owner: ast.AST, field: str, body: list[ast.stmt], index: int) -> Iterator[_Edit]:
    """A statement is missing, or what it protects is not protected; or it changes places with the next one."""
    statement, (before, after) = body[index], (body[:index], body[index + 1 :])

    def instead(new: list[ast.stmt], was: str, now: str) -> _Edit:
        return _Edit(statement, owner, field, before + new, was, now)

    head = _head(statement)
    match statement:
        case ast.AnnAssign(value=None):
            pass
        case ast.With() | ast.AsyncWith():
            yield instead([*statement.body, *after], head, "nothing around it")
        case ast.Try() | ast.TryStar():
            rest = [*statement.body, *statement.orelse, *statement.finalbody]
            yield instead([*rest, *after], head, "nothing around it")
        case ast.For() | ast.AsyncFor():
            yield instead([ast.Pass(), *after], head, "nothing")
        case _ if isinstance(statement, SIMPLE):
            yield instead([ast.Pass(), *after], head, "nothing")
    pair = (statement, *after[:1])
    if len(pair) == 2 and any(map(_waits, pair)) and not any(isinstance(one, UNMOVED) for one in pair):
        other = _head(after[0])
        yield instead([after[0], statement, *after[1:]], f"{head}; {other}", f"{other}; {head}")


def _of_expressions(statement: ast.stmt) -> Iterator[_Edit]:
    """Conditions are turned round, constants changed, decorators and ``await`` left out, handlers made narrower."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    for decorator in decorators:
        rest = [other for other in decorators if other is not decorator]
        yield _Edit(statement, statement, "decorator_list", rest, f"@{ast.unparse(decorator)}", "nothing")
    for owner, field, index, node in _expressions(statement):
        for new in _slips(node, is_test=field in ("test", "ifs")):
            listed = getattr(owner, field)
            value = new if index is None else [*listed[:index], new, *listed[index + 1 :]]
            yield _Edit(statement, owner, field, value)
    for handler in getattr(statement, "handlers", []):
        if isinstance(handler.type, ast.Name) and handler.type.id == "BaseException":
            was, now = "except BaseException:", "except Exception:"
            yield _Edit(statement, handler, "type", ast.Name("Exception"), was, now)


def _slips(node: ast.AST, *, is_test: bool) -> Iterator[ast.AST]:
    """What may stand there by mistake instead of an expression or an operator."""
    match node:
        case ast.Await(value=value):
            yield value
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.And() | ast.Or() | ast.Add() | ast.Sub():
            yield OTHER[type(node)]
        case ast.Compare(left=left, ops=[operator], comparators=right):
            if type(operator) in NEXT_DOOR:
                yield ast.Compare(left, [NEXT_DOOR[type(operator)]], right)
            elif type(operator) in OPPOSITE and not is_test:
                yield ast.Compare(left, [OPPOSITE[type(operator)]], right)
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=condition) if is_test:
            yield condition
        case ast.expr() if is_test:
            yield ast.UnaryOp(ast.Not(), node)


def _expressions(owner: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """The expressions of a statement, each with its place; not those of the statements in it, nor annotations."""
    for field, value in ast.iter_fields(owner):
        if field in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        many = isinstance(value, list)
        for index, node in enumerate(value if many else [value]):
            if isinstance(node, ast.AST) and not isinstance(node, ast.stmt | ast.ExceptHandler):
                yield owner, field, index if many else None, node
                yield from _expressions(node)


def _waits(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor) for node in ast.walk(statement))


def _head(statement: ast.stmt) -> str:
    """The first line of a statement, below its decorators."""
    return next(line for line in ast.unparse(statement).splitlines() if not line.startswith("@"))

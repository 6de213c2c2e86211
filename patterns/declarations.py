"""What a pattern file and a family's contract say of themselves in constants: which there are, and how each must look.

They are read, not run, so each is a literal that is stated once, at the top level. Whatever else stands there is a
mistake: one sentence that names the constant, says what is wrong and what to write.
"""

import ast
import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from patterns.source import Source, UnreadableError, literal, places, used

Library = Literal["any", "asyncio", "trio", "anyio"]
Kind = Literal["idiom", "trap", "package", "own"]

LONGEST = 300  # characters of a text, which is a sentence in a table
MOST = 50  # entries of a constant
SLIP = 0.85  # likeness from which a name that nobody uses is taken for a slip of the pen

Rule = Callable[[Any], str]  # what is wrong with a value, as a sentence, or nothing


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant: its shape in words, as CONTRIBUTING prints it, the rule that is applied, and what it is if left out.

    One that must be there says in ``missing`` what to write.
    """

    shape: str
    rule: Rule
    default: Any = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entry; ``optional`` ones stand at the end."""

    name: str
    rule: Rule
    optional: bool = False


def text(value: Any) -> str:
    """One line that can be shown."""
    if not isinstance(value, str):
        return f"{shown(value)} is no text"
    if not value.strip():
        return f"{shown(value)} is empty"
    if not value.isprintable():
        return f"{shown(value)} holds what cannot be printed in a line: write plain text"
    return f"{shown(value)} has {len(value)} characters: write at most {LONGEST}" if len(value) > LONGEST else ""


def one_of(*words: str) -> Rule:
    """One of a few words."""
    return lambda value: "" if value in words else f"{shown(value)} is none of {', '.join(words)}"


def words(value: Any) -> str:
    """One or two lower-case words."""
    fits = isinstance(value, str) and re.fullmatch(r"[a-z]+( [a-z]+)?", value)
    return "" if fits else f'{shown(value)} is not one or two lower-case words, such as "share state"'


def continues(start: str) -> Rule:
    """What follows the ``start`` of a sentence: lower-case at both ends, and neither a word nor a paragraph."""

    def problem(value: Any) -> str:
        fits = isinstance(value, str) and value.isprintable() and re.fullmatch(r"[a-z].{9,79}[a-z]", value)
        wanted = "write 11 to 81 characters, no capital, no dot"
        return "" if fits else f'{shown(value)} does not continue "{start} ...": {wanted}'

    return problem


def tick(value: Any) -> str:
    """A name that stands in a command and in an address."""
    fits = isinstance(value, str) and len(value) <= 20 and re.fullmatch(r"[a-z]+(-[a-z]+)*", value)
    return (
        "" if fits else f'{shown(value)} is no name of a need: write lower-case words with hyphens, such as "re-entry"'
    )


def yes_or_no(value: Any) -> str:
    """A truth value."""
    return "" if isinstance(value, bool) else f"{shown(value)} is neither True nor False"


def version_range(value: Any) -> str:
    """A range of versions as pip reads it; an empty one holds every version."""
    written = _written(value)
    try:
        if not written or len(SpecifierSet(written)):
            return ""
    except InvalidSpecifier:
        pass
    version = written if re.fullmatch(r"\d+(\.\d+)*", written) else ""
    advice = f'"=={version}.*" or ">={version}"' if version else '"" for all, or one such as ">=3.12" or "<3.13.2"'
    return f"{shown(value)} is no version range: write {advice}"


def range_or(several: Rule) -> Rule:
    """A range of versions, or one at least of what has another rule."""

    def check(value: Any) -> str:
        if not isinstance(value, tuple | list):
            return version_range(value)
        return several(value) if value else f"{shown(value)} names none: leave it out where any will do"

    return check


def requirement(value: Any) -> str:
    """A distribution by its name, with a version range if it needs one."""
    try:
        found = Requirement(_written(value))
        if not found.url and not found.marker:
            return ""
    except InvalidRequirement:
        pass
    return f'{shown(value)} is no requirement: write a name and a version range alone, such as "aiologic>=0.17"'


def _written(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() and len(value) <= LONGEST else "?"


def each(rule: Rule, like: str) -> Rule:
    """A tuple of what the rule accepts, ``like`` in words."""
    check = _many(lambda value: f": {problem}" if (problem := rule(value)) else "", f"tuple of {like}")

    def mended(value: Any) -> str:
        lone = isinstance(value, str) and not rule(value)
        return f"{check(value)}: write ({shown(value)},)" if lone else check(value)

    return mended


def entries(*fields: Field) -> Rule:
    """A tuple of tuples of these fields."""
    fewest, wanted = sum(not field.optional for field in fields), signature(*fields)

    def check(value: Any) -> str:
        if not isinstance(value, tuple | list):
            return f": {shown(value)} is no ({wanted}): a tuple of one entry needs a comma behind it"
        if not fewest <= len(value) <= len(fields):
            return f" has {len(value)} field{'s' * (len(value) != 1)}, wanted are {wanted}"
        wrong = ((field.name, field.rule(one)) for field, one in zip(fields, value, strict=False))
        return next((f": {name}: {problem}" for name, problem in wrong if problem), "")

    return _many(check, f"tuple of ({wanted})")


def signature(*fields: Field) -> str:
    """The names of fields, the optional ones in brackets."""
    return ", ".join(field.name for field in fields if not field.optional) + "".join(
        f"[, {field.name}]" for field in fields if field.optional
    )


def _many(check: Rule, like: str) -> Rule:
    def problem(value: Any) -> str:
        if not isinstance(value, tuple | list):
            return f"{shown(value)} is no {like}"
        if len(value) > MOST:
            return f"it has {len(value)} entries: write at most {MOST}"
        found = ((number, check(one)) for number, one in enumerate(value, 1))
        return next((f"entry {number}{wrong}" for number, wrong in found if wrong), "")

    return problem


def shown(value: Any) -> str:
    """A value in a message: a text as it is written, but short; anything else by its kind."""
    kinds = {int: "a number", float: "a number", bytes: "bytes", tuple: "a tuple", list: "a list"}
    if not isinstance(value, str):
        known = value is None or isinstance(value, bool)
        return repr(value) if known else kinds.get(type(value), f"a {type(value).__name__}")
    quoted = f'"{value}"' if value.isprintable() and '"' not in value else ascii(value)
    return quoted if len(quoted) <= 60 else f"{quoted[:57]}..."


PROMISE, LOOPS = Field("promise", text), Field("backends", text, optional=True)
ALTERNATIVE = {
    "LIBRARY": Constant("a word", one_of(*get_args(Library)), "any", missing='"asyncio", "trio", "anyio" or "any"'),
    "KIND": Constant("a word", one_of(*get_args(Kind)), "idiom"),
    "REQUIRES": Constant("a tuple of requirements", each(requirement, "requirements")),
    "SERVICES": Constant("a tuple of names", each(text, "names")),
    "PYTHON": Constant(
        "a version range, or a tuple of `(python, backends)`",
        range_or(entries(Field("python", version_range), Field("backends", text))),
        "",
    ),
    "CAVEATS": Constant("a tuple of texts", each(text, "texts")),
    "KNOWN_FAILURES": Constant(
        "a tuple of `(promise, python, evidence[, backends])`",
        entries(PROMISE, Field("python", version_range), Field("evidence", text), LOOPS),
    ),
    "NOT_APPLICABLE": Constant(
        "a tuple of `(promise, reason[, backends])`", entries(PROMISE, Field("reason", text), LOOPS)
    ),
}
CONTRACT = {
    "GROUP": Constant("one or two words", words, "", missing='"...", the words under which the index lists it'),
    "NEIGHBOURS": Constant("a tuple of `(family, why)`", entries(Field("family", text), Field("why", continues("To")))),
    "NEEDS": Constant(
        "a tuple of `(need, phrase, usual)`",
        entries(Field("need", tick), Field("phrase", continues("My program")), Field("usual", yes_or_no)),
    ),
}


def defaults(table: Mapping[str, Constant]) -> dict[str, Any]:
    """The value of every constant of a table where nothing is stated."""
    return {name: constant.default for name, constant in table.items()}


def stated(source: Source, table: Mapping[str, Constant]) -> tuple[dict[str, Any], list[str]]:
    """The value of every constant of a table, and the mistakes; what has one, or is left out, has its default."""
    values, mistakes = defaults(table), [*_slips(source, table)]
    for name, constant in table.items():
        try:
            value = _value(source, name, constant)
        except UnreadableError as error:
            mistakes.append(f"{name}: {error}")
            continue
        if problem := constant.rule(value):
            mistakes.append(f"{name}: {problem}")
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return values, mistakes


def _value(source: Source, name: str, constant: Constant) -> Any:
    match places(source, name):
        case []:
            if constant.missing:
                raise UnreadableError(f"it is missing: write {name} = {constant.missing}")
            return constant.default
        case [ast.Assign(targets=[ast.Name()], value=value) as node] if node in source.tree.body:
            return literal(source, value)
        case [ast.AnnAssign(target=ast.Name(), value=ast.expr() as value) as node] if node in source.tree.body:
            return literal(source, value)
        case nodes:
            lines = ", ".join(str(node.lineno) for node in nodes)
            raise UnreadableError(f"it is bound in line {lines}: write {name} = ... once, at the top level, and alone")


def _slips(source: Source, table: Mapping[str, Constant]) -> Iterator[str]:
    """Constants that nobody uses and whose names are nearly those of ours."""
    names = {
        name for node, names in source.statements if isinstance(node, ast.Assign | ast.AnnAssign) for name in names
    }
    for name in sorted(name for name in names - table.keys() if name.isupper()):
        meant = difflib.get_close_matches(name, table, 1, SLIP)
        if meant and name not in used(source):
            yield f"{name}: nothing reads it: is it meant to be {meant[0]}?"

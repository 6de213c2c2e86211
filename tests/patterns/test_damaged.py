"""Every pattern file with its constants damaged at random: never an exception, never another meaning in silence."""

import ast
import dataclasses
import io
import random
import tokenize
from collections.abc import Callable
from pathlib import Path

import pytest

import patterns
from benchmarks.plan.mistakes import in_alternative
from patterns.declarations import ALTERNATIVE
from tests.where import DAMAGED_FILES

FILES = [entry for family in patterns.families() for entry in patterns.alternatives(family)]
OTHERS = (
    "7",
    "3.5",
    "None",
    "True",
    "b'x'",
    "{}",
    "{'a': 1}",
    "{[]: 1}",
    "...",
    "print",
    "print()",
    "f'{1}'",
    "'text'",
)
EMPTY = ("()", "[]", "''", "((),)", "('',)", "' '")
ODD = ("\\u202e", "\\ud800", "\\x00", "\\x1b[31m", "\\n", "\\u200b")

Damage = Callable[[random.Random, str], str]


def tokens_of(value: str) -> list[tokenize.TokenInfo]:
    """The tokens of a value on one line or more."""
    return list(tokenize.generate_tokens(io.StringIO(f"({value})").readline))


def without(value: str, token: tokenize.TokenInfo) -> str:
    """The value without one of its tokens."""
    lines = f"({value})".splitlines(keepends=True)
    row, column = token.start[0] - 1, token.start[1]
    lines[row] = lines[row][:column] + " " * len(token.string) + lines[row][token.end[1] :]
    return "".join(lines)[1:-1]


def drops(string: str) -> Damage:
    """Leave out one of the commas, or of the brackets."""

    def damage(draw: random.Random, value: str) -> str:
        found = [token for token in tokens_of(value)[1:-3] if token.string in string]
        return without(value, draw.choice(found)) if found else value

    return damage


def drops_a_field(draw: random.Random, value: str) -> str:
    """Leave an entry its first field alone, which is fewer than any wants."""
    entries = ast.literal_eval(value)
    if not isinstance(entries, tuple) or not entries or not isinstance(entries[0], tuple):
        return value
    number = draw.randrange(len(entries))
    return repr((*entries[:number], entries[number][:1], *entries[number + 1 :]))


def grows(draw: random.Random, value: str) -> str:
    """Far too much of it."""
    found = ast.literal_eval(value)
    return repr(found * draw.choice([60, 400]))


def odd(draw: random.Random, value: str) -> str:
    """A character in a text that nobody sees, or that gives orders."""
    found = [token for token in tokens_of(value) if token.type == tokenize.STRING]
    if not found or "\\" in value:
        return value
    token = draw.choice(found)
    return value.replace(token.string, f"{token.string[:-1]}{draw.choice(ODD)}{token.string[-1]}", 1)


DAMAGES: dict[str, Damage] = {
    "no comma": drops(","),
    "no bracket": drops("()"),
    "wrapped": lambda draw, value: draw.choice(["(({}),)", "[{}]", "({})", "({},)"]).format(value),
    "unwrapped": lambda _, value: value.strip()[1:-1] if value.strip()[:1] == "(" else value,
    "another type": lambda draw, _: draw.choice(OTHERS),
    "a field less": drops_a_field,
    "empty": lambda draw, _: draw.choice(EMPTY),
    "huge": grows,
    "odd": odd,
}


def constants_of(entry: patterns.Alternative) -> str:
    """What a file says of itself, without the pattern: that is never damaged, and takes long to read."""
    body = [node for node in ast.parse(entry.source).body if isinstance(node, ast.Assign) and _is_ours(node)]
    lines = entry.source.splitlines(keepends=True)
    return "".join("".join(lines[node.lineno - 1 : node.end_lineno]) for node in body)


def _is_ours(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id in ALTERNATIVE


def damaged(source: str, draw: random.Random) -> tuple[str, str, str]:
    """What was done to which constant, and the source with it."""
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    node, what = draw.choice(nodes), draw.choice(sorted(DAMAGES))
    name = ast.unparse(node.targets[0])
    lines = source.splitlines(keepends=True)
    statement = "".join(lines[node.lineno - 1 : node.end_lineno])
    value = statement.partition("=")[2].strip()
    lines[node.lineno - 1 : node.end_lineno] = [f"{name} = {DAMAGES[what](draw, value)}\n"]
    return what, name, "".join(lines)


def meant(source: str, name: str) -> object:
    """What a constant says, as Python would have it; the statement itself where Python would have none of it."""
    node = next(
        one for one in ast.parse(source).body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name
    )
    try:
        return ast.literal_eval(node.value)
    except (ValueError, TypeError):
        return node


def same(one: object, other: object) -> bool:
    """Whether two values mean the same: a list is as good as a tuple."""
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry.module)
def test_a_damage_is_harmless_or_named(entry: patterns.Alternative, tmp_path: Path) -> None:
    """A line that names the file, and the constant or the line; else the file says just what it said, or nothing."""
    path = tmp_path / f"{entry.name}.py"
    whole = constants_of(entry)
    path.write_text(whole, encoding="utf-8")
    before = patterns.describe(entry.family, path)
    for seed in range(DAMAGED_FILES):
        what, name, source = damaged(whole, random.Random(f"{entry.module} {seed}"))
        path.write_text(source, encoding="utf-8")
        found = patterns.describe(entry.family, path)
        problem = in_alternative(found)
        if problem:
            assert problem.startswith(
                (f"{entry.path}: {name}: ", f"{entry.path}: line ", f"{entry.path}: cannot be read")
            )
            assert problem.isprintable()
        else:
            says = meant(source, name)
            left_out = same(says, ALTERNATIVE[name].default) or says == ()
            assert same(says, meant(whole, name)) or left_out, (what, name, seed, says)
            if not left_out:
                assert dataclasses.replace(found, source=whole) == before, (what, name, seed)

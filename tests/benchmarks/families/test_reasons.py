"""What a promise says of those who break it is read by people who know neither its code nor its names."""

import ast
from collections.abc import Iterator

import pytest

import patterns
from benchmarks.safety.trials import Player, ending, listed, shown, shown_as
from tests.conftest import ROOT

FAMILIES = patterns.families()
SAYING = ("expect", "BrokenPromiseError", "NotTestedError")
RAW = (ast.List, ast.ListComp, ast.Tuple, ast.Dict, ast.DictComp, ast.Set, ast.SetComp, ast.GeneratorExp)
MAKING = ("list", "tuple", "set", "dict", "sorted", "Counter")


def messages(source: str) -> Iterator[ast.expr]:
    """What is said in a file when a promise is broken."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
            yield node.args[-1]


def raw(message: ast.expr) -> Iterator[str]:
    """What a message shows as Python writes it, although it is a container of ours."""
    for part in ast.walk(message):
        if not isinstance(part, ast.FormattedValue):
            continue
        value = part.value
        called = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in MAKING
        cut = isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice)
        if called or cut or isinstance(value, RAW):
            yield ast.unparse(value)
        if isinstance(value, ast.Attribute) and value.attr == "error":  # None, of one that was cancelled
            yield ast.unparse(value)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_promise_shows_its_own_lists(family: str) -> None:
    """A list is written out by ``listed``, an ending by ``ending``, an exception by ``shown``."""
    files = sorted((ROOT / "benchmarks" / "families" / family).glob("*.py"))
    said = [message for path in files for message in messages(path.read_text(encoding="utf-8"))]

    assert said
    assert [text for message in said for text in raw(message)] == []


def test_a_list_of_our_own_is_noticed() -> None:
    """Otherwise the test above would say nothing."""
    source = 'expect(ok, f"{kind} {seen[:1]} {sorted(sent)} {[a for a in b]} {player.error!r}")'

    assert [text for one in messages(source) for text in raw(one)] == [
        "seen[:1]",
        "sorted(sent)",
        "[a for a in b]",
        "player.error",
    ]


@pytest.mark.parametrize(
    ("things", "text"),
    [((), "nothing"), ((5,), "5"), (range(1, 7), "1, 2, 3, 4, 5, 6"), (range(9), "0, 1, 2, 3, 4, 5 and 3 more")],
)
def test_a_list_is_written_out(things: tuple[object, ...], text: str) -> None:
    """As much of it as somebody reads."""
    assert listed(things) == text


@pytest.mark.parametrize(
    ("player", "text"),
    [
        (Player("one"), "waits for ever"),
        (Player("one", "returned", [1]), "got [1]"),
        (Player("one", "raised", error=LookupError("no such row")), "raised LookupError('no such row')"),
        (Player("one", "cancelled"), "was cancelled"),
    ],
)
def test_an_ending_is_a_predicate(player: Player, text: str) -> None:
    """Behind the name of a task it makes a sentence."""
    assert ending(player) == text


def test_an_exception_is_shown_without_addresses() -> None:
    """They differ from run to run, and tell a reader nothing."""
    assert shown(ValueError(object)) == "ValueError(<class 'object'>)"
    assert " at 0x" not in shown(ValueError(object()))
    assert len(shown(ValueError("x" * 10_000))) == 200


def test_what_alternatives_call_goes_by_a_plain_name() -> None:
    """Python names a coroutine that nobody awaits by where it was written."""

    @shown_as("handler")
    async def handle() -> None: ...

    with pytest.warns(RuntimeWarning, match="coroutine 'handler' was never awaited"):
        handle()  # type: ignore[unused-coroutine]

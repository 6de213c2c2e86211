"""What a reader copies of a pattern file runs by itself, and says when to choose it and what it costs."""

import ast
import builtins
import dis
from collections.abc import Iterator
from types import CodeType, ModuleType
from typing import Any

import pytest

import patterns
from benchmarks.plan.availability import wrong_python
from patterns.declarations import ALTERNATIVE
from tests.conftest import ROOT
from tests.layers import OURS

ALL = [entry for family in patterns.families() for entry in patterns.alternatives(family)]
RUN = [entry for entry in ALL if not wrong_python(entry, entry.library)]  # what it imports may not be there for others
SPLIT = [entry for entry in ALL if f"\n{patterns.FITTING}\n" in entry.source]
WHOLE = 25  # lines of code, beside docstring and declarations, up to which a file needs no parts
READS = ("LOAD_GLOBAL", "LOAD_NAME")


def run_alone(text: str) -> ModuleType:
    """A module from a pattern, run where nothing of ours can be imported."""

    def elsewhere(name: str, *how: Any) -> ModuleType:
        if name.partition(".")[0] in OURS:
            raise ImportError(f"a reader has no {name}")
        return __import__(name, *how)

    module = ModuleType("copied")
    vars(module)["__builtins__"] = {**vars(builtins), "__import__": elsewhere}
    exec(compile(text, "copied.py", "exec", dont_inherit=True), vars(module))
    return module


def read(code: CodeType) -> Iterator[str]:
    """The names that a piece of code takes from its module, wherever it does so."""
    inner = {step.argval for step in dis.get_instructions(code) if step.opname == "STORE_NAME"}
    yield from (step.argval for step in dis.get_instructions(code) if step.opname in READS and step.argval not in inner)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from read(constant)


def missing(text: str) -> set[str]:
    """The names that a pattern would not find: they stand below it, or nowhere."""
    known = {*vars(run_alone(text)), *vars(builtins)}
    names = set(read(compile(text, "copied.py", "exec", dont_inherit=True)))
    return {name for name in names - known if not name.startswith("__")}  # a class has some of its own


@pytest.mark.parametrize("entry", RUN, ids=[f"{entry.family}/{entry.name}" for entry in RUN])
def test_what_is_copied_needs_nothing_that_is_not_copied(entry: patterns.Alternative) -> None:
    """It runs without a module of ours, and no name in it stands for what is only defined below."""
    assert missing(entry.pattern) == set()


def length(source: str) -> int:
    """How many lines the statements of a file have, but for its docstring and what the plan reads."""
    body = ast.parse(source).body[1:]
    read = [node for node in body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ALTERNATIVE]
    return sum((node.end_lineno or 0) - node.lineno + 1 for node in body if node not in read)


@pytest.mark.parametrize("entry", ALL, ids=[f"{entry.family}/{entry.name}" for entry in ALL])
def test_only_a_file_of_a_few_lines_is_copied_whole(entry: patterns.Alternative) -> None:
    """All others have the line, and a pattern above it that is shorter than the file."""
    assert entry in SPLIT or length(entry.source) <= WHOLE
    assert (len(entry.pattern) < len(entry.source)) == (entry in SPLIT)


def test_contributing_shows_the_line_and_the_bound() -> None:
    """As they are."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert f"\n  {patterns.FITTING}\n" in text
    assert f"at most {WHOLE} lines of code" in text


@pytest.mark.parametrize("entry", SPLIT, ids=[f"{entry.family}/{entry.name}" for entry in SPLIT])
def test_the_two_parts_are_told_apart(entry: patterns.Alternative) -> None:
    """The line stands once; what the plan reads stands below it, and the pattern defines something above."""
    above, below = entry.source.split(patterns.FITTING)

    assert "LIBRARY = " in below
    assert ("\nclass " in above) or ("\ndef " in above) or ("\nasync def " in above)
    assert entry.pattern == f"{above.rstrip()}\n"


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("import math\n\nx = math.pi\n", set()),
        ("class A:\n    b = 1\n    c = b\n    d: 'Z' = c\n", set()),
        ("def f():\n    return [g(x) for x in h]\n\n\nclass A:\n    def m(self):\n        return K\n", {"g", "h", "K"}),
    ],
)
def test_names_that_stand_nowhere_are_found(text: str, lacks: set[str]) -> None:
    """In functions, methods and comprehensions; not those of a class body, or of what is imported."""
    assert missing(text) == lacks


@pytest.mark.parametrize("text", ["from patterns.locks import Fetch\n", "import benchmarks.plan\n"])
def test_what_is_ours_cannot_be_imported(text: str) -> None:
    """Neither a module nor a name of it."""
    with pytest.raises(ImportError, match="a reader has no"):
        run_alone(text)


@pytest.mark.parametrize("entry", ALL, ids=[f"{entry.family}/{entry.name}" for entry in ALL])
def test_every_file_says_when_to_choose_it_and_what_it_costs(entry: patterns.Alternative) -> None:
    """In its docstring, which is copied too."""
    assert entry.advice == ""
    assert entry.doc.splitlines()[0] in entry.pattern

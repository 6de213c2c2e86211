"""Every kind of slip is made, once in each place, and nothing is changed that is not code."""

import ast

import pytest

import patterns
from tests.mutants import mutants

OWN = [next(one for one in patterns.alternatives(name) if one.kind == "own") for name in patterns.families()]
QUIET = '''
"""A text of 3 lines."""
from collections import deque
LIBRARY = "asyncio"
CAVEATS = (1, 2)
x: int
'''


def slips(source: str) -> dict[str, list[str]]:
    """What becomes of each line, by the line."""
    found: dict[str, list[str]] = {}
    for mutant in mutants(source):
        found.setdefault(mutant.was, []).append(mutant.now)
    return found


@pytest.mark.parametrize(
    ("source", "was", "now"),
    [
        ("if a is b: c()", "if a is b:", ["if not a is b:"]),
        ("if not a: c()", "if not a:", ["if a:"]),
        ("while a: c()", "while a:", ["while not a:"]),
        ("if a < b: c()", "if a < b:", ["if a <= b:", "if not a < b:"]),
        ("c = a in b", "c = a in b", ["nothing", "c = a not in b"]),
        ("c = [a for a in b if a]", "c = [a for a in b if a]", ["nothing", "c = [a for a in b if not a]"]),
        ("c = a if b else d", "c = a if b else d", ["nothing", "c = a if not b else d"]),
        ("c = a and b", "c = a and b", ["nothing", "c = a or b"]),
        ("c = a + 1", "c = a + 1", ["nothing", "c = a - 1", "c = a + 2"]),
        ("c -= a", "c -= a", ["nothing", "c += a"]),
        ("c(True, None, 'a')", "c(True, None, 'a')", ["nothing", "c(False, None, 'a')"]),
        ("c(0.5)", "c(0.5)", ["nothing", "c(1.5)"]),
        ("c: Literal[1] = a", "c: Literal[1] = a", ["nothing"]),
        ("for a in b: c()", "for a in b:", ["nothing"]),
        ("with a: c()", "with a:", ["nothing around it"]),
        ("try: a()\nfinally: b()", "try:", ["nothing around it"]),
        ("try: a()\nexcept BaseException: b()", "except BaseException:", ["except Exception:"]),
        ("@a\n@b\ndef c(d: int = 1) -> 'e': pass", "@a", ["nothing"]),
        ("@a\n@b\ndef c(d: int = 1) -> 'e': pass", "def c(d: int=1) -> 'e':", ["def c(d: int=2) -> 'e':"]),
        ("async def f():\n await a\n b()", "await a", ["nothing", "a"]),
        ("async def f():\n await a\n b()", "await a; b()", ["b(); await a"]),
        ("async def f():\n a()\n await b", "a(); await b", ["await b; a()"]),
    ],
)  # fmt: skip
def test_a_slip_is_made(source: str, was: str, now: list[str]) -> None:
    """A mutation that is not made proves nothing about what notices it."""
    assert slips(source)[was] == now


def test_statements_that_do_not_wait_keep_their_order() -> None:
    """Whether two lines without an await change places can rarely be seen, and who writes async code knows."""
    assert list(slips("a()\nb()")) == ["a()", "b()"]


def test_what_does_not_compile_is_no_mutant() -> None:
    """Without the line that binds it, a ``nonlocal`` name is an error before anything runs."""
    found = slips("def f():\n a = b\n def g():\n  nonlocal a\n  a = c")

    assert list(found) == ["a = c"]


def test_what_is_not_code_stays() -> None:
    """Texts, imports, annotations, and what an alternative says of itself."""
    assert slips(QUIET) == {}


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry.module)
def test_a_mutant_is_another_program(entry: patterns.Alternative) -> None:
    """Each can be compiled, differs from the original and from every other, and is told apart by its words."""
    found = list(mutants(entry.source))

    assert len({ast.unparse(ast.parse(entry.source)), *(one.source for one in found)}) == len(found) + 1
    assert all(compile(one.source, one.was, "exec") for one in found)
    assert len({(one.where, one.was, one.now) for one in found}) == len(found)
    assert {one.line for one in found} <= set(range(1, len(entry.source.splitlines()) + 1))

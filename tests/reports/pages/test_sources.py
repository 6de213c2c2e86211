"""Highlighted code: the colours that Pygments' own rules give, although most of a source never meets them."""

import pytest
from pygments.lexers.python import PythonLexer

from reports.pages import sources

HARD = '''
# a remark: def not_one(): "no string"
from __future__ import annotations
import os.path as path, sys
from . import match, case as type

@decorator.of(1, *others)  # again
async def _match(self, *, in_: int = 0x1F, **more: "list[str]") -> None:
    """Says "no" to `None`."""
    match in_:
        case [1, *_] if not more: return await self.matched
        case _: pass
    text = rb"\\x00 # no remark" + b'def' if in_ is not None else f"{in_!r:>{width}} of {more['a']:.2f} {{}}"
    f"{'nested'} {lambda_} {x if y else z}" % (f'{
        in_}', R"raw\\d")
    lambda_ = lambda definition: definition.__class__.__init__ @ matrix; print(lambda_, defined, classes, is_, not_in)
    raise Error from None

class Named(Base, metaclass=Meta): __slots__ = ("a",); type = 1_000.5e-3j; naïve: int; yield_from = (yield from it)
    ''\'
    a text: class inside
    ''\'
del a; assert True, ...
'''


@pytest.mark.parametrize(
    "source", [HARD, "", "x", "  indented = 1\n\tmatch x:\n", "'unfinished", "def", "a\r\nb = 'c'\r\n"]
)
def test_colours_are_those_of_every_rule(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of ours that takes what Pygments would colour shows here."""
    bitten = sources.highlighted.__wrapped__(source)
    monkeypatch.setattr(sources, "_Lexer", PythonLexer)
    assert bitten == sources.highlighted.__wrapped__(source)


def test_most_of_a_source_is_taken_in_one_bite() -> None:
    """It is what makes it quick."""
    tokens = [*sources._Lexer().get_tokens_unprocessed("found = self._names[0].append(value + 1, other)\n")]
    assert len(tokens) == 2

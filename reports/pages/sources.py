"""Source code as highlighted HTML: only the tokens that have a colour get an element."""

import keyword
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import ClassVar

from markupsafe import Markup
from pygments.lexer import inherit
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, String, Text, Token, _TokenType

COLOURED = {
    Comment: "c",
    String: "s",
    Keyword: "k",
    Name.Decorator: "d",
    Name.Function: "f",
    Name.Class: "f",
    Token.Operator.Word: "k",
}
# What has no colour and decides nothing, in one bite: spaces within a line, marks, numbers, and names that are no
# keyword, no magic method, and no prefix of a string.
WORDS = "|".join((*keyword.kwlist, *keyword.softkwlist))
DULL = rf"""(?:(?<=[^\n])[^\S\n]+|(?!(?:{WORDS})\b|__)\b\w+(?!["'\w])|[][(){{}},.:;=+*/%&|^~<>!-])+"""


class _Lexer(PythonLexer):
    """Pygments', which tries thirty rules on every name and comma: most need none of them."""

    tokens: ClassVar = {"root": [(DULL, Text), inherit]}


@lru_cache(maxsize=1000)  # a family's code is on the pages of all its loops
def highlighted(source: str) -> Markup:
    """Python source, escaped, with short classes for comments, strings, keywords and definitions."""
    tokens = _Lexer(stripnl=False, ensurenl=False).get_tokens(source)
    runs = groupby(_joined((_class_of(kind), text) for kind, text in tokens), key=itemgetter(0))
    return Markup("".join(_element(name, "".join(text for _, text in run)) for name, run in runs))


def _joined(tokens: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """A space between two of a kind is of that kind, too: ``async def`` is one element."""
    found = list(tokens)
    for number, (name, text) in enumerate(found):
        around = {found[number - 1][0], found[number + 1][0]} if 0 < number < len(found) - 1 else set()
        yield (around.pop() if text == " " and len(around) == 1 else name), text


@cache
def _class_of(kind: _TokenType) -> str:
    return next((short for family, short in COLOURED.items() if kind[: len(family)] == family), "")


def _element(name: str, text: str) -> str:
    if not name or not text.strip():
        return _escaped(text)
    return f"<i class={name}>{_escaped(text)}</i>"


def _escaped(text: str) -> str:
    """As text, in which quotes are nothing special, and code has thousands of them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

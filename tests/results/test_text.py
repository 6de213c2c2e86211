"""What comes from elsewhere is plain text before it is recorded, or printed."""

import pytest

from results.files import one_line
from results.text import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing to do\nhere", "nothing to do\nhere"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[?25l\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x1b]0;title\x07left", "left"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1bcreset", "reset"),
        ("cut off \x1b", "cut off ?"),
        ("a\tb\u00a0c\u3000d", "a b c d"),
        ("bell\x07, back\b, null\0, return\r", "bell?, back?, null?, return?"),
        ("\u202eright to left\u2066", "?right to left?"),
        ("half a pair: \ud800", "half a pair: ?"),
        ("line\u2028separator\x85", "line?separator?"),
        ("é, 日本, €, 🙂", "é, 日本, €, 🙂"),
    ],
)
def test_plain_text_holds_no_orders(text: str, expected: str) -> None:
    """Nothing that a terminal would obey, and nothing that cannot be written."""
    assert plain(text) == expected
    assert plain(plain(text)) == expected


def test_an_exception_is_told_in_plain_text() -> None:
    """Whatever it says of itself."""
    assert one_line(ValueError("\x1b[31mno\x1b[0m [/x]\nmore")) == "ValueError: no [/x]"
    assert one_line(ValueError("\x1b[31m")) == "ValueError"

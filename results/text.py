"""Text that comes from elsewhere, as plain text: an exception, a title or what a program said may hold anything."""

import re
import unicodedata

# What a terminal takes for an order: a sequence with its end, of which nothing is to be read.
ORDERS = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]", re.DOTALL
)
PERCENT = re.compile(r"(\d{1,4}(?:\.\d{1,4})?) ?%")


def plain(text: str) -> str:
    """The same text, without orders to a terminal; what is left and cannot be printed is a question mark.

    Line breaks stay, and any space is a space.
    """
    if text.isprintable():
        return text
    return "".join(map(_printable, ORDERS.sub("", text)))


def share_in(text: str) -> float | None:
    """What a percentage says: 0.1 for ``10%``; None for anything else."""
    found = PERCENT.fullmatch(text)
    return float(found.group(1)) / 100 if found else None


def _printable(letter: str) -> str:
    if letter == "\n" or letter.isprintable():
        return letter
    return " " if letter == "\t" or unicodedata.category(letter) == "Zs" else "?"

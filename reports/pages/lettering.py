"""How wide letters are, without a font: a drawing must not depend on those that are installed where it is made."""

from collections.abc import Iterable

SIZE = 12  # pixels: the height of the letters in charts
BOLDER = 1.08  # bold letters are so much wider
UNKNOWN = 700  # for what Latin alphabets do not have

# Thousandths of the height in the usual sans-serif, whose widths its successors keep.
_WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckvsxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
WIDTHS = {letter: width for width, letters in _WIDTHS.items() for letter in letters}


def width(text: str, *, bold: bool = False) -> float:
    """The width of a text in pixels."""
    return sum(WIDTHS.get(letter, UNKNOWN) for letter in text) * SIZE / 1000 * (BOLDER if bold else 1)


def widest(texts: Iterable[str], *, bold: bool = False) -> float:
    """The width of the widest text in pixels; nothing without any."""
    return max((width(text, bold=bold) for text in texts), default=0.0)

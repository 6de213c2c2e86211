"""A table of plain text, for the terminal: what it shows takes no packages to read back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows under headings, and what they are."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

"""Listings as tables in the terminal."""

import sys

from rich.table import Table

from reports.views.listing import Listing
from results.terminal import Terminal

WIDTH = 120  # where nobody looks at it, such as in a file


def show(*listings: Listing) -> None:
    """Print them on standard output."""
    console = Terminal(width=None if sys.stdout.isatty() else WIDTH)
    for listing in listings:
        console.print(table_of(listing))


def table_of(listing: Listing) -> Table:
    """The table."""
    shown = Table(title=listing.title, title_justify="left", box=None)
    for heading in listing.headings:
        shown.add_column(heading, overflow="fold")
    for row in listing.rows:
        shown.add_row(*row)
    return shown

"""Listings as tables in the terminal."""

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.views.listing import Listing

WIDTH = 120  # where nobody looks at it, such as in a file


def show(*listings: Listing) -> None:
    """Print them on standard output."""
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    for listing in listings:
        console.print(table_of(listing))


def table_of(listing: Listing) -> Table:
    """The table; a name in brackets is no markup."""
    shown = Table(title=listing.title, title_justify="left", box=None)
    for heading in listing.headings:
        shown.add_column(heading, overflow="fold")
    for row in listing.rows:
        shown.add_row(*map(Text, row))
    return shown

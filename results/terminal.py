"""What is printed for people: any text is text, whatever it holds, and no terminal is too poor for it."""

import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from results.text import plain


class Terminal(Console):
    """Standard output, or standard error, to which brackets are no markup and nothing gives orders.

    What its encoding lacks is a question mark there, or an escape on standard error, and never an error. ``width`` is
    in columns; without one it is the terminal's.
    """

    def __init__(self, *, stderr: bool = False, width: int | None = None) -> None:
        """``stderr`` chooses standard error."""
        super().__init__(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)
        if not stderr:
            forgive()

    def say(self, text: str) -> None:
        """Print lines as they are, however narrow the terminal: somebody may want to copy them."""
        self.print(text, soft_wrap=True)

    def render_str(self, text: str, **options: Any) -> Text:
        """A string as text: no cell of a table, no title and no line is taken for anything else."""
        return super().render_str(plain(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is written in the end, whoever has made it."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(plain(segment.text), segment.style)


def forgive() -> None:
    """Have standard output write a question mark for what its encoding lacks."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")

"""How wrapped text is shown: what is a paragraph of its own, and what is a list."""

from reports.pages.rendering import paragraphs

TEXT = """It is wrapped
over two lines. It goes on.
Choose it when you like `code`.

My program ...

- has one need
  over two lines - with a dash:
  Twice.
- is <b>odd</b>
"""
SHOWN = """<p>It is wrapped over two lines. It goes on.</p>
<p>Choose it when you like <code>code</code>.</p>
<p>My program ...</p>
<ul><li>has one need over two lines - with a dash: Twice.</li><li>is &lt;b&gt;odd&lt;/b&gt;</li></ul>"""


def test_lines_are_joined_into_paragraphs_and_entries() -> None:
    """A line that begins a sentence begins a paragraph, but not in a list; only code is marked up."""
    assert paragraphs(TEXT) == SHOWN

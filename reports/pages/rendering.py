"""Pages as text: templates, and what they do with a record's words. Nothing asks for the network or for JavaScript."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.pages.sources import highlighted
from reports.reading.wording import plural, spaced
from reports.views.charts import Chart, beaten_by
from reports.views.provenance import About

TEMPLATES = Path(__file__).parent / "templates"
CODE = re.compile(r"(`{1,2})([^`]+)\1")
STRONG = re.compile(r"\*\*([^*]+)\*\*")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)]")
ITEM = re.compile(r"^- ", re.MULTILINE)
REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
EVIDENCE = re.compile(r"(/\*|//) Evidence: .*\1 End of evidence\.", re.DOTALL)  # what the first page has none of
PUNCTUATION = re.compile(r" ?([{};]) ?|([:,]) ")
SENTENCE_END = re.compile(r"(?<=[.:])\n(?=[A-Z`])")


@dataclass(frozen=True)
class Pages:
    """Pages that say the same of their run; ``root`` leads from them to the report's first page.

    ``drawn`` gives what stands for a chart, for pages that have some.
    """

    about: About
    root: str = ""
    drawn: Callable[[Chart], Markup] | None = None

    def page(self, template: str, title: str, **values: object) -> str:
        """One page as text."""
        found = _environment().get_template(f"{template}.html.jinja")
        return found.render(title=title, about=self.about, root=self.root, drawn=self.drawn, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters |= {
        "beaten_by": beaten_by,
        "breakable": breakable,
        "highlighted": highlighted,
        "inline": inline,
        "linked": linked,
        "named": named,
        "packed": packed,
        "paragraphs": paragraphs,
        "quoted": quoted,
        "spaced": spaced,
    }
    texts: dict[str, Any] = {
        "plural": plural,
        "style": Markup(packed(_text("style.css"))),
        "brief_style": Markup(packed(EVIDENCE.sub("/*", _text("style.css")))),
        "index_style": Markup(_text("index.css")),
        "find": Markup(_unindented(_text("find.js"))),
        "script": Markup(_unindented(_text("page.js"))),
        "brief_script": Markup(_unindented(EVIDENCE.sub("//", _text("page.js")))),
    }
    environment.globals |= texts
    return environment


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def packed(style: str) -> str:
    """A style sheet without remarks, and without spaces that mean nothing: every page has it."""
    return PUNCTUATION.sub(r"\1\2", " ".join(REMARK.sub("", style).split()))


def _unindented(script: str) -> str:
    """A script without indents, and without lines that are remarks."""
    lines = map(str.strip, script.splitlines())
    return "\n".join(line for line in lines if not line.startswith("//"))


def breakable(name: str) -> Markup:
    """A name that a narrow column may break behind its underscores, and nowhere else."""
    return Markup("_<wbr>").join(name.split("_"))


def quoted(classes: str) -> Markup:
    """Classes as the value of an attribute: one alone needs no quotes, and a page has a thousand of them."""
    return Markup('"{}"').format(classes) if " " in classes else escape(classes)


def inline(text: str) -> Markup:
    """Text with `code` and **strong** marks as elements; everything else in it is text."""
    escaped = str(escape(text))
    return Markup(STRONG.sub(r"<strong>\1</strong>", CODE.sub(r"<code>\2</code>", escaped)))


def named(called: str) -> Markup:
    """What an alternative is called, in bold: of one that is code the style sheet says so."""
    text = inline(called)
    return text if CODE.fullmatch(called) else Markup("<b>{}</b>").format(text)


def linked(text: str) -> Markup:
    """Text whose addresses can be followed."""
    parts, done = [], 0
    for match in LINK.finditer(text):
        parts += [inline(text[done : match.start()]), Markup('<a href="{0}">{0}</a>').format(match.group())]
        done = match.end()
    return Markup("").join([*parts, inline(text[done:])])


def paragraphs(text: str) -> Markup:
    """Wrapped text as paragraphs, one for each block and each line that begins a sentence; dashes make a list."""
    made: list[Markup] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        if block.startswith("- "):
            items = (Markup("<li>{}</li>").format(_unwrapped(item)) for item in ITEM.split(block)[1:])
            made.append(Markup("<ul>{}</ul>").format(Markup("").join(items)))
        else:
            made += [Markup("<p>{}</p>").format(_unwrapped(line)) for line in SENTENCE_END.split(block) if line]
    return Markup("\n").join(made)


def _unwrapped(text: str) -> Markup:
    return inline(" ".join(text.split()))

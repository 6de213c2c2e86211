"""Pages written to a folder: nothing in them asks for the network or for JavaScript."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.comparison import Changes
from reports.family import Family
from reports.family_view import family_view
from reports.index_view import index_view
from reports.measured import Measurements
from reports.provenance import facts, raw_files, slugs
from reports.safety_page import safety_page
from reports.wording import plural, spaced

TEMPLATES = Path(__file__).parent / "templates"
CODE = re.compile(r"(`{1,2})([^`]+)\1")
STRONG = re.compile(r"\*\*([^*]+)\*\*")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)]")
SENTENCE_END = re.compile(r"(?<=[.:])\n(?=[A-Z`])")


def build(measurements: Measurements, output: Path) -> Path:
    """Write the whole report and return the path of its first page; raises OSError if a file cannot be written."""
    environment = _environment()
    families = [Family(name, measurements) for name in sorted(measurements.run.suite["families"])]
    files = _files(families)
    for family in families:
        for loop in family.loops:
            view = family_view(family, loop, files[family.name])
            title = f"{family.name} on {loop}"
            page = environment.get_template("family.html.jinja").render(view=view, title=title, root="../")
            _write(output / "families" / files[family.name][loop], page)
    _forget(output / "families", {name for loops in files.values() for name in loops.values()})
    index = environment.get_template("index.html.jinja").render(
        view=index_view(measurements, families, files), title="Async patterns, measured", root=""
    )
    _write(output / "index.html", index)
    safety = environment.get_template("safety_page.html.jinja").render(
        view=safety_page(measurements, families, files), title="Safety", root=""
    )
    _write(output / "safety.html", safety)
    for file in raw_files(measurements):
        target = output / file.target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.source, target)
    return output / "index.html"


def build_comparison(changes: Changes, output: Path) -> Path:
    """Write the page of two runs side by side and return its path; raises OSError if it cannot be written."""
    later = changes.after
    page = (
        _environment()
        .get_template("compare.html.jinja")
        .render(
            changes=changes,
            view={
                "facts": facts(later),
                "command": f"python -m reports compare {changes.before.run.path} {later.run.path}",
                "check": "",
                "files": [],
            },
            title="Two runs compared",
            root="",
        )
    )
    _write(output / "compare.html", page)
    return output / "compare.html"


def _files(families: Sequence[Family]) -> dict[str, dict[str, str]]:
    """The file of each family and loop: ``locks.html`` for the first loop, ``locks-uvloop.html`` for another."""
    wishes = {
        (family.name, loop): f"{family.name}-{loop}" if number else family.name
        for family in families
        for number, loop in enumerate(family.loops)
    }
    stems = slugs(list(dict.fromkeys(wishes.values())))
    return {
        family.name: {loop: f"{stems[wishes[family.name, loop]]}.html" for loop in family.loops} for family in families
    }


def _forget(folder: Path, written: set[str]) -> None:
    """Delete the pages of families and loops that this run does not have: an old page looks like a new one."""
    for page in folder.glob("*.html"):
        if page.name not in written:
            page.unlink()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


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
        "inline": inline,
        "linked": linked,
        "paragraphs": paragraphs,
        "spaced": spaced,
    }
    texts: dict[str, Any] = {
        "plural": plural,
        "style": Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        "script": Markup((TEMPLATES / "page.js").read_text(encoding="utf-8")),
    }
    environment.globals |= texts
    return environment


def inline(text: str) -> Markup:
    """Text with `code` and **strong** marks as elements; everything else in it is text."""
    escaped = str(escape(text))
    return Markup(STRONG.sub(r"<strong>\1</strong>", CODE.sub(r"<code>\2</code>", escaped)))


def linked(text: str) -> Markup:
    """Text whose addresses can be followed."""
    parts, done = [], 0
    for match in LINK.finditer(text):
        parts += [inline(text[done : match.start()]), Markup('<a href="{0}">{0}</a>').format(match.group())]
        done = match.end()
    return Markup("").join([*parts, inline(text[done:])])


def paragraphs(text: str) -> Markup:
    """Wrapped text as paragraphs: one for each block, and one for each line that begins a sentence."""
    blocks = [line for block in re.split(r"\n\s*\n", text.strip()) for line in SENTENCE_END.split(block)]
    return Markup("\n").join(Markup("<p>{}</p>").format(inline(" ".join(block.split()))) for block in blocks if block)

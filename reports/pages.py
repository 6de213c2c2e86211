"""Pages written to a folder: nothing in them asks for the network or for JavaScript."""

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.code_page import code_page
from reports.comparison import Changes
from reports.family import Family
from reports.family_view import family_view
from reports.index_view import index_view
from reports.measured import Measurements
from reports.places import FOLDER, Places, places
from reports.provenance import About, about, raw_files
from reports.safety_page import safety_page
from reports.wording import plural, spaced
from results.commands import command

TEMPLATES = Path(__file__).parent / "templates"
CODE = re.compile(r"(`{1,2})([^`]+)\1")
STRONG = re.compile(r"\*\*([^*]+)\*\*")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)]")
SENTENCE_END = re.compile(r"(?<=[.:])\n(?=[A-Z`])")


def build(measurements: Measurements, output: Path) -> Path:
    """Write the whole report and return the path of its first page; raises OSError if a file cannot be written."""
    families = [Family(name, measurements) for name in sorted(measurements.run.suite["families"])]
    where = places(families)
    draw = Pages(about(measurements))
    for family in families:
        _family(family, where, output / FOLDER)
    _forget(output / FOLDER, {file for place in where.values() for file in place.files})
    index = draw.page("index", "Async patterns, measured", view=index_view(measurements, families, where))
    _write(output / "index.html", index)
    _write(output / "safety.html", draw.page("safety_page", "Safety", view=safety_page(measurements, families, where)))
    for file in raw_files(measurements):
        target = output / file.target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.source, target)
    return output / "index.html"


def build_comparison(changes: Changes, output: Path) -> Path:
    """Write the page of two runs side by side and return its path; raises OSError if it cannot be written."""
    runs = changes.before.run, changes.after.run
    again = command("reports", "compare", *(str(run.path) for run in runs))
    draw = Pages(replace(about(changes.after), command=again, check="", files=[]))
    _write(output / "compare.html", draw.page("compare", "Two runs compared", changes=changes))
    return output / "compare.html"


@dataclass(frozen=True)
class Pages:
    """Pages that say the same of their run; ``root`` leads from them to the report's first page."""

    about: About
    root: str = ""
    environment: Environment = field(default_factory=lambda: _environment())

    def page(self, template: str, title: str, **values: object) -> str:
        """One page as text."""
        found = self.environment.get_template(f"{template}.html.jinja")
        return found.render(title=title, about=self.about, root=self.root, **values)


def _family(family: Family, where: Places, folder: Path) -> None:
    """Write the pages of one family: one for each loop, and its code."""
    place = where[family.name]
    draw = Pages(about(family.measurements, family.name), "../")
    for loop, file in place.loops.items():
        view = family_view(family, loop, where)
        _write(folder / file, draw.page("family", f"{family.name} on {loop}", view=view))
        if view.apart:
            _write(folder / view.apart, draw.page("evidence", f"{family.name} on {loop}: safety", view=view))
    _write(folder / place.code, draw.page("code", f"{family.name}: the code", view=code_page(family, place)))


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
        "breakable": breakable,
        "inline": inline,
        "linked": linked,
        "paragraphs": paragraphs,
        "spaced": spaced,
    }
    texts: dict[str, Any] = {
        "plural": plural,
        "style": Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        "find": Markup((TEMPLATES / "find.js").read_text(encoding="utf-8")),
        "script": Markup((TEMPLATES / "page.js").read_text(encoding="utf-8")),
    }
    environment.globals |= texts
    return environment


def breakable(name: str) -> Markup:
    """A name that a narrow column may break behind its underscores, and nowhere else."""
    return Markup("_<wbr>").join(name.split("_"))


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

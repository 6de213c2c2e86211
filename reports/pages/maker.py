"""What makes a report: this code, and the packages that draw with it. What is kept is good for one maker."""

import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = (".py", ".jinja", ".css", ".js")
PACKAGES = ("altair", "jinja2", "markupsafe", "pandas", "pygments", "pyperf", "vl-convert-python")


@cache
def maker() -> str:
    """Its hash: the same code with the same versions makes the same of a record."""
    found = hashlib.sha256(sys.version.encode())
    for name in PACKAGES:
        found.update(f"{name} {version(name)}".encode())
    for path in sorted(_code()):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def _code() -> Iterator[Path]:
    yield from (ROOT / "results").glob("*.py")  # beside which records lie
    yield from (path for path in (ROOT / "reports").rglob("*") if path.suffix in CODE)

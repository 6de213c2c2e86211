"""The report's folder: a file is written where its bytes change, and what no longer belongs to it goes."""

import hashlib
import shutil
from pathlib import Path

from reports.reading.raw import RawFile

FIRST = "index.html"
DISCOVERIES = "discoveries.html"  # which few runs have
ENVIRONMENTS = "environments.html"  # which runs of several have
KEPT = ".kept"  # what the next build may use; the folder may be deleted


class Folder:
    """``files`` maps what was put into the folder, by its path within it, to the SHA-256 of its bytes."""

    def __init__(self, path: Path) -> None:
        """Nothing is put into it yet."""
        self.path = path
        self.files: dict[str, str] = {}

    def write(self, name: str, text: str) -> Path:
        """Put a page into the folder; raises OSError if that is not possible."""
        content, path = f"{text}\n".encode(errors="replace"), self.path / name
        self.files[name] = hashlib.sha256(content).hexdigest()
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return path

    def copy(self, name: str, raw: RawFile) -> None:
        """Put a copy of a file of the run into the folder; raises OSError if that is not possible."""
        path = self.path / name
        self.files[name] = raw.sha256
        if hash_of(path) != raw.sha256:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(raw.path, path)

    def forget(self) -> None:
        """Delete the pages of families and loops that this run does not have: an old page looks like a new one."""
        for name in pages_below(self.path) - self.files.keys():
            (self.path / name).unlink(missing_ok=True)  # another process may draw the same


def pages_below(path: Path) -> set[str]:
    """The pages and charts that other runs' reports may not have, by their path within the folder of a report."""
    found = (
        page for pattern in ("*/*.html", "*/*.svg", "*/*.csv", DISCOVERIES, ENVIRONMENTS) for page in path.glob(pattern)
    )
    return {page.relative_to(path).as_posix() for page in found}


def hash_of(path: Path) -> str:
    """The SHA-256 of a file; empty if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

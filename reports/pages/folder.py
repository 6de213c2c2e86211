"""The report's folder: a file is written where its bytes change, and what no longer belongs to it goes."""

import gzip
import hashlib
import zlib
from pathlib import Path

from reports.reading.raw import RawFile

FIRST = "index.html"
DISCOVERIES = "discoveries.html"  # which few runs have
ENVIRONMENTS = "environments.html"  # which runs of several have
SUMS = "SHA256SUMS"  # of what is no page, as sha256sum reads it
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

    def pack(self, name: str, raw: RawFile) -> None:
        """Put a file of the run into the folder as gzip, which pyperf reads; raises OSError if that is not possible.

        Nothing but its bytes is in there: neither its name nor when it was packed.
        """
        path = self.path / name
        if _hash_within(path) != raw.sha256:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(raw.path.read_bytes(), mtime=0))
        self.files[name] = hash_of(path)

    def sum_up(self) -> None:
        """Write the hashes of data, of pictures and of what is behind them; raises OSError if that is not possible."""
        hashes = [f"{found}  {name}" for name, found in sorted(self.files.items()) if not name.endswith(".html")]
        self.write(SUMS, "\n".join(hashes))

    def forget(self) -> None:
        """Delete the pages of families and loops that this run does not have: an old page looks like a new one."""
        for name in pages_below(self.path) - self.files.keys():
            (self.path / name).unlink(missing_ok=True)  # another process may draw the same


def pages_below(path: Path) -> set[str]:
    """What other runs' reports may not have, pages, charts and data, by its path within the folder of a report."""
    patterns = "*/*.html", "*/*.svg", "*/*.csv", "data/*.json*", "data/*/*.json*", DISCOVERIES, ENVIRONMENTS
    found = (page for pattern in patterns for page in path.glob(pattern))
    return {page.relative_to(path).as_posix() for page in found}


def _hash_within(path: Path) -> str:
    """The SHA-256 of what is packed in a file; empty if there is no such file, or it is damaged."""
    try:
        return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    except (FileNotFoundError, EOFError, zlib.error, gzip.BadGzipFile):
        return ""


def hash_of(path: Path) -> str:
    """The SHA-256 of a file; empty if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

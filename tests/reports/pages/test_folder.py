"""The report's folder: what is as it should be is left alone."""

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from reports.pages.folder import Folder
from reports.reading.raw import RawFile


def untouched(path: Path) -> bool:
    """Whether a file was not written since its clock was set to the beginning of time."""
    return path.stat().st_mtime == 0


@pytest.mark.parametrize(("text", "left_alone"), [("the same", True), ("another", False)])
def test_a_page_is_written_where_its_bytes_change(tmp_path: Path, text: str, left_alone: bool) -> None:
    """Whoever mirrors the folder has nothing to do for what stayed."""
    page = Folder(tmp_path).write("families/demo.html", "the same")
    os.utime(page, (0, 0))
    folder = Folder(tmp_path)
    folder.write("families/demo.html", text)

    assert untouched(page) == left_alone
    assert page.read_bytes() == f"{text}\n".encode()
    assert folder.files == {"families/demo.html": hashlib.sha256(f"{text}\n".encode()).hexdigest()}


@pytest.mark.parametrize(("content", "left_alone"), [("times", True), ("other times", False)])
def test_data_is_packed_where_it_is_another(tmp_path: Path, content: str, left_alone: bool) -> None:
    """By its hash, which the record's file has already; when it was packed leaves no trace."""
    source, html = tmp_path / "run.json", tmp_path / "html"

    def packed(text: str) -> Path:
        source.write_text(text, encoding="utf-8")
        Folder(html).pack("data/run.json.gz", RawFile(source, hashlib.sha256(text.encode()).hexdigest()))
        return html / "data/run.json.gz"

    os.utime(packed("times"), (0, 0))

    assert untouched(packed(content)) == left_alone
    assert gzip.decompress(packed(content).read_bytes()).decode() == content


def test_only_old_pages_go(tmp_path: Path) -> None:
    """Those in folders of ours that were not put there; a page beside the first one is another report's."""
    for name in ("compare.html", "families/old.html", "families/notes.txt", "data/old/busy.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    folder = Folder(tmp_path)
    folder.write("families/new.html", "")
    folder.forget()
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}

    assert names == {"compare.html", "families/new.html", "families/notes.txt"}


@pytest.mark.parametrize(
    "content", [b"", b"no gzip", gzip.compress(b"times", mtime=0)[:-9]], ids=["empty", "other", "cut"]
)
def test_damaged_data_is_packed_again(tmp_path: Path, content: bytes) -> None:
    """Half a file, or another one."""
    source, there = tmp_path / "run.json", tmp_path / "html/data/run.json.gz"
    source.write_text("times", encoding="utf-8")
    there.parent.mkdir(parents=True)
    there.write_bytes(content)
    Folder(tmp_path / "html").pack("data/run.json.gz", RawFile(source, hashlib.sha256(b"times").hexdigest()))

    assert gzip.decompress(there.read_bytes()) == b"times"

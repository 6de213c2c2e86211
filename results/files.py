"""Files that are replaced as a whole and read with care: a reader sees the old one or the new one, never a part."""

import json
import os
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from results.text import plain

TEMPORARY = ".half-written-"  # how the name of a file begins that is not in its place yet
DEEP = "nested too deeply"


class RecordError(Exception):
    """A results file is missing, damaged, or not one of ours; the message names it in one line."""


def replace_json(path: Path, value: object) -> None:
    """Write JSON so that a reader sees the old file or the new one, never a part.

    Bytes in a path that are no text to this system become question marks.
    """
    text = json.dumps(value, indent=1, ensure_ascii=False)
    replace(path, lambda temporary: temporary.write_text(f"{text}\n", encoding="utf-8", errors="replace"))


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Put in a file's place what ``write`` writes to the path that it is given; a link to a file stays one."""
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY, suffix=path.suffix)
    os.close(descriptor)
    temporary = Path(name)
    try:
        write(temporary)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())  # the new name must not reach the disk before what it names
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; raises RecordError, with one line, if there is none.

    JSON knows neither NaN nor infinity, and no half of a character.
    """
    try:
        value = msgspec.json.decode(path.read_bytes())
    except (OSError, ValueError) as error:
        raise RecordError(f"{path}: cannot be read: {one_line(error)}") from error
    except RecursionError as error:
        raise RecordError(f"{path}: cannot be read: {DEEP}") from error
    if not isinstance(value, dict):
        raise RecordError(f"{path}: holds no JSON object")
    return value


def check_format(path: Path, value: dict[str, Any], known: int) -> None:
    """Raises RecordError for a file in another format than the known one."""
    if value.get("format") != known:
        found = repr(value.get("format"))[:40]
        raise RecordError(
            f"{path}: format {found} is not {known}: written by another version: read it with that one, or measure anew"
        )


def one_line(error: BaseException) -> str:
    """An exception's type and its first line as plain text; of one that says nothing, where it was raised."""
    text = plain(str(error)).strip().splitlines()
    if text:
        return f"{type(error).__name__}: {text[0]}"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}: {frames[-1].line}" if frames else ""
    return f"{type(error).__name__}{where}"

"""Files that save work and may be deleted: who reads one gets exactly what was written, or nothing.

They are no record: nobody is told that one is damaged, because what it saved is done again. A seal tells text that has
suffered from text that has not, and the type tells what another version of ours has written.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec

from results.files import DEEP, RecordError, read_object, replace_json
from results.shapes import Shape, shaped


def write_sealed(path: Path, value: object) -> None:
    """Write a value with its seal, atomically; raises OSError if that is not possible."""
    text = json.dumps(value, ensure_ascii=False).encode(errors="replace")  # as the file will have it
    written = json.loads(text)
    replace_json(path, {"seal": seal(written), "value": written})


def read_sealed(path: Path, shape: type[Shape]) -> Shape:
    """The value in a file, as its type describes it; raises RecordError unless it is the one that was written."""
    found = read_object(path)
    value = found.get("value")
    if found.get("seal") != seal(value):
        raise RecordError(f"{path}: is not what was written")
    known = shaped(value, shape, path)
    if json.loads(msgspec.json.encode(known)) != value:
        raise RecordError(f"{path}: holds more than is known of it")
    return known


def seal(value: Any) -> str:
    """What tells a value from any other; raises RecordError for one that is nested too deeply to have one."""
    try:
        return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
    except RecursionError as error:
        raise RecordError(DEEP) from error

"""What saves work is what was written, or nothing."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import pytest

from results.files import RecordError
from results.sealed import read_sealed, seal, write_sealed


@dataclass(frozen=True)
class Row:
    """A row of a file."""

    name: str
    cells: tuple[int, ...] = ()


class Kept(TypedDict):
    """A file."""

    rows: list[Row]


VALUE = {"rows": [{"name": "one", "cells": [1, 2]}, {"name": "caf\u00e9", "cells": []}]}


def resealed(value: object) -> bytes:
    """A file that somebody has written who knows how."""
    return json.dumps({"seal": seal(value), "value": value}).encode()


def test_what_was_written_is_read_as_its_type(tmp_path: Path) -> None:
    """Dataclasses and tuples included."""
    write_sealed(tmp_path / "kept.json", VALUE)

    assert read_sealed(tmp_path / "kept.json", Kept) == {"rows": [Row("one", (1, 2)), Row("caf\u00e9")]}


def test_a_name_that_is_no_text_is_sealed_as_it_is_written(tmp_path: Path) -> None:
    """Otherwise what is kept of such a folder would never be believed."""
    write_sealed(tmp_path / "kept.json", {"rows": [{"name": os.fsdecode(b"caf\xe9"), "cells": []}]})

    assert read_sealed(tmp_path / "kept.json", Kept) == {"rows": [Row("caf?")]}


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda text: text[:-20],
        lambda text: text.replace(b"one", b"two"),
        lambda text: text.replace(b'"seal": "', b'"seal": "0'),
        lambda _: b"[]",
        lambda _: b"{}",
        lambda _: b'{"seal": 1, "value": ' + b"[" * 100_000,
        lambda _: resealed(None),
        lambda _: resealed({"rows": [{"cells": [1]}]}),
        lambda _: resealed({"rows": [{"name": "one", "cells": "12"}]}),
        lambda _: resealed({"rows": [{"name": "one", "cells": [], "more": 1}]}),
        lambda _: resealed({**VALUE, "more": []}),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """Bytes that have changed, and values of another shape under a seal of their own."""
    path = tmp_path / "kept.json"
    write_sealed(path, VALUE)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(RecordError):
        read_sealed(path, Kept)


def test_a_value_without_end_has_no_seal() -> None:
    """It is refused like any other."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(RecordError, match="nested too deeply"):
        seal(deep)

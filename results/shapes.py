"""What the record is made of: the names, texts and numbers that its types allow, and the one check that they hold.

The types of the record are the description of its files. Reading a file converts it into its type, and writing one
asks the same, so that whoever is given a record need not doubt a word of it. ``msgspec.json.schema`` turns any of the
types into a JSON Schema for programs that are not ours.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from results.files import DEEP, RecordError

Shape = TypeVar("Shape")
Step = str | int

# Families, workloads, readings and loops name files: letters, digits, "_" and "-", so that no path leads elsewhere.
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*\Z", max_length=100)]
# Alternatives, promises and headings stand in charts, and XML knows no control characters.
Line = Annotated[str, Meta(pattern="^[^\x00-\x1f\x7f-\x9f\ufffe\uffff]+\\Z", max_length=1000)]
# Other words that stand in a line; there may be none.
Word = Annotated[str, Meta(pattern="^[^\x00-\x1f\x7f-\x9f\ufffe\uffff]*\\Z", max_length=1000)]
# A variant within its comparison, as ``results.labels`` writes it.
_LABEL = "[^@#\x00-\x1f]+(#twin[0-9]{0,3})?@[A-Za-z0-9_-]+"
LabelText = Annotated[str, Meta(pattern=rf"^{_LABEL}\Z", max_length=1200)]
NoneOrLabelText = Annotated[str, Meta(pattern=rf"^({_LABEL})?\Z", max_length=1200)]
Count = Annotated[int, Meta(ge=0, le=10**12)]
Few = Annotated[int, Meta(ge=0, le=10**6)]  # launches, rounds, seeds
Point = Annotated[int, Meta(ge=1, le=10**9)]  # of the axis of a workload
Seconds = Annotated[float, Meta(ge=0, le=1e9)]  # thirty years
Amount = Annotated[float, Meta(ge=0, le=1e15)]

_STEP = re.compile(r"\.(?P<field>[^.\[]+)|\[(?P<index>\d+)\]|\[\.\.\.\]")


def shaped(value: object, shape: type[Shape], where: Path | str) -> Shape:
    """A value as its type describes it, without the keys that the type does not know.

    Raises RecordError: a line that begins with ``where`` and ends with the place in the value.
    """
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise RecordError(f"{where}: {_placed(value, shape, str(error))}") from error
    except RecursionError as error:
        raise RecordError(f"{where}: {DEEP}") from error
    except UnicodeError as error:  # the other way to read JSON lets half of a character pass
        raise RecordError(f"{where}: holds what is no text") from error


def _refusal(value: object, shape: Any) -> str:
    """What msgspec has against a value; nothing if it is as it should be."""
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _placed(value: object, shape: Any, text: str) -> str:
    """What msgspec says, with the names of the entries for which it writes dots: ``$.families.locks.doc``.

    Each table on the way is tried with one entry at a time, until the same is said of one.
    """
    what, _, place = text.rpartition(" - at ")
    path: list[Step] = []
    for step in _STEP.finditer(place.replace("`key` in ", "").strip("`") + "[...]" * place.startswith("`key`")):
        if step["field"] or step["index"]:
            path.append(step["field"] or int(step["index"]))
            continue
        entries = _at(value, path)
        for key in entries:
            alone = _with(value, path, {key: entries[key]})
            if _refusal(alone, shape) == text:
                value = alone
                path.append(key)
                break
    return f"{what} - at ${''.join(map(_shown, path))}" if path else text


def _shown(step: Step) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{shown(step)}"


def shown(name: str) -> str:
    """A name that may be anything, for a line."""
    return name if len(name) < 60 and name.isprintable() else repr(name)[:60]


def _at(value: Any, path: Sequence[Step]) -> Any:
    for step in path:
        value = value[step]
    return value


def _with(value: Any, path: Sequence[Step], entry: object) -> Any:
    """A copy of a value with another entry at a place."""
    if not path:
        return entry
    changed = value.copy()
    changed[path[0]] = _with(value[path[0]], path[1:], entry)
    return changed

"""What a page shows under which choice: everything that can be chosen is on it, and the style sheet shows what is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from string import ascii_uppercase
from typing import TypeVar

from reports.reading.answers import MEASURES, Program
from results.suite import AlternativeRecord

Combination = TypeVar("Combination")

LONGEST = 56  # letters of what an alternative is called


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: the end of its id, what it is called, what that means, and whether a reader begins with it."""

    key: str
    words: str
    about: str
    first: bool


@dataclass(frozen=True, slots=True)
class State:
    """One combination of choices, which has a class; ``selector`` fits a body where a reader has chosen it.

    ``workload`` fits it where a reader has chosen the workload, whatever else they have.
    """

    css: str
    selector: str
    workload: str = "body"


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that is shown under some choices: ``classes`` are theirs."""

    text: str
    classes: str


def letters(combinations: Iterable[Combination]) -> dict[Combination, str]:
    """A class for each combination of choices, as short as can be: pages have thousands of them."""
    found = list(combinations)
    length = 1 if len(found) <= len(ascii_uppercase) else 2
    return dict(zip(found, map("".join, product(ascii_uppercase, repeat=length)), strict=False))


def shown(texts: Mapping[Program, str], classes: Mapping[Program, str]) -> tuple[Shown, ...]:
    """Each text once, with the classes of all programs for which it is the one to show."""
    found: dict[str, list[str]] = defaultdict(list)
    for program, text in texts.items():
        if text:
            found[text].append(classes[program])
    return tuple(Shown(text, " ".join(names)) for text, names in found.items())


def measures(names: Iterable[str]) -> dict[str, str]:
    """Those that were measured, in the order in which they are offered, with what they are called."""
    found = set(names)
    return {name: words for name, words in MEASURES.items() if name in found}


def called(name: str, record: AlternativeRecord) -> str:
    """What people call it: the name that its API has where its title begins with that; of ours and traps the file's."""
    if record["kind"] in ("own", "trap"):
        return f"`{name}`"
    head, _, rest = record["title"].partition(": ")
    if rest and " " not in head and "`" not in head:  # a package, which may have several
        head = f"{head}: {rest.partition(', ')[0]}"
    if len(head) > LONGEST or not rest:
        head, cut, _ = head.partition(", ")
        head = head if not cut or "`" in head else ""  # the beginning of a sentence alone names nothing
    return head if 0 < len(head) <= LONGEST and head.count("`") % 2 == 0 else f"`{name}`"

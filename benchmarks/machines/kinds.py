"""Of what kind a host is: rows of two kinds say nothing of each other, and belong into two records."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import patterns
from benchmarks.plan.provenance import KIND, fingerprint, machine, versions


@dataclass(frozen=True)
class Kind:
    """A host's ``machine`` as the record has it, the ``versions`` there, and a hash of the ``code`` that measures."""

    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    code: str

    @property
    def described(self) -> dict[str, Any]:
        """The same as plain values, as a scheduler passes them on."""
        return asdict(self)


def kind_here() -> Kind:
    """Of what kind this machine is, with this Python and these packages."""
    families = patterns.families()
    code = hashlib.sha256(fingerprint().encode())
    for entry in (entry for family in families for entry in patterns.alternatives(family)):
        code.update(f"{entry.family}/{entry.name} {entry.sha256}\n".encode())
    return Kind(machine(), versions(families), code.hexdigest())


def unlike(one: Kind, other: Kind) -> Iterator[str]:
    """A phrase for each thing that makes another kind of the other; what it is with follows the name."""
    for name in KIND:
        if one.machine.get(name) != other.machine.get(name):
            yield f"{name} {_word(other.machine.get(name))}, not {_word(one.machine.get(name))}"
    yield from foreign(one, other)


def foreign(one: Kind, other: Kind) -> Iterator[str]:
    """A phrase for each thing that lets one not plan for the other: packages, Python, code."""
    for name in sorted(one.versions.keys() | other.versions.keys()):
        if one.versions.get(name) != other.versions.get(name):
            yield f"{name} {other.versions.get(name, 'missing')}, not {one.versions.get(name, 'missing')}"
    if one.code != other.code:
        yield "other patterns or benchmarks"


def _word(value: object) -> str:
    return " ".join(str(value).split())

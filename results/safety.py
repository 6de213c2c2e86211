"""The safety part of a run: ``safety.json`` says what each alternative did when things went wrong."""

from pathlib import Path
from typing import Literal, NotRequired, TypedDict

from results.commands import command
from results.files import RecordError, check_format, read_object, replace_json
from results.shapes import Count, Few, FileName, Line, Seconds, Word, shaped

FORMAT = 2
FILE = "safety.json"

Finding = Literal["pass", "FAIL", "not applicable", "not tested", "yes", "no"]
Hindrance = Literal[
    "mistake",  # in its file, or in its family
    "not offered",  # nothing that its family asks for
    "not imported",
    "not here",  # a loop, a package, a Python or a service is missing on this machine: nobody's fault
]


class PromiseRecord(TypedDict):
    """A safety question in words. A ``fact`` is answered with yes or no, and condemns nobody."""

    sentence: str
    harm: str
    example: str
    fact: bool


class FindingRecord(TypedDict):
    """One cell of the matrix: what one promise found of one alternative on one backend.

    ``trials`` counts the trials that were run; ``seed`` and ``tick`` name the first one that failed, ``reason`` says in
    a line what was seen, or why there was nothing to see, ``traceback`` is shortened, and ``reproduce`` is the command
    that repeats exactly that trial. ``declared`` is true when the alternative says of itself that it fails here, with
    its ``evidence``; a declared failure that passes is as noteworthy as one that nobody declared.
    """

    family: FileName
    alternative: Line
    backend: FileName
    promise: Line
    state: Finding
    trials: Count
    seed: Count | None
    tick: Count | None
    reason: str
    traceback: list[str]
    reproduce: str
    declared: bool
    evidence: str


class UnaskedRecord(TypedDict):
    """What could not be asked anything, and why: an alternative on a backend, or a whole family where both are empty.

    The reason of a mistake names its file, and what to write instead; ``path`` is where the file of an alternative is,
    which older records do not say.
    """

    family: Word
    alternative: Word
    backend: Word
    state: Hindrance
    reason: str
    path: NotRequired[Word]


class SafetyRecord(TypedDict):
    """All findings of a run: ``promises`` by family and name, in the order in which a page shows them.

    ``seconds`` is what the check took, which ``asked`` for so many findings and had so many ``kept`` from earlier ones;
    the rest needed no asking. Records of before findings were kept have neither number.

    ``unasked`` are those whose every finding is "not tested" for one reason; older records name none.
    """

    format: int
    python: Word
    versions: dict[Word, Word]
    seeds: Few
    seconds: Seconds
    asked: NotRequired[Count]
    kept: NotRequired[Count]
    promises: dict[FileName, dict[Line, PromiseRecord]]
    findings: list[FindingRecord]
    unasked: NotRequired[list[UnaskedRecord]]


def hindrance(record: UnaskedRecord) -> str:
    """Why something could not be asked, as a line that names its file."""
    if record["state"] == "mistake":
        return record["reason"]
    path = record.get("path", f"patterns/{record['family']}/{record['alternative']}.py")
    return f"{path}: not tested: {record['reason']}"


def trial_command(
    family: str, alternative: str, backend: str, questions: list[str], seed: int, tick: int, file: str = ""
) -> str:
    """The command that repeats one trial; ``file`` is where the alternative is, if it is the reader's."""
    words = ["check", "--family", family, "--alternative", alternative, "--backend", backend]
    words += ["--include", f"{family}={file}"] if file else []
    for name in questions:
        words += ["--promise", name]
    return command("benchmarks", *words, "--seed", str(seed), "--tick", str(tick))


def found_of(safety: SafetyRecord | None, family: str, alternative: str, backend: str) -> dict[str, Finding]:
    """What each promise found of an alternative on a backend; nothing where nothing was tested."""
    return {
        found["promise"]: found["state"]
        for found in (safety["findings"] if safety else ())
        if (found["family"], found["alternative"], found["backend"]) == (family, alternative, backend)
    }


def surprises(safety: SafetyRecord) -> list[FindingRecord]:
    """The findings that contradict what the alternatives say of themselves: undeclared failures, unexpected passes."""
    return [found for found in safety["findings"] if surprising(found)]


def surprising(found: FindingRecord) -> bool:
    """Whether a finding contradicts what its alternative says of itself."""
    return found["state"] == ("pass" if found["declared"] else "FAIL")


def write(path: Path, safety: SafetyRecord) -> None:
    """Write the findings, atomically; raises OSError if that is impossible, RecordError if nobody could read them."""
    replace_json(path, shaped(safety, SafetyRecord, path))


def read(path: Path) -> SafetyRecord:
    """Read findings back; raises RecordError, with one line, if there are none, or the file is not one of ours."""
    if not path.exists():
        raise RecordError(f"{path}: missing: nothing was tested for safety in this run")
    value = read_object(path)
    check_format(path, value, FORMAT)
    return shaped(value, SafetyRecord, path)

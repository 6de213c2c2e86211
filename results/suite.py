"""``suite.json`` and ``machine.json`` as types: everything of a run but its times, its safety and what disturbed it.

They are the description of these files: reading and writing check against them (``results.shapes``); what their parts
say of each other is the matter of ``results.coherence``.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from results.environment import ConditionsRecord
from results.safety import UnaskedRecord
from results.shapes import Amount, Count, Few, FileName, LabelText, Line, NoneOrLabelText, Point, Seconds, Word

State = Literal[
    "mistake",  # its file says something that cannot be; the reason names the file, the constant and the remedy
    "not here",  # the backend, the package or the Python is missing on this machine
    "not offered",  # the alternative lacks what the workload needs
    "raised",
    "wrong answer",
    "left something behind",
    "died",
    "hung",
    "too slow",  # one block takes longer than the preset allows
    "not measured",  # interrupted, or out of budget
]
Clock = Literal["wall", "cpu"]
Unit = Literal["second", "ratio", "count", "byte"]
FAILED: frozenset[State] = frozenset(("raised", "wrong answer", "left something behind", "died", "hung"))


class MachineRecord(TypedDict, total=False):
    """What pyperf knows of a machine and its Python; more than this may stand in the file, and stays there."""

    hostname: Word
    platform: Word
    cpu_model_name: Word
    cpu_count: Few
    cpu_config: Word
    cpu_freq: Word
    aslr: Word
    load_avg_1min: Amount
    memory_bytes: Amount
    python_implementation: Word
    python_version: Word
    python_build: str


class KnownFailureRecord(TypedDict):
    """A broken promise that the alternative declares; ``applies_to`` lists the backends of this run where it holds."""

    promise: Line
    python: Word
    evidence: str
    applies_to: list[FileName]


class AlternativeRecord(TypedDict):
    """What the report says of an alternative, and the source that ran.

    The first ``pattern_lines`` lines of it are the pattern, which a reader copies, and what follows fits that to the
    contract; in records of before the two were told apart the whole source is the pattern.
    """

    title: Line
    doc: str
    path: Word
    source: str
    pattern_lines: NotRequired[Count]
    sha256: Word
    library: Word
    kind: Word
    requires: list[Word]
    versions: dict[Word, Word]
    caveats: list[str]
    known_failures: list[KnownFailureRecord]


class ReadingRecord(TypedDict):
    """Something measured beside time: ``title`` is its column's heading, ``better`` says which way is good."""

    name: FileName
    title: Line
    unit: Unit
    better: Literal["lower", "higher", "neither"]


class NullRecord(TypedDict):
    """A workload's null row: ``what`` takes an alternative's place in it; or ``why_not``, where it has none."""

    what: NotRequired[str]
    why_not: NotRequired[str]


class WorkloadRecord(TypedDict):
    """A question about cost: ``axis`` is what n counts, ``operation`` the unit of every time, ``scale`` all points.

    ``clock`` says whether times are the wall's or the processor's; records of before it was introduced have neither
    that nor ``readings``. ``null`` is what the workload's own cost is measured by; records of before that have none.
    ``presupposes`` names the needs that every program has which asks this, whatever else it has: its answers are those
    that keep them. In records of before that was said, none is presupposed.
    """

    question: str
    axis: Line
    operation: Line
    scale: list[Point]
    tallies: list[Line]
    clock: NotRequired[Clock]
    readings: NotRequired[list[ReadingRecord]]
    null: NotRequired[NullRecord]
    presupposes: NotRequired[list[FileName]]


class NeighbourRecord(TypedDict):
    """A family that is easily taken for another, and what one wants who should go there: a phrase behind "to"."""

    family: FileName
    why: str


class NeedRecord(TypedDict):
    """What some programs rely on and others do not: ``phrase`` follows "My program", ``usual`` is what most rely on.

    ``promises`` are those that it covers; a promise that no need covers is basic.
    """

    name: FileName
    phrase: Line
    usual: bool
    promises: list[Line]


class FamilyRecord(TypedDict):
    """A family: the contract's text, the baseline of each backend, its workloads and alternatives.

    ``group`` is a reader's word that families may share; records of before it was introduced have neither that nor
    ``neighbours``, which may name families that the run does not hold. In records of before promises were graded, which
    have no ``needs``, every promise is basic.
    """

    doc: str
    group: NotRequired[str]
    neighbours: NotRequired[list[NeighbourRecord]]
    needs: NotRequired[list[NeedRecord]]
    baseline: dict[FileName, Line]
    workloads: dict[FileName, WorkloadRecord]
    alternatives: dict[Line, AlternativeRecord]


class BackendRecord(TypedDict):
    """An event loop: ``problem`` says why it could not run here, or is empty."""

    library: Word
    distribution: Word
    version: Word
    why: str
    problem: str


class ExtraRecord(TypedDict):
    """The launches beyond the planned ones: how many each label took part in, and what they took."""

    launches: dict[LabelText, Few]
    seconds: Seconds
    timed_seconds: Seconds


class PassRecord(TypedDict):
    """A pass over a comparison that looked at something beside time, in launches of its own.

    ``measured`` are the labels that gave a number, ``missing`` says why others did not.
    """

    launches: Few
    seconds: Seconds
    measured: list[LabelText]
    missing: dict[LabelText, str]


class ComparisonRecord(TypedDict):
    """How one comparison was measured; ``loops`` is per variant label, ``timed_seconds`` the time inside blocks.

    ``untimed`` calls come before the loops of each block; records of before that was done have none.

    ``conditions`` has an entry per launch that was watched; records of before that was done have none. ``walls`` is
    what a block of each label takes, in seconds, where further launches could repeat it. ``passes`` are those that were
    taken, by name. ``host`` is the one that measured all of it, where a scheduler handed it out.
    """

    family: FileName
    workload: FileName
    n: Point
    launches: Few
    rounds: Few
    loops: dict[LabelText, Count]
    untimed: NotRequired[dict[LabelText, Count]]
    twin_of: NoneOrLabelText
    seconds: Seconds
    timed_seconds: Seconds
    extra: NotRequired[ExtraRecord]
    walls: NotRequired[dict[LabelText, Seconds]]
    conditions: NotRequired[list[ConditionsRecord]]
    passes: NotRequired[dict[FileName, PassRecord]]
    host: NotRequired[Word]


class AbsenceRecord(TypedDict):
    """A row without a number: ``n`` is None when it holds for every point of the axis.

    ``declared`` is true when the alternative's known failures name it; ``seconds`` is one operation's time where a
    single look was had (too slow).
    """

    family: FileName
    workload: FileName
    n: Point | None
    alternative: Line
    backend: FileName
    state: State
    reason: str
    declared: bool
    seconds: Seconds | None


class OptionsRecord(TypedDict, total=False):
    """What a run was asked for on the command line; None and empty ones leave the choice to the preset."""

    preset: Word
    budget: Word
    family: list[Word] | None
    workload: list[Word] | None
    backend: list[Word] | None
    alternative: list[Word] | None
    n: list[Point] | None
    engine: Word
    seed: Count | None
    seeds: Few | None
    fresh: bool
    extra: Annotated[float, Meta(ge=0, le=0.9)] | None
    hang_limit: Seconds | None
    start_method: Word
    memory_limit: Word
    include: list[Word] | None
    fail_if_slower: Word
    fail_if_broken: bool
    environment: list[Word] | None
    scheduler: Word
    mixed: bool


class RunRecord(TypedDict):
    """The run itself. ``state`` is running, complete or interrupted; times are ISO 8601 in UTC.

    What going on with it takes: the ``options`` that it was asked for with, the hash of the ``code`` that measured,
    whether its safety was ``checked`` to the end and which families were ``asked`` so far, and when it was ``resumed``.
    ``seconds`` is what measuring has taken, without the safety check. ``environment`` is the name of the one that this
    is the record of, where there were several.
    """

    id: Word
    command: str
    preset: Word
    engine: Word
    seed: Count
    started: Word
    finished: Word
    state: Literal["running", "complete", "interrupted"]
    seconds: Seconds
    commit: Word
    dirty: bool
    options: NotRequired[OptionsRecord]
    code: NotRequired[Word]
    checked: NotRequired[bool]
    asked: NotRequired[list[FileName]]
    resumed: NotRequired[list[Word]]
    environment: NotRequired[Word]


class SuiteRecord(TypedDict):
    """Everything of a run but its times.

    ``unasked`` are those that could be asked nothing at all; records of before that was noted have none. ``passes`` are
    those that the run was to take beside times, and what each of them measures; older records have none.
    """

    format: int
    run: RunRecord
    families: dict[FileName, FamilyRecord]
    backends: dict[FileName, BackendRecord]
    versions: dict[Word, Word]
    comparisons: list[ComparisonRecord]
    absences: list[AbsenceRecord]
    unasked: NotRequired[list[UnaskedRecord]]
    passes: NotRequired[dict[FileName, list[ReadingRecord]]]

"""Which run is drawn: the newest that has something to show, the one that is named, or the reference run."""

import difflib
import os
from datetime import datetime
from pathlib import Path

from results import record
from results.commands import command


def choose(run: str, reference: bool, root: Path) -> record.Run:
    """The run of that directory or id; the newest one below ``root`` if it is empty. Raises RecordError."""
    return named(run, root) if run else newest(root, reference)


def newest(root: Path, reference: bool = False) -> record.Run:
    """The newest run below ``root`` with a comparison; those that are passed over for it are among its problems.

    Only ``reference`` runs if asked for; else the reference comes last. Raises RecordError if there is none.
    """
    passed_over: list[str] = []
    for directory in record.run_directories(root):
        if reference and directory.parent.name != record.REFERENCE:
            continue
        try:
            found = record.glance(directory)
        except record.RecordError as error:
            passed_over.append(str(error))
            continue
        if not found.suite["comparisons"]:
            passed_over.append(f"{directory}: passed over, no comparison was finished in it")
            continue
        found.problems[:0] = passed_over
        return found
    wanted = f"run in {root}: measure one first ({command('benchmarks', 'run')})"
    if reference:
        wanted = f"reference run in {root}: a clone of the repository has one"
    raise record.RecordError("; ".join([*passed_over, f"no {wanted}"]))


def named(run: str, root: Path) -> record.Run:
    """The run of that directory, or of that id below ``root``; raises RecordError with a suggestion."""
    if Path(run).exists():
        return record.glance(Path(run))
    known = {directory.name: directory for directory in record.run_directories(root)}
    if run in known:
        return record.glance(known[run])
    close = difflib.get_close_matches(run, known, n=1) or list(known)[:1]
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise record.RecordError(f"no run {run!r} here or in {root}{hint}")


def recorded(file: Path) -> record.Run | None:
    """The run that a file names; None if nothing was recorded, or no comparison was finished."""
    if not file.exists():
        return None
    found = record.glance(Path(os.fsdecode(file.read_bytes()).strip()))
    return found if found.suite["comparisons"] else None


def described(run: record.Run) -> str:
    """A line that tells a run from others: which, how measured, on what, when, and whether it was finished."""
    about, machine = run.suite["run"], run.machine
    whose = "the reference run, " if run.path.parent.name == record.REFERENCE else ""
    python = " ".join(str(machine.get(key, "")) for key in ("python_implementation", "python_version")).strip()
    done = len(run.suite["comparisons"])
    parts = [
        f"{run.path} ({whose}{about['preset']} preset",
        python or f"Python {run.suite['versions'].get('python', 'of unknown version')}",
        str(machine.get("cpu_model_name", "an unknown machine")),
        f"{datetime.fromisoformat(about['started']):%d %B %Y %H:%M} UTC",
        f"{about['state']}, {done} {'comparison' if done == 1 else 'comparisons'})",
    ]
    return ", ".join(parts)

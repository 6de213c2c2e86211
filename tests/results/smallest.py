"""The smallest record that has one of everything."""

from results import record
from results.suite import AbsenceRecord, AlternativeRecord, SuiteRecord, WorkloadRecord

ASKED: WorkloadRecord = {"question": "", "axis": "tasks", "operation": "job", "scale": [10, 100], "tallies": []}
ALTERNATIVE: AlternativeRecord = {
    "title": "One way",
    "doc": "",
    "path": "",
    "source": "",
    "sha256": "",
    "library": "asyncio",
    "kind": "idiom",
    "requires": [],
    "versions": {},
    "caveats": [],
    "known_failures": [],
}
SUITE: SuiteRecord = {
    "format": record.FORMAT,
    "run": {
        "id": "one",
        "command": "python -m benchmarks run",
        "preset": "quick",
        "engine": "turns",
        "seed": 1,
        "started": "2026-01-01T00:00:00+00:00",
        "finished": "",
        "state": "running",
        "seconds": 0.0,
        "commit": "",
        "dirty": False,
    },
    "families": {
        "locks": {
            "doc": "",
            "baseline": {"asyncio": "asyncio_lock"},
            "workloads": {"contended": ASKED, "uncontended": ASKED},
            "alternatives": {"asyncio_lock": ALTERNATIVE, "other": ALTERNATIVE},
        }
    },
    "backends": {"asyncio": {"library": "asyncio", "distribution": "", "version": "", "why": "", "problem": ""}},
    "versions": {"python": "3.13.0"},
    "comparisons": [],
    "absences": [],
}
ABSENCE: AbsenceRecord = {
    "family": "locks",
    "workload": "contended",
    "n": None,
    "alternative": "other",
    "backend": "asyncio",
    "state": "hung",
    "reason": "no answer within 10 s",
    "declared": False,
    "seconds": None,
}

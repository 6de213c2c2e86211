"""What can be asked here: which Python an alternative needs, on which loop."""

from pathlib import Path

import pytest

import patterns
from benchmarks.plan.availability import crossed, why_not_here
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.filters import Filters

NEVER = "needs Python >=99"


@pytest.mark.parametrize(
    ("stated", "hindered"),
    [
        ('""', set()),
        ('">=3"', set()),
        ('">=99"', {"asyncio", "uvloop", "asyncio-eager"}),
        ('((">=99", "uvloop"),)', {"uvloop"}),
        ('((">=3", "*"), (">=99", "asyncio*"))', {"asyncio", "asyncio-eager"}),
    ],
)
def test_a_python_may_be_needed_on_some_loops_alone(tmp_path: Path, stated: str, hindered: set[str]) -> None:
    """There it is not here; on the others it is asked as ever."""
    file = tmp_path / "mine.py"
    file.write_text(f'"""Mine."""\nLIBRARY = "asyncio"\nPYTHON = {stated}\n', encoding="utf-8")
    mine = patterns.describe("locks", file)
    loops = [loop for loop in BACKENDS.values() if loop.library == "asyncio" and not loop.problem()]
    reasons = {loop.name: (why_not_here(mine, loop) or ("", ""))[1] for loop in loops}

    assert mine.problem == ""
    assert {name for name, reason in reasons.items() if reason.startswith(NEVER)} == hindered & reasons.keys()


def test_unittest_runs_on_a_loop_of_ones_own_since_it_has_a_factory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file says so, and not only the error that it would raise: before, it is not here on uvloop."""
    chosen = Filters(("testing",), alternatives=("isolated_asyncio_test_case",), backends=("asyncio", "uvloop"))

    for version, hindered in (((3, 12, 9), ["uvloop"]), ((3, 13, 0), [])):
        monkeypatch.setattr("sys.version_info", (*version, "final", 0))
        told = [loop.name for one, loop in crossed(chosen, everywhere=False) if why_not_here(one, loop)]
        assert told == hindered

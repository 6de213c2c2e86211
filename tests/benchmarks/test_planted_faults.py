"""An alternative that misbehaves becomes a row with its reason; the others are measured all the same."""

import json
from pathlib import Path

import pyperf
import pytest

from results.record import Run, read, run_directories
from tests.conftest import Command

# A quiet machine needs neither the whole budget nor the limit, but for who hangs: a busy one is late, and not at fault.
SHORT = ["--preset", "quick", "--budget", "60s", "--seeds", "0", "--hang-limit", "5", "--n", "100"]
METHODS = ["fork", "spawn"]

ENDINGS = {
    "raises": ("raised", "ValueError: no 0 today"),
    "declared_raiser": ("raised", "ValueError: no 0 today"),
    "asks_to_exit": ("raised", "SystemExit: 5"),
    "wrong": ("wrong answer", "expected 4950, got 5050"),
    "fails_late": ("wrong answer", "expected 4950, got"),
    "leaves_a_task": ("left something behind", "100 task(s) left running"),
    "leaves_a_thread": ("left something behind", "100 thread(s) left running"),
    "leaves_a_generator": ("left something behind", "100 async generator(s) left open"),
    "exits": ("died", "the process exited with code 3"),
    "exits_at_import": ("died", "the process exited with code 4"),
    "segfaults": ("died", "killed by signal 11"),
    "hangs": ("hung", "no answer within 5 s"),
    "slow": ("hung", "no answer within 5 s"),
    "cannot_be_parsed": ("mistake", "patterns/echo/cannot_be_parsed.py: line 3: expected ':'"),
    "needs_a_package": ("not here", "no-such-distribution is not installed"),
    "needs_a_new_python": ("not here", "needs Python >=99"),
    "offers_nothing": ("not offered", "offers none of echo, whisper"),
}


@pytest.fixture(scope="module", params=METHODS)
def outcome(request: pytest.FixtureRequest, planted: Path, command: Command) -> tuple[int, str, Run]:
    """The planted family measured once, with forked and with spawned workers: exit code, stderr, record."""
    results = planted / f"results-{request.param}"
    backends = ["--backend", "asyncio", "--backend", "trio"]
    options = [*SHORT, *backends, "--start-method", request.param, "--results", str(results)]
    done = command(planted, "benchmarks", "run", *options)
    return done.returncode, done.stderr, read(next(run_directories(results)))


@pytest.mark.parametrize("name", ENDINGS)
def test_every_fault_is_a_row_with_its_reason(outcome: tuple[int, str, Run], name: str) -> None:
    """The state and the reason name the planted fault."""
    rows = [row for row in outcome[2].suite["absences"] if row["alternative"] == name and row["backend"] == "asyncio"]
    state, reason = ENDINGS[name]

    assert [(state, True)] == [(row["state"], row["reason"].startswith(reason)) for row in rows]


def test_the_others_are_measured_in_whole_launches(outcome: tuple[int, str, Run]) -> None:
    """Every healthy variant and the baselines' twins have all rounds of the launches that they took part in."""
    suite = outcome[2].benchmarks["echo", "numbers"]
    counts = {benchmark.get_name(): benchmark.get_nvalue() for benchmark in suite.get_benchmarks()}
    comparison = outcome[2].suite["comparisons"][0]
    healthy = {
        "any_loop@asyncio",
        "any_loop@trio",
        "plain_asyncio@asyncio",
        "plain_asyncio#twin@asyncio",
        "plain_trio@trio",
        "plain_trio#twin@trio",
    }

    assert {f"{label} n=100" for label in healthy} == set(counts)
    assert {count % comparison["rounds"] for count in counts.values()} == {0}
    assert comparison["launches"] * comparison["rounds"] == max(counts.values())


def test_the_machine_is_looked_at_first(outcome: tuple[int, str, Run]) -> None:
    """Its state is told before anything runs, and the record keeps it; every launch says what it went through."""
    _, errors, run = outcome
    launches = [entry for comparison in run.suite["comparisons"] for entry in comparison["conditions"]]

    assert "\nThis machine: " in errors.partition("\necho/numbers")[0]
    assert run.environment is not None
    assert [bool(look["system"]) for look in run.environment["looks"]] == [True]
    assert [entry["launch"] for entry in launches] == list(range(len(launches)))
    assert len(launches) >= run.suite["comparisons"][0]["launches"]


def test_only_undeclared_failures_fail_the_run(outcome: tuple[int, str, Run]) -> None:
    """The exit code is 1, every undeclared failure has its line, and the declared one has none."""
    code, errors, _ = outcome

    assert code == 1
    assert "failed: echo/numbers/exits@asyncio n=100: died" in errors
    assert "declared_raiser" not in errors


def test_a_healthy_run_exits_with_zero(planted: Path, command: Command) -> None:
    """Declared failures, and missing packages that nobody asked for by name, leave the exit code at 0."""
    filters = [f"--alternative={name}" for name in ("any_loop", "declared_raiser", "needs_a_pack*")]
    filters.append("--seeds=0")
    done = command(planted, "benchmarks", "run", "--preset", "smoke", *filters, "--results", str(planted / "healthy"))

    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_tallies_are_counted_per_operation(outcome: tuple[int, str, Run]) -> None:
    """What a workload counts reaches the pyperf file as a rate."""
    benchmark = outcome[2].benchmarks["echo", "numbers"].get_benchmark("any_loop@asyncio n=100")

    assert [1.0] * benchmark.get_nrun() == [run.get_metadata()["tally echoes"] for run in benchmark.get_runs()]


def test_a_block_beyond_the_limit_is_too_slow(planted: Path, command: Command) -> None:
    """A variant that the preset will not repeat is named with the time of its one look."""
    results = planted / "too-slow"
    command(
        planted,
        "benchmarks",
        "run",
        "--budget=2s",
        "--seeds=0",
        "--n=1",
        "--backend=asyncio",
        "--alternative=slow",
        "--results",
        str(results),
    )
    rows = read(next(run_directories(results))).suite["absences"]

    assert [(r["alternative"], r["state"], (r["seconds"] or 0) > 0.4) for r in rows] == [("slow", "too slow", True)]


def test_standalone_worker_is_a_pyperf_benchmark(planted: Path, command: Command, tmp_path: Path) -> None:
    """``benchmarks.worker`` alone takes pyperf's options and writes pyperf's file."""
    output = tmp_path / "alone.json"
    options = ["-p", "2", "-n", "1", "-l", "4", "-w", "1", "-q", "-o", str(output)]
    done = command(planted, "benchmarks.worker", "echo/numbers/any_loop@trio", "--n", "10", *options)

    assert (done.returncode, pyperf.Benchmark.load(str(output)).get_nvalue()) == (0, 2)


def test_stock_engine_records_the_same_shape(planted: Path, command: Command) -> None:
    """``--engine pyperf`` gives a record that reads like one of turns."""
    results = planted / "stock"
    filters = [
        "--backend=asyncio",
        "--alternative=any_loop",
        "--alternative=raises",
        "--preset=smoke",
        "--engine=pyperf",
        "--seeds=0",
    ]
    done = command(planted, "benchmarks", "run", *filters, "--results", str(results))
    run = read(next(run_directories(results)))
    names = {benchmark.get_name() for benchmark in run.benchmarks["echo", "numbers"].get_benchmarks()}
    failed = [(row["alternative"], row["state"]) for row in run.suite["absences"]]

    assert done.returncode == 1
    assert {
        f"{name} n=10" for name in ("any_loop@asyncio", "plain_asyncio@asyncio", "plain_asyncio#twin@asyncio")
    } == names
    assert ("raises", "raised") in failed


def test_machine_and_versions_are_recorded(outcome: tuple[int, str, Run]) -> None:
    """A reader can say where a run was made and with what."""
    run = outcome[2]

    assert run.machine["cpu_count"] >= 1
    assert json.loads(json.dumps(run.suite["versions"])).keys() >= {"python", "pyperf", "trio", "anyio"}


def test_one_variant_alone_is_refused_on_a_loop_that_cannot_run_it(planted: Path, command: Command) -> None:
    """In a line, where pyperf's processes would each end in a traceback."""
    done = command(planted, "benchmarks.worker", "echo/numbers/plain_trio@asyncio", "--n", "10")

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("error: plain_trio does not run on asyncio")

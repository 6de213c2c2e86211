"""The command line as a user meets it: one clear line, and the right exit code."""

import sys

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from patterns import included


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--family", "lock"], "no family matches 'lock' (did you mean locks?)"),
        (["--preset", "fast"], "no preset 'fast' (there are: quick, smoke, standard, thorough)"),
        (["--engine", "turn"], "no engine 'turn' (did you mean turns?)"),
        (["--budget", "soon"], "--budget 'soon' is no duration: write 90s, 10m or 1h"),
        (["--budget", "0"], "--budget '0' leaves no time to measure, or no end: write 1s at least"),
        (["--budget", "0.001s"], "--budget '0.001s' leaves no time to measure, or no end: write 1s at least"),
        (["--budget", "inf"], "--budget 'inf' leaves no time to measure, or no end: write 1s at least"),
        (["--budget", "nan"], "--budget 'nan' leaves no time to measure, or no end: write 1s at least"),
        (["--hang-limit", "0"], "--hang-limit 0 would give up everybody, or nobody: write 0.1 at least"),
        (["--hang-limit", "-1"], "--hang-limit -1 would give up everybody, or nobody: write 0.1 at least"),
        (["--hang-limit", "nan"], "--hang-limit nan would give up everybody, or nobody: write 0.1 at least"),
        (["--memory-limit", "inf"], "--memory-limit 'inf' is no amount of memory: write 500m or 2g"),
        (
            ["--memory-limit", "1m"],
            "--memory-limit '1m' is less than Python with its packages needs: write 100m at least",
        ),
        (["--n", "0"], "no workload has n = 0; there are 1, 10, 100, 1000, 10000"),
        (
            ["--family", "locks", "--workload", "contended", "--n", "10000"],
            "contended has no n = 10000; there are 1, 10,",
        ),
        (
            ["--family", "locks,caches"],
            "no family matches 'locks,caches': repeat the option: --family locks --family caches",
        ),
        (
            ["--family", "locks", "caches"],
            "caches is left over; an option takes one name, repeat it: --family locks --fam",
        ),
        (
            ["--backend", "trio", "--alternative", "asyncio_lock"],
            "asyncio_lock does not run on trio: it runs on asyncio, uvloop, asyncio-eager",
        ),
        (["--memory-limit", "much"], "--memory-limit 'much' is no amount of memory: write 500m or 2g"),
        (["--memory-limit", "0g"], "--memory-limit '0g' is no amount of memory: write 500m or 2g"),
        (["--start-method", "spoon"], "no start method 'spoon' (did you mean spawn?)"),
        (
            ["--include", "locks=patterns/locks", "--fail-if-slower", "10"],
            "--fail-if-slower '10' is no share: write 10% or 2.5%",
        ),
        (
            ["--fail-if-broken"],
            "--fail-if-slower and --fail-if-broken are about your own files: name them with --include FAMILY=PATH",
        ),
        (["--family", "locks", "--n", "7"], "no workload has n = 7; there are 1, 10, 100, 1000"),
    ],
)
def test_a_wrong_word_is_one_line_and_exit_code_2(
    arguments: list[str], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line says what was wrong and what to write instead."""
    monkeypatch.setenv(included.VARIABLE, "")
    monkeypatch.setattr(sys, "path", [*sys.path])
    result = CliRunner().invoke(app, ["run", *arguments])

    assert (2, f"loopmark: {line}", 1) == (
        result.exit_code,
        result.stderr.strip()[: len(line) + 10],
        result.stderr.count("\n"),
    )


def test_list_names_every_family() -> None:
    """Families, workloads and alternatives can be looked up without reading the source."""
    result = CliRunner().invoke(app, ["list"], env={"COLUMNS": "200"})

    assert result.exit_code == 0
    assert {"locks:", "asyncio_lock", "contended"} <= set(result.stdout.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--family", "lock"], "no family matches 'lock' (did you mean locks?)"),
        (["--family", "locks", "--promise", "cancel_waiter"], "no promise matches 'cancel_waiter' (did you mean"),
        (["--family", "locks", "--alternative", "asyncio_loc"], "no alternative matches 'asyncio_loc' (did you mean"),
        (["--alternative", "trio_lock", "--backend", "uvloop"], "trio_lock does not run on uvloop: it runs on trio"),
        (["--hang-limit", "0"], "--hang-limit 0 would give up everybody, or nobody: write 0.1 at least"),
        (
            ["--family", "locks", "caches"],
            "caches is left over; an option takes one name, repeat it: --family locks --fam",
        ),
    ],
)
def test_check_says_in_one_line_what_it_cannot_find(arguments: list[str], line: str) -> None:
    """The line says what was wrong and what to write instead."""
    result = CliRunner().invoke(app, ["check", *arguments])

    assert result.exit_code == 2
    assert result.stderr.startswith(f"loopmark: {line}")
    assert result.stderr.count("\n") == 1

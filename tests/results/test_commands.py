"""A printed command is one that works where it is read."""

import pytest

from results.commands import CALLED, command


def test_without_tox_a_module_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has called a module calls the next one, too."""
    monkeypatch.delenv(CALLED, raising=False)

    assert command("benchmarks", "run", "--resume", "a run") == "python -m benchmarks run --resume 'a run'"


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (("benchmarks", "run"), "tox -e bench"),
        (("benchmarks", "run", "--resume", "a run"), "tox -e bench -- --resume 'a run'"),
        (("benchmarks", "check", "--family", "locks"), "tox -e check -- --family locks"),
        (("reports", "build", "x"), "tox -e report -- x"),
        (("reports", "compare", "a", "b"), "tox -qe loopmark -- reports compare a b"),
        (("benchmarks", "list"), "tox -qe loopmark -- benchmarks list"),
    ],
)
def test_through_tox_an_environment_is(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], written: str) -> None:
    """Outside of tox's environment nothing that we need is installed."""
    monkeypatch.setenv(CALLED, "tox")

    assert command(*words) == written


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (("benchmarks", "run", "--resume", "a run"), "loopmark run --resume 'a run'"),
        (("benchmarks", "check", "--family", "locks"), "loopmark check --family locks"),
        (("reports", "build", "x", "--all"), "loopmark report x --all"),
        (("reports", "compare", "a", "b"), "loopmark compare a b"),
    ],
)
def test_installed_it_is_the_program(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], written: str) -> None:
    """Nobody needs to know of which package a command is."""
    monkeypatch.setenv(CALLED, "loopmark")

    assert command(*words) == written

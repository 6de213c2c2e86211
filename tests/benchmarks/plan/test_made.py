"""What is made for a run: a Python with another version of something, and the patterns of a commit."""

import subprocess
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchmarks.plan.made import READY, UnmadeError, constraints_without, with_patterns, with_requirement
from tests.conftest import ROOT

ASKED = "import trio, importlib.metadata as m; print(m.version('anyio'), m.version('trio') == trio.__version__)"


def wheel(folder: Path, version: str) -> Path:
    """A distribution called anyio that has nothing in it."""
    path = folder / f"anyio-{version}-py3-none-any.whl"
    about = f"anyio-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: anyio\nVersion: {version}\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return path


def test_a_python_with_another_version_has_the_rest_of_ours(tmp_path: Path) -> None:
    """Although ours has that distribution, and its version is pinned; and it is made once."""
    asked = Requirement(f"anyio @ {wheel(tmp_path, '0.0.1').as_uri()}")
    python = with_requirement(asked, ROOT, tmp_path / "made")
    said = subprocess.run([python, "-c", ASKED], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["0.0.1", "True"]
    ready = Path(python).parents[1] / READY
    before = ready.stat().st_mtime_ns
    assert with_requirement(asked, ROOT, tmp_path / "made") == python
    assert ready.stat().st_mtime_ns == before


def test_what_cannot_be_installed_is_one_line_and_is_not_ready(tmp_path: Path) -> None:
    """The next run tries again."""
    asked = Requirement(f"anyio @ {(tmp_path / 'anyio-0.0.1-py3-none-any.whl').as_uri()}")
    with pytest.raises(UnmadeError, match=r"^pip cannot install it: .*No such file") as error:
        with_requirement(asked, ROOT, tmp_path / "made")
    assert "\n" not in str(error.value)
    assert not list(tmp_path.rglob(READY))


def test_all_but_the_one_is_constrained() -> None:
    """However its name is spelled."""
    pins = constraints_without("AnyIO", ROOT)
    assert not [line for line in pins.splitlines() if line.startswith("anyio==")]
    assert len(pins.splitlines()) == len(constraints_without("no-such-thing", ROOT).splitlines()) - 1


def test_the_patterns_are_those_of_the_commit(tmp_path: Path) -> None:
    """Whatever lies in the folder now."""
    root = tmp_path / "project"
    (root / "patterns").mkdir(parents=True)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], cwd=root, check=True)
    for text in ("first", "second"):
        (root / "patterns" / "one.py").write_text(text)
        subprocess.run([*git, "add", "."], cwd=root, check=True)
        subprocess.run([*git, "commit", "-qm", text], cwd=root, check=True)
    folder = with_patterns("HEAD~1", root, tmp_path / "made")
    assert (folder / "patterns" / "one.py").read_text() == "first"
    assert with_patterns("HEAD~1", root, tmp_path / "made") == folder
    with pytest.raises(UnmadeError, match="there is no such commit"):
        with_patterns("HEAD~2", root, tmp_path / "made")


def test_what_a_commit_holds_stays_in_its_folder(tmp_path: Path) -> None:
    """A link to elsewhere is a file that says where, and a name that leads out of the folder is none to git."""
    root = tmp_path / "project"
    root.mkdir()

    def git(*words: str, told: str = "") -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(command, cwd=root, input=told, capture_output=True, text=True, check=True).stdout.strip()

    def commit(entries: str) -> str:
        tree = git("mktree", told=f"040000 tree {git('mktree', told=entries)}\tpatterns\n")
        return git("commit-tree", "-m", "odd", tree)

    git("init", "-q")
    text, aim = (git("hash-object", "-w", "--stdin", told=told) for told in ("text", str(root)))
    folder = with_patterns(commit(f"120000 blob {aim}\tlink\n100755 blob {text}\tone.py\n"), root, tmp_path / "made")
    link = folder / "patterns" / "link"
    assert (folder / "patterns" / "one.py").read_text() == "text"
    assert (link.is_symlink(), link.read_text()) == (False, str(root))
    outside = git("mktree", told=f"100644 blob {text}\toutside.py\n")
    with pytest.raises(UnmadeError, match="invalid path"):
        with_patterns(commit(f"040000 tree {outside}\t..\n"), root, tmp_path / "made")
    assert not list(tmp_path.rglob("outside.py"))


def test_where_there_is_no_repository_git_says_so(tmp_path: Path) -> None:
    """In a line."""
    with pytest.raises(UnmadeError, match="not a git repository"):
        with_patterns("HEAD", tmp_path, tmp_path / "made")

"""Environments that are made for a run, once: with another version of a distribution, or with the patterns of a commit.

They lie in a folder of their own, which may be deleted at any time.
"""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

READY = "ready"  # the file that is there when all is
SITE = ("site-packages", "dist-packages")


class UnmadeError(Exception):
    """An environment that could not be made; the message says why."""


def with_requirement(requirement: Requirement, root: Path, cache: Path) -> str:
    """The program of a Python that has what this one has, but for a requirement; raises UnmadeError.

    Of what the requirement brings along it has the versions that ``constraints.txt`` names.
    """
    pins = constraints_without(requirement.name, root)
    packages = [path for path in sys.path if path.endswith(SITE)]
    made_of = "\n".join([sys.version, sys.prefix, str(requirement), pins, *packages])
    folder = cache / f"{canonicalize_name(requirement.name)}-{_hash(made_of)}"
    python = folder / "bin" / "python"
    if not (folder / READY).exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, symlinks=True, with_pip=find_spec("pip") is None)  # ours will do
        (theirs,) = folder.glob("lib/*/site-packages")
        lines = [f"import site; site.addsitedir({path!r})\n" for path in packages]  # behind what it has itself
        (theirs / "beside.pth").write_text("".join(lines), encoding="utf-8")
        (folder / "constraints.txt").write_text(pins, encoding="utf-8")
        _install(str(python), requirement, folder / "constraints.txt")
        (folder / READY).touch()
    return str(python.absolute())


def constraints_without(name: str, root: Path) -> str:
    """What ``constraints.txt`` says, but for one distribution; nothing where there is no such file."""
    path = root / "constraints.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return "".join(f"{pin}\n" for pin in pins if canonicalize_name(pin.name) != canonicalize_name(name))


def _install(python: str, requirement: Requirement, constraints: Path) -> None:
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [*command, "--constraint", str(constraints), str(requirement)],
        env={name: value for name, value in os.environ.items() if name not in ("PIP_CONSTRAINT", "PYTHONPATH")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        raise UnmadeError(f"pip cannot install it: {(lines or ['it does not say why'])[-1].removeprefix('ERROR: ')}")


def with_patterns(revision: str, root: Path, cache: Path) -> Path:
    """The folder that holds the patterns of a commit; raises UnmadeError."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    folder = cache / f"patterns-{commit[:12]}"
    if not (folder / READY).exists():
        packed = _git(root, "archive", "--format=zip", commit, "patterns")
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(folder)  # within the folder, whatever a name says; a link is a file that names its aim
        (folder / READY).touch()
    return folder.absolute()


def _git(root: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise UnmadeError("there is no git here") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise UnmadeError(lines[-1] if lines else "there is no such commit")
    return done.stdout


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

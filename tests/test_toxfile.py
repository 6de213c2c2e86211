"""A project of the reader's is in the environment that measures, when it is named, and until another one is."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

TOX_INI = """
[testenv:bench]
runner = shared
package = skip
commands = python -c "from importlib.metadata import distributions as all; print(*(one.name for one in all()))"

[testenv:check]
runner = shared
package = skip
commands = python -c "import app; print('answer', app.ANSWER)"
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
# A build that needs nothing that would have to be fetched.
BACKEND = """
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(os.path.join(folder, name := "app-1-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("app.pth", os.getcwd())
        wheel.writestr("app-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: app\\nVersion: 1\\n")
        wheel.writestr("app-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("app-1.dist-info/RECORD", "")
    return name
"""
Called = Callable[..., str]


@pytest.fixture(name="tox")
def fixture_tox(tmp_path: Path) -> Called:
    """Calls tox in a project with our way of sharing an environment, and no package to wait for."""
    ours = tmp_path / "loopmark"
    ours.mkdir()
    (ours / "tox.ini").write_text(TOX_INI)
    shutil.copy(ROOT / "toxfile.py", ours)
    known = {name: value for name, value in os.environ.items() if not name.startswith(("TOX", "PIP", "LOOPMARK"))}
    alone = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "VIRTUALENV_NO_PERIODIC_UPDATE": "1"}

    def called(name: str, wanted: str | None = None) -> str:
        more = {} if wanted is None else {"LOOPMARK_WITH": wanted}
        command = [sys.executable, "-m", "tox", "-qe", name]
        done = subprocess.run(
            command, cwd=ours, env={**known, **alone, **more}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return called


def test_a_named_project_is_installed_until_another_one_is(tox: Called, tmp_path: Path) -> None:
    """A folder is as it is at the moment; whoever names none measures with what is there."""
    app = tmp_path / "an app"
    app.mkdir()
    for name, text in {"pyproject.toml": PROJECT, "backend.py": BACKEND, "app.py": "ANSWER = 1"}.items():
        (app / name).write_text(text)
    with zipfile.ZipFile(tmp_path / "other-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("other-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: other\nVersion: 1\n")
        wheel.writestr("other-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("other-1.dist-info/RECORD", "")

    assert "app" not in tox("bench").split()
    assert "answer 1" in tox("check", "../an app")
    (app / "app.py").write_text("ANSWER = 2")
    assert "answer 2" in tox("check")
    found = tox("bench", "../other-1-py3-none-any.whl").split()
    assert ("app" in found, "other" in found) == (False, True)

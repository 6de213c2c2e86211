"""The workflow for GitHub that README shows: what a runner would read, and what its commands do to somebody's project.

The actions are not run, nor is anything fetched: the checkouts are folders here, and pip installs without dependencies
what is here, which have them already.
"""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml

from patterns import included
from results import record
from results.commands import CALLED
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the runner of the workflow has a shell"),
    pytest.mark.timeout(300),  # a whole run, beside the tests of other workers
]
# What each action of that major version takes, as its action.yml has it, as far as we use it.
ACTIONS = {
    "actions/checkout@v5": {"repository", "path"},
    "actions/setup-python@v6": {"python-version"},
    "actions/upload-artifact@v5": {"name", "path"},
}
BRIEFLY = ["--alternative", "locking", "--backend", "asyncio", "--workload", "contended", "--budget", "15s"]
# A runner has its packages from an index, which nobody asks here.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "app"
version = "1"

[tool.hatch.build]
dev-mode-dirs = ["."]
"""
# An update that others have made while this one waited is lost.
LOCKING = '''"""The ledger of our app."""

from contextlib import asynccontextmanager

from app.accounts import Accounts

LIBRARY = "asyncio"


@asynccontextmanager
async def ledger():
    yield Accounts()
'''
ACCOUNTS = """class Accounts:
    def __init__(self):
        self._accounts = {}

    async def deposit(self, account, fetch):
        balance, entries = self._accounts.get(account, (0, 0))
        self._accounts[account] = (balance + await fetch(), entries + 1)

    async def read(self, account):
        return self._accounts.get(account, (0, 0))
"""


def workflow() -> dict[Any, Any]:
    """What a runner reads."""
    (text,) = re.findall(r"^```yaml\n(name:.+?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    found: dict[Any, Any] = yaml.safe_load(text.replace("<where Loopmark is>", "somebody/loopmark"))
    return found


def steps() -> list[dict[str, Any]]:
    """The steps of its only job."""
    (job,) = workflow()["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


@pytest.fixture(name="runner")
def fixture_runner(tmp_path: Path) -> Path:
    """An environment like a runner's: a Python with pip and what is installed here, and nothing of ours."""
    place = tmp_path / "runner"
    venv.create(place, with_pip=False)
    (site,) = place.glob("lib/python*/site-packages")
    here = [folder for folder in sys.path if Path(folder).name in ("site-packages", "dist-packages")]
    (site / "here.pth").write_text("".join(f"{folder}\n" for folder in here))
    pip = place / "bin" / "pip"
    pip.write_text(
        f"#!{place / 'bin' / 'python'}\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"
    )
    pip.chmod(0o755)
    return place


@pytest.fixture(name="checkout")
def fixture_checkout(tmp_path: Path) -> Path:
    """What the two checkouts bring: the app, whose locking loses updates, and ours in the folder that is said."""
    (_, ours) = (step for step in steps() if step.get("uses", "").startswith("actions/checkout@"))
    place = tmp_path / "app"
    (place / "app").mkdir(parents=True)
    (place / "pyproject.toml").write_text(PROJECT)
    for name, text in {"__init__": "", "locking": LOCKING, "accounts": ACCOUNTS}.items():
        (place / "app" / f"{name}.py").write_text(text)
    (place / ours["with"]["path"]).symlink_to(ROOT)
    return place


def test_a_runner_understands_it() -> None:
    """Each action is pinned to a major version that there is, and is told what it takes; it may run here."""
    found = workflow()
    (job,) = found["jobs"].values()
    (python,) = (step["with"]["python-version"] for step in steps() if "setup-python" in step.get("uses", ""))

    assert found.keys() == {"name", True, "jobs"}  # YAML takes `on` for a word that means yes
    assert found[True] == "pull_request"
    assert job["runs-on"] == "ubuntu-latest"
    assert (
        f"py{python.replace('.', '')}" in (ROOT / "tox.ini").read_text().partition("env_list = ")[2].partition("\n")[0]
    )
    for step in steps():
        assert len(step.keys() & {"uses", "run"}) == 1
        assert step.keys() <= {"uses", "run", "with", "if"}
        if "uses" in step:
            assert step.get("with", {}).keys() <= ACTIONS[step["uses"]]


def test_its_commands_judge_a_project(runner: Path, checkout: Path) -> None:
    """Word for word, but for fewer rows in less time; what is uploaded is there although the run fails, as it must."""
    commands = [step["run"] for step in steps() if "run" in step]
    (upload,) = (step for step in steps() if "upload-artifact" in step.get("uses", ""))
    ours = (CALLED, included.VARIABLE, "PYTHONPATH", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    variables = {**kept, **OFFLINE, "PATH": f"{runner / 'bin'}{os.pathsep}{os.environ['PATH']}"}

    def called(line: str) -> "subprocess.CompletedProcess[str]":
        shell = ["bash", "-e", "-c", line]  # as a runner does
        return subprocess.run(shell, cwd=checkout, env=variables, capture_output=True, text=True, check=False)

    install, run = commands
    installed = called(install)
    assert installed.returncode == 0, installed.stderr
    done = called(" ".join([run.strip(), *BRIEFLY]))

    assert done.returncode == 1, done.stderr
    assert "breaks " in done.stdout + done.stderr
    assert [path.name for path in (checkout / "loopmark-results").glob("*/*/suite.json")] == ["suite.json"]
    assert record.read(next(record.run_directories(checkout / "loopmark-results"))).suite["comparisons"]
    assert (checkout / upload["with"]["path"] / "index.html").exists()
    assert upload["if"] == "always()"

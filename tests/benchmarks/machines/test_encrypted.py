"""Hosts that are encrypted as README says, word for word; who has another certificate is told so in a line."""

import asyncio
import gc
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import dask
import pytest

from benchmarks.machines.hosts import SchedulerError
from benchmarks.machines.knocking import knock
from tests.benchmarks.machines.conftest import Scheduler, Start
from tests.conftest import ROOT, Running

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a lost parent is noticed a little later"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl here, which makes the certificates"),
    pytest.mark.timeout(300),  # whole runs, beside the tests of other workers
]
RUN = ["run", "--preset", "smoke", "--seeds", "0", "--backend", "asyncio", "--workload", "first"]
PLAIN = [*RUN, "--alternative", "plain", "--scheduler"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIGURATION = re.findall(r"^```yaml\n(distributed:\n.+?)^```$", README, re.MULTILINE | re.DOTALL)
CERTIFICATE = re.findall(r"^\$ (openssl .+)$", README, re.MULTILINE)
IN_TOX = re.findall(r"^\$ DASK_CONFIG=(\S+) tox .+? -- (.+)$", README, re.MULTILINE)


def certified(folder: Path) -> None:
    """Do in a folder what README says that one does once."""
    (configuration,), (certificate,) = CONFIGURATION, CERTIFICATE
    (folder / IN_TOX[0][0]).write_text(configuration)
    subprocess.run(shlex.split(certificate), cwd=folder, check=True, capture_output=True)


@pytest.fixture
def encrypted(rampant: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    """A scheduler with TLS, started by README's line in a folder with a certificate."""
    certified(rampant)
    monkeypatch.setenv("DASK_CONFIG", IN_TOX[0][0])
    _, *words = shlex.split(IN_TOX[0][1])
    found = Scheduler(rampant, *words[1:])
    yield found
    found.end()


def test_a_run_on_encrypted_hosts(start: Start, host: Callable[[str, str], Running], encrypted: Scheduler) -> None:
    """With README's certificate and configuration it goes as without any; tox passes on where that is."""
    host(encrypted.address, "one")
    running = start(*PLAIN, encrypted.address)
    code, said = running.ends()

    assert encrypted.address.startswith("tls://")
    assert code == 0, said
    assert [entry.get("host") for entry in running.record().suite["comparisons"]] == ["one"]
    assert [words for _, words in IN_TOX] == [
        "dask scheduler --protocol tls",
        "benchmarks serve tls://192.0.2.1:8786",
        "--scheduler tls://192.0.2.1:8786",
    ]
    assert "DASK_*" in (ROOT / "tox.ini").read_text().partition("pass_env = ")[2].splitlines()[0]


@pytest.mark.parametrize("asked", [PLAIN, ["serve"]], ids=["run", "serve"])
def test_who_is_not_encrypted_alike_is_told_so_in_one_line(
    asked: list[str], start: Start, encrypted: Scheduler, rampant: Path
) -> None:
    """At once: Dask's worker would try for half a minute, and say that it was cancelled."""
    certified(rampant)
    code, said = start(*asked, encrypted.address).ends()

    assert (code, said.count("\n")) == (2, 1), said
    assert "its certificate is none of our ca-file" in said


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("role", ["client", "worker"])
def test_what_keeps_a_scheduler_from_us_is_named(
    role: str, encrypted: Scheduler, scheduler: Scheduler, rampant: Path, tmp_path: Path
) -> None:
    """What to write instead follows the reason, as far as one can know it."""
    (other := tmp_path / "other").mkdir()
    certified(other)

    def refused(address: str, authority: object, cert: Path, key: Path) -> str:
        settings = {"ca-file": authority and str(authority), role: {"cert": str(cert), "key": str(key)}}
        named = {f"distributed.comm.tls.{name}": value for name, value in settings.items()}
        with dask.config.set(named), pytest.raises(SchedulerError) as found:
            asyncio.run(knock(address, role))
        gc.collect()  # Dask leaves what did not connect to that
        return str(found.value)

    def called(scheme: str, one: Scheduler) -> str:
        return f"{scheme}://{one.address.partition('//')[2]}"

    names = ("cert.pem", "cert.pem", "key.pem")
    ours, theirs = ([folder / name for name in names] for folder in (rampant, other))
    nowhere = [Path(name) for name in ("nowhere.pem", "one.pem", "its.pem")]
    asked = encrypted.address
    assert refused(called("tcp", encrypted), *ours).endswith(f"; with TLS it is {asked}")
    assert refused(called("tls", scheduler), *ours).endswith(f"; without TLS it is {scheduler.address}")
    assert "; its certificate is none of our ca-file of distributed.comm.tls" in refused(asked, *theirs)
    assert "; it refuses our certificate, of distributed.comm.tls" in refused(asked, ours[0], theirs[1], theirs[2])
    assert f"asks for certificates: name ca-file, and {role}'s cert and key" in refused(asked, None, ours[1], ours[2])
    assert "cannot be used: [Errno 2] No such file or directory: nowhere.pem, one.pem" in refused(asked, *nowhere)
    assert "key values mismatch" in refused(asked, ours[0], ours[1], theirs[2])
    with dask.config.set({"distributed.comm.require-encryption": True}):
        assert "encryption required by Dask configuration" in refused(scheduler.address, *ours)


def test_hosts_here_are_encrypted_where_all_must_be(start: Start, rampant: Path) -> None:
    """Whoever requires that of everybody may try with two hosts of their own."""
    certified(rampant)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASK_CONFIG", IN_TOX[0][0])
        code, said = start(*PLAIN, "local:1").ends()
        patch.setenv("DASK_DISTRIBUTED__COMM__TLS__CA_FILE", "nowhere.pem")
        failed, line = start(*PLAIN, "local:1").ends()

    assert code == 0, said
    assert (failed, line.count("\n")) == (2, 1), line
    assert line.startswith("loopmark: no scheduler can be started here: ")

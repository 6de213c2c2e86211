"""How a reader must write a command: through tox where tox has started us, because nothing is installed elsewhere."""

import os
import shlex

CALLED = "LOOPMARK_CALLED"  # the variable in which tox.ini says that it has started us
# The environments of tox.ini that are a command of their own; everything else goes through `loopmark`.
ENVIRONMENTS = {("benchmarks", "run"): "bench", ("benchmarks", "check"): "check", ("reports", "build"): "report"}


def through_tox() -> bool:
    """Whether tox has started this program."""
    return os.environ.get(CALLED) == "tox"


def command(module: str, *words: str) -> str:
    """``python -m module words``, in the form in which this program was called."""
    if not through_tox():
        return shlex.join(["python", "-m", module, *words])
    if environment := ENVIRONMENTS.get((module, words[0] if words else "")):
        return shlex.join(["tox", "-e", environment, *(["--", *words[1:]] if words[1:] else [])])
    return shlex.join(["tox", "-qe", "loopmark", "--", module, *words])

"""How a reader must write a command: as this one was written, for tox, as the installed program, or as a module."""

import os
import shlex

CALLED = "LOOPMARK_CALLED"  # the variable in which tox.ini, or the installed program, says that it has started us
TOX, PROGRAM = "tox", "loopmark"
# The environments of tox.ini that are a command of their own; everything else goes through `loopmark`.
ENVIRONMENTS = {("benchmarks", "run"): "bench", ("benchmarks", "check"): "check", ("reports", "build"): "report"}
NAMES = {("reports", "build"): "report"}  # of the program's commands, where they are called otherwise there


def through_tox() -> bool:
    """Whether tox has started this program."""
    return os.environ.get(CALLED) == TOX


def installed() -> bool:
    """Whether this is the program ``loopmark``: what it writes goes into the folder at hand."""
    return os.environ.get(CALLED) == PROGRAM


def command(module: str, *words: str) -> str:
    """``python -m module words``, in the form in which this program was called."""
    first = (module, words[0] if words else "")
    if installed():
        return shlex.join([PROGRAM, NAMES.get(first, first[1]), *words[1:]])
    if not through_tox():
        return shlex.join(["python", "-m", module, *words])
    if environment := ENVIRONMENTS.get(first):
        return shlex.join(["tox", "-e", environment, *(["--", *words[1:]] if words[1:] else [])])
    return shlex.join(["tox", "-qe", "loopmark", "--", module, *words])

"""Pages while a run goes on: a command draws what is recorded so far, between two comparisons, while nothing is timed.

It is another program, because what measures knows nothing of what reads, and because drawing needs packages that no
measuring process should hold.
"""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.engine.patience import CLOCK

SHARE = 20  # drawing takes a twentieth of the time before it, and of what is left, at most
USUAL = 8.0  # seconds that it takes, before anybody knows
LONGEST = 120.0  # seconds


class EarlyPages:
    """Draws the record in ``directory`` now and then, by ``command``, whose last line is the address of what it drew.

    ``say`` gets that address once, or why nothing is drawn; an empty command draws nothing.
    """

    def __init__(self, command: Sequence[str], directory: Path, say: Callable[[str], None]) -> None:
        """Nothing is drawn yet."""
        self._command = [*command, str(directory)] if command else []
        self._say = say
        self._took = USUAL
        self._due = CLOCK.now()
        self._shown = False

    def follow(self, done: int, left: float) -> None:
        """Draw, if any comparisons are ``done`` and there is time for it, with ``left`` seconds; wait for its end."""
        if not (self._command and done and left >= SHARE * self._took and CLOCK.now() >= self._due):
            return
        began = CLOCK.now()
        if fault := self._draw():
            self._say(f"no pages before the run ends: {fault}")
            self._command = []
        ended = CLOCK.now()
        self._took = ended - began
        self._due = ended + SHARE * self._took

    def _draw(self) -> str:
        """What went wrong, or nothing."""
        try:
            drawn = subprocess.run(
                self._command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=True,
                timeout=LONGEST,
            )
        except subprocess.CalledProcessError as error:
            return _last(error.stderr) or f"{self._command[0]} ended with {error.returncode}"
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if not self._shown:
            self._say(f"first pages, still measuring: {_last(drawn.stdout)}")
            self._shown = True
        return ""


def _last(text: str) -> str:
    return text.strip().rpartition("\n")[2]

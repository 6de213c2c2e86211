"""A second process that draws charts while this one makes pages: drawing lets nobody else run in its own.

It reads a chart and writes its drawing, each as a pickle, until nobody asks any more.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Self, cast

from reports.views.charts import Chart

ROOT = Path(__file__).parents[2]


class Hand:
    """The process, for a ``with`` block. It hears no Ctrl-C, and ends with whoever asks it."""

    def __init__(self) -> None:
        """Start it; raises OSError if there can be no process."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "reports.pages.hand"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        self._asks = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it; what was not drawn yet never will be."""
        self._asks.shutdown(wait=False, cancel_futures=True)
        self._process.kill()
        self._asks.shutdown()
        self._process.communicate()

    def begin(self, chart: Chart) -> "Future[str]":
        """Have a chart drawn, after those before.

        The result raises OSError, EOFError or UnpicklingError if the process is gone.
        """
        return self._asks.submit(self._drawn, chart)

    def _drawn(self, chart: Chart) -> str:
        sent, received = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
        pickle.dump(chart, sent)
        sent.flush()
        return cast("str", pickle.load(received))


def serve(draw: Callable[[Chart], str], asked: BinaryIO, answers: BinaryIO) -> None:
    """Draw what is asked for until the other side has closed."""
    while True:
        try:
            chart = pickle.load(asked)
        except EOFError:
            return
        pickle.dump(str(draw(chart)), answers)
        answers.flush()


if __name__ == "__main__":
    from reports.pages import charts, definitions

    definitions.warm_up()
    serve(charts.drawn, sys.stdin.buffer, sys.stdout.buffer)

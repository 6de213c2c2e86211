"""The process on a host that carries out assignments: ``python -m benchmarks.machines.player PARENT``.

It is as the process of a run that measures by itself: its main thread starts launches, and nothing else runs in it. It
reads assignments from standard input and answers on what was standard output, and ends with the process of that id, or
when asked to, with everything that it has started.
"""

import os
import pickle
import struct
import sys
from typing import IO

from benchmarks.engine import guard, worker
from benchmarks.machines.assignments import Kept

SIZE = struct.Struct("!Q")  # of what follows, in bytes


def framed(content: bytes) -> bytes:
    """Bytes as they are passed between processes: their number first."""
    return SIZE.pack(len(content)) + content


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame; None at the end."""
    head = stream.read(SIZE.size)
    if len(head) < SIZE.size:
        return None
    return stream.read(SIZE.unpack(head)[0])


def carried_out(content: bytes, kept: Kept) -> bytes:
    """A pickled assignment's result, and a line that says why there is none."""
    try:
        answer = pickle.loads(content).carry_out(kept), ""
    except Exception as error:  # whatever it was, the host that asked is to hear of it
        answer = None, f"{type(error).__name__}: {error}"
    return pickle.dumps(answer)


def main() -> None:
    """Carry out what is asked for, until nobody asks any more."""
    guard.adopt_orphans()
    guard.lead(int(sys.argv[1]))
    channel = os.fdopen(os.dup(1), "wb")
    worker.silence()
    kept = Kept()
    while content := read_frame(sys.stdin.buffer):
        channel.write(framed(carried_out(content, kept)))
        channel.flush()
    kept.end()


if __name__ == "__main__":
    main()

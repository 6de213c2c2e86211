"""Imported by the server that examined processes are forked from: what they need, and then what ends it with the check.

By itself the server lives as long as anything that it has forked, and would keep a process company that hangs for ever.
What it has imported is set aside, once for all: the first trial of each process would otherwise walk it for garbage,
which took as long as twenty trials.
"""

import atexit
import gc
import os
import warnings

from benchmarks.engine import guard
from benchmarks.safety.warm import preload

preload()
guard.adopt_orphans()
guard.lead(os.getppid())
atexit.register(guard.end_descendants)
# Orphans end here without having been started here.
warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")
gc.collect()
gc.freeze()

"""The reading of the record, in three steps: to decisions, to what a page shows, and to files."""

import sys
from pathlib import Path

# As in `benchmarks`: called from a folder with a `results` of its own, ours must still be the one beside us.
sys.path.insert(0, str(Path(__file__).parents[1]))

"""How the alternatives are measured: the plan, the turn-taking engine, the families' questions and the command line."""

import sys
from pathlib import Path

# Generic names: called from a folder with a `results` or `patterns` of its own, ours must be the ones beside us.
sys.path.insert(0, str(Path(__file__).parents[1]))

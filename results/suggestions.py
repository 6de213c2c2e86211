"""What may have been meant by a wrong name."""

import difflib
from collections.abc import Iterable


def suggestion(name: str, names: Iterable[str]) -> str:
    """`` (did you mean ...?)`` with the closest name, or what there is."""
    known = sorted(set(names))
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else f" (there are: {', '.join(known)})"

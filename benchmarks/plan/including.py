"""The reader's own files, before anything is planned: which families they are for, and what is said of wrong ones."""

from collections.abc import Iterable

import patterns
from benchmarks.plan.filters import UnknownNameError
from patterns import included
from results.suggestions import suggestion


def take_in(texts: Iterable[str]) -> list[str] | None:
    """Include files, each as ``FAMILY=PATH``, and return all that are included, with absolute paths; None if none is.

    Raises UnknownNameError, which says what is wrong with one of them.
    """
    try:
        included.include(texts)
    except included.IncludeError as error:
        raise UnknownNameError(str(error)) from error
    known = patterns.families()
    for family in included.families():
        if family not in known:
            raise UnknownNameError(f"--include {family}=...: no family {family!r}{suggestion(family, known)}")
    return included.lines() or None

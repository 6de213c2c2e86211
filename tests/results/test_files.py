"""One line for an exception: what it is, and what it says or where it was raised."""

from results.files import one_line


def test_an_exception_is_its_type_and_its_first_line() -> None:
    """What follows is in the traceback."""
    assert one_line(ValueError("no\nmore")) == "ValueError: no"


def test_one_that_says_nothing_is_told_by_its_place() -> None:
    """A bare assert would leave a reason that helps nobody."""
    try:
        raise AssertionError
    except AssertionError as error:
        line = one_line(error)

    assert line.startswith("AssertionError in test_files.py, line ")
    assert line.endswith(": raise AssertionError")


def test_one_that_was_never_raised_is_its_type() -> None:
    """It has no place."""
    assert one_line(KeyError()) == "KeyError"

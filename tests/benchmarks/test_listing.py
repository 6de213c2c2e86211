"""What there is can be looked up, by people and by programs, and no name is cut."""

import json
import re

import pytest
from typer.testing import CliRunner

import patterns
from benchmarks.__main__ import app
from benchmarks.listing import FamilyListing, listing, show
from results.terminal import Terminal

ODD: FamilyListing = {
    "name": "locks",
    "problem": "Update [/x] safely",
    "alternatives": [
        {
            "name": "a_name_that_is_longer_than_most_others_are",
            "kind": "idiom",
            "loops": ["asyncio"],
            "title": "A `dict[str, Lock]` of locks [/x]",
            "requires": [],
            "path": "patterns/locks/a.py",
        }
    ],
    "workloads": [],
    "needs": [],
    "promises": [],
}


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_name_is_cut_and_no_bracket_is_markup(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal of any width."""
    show(Terminal(width=width), [ODD])
    text = capsys.readouterr().out

    assert "a_name_that_is_longer_than_most_others_are" in text
    assert {"[/x]", "`dict[str,"} <= set(text.split())


def test_a_family_shows_alternatives_sizes_and_promises() -> None:
    """Of that family alone."""
    text = CliRunner().invoke(app, ["list", "--family", "locks"], env={"COLUMNS": "200"}).stdout

    assert {"asyncio_lock", "contended", "1000,", "cancelled_waiter", "everybody", "fact)"} <= set(text.split())
    assert re.search(r"^second_thread +threads +A ledger", text, re.MULTILINE)
    assert re.search(r"^fifo +order +", text, re.MULTILINE)
    assert re.search(r"^order +usual +needs first come, first served *$", text, re.MULTILINE)
    assert "own_cache" not in text


def test_plain_lines_can_be_read_by_other_programs() -> None:
    """Six kinds of lines, whose fields are separated by tabs."""
    result = CliRunner().invoke(app, ["list", "--plain"])
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    alternatives = {(row[0], row[2]) for row in rows if row[1] == "alternative"}

    assert {row[1] for row in rows} == {"family", "alternative", "workload", "need", "promise", "fact"}
    assert alternatives == {(name, one.name) for name in patterns.families() for one in patterns.alternatives(name)}


def test_json_holds_the_same() -> None:
    """With the names of the fields."""
    found = json.loads(CliRunner().invoke(app, ["list", "--json", "--family", "locks"]).stdout)

    assert found == {"families": listing(["locks"])}


def test_a_wrong_family_is_one_line() -> None:
    """And exit code 2."""
    result = CliRunner().invoke(app, ["list", "--family", "lock"])

    assert (result.exit_code, result.stderr.strip()) == (2, "loopmark: no family matches 'lock' (did you mean locks?)")

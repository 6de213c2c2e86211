"""What a pattern file says of itself: every mistake is one line that names the file, the constant and the remedy."""

import os
import re
from pathlib import Path

import pytest

import patterns
from patterns.declarations import ALTERNATIVE, CONTRACT
from tests.conftest import ROOT

HERE = Path(__file__).parent
MISTAKES = [
    tuple(case.rstrip().split("\n=> ")) for case in (HERE / "mistakes.txt").read_text(encoding="utf-8").split("\n\n")
]
MISTAKES += [
    (f"CAVEATS = ({'x' * 301!r},)", f'CAVEATS: entry 1: "{"x" * 56}... has 301 characters: write at most 300'),
    ("CAVEATS = ({})".format('"x", ' * 51), "CAVEATS: it has 51 entries: write at most 50"),
]


def described(folder: Path, text: str, name: str = "mine.py") -> patterns.Alternative:
    """A pattern file with this content."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return patterns.describe("locks", path)


@pytest.mark.parametrize(("text", "problem"), MISTAKES)
def test_a_mistake_is_one_line_with_file_constant_and_remedy(tmp_path: Path, text: str, problem: str) -> None:
    """The line is whole, and says nothing else."""
    library = "" if "LIBRARY" in text or "LIBRARY" in problem else 'LIBRARY = "any"\n'
    found = described(tmp_path, f'"""Mine."""\n{library}{text}\n')

    assert found.problem == f"patterns/locks/mine.py: {problem}"
    assert found.problem.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        'LIBRARY: Final = "any"',
        'LIBRARY = ("any")',
        'LIBRARY = "any"\nPYTHON = ""',
        'LIBRARY = "any"\nPYTHON = ((">=3.13", "uv*"), [">=3.12", "*"])',
        'LIBRARY = "any"\nCAVEATS = ["one", "two"]',
        'LIBRARY = "any"\nCAVEATS = "one", "two"',
        'LIBRARY = "any"\nCAVEATS = ()',
        'LIBRARY = "any"\nCAVEATS = (\n    "one",\n    (\n        "two "\n        "three"\n    ),\n)',
        'LIBRARY = "any"\nKNOWN_FAILURES = (["fair", "<3.13", "seen", "uv*"],)',
        'LIBRARY = "any"\nSLOTS = object()\nKINDS = ("one",)\nprint(KINDS)',
        'LIBRARY = "any"\ndef f():\n    CAVEATS = 1\n    return CAVEATS',
    ],
)
def test_what_means_the_same_is_no_mistake(tmp_path: Path, text: str) -> None:
    """Parentheses, lists and annotations are a matter of taste, and a file may have constants of its own."""
    assert described(tmp_path, f'"""Mine."""\n{text}\n').problem == ""


def test_all_mistakes_of_a_file_are_in_its_line(tmp_path: Path) -> None:
    """Whoever mends them need not look twice."""
    found = described(tmp_path, 'CAVEATS = "one"\nPYTHON = "3"\n')

    assert [part.partition(":")[0] for part in found.problem.split("; ")] == [
        "patterns/locks/mine.py",
        "PYTHON",
        "CAVEATS",
    ]


@pytest.mark.parametrize("text", ["def broken(:", "X = \0", f"X = {'(' * 300}", f"X = {'-' * 100_000}1", "X = 'a"])
def test_what_is_no_python_is_a_mistake(tmp_path: Path, text: str) -> None:
    """Whatever Python says of it, and however deep it is nested."""
    problem = described(tmp_path, text).problem

    assert problem.startswith(("patterns/locks/mine.py: line 1: ", "patterns/locks/mine.py: cannot be read: "))
    assert problem.isprintable()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff = 1", "line 1: (unicode error) 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b"# coding: nonsense\nLIBRARY = 'any'", "cannot be read: unknown encoding: nonsense"),
        (b'"""A\\ud800."""\nLIBRARY = "any"', "docstring: line 1 holds what cannot be printed: write plain text"),
    ],
)
def test_what_is_no_text_is_a_mistake(tmp_path: Path, content: bytes, problem: str) -> None:
    """It has a source all the same, which a page can show."""
    (tmp_path / "mine.py").write_bytes(content)
    found = patterns.describe("locks", tmp_path / "mine.py")

    assert found.problem == f"patterns/locks/mine.py: {problem}"
    assert found.source


def test_what_nobody_could_copy_is_a_mistake(tmp_path: Path) -> None:
    """The record and the page would hold all of it."""
    found = described(tmp_path, '"""Mine."""\nLIBRARY = "any"\n' + "#" * 200_000)

    assert (
        found.problem
        == "patterns/locks/mine.py: cannot be read: it has more than 200000 bytes: write what somebody can copy"
    )
    assert found.source == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_what_is_no_file_is_a_mistake(tmp_path: Path) -> None:
    """The text of a pipe would be waited for."""
    os.mkfifo(tmp_path / "mine.py")
    problem = patterns.describe("locks", tmp_path / "mine.py").problem

    assert problem == "patterns/locks/mine.py: cannot be read: it is no file"


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"# coding: latin-1\n# \xe9\n"])
def test_a_file_says_in_which_encoding_it_is(tmp_path: Path, content: bytes) -> None:
    """A mark at the beginning, or a comment: what Python reads is read."""
    (tmp_path / "mine.py").write_bytes(content + b'"""Mine."""\r\nLIBRARY = "trio"\r\n')
    found = patterns.describe("locks", tmp_path / "mine.py")

    assert (found.problem, found.library, found.title) == ("", "trio", "Mine")


@pytest.mark.parametrize("name", ["my-lock.py", "class.py", "a.b.py", "\x1b[31m.py"])
def test_a_file_that_cannot_be_imported_by_its_name_is_to_be_renamed(tmp_path: Path, name: str) -> None:
    """The name is the registration: it stands in labels, addresses and commands."""
    problem = described(tmp_path, 'LIBRARY = "any"', name).problem

    assert problem.endswith("is no name that Python can import: rename it to letters, digits and underscores")
    assert problem.isprintable()


def test_what_cannot_be_opened_is_a_mistake(tmp_path: Path) -> None:
    """A folder with the name of a file, and a link to nothing."""
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "link.py").symlink_to(tmp_path / "nowhere")
    problems = [patterns.describe("locks", tmp_path / name).problem for name in ("folder.py", "link.py")]

    assert problems == [
        "patterns/locks/folder.py: cannot be read: Is a directory",
        "patterns/locks/link.py: it is missing",
    ]


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("async def ledger(): ...", {"ledger"}),
        ("class ledger: ...", {"ledger"}),
        ("from app.locks import ledger", {"ledger"}),
        ("from app.locks import Ledger as ledger", {"ledger"}),
        ("ledger = make_ledger", {"ledger"}),
        ("ledger: Callable = make_ledger", {"ledger"}),
        ("ledger = other = make_ledger", {"ledger", "other"}),
        ("ledger, _hidden = both()", {"ledger"}),
        ("if fast:\n    ledger = one\nelse:\n    def ledger(): ...", {"ledger"}),
        ("try:\n    from fast import ledger\nexcept ImportError:\n    from slow import ledger", {"ledger"}),
        ("try:\n    import fast\nexcept ImportError:\n    pass\nelse:\n    ledger = fast.ledger", {"fast", "ledger"}),
        ("with warnings():\n    import ledger", {"ledger"}),
        ("for ledger in many: ...", {"ledger"}),
        ("match x:\n    case 1:\n        ledger = 1", {"ledger"}),
        ("if TYPE_CHECKING:\n    from app.locks import ledger", set()),
        ("if __name__ == '__main__':\n    ledger = 1", set()),
        ("from functools import cache", set()),
        ("from functools import cache as ledger", {"ledger"}),
        ("[ledger for ledger in many]", set()),
        ("def _make():\n    ledger = 1", set()),
        ("ledger: Callable", set()),
        ("_ledger = 1", set()),
    ],
)
def test_what_importing_binds_is_offered(tmp_path: Path, text: str, offers: set[str]) -> None:
    """Defined, assigned or imported, wherever at the top level; what is imported from the library is a tool."""
    assert set(described(tmp_path, f"{text}\n").offers) == offers


@pytest.mark.parametrize("document", ["CONTRIBUTING.md"])
def test_contributing_names_every_constant_and_its_shape(document: str) -> None:
    """The table that people read is the table that is applied."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)

    assert {name: shape.strip() for name, shape in rows} == {
        name: constant.shape for name, constant in {**ALTERNATIVE, **CONTRACT}.items()
    }


@pytest.mark.parametrize(
    ("doc", "advice"),
    [
        ("Mine.\n\nChoose it when it is there. It costs nothing.", ""),
        ("Mine.", 'patterns/locks/mine.py: docstring: say "Choose it when ..." and say "It costs ..."'),
        (
            f"{'M' * 101}\n\nChoose it when it is there.",
            'patterns/locks/mine.py: docstring: say "It costs ..." and shorten the first line to 100 characters',
        ),
    ],
)
def test_a_text_that_lacks_something_is_advised_and_hinders_nobody(tmp_path: Path, doc: str, advice: str) -> None:
    """The docstring is the report's text."""
    found = described(tmp_path, f'"""{doc}"""\nLIBRARY = "any"')

    assert (found.problem, found.advice) == ("", advice)


@pytest.mark.parametrize("neighbour", ["lock", "mine"])
def test_a_neighbour_that_there_is_not_hinders_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, neighbour: str
) -> None:
    """Whoever takes a family away need not look through all the others."""
    monkeypatch.setattr(patterns, "HERE", tmp_path)
    (tmp_path / "mine").mkdir()
    text = f'"""Which?"""\nGROUP = "share"\nNEIGHBOURS = (("{neighbour}", "change what they share"),)'
    (tmp_path / "mine" / "__init__.py").write_text(text, encoding="utf-8")
    found = patterns.contract.__wrapped__("mine")

    assert found.problem == ""
    assert found.advice == f"patterns/mine/__init__.py: NEIGHBOURS: there is no other family {neighbour}"


CONTRACTS = [
    tuple(case.rstrip().split("\n=> ")) for case in (HERE / "contracts.txt").read_text(encoding="utf-8").split("\n\n")
]


@pytest.mark.parametrize(("text", "problem"), [(None, "it is missing"), *CONTRACTS])
def test_a_mistake_in_a_contract_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, problem: str
) -> None:
    """A folder of Python files is a family, even one that nobody has written the contract of."""
    monkeypatch.setattr(patterns, "HERE", tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "lock.py").touch()
    if text is not None:
        (tmp_path / "mine" / "__init__.py").write_text(text, encoding="utf-8")
    found = patterns.contract.__wrapped__("mine")

    assert patterns.families() == ["mine"]
    assert found.problem == f"patterns/mine/__init__.py: {problem}"

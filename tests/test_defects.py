"""A planted defect is a change of a correct implementation that applies once, or an error."""

import ast
from pathlib import Path

import pytest

from tests.defects import DefectError, plant

TWIN = '''"""A counter."""

count = 0


def add():
    global count
    count += 1
    print(count)
    print(count)
'''
DROPPED = "{ old = '''\n    count += 1\n''', new = '' }"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder of planted implementations with one family, which has a correct one."""
    (tmp_path / "counters").mkdir()
    (tmp_path / "counters" / "correct.py").write_text(TWIN)
    return tmp_path


def write(broken: Path, change: str, twin: str = "correct", fields: str = 'breaks = "counts"') -> None:
    """Write down a defect of the family."""
    text = f'[forgets]\ntwin = "{twin}"\n{fields}\nsays = "It counts nothing."\nchanges = [{change}]\n'
    (broken / "counters" / "defects.toml").write_text(text)


def test_a_defect_is_its_twin_with_one_thing_wrong(broken: Path, tmp_path: Path) -> None:
    """It says of itself what is wrong with it, so that whoever finds something else has found a surprise."""
    write(broken, DROPPED)

    plant("counters", tmp_path / "planted", broken)

    written = (tmp_path / "planted" / "forgets.py").read_text()
    assert "count += 1" not in written
    assert "print(count)\n    print(count)" in written
    assert ast.get_docstring(ast.parse(written)) == "It counts nothing."
    assert "KNOWN_FAILURES = (('counts', '', 'It counts nothing.'),)" in written
    assert (tmp_path / "planted" / "correct.py").read_text() == TWIN


def test_a_change_that_breaks_nothing_is_another_correct_implementation(broken: Path, tmp_path: Path) -> None:
    """It declares nothing, so that whatever is found of it is a surprise."""
    write(broken, "{ old = '''\n    count += 1\n''', new = '''\n    count = count + 1\n''' }", fields='breaks = ""')

    plant("counters", tmp_path / "planted", broken)

    written = (tmp_path / "planted" / "forgets.py").read_text()
    assert "    count = count + 1\n" in written
    assert "KNOWN_FAILURES" not in written


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("{ old = '''\n    count -= 1\n''', new = '' }", "change 1 applies 0 times to correct.py"),
        ("{ old = '''\n    print(count)\n''', new = '' }", "change 1 applies 2 times to correct.py"),
        ("{ old = 'count = 0', new = 'count = 1' }", "change 1 applies 0 times to correct.py"),
        (f"{DROPPED}, {DROPPED}", "change 2 applies 0 times to correct.py"),
        ("", "nothing is changed"),
        ("{ was = 'count = 0', new = '' }", "a change has new, was; wanted are new, old"),
    ],
)
def test_a_change_that_does_not_apply_once_is_an_error(
    broken: Path, tmp_path: Path, change: str, complaint: str
) -> None:
    """A defect that is none any more would prove that nothing is found."""
    write(broken, change)

    with pytest.raises(DefectError, match=f"^counters/forgets: {complaint}$"):
        plant("counters", tmp_path / "planted", broken)


def test_the_twin_must_exist(broken: Path, tmp_path: Path) -> None:
    """A twin that was renamed takes no defect with it."""
    write(broken, DROPPED, twin="perfect")

    with pytest.raises(DefectError, match=r"there is no perfect\.py to change"):
        plant("counters", tmp_path / "planted", broken)


def test_a_defect_names_the_promise_that_it_breaks(broken: Path, tmp_path: Path) -> None:
    """Without that nobody would know what should find it."""
    write(broken, DROPPED, fields="")

    with pytest.raises(DefectError, match="has changes, says, twin; wanted are breaks, changes, says, twin"):
        plant("counters", tmp_path / "planted", broken)


def test_a_defect_replaces_no_file(broken: Path, tmp_path: Path) -> None:
    """Two implementations of one name: the second would never be asked."""
    write(broken, DROPPED)
    (broken / "counters" / "forgets.py").write_text(TWIN)

    with pytest.raises(DefectError, match="there is a file of that name, too"):
        plant("counters", tmp_path / "planted", broken)

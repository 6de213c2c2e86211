"""What is told of a run: sentences with figures from its record, and a line for each that the record denies."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from reports.__main__ import app
from reports.exports import discoveries_as_markdown
from reports.kept import report
from reports.reading.measured import measurements
from reports.views.discoveries import discoveries_view
from results import record
from results.discoveries import FILE, TOLD
from tests.reports.parsed import page, text_of
from tests.reports.synthetic import NEEDS

Make = Callable[..., Any]
HEAD = 'title = "Some"\n[[discoveries]]\ntitle = "One"\nfamily = "demo"\nworkload = "busy"\nloop = "asyncio"\n'
LEAD = 'sentence = "It is {lead}."\nratios.lead = '
COST = 'sentence = "It costs {cost}."\nvalues.cost = '
HARM = 'sentence = "It {harm}."\npromises.harm = '


@pytest.fixture(name="run", scope="module")
def fixture_run(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Path:
    """A run on two loops with somebody faster, a tie, and broken promises, beside memory."""
    fakes = {
        "usual": fake(readings=(("memory", 1000.0),)),
        "quick": fake(0.5, exponent=0.3, readings=(("memory", 4000.0),)),
        "tie": fake(readings=(("memory", 1000.0),)),
        "careless": fake(0.3, breaks=(("no_leaks", "asyncio"),), readings=(("memory", 1000.0),)),
        "absent": fake(backends=()),
    }
    memory = [{"name": "memory", "title": "memory in flight", "unit": "byte", "better": "lower"}]
    run: Path = write(tmp_path_factory.mktemp("run"), fakes, readings=memory, needs=NEEDS, noise=0.001)
    return run


@pytest.fixture(name="said")
def fixture_said(run: Path) -> Callable[[str], tuple[str, ...]]:
    """The figures of a discovery, or what is wrong with it."""

    def said(text: str) -> tuple[str, ...]:
        (run / FILE).write_text(f"{HEAD}{text}", encoding="utf-8")
        view = discoveries_view(measurements(record.read(run)))
        assert view is not None
        return tuple(figure.text for one in view.told for figure in one.figures) + view.faults

    return said


def told(run: Path, *words: str) -> Result:
    """Ask for them."""
    return CliRunner().invoke(app, ["discoveries", str(run), *words])


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        (f'{LEAD}{{ row = "quick", word = "faster" }}', r"2\.00. faster \[2\.00.2\.00\]"),
        (f'{LEAD}{{ row = "quick", against = "tie", word = "faster" }}', r"2\.00. faster \[.*\]"),
        (f'{LEAD}{{ row = "usual", against = "quick", word = "slower" }}', r"2\.00. slower \[.*\]"),
        (f'{LEAD}{{ row = "tie", word = "practically the same" }}', r"practically the same \[.* to .* %\]"),
        (f'{LEAD}{{ row = "tie", loop = "uvloop", against_loop = "asyncio", word = "faster" }}', r"1\.25. faster .*"),
        (f'{LEAD}{{ row = "quick", n = 1000, word = "practically the same" }}', "practically the same .*"),
        (f'{LEAD}{{ row = "quick", measure = "memory", word = "slower" }}', r"2\.83. more .*"),
        (f'{COST}{{ row = "quick", of = "time" }}', r"5\.0\d µs"),
        (f'{COST}{{ row = "quick", of = "calls" }}', r"1\.5"),
        (f'{COST}{{ row = "quick", of = "memory in flight" }}', r"4\.0\d? kB"),
        (f'{COST}{{ row = "quick", of = "growth" }}', r"∝ n\^0\.30.*"),
        (
            f'{HARM}{{ row = "careless", promise = "no_leaks" }}',
            "breaks “Nothing is left behind, whoever is cancelled”",
        ),
        (f'{HARM}{{ row = "careless", promise = "no_leaks", words = "leaks" }}', "leaks"),
        (f'{HARM}{{ row = "quick", promise = "no_leaks", kept = true }}', "keeps “Nothing is left behind.*”"),
        (f'{HARM}{{ promise = "no_leaks" }}', "1 of 4"),
        (f'{HARM}{{ promise = "no_leaks", kept = true }}', "3 of 4"),
    ],
)
def test_a_figure_comes_from_the_record(said: Make, text: str, figure: str) -> None:
    """A ratio in the words of its measure, a cell of a row, a promise, and how many break it."""
    (found,) = said(text)

    assert re.fullmatch(figure, found)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f'{LEAD}{{ row = "tie", word = "faster" }}', "`tie` against `usual` is practically the same"),
        (f'{LEAD}{{ row = "quick", word = "slower" }}', "`quick` against `usual` is faster (2.00"),
        (f'{LEAD}{{ row = "quick", n = 1000, word = "faster" }}', "n = 1,000 on asyncio: `quick` against `usual` is"),
        (f'{LEAD}{{ row = "quikc", word = "faster" }}', "'quikc' (did you mean quick?)"),
        (f'{LEAD}{{ row = "absent", word = "faster" }}', "no row of demo, busy, n = 100 on asyncio: 'absent'"),
        (f'{LEAD}{{ row = "quick", against = "absent", word = "faster" }}', "on asyncio: 'absent'"),
        (f'{LEAD}{{ row = "usual", word = "faster" }}', "`usual` against `usual` was not compared"),
        (f'{LEAD}{{ row = "quick", family = "odd", word = "faster" }}', "no family 'odd'"),
        (f'{LEAD}{{ row = "quick", workload = "odd", word = "faster" }}', "no workload of demo 'odd'"),
        (f'{LEAD}{{ row = "quick", loop = "odd", word = "faster" }}', "no loop of demo 'odd'"),
        (f'{LEAD}{{ row = "quick", n = 7, word = "faster" }}', "no n of demo/busy '7'"),
        (f'{LEAD}{{ row = "quick", measure = "odd", word = "faster" }}', "no measure 'odd'"),
        (f'{LEAD}{{ row = "quick", measure = "p99", word = "faster" }}', "slowest 1 % was not measured"),
        (f'{COST}{{ row = "quick", of = "odd" }}', "no column of demo, busy, n = 100: 'odd'"),
        (f'{COST}{{ row = "absent", of = "time" }}', "'absent'"),
        (f'{COST}{{ row = "quick", of = "time", n = 10 }}', "rows have cells for n = 100 alone"),
        (
            f'{HARM}{{ row = "quick", promise = "no_leaks" }}',
            "`quick`, “Nothing is left behind, whoever is cancelled”: pass",
        ),
        (f'{HARM}{{ row = "careless", promise = "no_leaks", kept = true }}', "FAIL, and not kept"),
        (f'{HARM}{{ row = "quick", promise = "odd" }}', "no promise of demo 'odd'"),
        (f'{HARM}{{ promise = "no_leaks", loop = "uvloop" }}', "demo on uvloop: nobody breaks"),
        ('sentence = "It is {lead}."', "no figure 'lead'"),
        (
            'sentence = "It is."\nratios.lead = { row = "quick", word = "faster" }',
            "no place in the sentence for 'lead'",
        ),
        ('sentence = "It is 2 times faster."', "it has a number without a row"),
    ],
)
def test_what_the_record_denies_is_named(said: Make, text: str, fault: str) -> None:
    """The file, which discovery, and what the record says instead."""
    (found,) = said(text)

    assert f"{FILE}: discovery 1 (One) is left out: " in found
    assert fault in found


def test_how_many_there_are_is_no_figure(run: Path, said: Make) -> None:
    """A sentence may say for which n it speaks, and name what has a digit in its name."""
    assert said('sentence = "Of {n} jobs `job2` has the slowest 1 %."') == ()
    assert "Of 100 jobs `job2` has the slowest 1 %." in told(run).stdout


def test_a_field_that_nobody_knows_is_a_mistake(run: Path) -> None:
    """A slip of the pen would change what is compared."""
    (run / FILE).write_text(f'{HEAD}{LEAD}{{ row = "quick", agianst = "tie", word = "faster" }}', encoding="utf-8")
    result = told(run)

    assert result.exit_code == 2
    assert "unknown field `agianst` - at $.discoveries[0].ratios.lead" in result.stderr


def test_what_is_told_twice_the_same_way(run: Path, said: Make) -> None:
    """Markdown leads each figure to its row, and the row to its file; one that is denied is no Markdown but a line."""
    said(f'{LEAD}{{ row = "quick", word = "faster" }}')
    first = told(run)

    assert first.exit_code == 0
    assert re.search(r"It is \[2\.00. faster \[.*\]\]\(#row-1\)\.", first.stdout)
    assert re.search(r'1\. <a id="row-1"></a>demo, busy, .* \(\[record\]\(demo/busy\.json\), `families/', first.stdout)
    assert (run / "demo/busy.json").is_file()
    said(f'{LEAD}{{ row = "quick", word = "slower" }}')
    second = told(run)
    assert (second.exit_code, second.stdout) == (2, "")
    assert "discovery 1 (One) is left out" in second.stderr


def test_a_run_of_which_nobody_told_anything(run: Path, tmp_path: Path) -> None:
    """No page, no link, and a line that says where the sentences belong."""
    (run / FILE).unlink(missing_ok=True)
    report(run, (), tmp_path)

    assert not (tmp_path / "discoveries.html").exists()
    assert page(tmp_path, "index.html").xpath("//a[@href='discoveries.html']") == []
    assert told(run).exit_code == 2
    assert f"{FILE}: nobody wrote any discovery of it" in told(run).stderr


def test_the_page_leads_each_figure_to_its_row(run: Path, said: Make, tmp_path: Path) -> None:
    """What is denied is among the problems of the report, and an old page goes with the file."""
    good = f'{LEAD}{{ row = "quick", word = "faster" }}'
    said(good + HEAD.replace('title = "Some"', "") + f'{LEAD}{{ row = "quick", word = "slower" }}')
    built = report(run, (), tmp_path)
    (link,) = page(tmp_path, "discoveries.html").xpath("//p[@class='finding']/a")

    assert link.get("href") == "families/demo.html#busy.quick"
    assert text_of(page(tmp_path).get_element_by_id("busy.quick")).startswith("quick")
    assert text_of(page(tmp_path, "index.html").xpath("//a[@href='discoveries.html']")[0]) == "Some"
    assert [problem for problem in built.problems if "discovery 2 (One) is left out" in problem]
    (run / FILE).unlink()
    report(run, (), tmp_path)
    assert not (tmp_path / "discoveries.html").exists()


def test_the_repository_tells_what_its_run_gives() -> None:
    """Byte by byte, and nothing is denied."""
    (run,) = (record.HERE / record.REFERENCE).iterdir()
    found = measurements(record.read(run))
    view = discoveries_view(found)

    assert view is not None
    assert view.faults == ()
    assert (run / TOLD).read_bytes() == discoveries_as_markdown(view, found)

"""The pages, parsed as a browser would: complete, honest about what is missing, and harmless."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.reading.wording import DASH, TIMES
from tests.reports.parsed import built, names_in, page, text_of

Make = Callable[..., Any]
MARKUP = "<script>alert('x')</script><b>&amp;</b>"


def test_answers_are_the_first_thing_after_the_title(report: Path) -> None:
    """Title, loops, the reader's program, whether it matters, three answers, the verdict; then everything else."""
    main = page(report).find(".//main")
    assert main is not None
    order = [child.tag if child.tag == "h1" else child.get("id") or child.get("class", "") for child in main][:7]

    assert order == ["crumbs", "h1", "switch", "program", "matters", "answers", "verdict"]
    said = f"Use quick on asyncio, for a bit of everything: 2.0{TIMES} faster than usual."
    assert said in text_of(main.find_class("verdict")[0])


def test_every_loop_has_a_page_that_links_the_others(report: Path) -> None:
    """The first loop's page has the family's name, the others' theirs."""
    links = [link.get("href") for link in page(report).xpath("//nav[@aria-label='Your loop']/a")]

    assert links == ["demo.html", "demo-uvloop.html", "demo-trio.html"]
    assert all((report / "families" / str(link)).is_file() for link in links)


def test_rows_are_safe_first_then_unsafe_then_missing(report: Path) -> None:
    """Each part has its own table body behind a labelled divider, so that sorting cannot mix them."""
    table = page(report).get_element_by_id("table-busy")
    bodies = [(body.get("class"), text_of(body), names_in(body)) for body in table.findall("tbody")]

    assert [kind for kind, _, _ in bodies] == [None, "divider", "is-unsafe", "divider", "fixed"]
    assert sorted(bodies[0][2]) == ["less", "quick", "twin_of_quick", "usual"]
    assert bodies[2][2] == ["careless", "pitfall"]
    assert bodies[4][2] == ["absent", "hangs"]
    assert bodies[1][1] == "Below: found or known to be unsafe, or a trap; never picked, however fast"


def test_unsafe_winner_is_named_and_not_picked(report: Path) -> None:
    """The verdict says what it would have gained, and which promise is broken."""
    found = text_of(page(report).xpath("//*[@id='busy']//p[@class='finding']")[0])

    assert re.search(r"Use quick: .* faster \[.*\] than usual\. Practically the same: twin_of_quick\.", found)
    assert re.search(r"If you can accept less, less is .* faster \[.*\] still: “No order is kept”\.", found)
    assert re.search(
        r"careless would be .* faster \[.*\], but it failed the safety check “Nothing is left behind, .*”\.",
        found,
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [("hangs", "hung: no answer within 10 s"), ("absent", "not here: left_pad is not installed")],
)
def test_missing_is_a_state_with_its_reason(report: Path, name: str, reason: str) -> None:
    """A row without a number says why, on the page."""
    rows = page(report).xpath(f"//table[@id='table-busy']//tr[th/a[.='{name}']]")

    assert [[name, reason]] == [[text_of(cell) for cell in row] for row in rows]


def test_a_point_that_is_missing_is_a_note_on_the_row(report: Path) -> None:
    """Too slow at 10,000 is told where the alternative has its other numbers."""
    row = page(report).xpath("//table[@id='table-busy']//tr[th/a[.='quick']]")[0]

    assert "at n = 10,000: too slow: one block takes 2 s" in text_of(row)


def test_what_the_budget_left_out_is_said_once(report: Path) -> None:
    """One line below the table, not a note in every row."""
    found = [text_of(line) for line in page(report).xpath("//*[@id='busy']/p[@class='small']")]

    assert "n = 10,000 was not measured for 1 alternative: the budget of 10 s was spent." in found


def test_an_alternative_that_was_not_reached_has_no_row(tmp_path: Path, write: Make, fake: Make, absent: Make) -> None:
    """It is counted with the others that share the reason; nothing is wrong with it."""
    fakes = {"usual": fake(), "later": fake(backends=())}
    run = write(tmp_path / "run", fakes, points=(100,), absences=[absent("later", "not measured", "interrupted")])
    found = text_of(page(built(run, tmp_path / "html")).get_element_by_id("busy"))

    assert "later" not in found
    assert "Every n was not measured for 1 alternative: interrupted." in found


def test_failure_counts_only_where_it_applies(tmp_path: Path, write: Make, fake: Make) -> None:
    """Broken on asyncio, fine on uvloop: out of one verdict, the pick of the other."""
    fakes = {"usual": fake(), "quick": fake(0.5, breaks=(("no_leaks", "asyncio"),))}
    folder = built(write(tmp_path / "run", fakes, points=(100,)), tmp_path / "html")

    assert "Keep usual" in text_of(page(folder).find_class("verdict")[0])
    assert "Use quick" in text_of(page(folder, "families/demo-uvloop.html").find_class("verdict")[0])


def test_observed_failure_counts_too(tmp_path: Path, write: Make, fake: Make, absent: Make) -> None:
    """A wrong answer at one n is enough to lose the pick at every n."""
    fakes = {"usual": fake(backends=("asyncio",)), "quick": fake(0.5, backends=("asyncio",))}
    wrong = absent("quick", "wrong answer", "expected 2, got 3", n=1000)
    folder = built(write(tmp_path / "run", fakes, points=(100,), absences=[wrong]), tmp_path / "html")
    row = page(folder).xpath("//table[@id='table-busy']//tr[th/a[.='quick']]")[0]

    assert row.getparent().get("class") == "is-unsafe"
    assert "gave a wrong answer in busy" in text_of(row)


def test_own_alternatives_are_marked_with_a_bias_note(report: Path) -> None:
    """Who wrote an alternative is part of the verdict."""
    tree = page(report)

    assert "ours" in text_of(tree.xpath("//table[@id='table-busy']//tr[th/a[.='twin_of_quick']]/th")[0])
    assert "read them with that in mind" in text_of(tree.get_element_by_id("reading"))


def test_every_chart_is_one_named_image(report: Path) -> None:
    """Role, title and description for each, and nothing in it that can take the focus."""
    charts = page(report).xpath("//*[local-name()='svg']")

    assert len(charts) == 4  # ratio and growth of two workloads
    for chart in charts:
        title, description = str(chart.get("aria-labelledby")).split()
        assert chart.get("role") == "img"
        assert [title] == chart.xpath("./*[local-name()='title' and text()]/@id")
        assert [description] == chart.xpath("./*[local-name()='desc' and text()]/@id")
        assert chart.xpath(".//*[@tabindex] | .//*[local-name()='a']") == []


def test_growth_has_exponents(report: Path) -> None:
    """The fitted power of n is in the table and at the end of the line."""
    tree = page(report)
    row = tree.xpath("//table[@id='table-busy']//tr[th/a[.='twin_of_quick']]")[0]

    assert re.search(r"n0\.(29|30|31) \[0\.\d\d to 0\.\d\d\]", text_of(row))
    assert re.search(r"∝ n\^0\.(29|30|31) \[0\.\d\d to 0\.\d\d\]", text_of(tree.get_element_by_id("busy")))


def test_crossover_in_words(report: Path) -> None:
    """Two leaders, one at each end, and where they change places."""
    found = text_of(page(report).get_element_by_id("busy"))

    assert re.search(
        r"twin_of_quick is the fastest at 10 tasks, quick at 1,000: they cross at about \d+ tasks\.", found
    )


def test_lines_that_do_not_cross_are_told_as_well(tmp_path: Path, write: Make, fake: Make) -> None:
    """Below every picture of growth: one is ahead at both ends, or two by too little to say where they cross."""
    apart = {"usual": fake(), "quick": fake(0.5, exponent=0.2)}
    close = {"usual": fake(), "quick": fake(0.999, exponent=0.003)}
    told = []
    for name, fakes in (("apart", apart), ("close", close)):
        folder = built(write(tmp_path / name, fakes), tmp_path / f"{name}.html")
        captions = page(folder).get_element_by_id("busy").xpath(".//figcaption[starts-with(., 'How does it grow?')]")
        told += [text_of(caption) for caption in captions]

    assert "Of what suits most programs, quick takes the least at 10 tasks and at 1,000: no crossing." in told[0]
    assert "quick takes the least at 10 tasks, usual at 1,000: by too little to say where they cross." in told[1]


def test_loops_are_compared_in_pairs(report: Path) -> None:
    """Times on uvloop are 0.8 of those on asyncio, and the best of trio stands against the best of asyncio."""
    found = page(report, "families/demo-measures.html").get_element_by_id("loops-of-busy")
    ratio, word = [text_of(cell) for cell in found.xpath(".//tr[th[text()='usual']]/td")][:2]

    assert re.match(rf"0\.(79|80)\d?{TIMES} \[0\.\d+{DASH}0\.\d+\]", ratio)
    assert word == "faster"
    assert re.search(
        r"The pick on trio, trio_usual, is 2\.99. slower \[.*\] than the pick on asyncio, quick\.", text_of(found)
    )

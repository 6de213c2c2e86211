"""The code of the alternatives: what is picked beside the numbers, everything on a page of its own."""

from pathlib import Path

from tests.reports.parsed import page, text_of
from tests.reports.synthetic import FITTING, SOURCE

ALL = ["absent", "careless", "hangs", "less", "pitfall", "quick", "trio_usual", "twin_of_quick", "usual"]


def test_picked_alternative_has_its_code_open(report: Path) -> None:
    """The winner's source needs no click, and no other page."""
    sources = page(report).xpath("//details[@class='source']")

    assert [(source.xpath("./p/@id"), source.get("open")) for source in sources] == [(["code-quick"], "")]
    assert 'return f"done {n}"' in text_of(sources[0])


def test_the_others_are_listed_with_the_place_of_their_code(report: Path) -> None:
    """Those that ran on this loop; their names in the table lead to the same place."""
    tree = page(report)
    links = tree.xpath("//section[@id='code']/ul/li/a")

    assert [text_of(link) for link in links] == [name for name in ALL if name not in ("quick", "trio_usual")]
    assert {link.get("href") for link in links} < set(tree.xpath("//table[@id='table-busy']//th/a/@href"))
    assert links[0].get("href") == "demo-code.html#code-absent"


def test_every_code_is_on_one_page(report: Path) -> None:
    """Whatever loop it runs on, each with the pages that say what was found of it."""
    sources = page(report, "families/demo-code.html").xpath("//details[@class='source']")
    links = {text_of(one.find("./summary/code")): one.xpath(".//p[starts-with(., 'What')]/a/@href") for one in sources}

    assert list(links) == ALL
    assert all('return f"done {n}"' in text_of(source) for source in sources)
    assert links["trio_usual"] == ["demo-trio-safety.html#e-trio_usual"]
    assert links["usual"] == ["demo-safety.html#e-usual", "demo-uvloop-safety.html#e-usual"]


def test_what_is_copied_is_counted_and_told_apart_from_its_fitting(report: Path) -> None:
    """The two parts are the source, to the last blank; an older record has one part, which is copied whole."""
    sources = page(report, "families/demo-code.html").xpath("//details[@class='source']")
    parts = {
        text_of(one.find("./summary/code")): [code.text_content() for code in one.xpath("./pre/code")]
        for one in sources
    }
    counts = {
        text_of(one.find("./summary/code")): text_of(one.xpath("./p[contains(., 'to copy')]")[0]) for one in sources
    }

    assert (parts["quick"], parts["usual"]) == ([SOURCE, FITTING], [SOURCE])
    assert counts["quick"] == "6 lines to copy; what follows fits them to the contract"
    assert counts["usual"] == "6 lines to copy"

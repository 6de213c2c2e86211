"""The pages, parsed as a browser would: complete, honest about what is missing, and harmless."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from reports.measured import measurements
from reports.pages import build
from reports.wording import DASH, TIMES
from results import record

Make = Callable[..., Any]
MARKUP = "<script>alert('x')</script><b>&amp;</b>"


def built(run: Path, output: Path) -> Path:
    """Build a run's report and return its folder."""
    return build(measurements(record.read(run)), output).parent


def tree_of(path: Path) -> Any:
    """A page as a tree."""
    return html.fromstring(path.read_text(encoding="utf-8"))


def page(folder: Path, name: str = "families/demo.html") -> Any:
    """One of a report's pages."""
    return tree_of(folder / name)


def text_of(element: Any) -> str:
    """Its text with single spaces."""
    return " ".join(str(element.text_content()).split())


@pytest.fixture(name="usual_run", scope="module")
def fixture_usual_run(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make, absent: Make) -> Path:
    """A run with everything in it: a winner, ties, an unsafe one, a trap, caveats, absences, three loops."""
    fakes = {
        "usual": fake(backends=("asyncio", "uvloop")),
        "quick": fake(0.5, exponent=-0.1, kind="own", title="`quick`: fast"),
        "twin_of_quick": fake(0.5, exponent=0.3, kind="package"),
        "careless": fake(0.3, breaks=(("no_leaks", "asyncio"), ("no_leaks", "uvloop"))),
        "pitfall": fake(3.0, kind="trap"),
        "less": fake(0.25, caveats=("No order is kept.",)),
        "trio_usual": fake(1.5, backends=("trio",)),
        "hangs": fake(backends=()),
        "absent": fake(backends=()),
    }
    absences = [
        absent("hangs", "hung", "no answer within 10 s"),
        absent("absent", "not here", "left_pad is not installed"),
        absent("quick", "too slow", "one block takes 2 s", n=10_000),
        absent("usual", "not measured", "the budget of 10 s was spent", n=10_000),
    ]
    return Path(write(tmp_path_factory.mktemp("run"), fakes, workloads=("busy", "mostly_idle"), absences=absences))


@pytest.fixture(name="report", scope="module")
def fixture_report(tmp_path_factory: pytest.TempPathFactory, usual_run: Path) -> Path:
    """Its report."""
    return built(usual_run, tmp_path_factory.mktemp("html"))


def test_verdict_is_the_first_thing_after_the_title(report: Path) -> None:
    """Title, loops, verdict; then everything else."""
    main = page(report).find(".//main")
    assert main is not None
    order = [child.tag if child.tag == "h1" else child.get("class", "") for child in main][:4]

    assert order == ["crumbs", "h1", "switch", "verdict"]
    assert "Use quick on asyncio: faster than usual in all 2 workloads." in text_of(main.find_class("verdict")[0])


def test_every_loop_has_a_page_that_links_the_others(report: Path) -> None:
    """The first loop's page has the family's name, the others' theirs."""
    links = [link.get("href") for link in page(report).xpath("//nav[@aria-label='Your loop']/a")]

    assert links == ["demo.html", "demo-uvloop.html", "demo-trio.html"]
    assert all((report / "families" / str(link)).is_file() for link in links)


def names_in(body: Any) -> list[str]:
    """The alternatives of a table body, in order."""
    return [text_of(link) for link in body.xpath("./tr/th/a")]


def test_rows_are_safe_first_then_unsafe_then_missing(report: Path) -> None:
    """Each part has its own table body behind a labelled divider, so that sorting cannot mix them."""
    table = page(report).get_element_by_id("table-busy")
    bodies = [(body.get("class"), text_of(body), names_in(body)) for body in table.findall("tbody")]

    assert [kind for kind, _, _ in bodies] == [None, "divider", None, "divider", "fixed"]
    assert sorted(bodies[0][2]) == ["less", "quick", "twin_of_quick", "usual"]
    assert bodies[2][2] == ["careless", "pitfall"]
    assert bodies[4][2] == ["absent", "hangs"]
    assert bodies[1][1] == "Known to be unsafe, or a trap: never picked"


def test_unsafe_winner_is_named_and_not_picked(report: Path) -> None:
    """The verdict says what it would have gained, and which promise is broken."""
    found = text_of(page(report).xpath("//section[@id='busy']//p[@class='finding']")[0])

    assert re.search(r"Use quick: .* faster \[.*\] than usual\. Practically the same: twin_of_quick\.", found)
    assert re.search(r"If you can accept less, less is .* faster \[.*\] still: “No order is kept”\.", found)
    assert re.search(r"careless would be .* faster \[.*\], but is known to break: no leaks\.", found)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("hangs", "hung: no answer within 10 s"), ("absent", "not here: left_pad is not installed")],
)
def test_missing_is_a_state_with_its_reason(report: Path, name: str, reason: str) -> None:
    """A row without a number says why, on the page."""
    rows = page(report).xpath(f"//table[@id='table-busy']//tr[th/a[text()='{name}']]")

    assert [[name, reason]] == [[text_of(cell) for cell in row] for row in rows]


def test_a_point_that_is_missing_is_a_note_on_the_row(report: Path) -> None:
    """Too slow at 10,000 is told where the alternative has its other numbers."""
    row = page(report).xpath("//table[@id='table-busy']//tr[th/a[text()='quick']]")[0]

    assert "at n = 10,000: too slow: one block takes 2 s" in text_of(row)


def test_what_the_budget_left_out_is_said_once(report: Path) -> None:
    """One line below the table, not a note in every row."""
    found = [text_of(line) for line in page(report).xpath("//section[@id='busy']/p[@class='small']")]

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
    row = page(folder).xpath("//table[@id='table-busy']//tr[th/a[text()='quick']]")[0]

    assert row.get("class") == "is-unsafe"
    assert "breaks: it gave a wrong answer in busy" in text_of(row)


def test_own_alternatives_are_marked_with_a_bias_note(report: Path) -> None:
    """Who wrote an alternative is part of the verdict."""
    tree = page(report)

    assert "ours" in text_of(tree.xpath("//table[@id='table-busy']//tr[th/a[text()='quick']]/th")[0])
    assert "read them with that in mind" in text_of(tree.get_element_by_id("reading"))


def test_every_chart_is_one_named_image(report: Path) -> None:
    """Role, title and description for each, and nothing in it that can take the focus."""
    charts = page(report).xpath("//*[local-name()='svg']")

    assert len(charts) >= 5  # ratio and growth of two workloads, and the loops
    for chart in charts:
        title, description = str(chart.get("aria-labelledby")).split()
        assert chart.get("role") == "img"
        assert [title] == chart.xpath("./*[local-name()='title' and text()]/@id")
        assert [description] == chart.xpath("./*[local-name()='desc' and text()]/@id")
        assert chart.xpath(".//*[@tabindex] | .//*[local-name()='a']") == []


def test_growth_has_exponents(report: Path) -> None:
    """The fitted power of n is in the table and at the end of the line."""
    tree = page(report)
    row = tree.xpath("//table[@id='table-busy']//tr[th/a[text()='twin_of_quick']]")[0]

    assert re.search(r"n0\.(29|30|31) \[0\.\d\d to 0\.\d\d\]", text_of(row))
    assert re.search(r"twin_of_quick ∝ n\^0\.(29|30|31)", text_of(tree.get_element_by_id("busy")))


def test_crossover_in_words(report: Path) -> None:
    """Two leaders, one at each end, and where they change places."""
    found = text_of(page(report).get_element_by_id("busy"))

    assert re.search(
        r"twin_of_quick is the fastest at 10 tasks, quick at 1,000: they cross at about \d+ tasks\.", found
    )


def test_loops_are_compared_in_pairs(report: Path) -> None:
    """Times on uvloop are 0.8 of those on asyncio, and the best of trio stands against the best of asyncio."""
    found = page(report).get_element_by_id("loops-of-busy")
    ratio, word = [text_of(cell) for cell in found.xpath(".//tr[th[text()='usual']]/td")][:2]

    assert re.match(rf"0\.(79|80)\d?{TIMES} \[0\.\d+{DASH}0\.\d+\]", ratio)
    assert word == "faster"
    assert re.search(
        r"The pick on trio, trio_usual, is 2\.99. slower \[.*\] than the pick on asyncio, quick\.", text_of(found)
    )


def test_every_link_on_the_pages_leads_somewhere(report: Path) -> None:
    """Anchors exist, files exist, and nothing but evidence points outside."""
    for path in [report / "index.html", *(report / "families").glob("*.html")]:
        tree = tree_of(path)
        identifiers = set(tree.xpath("//@id"))
        for link in map(str, tree.xpath("//@href")):
            target, _, anchor = link.partition("#")
            if link.startswith("https://"):
                assert link == "https://example.org/issue/1"
            elif target:
                assert (path.parent / target).is_file(), link
            else:
                assert anchor in identifiers, link


def test_raw_data_lies_beside_the_pages_with_its_hash(report: Path, usual_run: Path) -> None:
    """The copy is the file that was read."""
    links = page(report).xpath("//ul[@class='files']//a/@href")

    assert "../data/demo/busy.json" in links
    assert (usual_run / "demo/busy.json").read_bytes() == (report / "data/demo/busy.json").read_bytes()


def test_exact_command_is_on_the_page(report: Path) -> None:
    """Whoever doubts a number can measure it again."""
    assert page(report).xpath("//pre[@class='command']/code/text()") == [
        "python -m benchmarks run --family demo --seed 7"
    ]


def test_nothing_is_requested(report: Path) -> None:
    """No address that a browser would load by itself, in markup or style."""
    for path in report.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        tree = html.fromstring(text)

        assert tree.xpath("//@src | //link | //@srcset | //img | //iframe | //object | //*[local-name()='use']") == []
        assert not re.search(r"@import|url\(", text)


def test_identifiers_are_unique(report: Path) -> None:
    """A link has one target, an image one title."""
    for path in report.rglob("*.html"):
        counted = Counter(tree_of(path).xpath("//@id"))

        assert [name for name, number in counted.items() if number > 1] == [], path.name


def test_tables_can_be_read_aloud(report: Path) -> None:
    """Every table has a caption, and every heading says what it heads."""
    for path in report.rglob("*.html"):
        tree = tree_of(path)

        assert tree.xpath("//table[not(caption)]") == []
        assert tree.xpath("//th[not(@scope)]") == []


def test_picked_alternative_has_its_code_open(report: Path) -> None:
    """The winner's source comes first and needs no click; the others are one click away."""
    sources = page(report).xpath("//details[@class='source']")

    assert [source.get("id") for source in sources if source.get("open") is not None] == ["code-quick"]
    assert sources[0].get("id") == "code-quick"
    assert 'return f"done {n}"' in text_of(sources[0])


def test_building_twice_gives_the_same_bytes(usual_run: Path, report: Path, tmp_path: Path) -> None:
    """A report can be committed and compared."""
    again = built(usual_run, tmp_path)
    names = sorted(path.relative_to(report) for path in report.rglob("*") if path.is_file())

    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    for name in names:
        assert (report / name).read_bytes() == (again / name).read_bytes(), name


def test_markup_in_the_record_is_text(tmp_path: Path, write: Make, fake: Make, absent: Make) -> None:
    """Names, titles, docstrings, sources, caveats, reasons, evidence and questions are shown, not obeyed."""
    fakes = {
        "usual": fake(),
        MARKUP: fake(
            0.5,
            kind=MARKUP,
            title=MARKUP,
            doc=f"{MARKUP}\n\n{MARKUP}",
            source=f'"""{MARKUP}"""\nless = {MARKUP}',
            caveats=(MARKUP,),
            breaks=((MARKUP, "asyncio"),),
        ),
        "gone": fake(backends=()),
    }
    run = write(
        tmp_path / "run",
        fakes,
        workloads=("busy",),
        question=f"{MARKUP}\n\n{MARKUP}",
        absences=[absent("gone", "raised", MARKUP)],
        preset=MARKUP,
    )
    folder = built(run, tmp_path / "html")

    for path in folder.rglob("*.html"):
        tree = tree_of(path)
        assert len(tree.xpath("//script")) == 1, path.name  # ours
        assert MARKUP in text_of(tree)


def budget_run(write: Make, fake: Make, folder: Path) -> Path:
    """As large as a family gets: twenty alternatives, seven workloads, three points."""
    source = "\n".join(
        f"async def step_{number}(value: int) -> int:\n    return value + {number}\n" for number in range(20)
    )
    names = [f"an_alternative_with_a_name_{number}" for number in range(19)]
    fakes = {"usual": fake(source=source)} | {
        name: fake(0.5 + number / 10, exponent=0.1, source=source, caveats=(f"Caveat {number}.",))
        for number, name in enumerate(names)
    }
    workloads = tuple(f"workload_{number}" for number in range(7))
    return Path(write(folder, fakes, workloads=workloads, launches=6, rounds=1))


def test_pages_stay_small(tmp_path: Path, write: Make, fake: Make) -> None:
    """300 KB for a large family, 150 KB for the index."""
    folder = built(budget_run(write, fake, tmp_path / "run"), tmp_path / "html")

    assert (folder / "families/demo.html").stat().st_size <= 300_000
    assert (folder / "index.html").stat().st_size <= 150_000


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"preset": "smoke"}, "Preliminary, do not quote: this is a smoke run"),
        ({"preset": "quick"}, "Preliminary, do not quote: this is a quick run"),
        ({"state": "interrupted"}, "Preliminary, do not quote: the run is interrupted"),
        ({"twin_factor": 1.2}, "The noise check failed"),
    ],
)
def test_banners(tmp_path: Path, write: Make, fake: Make, changes: dict[str, Any], text: str) -> None:
    """What should make a reader careful stands above the numbers."""
    run = write(tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, points=(100,), **changes)
    banners = page(built(run, tmp_path / "html")).xpath("//*[@role='note']")

    assert any(text_of(banner).startswith(text) for banner in banners)


def test_quiet_complete_run_has_no_banner(report: Path) -> None:
    """A banner that is always there is never read."""
    assert page(report).xpath("//*[@role='note']") == []


def test_one_launch_is_one_look(tmp_path: Path, write: Make, fake: Make) -> None:
    """Ratios without intervals, no words, no recommendation."""
    run = write(tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, points=(10,), launches=1, preset="smoke")
    tree = page(built(run, tmp_path / "html"))

    assert "1 look, no interval: quick was the fastest" in text_of(tree.get_element_by_id("busy"))
    assert "Nothing can be recommended on asyncio from this run." in text_of(tree.find_class("verdict")[0])
    assert tree.find_class("pick") == []


def test_nothing_measured_is_still_a_page(tmp_path: Path, write: Make, fake: Make, absent: Make) -> None:
    """Every alternative missing: reasons instead of numbers, and no chart."""
    fakes = {name: fake(backends=()) for name in ("usual", "quick")}
    absences = [absent(name, "raised", f"{name} cannot be read") for name in fakes]
    run = write(tmp_path / "run", fakes, points=(), absences=absences)
    folder = built(run, tmp_path / "html")

    assert "Nothing was measured on asyncio" in text_of(page(folder).find_class("verdict")[0])
    assert "raised: quick cannot be read" in text_of(page(folder))
    assert "nothing measured" in text_of(page(folder, "index.html"))


def test_run_without_families_is_still_an_index(tmp_path: Path, write: Make) -> None:
    """Nothing to say is said."""
    run = write(tmp_path / "run", {}, workloads=(), points=())
    path = run / "suite.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(suite | {"families": {}}), encoding="utf-8")

    assert "no family that could be drawn" in text_of(page(built(run, tmp_path / "html"), "index.html"))


def damage(run: Path, how: str) -> str:
    """Damage the times of one workload; returns what the page must name."""
    path = run / "demo" / "busy.json"
    if how == "cut off":
        path.write_text(path.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    elif how == "gone":
        path.unlink()
    else:  # a pyperf file from elsewhere: without our metadata
        text = path.read_text(encoding="utf-8").replace('"alternative"', '"somebody"')
        path.write_text(text, encoding="utf-8")
    return "busy.json"


@pytest.mark.parametrize("how", ["cut off", "gone", "foreign"])
def test_damaged_times_are_named_and_the_rest_is_drawn(tmp_path: Path, write: Make, fake: Make, how: str) -> None:
    """One line for the file, and the other workload as usual."""
    run = write(
        tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, workloads=("busy", "idle"), points=(100,), rounds=2
    )
    name = damage(run, how)
    tree = page(built(run, tmp_path / "html"))

    assert sum(name in text_of(line) for line in tree.xpath("//div[@role='note']//li")) == 1
    assert "Use quick" in text_of(tree.get_element_by_id("idle"))
    assert "Nothing was measured" in text_of(tree.get_element_by_id("busy"))


def test_damaged_family_is_named_and_left_out(tmp_path: Path, write: Make, fake: Make) -> None:
    """A family without its workloads cannot be drawn; the index says so."""
    run = write(tmp_path / "run", {"usual": fake()}, points=(100,), rounds=1)
    path = run / "suite.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    suite["families"]["other"] = {"doc": "Half a family."}
    path.write_text(json.dumps(suite), encoding="utf-8")
    folder = built(run, tmp_path / "html")

    assert "family other is left out" in text_of(page(folder, "index.html"))
    assert (folder / "families/demo.html").is_file()


def test_index_has_a_line_for_every_workload(report: Path) -> None:
    """Question, pick, ratio with interval and ties, for each loop."""
    tables = page(report, "index.html").xpath("//table")
    rows = [text_of(row) for row in tables[0].xpath(".//tbody/tr")]

    assert [re.match(r"Picks on ([\w-]+)", text_of(table))[1] for table in tables] == ["asyncio", "uvloop", "trio"]  # type: ignore[index]
    assert rows[0].startswith("Do a thing demo: 6 alternatives, 1 known to be unsafe")
    assert re.match(r"busy quick 0\.50\d?. \[0\.\d+.0\.\d+\] faster twin_of_quick", rows[1])
    assert rows[2].startswith("mostly idle quick")

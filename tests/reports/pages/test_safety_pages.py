"""Safety on the pages: who is safe, what was seen, and where each cell leads."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.reading.safety import Answer, Question
from reports.reading.wording import DASH, TIMES
from results import safety
from tests.reports.parsed import built, cells_of, names_in, page, row_of, text_of

Make = Callable[..., Any]
LEAKS = (("no_leaks", "asyncio"),)
VERSIONS = (("anyio", "4.0"), ("left_pad", "1.3.0"))
EVIDENCE = "families/demo-safety.html"
COMMAND = safety.trial_command("demo", "quick", "asyncio", ["no_leaks"], 2, 5)


@pytest.fixture(name="folder", scope="module")
def fixture_folder(
    tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make, found: Make, safety_of: Make
) -> Path:
    """The report of a run in which every state occurs."""
    fakes = {
        "usual": fake(),
        "quick": fake(0.5, kind="package", versions=VERSIONS, requires=("left_pad>=1.2",), breaks=LEAKS),
        "sly": fake(0.7),
        "mended": fake(0.8, breaks=(("wakes_next", "asyncio"),)),
        "exempt": fake(2.0),
        "half": fake(3.0),
        "feared": fake(0.6, breaks=LEAKS),
        "pitfall": fake(4.0, kind="trap"),
    }
    changed = [
        found("sly", "asyncio", "wakes_next", state="FAIL", reason="C never woke"),
        found("mended", "asyncio", "wakes_next", declared=True, evidence="it waits for ever"),
        found("exempt", "asyncio", "no_leaks", state="not applicable", reason="it starts nothing", trials=0),
        found("half", "asyncio", "wakes_next", state="not tested", reason="interrupted", trials=0),
        found("feared", "asyncio", "no_leaks", state="not tested", reason="left_pad is not installed", trials=0),
        found("pitfall", "asyncio", "wakes_next", trials=75),
        found("usual", "asyncio", "fifo", state="no"),
    ]
    record = safety_of(fakes, *changed, versions={"python": "3.13.1", "left_pad": "1.3.1"}, kept=31)
    run = write(tmp_path_factory.mktemp("run"), fakes, points=(100,), safety=record)
    return built(run, tmp_path_factory.mktemp("html"))


@pytest.mark.parametrize(
    ("name", "question", "text"),
    [
        ("usual", "no leaks", "✓ pass 50"),
        ("quick", "no leaks", "✗ FAIL"),
        ("feared", "no leaks", "✗ known"),
        ("exempt", "no leaks", f"{DASH} n/a"),
        ("half", "wakes next", "? not tested"),
        ("usual", "fact: fifo", "no"),
        ("quick", "fact: fifo", "yes"),
    ],
)
def test_matrix_has_symbol_and_word(folder: Path, name: str, question: str, text: str) -> None:
    """Never colour alone; a pass says how often, a fact is a plain answer."""
    assert text == text_of(cells_of(page(folder), "matrix", name)[question])


def test_how_measuring_may_end_is_no_question(tmp_path: Path, write: Make, fake: Make) -> None:
    """An alternative declares that it may raise while it is measured: its row says so then, and no column asks it."""
    fakes = {"usual": fake(), "sly": fake(0.5, breaks=(*LEAKS, ("raised", "asyncio")))}
    run = write(tmp_path / "run", fakes, points=(100,), safety=None)
    asked = cells_of(page(built(run, tmp_path / "html")), "matrix", "sly").keys()

    assert {"no leaks", "raised"} & asked == {"no leaks"}


def test_every_cell_of_the_matrix_leads_to_its_evidence(folder: Path) -> None:
    """To an element that names the alternative: all that failed, and whoever was mended.

    A pass says itself how often; the row's name leads to the rest, with the reasons of what was not asked.
    """
    tree = page(folder)
    links = tree.xpath("//table[@id='matrix']//td/a")
    names = tree.xpath("//table[@id='matrix']//tr[td]/th/a")

    assert sorted(text_of(link) for link in links) == sorted(["✗ FAIL", "✗ FAIL", "✗ known", "✓ pass"])
    assert len(names) == 8
    for link in [*links, *names]:
        name = text_of(link.xpath("ancestor::tr/th/a")[0])
        proof = next(iter(led_to(folder, link).xpath("ancestor-or-self::div[@class='proof']")))
        assert name == text_of(proof.find(".//code"))


def led_to(folder: Path, link: Any) -> Any:
    """What a link leads to on the page of the evidence."""
    file, _, anchor = link.get("href").partition("#")
    assert f"families/{file}" == EVIDENCE
    return page(folder, EVIDENCE).get_element_by_id(anchor)


def test_every_heading_leads_to_its_definition(folder: Path) -> None:
    """Promise, harm and example are one click away."""
    heads = page(folder).xpath("//table[@id='matrix']/thead//a")
    tree = page(folder, EVIDENCE)

    assert [text_of(head) for head in heads] == ["no leaks", "wakes next", "fact: fifo"]
    for head in heads:
        assert text_of(led_to(folder, head).find("h3")).startswith(text_of(head).removeprefix("fact: "))
    assert [text_of(part) for part in tree.get_element_by_id("p-wakes_next")] == [
        "wakes next",
        "A cancelled waiter wakes the next one.",
        "Nobody is woken, and everybody waits for ever.",
        "await lock.acquire()",
    ]
    assert "fact, not judged" in text_of(tree.get_element_by_id("p-fifo"))


def test_what_everybody_keeps_is_folded(tmp_path: Path, write: Make, fake: Make, found: Make, safety_of: Make) -> None:
    """The matrix has the columns that tell its rows apart; below it stand the others, with the fewest trials."""
    fakes = {"usual": fake(), "quick": fake(0.5)}
    record = safety_of(
        fakes,
        found("quick", "asyncio", "no_leaks", state="FAIL", reason="a task is left"),
        found("quick", "asyncio", "wakes_next", trials=20),
    )
    tree = page(built(write(tmp_path / "run", fakes, points=(100,), safety=record), tmp_path / "html"))
    kept = tree.get_element_by_id("kept")

    assert [text_of(head) for head in tree.xpath("//table[@id='matrix']/thead//a")] == ["no leaks", "fact: fifo"]
    assert text_of(kept) == "1 more, kept by all wakes next (20 trials)."
    assert kept.xpath(".//a/@href") == ["demo-safety.html#p-wakes_next"]


def test_evidence_of_a_failure(folder: Path) -> None:
    """What was seen, in which trial, the traceback, the command that repeats it, and what the file says."""
    entry = page(folder, EVIDENCE).get_element_by_id("e-quick.no_leaks")

    assert "✗ FAIL no leaks: one task is left trial 3, seed 2, tick 5" in text_of(entry)
    assert [pre.text_content() for pre in entry.findall("pre")] == [
        "patterns/demo/it.py:7 in wait",
        COMMAND,
    ]
    assert entry.xpath(".//a[@href='https://example.org/issue/1']")
    assert "anyio 4.0 and left_pad 1.3.1" in text_of(entry.getparent())


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (["asyncio/runners.py:1 in run", "benchmarks/families/x/promises.py:2 in x", "Error: left"], 1),
        (["benchmarks/families/x/promises.py:2 in x", "patterns/x/y.py:3 in y", "Error: other"], 3),
        (["asyncio/runners.py:1 in run", "/app/locking.py:3 in y", "Error: other"], 2),
        (["loop.pyx:1 in run", "Error: other"], 2),
        ([], 0),
    ],
)
def test_traceback_says_what_is_not_said_already(lines: list[str], shown: int) -> None:
    """From our own code on where there is any, and without the error that the reason has told."""
    question, path = Question("x", "", "", "", fact=False), "/app/locking.py"  # a reader's
    answer = Answer(question, "FAIL", reason="left", traceback=tuple(lines), path=path)

    assert answer.frames == tuple([line for line in lines if "/runners" not in line][:shown])


@pytest.mark.parametrize(
    ("anchor", "text"),
    [
        ("e-exempt.no_leaks", f"{DASH} n/a no leaks: it starts nothing"),
        ("e-half.wakes_next", "? not tested wakes next: interrupted"),
        ("e-feared.no_leaks", "✗ known no leaks: not tested here (left_pad is not installed)"),
        ("e-sly.wakes_next", "✗ FAIL wakes next: C never woke trial 3, seed 2, tick 5"),
        ("e-mended.wakes_next", "✓ pass wakes next: 50 trials Its file says that it fails here: it waits for ever"),
    ],
)
def test_evidence_of_everything_else_but_passes(folder: Path, anchor: str, text: str) -> None:
    """The reason of a cell that does not apply, the declaration of one that nobody tested."""
    assert text_of(page(folder, EVIDENCE).get_element_by_id(anchor)).startswith(text)


def test_passes_are_told_with_their_trials(folder: Path) -> None:
    """One paragraph for an alternative that keeps everything; only unusual numbers need the names."""
    proofs = [text_of(page(folder, EVIDENCE).get_element_by_id(f"e-{name}")) for name in ("usual", "pitfall")]

    assert proofs[1] == "pitfall trap ✓ passed 50 trials: no leaks; 75 trials: the other 1. Facts fifo: yes."
    assert proofs[0] == "usual ✓ passed 50 trials: all 2 promises. Facts fifo: no."


def test_a_pass_is_no_proof(folder: Path) -> None:
    """The page says how much so many trials are worth."""
    told = text_of(page(folder, EVIDENCE))

    assert "That is no proof: no failure in n trials bounds the rate of failures" in told
    assert "at about 3/n (50 trials at about 6 %)" in told


def test_unsafe_rows_are_below_the_divider(folder: Path) -> None:
    """What was found, what is declared and untested, and traps; a declared failure that passed condemns nobody."""
    for table in ("matrix", "table-busy"):
        bodies = page(folder).get_element_by_id(table).findall("tbody")
        assert [body.get("class") for body in bodies][1] == "divider"
        assert sorted(names_in(bodies[0])) == ["exempt", "half", "mended", "usual"]
        assert sorted(names_in(bodies[2])) == ["feared", "pitfall", "quick", "sly"]


def test_unsafe_only_where_it_failed(folder: Path) -> None:
    """On the other loop the same alternative passes, and wins."""
    tree = page(folder, "families/demo-uvloop.html")

    assert row_of(tree, "table-busy", "quick").get("class") == "is-pick"
    assert "Safety on uvloop: 7 of 8 safe." in text_of(tree.find_class("verdict")[0])


def test_verdict_says_what_is_out_and_how_many_are_safe(folder: Path) -> None:
    """The fastest failed: its promise is in the verdict in plain words."""
    verdict = text_of(page(folder).find_class("verdict")[0])

    assert "not quick, although faster in busy: it failed the safety check “Nothing is left behind, who" in verdict
    assert "Safety on asyncio: 3 of 7 safe, 1 not fully tested." in verdict


def test_reason_is_beside_the_name(folder: Path) -> None:
    """In words, whatever the columns say."""
    assert "breaks: wakes next" in text_of(cells_of(page(folder), "table-busy", "sly")["Alternative"])


def test_charts_say_unsafe_in_words(folder: Path) -> None:
    """A hollow red mark is not enough for those who do not see red."""
    chart = page(folder).xpath("//*[@id='busy']//*[local-name()='svg']")[0]
    said = [text_of(text) for text in chart.xpath(".//*[local-name()='text']")]

    assert [text.partition(TIMES)[0] for text in said if text.endswith("faster, unsafe")] == ["2.00", "1.67", "1.43"]


def test_surprises_are_loud(folder: Path) -> None:
    """An undeclared failure and an unexpected pass, on every page where a reader may begin."""
    expected = [
        "`mended` is declared to break wakes next on asyncio, and passed 50 trials: it may have been mended.",
        "`sly` breaks wakes next on asyncio, and does not say so: C never woke",
    ]
    for name, prefix in (("families/demo.html", ""), ("safety.html", "demo: ")):
        lines = page(folder, name).xpath("//*[@role='note']//li[contains(., 'wakes next')]")
        assert [prefix + line.replace("`", "") for line in expected] == [text_of(line) for line in lines]
    assert page(folder, "families/demo-uvloop.html").xpath("//*[@role='note']") == []
    assert "2 safety findings that nobody expected" in text_of(page(folder, "index.html"))


def test_a_package_has_a_page_of_what_it_did_not_keep(folder: Path) -> None:
    """Package, version, promise, loop, command and link; the page of the whole run counts, and leads there."""
    tree = page(folder, "packages/left_pad-1-3-1.html")
    section = tree.get_element_by_id("basic")
    listed = page(folder, "safety.html").get_element_by_id("packages").find(".//li")

    assert text_of(listed) == "left_pad 1.3.1 ✗ 1 that everybody relies on · demo"
    assert listed.find("a").get("href") == "packages/left_pad-1-3-1.html"
    assert text_of(tree.find(".//h1")) == "left_pad 1.3.1: what it did not keep"
    assert "no leaks: Nothing is left behind, whoever is cancelled. quick in demo, on asyncio" in text_of(section)
    assert "Seen: one task is left · seen at https://example.org/issue/1." in text_of(section)
    assert [pre.text_content() for pre in section.iter("pre")] == [COMMAND]
    assert {"https://example.org/issue/1", "../families/demo-safety.html#e-quick.no_leaks"} == set(
        section.xpath(".//@href")
    )


def test_a_package_that_another_talks_through_is_not_blamed(
    tmp_path: Path, write: Make, fake: Make, found: Make, safety_of: Make
) -> None:
    """The first requirement is what an alternative is about; who relies on what it breaks is said."""
    versions = (("left_pad", "1.3.0"), ("redis", "8.0"))
    needs = [{"name": "order", "phrase": "needs order", "usual": False, "promises": ["wakes_next"]}]
    requires = ("left_pad>=1.2", "redis>=8")
    fakes = {"usual": fake(), "quick": fake(0.5, kind="package", versions=versions, requires=requires)}
    record = safety_of(fakes, found("quick", "asyncio", "wakes_next", state="FAIL", reason="C never woke"))
    run = write(tmp_path / "run", fakes, points=(100,), safety=record, needs=needs)
    folder = built(run, tmp_path / "html")

    assert [path.name for path in folder.glob("packages/*")] == ["left_pad-1-3-0.html"]
    assert "relied on by who needs order" in text_of(page(folder, "packages/left_pad-1-3-0.html"))
    assert "left_pad 1.3.0 1 that some programs need · demo" in text_of(page(folder, "safety.html"))


def test_safety_page_counts_every_family_on_every_loop(folder: Path) -> None:
    """In one row, each count with a link to the matrix."""
    tree = page(folder, "safety.html")
    cells = tree.xpath("//table[@class='families']//tr[th[contains(., 'demo')]]/td")

    assert [text_of(cell) for cell in cells] == ["3 of 7 safe, 1 not fully tested", "7 of 8 safe"]
    assert cells[0].xpath(".//@href") == ["families/demo.html#safety"]


def test_index_counts_the_safe(folder: Path) -> None:
    """N of m beside the family's name, for each loop."""
    head = page(folder, "index.html").xpath("//tbody[@class='family']//th/span[@class='about']")[0]

    assert [text_of(count) for count in head.xpath("span[@class][not(b)]")] == [
        "3 of 7 safe, 1 not fully tested",
        "7 of 8 safe",
    ]


def test_provenance_of_the_check(folder: Path) -> None:
    """What was known before, seeds, seconds, Python, the command, the file, and versions that differ from the run's."""
    tree = page(folder)
    fact = tree.xpath("//dl[@class='facts']/dt[text()='Safety']/following-sibling::dd[1]")[0]

    assert text_of(fact) == "48 findings (31 from an earlier check), 50 seeds, 12 s, CPython 3.13.0 on linux"
    assert "../data/safety.json.gz" in page(folder, "families/demo-measures.html").xpath(
        "//ul[@class='files']//a/@href"
    )
    assert "other versions than the times were taken with: python 3.13.1 instead of 3.13.0." in text_of(
        tree.get_element_by_id("safety")
    )


def test_nothing_passes_and_nothing_is_recommended(tmp_path: Path, write: Make, fake: Make) -> None:
    """The page says so, and why."""
    fakes = {"usual": fake(breaks=LEAKS), "quick": fake(0.5, kind="trap")}
    tree = page(built(write(tmp_path / "run", fakes, points=(100,)), tmp_path / "html"))
    verdict = tree.find_class("verdict")[0]

    assert "empty" in verdict.get("class")
    assert text_of(verdict) == (
        "Nothing is recommended on asyncio: none of the 2 alternatives measured here is safe: "
        "quick is one of the traps; usual failed the safety check “Nothing is left behind, whoever is cancelled”. "
        "Safety on asyncio: 0 of 2 safe."
    )
    assert tree.find_class("pick") == []


@pytest.mark.parametrize("content", [None, "{", '{"format": 0}', '{"format": 2, "findings": 3}'])
def test_without_findings_declarations_still_count(
    tmp_path: Path, write: Make, fake: Make, content: str | None
) -> None:
    """Missing, damaged, old or foreign: one line says so, and what the files say of themselves is believed."""
    fakes = {"usual": fake(), "quick": fake(0.5, breaks=LEAKS)}
    run = write(tmp_path / "run", fakes, points=(100,), safety=None)
    if content:
        (run / "safety.json").write_text(content, encoding="utf-8")
    folder = built(run, tmp_path / "html")
    tree = page(folder)

    assert sum("safety.json" in text_of(line) for line in tree.xpath("//*[@role='note']//li")) == 1
    assert "Safety on asyncio: 2 not tested (1 of them known to be unsafe)." in text_of(tree)
    assert "but it is known to break “no leaks”" in text_of(tree.get_element_by_id("busy"))
    assert [text_of(cells_of(tree, "matrix", name)["no leaks"]) for name in fakes] == ["? not tested", "✗ known"]
    assert "Nothing was tested for safety in this run." in text_of(page(folder, "safety.html"))


@pytest.mark.parametrize(
    ("alternative", "backend", "family", "problem"),
    [
        ("stranger", "asyncio", "demo", "nothing describes the alternative 'stranger' of demo"),
        ("usual", "mars", "demo", "mars"),
        ("usual", "asyncio", "elsewhere", "elsewhere"),
    ],
)
def test_findings_about_others_are_not_believed(
    tmp_path: Path,
    write: Make,
    fake: Make,
    found: Make,
    safety_of: Make,
    alternative: str,
    backend: str,
    family: str,
    problem: str,
) -> None:
    """A record of another selection: an alternative, a loop or a family that this run does not have is named."""
    fakes = {"usual": fake(backends=("asyncio",))}
    record = safety_of(fakes)
    record["findings"].append(found(alternative, backend, "no_leaks", state="FAIL", family=family))
    text = text_of(page(built(write(tmp_path / "run", fakes, points=(100,), safety=record), tmp_path / "html")))
    place = re.search(r"safety\.json: \$\.findings\[\d+\]: ([^/]{10,80})", text)

    assert place
    assert problem in place[1]


def test_a_finding_of_a_promise_that_nobody_describes_is_shown(
    tmp_path: Path, write: Make, fake: Make, found: Make, safety_of: Make
) -> None:
    """Its name is all that is known of it."""
    fakes = {"usual": fake(backends=("asyncio",))}
    record = safety_of(fakes)
    record["findings"].append(found("usual", "asyncio", "unheard_of"))
    tree = page(built(write(tmp_path / "run", fakes, points=(100,), safety=record), tmp_path / "html"))

    assert "1 of 1 safe" in text_of(tree)
    assert "unheard of (50 trials)" in text_of(tree.get_element_by_id("kept"))


def test_family_without_promises_is_not_tested(tmp_path: Path, write: Make, fake: Make, safety_of: Make) -> None:
    """Nothing asked, nothing declared: a sentence instead of an empty table."""
    fakes = {"usual": fake()}
    record = safety_of(fakes, promises={}) | {"findings": []}
    tree = page(built(write(tmp_path / "run", fakes, points=(100,), safety=record), tmp_path / "html"))

    assert "No promise of this family has been tested" in text_of(tree.get_element_by_id("safety"))
    assert tree.xpath("//table[@id='matrix']") == []


def test_raw_findings_are_copied(folder: Path) -> None:
    """The file that the pages were made from lies beside them."""
    copied = json.loads(gzip.decompress((folder / "data/safety.json.gz").read_bytes()))

    assert {entry["alternative"] for entry in copied["findings"]} >= {"sly", "mended"}

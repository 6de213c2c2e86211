"""The pages in a real browser, from their files: with and without a script, in both themes, on a phone and on paper."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request

from reports.reading.answers import Program, answers
from reports.reading.family import families_of
from reports.reading.measured import measurements
from results import record
from tests.reports.browser import complaints, needs_browser, session
from tests.reports.parsed import built

pytestmark = needs_browser
Make = Callable[..., Any]
FAMILY = "families/demo.html"
PAGES = (
    "index.html",
    "safety.html",
    FAMILY,
    "families/demo-safety.html",
    "families/demo-measures.html",
    "families/demo-code.html",
    "packages/left_pad-1-3-0.html",
)
NEEDS = [
    {
        "name": "threads",
        "phrase": "uses it from two threads at once, or from three of them",
        "usual": False,
        "promises": ["two_threads"],
    },
    {"name": "order", "phrase": "needs first come, first served", "usual": True, "promises": ["in_order"]},
]
READINGS = [
    {"name": "p99", "title": "slowest 1 %", "unit": "second", "better": "lower"},
    {"name": "memory", "title": "memory", "unit": "byte", "better": "lower"},
]
ON_TOP = """() => [...document.querySelectorAll(".lane")].map(lane => {
  const shown = [...lane.querySelectorAll("li")].filter(item => Number(getComputedStyle(item).order) < 99);
  const first = shown.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[0];
  return first ? first.querySelector("a").getAttribute("href").split("#code-")[1] : null;
})"""
PLACES = """() => [...document.querySelector(".lane").querySelectorAll("ol > li")]
  .map(item => item.getBoundingClientRect().top)"""
FRONT = """() => {
  const figure = document.querySelector("#trades figure");
  const seen = (what, style, value) =>
    [...figure.querySelectorAll(what)].filter(one => getComputedStyle(one)[style] !== value);
  return [seen(".front", "display", "none").map(e => e.textContent), seen(".q.b-order", "display", "none").length,
    seen(".d__order:not(.q, .front)", "transform", "none").length];
}"""
TOO_WIDE = """() => [...document.querySelectorAll("main *")].filter(element =>
  element.getBoundingClientRect().right > document.documentElement.clientWidth + 1
  && !element.closest(".scroll, pre")).map(element => element.outerHTML.slice(0, 100))"""
CUT = """() => [...document.querySelectorAll("table *, pre, svg")].filter(element =>
  element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(element => element.outerHTML.slice(0, 100))"""


@pytest.fixture(name="run", scope="module")
def fixture_run(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Path:
    """A run with needs, measures beside time, and lanes whose order depends on what is asked."""
    loops = ("asyncio", "uvloop")

    def one(factor: float, p99: float, memory: float, *breaks: str, **settings: Any) -> Any:
        read = (("p99", p99), ("memory", memory))
        broken = tuple((name, loop) for name in breaks for loop in loops)
        return fake(factor, readings=read, breaks=broken, backends=loops, **settings)

    package = {"kind": "package", "requires": ("left_pad>=1.2",), "versions": (("left_pad", "1.3.0"),)}
    fakes = {
        "usual": one(1.0, 1e-4, 1000, "two_threads"),
        "quick_and_large": one(0.5, 3e-4, 5000, "in_order", exponent=0.2),
        "steady": one(0.8, 5e-5, 500, exponent=-0.2),
        "padded": one(0.6, 2e-4, 800, "two_threads", **package),
        "padded_slowly": one(1.5, 6e-5, 300, **package),
        "padded_badly": one(
            0.2, 1e-5, 100, "no_leaks", *(f"promise_of_many_words_{one}" for one in range(30)), **package
        ),
        "ours": one(0.4, 4e-5, 200, kind="own"),
        "hasty": one(0.35, 3e-5, 150, "in_order", **package),
        "pitfall": one(0.3, 1e-5, 100, kind="trap"),
    }
    folder = tmp_path_factory.mktemp("browser")
    return Path(write(folder / "run", fakes, workloads=("busy", "mostly_idle"), needs=NEEDS, readings=READINGS))


@pytest.fixture(name="folder", scope="module")
def fixture_folder(run: Path) -> Path:
    """Its report."""
    return built(run, run.parent / "html")


@pytest.fixture(name="browser", scope="module")
def fixture_browser() -> Iterator[Browser]:
    """One for all."""
    with session() as browser:
        yield browser


@pytest.fixture(name="contexts", scope="module")
def fixture_contexts(browser: Browser) -> Callable[..., BrowserContext]:
    """One for each of a browser's settings, because each is a process; no test chooses the loop that pages remember."""
    opened: dict[str, BrowserContext] = {}

    def context(**settings: Any) -> BrowserContext:
        key = repr(sorted(settings.items()))
        if key not in opened:
            opened[key] = browser.new_context(**settings)
        return opened[key]

    return context


@pytest.fixture(name="look")
def fixture_look(contexts: Callable[..., BrowserContext], folder: Path) -> Iterator[Callable[..., Page]]:
    """Open a page of the report, such as ``families/demo.html#busy``, with settings of the browser's context."""
    pages = []

    def look(name: str, **settings: Any) -> Page:
        page = contexts(**settings).new_page()
        pages.append(page)
        file, _, anchor = name.partition("#")
        page.goto(f"{(folder / file).as_uri()}{'#' if anchor else ''}{anchor}")
        return page

    yield look
    for page in pages:
        page.close()


def test_the_frontier_follows_the_ticks(look: Callable[..., Page]) -> None:
    """Without a script: who needs no order has another line, another name on it, and another mark that is beaten."""
    page = look(FAMILY, java_script_enabled=False)
    shown = [page.evaluate(FRONT)]
    page.uncheck("#need-order")
    shown.append(page.evaluate(FRONT))

    assert shown == [[["ours"], 0, 0], [["hasty"], 3, 1]]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("measure", ["time", "p99", "memory"])
def test_what_is_on_top_of_a_column_is_what_was_decided(
    look: Callable[..., Page], run: Path, script: bool, measure: str
) -> None:
    """For every combination of needs, by each workload and measure: the style sheet shows what the decision says."""
    (family,) = families_of(measurements(record.read(run)))
    page = look(FAMILY, java_script_enabled=script)
    page.locator(f"#by-{measure}").check()
    for wanted in (subset for size in range(3) for subset in combinations(("threads", "order"), size)):
        for name in ("threads", "order"):
            page.locator(f"#need-{name}").set_checked(name in wanted)
        for workload, key in (("", "all"), ("mostly_idle", "mostly_idle")):
            page.locator(f"#work-{key}").check()
            found = answers(family, Program("asyncio", workload, measure=measure, needs=frozenset(wanted)))
            picks = [answer.pick.name if answer.pick else None for answer in found.lanes.values()]

            assert page.evaluate(ON_TOP) == picks, (wanted, workload)


def test_size_counts_where_time_does(look: Callable[..., Page]) -> None:
    """Who is first among ten is not among a thousand; without a script, too."""
    page = look(FAMILY, java_script_enabled=False)
    page.locator("#need-order").uncheck()
    first = {}
    for n in ("10", "1000"):
        page.locator(f"#n-{n}").check()
        first[n] = page.evaluate(ON_TOP)[0]

    assert first == {"10": "quick_and_large", "1000": "steady"}


def test_address_says_what_was_chosen(look: Callable[..., Page], folder: Path) -> None:
    """It is written at each choice, read on arrival, and goes along to the page of another loop."""
    page = look(FAMILY)
    page.locator("#need-threads").check()
    page.locator("#by-p99").check()
    there = page.url.partition("#")[2]
    again = look(f"{FAMILY}#{there}")
    other = look(f"{FAMILY}#loop=uvloop&{there}")
    other.wait_for_url("**/demo-uvloop.html#*")

    assert there == "need=threads,order&work=all&by=p99&n=100"
    for one in (again, other):
        assert [one.locator(f"#{name}").is_checked() for name in ("need-threads", "need-order", "by-p99")] == [True] * 3
    link = again.get_by_role("link", name="uvloop", exact=True)
    assert str(link.get_attribute("href")).endswith(f"/demo-uvloop.html#{there}")


ROWS = "table => [...table.querySelectorAll('tbody th')].map(head => head.innerText)"


def test_address_says_how_a_table_is_sorted(look: Callable[..., Page]) -> None:
    """Whoever gets it sees the same rows on top; what was chosen before is still in it."""
    page = look(FAMILY)
    page.uncheck("#need-order")
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    table = page.locator("table.compare").first
    button = table.locator("thead button").nth(1)
    button.click()
    button.click()
    shown = [table.evaluate(ROWS), page.locator("#need-order").is_checked()]
    again = look(f"{FAMILY}#{page.url.partition('#')[2]}")

    assert "sort=" in page.url
    assert [again.locator("table.compare").first.evaluate(ROWS), again.locator("#need-order").is_checked()] == shown
    assert look(FAMILY).locator("table.compare").first.evaluate(ROWS) != shown[0]


def test_those_who_hear_the_page_hear_the_order_that_others_see(look: Callable[..., Page]) -> None:
    """The script puts the elements in the order of the style sheet, and marks the first."""
    page = look(FAMILY)
    page.locator("#by-memory").check()
    heard = page.locator(".lane").first.locator("ol > li").all_text_contents()
    places = page.evaluate(PLACES)

    assert places == sorted(places)
    assert len(heard) == 3
    assert page.locator(".lane .pick").count() == 3


def test_first_answers_are_on_the_first_screen(look: Callable[..., Page]) -> None:
    """Above 720 of 1280 pixels, with few words before that are no choice."""
    page = look(FAMILY, viewport={"width": 1280, "height": 720})
    boxes = [page.locator(".lane").nth(place).locator("li").first.bounding_box() for place in range(3)]
    words = page.locator("main > :is(nav, h1, #matters)").all_inner_texts()

    assert all(box and box["y"] + box["height"] <= 720 for box in boxes)
    assert len(" ".join(words).split()) <= 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hinders_anybody(look: Callable[..., Page], scheme: str) -> None:
    """axe-core reports nothing, in both themes."""
    pages = PAGES if scheme == "light" else ("index.html", FAMILY)  # the themes differ in their colours alone
    found = {name: complaints(look(name, color_scheme=scheme)) for name in pages}

    assert {name: one for name, one in found.items() if one} == {}


GROUND = "() => getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_reads_chooses_the_colours(
    look: Callable[..., Page], scheme: Literal["light", "dark"], script: bool
) -> None:
    """Those of the system at first, then those that are asked for; paper is white."""
    page = look("index.html", color_scheme=scheme, java_script_enabled=script)
    seen = [page.evaluate(GROUND)]
    for choice in ("#dark", "#light"):
        page.check(choice)
        seen.append(page.evaluate(GROUND))
    page.check("#dark")
    page.emulate_media(media="print", color_scheme=scheme)

    dark, light = "rgb(14, 17, 22)", "rgb(255, 255, 255)"
    assert seen == [dark if scheme == "dark" else light, dark, light]
    assert page.evaluate(GROUND) == light


def test_colours_are_remembered(look: Callable[..., Page]) -> None:
    """From one page to the next."""
    page = look("index.html", color_scheme="light")
    page.check("#dark")
    page.goto(page.url.replace("index.html", FAMILY))

    assert page.evaluate(GROUND) == "rgb(14, 17, 22)"


def test_a_phone_scrolls_no_page_sideways(look: Callable[..., Page]) -> None:
    """At 390 pixels only tables and code move, each in a box of its own."""
    found = {name: look(name, viewport={"width": 390, "height": 800}).evaluate(TOO_WIDE) for name in PAGES}

    assert {name: one for name, one in found.items() if one} == {}


def test_paper_cuts_nothing(look: Callable[..., Page]) -> None:
    """On A4 every table, code and chart fits the width; what is folded is printed."""
    for name in PAGES:
        page = look(name, viewport={"width": 718, "height": 1000})
        page.emulate_media(media="print")

        assert page.evaluate(CUT) == [], name
        assert page.pdf(format="A4").startswith(b"%PDF")
    page = look(FAMILY, viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print")
    assert page.locator("#table-mostly_idle td").first.is_visible()


def test_headings_are_repeated_on_every_sheet(look: Callable[..., Page]) -> None:
    """Chromium repeats the texts of a table's head, and not its boxes: a button there would be on the first alone."""
    page = look(FAMILY, viewport={"width": 718, "height": 1000})
    boxes = "[...document.querySelectorAll('thead button')].map(button => button.getClientRects().length)"
    on_screen = page.evaluate(boxes)
    page.emulate_media(media="print")

    assert set(on_screen) == {1}
    assert set(page.evaluate(boxes)) == {0}
    assert page.evaluate("document.querySelector('thead th[data-key]').innerText") == "time ratio"


def test_nothing_is_asked_of_anybody(browser: Browser, folder: Path) -> None:
    """No request beside the file itself, no error, no dialog."""
    for name in PAGES:
        context = browser.new_context()
        page, asked, said = context.new_page(), list[str](), list[str]()
        page.on("request", partial(_url, asked))
        page.on("console", partial(_text, said))
        page.on("pageerror", partial(_error, said))
        page.goto((folder / name).as_uri())
        context.close()

        assert asked == [(folder / name).as_uri()]
        assert said == []


def _url(found: list[str], request: Request) -> None:
    found.append(request.url)


def _text(found: list[str], message: ConsoleMessage) -> None:
    found.append(message.text)


def _error(found: list[str], error: Error) -> None:
    found.append(str(error))


def test_first_key_skips_to_the_answers(look: Callable[..., Page]) -> None:
    """Tab finds the link, Enter follows it, and the next Tab is behind it."""
    page = look(FAMILY)
    page.keyboard.press("Tab")
    link = page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    page.wait_for_url("**#answers")  # a link within a page is followed in a turn of its own
    page.keyboard.press("Tab")

    assert link == "skip"
    assert page.evaluate("!!document.activeElement.closest('#answers')")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_every_address_opens_what_it_leads_to(look: Callable[..., Page], script: bool) -> None:
    """What stands in a fold is shown on arrival, with no script, too."""
    page = look(FAMILY, java_script_enabled=script)
    addresses = page.eval_on_selector_all("a[href^='#']", "links => links.map(a => a.getAttribute('href').slice(1))")
    there = page.url
    for address in sorted({*addresses, "mostly_idle", "kept"} - {"", "main"}):
        page.goto("about:blank")  # an arrival, not a way within the page
        page.goto(f"{there}#{address}")

        assert page.locator(f"[id='{address}']").is_visible(), address
    assert look("families/demo-code.html#code-steady", java_script_enabled=script).locator("#code-steady").is_visible()


@pytest.fixture(name="long_lane", scope="module")
def fixture_long_lane(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Path:
    """A report with ten of a lane, of which the first nine do not keep what a program may need."""
    broken: Any = {"backends": ("asyncio",), "breaks": (("two_threads", "asyncio"),)}
    fakes = {"usual": fake(1.0, **broken)} | {
        f"one_{number}": fake(0.5 + 0.05 * number, **broken) for number in range(8)
    }
    fakes["last"] = fake(2.0, backends=("asyncio",))
    folder = tmp_path_factory.mktemp("long")
    return built(write(folder / "run", fakes, points=(100,), needs=NEEDS, rounds=2), folder / "html")


SEEN = """() => { const list = document.querySelector(".lane ol"), end = list.getBoundingClientRect().bottom;
  return [...list.children].filter(item => item.getBoundingClientRect().top < end - 20)
    .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
    .map(item => item.querySelector("a").hash) }"""


def test_a_long_lane_is_folded_below_its_first(contexts: Callable[..., BrowserContext], long_lane: Path) -> None:
    """Without a script: what becomes the pick by a tick is on top of what is seen, and a click shows them all."""
    page = contexts(java_script_enabled=False).new_page()
    page.goto((long_lane / FAMILY).as_uri())
    before = page.evaluate(SEEN)
    page.check("#need-threads")
    ticked = page.evaluate(SEEN)
    page.click(".all summary")
    every = page.evaluate(SEEN)
    page.close()

    assert before[0] == "#code-one_0"
    assert 3 <= len(before) < 10
    assert "#code-last" not in before
    assert ticked[0] == "#code-last"
    assert len(ticked) < len(every) == 10


def test_a_folded_lane_opens_for_who_reads_in_it(contexts: Callable[..., BrowserContext], long_lane: Path) -> None:
    """By keyboard, or by opening what is said of one; and on paper all of it is there."""
    seen = []
    for act in ("keyboard", "details", "paper"):
        page = contexts(java_script_enabled=False).new_page()
        page.goto((long_lane / FAMILY).as_uri())
        if act == "keyboard":
            page.locator(".lane li a").first.focus()
            page.keyboard.press("Tab")
        elif act == "details":
            page.locator(".lane li summary").first.click()
        else:
            page.emulate_media(media="print")
        seen.append(len(page.evaluate(SEEN)))
        page.close()

    assert seen == [10, 10, 10]

"""What holds for every page: links, ids, sizes, no request, no foreign markup."""

import gzip
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyperf
import pytest
from lxml import html

from reports.pages.rendering import Pages
from reports.reading.family import families_of
from reports.reading.measured import measurements
from reports.views.family_page import family_view
from reports.views.index_page import index_view
from reports.views.places import places
from reports.views.provenance import about
from results import record
from tests.reports.parsed import built, page, text_of, tree_of
from tests.reports.synthetic import NEEDS
from tests.where import RECORDED

Make = Callable[..., Any]
PROMISE = {
    "sentence": "Whoever waits is served, or is told that they will not be, whatever happens to the others.",
    "harm": "A client hangs up while it waits. Its place in the queue is woken in its stead, nobody picks the wake-up "
    "up, and every later request waits for ever.",
    "example": "async with asyncio.timeout(1):\n    await ledger.deposit(...)\n# nobody ever wakes the next one",
    "fact": False,
}
MARKUP = "<script>alert('x')</script><b>&amp;</b>"


@pytest.fixture(name="recorded", scope="module")
def fixture_recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the recorded run."""
    return built(RECORDED, tmp_path_factory.mktemp("recorded"))


@pytest.fixture(name="every_report", scope="module", params=["report", "recorded"])
def fixture_every_report(request: pytest.FixtureRequest) -> Path:
    """The report of the run that has everything in it, and that of a recorded one."""
    return Path(request.getfixturevalue(request.param))


def test_every_link_on_the_pages_leads_somewhere(every_report: Path) -> None:
    """Anchors exist, also on other pages, files exist, and nothing but evidence from the record points outside."""
    told = "".join(gzip.decompress(file.read_bytes()).decode() for file in (every_report / "data").glob("*.json.gz"))
    pages = {path.resolve(): tree_of(path) for path in every_report.rglob("*.html")}
    anchors = {path: set(tree.xpath("//@id")) for path, tree in pages.items()}
    for path, tree in pages.items():
        for link in map(str, tree.xpath("//@href")):
            target, _, anchor = link.partition("#")
            if link.startswith("https://"):
                assert link in told
                continue
            file = (path.parent / target).resolve() if target else path
            assert file.is_file(), f"{path.name}: {link}"
            assert not anchor or anchor in anchors[file], f"{path.name}: {link}"


def test_raw_data_lies_beside_the_pages_with_its_hash(report: Path, usual_run: Path) -> None:
    """What is packed there is the file that was read, whose hash the page has; pyperf reads it as it is."""
    items = page(report, "families/demo-measures.html").xpath("//ul[@class='files']/li")
    hashes = {item.find("a").get("href"): text_of(item.find("span")) for item in items}
    there, read = report / "data/demo/busy.json.gz", (usual_run / "demo/busy.json").read_bytes()

    assert hashes["../data/demo/busy.json.gz"] == f"sha256 {hashlib.sha256(read).hexdigest()}"
    assert gzip.decompress(there.read_bytes()) == read
    assert len(there.read_bytes()) < len(read) / 3
    assert len(pyperf.BenchmarkSuite.load(str(there))) > 0


def test_one_file_has_the_hashes_of_all_that_is_no_page(report: Path) -> None:
    """As sha256sum checks them: packed data, pictures, and what is behind those."""
    lines = (line.split("  ") for line in (report / "SHA256SUMS").read_text().splitlines())
    sums = {name: found for found, name in lines}
    there = {
        path.relative_to(report).as_posix(): path for kind in ("svg", "csv", "gz") for path in report.rglob(f"*.{kind}")
    }

    assert sums == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
    assert {Path(name).suffix for name in sums} == {".svg", ".csv", ".gz"}


def test_raw_data_of_further_launches_lies_beside_it(tmp_path: Path, write: Make, fake: Make) -> None:
    """Launches beyond the planned ones have files of their own."""
    run = write(tmp_path / "run", {"usual": fake()}, points=(100,), launches=1, rounds=1)
    shutil.copyfile(run / "demo/busy.json", run / "demo/busy.extra.json")
    folder = built(run, tmp_path / "html")

    assert "../data/demo/busy.extra.json.gz" in page(folder, "families/demo-measures.html").xpath(
        "//ul[@class='files']//a/@href"
    )
    assert (folder / "data/demo/busy.extra.json.gz").is_file()


def test_exact_command_is_on_the_page(report: Path) -> None:
    """Whoever doubts a number can measure it again."""
    assert page(report).xpath("//section[@id='provenance']/pre/code/text()") == [
        "python -m benchmarks run --family demo --seed 7",
        "python -m benchmarks check --family demo --seeds 50",
    ]


def test_a_check_asks_again_what_the_run_asked(tmp_path: Path, write: Make, fake: Make) -> None:
    """Its families, loops and alternatives: all that there are would take minutes, and repeat something else."""
    run = write(tmp_path / "run", {"usual": fake()}, points=(100,))
    suite = json.loads((run / "suite.json").read_text())
    suite["run"]["options"] = {"workload": ["b*"], "backend": ["asyncio"], "alternative": ["us*", "quick"]}
    (run / "suite.json").write_text(json.dumps(suite))

    assert page(built(run, tmp_path / "html")).xpath("//section[@id='provenance']/pre/code/text()")[-1] == (
        "python -m benchmarks check --family demo --backend asyncio --alternative 'us*' --alternative quick --seeds 50"
    )


def test_a_family_can_be_measured_again_alone(recorded: Path) -> None:
    """Its pages have the command for it, beside that of the whole run; pages of the whole run have no family."""
    commands = {
        name: page(recorded, name).xpath("//section[@id='provenance']/pre/code/text()")
        for name in ("families/locks.html", "families/locks-measures.html", "index.html")
    }
    alone = "python -m benchmarks run --family locks --preset standard"

    assert [name for name, found in commands.items() if alone in found] == list(commands)[:2]
    assert len(commands["index.html"]) == 2


def test_nothing_is_requested(every_report: Path) -> None:
    """No address that a browser would load by itself, in markup or style."""
    for path in every_report.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        tree = html.fromstring(text)

        assert tree.xpath("//@src | //link | //@srcset | //img | //iframe | //object | //*[local-name()='use']") == []
        assert not re.search(r"@import|\burl\(", text)


def test_identifiers_are_unique(every_report: Path) -> None:
    """A link has one target, an image one title."""
    for path in every_report.rglob("*.html"):
        counted = Counter(tree_of(path).xpath("//@id"))

        assert [name for name, number in counted.items() if number > 1] == [], path.name


def test_tables_can_be_read_aloud(every_report: Path) -> None:
    """Every table has a caption, and every heading says what it heads."""
    for path in every_report.rglob("*.html"):
        tree = tree_of(path)

        assert tree.xpath("//table[not(caption)]") == []
        assert tree.xpath("//th[not(@scope)]") == []


def test_building_twice_gives_the_same_bytes(usual_run: Path, report: Path, tmp_path: Path) -> None:
    """A report can be committed and compared."""
    again = built(usual_run, tmp_path)
    names = sorted(path.relative_to(report) for path in report.rglob("*") if path.is_file())

    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    for name in names:
        assert (report / name).read_bytes() == (again / name).read_bytes(), name


def test_markup_in_the_record_is_text(
    tmp_path: Path, write: Make, fake: Make, absent: Make, found: Make, safety_of: Make
) -> None:
    """Names, titles, docstrings, sources, caveats, reasons, evidence and questions are shown, not obeyed."""
    promise = {"sentence": MARKUP, "harm": MARKUP, "example": MARKUP, "fact": False}
    told = dict.fromkeys(("reason", "reproduce", "evidence"), MARKUP) | {"traceback": [MARKUP]}
    fakes = {
        "usual": fake(),
        MARKUP: fake(
            0.5,
            kind="package",
            versions=((MARKUP, MARKUP),),
            title=MARKUP,
            doc=f"{MARKUP}\n\n{MARKUP}",
            source=f'"""{MARKUP}"""\nless = {MARKUP}',
            caveats=(MARKUP,),
            breaks=((MARKUP, "asyncio"),),
        ),
        "gone": fake(backends=(), kind=MARKUP),
    }
    record = safety_of(
        fakes,
        found(MARKUP, "asyncio", MARKUP, state="FAIL", **told),
        found("usual", "asyncio", MARKUP, state="not applicable", **told),
        promises={"demo": {MARKUP: promise}},
        python=MARKUP,
        versions={MARKUP: MARKUP},
    )
    run = write(
        tmp_path / "run",
        fakes,
        workloads=("busy",),
        question=f"{MARKUP}\n\n{MARKUP}",
        absences=[absent("gone", "raised", MARKUP)],
        preset=MARKUP,
        safety=record,
    )
    folder = built(run, tmp_path / "html")

    for path in folder.rglob("*.html"):
        tree = tree_of(path)
        assert len(tree.xpath("//script")) == 1, path.name  # ours
        assert MARKUP in text_of(tree)


def test_recorded_run_makes_small_pages(recorded: Path) -> None:
    """200 KB for each page of a family, 150 KB for the first and that of safety."""
    sizes = {path.relative_to(recorded).as_posix(): path.stat().st_size for path in recorded.rglob("*.html")}

    assert len(sizes) > 10
    assert [name for name, size in sizes.items() if size > (200_000 if "/" in name else 150_000)] == []


def budget_run(folder: Path, write: Make, fake: Make, found: Make, safety_of: Make) -> Path:
    """As large as a family gets: 25 alternatives, 20 of them on asyncio, 12 promises, 9 workloads of 12 rows.

    All of them have measures beside time.
    """
    source = "\n".join(
        f"async def step_{number}(value: int) -> int:\n    return value + {number}\n" for number in range(20)
    )
    names = [f"some_alternative_{number}" for number in range(19)]
    workloads = tuple(f"workload_{number}" for number in range(9))
    beside = (("p99", 1e-4), ("memory", 1000.0))
    fakes = {"usual": fake(source=source, readings=beside)} | {
        name: fake(
            0.5 + number / 10,
            exponent=0.1,
            source=source,
            caveats=(f"Caveat {number}.",) if number % 2 else (),
            readings=beside,
            offers=tuple(workloads[(number + step) % 9] for step in range(5)),
        )
        for number, name in enumerate(names)
    }
    fakes |= {f"on_trio_{number}": fake(source=source, backends=("trio",)) for number in range(5)}
    promises = {f"promise_that_is_kept_{number}": dict(PROMISE) for number in range(12)}
    failing = set(zip(names[:12], promises, strict=True)) | {(name, next(iter(promises))) for name in names[12:17]}
    record = safety_of(
        fakes,
        *(
            found(name, backend, question, **({"state": "FAIL"} if (name, question) in failing else {}))
            for name, one in fakes.items()
            for backend in one.backends
            for question in promises
        ),
        promises={"demo": promises},
    )
    record["findings"] = [entry for entry in record["findings"] if entry["promise"] in promises]
    readings = [
        {"name": "p99", "title": "slowest 1 %", "unit": "second", "better": "lower"},
        {"name": "memory", "title": "memory in flight", "unit": "byte", "better": "lower"},
    ]
    beside_that: Any = {"needs": NEEDS, "readings": readings, "safety": record}
    return Path(write(folder, fakes, workloads=workloads, launches=10, rounds=1, **beside_that))


def families_of_one(run: Path, many: int) -> Path:
    """The run with its family under so many names."""
    suite, found = (json.loads((run / name).read_text(encoding="utf-8")) for name in ("suite.json", "safety.json"))
    names = [f"demo_{number}" for number in range(many)]
    suite["families"] = dict.fromkeys(names, suite["families"]["demo"])
    suite["comparisons"] = [{**one, "family": name} for name in names for one in suite["comparisons"]]
    found["promises"] = dict.fromkeys(names, found["promises"]["demo"])
    found["findings"] = [{**one, "family": name} for name in names for one in found["findings"]]
    for name in names:
        shutil.copytree(run / "demo", run / name)
    for file, content in (("suite.json", suite), ("safety.json", found)):
        (run / file).write_text(json.dumps(content), encoding="utf-8")
    return run


def test_pages_stay_small(tmp_path: Path, write: Make, fake: Make, found: Make, safety_of: Make) -> None:
    """200 KB for each page of a large family, 150 KB for the others."""
    folder = built(budget_run(tmp_path / "run", write, fake, found, safety_of), tmp_path / "html")

    assert [path.name for path in folder.glob("families/*.html") if path.stat().st_size > 200_000] == []
    assert (folder / "safety.html").stat().st_size <= 150_000


def test_the_index_of_twenty_one_families_stays_small(tmp_path: Path, write: Make, fake: Make) -> None:
    """150 KB, with three loops, two strictnesses, three measures, and six questions each."""
    everywhere: Any = {"backends": ("asyncio", "uvloop", "trio"), "breaks": (("in_order", "asyncio"),)}
    fakes = {
        name: fake(
            0.3 + number / 10,
            kind=("idiom", "package", "own")[number % 3],
            readings=(("p99", 1e-4 * (20 - number)), ("memory", 100.0 * (number + 1))),
            **everywhere,
        )
        for number, name in enumerate(["usual", "trio_usual", *(f"some_alternative_{number}" for number in range(15))])
    }
    readings = [{"name": name, "title": name, "unit": "second", "better": "lower"} for name in ("p99", "memory")]
    workloads = tuple(f"workload_{number}" for number in range(6))
    run = write(tmp_path / "run", fakes, workloads, (100,), needs=NEEDS, readings=readings, rounds=1)
    found = measurements(record.read(families_of_one(run, 21)))
    families = families_of(found)
    view = index_view(found, families, places(families))

    assert len(view.measures) == 3
    assert len(Pages(about(found)).page("index", "Twenty-one", view=view).encode()) <= 150_000


@pytest.mark.parametrize("asked", ["How sure are we?", "How does it grow?"])
def test_charts_have_room_behind_a_page_of_many_questions(tmp_path: Path, write: Make, fake: Make, asked: str) -> None:
    """Up to six have them beside their tables; of more, each question links to a page of theirs."""
    for many, there in ((6, 6), (7, 0)):
        fakes = {"usual": fake(backends=("asyncio",)), "quick": fake(0.5, exponent=0.2, backends=("asyncio",))}
        workloads = tuple(f"workload_{number}" for number in range(many))
        folder = built(write(tmp_path / f"run{many}", fakes, workloads=workloads, rounds=1), tmp_path / f"html{many}")
        drawn = f"//figure[starts-with(figcaption, '{asked}')]"
        behind = folder / "families/demo-charts.html"

        assert len(page(folder).xpath(drawn)) == there
        assert behind.is_file() is not bool(there)
        assert there or len(tree_of(behind).xpath(drawn)) == many
        assert len(page(folder).xpath("//a[.='How sure we are, and how it grows']")) == many - there


@pytest.mark.parametrize(("many", "crowded"), [(15, False), (16, True)])
def test_many_rows_crowd_a_page_as_many_questions_do(
    tmp_path: Path, write: Make, fake: Make, many: int, crowded: bool
) -> None:
    """75 rows have their pictures beside them, whoever asks how few questions."""
    fakes = {f"one_{number}": fake(backends=("asyncio",)) for number in range(many - 1)}
    workloads = tuple(f"workload_{number}" for number in range(5))
    fakes["usual"] = fake(backends=("asyncio",))
    (family,) = families_of(
        measurements(record.read(write(tmp_path, fakes, workloads, points=(100,), launches=2, rounds=1)))
    )

    assert family_view(family, "asyncio", places([family])).crowded is crowded


def test_every_caption_says_how_to_read_it(report: Path) -> None:
    """Of tables and pictures: a link to the place that says it."""
    for name in ("index.html", "safety.html", "families/demo.html", "families/demo-measures.html"):
        captions = page(report, name).xpath("//caption | //figcaption")

        assert captions
        assert [text_of(one) for one in captions if not one.xpath(".//a[contains(@href, '#reading')]")] == []


def test_every_picture_has_files_of_its_own(report: Path) -> None:
    """An SVG that needs no page, and the numbers behind it."""
    links = page(report).xpath("//figure//a[.='SVG' or .='CSV']/@href")
    pictures = [report / "families" / link for link in links if link.endswith(".svg")]

    assert len(links) == 2 * len(pictures) == 2 * len(page(report).xpath("//figure"))
    for picture in pictures:
        root = ET.fromstring(picture.read_text(encoding="utf-8"))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "--accent" in root.findtext("{*}style", "")
    ratios = (report / "charts" / "demo.ratio-busy.csv").read_text(encoding="utf-8").splitlines()
    growths = (report / "charts" / "demo.growth-busy.csv").read_text(encoding="utf-8").splitlines()
    assert ratios[0] == "alternative,ratio,low,high,verdict,unsafe,launches"
    assert [line for line in ratios if line.startswith("usual,1.0,,,baseline,False")]
    assert growths[0] == "alternative,n,seconds,low,high,unsafe"
    assert {line.split(",")[1] for line in growths[1:]} == {"10", "100", "1000"}


def test_what_most_rows_break_is_the_first_column(
    tmp_path: Path, write: Make, fake: Make, found: Make, safety_of: Make
) -> None:
    """The matrix says who breaks what; promise by promise, a page of its own has the evidence and the definitions."""
    folder = built(budget_run(tmp_path / "run", write, fake, found, safety_of), tmp_path / "html")
    family, apart = page(folder), tree_of(folder / "families/demo-safety.html")
    heads = family.xpath("//table[@id='matrix']/thead//th/a")

    assert text_of(heads[0]) == "promise that is kept 0"
    assert len(heads) == 12
    assert {head.get("href").partition("#")[0] for head in heads} == {"demo-safety.html"}
    assert not family.xpath("//section[@id='evidence' or @id='promises']")
    assert len(apart.xpath("//section[@id='evidence' or @id='promises']")) == 2

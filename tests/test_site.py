"""The built site holds all that it should, the same bytes wherever it is built, and a doubtful build fails."""

import hashlib
import html
import importlib
import json
import re
import tomllib
import zipfile
from types import SimpleNamespace

import pytest
import yaml
from conftest import ROOT, copy_checkout

from analysis.publish.citations import FORMATS
from analysis.publish.contents import chapters, pages
from analysis.publish.exports import withheld
from analysis.publish.identity import citables
from analysis.publish.scenario import jupyter_book
from analysis.tables import check, load

FIGURES = [(chapter.name, record["id"]) for chapter in chapters(ROOT) for record, _ in chapter.figures]


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_page_of_the_contents_and_every_stored_figure_is_there(site):
    assert {f"{name}.html" for name in pages(ROOT)} <= {path.name for path in site.glob("*.html")}
    listed = {entry["id"]: entry for entry in json.loads((site / "figures" / "index.json").read_text("utf-8"))}
    assert list(listed) == [figure_id for _, figure_id in FIGURES] and len(listed) >= 8
    for page, figure_id in FIGURES:
        text = (site / f"{page}.html").read_text("utf-8")
        assert text.count(f'<figure class="card" id="{figure_id}"') == 1
        there = {path.name for path in (site / "figures" / figure_id).iterdir()}
        assert there == {*listed[figure_id]["files"], "index.html"}


def test_the_catalogue_holds_what_others_rely_on(site):
    catalogue = json.loads((site / "figures" / "index.json").read_text("utf-8"))
    for entry in catalogue:
        assert {"id", "title", "chapter", "alt", "sources", "data_sha256", "version", "url", "files"} <= set(entry)
        assert all((site / "figures" / entry["id"] / name).stat().st_size > 0 for name in entry["files"])
        suffixes = {name.removeprefix(entry["id"]) for name in entry["files"]}
        expected = {".svg", ".png", ".pdf", ".csv", ".json", ".bib", ".ris", ".csl.json", ".pptx", ".zip"}
        assert suffixes >= (expected - {".csv"} if "data_withheld" in entry else expected)
        assert "data_withheld" not in entry or ".csv" not in suffixes
        with zipfile.ZipFile(site / "figures" / entry["id"] / f"{entry['id']}.zip") as archive:
            assert {*archive.namelist(), archive.filename.rsplit("/", 1)[1]} == {*entry["files"], "README.txt"}
        assert f'href="figures/{entry["id"]}/index.html"' in (site / "catalogue.html").read_text("utf-8")


@pytest.mark.parametrize("figure_id", [figure_id for _, figure_id in (FIGURES[0], FIGURES[5], FIGURES[-1])])
def test_a_figure_has_a_page_that_leads_back_to_code_and_data(site, figure_id, monkeypatch):
    folder = site / "figures" / figure_id
    text = (folder / "index.html").read_text("utf-8")
    record = json.loads((folder / f"{figure_id}.json").read_text("utf-8"))
    assert html.escape(record["citation"]) in text and record["data_sha256"][:12] in text
    file, line = re.search(r"(analysis/figures/\w+\.py), line (\d+)", text).groups()
    lines = (ROOT / file).read_text("utf-8").splitlines()
    assert f"def {record['function'].rsplit('.', 1)[1]}(" in "\n".join(lines[int(line) - 1 : int(line) + 1])
    about = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])
    assert about["@type"] == "Dataset" and about["name"] == record["title"]
    loading = html.unescape(re.search(r'<pre id="load-pandas"[^>]*>(.*?)</pre>', text, re.DOTALL)[1])
    monkeypatch.chdir(folder)
    loaded: dict[str, object] = {}
    exec(loading, loaded)
    assert list(loaded["table"].columns) == record["table"]["columns"]
    assert len(loaded["table"]) == len(record["table"]["rows"])


def test_a_renamed_figure_leads_on_and_a_wrong_renaming_is_refused(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    figure_pages = importlib.import_module("figure_pages")
    (tmp_path / "book").mkdir()
    moves = tmp_path / figure_pages.RENAMED
    monkeypatch.setattr(figure_pages, "ROOT", tmp_path)
    book = SimpleNamespace(figures={"new-name": None})
    assert figure_pages.renamed(book) == []
    moves.write_text("old,new\nold-name,new-name\n", "utf-8")
    assert figure_pages.renamed(book) == [("old-name", "new-name")]
    moves.write_text("old,new\nnew-name,nowhere\n", "utf-8")
    with pytest.raises(ValueError, match="new-name -> nowhere"):
        figure_pages.renamed(book)


def test_one_source_that_forbids_it_withholds_a_figures_data():
    allowed = {"a": "open", "b": "facts", "c": "none"}
    assert withheld(allowed, ["a", "b"]) == ""
    assert withheld(allowed, ["a", "c"]) == "The terms of c do not allow its data to be passed on."


def test_every_number_in_prose_leads_to_a_record_that_is_there(site):
    ids = {page.name: set(re.findall(r'id="([^"]+)"', page.read_text("utf-8"))) for page in site.glob("*.html")}
    found = 0
    for page in site.glob("*.html"):
        spans = re.findall(
            r'<span class="num" data-key="[^"]+"><a href="([\w-]*(?:\.html)?)#([^"]+)" aria-describedby="([^"]+)"',
            page.read_text("utf-8"),
        )
        for target, anchor, note in spans:
            assert anchor in ids[target or page.name], (page.name, target, anchor)
            assert note in ids[page.name]
        found += len(spans)
    assert found > 60


def test_internal_links_of_the_registers_lead_somewhere(site):
    ids = {page.name: set(re.findall(r'id="([^"]+)"', page.read_text("utf-8"))) for page in site.glob("*.html")}
    for page in site.glob("*.html"):
        for target, anchor in re.findall(r'href="([\w-]*(?:\.html)?)#([^"]+)"', page.read_text("utf-8")):
            assert anchor in ids[target or page.name], (page.name, target, anchor)


def test_two_builds_in_two_folders_give_the_same_bytes(site, tmp_path):
    done = jupyter_book(copy_checkout(tmp_path / "elsewhere"), tmp_path / "out")
    assert done.returncode == 0, done.stderr[-2000:]
    assert hashes(tmp_path / "out" / "_build" / "html") == hashes(site)


PLANTED = {
    "It is {num}`no-such-number`.": "no number, claim, fact or question with a number has the key 'no-such-number'",
    "It is {num}`inventory-then:range`.": "number inventory-then has no form 'range'",
    "{finding}`no-such-finding`": "no finding 'no-such-finding'",
    "See {card}`no-such-figure`.": "no chapter shows the figure 'no-such-figure'",
    "See {claim}`c009-999`.": "no claim 'c009-999'",
    "See {event}`E999`.": "no event 'E999'",
    "About 4,711 chips arrived.": "the number 4,711 stands bare in the prose",
    "By the XYZQ.": "the acronym XYZQ is explained nowhere; expected a row of data/acronyms.csv",
    "[a page](missing.md)": "missing.md",
}


# In a table that only the build can compare with what the chapters have stored: file, what stands there, error, reason.
MISLED = [
    ("headlines.csv", "few-delivered,Delivery,delivered,", "few-delivered,Delivery,levy-realised,",
     "data/headlines.csv: few-delivered does not say 'levy-realised'"),
    ("corrections.csv", ",charge-share-of-unsold,", ",charge-share-of-nothing,",
     "data/corrections.csv: nothing in the book has the id 'charge-share-of-nothing'"),
]  # fmt: skip


def test_a_doubtful_build_fails_and_says_why(tmp_path):
    root = copy_checkout(tmp_path / "copy")
    (root / "book" / "index.md").write_text("# Planted\n\n" + "\n\n".join(PLANTED) + "\n", "utf-8")
    for name, good, bad, _ in MISLED:
        text = (root / "data" / name).read_text("utf-8")
        assert good in text
        (root / "data" / name).write_text(text.replace(good, bad, 1), "utf-8")
    done = jupyter_book(root, tmp_path / "out")
    said = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert done.returncode != 0
    expected = [*PLANTED.values(), *(reason for *_, reason in MISLED)]
    assert [reason for reason in expected if reason not in said] == []


def test_everything_citable_has_its_citation_as_files(site):
    known = citables(ROOT, chapters(ROOT))
    assert {path.name for path in (site / "cite").iterdir()} == {
        f"{key}{suffix}" for key in known for suffix in (".bib", ".ris", ".csl.json")
    }
    homes = {"c000-019": "evidence", "inventory-days": "questions", "delivery-pressure": "delivery-pressure"}
    for key, page in homes.items():
        text = (site / f"{page}.html").read_text("utf-8")
        assert html.escape(FORMATS["text"](known[key])) in text and f'href="cite/{key}.bib"' in text


def test_the_offered_package_is_the_data_and_keeps_its_contract(site, tmp_path):
    with zipfile.ZipFile(site / "data" / "the-h200-window-data.zip") as archive:
        archive.extractall(tmp_path)
    assert check(tmp_path) == []
    assert (tmp_path / "claims.csv").read_bytes() == (ROOT / "data" / "claims.csv").read_bytes()
    claims = json.loads((site / "data" / "claims.json").read_text("utf-8"))
    assert len(claims) == len(load("claims")) and claims[0]["claim_id"] == "c000-001"


def test_every_relay_stands_below_its_original(site):
    order = re.findall(r'<tr id="ref-([a-z0-9-]+)"', (site / "sources.html").read_text("utf-8"))
    place = {source_id: row for row, source_id in enumerate(order)}
    for row in load("sources").itertuples():
        assert not row.relays or place[row.relays] < place[row.source_id]


def test_identity_is_the_same_wherever_it_is_written(site):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    version, title = project["project"]["version"], project["tool"]["book"]["title"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    authors = [author["name"] for author in project["project"]["authors"]]
    assert (citation["version"], citation["title"]) == (version, title)
    assert [author["name"] for author in citation["authors"]] == authors
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    text = re.search(r'citation-text">([^<]+)<', (site / "cite.html").read_text("utf-8"))[1]
    readme = re.sub(r"\s+", " ", (ROOT / "README.md").read_text("utf-8")).replace("*", "")
    assert text in readme.replace("Unpublished", "unpublished"), text
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    assert (config["title"], config["author"]) == (title, ", ".join(authors))


def test_the_picture_of_the_readme_is_the_figure_as_it_stands(site):
    assert (ROOT / "book" / "_static" / "readme.png").read_bytes() == (
        site / "figures" / "announcement-to-chips" / "announcement-to-chips.png"
    ).read_bytes()

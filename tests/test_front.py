"""What speaks for the whole report: the headlines, the sheet, the corrections, and the acronyms on every page."""

import html
import importlib
import re
import subprocess
import sys

import pandas as pd
import pytest
from browser import Watch, installed
from conftest import ROOT
from playwright.sync_api import expect

from analysis.evidence.findings import SLOT, together
from analysis.evidence.grounds import grounds
from analysis.publish.contents import ContentsError, chapters
from analysis.publish.sheet import leaves, print_sheet, undated
from analysis.tables import load


@pytest.fixture(scope="module")
def acronyms():
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    yield importlib.import_module("acronyms")
    sys.path.remove(str(ROOT / "book" / "_ext"))


@pytest.fixture(scope="module")
def stored():
    return {key: record for chapter in chapters(ROOT) for key, record in chapter.numbers.items()}


def test_several_predicates_hold_together_fail_together_or_cannot_be_told():
    words = {"a": "holds", "b": "holds", "c": "fails", "d": "unclear"}
    assert [together(key, words) for key in ("a", "a;b", "a;c;d", "a;d")] == ["holds", "holds", "fails", "unclear"]
    with pytest.raises(KeyError, match="none"):
        together("a;none", words)


def test_the_front_page_shows_what_was_judged_and_says_how_sure_and_why(site, stored):
    """A headline whose finding has turned, or which no longer says its number, must be judged anew."""
    findings = load("findings").set_index("finding_id")
    words = {key: record["word"] for key, record in stored.items() if record["unit"] == "verdict"}
    shown = load("headlines")
    assert 5 <= len(shown) <= 7
    pages = [re.sub(r'<span class="num-note".*?</span>', "", (site / name).read_text("utf-8"), flags=re.DOTALL)
             for name in ("index.html", "brief.html")]  # fmt: skip
    said = [re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page))) for page in pages]
    for row in shown.itertuples():
        finding = findings.loc[row.finding_id]
        assert together(finding["predicate"], words) == row.judged, f"{row.finding_id} has turned: judge it anew"
        assert row.number in {key for key, _ in SLOT.findall(finding[row.judged])}
        span = stored[row.number]["text"].get("range")
        for text in said:
            assert f"{row.confidence.capitalize()} confidence." in text
            assert (f"Interval {span}" if span else "A count, without an interval.") in text, row.finding_id
    assert together(findings.loc["answer", "predicate"], words) in ("holds", "fails", "unclear")


def test_what_a_finding_rests_on_is_counted_by_originals():
    sources = pd.DataFrame(
        {"relays": ["", "law", "", "press"], "quality": ["primary", "reported", "reported", "reported"]},
        index=["law", "note", "press", "digest"],
    )
    facts = pd.DataFrame({"source_id": ["note"]}, index=["a-fact"])
    told = [grounds(ids, facts, sources) for ids in ([], ["law"], ["a-fact"], ["note", "law", "digest"], ["press"])]
    assert told == [
        "Counted in this report's own records.",
        "Rests on one original, official.",
        "Rests on one original, official, read through others that quote it.",
        "Rests on 2 originals, 1 official, 1 read through others that quote them.",
        "Rests on one original, not official.",
    ]


def test_the_sheet_is_one_page_and_the_same_bytes_each_time(site, tmp_path):
    """In processes of their own: a second Playwright in one process stands in the first one's way."""
    installed()
    code = (
        "import sys; from pathlib import Path; from analysis.publish.sheet import print_sheet;"
        "print_sheet(*map(Path, sys.argv[1:]))"
    )
    for name in ("one.pdf", "two.pdf"):
        subprocess.run([sys.executable, "-c", code, site / "brief.html", tmp_path / name], cwd=ROOT, check=True)
    first = (tmp_path / "one.pdf").read_bytes()
    assert first == (tmp_path / "two.pdf").read_bytes() and leaves(first) == 1
    long = subprocess.run(
        [sys.executable, "-c", code, site / "conduct.html", tmp_path / "long.pdf"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert re.search(r"conduct.html: takes \d+ sheets of paper; expected one", long.stderr)
    assert not (tmp_path / "long.pdf").exists()


def test_a_sheet_that_cannot_be_printed_says_why(tmp_path, monkeypatch):
    with pytest.raises(ContentsError, match=r"brief.html: not there; expected a built book \(make book\)"):
        print_sheet(tmp_path / "brief.html", tmp_path / "brief.pdf")
    (tmp_path / "brief.html").write_text("<p>A page.</p>")
    monkeypatch.setattr("analysis.publish.sheet.chromium_path", lambda: None)
    with pytest.raises(ContentsError, match="no Chromium is installed"):
        print_sheet(tmp_path / "brief.html", tmp_path / "brief.pdf")
    assert undated(b"/CreationDate (D:20261125223000+00'00')") == b"/CreationDate (D:20260101000000+00'00')"


def test_corrections_keep_their_ids_and_stand_with_what_they_corrected(site, stored):
    rows = load("corrections")
    assert rows["correction_id"].tolist() == [f"K{place:03d}" for place in range(1, len(rows) + 1)]
    assert rows["corrected_on"].is_monotonic_increasing
    figures = {record["id"] for chapter in chapters(ROOT) for record, _ in chapter.figures}
    assert {key for keys in rows["numbers"] for key in keys} <= stored.keys()
    assert {key for keys in rows["figures"] for key in keys} <= figures
    page = (site / "corrections.html").read_text("utf-8")
    for row in rows.itertuples():
        assert row.records or row.numbers or row.figures, f"{row.correction_id} names nothing that it corrected"
        assert f'<tr id="{row.correction_id}"' in page
    claim = next(row for row in rows.itertuples() if any(key.startswith("c00") for key in row.records))
    assert f'href="corrections.html#{claim.correction_id}"' in (site / "evidence.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("page", "key"),
    [
        ("evidence", "c000-019"),
        ("levy-logic", "levy-realised"),
        ("levy-logic", "levy-base-map"),
        ("scoreboard", "F001"),
        ("scoreboard", "R001"),
        ("sources", "h200-orders-20251231"),
        ("assumptions", "levy-rate"),
        ("questions", "inventory-days"),
        ("timeline", "E001"),
    ],
)
def test_every_kind_of_record_can_be_challenged(site, page, key):
    assert f'class="doubt" href="corrections.html?about={key}#challenge"' in (site / f"{page}.html").read_text("utf-8")


def test_a_challenge_names_the_record_that_the_reader_came_from(browser, address):
    page = browser.new_page()
    watch = Watch(page)
    watch.open(f"{address}corrections.html?about=c000-019#challenge")
    expect(page.locator("#challenge-form")).to_contain_text("Record: c000-019")
    watch.open(f"{address}corrections.html?about=<b>#challenge")
    expect(page.locator("#challenge-form")).to_contain_text("Record: (its id)")
    assert watch.noticed == []
    page.close()


def test_an_acronym_is_explained_once_where_the_text_does_not_do_it(acronyms):
    seen = set()
    assert acronyms.explain("HBM and HBM", seen) == "HBM (high-bandwidth memory) and HBM"
    assert acronyms.explain("more HBM", seen) == "more HBM"
    assert acronyms.explain("a service level agreement (SLA)", seen) == "a service level agreement (SLA)"
    assert acronyms.explain("IDC’s count", set()) == "IDC’s (International Data Corporation, a market researcher) count"
    assert acronyms.explain("by NVIDIA, at 6,500 GB/s", {"GB/s"}) == "by NVIDIA, at 6,500 GB/s"
    assert acronyms.explain("(a count of IDC, twice)", set()) == "(a count of IDC, twice)"
    assert acronyms.explain("TPP", set(), " (total processing performance, the measure)") == "TPP"
    assert acronyms.unknown("XYZQ and HBM of README.md, A/B") == ["XYZQ"]


def test_an_acronym_in_html_is_explained_in_prose_only(acronyms):
    page = (
        '<h3>HBM</h3><p class="card-source">HBM</p><table><tr><td><p>HBM</p></td></tr></table>'
        "<p><a>HBM</a> HBM<br>x</p>"
    )
    assert acronyms.explain_html(page, set()) == page.replace("</a> HBM", "</a> HBM (high-bandwidth memory)")

"""Stored figures are what they claim: drawn in the palette, free of dates and paths, tied to their table."""

import hashlib
import json
import re

import pandas as pd
import pytest

from analysis.evidence.formatting import day
from analysis.figures import chips as draw_chips
from analysis.figures import market as draw_market
from analysis.figures import style
from analysis.figures import timeline as draw_timeline
from analysis.publish.cards import STAMP, card_html, picture_of, stamped, table_hash
from analysis.publish.contents import chapters
from analysis.publish.downloads import size, write_figure
from analysis.results import chips, timeline
from analysis.tables.store import DATA, load

FIGURES = [figure for chapter in chapters(DATA.parent) for figure in chapter.figures]


@pytest.mark.parametrize(("record", "svg"), FIGURES, ids=[record["id"] for record, _ in FIGURES])
def test_a_stored_figure_is_complete_and_clean(record, svg):
    colors = {color.lower() for color in re.findall(r"#[0-9a-fA-F]{6}\b", svg)}
    assert colors <= set(style.DARK), f"colours without a dark twin: {colors - set(style.DARK)}"
    assert not re.search(r"/(?:work|home|tmp|usr)/|dc:date|matplotlib v", svg)
    assert not re.search(r"[\d.]+\.\d{3,}", re.sub(r"scale\([^)]*\)", "", svg)), "coordinates have two decimals"
    # Either makes the PDF's renderer name things in no fixed order: other bytes at each run (analysis.figures.style).
    assert not re.search(r"opacity: 0?\.", svg) and svg.count("<pattern") <= 1, "drawn with transparency or hatchings"
    for field in ("title", "subtitle", "alt", "source", "data_to", "sources"):
        assert record[field], field
    assert re.fullmatch(r"\d{1,2} [A-Z][a-z]+ \d{4}", record["data_to"]), "a citation needs a day"
    assert len(record["alt"]) > 60 and record["id"] == re.sub(r"[^a-z0-9-]", "", record["id"])
    frame = pd.DataFrame(record["table"]["rows"], columns=record["table"]["columns"])
    assert len(frame) > 1 and table_hash(frame) == record["data_sha256"]


def test_the_same_drawing_gives_the_same_bytes():
    def draw():
        figure, axes = style.canvas(2.0)
        axes.plot([0, 1], [0, 1 / 3], color=style.ACCENT)
        return style.to_svg(figure)

    first = draw()
    assert first == draw()
    assert style.to_dark(first) != first and style.PAPER not in style.to_dark(first)


def test_a_changed_value_changes_the_hash_and_noise_below_nine_digits_does_not():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]})
    assert table_hash(frame) == table_hash(frame.assign(a=[1.0 + 1e-12, 2.0]))
    assert table_hash(frame) != table_hash(frame.assign(a=[1.0001, 2.0]))


def test_a_card_escapes_markup_and_carries_its_picture():
    record = FIGURES[0][0] | {"title": "<script>alert(1)</script>"}
    html = card_html(record, "<svg></svg>")
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert picture_of(html) == "<svg></svg>\n"


def test_downloads_are_the_same_bytes_twice_and_open_as_what_they_are(tmp_path):
    record, svg = FIGURES[0]
    hashes = []
    for name in ("one", "two"):
        files = write_figure(tmp_path / name, record, svg, {"version": "0"})
        hashes.append({f: hashlib.sha256((tmp_path / name / f).read_bytes()).hexdigest() for f in files})
    assert hashes[0] == hashes[1]
    stem = tmp_path / "one" / record["id"]
    shown = pd.read_csv(stem.with_suffix(".csv"))
    assert list(shown.columns) == record["table"]["columns"] and len(shown) == len(record["table"]["rows"])
    assert json.loads(stem.with_suffix(".json").read_text("utf-8"))["data_sha256"] == record["data_sha256"]
    png = stem.with_suffix(".png").read_bytes()
    assert png.startswith(b"\x89PNG") and int.from_bytes(png[16:20]) > 1.5 * size(svg)[0]


def test_no_figure_has_the_name_of_a_page_both_are_cited_by_it():
    assert {record["id"] for record, _ in FIGURES}.isdisjoint(chapter.name for chapter in chapters(DATA.parent))


def test_the_line_that_names_a_scenario_stands_above_the_picture():
    svg = FIGURES[0][1]
    marked = stamped(svg, "Scenario A <b> & more: x = 3.")
    assert "Scenario A &lt;b&gt; &amp; more: x = 3." in marked and stamped(svg, "") == svg
    (width, height), (same, taller) = (
        map(float, re.search(r'viewBox="0 -?\d+ ([\d.]+) ([\d.]+)"', picture).groups()) for picture in (svg, marked)
    )
    assert (same, taller) == (width, height + STAMP) and f'viewBox="0 -{STAMP} ' in marked


def test_the_cut_off_stands_in_the_events_and_is_typed_nowhere():
    """A typed day would stay when the next quarter's events are added."""
    last = load("events")["date"].max().date()
    typed = [
        f"{path.relative_to(DATA.parent)}: {written}"
        for path in sorted((DATA.parent / "analysis").rglob("*.py"))
        for written in (day(last), last.isoformat())
        if written in path.read_text("utf-8")
    ]
    for chapter in chapters(DATA.parent):
        code = "\n".join("".join(cell["source"]) for _, cell in chapter.code)
        typed += [chapter.name for written in (day(last), last.isoformat()) if written in code + chapter.prose]
    assert not typed


def test_a_figure_says_the_cut_off_that_it_is_given():
    to, parts, rules = "3 May 2031", load("accelerators"), load("procurement")
    record = timeline.record(*(load(name) for name in ("events", "event_stages", "milestones")))
    for figure in (
        draw_chips.eighteen_months(chips.generations(parts), chips.ages(parts), (), to),
        draw_market.procurement_evidence(rules, to),
        draw_timeline.whole(record, (), to),
    ):
        signed = [text for text in re.findall("<!-- (.*?) -->", figure.svg) if to in text]
        assert figure.data_to == to and signed, figure.figure_id

"""The files of a figure open as what they are, are the same bytes twice, and give away nothing that they must not."""

import csv
import io
import json
import re
import shutil
import zipfile

import pandas as pd
import pytest
import vl_convert
from PIL import Image, ImageChops

from analysis.figures import style
from analysis.publish.contents import chapters
from analysis.publish.downloads import KINDS, pack, size, write_figure, zipped
from analysis.tables.store import DATA

FIGURES = [figure for chapter in chapters(DATA.parent) for figure in chapter.figures]
ABOUT = {"version": "0.0", "url": "a-page.html#a", "citation": "Authors. A book. Version 0.0. Unpublished build 0.0."}
REASON = "The terms of a-source do not allow its data to be passed on."
SMALL = (
    '<svg width="518.4pt" height="144pt" viewBox="0 0 518.4 144" xmlns="http://www.w3.org/2000/svg">'
    '<rect x="9" y="9" width="400" height="99" fill="#0b6e8f"/></svg>\n'
)
RECORD = {
    "id": "a-figure", "number": "9.1", "title": "A title", "subtitle": "A subtitle", "note": "A caveat", "alt": "A bar",
    "source": "A publisher", "sources": ["a-source"], "data_to": "1 January 2026", "data_sha256": "0" * 64,
    "table": {"columns": ["name", "value"], "rows": [["secret-cell", 4711], ["other", None]]},
}  # fmt: skip


@pytest.fixture(scope="module")
def tallest(tmp_path_factory):
    """The tallest stored figure with the folder that its files were written to, and their names."""
    record, svg = max(FIGURES, key=lambda figure: size(figure[1])[1])
    folder = tmp_path_factory.mktemp("figure")
    return record, svg, folder, write_figure(folder, record, svg, ABOUT)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_kind_of_file_is_written_named_and_returned(tallest):
    record, _, folder, files = tallest
    assert files == [f"{record['id']}{kind}" for kind in KINDS]
    assert set(files) == set(contents(folder)) and all(contents(folder).values())


def test_the_same_figure_gives_the_same_bytes(tallest, tmp_path):
    record, svg, folder, _ = tallest
    write_figure(tmp_path, record, svg, ABOUT)
    assert contents(tmp_path) == contents(folder)


def test_pictures_have_the_size_of_their_use_and_lose_nothing(tallest):
    record, svg, folder, _ = tallest
    width, height = size(svg)
    with Image.open(folder / f"{record['id']}.png") as picture:
        assert picture.size[0] == 1600 and abs(picture.size[1] / 1600 - height / width) < 0.002
        assert picture.info["dpi"][0] == pytest.approx(1600 / 7.2, abs=0.1)
        points = float(re.search(r'width="([\d.]+)pt"', svg)[1])
        raw = vl_convert.svg_to_png(svg, scale=1200 / points, ppi=72)
        with Image.open(io.BytesIO(raw)) as rendered:
            assert ImageChops.difference(picture, rendered.convert("RGB")).getbbox() is None
        assert len(raw) > 2 * (folder / f"{record['id']}.png").stat().st_size
    with Image.open(folder / f"{record['id']}-slide.png") as slide:
        assert slide.size == (2560, 1440) and slide.mode == "RGB"
        drawn = ImageChops.difference(slide, Image.new("RGB", slide.size, style.PAPER)).getbbox()
        assert drawn[0] >= 80 and drawn[1] >= 80 and drawn[2] <= 2480 and drawn[3] <= 1360
        assert drawn[3] - drawn[1] > 1100, "the picture fills the slide"
    dark = (folder / f"{record['id']}-dark.svg").read_text("utf-8")
    assert (folder / f"{record['id']}.svg").read_text("utf-8") == svg and dark == style.to_dark(svg) != svg


def test_a_picture_without_a_ground_lies_on_paper(tmp_path):
    write_figure(tmp_path, RECORD, SMALL, ABOUT)
    for name in ("a-figure.png", "a-figure-slide.png"):
        with Image.open(tmp_path / name) as picture:
            assert picture.getpixel((0, 0)) == picture.getpixel((picture.width - 1, picture.height - 1)) == (255,) * 3
            assert len(picture.getcolors()) > 1


def test_the_pdf_is_one_page_of_the_size_drawn_and_names_no_day(tallest):
    record, svg, folder, _ = tallest
    pdf = (folder / f"{record['id']}.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-1.") and pdf.rstrip().endswith(b"%%EOF")
    assert re.findall(rb"/Type /Page\b", pdf) == [b"/Type /Page"]
    box = [float(edge) for edge in re.search(rb"/MediaBox \[([\d. ]+)\]", pdf)[1].split()]
    assert box == pytest.approx([0, 0, size(svg)[0] * 0.75, size(svg)[1] * 0.75], abs=0.5)
    assert not re.search(rb"/CreationDate|/ModDate|/ID\b|D:20\d\d|xmp", pdf)


def test_data_and_metadata_are_what_the_picture_draws(tallest):
    record, _, folder, files = tallest
    shown = pd.read_csv(folder / f"{record['id']}.csv")
    assert list(shown.columns) == record["table"]["columns"] and len(shown) == len(record["table"]["rows"])
    told = json.loads((folder / f"{record['id']}.json").read_text("utf-8"))
    assert told == record | ABOUT | {"files": files}


def test_the_zip_holds_every_file_and_says_what_it_is(tallest, tmp_path):
    record, _, made, _ = tallest
    folder = shutil.copytree(made, tmp_path / "figure")
    (folder / f"{record['id']}.bib").write_text("@misc{a}", "utf-8")
    loose = contents(folder)
    packed = unzipped((folder / pack(folder, record, ABOUT, sorted(loose))).read_bytes())
    readme = re.sub(r"\s+", " ", packed.pop("README.txt").decode())
    assert packed == loose
    for part in (record["title"], record["source"], record["data_to"], ABOUT["citation"], "CC BY 4.0", *loose):
        assert re.sub(r"\s+", " ", part) in readme, part
    with zipfile.ZipFile(folder / f"{record['id']}.zip") as archive:
        names = [entry.filename for entry in archive.infolist()]
        assert names == sorted(names) and {entry.date_time[:3] for entry in archive.infolist()} == {(2026, 1, 1)}


def test_a_zip_depends_on_neither_order_nor_day():
    assert zipped({"b": b"2", "a": b"1"}) == zipped({"a": b"1", "b": b"2"})
    assert unzipped(zipped({"b": b"2", "a.png": b"1"})) == {"a.png": b"1", "b": b"2"}


def test_no_cell_is_a_formula_and_numbers_stay_numbers(tmp_path):
    risky = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=", "-", "- none", "+12 %", "-1,5"]
    plain = ["-5", "+5", "-.5", "-1.5e-3", "1", "", "a=b", "−5", "'=1", 'say "=1", then', "two\nlines"]
    numbers = [-5, -0.25, 1e21, 0, True, None]
    table = {"columns": ["=name", "value"], "rows": [[cell, -1] for cell in (*risky, *plain, *numbers)]}
    write_figure(tmp_path, RECORD | {"table": table}, SMALL, ABOUT)
    with (tmp_path / "a-figure.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["'=name", "value"] and {row[1] for row in rows} == {"-1"}
    cells = [row[0] for row in rows]
    assert cells == [*(f"'{cell}" for cell in risky), *plain, "-5", "-0.25", "1e+21", "0", "True", ""]


def test_an_ordinary_table_is_quoted_only_where_it_must_be(tmp_path):
    write_figure(tmp_path, RECORD, SMALL, ABOUT)
    assert (tmp_path / "a-figure.csv").read_bytes() == b"name,value\nsecret-cell,4711\nother,\n"


@pytest.mark.parametrize("bad", ["", "..", "../up", "a/b", "a\\b", "A", "a b", "a.b", "/etc", "ä", "a\n", "a\0"])
def test_an_id_cannot_leave_its_folder(tmp_path, bad):
    with pytest.raises(ValueError, match="figure id"):
        write_figure(tmp_path / "in", RECORD | {"id": bad}, SMALL, ABOUT, tmp_path / "cache")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_without_a_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match="width and height in points"):
        write_figure(tmp_path, RECORD, "<svg></svg>", ABOUT)


@pytest.mark.parametrize("cached", [False, True])
def test_withheld_data_is_in_no_file_and_the_reason_is(tmp_path, cached):
    cache = tmp_path / "cache" if cached else None
    folder = tmp_path / "figure"
    write_figure(folder, RECORD, SMALL, ABOUT, cache)
    assert b"secret-cell" in (folder / "a-figure.csv").read_bytes()
    files = write_figure(folder, RECORD, SMALL, ABOUT | {"data_withheld": REASON}, cache)
    left = contents(folder)
    assert set(left) == set(files) and "a-figure.csv" not in left
    packed = unzipped((folder / pack(folder, RECORD, ABOUT | {"data_withheld": REASON}, files)).read_bytes())
    assert set(packed) == {*files, "README.txt"}
    for name, content in [*left.items(), *packed.items()]:
        assert b"secret-cell" not in content and b"4711" not in content, name
    told = json.loads(left["a-figure.json"])
    assert told["data_withheld"] == REASON and "table" not in told and told["files"] == files
    assert REASON in re.sub(r"\s+", " ", packed["README.txt"].decode())


def test_an_unchanged_figure_is_not_rendered_again(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    write_figure(tmp_path / "plain", RECORD, SMALL, ABOUT)
    write_figure(tmp_path / "first", RECORD, SMALL, ABOUT, cache)
    calls = []
    render = vl_convert.svg_to_png
    monkeypatch.setattr(vl_convert, "svg_to_png", lambda *args, **names: calls.append(1) or render(*args, **names))
    assert write_figure(tmp_path / "second", RECORD, SMALL, ABOUT, cache) and not calls
    assert contents(tmp_path / "second") == contents(tmp_path / "first") == contents(tmp_path / "plain")
    changed = [
        (RECORD | {"title": "Another title"}, SMALL, ABOUT),
        (RECORD, SMALL.replace("400", "300"), ABOUT),
        (RECORD, SMALL, ABOUT | {"version": "0.1"}),
    ]
    for record, svg, about in changed:
        calls.clear()
        write_figure(tmp_path / "second", record, svg, about, cache)
        assert calls and contents(tmp_path / "second") != contents(tmp_path / "first")
    assert len(list(cache.iterdir())) == 1 + len(changed)


def test_a_build_that_is_stopped_leaves_no_half_figure_in_the_cache(tmp_path, monkeypatch):
    def stop(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(vl_convert, "svg_to_pdf", stop)
        with pytest.raises(KeyboardInterrupt):
            write_figure(tmp_path / "figure", RECORD, SMALL, ABOUT, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
    assert len(write_figure(tmp_path / "figure", RECORD, SMALL, ABOUT, tmp_path / "cache")) == len(KINDS)

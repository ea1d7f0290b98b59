"""Slides hold a figure's title, picture, description, source and notes; nothing runs out of its place."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path

import matplotlib
import pytest
from PIL import Image, ImageFont, UnidentifiedImageError
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Emu

from analysis.publish.contents import chapters
from analysis.publish.downloads import size
from analysis.publish.slides import deck, figure_slide
from analysis.tables.store import DATA

FIGURES = [figure for chapter in chapters(DATA.parent) for figure in chapter.figures]
CITED = "Authors. A book. Version 0.0, data to 1 January 2026. Unpublished build 0.0."
# Wider than the fonts of office programs: what fits in it fits in those too.
FONT = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


def png(width=160, height=90):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#0b6e8f").save(out, "PNG")
    return out.getvalue()


def items(count):
    return [(record, png(*size(svg)), f"{CITED} Figure {record['id']}.") for record, svg in FIGURES[:count]]


def picture_of(slide):
    (picture,) = [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    return picture


def named(slide, name):
    (shape,) = [shape for shape in slide.shapes if shape.name == name]
    return shape


def needed(shape):
    """The height in points that a shape's text takes when it is wrapped at words in a wide font."""
    height = 0.0
    for paragraph in shape.text_frame.paragraphs:
        points = paragraph.font.size.pt
        font, lines, line = ImageFont.truetype(FONT, points * 10), 1, ""
        for word in paragraph.text.split(" "):
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) / 10 > shape.width.pt:
                lines, longer = lines + 1, word
            line = longer
        height += lines * points * 1.165
    return height


def in_place(slide, width, height):
    """Assert that all shapes are on the slide, one below the other, and that the text fits where it stands."""
    shapes = sorted(slide.shapes, key=lambda shape: shape.top)
    for shape in shapes:
        assert shape.left >= 0 and shape.top >= 0, shape.name
        assert shape.left + shape.width <= width and shape.top + shape.height <= height, shape.name
        if shape.has_text_frame and shape.text_frame.text:
            assert needed(shape) <= shape.height.pt + 1, (shape.name, shape.text_frame.text)
    for above, below in pairwise(shapes):
        assert above.top + above.height <= below.top, (above.name, below.name)


def test_a_slide_reads_back_as_the_figure(tmp_path):
    record, svg = FIGURES[0]
    picture = png(*size(svg))
    figure_slide(record, picture, CITED, tmp_path / "new" / "one.pptx")
    made = Presentation(tmp_path / "new" / "one.pptx")
    (slide,) = made.slides
    assert made.slide_width * 9 == made.slide_height * 16
    assert slide.shapes.title.text_frame.text == record["title"] and slide.shapes.title.is_placeholder
    shown = picture_of(slide)
    assert shown.image.blob == picture and shown.element.nvPicPr.cNvPr.get("descr") == record["alt"]
    assert shown.width / shown.height == pytest.approx(size(svg)[0] / size(svg)[1], rel=1e-3)
    source = named(slide, "Source").text_frame.text
    assert record["source"] in source and record["data_to"] in source and f"Figure {record['number']}." in source
    notes = slide.notes_slide.notes_text_frame.text
    assert all(part in notes for part in (record["subtitle"], record["note"], CITED))
    assert made.core_properties.title == record["title"]


def test_every_stored_figure_fits_its_slide(tmp_path):
    for record, svg in FIGURES:
        figure_slide(record, png(*size(svg)), CITED, tmp_path / "one.pptx")
        made = Presentation(tmp_path / "one.pptx")
        in_place(made.slides[0], made.slide_width, made.slide_height)
        assert picture_of(made.slides[0]).height > made.slide_height * 0.2, record["id"]


@pytest.mark.parametrize("shape", [(4000, 200), (200, 4000), (1, 1), (1600, 900)])
@pytest.mark.parametrize("words", [1, 60, 150])
def test_long_texts_and_odd_pictures_stay_in_place(tmp_path, shape, words):
    long = "measured supply " * words
    record = FIGURES[0][0] | {"title": long, "source": long, "note": ""}
    figure_slide(record, png(*shape), CITED, tmp_path / "one.pptx")
    made = Presentation(tmp_path / "one.pptx")
    in_place(made.slides[0], made.slide_width, made.slide_height)
    shown = picture_of(made.slides[0])
    assert shown.width / shown.height == pytest.approx(shape[0] / shape[1], rel=1e-3)
    assert "Caveat" not in made.slides[0].notes_slide.notes_text_frame.text


def test_markup_and_line_breaks_in_texts_are_text(tmp_path):
    record = FIGURES[0][0] | {"title": "<a:t> & \n'quotes'", "alt": '"<&>"', "note": "中文 caveat"}
    figure_slide(record, png(), CITED, tmp_path / "one.pptx")
    slide = Presentation(tmp_path / "one.pptx").slides[0]
    assert slide.shapes.title.text_frame.text == "<a:t> & 'quotes'"
    assert picture_of(slide).element.nvPicPr.cNvPr.get("descr") == '"<&>"'
    assert "中文 caveat" in slide.notes_slide.notes_text_frame.text


def test_a_picture_that_is_none_and_a_deck_of_nothing_are_refused(tmp_path):
    with pytest.raises(UnidentifiedImageError):
        figure_slide(FIGURES[0][0], b"no picture", CITED, tmp_path / "one.pptx")
    with pytest.raises(ValueError, match="at least one figure"):
        deck([], "A book", "", CITED, tmp_path / "none.pptx")
    assert list(tmp_path.iterdir()) == []


def test_a_deck_has_title_contents_figures_and_references(tmp_path):
    deck(items(4), "A book", "About it", CITED, tmp_path / "deck.pptx")
    made = Presentation(tmp_path / "deck.pptx")
    first, contents, *figures, references = made.slides
    assert first.shapes.title.text_frame.text == "A book" and first.placeholders[1].text_frame.text == "About it"
    assert named(first, "Citation").text_frame.text == CITED
    titles = [record["title"] for record, _ in FIGURES[:4]]
    assert [slide.shapes.title.text_frame.text for slide in figures] == titles
    listed = [paragraph.text for paragraph in contents.placeholders[1].text_frame.paragraphs]
    assert listed == [f"Figure {record['number']}. {record['title']}" for record, _ in FIGURES[:4]]
    cited = [paragraph.text for paragraph in references.placeholders[1].text_frame.paragraphs]
    assert len(cited) == 5 and CITED in cited[0]
    assert all(f"Figure {record['id']}." in line for (record, _), line in zip(FIGURES, cited[1:], strict=False))
    for slide in made.slides:
        in_place(slide, made.slide_width, made.slide_height)


def test_a_deck_of_all_figures_runs_its_lists_over_several_slides(tmp_path):
    deck(items(len(FIGURES)), "A book", "About it", CITED, tmp_path / "deck.pptx")
    made = Presentation(tmp_path / "deck.pptx")
    titles = [slide.shapes.title.text_frame.text for slide in made.slides]
    assert titles.count("Contents") == titles.count("References") == 1
    assert titles.count("Contents, continued") >= 2 and titles.count("References, continued") >= 2
    for name, count in (("Contents", len(FIGURES)), ("References", len(FIGURES) + 1)):
        lists = [slide for slide, title in zip(made.slides, titles, strict=True) if title.startswith(name)]
        assert sum(len(slide.placeholders[1].text_frame.paragraphs) for slide in lists) == count
        for slide in lists:
            in_place(slide, made.slide_width, made.slide_height)


def test_the_same_input_gives_the_same_bytes_and_a_fixed_day(tmp_path):
    for name in ("one", "two"):
        deck(items(3), "A book", "About it", CITED, tmp_path / f"{name}.pptx")
    assert (tmp_path / "one.pptx").read_bytes() == (tmp_path / "two.pptx").read_bytes()
    about = Presentation(tmp_path / "one.pptx").core_properties
    assert about.created == about.modified and (about.created.year, about.author) == (2026, "")
    with zipfile.ZipFile(tmp_path / "one.pptx") as archive:
        assert archive.namelist()[0] == "[Content_Types].xml" and archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2026, 1, 1)}


def test_an_office_program_opens_a_deck(tmp_path):
    office = shutil.which("soffice")
    if office is None:
        reason = "LibreOffice Impress is not installed (Debian: apt-get install libreoffice-impress)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    deck(items(3), "A book", "About it", CITED, tmp_path / "deck.pptx")
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        office,
        "--headless",
        home,
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "deck.pptx"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert (tmp_path / "deck.pdf").exists(), done.stdout + done.stderr
    pdf = (tmp_path / "deck.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(Presentation(tmp_path / "deck.pptx").slides) == 6
    width, height = (float(edge) for edge in re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf).groups())
    assert width / height == pytest.approx(16 / 9, rel=1e-3) and width == pytest.approx(Emu(12192000).pt, abs=1)

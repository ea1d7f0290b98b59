"""Figures as slides: a native title, the picture with its description, the source, and notes with caveat and citation.

Widescreen (16:9) PowerPoint files that other office programs open too; the same input gives the same bytes.
"""

from __future__ import annotations

import io
import math
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from analysis.figures.style import INK, MUTED
from analysis.publish.downloads import EPOCH, zipped

Item = tuple[Mapping, bytes, str]  # stored card, picture (PNG), citation
WIDE, HIGH = Inches(40 / 3), Inches(7.5)
MARGIN, GAP = Inches(0.5), Inches(0.12)
INNER = WIDE - 2 * MARGIN
LAYOUTS = TITLE_SLIDE, TITLE_AND_TEXT, TITLE_ONLY = "Title Slide", "Title and Content", "Title Only"
# Widths in em and heights in line heights that hold for the template's font and for the wider ones that replace it
# where it is missing.
EM, LINE = 0.6, 1.2


def _flat(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str, points: float, width: int) -> int:
    """Return the lines that a text takes at a font size in a width (EMU)."""
    cells = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return max(1, math.ceil(cells * EM * points / Emu(width).pt))


def _height(text: str, points: float, width: int) -> int:
    return Pt(_lines(text, points, width) * points * LINE)


def _fit(text: str, width: int, height: int, largest: int, smallest: int) -> tuple[int, int]:
    """Return the largest font size at which a text fits, or the smallest allowed, and its height there (EMU)."""
    for points in range(largest, smallest, -1):
        if _height(text, points, width) <= height:
            return points, _height(text, points, width)
    return smallest, _height(text, smallest, width)


def _place(shape: Shape, top: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = MARGIN, top, INNER, height


def _write(shape: Shape, texts: Sequence[str], points: int, color: str = INK, space: int = 0) -> None:
    """Write paragraphs into a shape at a fixed size, left, from its top, without inner margins."""
    frame = shape.text_frame
    frame.text = "\n".join(texts)
    frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for paragraph in frame.paragraphs:
        paragraph.alignment, paragraph.space_before, paragraph.space_after = PP_ALIGN.LEFT, Pt(0), Pt(space)
        paragraph.font.size, paragraph.font.color.rgb = Pt(points), RGBColor.from_string(color[1:].upper())


@cache
def _template() -> bytes:
    """Return python-pptx's own template, which is 4:3, stretched to 16:9 and without the layouts that are not used."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDE, HIGH
    for layout in list(deck.slide_layouts):
        if layout.name not in LAYOUTS:
            deck.slide_layouts.remove(layout)
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.placeholders:
            if shape.element.xpath("p:spPr/a:xfrm"):  # else it stands where the master's does
                shape.left, shape.width = shape.left * 4 // 3, shape.width * 4 // 3
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _new() -> Deck:
    return Presentation(io.BytesIO(_template()))


def _add(deck: Deck, layout: str, title: str) -> tuple[Slide, int]:
    """Add a slide with its title; return it and where the title ends."""
    slide = deck.slides.add_slide(deck.slide_layouts.get_by_name(layout))
    points, height = _fit(_flat(title), INNER, Inches(1.3), 28, 8)
    _write(slide.shapes.title, [_flat(title)], points)
    _place(slide.shapes.title, Inches(0.4), height)
    return slide, Inches(0.4) + height


def _add_figure(deck: Deck, record: Mapping, png: bytes, citation: str) -> None:
    slide, top = _add(deck, TITLE_ONLY, record["title"])
    source = _flat(f"Figure {record['number']}. Source: {record['source']}. Data to {record['data_to']}.")
    points, height = _fit(source, INNER, Inches(0.6), 11, 6)
    bottom = HIGH - Inches(0.3) - height
    line = slide.shapes.add_textbox(MARGIN, bottom, INNER, height)
    line.name = "Source"
    _write(line, [source], points, MUTED)

    width, tall = Image.open(io.BytesIO(png)).size
    top, room = top + GAP, bottom - top - 2 * GAP
    scale = min(INNER / width, room / tall)
    shown = round(width * scale), round(tall * scale)
    place = (WIDE - shown[0]) // 2, top + (room - shown[1]) // 2
    picture = slide.shapes.add_picture(io.BytesIO(png), *place, *shown)
    picture.name = f"Figure {record['number']}"
    picture.element.nvPicPr.cNvPr.set("descr", record["alt"])

    caveat = f"Caveat: {record['note']}" if record["note"] else ""
    notes = [record["subtitle"], caveat, f"Cite as: {citation}"]
    slide.notes_slide.notes_text_frame.text = "\n".join(_flat(part) for part in notes if part)


def _add_list(deck: Deck, title: str, entries: Sequence[str], points: int) -> None:
    """Add a slide with a list, and further ones where one does not hold it."""
    rest = [_flat(entry) for entry in entries]
    while rest:
        more = ", continued" if len(rest) < len(entries) else ""
        slide, top = _add(deck, TITLE_AND_TEXT, title + more)
        body = slide.placeholders[1]
        _place(body, top + Inches(0.3), HIGH - top - Inches(0.8))
        used, taken = 0, 0
        for entry in rest:
            # Bullets indent the text by 3/8 inch; half a line stands between two entries.
            used += _height(entry, points, INNER - Inches(0.375)) + Pt(points / 2)
            if taken and used > body.height:
                break
            taken += 1
        _write(body, rest[:taken], points, space=points // 2)
        rest = rest[taken:]


def _save(deck: Deck, title: str, citation: str, out: Path) -> None:
    day = datetime(*EPOCH)
    about = deck.core_properties
    about.title, about.comments, about.author, about.last_modified_by = (
        _flat(title)[:255],
        _flat(citation)[:255],
        "",
        "",
    )
    about.created, about.modified, about.revision = day, day, 1
    written = io.BytesIO()
    deck.save(written)
    with zipfile.ZipFile(written) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(zipped(parts))


def figure_slide(record: Mapping, png: bytes, citation: str, out: Path) -> None:
    """Write a figure as a presentation of one slide.

    record is the stored card, png its picture, citation how it is cited. Raises PIL.UnidentifiedImageError when png
    is not a picture.
    """
    deck = _new()
    _add_figure(deck, record, png, citation)
    _save(deck, record["title"], citation, out)


def deck(items: Sequence[Item], title: str, subtitle: str, citation: str, out: Path) -> None:
    """Write figures as a presentation: title, contents, one slide for each figure, references.

    items are stored card, picture (PNG) and citation of each figure, citation that of the whole. Contents and
    references run over several slides where one does not hold them. Raises ValueError without figures and
    PIL.UnidentifiedImageError when a picture is none.
    """
    if not items:
        raise ValueError("a deck needs at least one figure")
    made = _new()
    slide, _ = _add(made, TITLE_SLIDE, title)
    points, height = _fit(_flat(title), INNER, Inches(1.8), 44, 12)
    _write(slide.shapes.title, [_flat(title)], points)
    _place(slide.shapes.title, Inches(3.4) - height, height)
    points, height = _fit(_flat(subtitle), INNER, Inches(1.4), 22, 10)
    _write(slide.placeholders[1], [_flat(subtitle)], points, MUTED)
    _place(slide.placeholders[1], Inches(3.6), height)
    points, height = _fit(_flat(citation), INNER, Inches(1), 13, 8)
    line = slide.shapes.add_textbox(MARGIN, HIGH - MARGIN - height, INNER, height)
    line.name = "Citation"
    _write(line, [_flat(citation)], points, MUTED)
    slide.notes_slide.notes_text_frame.text = f"Cite as: {_flat(citation)}"

    _add_list(made, "Contents", [f"Figure {record['number']}. {record['title']}" for record, _, _ in items], 16)
    for record, png, cited in items:
        _add_figure(made, record, png, cited)
    cites = [f"Figure {record['number']}. {cited}" for record, _, cited in items]
    _add_list(made, "References", [f"This deck. {citation}", *cites], 14)
    _save(made, title, citation, out)

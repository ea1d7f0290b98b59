"""What a reader takes away from a figure: pictures for page, slide and print, its data, all about it, and one zip."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import tempfile
import textwrap
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import PIL
import vl_convert
from PIL import Image

from analysis.figures.style import PAPER, to_dark

PNG_WIDTH = 1600  # pixels: sharp at the full width of a report page
SLIDE = (2560, 1440)  # twice 1280 x 720
SLIDE_MARGIN = 80
LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"
# A zip entry needs a date; a fixed one keeps the bytes the same wherever and whenever the book is built.
EPOCH = (2026, 1, 1, 0, 0, 0)
KINDS = (".svg", "-dark.svg", ".png", "-slide.png", ".pdf", ".csv", ".json")
FIGURE_ID = re.compile(r"[a-z0-9-]+")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
# What decides on the bytes besides the figure: this file and the libraries that it draws and packs with.
THIS_FILE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
CODE = f"{THIS_FILE} {vl_convert.__version__} {PIL.__version__} {zlib.ZLIB_RUNTIME_VERSION}"
WHAT = {
    ".svg": "picture for light pages, scales without loss",
    "-dark.svg": "the same picture for dark pages",
    ".png": f"picture for reports, {PNG_WIDTH} pixels wide",
    "-slide.png": f"picture for slides, {SLIDE[0]} x {SLIDE[1]} pixels",
    ".pdf": "picture for print, scales without loss",
    ".csv": "the data that the picture draws (UTF-8, comma)",
    ".json": "all that is recorded of the figure: texts, sources, data and their SHA-256",
    ".pptx": "one slide with the picture, its source line, and the citation in the notes",
    ".bib": "citation, BibTeX",
    ".ris": "citation, RIS",
    ".csl.json": "citation, CSL-JSON",
}


def _points(svg: str) -> tuple[float, float]:
    head = svg[: svg.index(">", svg.index("<svg"))]
    width, height = (re.search(rf'\b{name}="([\d.]+)pt"', head) for name in ("width", "height"))
    if not (width and height):
        raise ValueError(f"a picture gives no width and height in points: {head[:120]}")
    return float(width[1]), float(height[1])


def size(svg: str) -> tuple[int, int]:
    """Return the width and height of a picture in CSS pixels (SVG points times 4/3).

    Raises ValueError when the picture does not give them in points.
    """
    width, height = _points(svg)
    return round(width * 4 / 3), round(height * 4 / 3)


def _picture(svg: str, scale: float, frame: tuple[int, int] | None = None) -> bytes:
    """Return a PNG, scale pixels to a CSS pixel, where given in the middle of a frame of paper (pixels)."""
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=scale, ppi=72)))
    paper = Image.new("RGB", frame or picture.size, PAPER)
    paper.paste(picture, ((paper.width - picture.width) // 2, (paper.height - picture.height) // 2), picture)
    out = io.BytesIO()
    # Without the alpha channel and at Pillow's own level this is a third of what the renderer writes; a higher level
    # or `optimize` saves another 2 % for more than twice the time.
    paper.save(out, "PNG", dpi=(96 * scale, 96 * scale))
    return out.getvalue()


def report_png(svg: str) -> bytes:
    """Return the picture as a PNG of the width of a report page."""
    return _picture(svg, PNG_WIDTH / (_points(svg)[0] * 4 / 3))


def _pdf(svg: str) -> bytes:
    # The renderer writes one PDF point for one CSS pixel; with pixels for points the page has the size of the drawing.
    # It writes neither a date nor an id, so the bytes stay the same.
    return vl_convert.svg_to_pdf(re.sub(r'\b(width|height)="([\d.]+)pt"', r'\1="\2px"', svg, count=2))


def _cell(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _csv(table: Mapping) -> bytes:
    rows = [[_cell(cell) for cell in row] for row in (table["columns"], *table["rows"])]
    # Python 3.11 leaves a lone carriage return unquoted, which no reader takes back.
    lone = any("\r" in cell for row in rows for cell in row if isinstance(cell, str))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if lone else csv.QUOTE_MINIMAL).writerows(rows)
    return out.getvalue().encode()


def _readme(record: Mapping, about: Mapping, files: list[str]) -> bytes:
    stem = record["id"]
    parts = [
        f"Figure {record['number']} ({stem})",
        record["title"],
        record["subtitle"],
        record["note"] and f"Note: {record['note']}",
        f"Source: {record['source']}. Data to {record['data_to']}.",
        about.get("citation") and f"Cite as: {about['citation']}",
        f"Licence: {about.get('licence', LICENCE)}",
        about.get("data_withheld") and f"The data are not included: {about['data_withheld']}",
        about.get("version") and f"Version: {about['version']}",
    ]
    wide = max(map(len, files))
    kinds = [f"{name:<{wide}}  {what}" for kind, what in WHAT.items() if (name := f"{stem}{kind}") in files]
    text = [textwrap.fill(part, 100, break_long_words=False, break_on_hyphens=False) for part in parts if part]
    return ("\n\n".join([*text, "Files\n" + "\n".join(kinds)]) + "\n").encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by name: sorted, with a fixed date, the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            packed = name.endswith((".png", ".jpeg"))
            archive.writestr(entry, files[name], zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def pack(folder: Path, record: Mapping, about: Mapping, files: list[str]) -> str:
    """Write the zip of a figure's files beside them, with a readme that says what each is; return its name.

    files are names in folder; record and about are those of write_figure. The same files give the same bytes.
    """
    name = f"{record['id']}.zip"
    held = {file: (folder / file).read_bytes() for file in files}
    (folder / name).write_bytes(zipped(held | {"README.txt": _readme(record, about, files)}))
    return name


def render(record: Mapping, svg: str, about: Mapping) -> dict[str, bytes]:
    """Return a figure's files by name; the same input gives the same bytes.

    Raises ValueError for a picture without a size in points.
    """
    stem, withheld = record["id"], about.get("data_withheld")
    width, height = (length * 4 / 3 for length in _points(svg))
    inside = min((SLIDE[0] - 2 * SLIDE_MARGIN) / width, (SLIDE[1] - 2 * SLIDE_MARGIN) / height)
    names = [f"{stem}{kind}" for kind in KINDS if not (withheld and kind == ".csv")]
    kept = {key: value for key, value in record.items() if not (withheld and key == "table")}
    text = json.dumps(kept | dict(about) | {"files": names}, indent=1, sort_keys=True, ensure_ascii=False)
    made = {
        f"{stem}.svg": svg.encode(),
        f"{stem}-dark.svg": to_dark(svg).encode(),
        f"{stem}.png": report_png(svg),
        f"{stem}-slide.png": _picture(svg, inside, SLIDE),
        f"{stem}.pdf": _pdf(svg),
        f"{stem}.json": f"{text}\n".encode(),
    }
    if not withheld:
        made[f"{stem}.csv"] = _csv(record["table"])
    return {name: made[name] for name in names}


def _digest(record: Mapping, svg: str, about: Mapping) -> str:
    # The dark twin stands for the palette, which lies in another file.
    seen = json.dumps([CODE, record, svg, to_dark(svg), about], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()


def _cached(cache: Path, record: Mapping, svg: str, about: Mapping) -> Path:
    """Return the folder of the cache that holds a figure's files, rendered there if they are not yet."""
    kept = cache / _digest(record, svg, about)
    if not kept.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        # Written apart and moved into place whole: a build that is stopped leaves no half figure behind.
        with tempfile.TemporaryDirectory(dir=cache, prefix=".") as draft:
            whole = Path(draft) / "whole"
            whole.mkdir()
            for name, content in render(record, svg, about).items():
                (whole / name).write_bytes(content)
            try:
                whole.rename(kept)
            except OSError:
                if not kept.is_dir():  # else another build was faster
                    raise
    return kept


def write_figure(folder: Path, record: dict, svg: str, about: dict, cache: Path | None = None) -> list[str]:
    """Write a figure's files into folder and return their names.

    record is the stored card, svg its light picture, about what the book adds: version, url, citation, licence and,
    where the data must not be given away, data_withheld with the reason. With a cache folder a figure is rendered
    once for each state of its input and copied from there. The same input gives the same bytes.

    Raises ValueError for an id that could leave its folder and for a picture without a size in points.
    """
    stem = record["id"]
    if not FIGURE_ID.fullmatch(stem):
        raise ValueError(f"figure id {stem!r}: expected small letters, digits and hyphens only")
    files = [f"{stem}{kind}" for kind in KINDS if not (about.get("data_withheld") and kind == ".csv")]
    folder.mkdir(parents=True, exist_ok=True)
    if cache is None:
        for name, content in render(record, svg, about).items():
            (folder / name).write_bytes(content)
    else:
        kept = _cached(cache, record, svg, about)
        for name in files:
            shutil.copyfile(kept / name, folder / name)
    if about.get("data_withheld"):
        (folder / f"{stem}.csv").unlink(missing_ok=True)
    return files

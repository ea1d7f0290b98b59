"""What a reader takes away from a figure: picture as SVG and PNG, data as CSV, everything about it as JSON."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import vl_convert

from analysis.figures.style import to_dark

PNG_PPI = 220  # 7.2 inches make 1584 pixels: sharp at full width of a report page


def size(svg: str) -> tuple[int, int]:
    """Return the width and height of a picture in CSS pixels (SVG points times 4/3)."""
    width, height = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"|height="([\d.]+)pt"[^>]*width="([\d.]+)pt"',
                              svg).group(1, 2)  # fmt: skip
    return round(float(width) * 4 / 3), round(float(height) * 4 / 3)


def write_figure(folder: Path, record: dict, svg: str, about: dict) -> list[str]:
    """Write a figure's files into folder and return their names.

    record is the stored card, svg its light picture, about what the book adds (version, chapter). The same
    input gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = record["id"]
    files = [f"{stem}.svg", f"{stem}-dark.svg", f"{stem}.png", f"{stem}.csv", f"{stem}.json"]
    (folder / files[0]).write_text(svg, "utf-8")
    (folder / files[1]).write_text(to_dark(svg), "utf-8")
    (folder / files[2]).write_bytes(vl_convert.svg_to_png(svg, ppi=PNG_PPI))
    with (folder / files[3]).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(record["table"]["columns"])
        writer.writerows(["" if cell is None else cell for cell in row] for row in record["table"]["rows"])
    text = json.dumps(record | about | {"files": files}, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / files[4]).write_text(text + "\n", "utf-8")
    return files

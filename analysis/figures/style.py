"""The look of every figure: one palette with a dark twin for each colour, one way out as SVG.

The palette is Okabe and Ito's (Color Universal Design, 2008), darkened on white and lightened on the dark
page until each drawn colour has a contrast of at least 3:1 with its background (WCAG 2.2, 1.4.11).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter

PAPER, INK, MUTED, GRID = "#ffffff", "#1c2733", "#5b6875", "#dde3e8"
ACCENT, ACCENT_TINT = "#0b6e8f", "#cfe6ee"
WARM, WARM_TINT = "#b5541c", "#f6ddcd"
GOLD, GOLD_TINT = "#8a6d00", "#f2e8c4"
PLUM, PLUM_TINT = "#8d4a7c", "#eddbe8"
GREEN, GREEN_TINT = "#2b7a52", "#d3eadf"
GREY_TINT = "#eef1f4"

TINT = {
    ACCENT: ACCENT_TINT,
    WARM: WARM_TINT,
    GOLD: GOLD_TINT,
    PLUM: PLUM_TINT,
    GREEN: GREEN_TINT,
    MUTED: GRID,
}
"""The pale companion of each colour, for intervals. Nothing is drawn with transparency: the renderer of PDFs names
its states in no fixed order, and the same picture would not give the same bytes."""

DARK = {
    PAPER: "#14191f", INK: "#e6ebf0", MUTED: "#a3afba", GRID: "#313b45", GREY_TINT: "#232b33",
    ACCENT: "#62bddb", ACCENT_TINT: "#17485a", WARM: "#f0935c", WARM_TINT: "#5c2f16",
    GOLD: "#d9b84a", GOLD_TINT: "#4d4011", PLUM: "#d79bc8", PLUM_TINT: "#4f2a46",
    GREEN: "#6cc79a", GREEN_TINT: "#1c4a35",
}  # fmt: skip

RC = {
    "svg.hashsalt": "the-h200-window",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.linewidth": 0.8,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "text.color": INK,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
}
mpl.rcParams.update(RC)
WIDTH = 7.2  # inches: at 96 px an inch the picture is as wide as the text column


def canvas(height: float = 4.0, rows: int = 1, columns: int = 1, **grid: object) -> tuple[Canvas, object]:
    """Return a figure of the house style and its axes (as matplotlib's subplots), height in inches."""
    figure = Canvas(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **grid)


def label(axes: Axes, x: object, y: float, text: str, color: str = INK, **options: object) -> None:
    """Write a label directly at what it names."""
    axes.annotate(text, (x, y), color=color, annotation_clip=False, **options)


def tick_text(axis: Axis, text: Callable[[float], str]) -> None:
    """Write an axis's ticks with a function of their values."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))


def percent(*axes: Axis) -> None:
    """Write the ticks of axes that show shares as percentages."""
    for axis in axes:
        tick_text(axis, lambda value: f"{100 * value:.3g}%")


def bare(axes: Axes, axis: str = "y") -> None:
    """Leave an axis that names things without tick marks and grid."""
    axes.tick_params(axis=axis, length=0)
    axes.grid(axis=axis, visible=False)


def sign(figure: Canvas, text: str) -> None:
    """Write the source and the data cut-off on the picture itself, so that it carries them when it is copied."""
    figure.supxlabel(text, x=0.005, ha="left", fontsize=7.5, color=MUTED)


def to_svg(figure: Canvas) -> str:
    """Return a figure as SVG: same bytes for the same drawing, coordinates to two decimals, no date, no path."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.S)
    # A last digit differs between processors; two decimals of a point are a seventh of a thousandth of an inch.
    # The scale of a glyph (0.015625) is a factor, not a coordinate, and stays whole.
    return re.sub(r"(?<!scale\()-?\b\d+\.\d{3,}(?:e-?\d+)?", lambda m: _short(m[0]), text).strip() + "\n"


def _short(number: str) -> str:
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def to_dark(svg: str) -> str:
    """Return the dark twin of a picture drawn in the palette."""
    return re.sub(r"#[0-9a-fA-F]{6}\b", lambda m: DARK.get(m[0].lower(), m[0]), svg)

"""Figures of the record: how the claims fared, and the rivals on each disputed question."""

from __future__ import annotations

from textwrap import shorten

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, NullLocator

from analysis.evidence.formatting import interval, quantity
from analysis.evidence.roots import OWN
from analysis.figures import Figure, drawn
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
    GREEN,
    INK,
    MUTED,
    PAPER,
    WARM,
    bare,
    canvas,
    label,
    sign,
    to_svg,
)

TONES = {
    "supported": GREEN,
    "partly": GREEN,
    "resolved_yes": GREEN,
    "wrong": WARM,
    "contested": WARM,
    "resolved_no": WARM,
}
NAMES = {"resolved_yes": "came true", "resolved_no": "did not come true", "void": "void: condition never came"}


@drawn
def verdicts(counts: pd.DataFrame, as_of: str) -> Figure:
    """Claims by article and verdict: a dot for each cell, its area the number."""
    figure, axes = canvas(4.4)
    most = counts.to_numpy().max()
    for row, (name, line) in enumerate(counts.iterrows()):
        height = len(counts) - 1 - row
        for column, number in enumerate(line):
            if number:
                axes.scatter(column, height, s=820 * number / most, color=TONES.get(str(name), ACCENT), lw=0)
            inside = number / most > 0.25
            tone, shift = (PAPER, 0.0) if inside else (INK, 0.2)
            label(axes, column + shift, height, str(number or ""), tone, ha="center", va="center", fontsize=8.5)
        label(axes, len(line) - 0.35, height, f"{line.sum()}", MUTED, va="center")
    axes.set_yticks(range(len(counts))[::-1], [NAMES.get(str(name), str(name)) for name in counts.index])
    axes.set_xticks(range(len(counts.columns)), [f"Article {name}" for name in counts.columns])
    label(axes, len(counts.columns) - 0.35, len(counts) - 0.2, "all", MUTED)
    axes.set_xlim(-0.5, len(counts.columns) - 0.1)
    axes.set_ylim(-0.7, len(counts) - 0.1)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    sign(figure, f"Ledger of the five articles, verdicts by the published rules; as of {as_of}.")
    total = int(counts.to_numpy().sum())
    return Figure(
        "verdicts",
        to_svg(figure),
        counts.rename_axis("verdict").reset_index(),
        "Checkable statements of the five articles by article and verdict (count).",
        "A count of statements, not of their weight: a date and a thesis count alike.",
        f"Grid of dots: {total} statements by verdict and article; " + ", ".join(
            f"{NAMES.get(str(name), str(name))} {line.sum()}" for name, line in counts.iterrows()) + ".",
        (OWN,),
        as_of,
    )  # fmt: skip


@drawn
def forest(
    question: pd.Series, rivals: pd.DataFrame, answer: tuple[float, float, float], sources: tuple[str, ...], as_of: str
) -> Figure:
    """The rivals of a question on its one definition: as printed hollow, converted filled, the answer as a band."""
    unit = str(question["unit"])
    figure, axes = canvas(1.35 + 0.36 * len(rivals))
    low, central, high = answer
    if low == low and high == high and high > low:
        axes.axvspan(low, high, color=ACCENT_TINT, lw=0)
    if central == central:
        axes.axvline(central, color=ACCENT, lw=1.6)
    values = rivals[["printed", "low", "value", "high"]].to_numpy(dtype=float)
    shown = np.concatenate([values.ravel(), [low, central, high]])
    shown = shown[np.isfinite(shown)]
    wide = shown.min() > 0 and shown.max() / shown.min() > 30
    for place, row in enumerate(rivals.itertuples()):
        height = len(rivals) - 1 - place
        ends = [row.low if row.low == row.low else row.value, row.high if row.high == row.high else row.value]
        if row.printed == row.printed and row.value == row.value and not np.isclose(row.printed, row.value):
            axes.plot([row.printed, row.value], [height] * 2, color=MUTED, lw=0.8, ls=(0, (2, 2)))
        if row.printed == row.printed:
            axes.plot(row.printed, height, marker="D", ms=6, mfc=PAPER, mec=MUTED, color=MUTED, ls="none")
        if ends[0] == ends[0] and ends[1] == ends[1] and ends[1] > ends[0]:
            axes.plot(ends, [height] * 2, color=INK, lw=4, solid_capstyle="butt")
        known = [end for end in (row.value, *ends) if end == end]
        if known:
            axes.plot(known[0], height, marker="o", ms=6, color=INK)
    axes.set_yticks(
        range(len(rivals))[::-1], [shorten(who, 38, placeholder=" …") for who in rivals["who"]], fontsize=8.5
    )
    bare(axes)
    axes.set_ylim(-0.6, len(rivals) - 0.4)
    if wide:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: quantity(value, unit, bare=unit not in ("USD", "RMB", "fraction")))
    )
    for text in axes.get_xticklabels():
        text.set_fontsize(8)
    axes.set_title(f"{unit_name(unit)}; hollow: as printed, filled: on the definition, blue: the answer")
    sign(figure, f"Rivals and conversions as listed on the page; as of {as_of}.")
    told = (
        quantity(central, unit)
        if central == central
        else interval(low, high, unit)
        if low == low and high == high
        else "open"
    )
    return Figure(
        f"q-{question['question_id']}",
        to_svg(figure),
        rivals,
        str(question["definition"]),
        "Hollow marks stand where a statement is printed in the question's own unit; a dotted line leads to where it "
        "stands on the definition.",
        f"Forest plot of {len(rivals)} statements; the answer is {told}. "
        + "; ".join(f"{row.who}: {_said(row, unit)}" for row in rivals.itertuples()) + ".",
        sources,
        as_of,
    )  # fmt: skip


def _said(row: object, unit: str) -> str:
    if row.low == row.low and row.high == row.high:
        return interval(row.low, row.high, unit)
    known = next((v for v in (row.value, row.low, row.high, row.printed) if v == v), None)
    return "no number" if known is None else quantity(known, unit)


def unit_name(unit: str) -> str:
    """Return a unit as the title of an axis."""
    return {"fraction": "Share", "ratio": "Times", "count": "Count", "probability": "Probability"}.get(
        unit, unit[:1].upper() + unit[1:]
    )

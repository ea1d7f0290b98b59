"""Figures of what matters: tornado of headline numbers, and shares of variance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.evidence.formatting import quantity
from analysis.evidence.roots import OWN
from analysis.figures import Figure, drawn
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
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


@drawn
def tornado(
    panels: Mapping[str, pd.DataFrame], headlines: Mapping[str, str], names: Mapping[str, str], data_to: str
) -> Figure:
    """One panel a headline number: a bar for each judgement from the number at its low end to that at its high end.

    panels gives each number's frame (results.robustness.tornado), headlines what the numbers are called
    and names what the judgements are.
    """
    heights = [len(frame) + 1.6 for frame in panels.values()]
    figure, axes = canvas(0.6 + 0.27 * sum(heights), rows=len(panels), height_ratios=heights, squeeze=False)
    for ax, (key, frame) in zip(axes[:, 0], panels.items(), strict=True):
        unit, base = frame["unit"].iloc[0], frame["at_base"].iloc[0]
        y = np.arange(len(frame))[::-1]
        width = float(np.ptp(frame[["at_low", "at_high"]].to_numpy())) or 1.0
        for place, row in zip(y, frame.itertuples(), strict=True):
            ax.plot([row.at_low, row.at_high], [place] * 2, color=ACCENT_TINT, lw=9, solid_capstyle="butt")
            for value, mark in ((row.at_low, "<" if row.at_low < row.at_high else ">"),
                                (row.at_high, ">" if row.at_low < row.at_high else "<")):  # fmt: skip
                ax.plot(value, place, marker="|", ms=9, mew=2, color=ACCENT if value == row.at_high else WARM)
                side = -1 if mark == "<" else 1
                ax.annotate(
                    quantity(value, unit, 2), (value, place), (side * 5, 0), textcoords="offset points",
                    ha="right" if side < 0 else "left", va="center", fontsize=7.5,
                    color=ACCENT if value == row.at_high else WARM, annotation_clip=False,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},  # the line must not cross a number
                )  # fmt: skip
        ax.axvline(base, color=INK, lw=1)
        ax.set_yticks(y, frame["assumption_id"].map(names), fontsize=8)
        ax.set_title(f"{headlines[key]}: {quantity(base, unit, 2)}", fontsize=9)
        low, high = frame[["at_low", "at_high"]].min().min(), frame[["at_low", "at_high"]].max().max()
        ax.set_xlim(low - 0.27 * width, high + 0.27 * width)
        ax.set_ylim(-0.6, len(frame) - 0.4)
        ax.tick_params(length=0)
        ax.set_xticks([])
        ax.grid(visible=False)
        for spine in ("left", "bottom"):
            ax.spines[spine].set_visible(False)
    sign(figure, "Judgement alone at its low end (orange) and at its high end (blue); line: as in the report.")
    table = pd.concat([frame.assign(number=key) for key, frame in panels.items()], ignore_index=True)
    widest = table.iloc[0]
    return Figure(
        "what-moves-the-numbers",
        to_svg(figure),
        table[["number", "assumption_id", "at_low", "at_base", "at_high", "unit"]],
        "Headline numbers of the chapters with one judgement at the low and at the high end of its range and all "
        "others as they stand; the five that move each number most, widest first.",
        "One judgement at a time: what two of them do together is not seen here. A judgement that is missing moves the "
        "number less than those shown, or not at all. Knowing one exactly can also rule out readings of the others, so "
        "that both ends may lie on one side of the line.",
        f"Horizontal bars for {len(panels)} numbers, each by the judgement that is moved; "
        f"{headlines[widest['number']]} moves most with {names[widest['assumption_id']]}, from "
        f"{quantity(widest['at_low'], widest['unit'], 2)} to {quantity(widest['at_high'], widest['unit'], 2)}.",
        (OWN,),
        data_to,
    )


@drawn
def variance_shares(table: pd.DataFrame, names: Mapping[str, str], data_to: str, sources: tuple[str, ...]) -> Figure:
    """First-order and total index of each input with their intervals, largest total first; names by input."""
    figure, ax = canvas(0.9 + 0.42 * len(table))
    y = np.arange(len(table))[::-1]
    for place, row in zip(y, table.itertuples(), strict=True):
        for name, height, color in (("total", 0.14, ACCENT), ("first", -0.14, MUTED)):
            value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
            ax.plot([low, high], [place + height] * 2, color=color, lw=2)
            ax.plot(value, place + height, marker="o", ms=5, color=color)
        label(ax, row.total + 0.03, place, f"{row.total:.2f}", ACCENT, va="center", weight="bold")
    label(ax, 0.55, y[-1] + 0.35, "total: alone and together with others", ACCENT, fontsize=8.5)
    label(ax, 0.55, y[-1] - 0.05, "first order: alone", MUTED, fontsize=8.5)
    ax.set_yticks(y, table["input"].map(names))
    ax.set_xlim(-0.03, 1.05)
    ax.set_ylim(-0.6, len(table) - 0.4)
    bare(ax)
    ax.set_title("Share of the variance of the gain from holding a finished chip")
    sign(figure, f"Judgements of this report, drawn independently; odds over the range of priors. Data to {data_to}.")
    top = table.iloc[0]
    return Figure(
        "what-the-wait-hangs-on",
        to_svg(figure),
        table,
        "Sobol indices (fraction of variance, with their 95% intervals) of what holding a finished H200 for a licence "
        "gains over selling it now (USD a chip), over the judgements of the assumptions and the odds of delivery.",
        "Inputs are drawn independently. If buyers elsewhere pay less whenever licences are likely, the shares shift. "
        "Intervals come from sixteen scramblings of the points and are narrower than the marks.",
        f"Dot plot: {names[top['input']]} carries {top['total']:.0%} of the variance of the gain; the next input, "
        f"{names[table.iloc[1]['input']]}, carries {table.iloc[1]['total']:.0%}.",
        sources,
        data_to,
    )

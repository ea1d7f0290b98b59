"""The figure of the limits: how the facts of each quarter were read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.figures import Figure, drawn
from analysis.figures.style import ACCENT, GOLD, MUTED, WARM, canvas, label, sign, to_svg

TONES = {"official, itself": ACCENT, "official, quoted": GOLD, "other": WARM}
NAMES = {
    "official, itself": "official document, read itself",
    "official, quoted": "official, read through others",
    "other": "press and analysts",
}


@drawn
def how_read(panels: Mapping[str, pd.DataFrame], data_to: str) -> Figure:
    """One panel a group of facts: a bar for each quarter, split by how its facts were read, with their number.

    panels gives each group's frame (results.limits.by_quarter) under the panel's title.
    """
    figure, axes = canvas(0.8 + 0.25 * max(map(len, panels.values())), columns=len(panels), sharey=True)
    rows = max(panels.values(), key=len).index
    y = np.arange(len(rows))[::-1]
    for ax, (title, counts) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        counts = counts.reindex(rows, fill_value=0)
        left = np.zeros(len(rows))
        total = counts.sum(axis=1).to_numpy(float)
        for way, color in TONES.items():
            share = np.divide(counts[way], total, out=np.zeros(len(rows)), where=total > 0)
            ax.barh(y, share, left=left, color=color, height=0.72)
            left = left + share
        for place, number in zip(y, total, strict=True):
            label(ax, 1.02, place, f"{number:.0f}" if number else "none", MUTED, va="center", fontsize=8)
        ax.set_title(title)
        ax.set_xlim(0, 1.13)
        ax.set_xticks([0, 0.5, 1], ["0", "half", "all"])
        ax.grid(visible=False)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
    np.atleast_1d(axes)[0].set_yticks(y, rows)
    for place, (way, color) in enumerate(TONES.items()):
        figure.text(0.01 + (0, 0.29, 0.57)[place], 0.985, f"■ {NAMES[way]}", color=color, fontsize=8.5, va="top")
    figure.get_layout_engine().set(rect=(0, 0, 1, 0.955))
    sign(figure, f"Facts of this report, by the quarter in which their period ends; number at the right. To {data_to}.")
    table = pd.concat([frame.reset_index().assign(facts=title) for title, frame in panels.items()], ignore_index=True)
    last = next(iter(panels.values())).iloc[-1]
    return Figure(
        "how-facts-were-read",
        to_svg(figure),
        table[["facts", "quarter", *TONES]],
        "Facts from outside by the calendar quarter in which their period ends: read in an official document itself, "
        "official but read through others that quote it, or from press and analysts (share; number of facts at the "
        "right).",
        "Official means written by a state, a regulator or the company concerned. A quotation is no proof that the "
        "original says so. Own derivations and forecasts are left out.",
        f"Stacked bars by quarter for {' and '.join(panels).lower()}; in the last quarter "
        f"{last['official, itself']} of {int(last.sum())} facts were read in an official document itself.",
        ("own-derivation",),
        data_to,
    )

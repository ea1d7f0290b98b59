"""Figure of the timeline: the whole record by actor, the events that mattered numbered."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from analysis.figures import Figure, drawn
from analysis.figures.style import (
    ACCENT,
    GOLD,
    GREEN,
    INK,
    MUTED,
    PAPER,
    PLUM,
    WARM,
    bare,
    canvas,
    label,
    sign,
    to_svg,
)

COLORS = {
    "US government": ACCENT,
    "US Congress": ACCENT,
    "Chinese government": WARM,
    "NVIDIA": GREEN,
    "AMD": GREEN,
    "Chinese buyers": PLUM,
    "Chinese vendors": PLUM,
    "Market, press": GOLD,
}
FIRST = pd.Timestamp("2025-01-01")
ROOM = (9, 17)  # days that a dot and a numbered one need: nearer events of a lane stand one above the other


def _levels(starts: np.ndarray, ends: np.ndarray, numbered: np.ndarray) -> np.ndarray:
    """Return the level of each event in a lane: the lowest on which the ones before leave it room."""
    taken: list[list[tuple[float, bool]]] = []
    levels = np.zeros(len(starts), dtype=int)
    for place, (start, end, wide) in enumerate(zip(starts, ends, numbered, strict=True)):
        free = [all(start - other >= ROOM[int(wide or big)] for other, big in level) for level in taken]
        levels[place] = free.index(True) if True in free else len(taken)
        if levels[place] == len(taken):
            taken.append([])
        taken[levels[place]].append((end, wide))
    return levels


@drawn
def whole(record: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """Every event as a dot in its actor's lane (hollow: a report or statement, filled: a formal step), 2025 on."""
    shown = record[record["start"] >= FIRST]
    lanes = [lane for lane in dict.fromkeys(COLORS) if lane in set(shown["lane"])]
    figure, axes = canvas(8.2)
    base, ticks, places = 0.0, [], []
    for lane in reversed(lanes):
        own = shown[shown["lane"] == lane]
        spans = mdates.date2num(own["start"]), mdates.date2num(own["end"])
        levels = _levels(*spans, own["number"].gt(0).to_numpy())
        height = levels.max() + 1
        for row, level in zip(own.itertuples(), levels, strict=True):
            y = base + level
            if row.end > row.start:
                axes.plot([row.start, row.end], [y, y], color=COLORS[lane], lw=1.2)
            filled = COLORS[lane] if row.stage else PAPER
            if row.number:
                axes.plot(row.start, y, "o", ms=11, color=INK, zorder=4)
                label(axes, row.start, y, str(row.number), PAPER, ha="center", va="center", fontsize=7.5,
                      weight="bold", zorder=5)  # fmt: skip
            else:
                axes.plot(row.start, y, "o", ms=5, color=COLORS[lane], mfc=filled, mew=1.2, zorder=3)
        ticks.append(base + (height - 1) / 2)
        places.append(lane)
        base += height + 1.1
        axes.axhline(base - 1.05, color=MUTED, lw=0.3)
    axes.set_yticks(ticks, places, fontsize=9)
    for text in axes.get_yticklabels():
        text.set_color(COLORS[text.get_text()])
        text.set_weight("bold")
    bare(axes)
    axes.set_ylim(-0.9, base - 0.9)
    axes.set_xlim(FIRST - pd.Timedelta(days=10), record["end"].max() + pd.Timedelta(days=20))
    axes.xaxis.set_major_locator(mdates.MonthLocator(bymonth=(1, 4, 7, 10)))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%b\n%Y"))
    earlier = len(record) - len(shown)
    axes.set_title("Filled: a formal step. Hollow: a report or statement. Line: the day is not known.\n"
                   "Numbered: the events that mattered, listed below.")  # fmt: skip
    sign(figure, f"{len(record)} dated events to {data_to}; {earlier} before 2025 not drawn.")
    chosen = record[record["number"] > 0]
    return Figure(
        "events-by-actor",
        to_svg(figure),
        record[["event_id", "start", "end", "lane", "category", "stage", "disputed", "number", "title"]].assign(
            start=record["start"].dt.strftime("%Y-%m-%d"), end=record["end"].dt.strftime("%Y-%m-%d")
        ),
        "Dated events by actor, each at its day, month or quarter; formal steps (drafts, votes, texts, rulings) apart "
        "from reports and statements.",
        "Dots that stand one above the other lie within days of each other. How many events an actor has says how "
        "much was reported, not how much was done.",
        f"Lanes of dots for {len(lanes)} actors from January 2025 to {data_to}, densest from December 2025 to March "
        "2026 and again from August 2026; numbered are " + ", ".join(
            f"{row.number} {row.title}" for row in chosen.head(4).itertuples()) + f" and {len(chosen) - 4} more.",
        sources,
        data_to,
    )  # fmt: skip

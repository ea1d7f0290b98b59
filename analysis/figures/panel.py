"""Figures of chapter 5, the panel: states by quarter, series with their triggers, verdicts by quarter."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from analysis.evidence.formatting import quantity
from analysis.figures import Figure, drawn
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
    GOLD,
    GREY_TINT,
    INK,
    MUTED,
    PAPER,
    TINT,
    WARM,
    canvas,
    label,
    sign,
    tick_text,
    to_svg,
)

# Shape first, colour second: a state can be told in black and white.
MARKS = {
    "triggered": {"marker": "s", "ms": 10, "color": WARM},
    "watch": {"marker": "D", "ms": 8, "mfc": PAPER, "mec": GOLD, "mew": 2.2},
    "quiet": {"marker": "o", "ms": 8, "mfc": PAPER, "mec": ACCENT, "mew": 1.6},
    "no data yet": {"marker": "_", "ms": 8, "color": MUTED, "mew": 1.4},
    "not measurable": {"marker": "x", "ms": 6, "color": MUTED, "mew": 1.2},
}
VERDICTS = {
    "borne out": {"marker": "s", "ms": 10, "color": WARM},
    "not borne out": {"marker": "o", "ms": 9, "mfc": PAPER, "mec": ACCENT, "mew": 1.8},
    "undecided": {"marker": "D", "ms": 8, "mfc": PAPER, "mec": GOLD, "mew": 2.2},
    "cannot be told": {"marker": "x", "ms": 6, "color": MUTED, "mew": 1.2},
}


def _legend(axes: Axes, marks: dict[str, dict], at: list[float], height: float) -> None:
    for x, (name, mark) in zip(at, marks.items(), strict=True):
        axes.plot(x, height, ls="none", clip_on=False, **mark)
        label(axes, x + 0.42, height, name, INK, va="center", fontsize=9)


def _grid(axes: Axes, quarters: list[str], top: float, right: float) -> None:
    for place, quarter in enumerate(quarters):
        label(axes, place, top, f"{quarter[4:]}\n{quarter[:4]}", MUTED, ha="center", va="center", fontsize=8)
    axes.set_xlim(-0.6, right)
    axes.axis("off")


@drawn
def panel_states(board: pd.DataFrame, groups: dict[str, str], sources: tuple[str, ...], as_of: str) -> Figure:
    """Each indicator a row, each quarter a mark whose shape is the state; cells at the left, names at the right."""
    quarters = list(board["quarter"].unique())
    table = board.pivot(index="indicator_id", columns="quarter", values="state").reindex(board["indicator_id"].unique())
    about = board.drop_duplicates("indicator_id").set_index("indicator_id")
    rows = len(table) + 1.5 * len(groups)
    figure, axes = canvas(0.265 * rows + 1.1)
    height, wide = 0.0, len(quarters)
    for group, title in groups.items():
        height -= 1.25
        label(axes, -0.45, height, title, INK, va="center", weight="bold", fontsize=10.5)
        height -= 0.25
        for key in about.index[about["group"] == group]:
            height -= 1
            dark = (table.loc[key] == "not measurable").all()
            axes.plot([-0.45, wide - 0.55], [height - 0.5] * 2, color=GREY_TINT, lw=0.8)
            for place, quarter in enumerate(quarters):
                axes.plot(place, height, ls="none", **MARKS[table.loc[key, quarter]])
            label(axes, wide - 0.3, height, about.loc[key, "name"], MUTED if dark else INK, va="center", fontsize=10)
            known = board[(board["indicator_id"] == key) & (board["reading"] != "")]
            if len(known):
                last = known.iloc[-1]
                label(axes, 12.9, height, f"{last['reading']}, {last['period']}", MUTED, va="center", fontsize=8)
    _grid(axes, quarters, -0.15, 18.6)
    label(axes, 12.9, -0.15, "last reading since 2025Q4", MUTED, va="center", fontsize=8)
    _legend(axes, MARKS, [-0.4, 2.3, 4.2, 6.0, 9.0], 1.15)
    axes.set_ylim(height - 0.7, 1.6)
    sign(figure, f"Indicators and observations of this report; recorded to {as_of}. Rules in the indicators table.")
    last = board[board["quarter"] == quarters[-2]]["state"].value_counts()
    return Figure(
        "panel-states",
        to_svg(figure),
        table.reset_index().merge(about[["group", "name"]], left_on="indicator_id", right_index=True),
        "State of each indicator by calendar quarter under its own rule of two thresholds and a minimum dwell; fiscal "
        "quarters stand in the calendar quarter that holds most of their days.",
        "A filled square is what an article said to watch for, seen in two releases in a row. The last quarter is not "
        "over. There is no sum of the rows: most are unseen, and a mean of the rest would look more exact than "
        "it is.",
        f"Grid of {len(table)} indicators by {wide} quarters, each cell marked by shape. In {quarters[-2]}: "
        + ", ".join(f"{last.get(name, 0)} {name}" for name in MARKS) + ".",
        sources,
        as_of,
    )  # fmt: skip


def _short(value: float, unit: str) -> str:
    return quantity(value, unit, 2, bare=unit not in ("USD", "RMB", "fraction"))


@drawn
def panel_trends(walked: pd.DataFrame, indicators: pd.DataFrame, sources: tuple[str, ...], as_of: str) -> Figure:
    """Each series with at least two periods: the trigger band, the interval of each reading, and the line between."""
    about = indicators.set_index("indicator_id")
    many = walked.groupby("indicator_id")["period"].transform("count") > 1
    shown = walked[many]
    keys = [key for key in about.index if key in set(shown["indicator_id"])]
    columns = 3
    lines = -(-len(keys) // columns)
    figure, grid = canvas(1.42 * lines + 0.3, rows=lines, columns=columns)
    for axes in grid.ravel()[len(keys) :]:
        axes.axis("off")
    for axes, key in zip(grid.ravel(), keys, strict=False):
        own, row = shown[shown["indicator_id"] == key], about.loc[key]
        unit = str(row["unit"])
        x = np.arange(len(own))
        value = own["value"].to_numpy(dtype=float)
        middle = np.where(np.isnan(value), (own["low"] + own["high"]) / 2, value)
        low = own["low"].fillna(own["value"]).to_numpy(dtype=float)
        high = own["high"].fillna(own["value"]).to_numpy(dtype=float, copy=True)
        ends = [*low, *high, row["enter"], row["leave"]]
        bottom, top = min(0.0, *ends), max(ends)
        room = 0.16 * (top - bottom)
        high[own["low"].notna() & own["high"].isna()] = top + room  # known from below only
        reach = (row["enter"], top + room) if row["sense"] == "above" else (bottom - 0.4 * room, row["enter"])
        axes.axhspan(*reach, color=ACCENT_TINT, lw=0)
        axes.axhline(row["leave"], color=MUTED, lw=0.8, ls=(0, (3, 3)))
        axes.vlines(x, low, high, color=TINT[MUTED], lw=5)
        axes.plot(x[~np.isnan(value)], value[~np.isnan(value)], color=INK, lw=1.2)
        for place, (state, at) in enumerate(zip(own["state"], middle, strict=True)):
            mark = MARKS[state] | {"ms": 0.62 * MARKS[state]["ms"], "mew": 1.3}
            axes.plot(place, at, ls="none", **mark)
        axes.set_title(_wrapped(row["name"]), fontsize=8.5)
        periods = [str(period) for period in own["period"]]
        axes.set_xticks([0, len(own) - 1], [periods[0], periods[-1]], fontsize=8)
        axes.xaxis.get_majorticklabels()[0].set_ha("left")
        axes.xaxis.get_majorticklabels()[-1].set_ha("right")
        axes.set_xlim(-0.25, len(own) - 0.75)
        axes.set_ylim(bottom - 0.4 * room, top + room)
        axes.yaxis.set_major_locator(MaxNLocator(3, integer=unit in ("count", "months", "companies")))
        axes.yaxis.set_minor_locator(NullLocator())
        tick_text(axes.yaxis, lambda v, unit=unit: _short(v, unit))
        axes.tick_params(labelsize=8, length=0)
        axes.grid(axis="x", visible=False)
    sign(figure, f"Shaded: the trigger is entered here; dashed: left beyond it. Marks: states. Recorded to {as_of}.")
    table = shown[["indicator_id", "value", "low", "high", "unit", "state", "source_id"]].copy()
    table.insert(1, "period", shown["period"].map(str))
    return Figure(
        "panel-trends",
        to_svg(figure),
        table.reset_index(drop=True),
        "Every indicator with at least two readings, in its own unit: readings with their intervals, the range in "
        "which the trigger is entered, and the threshold at which it is left.",
        "The range of each picture includes zero. A grey bar that runs to the top is a reading known "
        "from below only; where only bounds are known the mark stands in their middle and the line passes it by. Few "
        "of these lines have more than four points: a trend read from them is a first impression.",
        f"Small multiples of {len(keys)} series; at their last reading "
        + ", ".join(f"{name} {number}" for name, number in shown.groupby("indicator_id")["state"].last()
                    .value_counts().reindex(list(MARKS)[:3], fill_value=0).items()) + ".",
        sources,
        as_of,
    )  # fmt: skip


def _wrapped(name: str, width: int = 27) -> str:
    if len(name) <= width:
        return name + "\n"
    cut = name.rfind(" ", 0, width + 1)
    return f"{name[:cut]}\n{name[cut + 1 :]}"


@drawn
def panel_verdicts(verdicts: pd.DataFrame, sources: tuple[str, ...], as_of: str) -> Figure:
    """Each thesis a row, each quarter a mark whose shape is the verdict; below the statement what it rests on."""
    quarters = list(verdicts["quarter"].unique())
    about = verdicts[verdicts["quarter"] == quarters[-2]]
    figure, axes = canvas(0.62 * len(about) + 1.2)
    table = verdicts.pivot(index="thesis_id", columns="quarter", values="verdict").reindex(about["thesis_id"])
    wide = len(quarters)
    for place, row in enumerate(about.itertuples()):
        height = -1.5 * place - 1.3
        axes.plot([-0.45, wide - 0.55], [height - 0.75] * 2, color=GREY_TINT, lw=0.8)
        for column, quarter in enumerate(quarters):
            axes.plot(column, height, ls="none", **VERDICTS[table.loc[row.thesis_id, quarter]])
        label(axes, wide - 0.3, height + 0.28, _wide(row.statement), INK, va="center", fontsize=9.5)
        label(axes, 14.3, height + 0.1, row.verdict, INK, va="center", weight="bold", fontsize=9.5)
        parts = [(row.triggered, "triggered"), (row.watch, "watch"), (row.quiet, "quiet"), (row.unseen, "unseen")]
        seen = ", ".join(f"{number} {name}" for number, name in parts if number)
        label(axes, wide - 0.3, height - 0.42, f"Article {row.article}; {quarters[-2]}: {seen}", MUTED, va="center",
              fontsize=8.5)  # fmt: skip
    _grid(axes, quarters, -0.1, 18.6)
    label(axes, 14.3, -0.1, f"verdict at the\nend of {quarters[-2]}", MUTED, va="center", fontsize=8)
    _legend(axes, VERDICTS, [-0.4, 2.7, 6.4, 9.2], 1.15)
    axes.set_ylim(-1.5 * len(about) - 0.6, 1.6)
    sign(figure, f"Computed from the states of each thesis's indicators; recorded to {as_of}.")
    return Figure(
        "panel-verdicts",
        to_svg(figure),
        verdicts.drop(columns="statement"),
        "Verdict on seven theses of article 004 and on the two things to watch that close article 000, at each quarter "
        "end, by one rule from the states of their indicators.",
        "Borne out: more than half of the readings that stand are triggered and none is quiet. Not borne out: more "
        "than half are quiet and none is triggered. Cannot be told: fewer than half of the indicators have a reading "
        "of the past year.",
        "Grid of theses by quarter. "
        + "; ".join(f"{row.statement}: {row.verdict}" for row in about.itertuples()) + f", in {quarters[-2]}.",
        sources,
        as_of,
    )  # fmt: skip


def _wide(text: str, width: int = 40) -> str:
    if len(text) <= width:
        return text
    cut = text.rfind(" ", 0, width + 1)
    return f"{text[:cut]}\n{text[cut + 1 :]}"

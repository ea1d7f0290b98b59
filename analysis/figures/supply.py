"""Figures of chapter 3 on supply and shares: what dies and memory allow beside the counts, and shares by definition."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.evidence.formatting import interval, trim
from analysis.figures import Figure, drawn
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
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
    percent,
    sign,
    tick_text,
    to_svg,
)

MILLION = 1e6


@drawn
def supply_by_year(by_year: pd.DataFrame, counts: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """Packages that dies and memory allow by year as bands, every published count beside them."""
    years = sorted(by_year["year"].unique())
    figure, axes = canvas(6.6)
    rows: list[tuple[float, str]] = []
    place = 0.0
    for year in years:
        limit, counted = (
            by_year[(by_year["year"] == year) & (by_year["path"] == path)].iloc[0]
            for path in ("at the limit", "as counted")
        )
        start = place - 0.55
        shown = [(limit, "dies and memory allow", ACCENT, ACCENT_TINT)]
        if year == 2026:
            shown = [(counted, "allowed, 2025 as counted", ACCENT, ACCENT_TINT), (limit, "allowed, 2025 at its limit",
                                                                                 MUTED, None)]  # fmt: skip
        for row, name, color, tint in shown:
            ends = [row["low"] / MILLION, row["high"] / MILLION]
            axes.plot(ends, [place] * 2, lw=11, color=tint or PAPER, solid_capstyle="butt")
            for end in ends:
                axes.plot([end, end], [place - 0.3, place + 0.3], lw=1, color=color)
            axes.plot(ends, [place] * 2, lw=0.8, color=color)
            axes.plot(row["median"] / MILLION, place, "o", ms=6, color=color)
            rows.append((place, name))
            if year != 2024:
                share = row["memory_binds"]
                word = f"memory limits {'over 99%' if share > 0.99 else f'{share:.0%}'}"
                label(axes, ends[1] + 0.03, place, word, color, va="center", fontsize=8)
            place += 1
        for row in counts[counts["year"] == year].itertuples():
            color = PLUM if row.who.startswith("Article") else WARM
            low, high = (value / MILLION for value in (row.low, row.high))
            if low == low and high == high:
                axes.plot([low, high], [place] * 2, lw=5, color=color, solid_capstyle="butt")
                if low == high or high - low < 0.02:
                    axes.plot((low + high) / 2, place, "D", ms=6, color=color)
            elif low == low:
                axes.plot(low, place, ">", ms=8, color=color)
                axes.plot([low, low + 0.12], [place] * 2, lw=1.4, color=color)
            else:
                axes.plot(high, place, "<", ms=8, color=color)
                axes.plot([high - 0.12, high], [place] * 2, lw=1.4, color=color)
            rows.append((place, row.who))
            place += 1
        label(axes, 2.19, start + 0.55, str(year), INK, weight="bold", ha="right", va="center")
        axes.axhline(place - 0.5, color=MUTED, lw=0.6)
        place += 0.15
    axes.set_yticks([at for at, _ in rows], [name for _, name in rows], fontsize=8)
    bare(axes)
    axes.set_ylim(place - 0.5, -0.7)
    axes.set_xlim(0, 2.2)
    axes.set_xticks([0, 0.5, 1, 1.5, 2])
    tick_text(axes.xaxis, lambda v: trim(f"{v:.1f}"))
    axes.set_title("Ascend packages in a year, millions (arrow: known from one side only)")
    sign(figure, f"Model of this report; counts as printed, dies counted as packages. Data to {data_to}.")
    drawn_rows = pd.concat([
        by_year.rename(columns={"path": "who"}).assign(kind="model"),
        counts[["year", "who", "low", "high"]].assign(kind="published"),
    ]).sort_values(["year", "kind"], kind="stable")  # fmt: skip
    main = by_year[by_year["path"] == "as counted"].set_index("year")
    first = by_year[by_year["path"] == "at the limit"].set_index("year")
    spans = ", ".join(
        f"{interval(row['low'] / MILLION, row['high'] / MILLION, 'none', 2)} in {year}"
        for year in years
        for row in [(first if year < 2026 else main).loc[year]]
    )
    return Figure(
        "supply-by-year",
        to_svg(figure),
        drawn_rows,
        "Ascend packages a year that dies and memory allow (5% to 95% of the draws, dot at the median, with the share "
        "of draws in which memory is the limit), and published counts: output, plans, limits and cards shipped.",
        "The model says what parts allow, not what was made. Memory that Huawei makes for its newer parts enters only "
        "through the upper end of a judgement. Counts with one original are drawn as they are printed.",
        f"Bands, in millions of packages: {spans}. Published counts from 0.2 to 2 million stand beside them.",
        sources,
        data_to,
    )


SUPPLIERS = {"Domestic": WARM, "Huawei": PLUM, "NVIDIA": ACCENT, "Imports": GREEN, "AMD": GREEN, "Alibaba Cloud": GOLD}


@drawn
def shares_by_definition(
    shares: pd.DataFrame, definitions: dict[str, str], sources: tuple[str, ...], data_to: str
) -> Figure:
    """Every published share as an interval, grouped by what it is a share of, coloured by whose it is."""
    figure, axes = canvas(10.8)
    rows: list[tuple[float, str]] = []
    place = 0.0
    for definition, title in definitions.items():
        own = shares[shares["definition"] == definition]
        if own.empty:
            continue
        label(axes, -0.005, place, title, INK, weight="bold", fontsize=8.5, va="center")
        place += 1
        for row in own.itertuples():
            color = SUPPLIERS[row.of]
            low, high = row.low, row.high
            if high != high:
                axes.plot([low, low + 0.05], [place] * 2, lw=1.4, color=color)
                axes.plot(low + 0.05, place, ">", ms=6, color=color)
                end = low + 0.05
            else:
                axes.plot([low, high], [place] * 2, lw=5, color=color, solid_capstyle="butt")
                end = max(high, row.value)
            if high == high or row.claimed:
                axes.plot(row.value, place, "o", ms=6, color=color, mfc=PAPER if row.claimed else color)
            text = f"{'more than ' if high != high else ''}{row.value:.0%}"
            label(axes, end + 0.018, place, text, color, fontsize=8, va="center")
            rows.append((place, f"{row.of}, {row.period.replace('/', ' to ')}: {row.house}"))
            place += 0.92
        place += 0.3
    axes.set_yticks([at for at, _ in rows], [name for _, name in rows], fontsize=7.8)
    bare(axes)
    axes.set_ylim(place - 0.4, -0.8)
    axes.set_xlim(0, 1.12)
    axes.set_xticks(np.arange(0, 1.01, 0.25))
    percent(axes.xaxis)
    axes.set_title("Share of the Chinese market, by what it is a share of\n(rings: the articles)")
    sign(
        figure,
        f"IDC, TrendForce, Bernstein, Morgan Stanley, Omdia and others as relayed. Data to {data_to}.",
    )
    return Figure(
        "shares-by-definition",
        to_svg(figure),
        shares.drop(columns=["root", "source_id"]),
        "Published shares of the Chinese market for AI accelerators, each on its own definition, with supplier, period "
        "and who says so; bars are the interval that the printed figure allows.",
        "Shares under different headings divide different things and must not be set in one series. Cloud service is "
        "another market: who rents computing out, not who makes the chips.",
        "Dot rows under eight headings. Domestic suppliers: 41% of the cards of 2025, 45% of high-end chips, 90% in "
        "the forecast for 2026 of August 2026, 50% in that of December 2025; Huawei 20% of cards and 39% of value.",
        sources,
        data_to,
    )

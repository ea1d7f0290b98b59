"""Figures of chapter 4 on power and halls: electricity by chip and work, the rebate, and power against chips."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from analysis.evidence.formatting import interval, quantity, trim
from analysis.figures import Figure, drawn
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
    GOLD,
    GOLD_TINT,
    GREEN,
    GRID,
    INK,
    MUTED,
    PLUM,
    TINT,
    WARM,
    WARM_TINT,
    bare,
    canvas,
    label,
    percent,
    sign,
    to_svg,
)

CHIP_NAMES = {
    "h20": "H20", "h200-sxm": "H200", "ascend-910b1": "Ascend 910B", "ascend-910c": "Ascend 910C",
    "metax-c500-oam": "MetaX C500", "mlu370-x8": "Cambricon MLU370",
}  # fmt: skip
CHIP_COLORS = {
    "h200-sxm": GREEN, "ascend-910b1": GOLD, "ascend-910c": ACCENT, "metax-c500-oam": PLUM, "mlu370-x8": MUTED,
}  # fmt: skip
READINGS = {
    "bill-full": ("Bill for a token on a domestic chip, no rebate; H20 is 100%", GOLD, GOLD_TINT),
    "bill-half": ("The same with half of the bill rebated", ACCENT, ACCENT_TINT),
    "bill-share": ("Electricity as a share of what a domestic system costs over its life", MUTED, GRID),
    "rebate-share": ("Rebate as a share of that cost", WARM, WARM_TINT),
}
SIDES = {"grid": GREEN, "halls": ACCENT, "chips": WARM}


def _log(axes: Axes, ticks: tuple[float, ...], text: tuple[str, ...], axis: str = "x") -> None:
    getattr(axes, f"set_{axis}scale")("log")
    getattr(axes, f"set_{axis}ticks")(ticks, text)
    getattr(axes, f"{axis}axis").set_minor_locator(NullLocator())


@drawn
def electricity_of_work(
    curves: pd.DataFrame, workloads: pd.DataFrame, effect: pd.DataFrame, sources: tuple[str, ...]
) -> Figure:
    """Above electricity for the same work over H20's by intensity, below what the rebate does to bill and cost."""
    figure, (top, low) = canvas(6.6, rows=2, height_ratios=[1.75, 1])
    quoted = tuple(effect.loc["bill-full", ["low", "high"]])
    top.axhspan(*quoted, color=GOLD_TINT, lw=0)
    top.axhline(1, color=INK, lw=1.0)
    label(top, 3000, 1.04, "H20 = 1", INK, ha="right", fontsize=8.5)
    label(top, 3000, quoted[0] * 1.03, "as quoted against H20", GOLD, ha="right", fontsize=8.5)
    places = {"h200-sxm": 1.46, "ascend-910b1": 2.72, "ascend-910c": 1.93, "mlu370-x8": 4.42}
    for chip, color in CHIP_COLORS.items():
        top.plot(curves.index, curves[chip], color=color, ls=(0, (5, 2)) if chip == "metax-c500-oam" else "-")
        if chip in places:
            name = CHIP_NAMES[chip] + (" and MetaX C500" if chip == "ascend-910b1" else "")
            label(top, 1.1, places[chip], name, color, weight="bold", fontsize=8.5,
                  va="center" if chip != "h200-sxm" else "bottom")  # fmt: skip
    for chip, factor in (("metax-c500-oam", 1.06), ("ascend-910b1", 1.06), ("ascend-910c", 0.86), ("h200-sxm", 0.86)):
        label(top, 3000, curves[chip].iloc[-1] * factor, CHIP_NAMES[chip], CHIP_COLORS[chip], fontsize=8.5,
              weight="bold", ha="right")  # fmt: skip
    for step, (name, row) in enumerate(workloads.iterrows()):
        height = 0.155 * 0.87**step
        top.plot([row["low"], row["high"]], [height] * 2, color=MUTED, lw=2.4, solid_capstyle="butt")
        top.plot(row["central"], height, marker="o", ms=4, color=INK)
        label(top, row["low"] / 1.12 if row["low"] > 2 else row["high"] * 1.12, height, name, MUTED,
              ha="right" if row["low"] > 2 else "left", va="center", fontsize=7.5)  # fmt: skip
    _log(top, (1, 3, 10, 30, 100, 300, 1000, 3000), ("1", "3", "10", "30", "100", "300", "1,000", "3,000"))
    _log(top, (0.25, 0.5, 1, 2, 4), ("¼", "½", "1", "2", "4"), "y")
    top.set_ylim(0.09, 5.4)
    top.set_xlim(1, 3100)
    top.set_title("Electricity for the same work, times that of H20, by operations per byte")

    for place, (key, (text, color, tint)) in enumerate(READINGS.items()):
        row = effect.loc[key]
        low.plot([row["low"], row["high"]], [-place] * 2, color=tint, lw=10, solid_capstyle="butt")
        low.plot(row["central"], -place, marker="|", ms=13, mew=2.2, color=color)
        label(low, 0.01, -place + 0.3, text, color, fontsize=8.2)
        label(low, row["high"] + 0.015, -place, interval(row["low"], row["high"], "fraction", 2), color, va="center",
              weight="bold")  # fmt: skip
    low.axvline(1, color=INK, lw=0.9)
    low.set_yticks([])
    low.set_ylim(-len(READINGS) + 0.55, 0.75)
    low.set_xlim(0, 1.75)
    percent(low.xaxis)
    low.grid(axis="y", visible=False)
    low.set_title("What the rebate does. Bar: range of what is quoted and judged")
    sign(
        figure, "Rated power, dense 16-bit ratings, press on rebates; to November 2025. Bars below: range of each work."
    )
    drawn_curves = curves.iloc[::12].rename(columns=CHIP_NAMES).reset_index()
    long = drawn_curves.melt("intensity", var_name="item", value_name="central").assign(panel="electricity over H20")
    bars = effect.assign(panel="rebate", item=[READINGS[key][0] for key in effect.index])
    work = workloads.rename_axis("item").reset_index().assign(panel="operations per byte")
    table = pd.concat([long, work, bars], ignore_index=True)[["panel", "item", "intensity", "low", "central", "high"]]
    c910, h200 = curves["ascend-910c"], curves["h200-sxm"]
    return Figure(
        "electricity-of-work",
        to_svg(figure),
        table,
        "Electricity that a chip needs for the same work, as a multiple of H20, by operations per byte moved: "
        "rated power over roofline throughput. Below, the bill for a token and the rebate's share in lifetime cost.",
        "Ratios compare designs at rated power: software that fills a chip badly needs more. Halls of one PUE are "
        "assumed. A broadcaster's chart gives the H20 a rating higher by more than a third, which would lower every "
        "ratio by about a quarter. Lifetime cost is price and electricity of a whole system, without staff and hall.",
        f"Curves: Ascend 910C needs {c910.iloc[0]:.1f} times the electricity of H20 where memory binds and "
        f"{c910.iloc[-1]:.2f} times where compute binds, H200 {h200.iloc[0]:.1f} and {h200.iloc[-1]:.2f}. Bars: the "
        f"bill with half rebated is {interval(*effect.loc['bill-half', ['low', 'high']], 'fraction', 2)} of H20's, "
        f"the rebate is {interval(*effect.loc['rebate-share', ['low', 'high']], 'fraction', 2)} of a system's cost.",
        sources,
        "30 November 2025",
    )


@drawn
def power_or_chips(loads: pd.DataFrame, carried: pd.DataFrame, sources: tuple[str, ...]) -> Figure:
    """Above readings of generation and data-centre load, never joined; below accelerators carried and sold."""
    figure, (top, low) = canvas(7.2, rows=2, height_ratios=[1.35, 1])
    y = range(len(loads), 0, -1)
    for place, row in zip(y, loads.itertuples(), strict=True):
        color = GREEN if row.kind == "generation" else ACCENT
        rounded = row.high < 1.03 * row.low
        low_end, high = (row.low / 1.02, row.high * 1.02) if rounded else (row.low, row.high)
        shade = TINT[color] if row.forecast else color
        top.plot([low_end, high], [place] * 2, color=shade, lw=8, solid_capstyle="butt")
        text = quantity((row.low + row.high) / 2, "TWh") if rounded else interval(row.low, row.high, "TWh", 2)
        label(top, high * 1.08, place, text, color, va="center", fontsize=8.5, weight="bold")
    names = [f"{row.label}, {row.year}" + (" forecast" if row.forecast else "") for row in loads.itertuples()]
    top.set_yticks(list(y), names, fontsize=8.2)
    _log(top, (50, 100, 300, 1000, 3000, 10_000), ("50", "100", "300", "1,000", "3,000", "10,000"))
    top.set_xlim(50, 50_000)
    top.set_ylim(0.4, len(loads) + 0.6)
    top.set_title("Electricity, TWh a year. Pale: forecast.\nDefinitions differ: no line leads through them")
    y = range(len(carried), 0, -1)
    for place, row in zip(y, carried.itertuples(), strict=True):
        color, high = SIDES[row.side], max(row.high, row.low * 1.12)
        low.plot([row.low, high], [place] * 2, color=color, lw=8, solid_capstyle="butt")
        label(low, high * 1.25, place, _millions(row.low, row.high), color, va="center", fontsize=8.5, weight="bold")
    low.set_yticks(list(y), carried["label"], fontsize=8.2)
    _log(low, (1e4, 1e5, 1e6, 1e7, 1e8), ("10,000", "100,000", "1m", "10m", "100m"))
    low.set_xlim(1e4, 1.6e10)
    low.set_ylim(0.4, len(carried) + 0.6)
    low.set_title("Accelerators a year: carried by power (green, blue),\nsold or needed (orange)")
    for axes in (top, low):
        bare(axes)
    sign(figure, "IEA, Energy Institute, EIA, CAICT and Chinese agencies as relayed; chips to August 2026.")
    used = loads[loads["year"].eq(2024) & loads["kind"].eq("load")]["high"].iloc[-1]
    there, halls = (carried[carried["side"] == side] for side in ("chips", "halls"))
    table = pd.concat(
        [
            loads.assign(unit="TWh")[["label", "year", "forecast", "low", "high", "unit"]],
            carried.assign(unit="accelerators")[["label", "low", "high", "unit"]],
        ]
    )
    return Figure(
        "power-or-chips",
        to_svg(figure),
        table.reset_index(drop=True),
        "Above: electricity generated and used by data centres (TWh a year) as each source states it. Below: how many "
        "accelerators a year's growth of that load, or of generating capacity, carries; how many are sold or needed.",
        "What an accelerator draws at the meter (chip, system, PUE, mean draw) and its part in the growth of load are "
        "judgements. Forecasts of load are plans that already suppose chips: they are no upper limit.",
        f"Interval bars. Data centres in China used about {used:.0f} TWh in 2024 by the IEA. The growth of load in "
        "forecasts carries "
        f"{_millions(halls['low'].min(), halls['high'].max())} accelerators a year, against "
        f"{_millions(there['low'].iloc[1], there['high'].iloc[0])} needed or sold.",
        sources,
        "31 August 2026",
    )


def _millions(low: float, high: float) -> str:
    def one(value: float) -> str:
        return trim(f"{value / 1e6:.2g}" if value < 1e7 else f"{value / 1e6:.0f}")

    if high < 1e6:
        return interval(low, high, "chips", 2, bare=True)
    if high < 1.1 * low:
        return f"{(low + high) / 2e6:.3g}m"
    return f"{one(low)}m to {one(high)}m"

"""Figures of chapter 2, levy logic, and its reader's control."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import altair as alt
import numpy as np
import pandas as pd
import sympy as sp
from matplotlib.ticker import NullLocator

from analysis.assumptions import Assumption, Assumptions
from analysis.evidence.formatting import interval, quantity
from analysis.figures import Figure, drawn
from analysis.figures.controls import Choice, Control, Readout, Slider
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
    GOLD,
    GREEN,
    GREY_TINT,
    INK,
    MUTED,
    PAPER,
    PLUM,
    WARM,
    WARM_TINT,
    bare,
    canvas,
    label,
    percent,
    sign,
    to_svg,
)
from analysis.models import levy as model
from analysis.models.expressions import latex, vega
from analysis.models.levy import Base, Demand

THEORY = ("weyl-fabinger-2013", "delipalla-keen-1992", "hamilton-1999")
PARTIES = (("buyer", "Buyers", ACCENT), ("seller", "Sellers", GREEN), ("treasury", "Treasury", GOLD),
           ("deadweight", "Lost to all", MUTED))  # fmt: skip


def _behind(color: str) -> dict[str, object]:
    """Return the ground that keeps a label readable where lines run behind it."""
    return {"boxstyle": "square,pad=0.12", "fc": color, "ec": "none"}


@drawn
def base_map(
    rates: np.ndarray,
    values: np.ndarray,
    taken: np.ndarray,
    rate: float,
    earlier: float,
    declared: Assumption,
    sources: tuple[str, ...],
) -> Figure:
    """What a rate takes of the price, by rate and declared value over price, with the judged range at the levy's."""
    figure, axes = canvas(4.2)
    levels = [0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40]
    axes.contourf(rates, values, taken, levels=[0, 0.1, 0.25, 0.6], colors=[GREY_TINT, ACCENT_TINT, WARM_TINT])
    lines = axes.contour(rates, values, taken, levels=levels, colors=[MUTED], linewidths=0.8)
    axes.clabel(lines, fmt=lambda v: f"{v:.0%}", fontsize=8.5, inline_spacing=4,
                manual=[(level / 0.55, 0.55) for level in levels if level / 0.55 < 0.48])  # fmt: skip
    axes.plot(rates, 1 / (1 + rates), color=PLUM, ls=(0, (4, 2)))
    label(axes, 0.345, 0.755, "a surcharge on the net price", PLUM, fontsize=8.5, rotation=-10,
          bbox=_behind(WARM_TINT))  # fmt: skip
    axes.plot([rate] * 2, [declared.low, declared.high], color=INK, lw=4, solid_capstyle="butt")
    for end in (declared.low, declared.high):
        axes.plot(rate, end, marker="o", ms=6, color=INK)
        label(axes, rate - 0.01, end - 0.045, f"{rate * end:.0%} of the price", INK, weight="bold", ha="right",
              bbox=_behind(ACCENT_TINT if end == declared.high else GREY_TINT))  # fmt: skip
    axes.axvline(earlier, color=INK, lw=0.8, ls=(0, (3, 3)))
    label(axes, earlier - 0.005, values[0] + 0.015, "rate for H20", INK, fontsize=8.5, ha="right")
    axes.set_xlim(0, rates[-1])
    axes.set_ylim(values[0], 1.0)
    percent(axes.xaxis)
    percent(axes.yaxis)
    axes.set_xlabel("Rate of the tariff")
    axes.set_title("Declared customs value over the sale price; contours: share of the sale price that is taken")
    axes.grid(visible=False)
    sign(
        figure,
        "Arithmetic of this report; rate by the proclamation of 14 January 2026. No declared value is published.",
    )
    table = pd.DataFrame(taken, index=np.round(values, 4), columns=[f"rate_{value:.2f}" for value in rates])
    span = interval(rate * declared.low, rate * declared.high, "fraction")
    return Figure(
        "levy-base-map",
        to_svg(figure),
        table.iloc[::5, ::5].rename_axis("declared_over_price").reset_index(),
        "Share of the sale price that a tariff takes (contours), by its rate and by the customs value declared for a "
        "chip as a share of its sale price. Bar: the range judged for the H200.",
        "Equal to a share of the sale only at the top edge, where declared value and price are one. The dashed curve "
        "is where the tariff takes as much as a surcharge of the same rate on top of a net price.",
        f"Contour map rising to the upper right. At a rate of {quantity(rate, 'fraction')} the share taken runs from "
        f"{span} as the declared value goes from {quantity(declared.low, 'fraction')} of the price to all of it.",
        sources,
        "14 January 2026",
    )


@drawn
def incidence(cases: pd.DataFrame, premium: tuple[float, float], rise: float, sources: tuple[str, ...]) -> Figure:
    """Rise of the price in each case as an interval, and who has the surplus before and after as stacked bars."""
    figure, (left, right) = canvas(4.6, columns=2, sharey=True, width_ratios=[1.1, 1])
    y = np.arange(len(cases))[::-1] + 1.0
    left.axvspan(*premium, color=WARM_TINT, lw=0)
    label(left, premium[1] + 0.02, 0.12, "grey market\nover official", WARM, fontsize=8, va="center")
    left.axvline(rise, color=INK, lw=0.9, ls=(0, (4, 3)))
    label(left, rise - 0.02, len(cases) + 0.42, "shifts all", INK, fontsize=8, ha="right", va="center")
    for place, row in zip(y, cases.itertuples(), strict=True):
        left.plot([row.price_rise_low, row.price_rise_high], [place] * 2, color=ACCENT, lw=9, solid_capstyle="butt")
        left.plot(row.price_rise, place, marker="o", ms=6, color=ACCENT, mec=PAPER, mew=1)
        text = interval(row.price_rise_low, row.price_rise_high, "fraction")
        label(left, max(row.price_rise_low, 0.0), place + 0.2, text, ACCENT, weight="bold", fontsize=8.5,
              bbox=_behind(PAPER))  # fmt: skip
    left.plot(0, 0.12, marker="D", ms=7, color=WARM)
    label(left, 0.03, 0.12, "seller's\nword", WARM, fontsize=8, va="center")
    left.set_yticks([*y, 0.12], [*cases["case"], "Disclosed and reported"], fontsize=8)
    bare(left)
    left.set_xlim(-0.04, max(1.08, 1.1 * cases["price_rise_high"].max()))
    left.set_ylim(-0.35, len(cases) + 0.7)
    percent(left.xaxis)
    left.set_title("Rise of the buyer's price")

    for place, row in zip(y, cases.itertuples(), strict=True):
        base = 0.0
        for name, _, color in PARTIES:
            part = getattr(row, name)
            right.barh(place, part, 0.5, left=base, color=color, edgecolor=PAPER, lw=0.6)
            if part >= 0.095:
                at = base + part / 2
                label(right, at, place, f"{part:.0%}", PAPER, ha="center", va="center", fontsize=7.5)
            base += part
        right.plot([row.buyer_before] * 2, [place - 0.34, place + 0.34], color=INK, lw=1.6)
    for at, (_, name, color) in zip((0.0, 0.22, 0.43, 0.69), PARTIES, strict=True):
        label(right, at, len(cases) + 0.44, name, color, weight="bold", fontsize=7.5)
    label(right, 0.0, 0.12, "black tick: the buyers' part\nbefore the levy", INK, fontsize=8, va="center")
    right.set_xlim(0, 1)
    right.set_xticks([0, 0.5, 1.0])
    percent(right.xaxis)
    right.grid(visible=False)
    right.tick_params(axis="y", length=0)
    right.set_title("Surplus without a levy, after it")
    sign(
        figure,
        "Model of this report over the judged elasticities; seller's 10-Q as quoted; SCMP as relayed; to 26 July 2026.",
    )
    linear, full = cases.iloc[-2], cases.iloc[1]
    return Figure(
        "levy-incidence",
        to_svg(figure),
        cases.assign(case=cases["case"].str.replace("\n", " ")),
        "Left: rise of the buyer's price under the levy, as a fraction of the price without it, over the judged "
        "elasticities (bar) and at the central one (dot). Right: parts of the surplus that there was without a levy, "
        "at the central elasticity.",
        "A model of sellers who set prices freely, except in the last case. The seller's word covers small shipments; "
        "the grey-market premium is on chips that paid no levy.",
        "Interval bars by case: a fixed declared value raises the price most, "
        f"{interval(cases['price_rise_low'].iloc[0], cases['price_rise_high'].iloc[0], 'fraction', 2)}; a share of the "
        f"price under constant elasticity {quantity(full['price_rise'], 'fraction')}; linear demand and one seller "
        f"{interval(linear['price_rise_low'], linear['price_rise_high'], 'fraction', 2)}; a binding quota none. The "
        "seller discloses none; the grey market paid about half more.",
        sources,
        "26 July 2026",
    )


@drawn
def left_over(
    left: pd.DataFrame, ends: pd.DataFrame, margin: Assumption, taken: tuple[float, float], sources: tuple[str, ...]
) -> Figure:
    """Margin on net revenue by gross margin for both rates, and the share from which no sale is better."""
    figure, (curve, bars) = canvas(3.6, columns=2, width_ratios=[1, 1.15])
    grid = np.linspace(0.3, 0.9, 61)
    curve.axvspan(margin.low, margin.high, color=GREY_TINT, lw=0)
    label(curve, (margin.low + margin.high) / 2, 0.02, "judged", MUTED, fontsize=8, ha="center")
    curve.plot(grid, grid, color=MUTED, lw=1, ls=(0, (3, 3)))
    label(curve, 0.44, 0.49, "no levy", MUTED, fontsize=8.5, rotation=38)
    for chip, color, place in (("H20", GOLD, 0.3), ("H200", WARM, 0.22)):
        rows = left[left["chip"] == chip]
        share = float(rows["share"].iloc[0])
        curve.plot(grid, np.maximum(model.margin_after(grid, share), -0.05), color=color)
        curve.plot(rows["margin"], rows["margin_after"], marker="o", ms=4.5, ls="none", color=color)
        label(curve, 0.57, place, f"{chip}, {share:.0%} taken", color, fontsize=8.5, weight="bold")
    curve.set_xlim(0.3, 0.9)
    curve.set_ylim(0, 0.9)
    percent(curve.xaxis)
    percent(curve.yaxis)
    curve.set_xlabel("Gross margin before")
    curve.set_title("Margin on net revenue,\nprice unchanged")

    bars.axvspan(*taken, color=WARM_TINT, lw=0)
    label(bars, taken[0] + 0.01, 2.42, "what the levy takes", WARM, fontsize=8.5)
    names = []
    for place, row in zip((1.55, 0.55), ends.itertuples(), strict=True):
        bars.plot([row.low, row.high], [place] * 2, color=ACCENT, lw=10, solid_capstyle="butt")
        bars.plot(row.central, place, marker="o", ms=7, color=ACCENT, mec=PAPER, mew=1)
        text = interval(row.low, row.high, "fraction", 2)
        label(bars, row.low, place + 0.22, text, ACCENT, weight="bold")
        names.append(f"Chips\n{row.chips}")
    bars.set_yticks([1.55, 0.55], names)
    bare(bars)
    bars.set_xlim(0, 1)
    bars.set_ylim(0, 2.75)
    percent(bars.xaxis)
    bars.set_xlabel("Share of the price taken")
    bars.set_title("From here on no sale is better")
    sign(figure, "Model of this report on judged margins and values elsewhere; no product margin is published.")
    return Figure(
        "levy-leaves",
        to_svg(figure),
        left,
        "Left: gross margin on what is left after the levy, by the gross margin before it, at an unchanged price. "
        "Right: share of the sale price at which no sale is as good, for chips still to be made and for chips already "
        "made.",
        "For a chip to be made the limit is its gross margin, for one already made what it would not fetch elsewhere. "
        "Dots on the curves are the rows of the table; dots on the bars the central judgements.",
        "Two curves below the line without a levy: at a gross margin of 70% the H20 keeps "
        f"{float(model.margin_after(0.7, float(left['share'].iloc[0]))):.0%}, the H200 "
        f"{float(model.margin_after(0.7, float(left['share'].iloc[-1]))):.0%}. Bars: no sale is better above "
        f"{interval(ends['low'].iloc[0], ends['high'].iloc[0], 'fraction', 2)} for chips to be made and above "
        f"{interval(ends['low'].iloc[1], ends['high'].iloc[1], 'fraction', 2)} for chips already made.",
        sources,
        "18 August 2026",
    )


FLOOR = 3e6  # the grey lane left of it stands for zero


@drawn
def receipts_ladder(ladder: pd.DataFrame, sources: tuple[str, ...]) -> Figure:
    """Receipts of the levy from the largest sum in print to what was realised, intervals on a logarithmic axis."""
    figure, axes = canvas(5.2)
    y = np.arange(len(ladder))[::-1]
    expected = ("claimed", "orders", "market", "analyst", "guided-25", "guided-15")
    for place, row in zip(y, ladder.itertuples(), strict=True):
        color = WARM if row.claimed else MUTED if row.key in expected else ACCENT
        low, open_end = max(row.low, FLOOR * 0.62), math.isnan(row.high)
        high = row.low * 1.6 if open_end else max(row.high, low * 1.08)  # a bar has to be seen
        axes.plot([low, high], [place] * 2, color=color, lw=9, solid_capstyle="butt")
        if open_end:
            axes.plot(high, place, marker=">", ms=11, color=color)
            text = f"more than {quantity(row.low, 'USD', 2, toward=-1)}"
        elif row.low == 0:
            text = f"at most {quantity(row.high, 'USD', toward=1)}"
        else:
            text = interval(row.low, row.high, "USD", 2)
        left = row.low >= 7e8
        at = low / 1.15 if left else high * (1.45 if open_end else 1.15)
        label(axes, at, place, f"{text} {row.period}", color, va="center", ha="right" if left else "left",
              weight="bold", fontsize=8.5)  # fmt: skip
    axes.set_yticks(y, ladder["rung"], fontsize=8.5)
    axes.set_xscale("log")
    axes.set_xlim(FLOOR / 2, 4e10)
    axes.axvspan(FLOOR / 2, FLOOR, color=GREY_TINT, lw=0)
    axes.set_xticks([1e7, 1e8, 1e9, 1e10], ["10m", "100m", "1bn", "10bn"])
    axes.xaxis.set_minor_locator(NullLocator())
    bare(axes)
    axes.set_title(
        "USD, logarithmic scale; zero stands in the grey lane.\nGrey: what was expected. Blue: what came of it"
    )
    sign(
        figure,
        "Article 001; press, company statements and filings as quoted; arithmetic of this report. To 18 August 2026.",
    )
    realised = ladder.set_index("key").loc["realised", "high"]
    return Figure(
        "levy-receipts",
        to_svg(figure),
        ladder.drop(columns="evidence").assign(evidence=["; ".join(ids) for ids in ladder["evidence"]]),
        "Receipts of the levy (USD): the sum in article 001, then a quarter of the sales that others expected, then "
        "of what was consented, licensed and sold. The lower rungs span the judged declared values.",
        "Sums a year, in all and to date stand on one axis and do not add up. No receipts are published: the last "
        "rungs are bounds by arithmetic. Duty on chips that entered for testing and stayed unsold is not in them.",
        "Interval bars from more than ten billion dollars a year in article 001 and in reported orders, through one "
        f"to five billion in guidance and licences, down to at most {quantity(realised, 'USD', toward=1)} on what was "
        "sold by 26 July 2026.",
        sources,
        "18 August 2026",
    )


@drawn
def revenue_curve(
    curves: pd.DataFrame, peaks: pd.DataFrame, rate: float, earlier: float, elasticity: Assumption
) -> Figure:
    """Receipts over the share taken: band over the elasticities, central line, linear demand, peaks and both rates."""
    figure, axes = canvas(3.9)
    rates = curves.index.to_numpy()
    band = curves[["low", "central", "high"]]
    axes.fill_between(rates, band.min(axis=1), band.max(axis=1), color=ACCENT_TINT, lw=0)
    axes.plot(rates, curves["central"], color=ACCENT)
    axes.plot(rates, curves["linear"], color=PLUM, ls=(0, (5, 2)))
    for at, text, side in ((earlier, "rate for H20", "right"), (rate, "levy on H200,\nat most", "left")):
        axes.axvline(at, color=INK, lw=0.8, ls=(0, (3, 3)))
        shift = 0.006 if side == "left" else -0.006
        label(axes, at + shift, 0.5, f"{at:.0%}\n{text}", INK, fontsize=8.5, va="top", ha=side)
    tops = (("central", ACCENT), ("linear", PLUM), ("low", MUTED), ("high", MUTED))
    for name, color in tops:
        top = float(curves[name].idxmax())
        axes.plot(top, curves[name].max(), marker="o", ms=6, color=color, mec=PAPER, mew=1)
    label(
        axes,
        0.74,
        float(curves["low"].max()) + 0.012,
        f"elasticity {elasticity.low:g}",
        MUTED,
        fontsize=8.5,
        ha="center",
    )
    label(axes, 0.775, 0.2, f"elasticity {elasticity.central:g}", ACCENT, fontsize=8.5)
    label(axes, 0.475, 0.33, "linear demand", PLUM, fontsize=8.5, ha="left")
    label(axes, 0.40, 0.105, f"elasticity {elasticity.high:g}", MUTED, fontsize=8.5)
    axes.set_xlim(0, rates[-1])
    axes.set_ylim(0, 0.52)
    percent(axes.xaxis)
    percent(axes.yaxis)
    axes.set_xlabel("Share of the sale price taken")
    axes.set_title("Receipts as a share of the sales that there would be without a levy")
    sign(
        figure,
        "Model of this report, one seller, over the judged elasticities. No estimate of the elasticity was found.",
    )
    return Figure(
        "levy-revenue-curve",
        to_svg(figure),
        curves.reset_index().iloc[::5],
        "Receipts by the share of the price that is taken, as a fraction of sales without a levy: constant elasticity "
        "(band over the judgement, line at its centre) and linear demand with the same elasticity at the old price.",
        "One seller that sets its price freely. At the same price and elasticity more sellers leave the peak where it "
        "is under constant elasticity and move it to the left under linear demand.",
        f"Humped curves; the peak is at {quantity(peaks.loc['constant', 'central'], 'fraction', 2)} for the central "
        f"elasticity and lies anywhere from {interval(peaks['low'].min(), peaks['high'].max(), 'fraction', 2)} over "
        "all judgements. Vertical lines mark both rates of the levy.",
        THEORY,
        "14 January 2026",
    )


@drawn
def best_rate(best: pd.DataFrame, asked: pd.DataFrame, judged: Assumption) -> Figure:
    """The rate that maximises odds times receipts, over how fast the odds fall, and where each named rate is best."""
    figure, axes = canvas(3.7)
    falls = best.index.to_numpy()
    axes.axvspan(judged.low, judged.high, color=GREY_TINT, lw=0)
    label(axes, judged.high - 0.08, 0.73, "swept", MUTED, fontsize=8.5, ha="right")
    axes.fill_between(falls, best["low"], best["high"], color=ACCENT_TINT, lw=0)
    axes.plot(falls, best["central"], color=ACCENT)
    for (rate, row), color in zip(asked.iterrows(), (GOLD, WARM), strict=True):
        axes.axhline(rate, color=color, lw=1, ls=(0, (4, 3)))
        axes.plot([max(row["fall_low"], 0), row["fall_high"]], [rate] * 2, color=color, lw=5, solid_capstyle="butt")
        axes.plot(row["fall"], rate, marker="o", ms=7, color=color, mec=PAPER, mew=1)
        text = f"{rate:.0%} is best if the odds fall by {interval(row['fall_low'], row['fall_high'], 'count', 2)}"
        label(axes, 9.95, 0.03 if color == GOLD else rate + 0.012, text, color, fontsize=8.5, ha="right", weight="bold")
    label(axes, 1.7, 0.5, "band: over the judged elasticities", ACCENT, fontsize=8.5)
    axes.set_xlim(0, falls[-1])
    axes.set_ylim(0, 0.8)
    percent(axes.yaxis)
    axes.set_xlabel("Fall of the odds for each percentage point of the rate, in % of the odds")
    axes.set_title("Rate that maximises odds times receipts")
    sign(figure, "Model of this report, constant elasticity. No odds by rate were ever published: the fall is swept.")
    return Figure(
        "levy-best-rate",
        to_svg(figure),
        best.reset_index().iloc[::5],
        "The rate that maximises expected receipts, by how fast the odds of a sale fall with the rate (relative fall "
        "for each unit of the rate), over the judged elasticities.",
        "The odds are not an estimate. The picture is read backwards: which fall of the odds would make a named rate "
        "the best choice of a Treasury that wants receipts and nothing else.",
        "Falling band: with odds that do not respond the best rate is "
        f"{interval(best['low'].iloc[0], best['high'].iloc[0], 'fraction', 2)}. "
        + " ".join(
            f"A rate of {rate:.0%} is best if each percentage point costs "
            f"{interval(row['fall_low'], row['fall_high'], 'count', 2)} percent of the odds."
            for rate, row in asked.iterrows()
        ),
        THEORY,
        "14 January 2026",
    )


_vega = cache(vega)  # a book run many times prints each equation once

# The reader's control: input names are the names of the model's symbols.
READOUTS: tuple[tuple[str, str, str, Callable[[dict, float], sp.Expr]], ...] = (
    ("taken", "Levy on a chip, share of the new price", "fraction", lambda x, _: 1 - x["net"] / x["price"]),
    ("price", "Price that the buyer pays", "USD/chip", lambda x, p: p * x["price"] / x["price_before"]),
    ("price_change", "Change of the price", "fraction", lambda x, _: x["price_change"]),
    ("net", "What the seller keeps", "USD/chip", lambda x, p: p * x["net"] / x["price_before"]),
    ("margin", "Gross margin on that", "fraction", lambda x, _: x["margin"]),
    ("quantity_change", "Change of the chips sold", "fraction", lambda x, _: x["quantity_change"]),
    ("receipts", "Receipts, of the sales before", "fraction", lambda x, _: x["receipts_share"]),
    ("buyers", "Surplus left to buyers", "fraction", lambda x, _: x["buyer_share"]),
    ("sellers", "Left to sellers", "fraction", lambda x, _: x["seller_share"]),
    ("treasury", "Taken by the Treasury", "fraction", lambda x, _: x["treasury_share"]),
    ("lost", "Lost to all", "fraction", lambda x, _: x["deadweight_share"]),
)
BASE_NAMES = (
    (int(Base.SALE), "share of the sale price"),
    (int(Base.NET), "surcharge on top of a net price"),
    (int(Base.CUSTOMS), "tariff, declared value moves with the price"),
    (int(Base.TRANSFER), "tariff, declared value fixed"),
)
DEMAND_NAMES = ((int(Demand.CONSTANT), "constant elasticity"), (int(Demand.LINEAR), "linear"))


def readouts(price: float) -> dict[str, sp.Expr]:
    """Return the control's results as expressions in the symbols of the model; price (USD) is that before the levy."""
    found = model.expressions()
    return {name: expression(found, sp.Float(price)) for name, _, _, expression in READOUTS}


def book_values(judged: Assumptions) -> dict[str, float]:
    """Return the control's inputs at the book's own judgements, by the names of the model's symbols."""
    return {
        "t": judged["levy-rate"].central,
        "base": int(Base.CUSTOMS),
        "v": judged["customs-value-share"].central,
        "demand": int(Demand.CONSTANT),
        "e": judged["demand-elasticity"].central,
        "n": judged["levy-sellers"].central,
        "kappa": 1.0,
        "m": judged["h200-gross-margin"].central,
    }


def control(judged: Assumptions) -> Control:
    """Return the reader's control: rate, base, declared value, demand, sellers, quota and margin; who gets what."""
    book, price = book_values(judged), judged["h200-price"].central
    inputs = (
        Slider("t", "Rate", 0.0, max(0.9, book["t"]), 0.01, book["t"], "fraction"),
        Choice("base", "Taken from", BASE_NAMES, book["base"]),
        Slider("v", "Declared value, of the price before", min(0.3, book["v"]), 1.0, 0.05, book["v"], "fraction"),
        Choice("demand", "Shape of demand", DEMAND_NAMES, book["demand"]),
        Slider("e", "Elasticity at the price before", 1.1, max(6.0, book["e"]), 0.1, book["e"], "count"),
        Slider("n", "Sellers", 1.0, max(6.0, book["n"]), 1.0, book["n"], "count"),
        Slider("kappa", "Quota, of what would sell freely", 0.1, 1.0, 0.05, book["kappa"], "fraction"),
        Slider("m", "Gross margin before", min(0.3, book["m"]), max(0.9, book["m"]), 0.05, book["m"], "fraction"),
    )
    results = tuple(
        Readout(name, words, unit, _vega(expression), float(f"{model.value(expression, book):.9g}"))
        for (name, words, unit, _), expression in zip(READOUTS, readouts(price).values(), strict=True)
    )
    return Control(
        "levy",
        "Who gets what, at your rate",
        inputs,
        results,
        _split_chart(),
        (*_bases(), *_laws()),
        "What is taken is a share s of the price, or a fixed sum k a chip, by the four bases in the order of the list; "
        "a quota that binds sets the price that buyers pay for it. The price before the levy is the central one of the "
        "report, and the elasticity and the number of sellers say at which cost sellers would choose it. The gross "
        "margin enters only what the seller keeps: where it differs from what elasticity and sellers imply, a chip is "
        "worth more elsewhere than it costs, or the price is not set freely. The curves show all rates; the line is "
        "yours.",
    )


NOTATION = {model.SELLERS: "N"}


def _laws() -> tuple[str, str, str]:
    """Return cost with the levy and both prices as LaTeX, from the expressions that are evaluated."""
    cost = sp.Symbol("C")
    levied = sp.Eq(cost, (model.COST + model.UNIT) / (1 - model.SHARE))
    prices = [
        sp.Eq(sp.Symbol(name), market.price.subs(model.COST, cost))
        for name, market in (("p_{CE}", model.CONSTANT), ("p_{lin}", model.LINEAR))
    ]
    return tuple(latex(equation, NOTATION) for equation in (levied, *prices))


def _bases() -> tuple[str, str]:
    """Return the share of the price, or the fixed sum, of each base as two lines of LaTeX, short enough for a phone."""
    shares = [
        sp.Eq(sp.Symbol(f"s_{letter}"), model.share_of_price(model.RATE, model.VALUE, sp.Integer(base)))
        for letter, base in (("A", Base.SALE), ("B", Base.NET), ("C", Base.CUSTOMS))
    ]
    fixed = sp.Eq(sp.Symbol("k_D"), model.RATE * model.VALUE * sp.Symbol("p_0"))
    lines = [latex(equation) for equation in (*shares, fixed)]
    return r" \qquad ".join(lines[:2]), r" \qquad ".join(lines[2:])


def equations() -> str:
    """Return the equations of the price as one line of LaTeX: constant elasticity, then linear demand."""
    return r" \qquad ".join(_laws())


@cache
def _split_chart() -> alt.LayerChart:
    """Return who has which part of the surplus at every rate, stacked, with a line at the reader's rate."""
    found = {
        name: expression.subs(model.RATE, sp.Symbol("datum.rate")) for name, expression in model.expressions().items()
    }
    parts = [(name, words, found[f"{name}_share"], color) for name, words, color in PARTIES]
    choose = "NaN"
    for place, (_, _, expression, _) in reversed(list(enumerate(parts))):
        choose = f"if(datum.part === {place}, {vega(expression)}, {choose})"
    values = [
        {"rate": step / 50, "part": place, "who": words}
        for step in range(46)
        for place, (_, words, _, _) in enumerate(parts)
    ]
    names, colors = [words for _, words, _, _ in parts], [color for *_, color in parts]
    area = (
        alt.Chart(alt.Data(values=values))
        .mark_area()
        .transform_calculate(share=choose)
        .encode(
            x=alt.X("rate:Q", title="Rate", axis=alt.Axis(format="%", tickCount=5)),
            y=alt.Y("share:Q", stack="zero", title="Surplus without a levy", axis=alt.Axis(format="%", tickCount=4)),
            color=alt.Color("who:N", sort=names, scale=alt.Scale(domain=names, range=colors),
                            legend=alt.Legend(orient="top", title=None, columns=2)),
            order=alt.Order("part:Q"),
        )
    )  # fmt: skip
    line = (
        alt.Chart(alt.Data(values=[{}]))
        .mark_rule(color=INK, strokeWidth=2)
        .transform_calculate(rate="t")
        .encode(x="rate:Q")
    )
    return alt.layer(area, line).properties(height=220)

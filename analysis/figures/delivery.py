"""Figures of chapter 1, delivery pressure."""

from __future__ import annotations

from textwrap import shorten

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from analysis.assumptions import Assumption
from analysis.evidence.formatting import day, interval, quantity, trim
from analysis.evidence.roots import each_once
from analysis.figures import Figure, drawn
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
    GOLD,
    GREEN,
    GREY_TINT,
    INK,
    MUTED,
    PAPER,
    WARM,
    WARM_TINT,
    bare,
    canvas,
    label,
    percent,
    sign,
    to_svg,
)
from analysis.models.licence_value import TailRisk

BILLION = 1e9
STAGE_NAMES = {
    "raw_materials": "Raw materials",
    "work_in_process": "Work in process",
    "finished_goods": "Finished goods",
}
STAGE_COLORS = {"raw_materials": GOLD, "work_in_process": ACCENT, "finished_goods": WARM}


def _quarter_ticks(axes: Axes, periods: list[str]) -> None:
    axes.set_xticks(range(len(periods)))
    shown = [p[4:6] + "\n" + p[6:] if p.endswith("Q1") or i == 0 else p[6:] for i, p in enumerate(periods)]
    axes.set_xticklabels([f"FY{text}" if "\n" in text else text for text in shown], fontsize=8)
    bare(axes, "x")


@drawn
def days_of_inventory(
    stock: pd.DataFrame, days: pd.DataFrame, without_charge: float, article_quarter: str, sources: tuple[str, ...]
) -> Figure:
    """Stock by stage above, days of inventory below: the band over three conventions, then the period-end line."""
    figure, (top, low) = canvas(5.6, rows=2, sharex=True, height_ratios=[1.1, 1])
    periods, x = list(stock.index), np.arange(len(stock))
    base = np.zeros(len(stock))
    for stage, color in STAGE_COLORS.items():
        part = stock[stage].fillna(0).to_numpy() / BILLION
        top.bar(x, part, 0.72, bottom=base, color=color)
        base += part
    unsplit = stock[list(STAGE_COLORS)].isna().any(axis=1).to_numpy()
    top.bar(x[unsplit], stock["total"][unsplit] / BILLION, 0.72, color=GREY_TINT, edgecolor=MUTED, hatch="///", lw=0.8)
    for height, (stage, color) in zip((20, 24.5, 29), STAGE_COLORS.items(), strict=True):
        label(top, -0.3, height, STAGE_NAMES[stage], color, weight="bold")
    label(top, x[-1], stock["total"].iloc[-1] / BILLION + 0.6, "split not\nfound", MUTED, ha="center", fontsize=8)
    top.set_title("Inventory by stage, USD bn")
    top.set_ylim(0, 38)

    low.fill_between(x, days["spread_low"], days["spread_high"], color=ACCENT_TINT, lw=0)
    low.plot(x, days["end"], color=ACCENT, marker="o", ms=3.5)
    low.axhline(100, color=MUTED, lw=0.8, ls=(0, (4, 3)))
    label(low, 11.4, 103, "100 days", MUTED, fontsize=8, ha="right")
    label(low, 3.35, 204, "period end", ACCENT, ha="left", fontsize=8.5)
    label(low, 4.55, 150, "band: period end, average,\nnext quarter's cost", MUTED, ha="left", fontsize=8.5)
    swollen, quoted = periods.index("FY2026Q1"), periods.index(article_quarter)
    low.plot(swollen, without_charge, marker="o", ms=5, mfc=PAPER, mec=WARM, ls="none")
    label(low, swollen, 38, f"{days['end'].iloc[swollen]:.0f} with the H20\ncharge, {without_charge:.0f} without",
          WARM, ha="center", fontsize=8, va="top")  # fmt: skip
    for place in (quoted, len(periods) - 1):
        label(
            low,
            place,
            days["end"].iloc[place] + 7,
            f"{days['end'].iloc[place]:.0f}",
            ACCENT,
            ha="center",
            weight="bold",
        )
    low.set_title("Days of inventory")
    low.set_ylim(0, 225)
    _quarter_ticks(low, periods)
    end = day(stock["end"].iloc[-1].date())
    sign(figure, f"NVIDIA filings and vendor copies; to {end}. Fiscal quarters: FY2026Q3 ended 26 October 2025.")
    columns = ["end", "average", "forward", "spread_low", "spread_high"]
    table = stock[[*STAGE_COLORS, "total", "low", "high"]].join(days[columns].add_prefix("days_"))
    return Figure(
        "days-of-inventory",
        to_svg(figure),
        table.rename_axis("quarter").reset_index(),
        "NVIDIA's whole inventory at each fiscal quarter end, by stage (USD), and days of inventory under three "
        "conventions: stock over the quarter's cost, average stock over that cost, stock over next quarter's cost.",
        "Days of inventory rise when a fast grower builds ahead of its sales, and fall when a charge swells the cost: "
        "they are no distress signal by themselves. No filing says which chips lie in the stock.",
        f"Stacked bars: inventory grows from {quantity(stock['total'].iloc[0], 'USD')} to "
        f"{quantity(stock['total'].iloc[-1], 'USD')}. Line below: days of inventory peak near "
        f"{days['end'].max():.0f} in early 2023, and stand at {days['end'].iloc[quoted]:.0f} in October 2025 and "
        f"{days['end'].iloc[-1]:.0f} on {end}.",
        sources,
        end,
    )


@drawn
def commitment_coverage(coverage: pd.DataFrame, sources: tuple[str, ...]) -> Figure:
    """Inventory, prepaid supply and obligations as stacked bars; above each the quarters of cost that they cover."""
    figure, axes = canvas(4.2)
    x, periods = np.arange(len(coverage)), list(coverage.index)
    known = coverage["obligations"].notna().to_numpy()
    parts = (
        ("inventory", ACCENT, "Inventory"),
        ("prepaid", GREEN, "Prepaid supply"),
        ("obligations", WARM, "Obligations to buy"),
    )
    base = np.zeros(len(coverage))
    for name, color, _ in parts:
        part = coverage[name].where(known).fillna(0).to_numpy() / BILLION
        axes.bar(x, part, 0.66, bottom=base, color=color)
        base += part
    for place in np.flatnonzero(known):
        row = coverage.iloc[place]
        guided = row["cost_basis"] == "guided"
        text = f"{row['quarters']:.1f}"
        if guided:
            text += f"*\n({interval(row['quarters_low'], row['quarters_high'], 'quarters', bare=True)})"
        label(axes, x[place], base[place] + 5, text, INK, ha="center", weight="bold", fontsize=9)
    for place in np.flatnonzero(~known):
        label(axes, x[place], 4, "not\npublished", MUTED, ha="center", fontsize=8)
    for height, (_, color, name) in zip((185, 210, 235), parts, strict=True):
        label(axes, -0.4, height, name, color, weight="bold")
    note = (
        "Above the bars: quarters of the next quarter's\ncost that all of it covers (* cost as guided, with its range)"
    )
    label(axes, -0.4, 275, note, INK, fontsize=9)
    axes.set_title("USD bn at quarter end")
    axes.set_ylim(0, 365)
    _quarter_ticks(axes, periods)
    end = day(coverage["end"].iloc[-1].date())
    sign(figure, f"NVIDIA filings, most read through notes that quote them; to {end}.")
    return Figure(
        "commitment-coverage",
        to_svg(figure),
        coverage.drop(columns="end").rename_axis("quarter").reset_index(),
        "NVIDIA's inventory, prepaid supply and obligations to buy inventory and capacity (USD) at each fiscal "
        "quarter end, and how many quarters of the next quarter's cost of revenue they cover.",
        "Obligations are not stock: they run over several years, and which part can be cancelled is not disclosed. "
        "Quarters without a published figure are left empty. Prepaid supply is counted where it was published and "
        "left out elsewhere, so cover from January 2026 on is a lower bound. Realised cost follows the accounting "
        "standard (GAAP), the guided cost uses the company's adjusted (non-GAAP) margin.",
        f"Stacked bars by quarter; obligations to buy rise from {quantity(coverage['obligations'].iloc[0], 'USD')} to "
        f"{quantity(coverage['obligations'].iloc[-1], 'USD')}, and "
        f"cover grows from {coverage['quarters'].iloc[0]:.1f} to {coverage['quarters'].iloc[-1]:.1f} quarters of cost.",
        sources,
        end,
    )


@drawn
def china_stock(explained: pd.DataFrame, charge: tuple[float, float]) -> Figure:
    """For each reported count of chips the share of the stock that it can explain: at cost, and at most at price."""
    figure, axes = canvas(3.5)
    y = np.arange(len(explained))[::-1] + 1.0
    for place, row in zip(y, explained.itertuples(), strict=True):
        axes.plot([row.share_high, row.at_price], [place] * 2, color=MUTED, lw=1.2, ls=(0, (2, 2)))
        axes.plot(row.at_price, place, marker="|", ms=11, color=MUTED)
        axes.plot([row.share_low, row.share_high], [place] * 2, color=ACCENT, lw=9, solid_capstyle="butt")
        text = interval(row.share_low, row.share_high, "fraction", 2)
        label(axes, row.share_low, place + 0.22, text, ACCENT, weight="bold")
        label(axes, row.at_price + 0.012, place, f"{row.at_price:.0%}", MUTED, va="center", fontsize=8.5)
    share = [part / explained["stock"].iloc[-1] for part in charge]
    axes.plot(share, [0, 0], color=WARM, lw=9, solid_capstyle="butt")
    label(axes, share[1] + 0.012, 0, interval(*share, "fraction", 2), WARM, va="center", weight="bold")
    names = [f"{row.reading}\n{interval(row.chips_low, row.chips_high, 'chips')}" for row in explained.itertuples()]
    axes.set_yticks([*y, 0], [*names, "Charge on H200\nFebruary to July 2026"])
    bare(axes)
    axes.set_xlim(0, 1.06)
    axes.set_ylim(-0.6, len(explained) + 0.7)
    percent(axes.xaxis)
    axes.set_title(
        "Share of NVIDIA's inventory at the time.\nBar: chips at cost. Dotted: at most, at the selling price"
    )
    sign(figure, "Press counts against NVIDIA's balance sheets; to 18 August 2026. No filing gives a count.")
    return Figure(
        "china-stock",
        to_svg(figure),
        explained.drop(columns=["fact_id", "source_id"]),
        "Reported counts of H200 made for China, valued at unit cost (price band times one minus gross-margin band), "
        "as a share of NVIDIA's whole inventory at the nearest quarter end.",
        "Counts are press reports, not company figures; unit cost is a judgement with its range in the assumptions. "
        "A stock is carried at cost, so the dotted bound at the selling price overstates.",
        "Interval bars: " + "; ".join(
            f"{name.lower()} {interval(low, high, 'fraction', 2)}"
            for name, low, high in explained[["reading", "share_low", "share_high"]].itertuples(index=False)
        ) + f"; the charge on H200 is {interval(*share, 'fraction', 2)} of the stock.",
        each_once(explained["source_id"]),
        "18 August 2026",
    )  # fmt: skip


@drawn
def charges_and_releases(charges: pd.DataFrame) -> Figure:
    """Each charge and release as a bar with its rounding interval and its share of the period's cost."""
    figure, axes = canvas(2.9)
    y = np.arange(len(charges))[::-1]
    colors = [MUTED if "expected" in item else ACCENT if chip == "H20" else WARM for item, chip in
              zip(charges["item"], charges["chip"], strict=True)]  # fmt: skip
    axes.barh(y, charges["value"] / BILLION, 0.56, color=colors)
    for place, row, color in zip(y, charges.itertuples(), colors, strict=True):
        text = (
            trim(f"{row.value / BILLION:.2f}").replace("-", "\N{MINUS SIGN}")
            + f"  ({abs(row.cost_share):.1%} of that period's cost)"
        )
        label(axes, max(row.value, 0) / BILLION + 0.08, place, text, color, va="center")
    axes.set_yticks(
        y, [f"{row.chip}: {row.item[0].lower()}{row.item[1:]}\n{row.period}" for row in charges.itertuples()]
    )
    bare(axes)
    axes.axvline(0, color=INK, lw=0.8)
    axes.set_xlim(-0.5, 11)
    axes.set_title("USD bn")
    sign(figure, "NVIDIA filings and the company's letter to the SEC, some read through relays; to 26 July 2026.")
    return Figure(
        "charges-and-releases",
        to_svg(figure),
        charges.drop(columns=["fact_id", "source_id"]),
        "Charges for excess inventory and purchase obligations that NVIDIA tied to H20 and H200, and the release "
        "of an earlier reserve (USD), with their share of the cost of revenue of the same period.",
        "The expected charge was an upper bound given before the quarter closed. FY2026Q1 ended on 27 April 2025; "
        "FY2027H1 runs from 26 January to 26 July 2026.",
        "Bars: "
        + "; ".join(f"{r.chip} {r.item.lower()} {quantity(r.value, 'USD')}" for r in charges.itertuples())
        + ".",
        each_once(charges["source_id"]),
        "26 July 2026",
    )


LADDER = ("reported", "announced", "hearing", "committee", "a chamber", "signed", "in force")


@drawn
def window_closers(closers: pd.DataFrame) -> Figure:
    """Every lever that could close or narrow the window, at the stage that it has reached."""
    frame = closers.assign(over=closers["stage"].isin(["failed", "dropped"]))
    frame = frame.sort_values(["capital", "stage_rank", "instrument"], ascending=[True, False, True], ignore_index=True)
    most = int(frame["capital"].value_counts().max())
    figure, panels = canvas(0.8 + 0.31 * most, columns=2, sharey=True)
    for axes, capital, color in zip(panels, ("washington", "beijing"), (ACCENT, WARM), strict=True):
        for place, row in enumerate(frame[frame["capital"] == capital].itertuples()):
            height = most - place
            axes.plot([0, row.stage_rank], [height - 0.3] * 2, color=color, lw=1.4)
            dot = {"marker": "o", "ms": 6, "mew": 1.5, "color": color, "mfc": PAPER if row.over else color}
            axes.plot(row.stage_rank, height - 0.3, **dot)
            votes = f"{row.votes_for:.0f}–{row.votes_against:.0f} " if pd.notna(row.votes_for) else ""
            ended = row.stage if row.over else ""
            label(axes, row.stage_rank + 0.2, height - 0.3, votes + ended, color, va="center", fontsize=7.5)
            label(axes, 0, height, shorten(row.instrument, 48, placeholder=" …"), INK, fontsize=7.5, va="center")
        axes.set_title(capital.title(), color=color, weight="bold")
        axes.set_xticks(range(7), LADDER, fontsize=7, rotation=40, ha="right", rotation_mode="anchor")
        axes.set_yticks([])
        axes.set_xlim(-0.2, 6.6)
        axes.set_ylim(0.4, most + 0.6)
        axes.tick_params(length=0)
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
    as_of = max(period.end for period in closers["as_of"])
    sign(figure, f"Bills, rules and reports as read up to {day(as_of)}; hollow: failed or dropped. Numbers are votes.")
    return Figure(
        "window-closers",
        to_svg(figure),
        frame[
            ["capital", "actor", "instrument", "what_it_would_do", "stage", "stage_rank", "votes_for", "votes_against"]
        ],
        "Bills, reviews and executive levers that could close or narrow the H200 window, by furthest stage reached.",
        "Bills and executive acts share one axis, but an executive act need not climb it: it can be in force at once. "
        "Most Chinese levers are known from press reports only; no text is public.",
        f"Ladder of {len(frame)} levers, {int((frame['capital'] == 'washington').sum())} in Washington and "
        f"{int((frame['capital'] == 'beijing').sum())} in Beijing, each at the stage that it has reached.",
        each_once(closers["source_id"]),
        day(as_of),
    )


@drawn
def announcement_to_chips(funnel: pd.DataFrame, steps: pd.DataFrame) -> Figure:
    """The counts by date on a logarithmic scale, zero in a lane of its own, open ends as arrows."""
    figure, axes = canvas(4.3)
    zero, least = 1.8e3, 3e3
    y = np.arange(len(funnel))[::-1]
    for place, row in zip(y, funnel.itertuples(), strict=True):
        delivered = row.step.startswith("Delivered")
        color = WARM if delivered else ACCENT
        if row.high == 0:
            axes.plot(zero, place, marker="X", ms=8, color=color)
            label(axes, zero * 1.25, place, "none", color, va="center", weight="bold")
            continue
        low = row.low if row.low == row.low else least
        high = row.high if row.high == row.high else low * 1.5
        axes.plot([low, high], [place] * 2, color=color, lw=9, solid_capstyle="butt")
        if row.high != row.high:
            axes.plot(high, place, marker=">", ms=12, color=color)
        if row.low != row.low:
            axes.plot(low * 1.02, place, marker="<", ms=12, color=color)
        text = (
            f"more than {row.low:,.0f}" if row.high != row.high
            else f"at most {row.high:,.0f}" if row.low != row.low
            else interval(row.low, row.high, "chips", 2, bare=True)
        )  # fmt: skip
        left = row.low >= 1e6
        at = row.low / 1.2 if left else high * 1.3
        label(axes, at, place, text, color, va="center", weight="bold", ha="right" if left else "left")
    axes.set_yticks(y, [f"{row.step}\n{day(row.date.date())}" for row in funnel.itertuples()], fontsize=8.5)
    axes.set_xscale("log")
    axes.set_xlim(1.3e3, 1.2e7)
    axes.set_xticks([1e4, 1e5, 1e6, 1e7], ["10,000", "100,000", "1 million", "10 million"])
    axes.xaxis.set_minor_locator(NullLocator())
    bare(axes)
    axes.axvspan(1.3e3, 2.6e3, color=GREY_TINT, lw=0)
    axes.set_title("Chips, logarithmic scale; zero stands in the grey lane")
    sign(
        figure,
        "Press reports and official statements as relayed; to 18 August 2026. Counts that conflict stand side by side.",
    )
    return Figure(
        "announcement-to-chips",
        to_svg(figure),
        funnel.drop(columns=["fact_id", "source_id"]),
        "H200 for China at each step as reported, by date of the report (chips). Licences known by value are "
        "turned into chips at the reported price band. Delivered: handed to a buyer headquartered in China, wherever "
        "the chip runs.",
        "The steps must not be added up: the same chip can be ordered, consented to and licensed. Except for the "
        "seller's own word on orders, none of these counts is a company figure.",
        "Interval bars by date: orders above two million as reported in December 2025, none by the seller's word in "
        "January 2026, consent for more than 400,000, nothing delivered by May, and about 20,000 by August 2026.",
        each_once(funnel["source_id"], steps["source_id"]),
        "18 August 2026",
    )


@drawn
def approval_pipeline(
    survival: pd.DataFrame, forecasts: pd.DataFrame, dates: dict[str, pd.Timestamp], sources: tuple[str, ...]
) -> Figure:
    """The odds that nothing has come, as bands over the range of priors, and the two forecasts beside it."""
    figure, (left, right) = canvas(4.2, columns=2, width_ratios=[1.75, 1])
    when = survival["date"]
    for name, color, tint in (("size", WARM, WARM_TINT), ("any", ACCENT, ACCENT_TINT)):
        left.fill_between(when, survival[f"{name}_low"], survival[f"{name}_high"], color=tint, lw=0)
        for end in ("low", "high"):
            left.plot(when, survival[f"{name}_{end}"], color=color, lw=0.7)
    left.plot(when, survival["central"], color=ACCENT, lw=2.2)
    for name, date in dates.items():
        left.axvline(date, color=MUTED, lw=0.8, ls=(0, (3, 3)))
        label(left, date + pd.Timedelta(days=4), 0.02, name, MUTED, fontsize=8, rotation=90, va="bottom")
    label(left, when.iloc[-1], 0.88, "only deliveries\nof size count", WARM, ha="right", fontsize=8.5)
    label(left, pd.Timestamp("2026-03-20"), 0.33, "any delivery\ncounts", ACCENT, fontsize=8.5)
    left.set_ylim(0, 1.02)
    left.set_xlim(when.iloc[0], when.iloc[-1])
    left.xaxis.set_major_locator(mdates.MonthLocator(bymonth=(1, 4, 7, 10)))
    left.xaxis.set_major_formatter(mdates.DateFormatter("%b\n%Y"))
    percent(left.yaxis)
    left.set_title("Odds that nothing has been delivered")

    for place, (column, text) in enumerate(
        (("by_new_year", "first delivery\nby 17 February"), ("none_by_june", "nothing by\n30 June"))
    ):
        for shift, small, color in ((0.16, True, ACCENT), (-0.16, False, WARM)):
            values = forecasts.loc[forecasts["small"] == small, column]
            right.plot([values.min(), values.max()], [1 - place + shift] * 2, color=color, lw=9, solid_capstyle="butt")
            label(right, values.max() + 0.03, 1 - place + shift, interval(values.min(), values.max(), "probability", 2),
                  color, va="center", fontsize=8.5)  # fmt: skip
        label(right, 0.03, 1.32 - place, text.replace("\n", " "), INK, weight="bold")
    right.set_xlim(0, 1.32)
    right.set_ylim(-0.45, 1.6)
    right.set_xticks([0, 0.5, 1.0])
    percent(right.xaxis)
    right.set_yticks([])
    right.grid(axis="y", visible=False)
    right.set_title("Range over priors")
    sign(
        figure, "Model of this report on the dated record up to 22 December 2025. Reconstructed: the outcome was known."
    )
    return Figure(
        "approval-pipeline",
        to_svg(figure),
        survival.assign(date=survival["date"].dt.strftime("%Y-%m-%d")),
        "Probability, as of 22 December 2025, that no H200 has been delivered by each day: two-capital pipeline with "
        "priors from the H20 episode of 2025, over three weights of that record, with and without a common freeze, "
        "and one or three lots.",
        "Reconstructed, not pre-registered: the authors knew the outcome, the rule for the priors did not use it. "
        "The bands cover the range of priors, not every way of being wrong.",
        "Two bands falling with time. If any delivery counts, the odds of nothing by the end of June 2026 are "
        f"{interval(*_span(forecasts, True, 'none_by_june'), 'probability', 2)}; if only deliveries of size count, "
        f"{interval(*_span(forecasts, False, 'none_by_june'), 'probability', 2)}.",
        sources,
        "22 December 2025",
    )


def _span(forecasts: pd.DataFrame, small: bool, column: str) -> tuple[float, float]:
    values = forecasts.loc[forecasts["small"] == small, column]
    return float(values.min()), float(values.max())


@drawn
def licence_worth(
    surface: np.ndarray,
    levies: np.ndarray,
    shares: np.ndarray,
    odds: float,
    elsewhere: Assumption,
    losses: np.ndarray,
    risk: TailRisk,
    charge: pd.Series,
) -> Figure:
    """Break-even licence odds over levy and value elsewhere, and the write-down that a year of waiting risks."""
    figure, (left, right) = canvas(4.1, columns=2, width_ratios=[1.35, 1])
    shown = np.minimum(surface, 9.0)
    left.contourf(levies, shares, shown, levels=[-1, odds, 1.0, 10], colors=[ACCENT_TINT, WARM_TINT, GREY_TINT])
    levels = {0.25: (MUTED, 0.8), 0.5: (MUTED, 0.8), 1.0: (INK, 1.2), odds: (ACCENT, 2.2)}
    drawn = sorted(levels)
    colors, widths = zip(*(levels[level] for level in drawn), strict=True)
    lines = left.contour(levies, shares, shown, levels=drawn, colors=colors, linewidths=widths)
    left.clabel(lines, fmt=lambda v: f"{v:.0%}", fontsize=8, inline_spacing=3)
    for levy, text in ((0.15, "15%"), (0.25, "25%")):
        left.axvline(levy, color=INK, lw=0.8, ls=(0, (3, 3)))
        label(left, levy + 0.006, 0.965, text, INK, fontsize=8)
    left.plot([0.25, 0.25], [elsewhere.low, elsewhere.high], color=INK, lw=3, solid_capstyle="butt")
    left.plot(0.25, elsewhere.central, marker="o", ms=7, color=INK)
    label(left, 0.01, 0.04, "hold for the licence", ACCENT, weight="bold")
    label(left, 0.01, 0.70, "sell elsewhere", WARM, weight="bold")
    label(left, 0.30, 0.90, "never hold", MUTED, weight="bold")
    left.set_xlim(0, 0.5)
    left.set_ylim(0.02, 1.0)
    percent(left.xaxis)
    percent(left.yaxis)
    left.set_xlabel("Levy on the sale")
    left.set_title("Licence odds needed to hold a finished chip,\nby levy and value elsewhere (of China price)")
    left.grid(visible=False)

    ordered = np.sort(losses) / BILLION
    above = 1 - np.arange(1, ordered.size + 1) / ordered.size
    keep = np.unique(np.linspace(0, ordered.size - 1, 400).astype(int))
    right.plot(ordered[keep], above[keep], color=WARM)
    top = 1.4 * float((losses > 0).mean())
    marks = (
        (charge["value"], "charge booked", INK, 0.95),
        (risk.mean, "mean", ACCENT, 0.88),
        (risk.cvar, "mean of\nworst 5%", WARM, 0.55),
    )
    for value, text, color, height in marks:
        right.axvline(value / BILLION, color=color, lw=1.2, ls=(0, (4, 2)))
        at = max(value, charge["value"]) / BILLION + 0.04
        label(right, at, height * top, f"{text} {value / BILLION:.1f}", color, fontsize=8.5)
    right.set_ylim(0, top)
    right.set_xlim(0, max(3.0, risk.cvar / BILLION * 1.4))
    percent(right.yaxis)
    right.set_xlabel("Write-down, USD bn")
    right.set_title("Odds of a larger write-down\nafter a year, reported stock")
    sign(
        figure,
        "Model of this report on judgements listed in the assumptions; bar: judged value elsewhere, low to high.",
    )
    table = pd.DataFrame(surface, index=np.round(shares, 4), columns=[f"levy_{levy:.3f}" for levy in levies])
    table = table.where(np.isfinite(table)).iloc[::4, ::5].rename_axis("value_elsewhere").reset_index()
    return Figure(
        "licence-worth",
        to_svg(figure),
        table,
        "Left: the licence probability at which holding a finished H200 equals selling it elsewhere now, over levy and "
        "value elsewhere. Right: distribution of the write-down on the reported stock after a year (USD).",
        "An illustration on stated judgements, not an estimate from data: no price elsewhere and no product margin is "
        "published. Blue line: the odds that the approval pipeline gives.",
        f"Contour map: at modelled licence odds of {quantity(odds, 'probability', 2)} holding pays only where a chip "
        f"fetches little elsewhere. Curve: the write-down has a mean of {quantity(risk.mean, 'USD', 2)}, and "
        f"{quantity(risk.cvar, 'USD', 2)} in the mean of the worst twentieth.",
        (charge["source_id"],),
        "18 August 2026",
    )

"""Figures of chapter 4: platforms and their concentration, and what chip and server makers have made public."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

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
    PLUM,
    TINT,
    WARM,
    bare,
    canvas,
    label,
    percent,
    sign,
    to_svg,
)

BILLION = 1e9
FIRMS = {"Alibaba": WARM, "ByteDance": PLUM, "Huawei": ACCENT, "Tencent": GREEN, "Baidu": GOLD, "DeepSeek": INK}
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@drawn
def ai_iaas_parts(frame: pd.DataFrame, parts: pd.DataFrame, sources: tuple[str, ...]) -> Figure:
    """Left the half-years as stacked bars, right what each part adds to the growth, in percentage points."""
    figure, (left, right) = canvas(3.6, columns=2, width_ratios=[1.25, 1])
    x = np.arange(len(frame))
    generative, other = frame["generative"] / BILLION, frame["other"] / BILLION
    left.bar(x, other, 0.62, color=MUTED)
    left.bar(x, generative, 0.62, bottom=other, color=ACCENT)
    for place, g, o in zip(x, generative, other, strict=True):
        label(left, place, o / 2, f"{o:.1f}", PAPER, ha="center", va="center", fontsize=8.5, weight="bold")
        label(left, place, o + g / 2, f"{g:.1f}", PAPER, ha="center", va="center", fontsize=8.5, weight="bold")
        label(left, place, o + g + 0.4, f"{o + g:.1f}", INK, ha="center", weight="bold")
    left.set_xticks(x, [p if printed else f"{p}\nfrom growth" for p, printed in frame["printed"].items()], fontsize=8.5)
    left.set_ylim(0, 23.5)
    bare(left, "x")
    label(left, -0.4, 20.4, "Generative", ACCENT, weight="bold")
    label(left, -0.4, 18.4, "Other", MUTED, weight="bold")
    left.set_title("RMB bn in a half-year")

    adds = 100 * parts["adds"]
    names = ("generative", "other", "total")
    starts = (0, adds["generative"] + min(adds["other"], 0), 0)
    heights = (adds["generative"], abs(adds["other"]), adds["total"])
    right.bar(range(3), heights, 0.62, bottom=starts, color=(ACCENT, MUTED, GREY_TINT), edgecolor=(ACCENT, MUTED, INK))
    ends = [100 * parts.loc["total", side] for side in ("low", "high")]
    right.plot([2, 2], ends, color=INK, lw=5, solid_capstyle="butt")
    for place, name in enumerate(names):
        sign_of = "+" if adds[name] > 0 else "\N{MINUS SIGN}"
        height = starts[place] + heights[place]
        label(right, place, height + 3, f"{sign_of}{abs(adds[name]):.0f}", INK, ha="center", weight="bold")
    right.set_xticks(range(3), ["Generative\nadds", "Other\ntakes", "Total\nimplied"], fontsize=8.5)
    right.set_ylim(0, 150)
    bare(right, "x")
    right.set_title("Growth to 2025H1,\npercentage points")
    sign(figure, "IDC's tracker as relayed, RMB; to the first half of 2025. No later half-year was found.")
    columns = ["generative", "other", "total", "printed"]
    table = frame[columns].rename_axis("half_year").reset_index()
    table["generative_adds"] = [np.nan] * (len(table) - 1) + [parts.loc["generative", "adds"]]
    table["other_adds"] = [np.nan] * (len(table) - 1) + [parts.loc["other", "adds"]]
    growth = parts["growth"]
    return Figure(
        "ai-iaas-parts",
        to_svg(figure),
        table,
        "Chinese AI infrastructure services (rented computing for AI) by half-year in RMB, generative and other, and "
        "what each part adds to the growth of the first half of 2025 over a year before.",
        "The first half of 2024 is computed from the growth that the tracker prints. The second half of 2023 has the "
        "tracker's older naming. The bar on the implied total is the rounding of the printed figures.",
        f"Stacked bars: generative services grow from {generative.iloc[0]:.1f} to {generative.iloc[-1]:.1f} billion "
        f"yuan, other services shrink from {other.iloc[0]:.1f} to {other.iloc[-1]:.1f}. Over a year the first grew by "
        f"{growth['generative']:.0%}, the second by {growth['other']:.0%}, the whole by {growth['total']:.0%}.",
        sources,
        "30 June 2025",
    )


@drawn
def cloud_spending(frame: pd.DataFrame) -> Figure:
    """Printed quarters as filled marks, the base that a later growth rate implies as hollow ones, gaps left empty."""
    figure, axes = canvas(3.9)
    x, places = np.arange(len(frame)), {quarter: i for i, quarter in enumerate(frame.index)}
    for quarter, row in frame.iterrows():
        place = places[quarter]
        if row["base"] == row["base"]:
            color = WARM if row["restated"] else MUTED
            axes.plot([place] * 2, [row["base_low"] / BILLION, row["base_high"] / BILLION], color=TINT[color], lw=7)
            axes.plot(place, row["base"] / BILLION, marker="D", ms=5.5, mfc=PAPER, mec=color, mew=1.6, ls="none")
            later = place + 4
            if row["restated"]:
                top = frame["printed"].iloc[later] / BILLION
                axes.annotate(
                    "", (later - 0.15, top - 0.12), (place + 0.2, row["base"] / BILLION + 0.05),
                    arrowprops={"arrowstyle": "->", "color": WARM, "lw": 1.2, "linestyle": (0, (3, 2))},
                )  # fmt: skip
                text = f"{row['base'] / BILLION:.1f}"
                label(axes, place - 0.25, row["base"] / BILLION + 0.15, text, WARM, ha="right", weight="bold")
        if row["printed"] == row["printed"]:
            axes.plot([place] * 2, [row["low"] / BILLION, row["high"] / BILLION], color=ACCENT_TINT, lw=7)
            axes.plot(place, row["printed"] / BILLION, marker="o", ms=6, color=ACCENT, ls="none")
            label(axes, place + 0.22, row["printed"] / BILLION - 0.42, f"{row['printed'] / BILLION:.1f}", ACCENT,
                  fontsize=8.5, weight="bold")  # fmt: skip
        elif row["base"] != row["base"]:
            label(axes, place, 6.35, "none", MUTED, ha="center", fontsize=7.5)
    label(axes, 0, 13.9, "Filled: as first printed", ACCENT, weight="bold")
    label(axes, 0, 13.1, "Hollow: what the growth printed a year later implies", MUTED, weight="bold")
    label(axes, 0, 12.3, "Orange: a base that is not what was printed", WARM, weight="bold")
    axes.set_xticks(x, [f"{q[:4]}\n{q[4:]}" if q.endswith("Q1") else f"\n{q[4:]}" for q in frame.index], fontsize=8)
    bare(axes, "x")
    axes.set_ylim(6, 15.4)
    axes.set_title("USD bn in a quarter")
    sign(figure, "Canalys and Omdia as relayed, USD; to the fourth quarter of 2025. none: no amount found.")
    row = frame.loc["2024Q1"]
    return Figure(
        "cloud-spending",
        to_svg(figure),
        frame[["printed", "low", "high", "base", "base_low", "base_high", "restated"]]
        .rename_axis("quarter")
        .reset_index(),
        "Spending on cloud infrastructure services in mainland China by quarter (USD): as first printed, and as the "
        "growth rate printed a year later implies for the quarter.",
        "Bands are the rounding of amounts and rates. Where the two coincide the base was kept. For the second "
        "quarter of 2025 only growth above a fifth was found, no amount. Cloud spending is another market "
        "than AI infrastructure services, in another currency.",
        f"Marks by quarter from {frame['printed'].dropna().iloc[0] / BILLION:.1f} billion dollars in early 2022 to "
        f"{frame['printed'].dropna().iloc[-1] / BILLION:.1f} in late 2025. For the first quarter of 2024 "
        f"{row['printed'] / BILLION:.1f} was printed, and {row['base'] / BILLION:.1f} is what the growth rate a year "
        "later implies.",
        each_once(frame["source_id"]),
        "31 December 2025",
    )


@drawn
def platform_shares(shares: pd.DataFrame, index: pd.DataFrame) -> Figure:
    """Left the named shares as parts of a whole with the unknown rest grey, right the interval of the HHI."""
    figure, (left, right) = canvas(6.8, columns=2, sharey=True, width_ratios=[2.3, 1])
    y, height, places, lines = [], 0.0, {}, []
    for key, rows in index.groupby("key", sort=False):
        height += 0.95
        lines.append((height - 0.62, rows["definition"].iloc[0]))
        for period in rows["period"]:
            places[(key, period)] = height
            y.append(height)
            height += 0.78
    for (key, period), place in places.items():
        own = shares[(shares["key"] == key) & (shares["period"] == period)]
        start = 0.0
        for row in own.itertuples():
            left.barh(place, row.share, 0.56, left=start, color=FIRMS[row.firm], edgecolor=PAPER, lw=0.8)
            if row.share >= 0.09:
                text = f"{row.firm} {100 * row.share:.3g}" if row.share >= 0.16 else f"{100 * row.share:.3g}"
                label(left, start + row.share / 2, place, text, PAPER, ha="center", va="center", fontsize=7)
            start += row.share
        left.barh(place, 1 - start, 0.56, left=start, color=GREY_TINT, edgecolor=MUTED, lw=0.6)
        row = index[(index["key"] == key) & (index["period"] == period)].iloc[0]
        color = WARM if key == "full-stack" else ACCENT
        right.plot([row["hhi_low"], row["hhi_high"]], [place] * 2, color=color, lw=8, solid_capstyle="butt")
        text = f"{row['hhi_low']:,.0f} to {row['hhi_high']:,.0f}"
        label(right, (row["hhi_low"] + row["hhi_high"]) / 2, place - 0.33, text, color, ha="center", fontsize=7)
    for place, text in lines:
        label(left, 0, place, text, INK, fontsize=8.5, weight="bold", va="center")
    left.set_yticks(y, [period for _, period in places], fontsize=8)
    left.set_ylim(height - 0.2, 0.0)
    left.set_xlim(0, 1)
    percent(left.xaxis)
    left.set_title("Share of each firm named; grey: not named")
    right.set_xlim(0, 4200)
    right.set_xticks([0, 1000, 2000, 3000, 4000], ["0", "1,000", "2,000", "3,000", "4,000"], fontsize=8)
    right.set_title("Concentration (HHI)")
    for axes in (left, right):
        bare(axes)
    handles = [(firm, color) for firm, color in FIRMS.items() if firm in set(shares["firm"])]
    for i, (firm, color) in enumerate(handles):
        figure.text(0.14 + 0.125 * i, 0.965, firm, color=color, fontsize=8.5, weight="bold")
    figure.get_layout_engine().set(rect=(0, 0, 1, 0.955))
    sign(
        figure,
        "Research houses as relayed; to the fourth quarter of 2025. Orange: the definition that article 004 quotes.",
    )
    narrow, wide = (index[index["key"] == key].iloc[0] for key in ("full-stack", "ai-cloud"))
    table = shares.merge(index[["key", "period", "hhi_low", "hhi_high"]], on=["key", "period"])
    return Figure(
        "platform-shares",
        to_svg(figure),
        table.drop(columns=["fact_id", "source_id", "key"]),
        "Shares of the firms that a source names on each definition of the market, and the Herfindahl-Hirschman index "
        "(sum of squared shares, 10,000 for one firm) as an interval.",
        "Lower end: the rest is split without end. Upper end: it is held by firms no larger than the smallest named. "
        "Rounding of the printed shares widens both. IDC's AI infrastructure tracker ranks Alibaba, ByteDance and "
        "Baidu first to third and is read without shares, so it has no row.",
        f"Stacked shares by definition. Among clouds with chips of their own Baidu and Huawei have "
        f"{narrow['known']:.1%} and the index lies between {narrow['hhi_low']:,.0f} and {narrow['hhi_high']:,.0f}; "
        f"in all AI cloud {wide['leader']} leads, with {wide['hhi_low']:,.0f} to {wide['hhi_high']:,.0f}.",
        each_once(shares["source_id"]),
        "31 December 2025",
    )


def short_period(text: str) -> str:
    """Return a period as it fits a cell: "H1 2026", "Jun 2026", "9M 2025", "2025"."""
    if "/" in text:
        first, last = text.split("/")
        if first[:4] == last[:4] and first.endswith("Q1") and last.endswith("Q3"):
            return f"9M {first[:4]}"
        return f"to {last[4:]} {last[:4]}"
    if len(text) == 10 or (len(text) == 7 and text[4] == "-"):
        return f"{MONTHS[int(text[5:7])]} {text[:4]}"
    return f"{text[4:]} {text[:4]}" if len(text) == 6 else text


@drawn
def delivery_disclosure(cells: pd.DataFrame, data_to: str) -> Figure:
    """A matrix of firms and measures: filled where a figure was found, hollow where a document has one, else blank."""
    firms, measures = list(dict.fromkeys(cells["firm"])), list(dict.fromkeys(cells["measure"]))
    figure, axes = canvas(4.6)
    for row in cells.itertuples():
        x, y = measures.index(row.measure), firms.index(row.firm)
        look = {
            "document": {"facecolor": ACCENT, "edgecolor": ACCENT},
            "press": {"facecolor": ACCENT_TINT, "edgecolor": ACCENT_TINT},
            "unread": {"facecolor": PAPER, "edgecolor": MUTED, "linestyle": (0, (3, 2))},
        }.get(row.state)
        if look:
            axes.add_patch(Rectangle((x - 0.46, y - 0.38), 0.92, 0.76, lw=1.0, **look))
        if row.period:
            color = PAPER if row.state == "document" else INK
            label(axes, x, y, short_period(row.period), color, ha="center", va="center", fontsize=7.2)
    axes.set_xlim(-0.55, len(measures) - 0.45)
    axes.set_ylim(len(firms) + 0.55, -0.55)
    axes.set_yticks(range(len(firms)), firms, fontsize=9)
    axes.set_xticks(range(len(measures)), [name.replace(" ", "\n", 1) for name in measures], fontsize=8.2)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    key = (
        (ACCENT, ACCENT, "-", "found, from a document"), (ACCENT_TINT, ACCENT_TINT, "-", "found, press only"),
        (PAPER, MUTED, (0, (3, 2)), "in a document, not found"),
    )  # fmt: skip
    for i, (face, edge, style, text) in enumerate(key):
        x = -0.46 + 2.75 * i
        axes.add_patch(
            Rectangle((x, len(firms) - 0.1), 0.3, 0.42, facecolor=face, edgecolor=edge, linestyle=style, lw=1.0)
        )
        label(axes, x + 0.38, len(firms) + 0.11, text, INK, fontsize=8, va="center")
    sign(figure, f"Filings, company reports and press, most through relays; to {data_to}. Blank: nothing is public.")
    counts = cells["state"].value_counts()
    found = int(counts.get("document", 0) + counts.get("press", 0))
    owed = cells[(cells["measure"] == "Receivables") & cells["state"].isin(("document", "press"))]["firm"]
    return Figure(
        "delivery-disclosure",
        to_svg(figure),
        cells.drop(columns=["entity", "source_id"]),
        "For each chip and server maker the latest period for which a measure of delivery was found in print; hollow "
        "where a prospectus or report that exists has the measure and no figure was found.",
        "Hollow is a limit of this report, not of the company. Forecasts and guidance are not counted. The figures of "
        "Kunlunxin and xFusion are press reports without a document; the market value there is a valuation in print.",
        f"Matrix of {len(firms)} firms and {len(measures)} measures: {found} of {len(cells)} cells hold a figure, "
        f"{int(counts.get('unread', 0))} are hollow. Receivables are found for {', '.join(owed) or 'none'} only.",
        each_once(cells["source_id"], own=False),
        data_to,
    )

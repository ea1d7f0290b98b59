"""Figures of chapter 3, the market: who buys what, the pairing ratio, switching, procurement, reaction, makers."""

from __future__ import annotations

from textwrap import wrap

import altair as alt
import numpy as np
import pandas as pd
from matplotlib.ticker import NullLocator

from analysis.evidence.formatting import interval, quantity
from analysis.evidence.roots import each_once
from analysis.figures import Figure, drawn
from analysis.figures.controls import Choice, Control, Readout, Slider
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
    GOLD,
    GREEN,
    GREEN_TINT,
    GREY_TINT,
    GRID,
    INK,
    MUTED,
    PAPER,
    PLUM,
    PLUM_TINT,
    WARM,
    WARM_TINT,
    bare,
    canvas,
    label,
    percent,
    sign,
    tick_text,
    to_svg,
)
from analysis.results.market import RATIOS, SEGMENT_NAMES

PRODUCT_LOOK = (
    ("domestic", WARM, "domestic"),
    ("imported", ACCENT, "licensed imports"),
    ("third", GOLD, "rented abroad or outside licences"),
    ("none", GREY_TINT, "waits or goes without"),
)


def _model(data_to: str) -> str:
    month = data_to.split(" ", 1)[1]
    return f"Model of this report on facts and judgements listed in the assumptions; facts to {month}."


@drawn
def who_buys_what(shares: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """One row a scenario, one panel a segment: stacked shares of work, and the range of the domestic share."""
    names = list(dict.fromkeys(shares["name"]))
    order = ["all", *[s for s in SEGMENT_NAMES if s != "all"]]
    figure, panels = canvas(1.5 + 0.33 * len(names), columns=len(order), sharey=True)
    y = np.arange(len(names))[::-1]
    for axes, segment in zip(panels, order, strict=True):
        own = shares[shares["segment"] == segment]
        table = own.pivot(index="name", columns="product", values="central").loc[names]
        base = np.zeros(len(names))
        for product, color, _ in PRODUCT_LOOK:
            axes.barh(y, table[product], 0.68, left=base, color=color)
            base += table[product].to_numpy()
        home = own[own["product"] == "domestic"].set_index("name").loc[names]
        for place, low, high in zip(y, home["low"], home["high"], strict=True):
            axes.plot([low, high], [place] * 2, color=PAPER, lw=3.4, solid_capstyle="butt")
            axes.plot([low, high], [place] * 2, color=INK, lw=1.5, solid_capstyle="butt")
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.5, 1], ["0", "50%", "100%"], fontsize=7)
        axes.set_title(SEGMENT_NAMES[segment], fontsize=8.5)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False)
        axes.vlines([0, 0.5, 1], -0.5, len(names) - 0.5, color=GRID, lw=0.7, zorder=0)
        axes.spines["left"].set_visible(False)
        axes.patch.set_visible(False)
    panels[0].set_yticks(y, names, fontsize=8)
    top = len(names) + 0.2
    panels[0].set_ylim(-0.6, top + 1.1)
    for x, (name, color, text) in zip((0, 1.0, 2.5, 5.65), PRODUCT_LOOK, strict=True):
        shade = MUTED if name == "none" else color
        label(panels[0], x, top + 0.75, text, shade, weight="bold", fontsize=8, in_layout=False)
    label(panels[0], 0, top + 0.1, "black line: range of the domestic share over what the record allows", INK,
          fontsize=8, in_layout=False)  # fmt: skip
    sign(figure, _model(data_to))
    cap = shares[(shares["segment"] == "all") & (shares["product"] == "domestic")].set_index("scenario")
    return Figure(
        "who-buys-what",
        to_svg(figure),
        shares.drop(columns="scenario"),
        "Share of each segment's demand for compute in 2026, counted in work with one H200 as the unit, that each kind "
        "of supply takes, by scenario; segments choose by cost, switching penalty and policy under limited supply.",
        "A model on judged parameters, not an estimate: read the order of scenarios and the ranges, not the digits. "
        "The range covers every demand, supply, reaction to cost and penalty that the record of 2024 to 2026 allows; "
        "sizes of segments and prices stand at their central judgements.",
        "Stacked bars for twelve scenarios and five segments. Of all work, domestic chips take "
        f"{interval(cap.loc['none', 'low'], cap.loc['none', 'high'], 'fraction', 2)} without licences and "
        f"{interval(cap.loc['cap', 'low'], cap.loc['cap', 'high'], 'fraction', 2)} with licences up to the cap.",
        sources,
        data_to,
    )


@drawn
def pairing_ratio(
    curve: pd.DataFrame, licensed: float, binds: tuple[float, float], sources: tuple[str, ...], data_to: str
) -> Figure:
    """Imports and domestic sales over the ratio on the left, what the ratio adds to an import's price on the right."""
    figure, (left, right) = canvas(4.2, columns=2, width_ratios=[1.3, 1])
    x = curve["pairing"]
    for name, tint in (("domestic", WARM_TINT), ("imported", ACCENT_TINT)):
        low, high = curve[f"chips_{name}_low"] / 1e6, curve[f"chips_{name}_high"] / 1e6
        left.fill_between(x, low, high, color=tint, lw=0)
    for name, color in (("domestic", WARM), ("imported", ACCENT)):
        for end in ("_low", "_high"):
            left.plot(x, curve[f"chips_{name}{end}"] / 1e6, color=color, lw=0.7)
        left.plot(x, curve[f"chips_{name}"] / 1e6, color=color, lw=2.4)
    left.axhline(licensed / 1e6, color=MUTED, lw=0.8, ls=(0, (4, 3)))
    label(left, 4.0, licensed / 1e6 + 0.03, "cap of licences", MUTED, ha="right", fontsize=8)
    label(left, 0.1, 1.86, "domestic chips sold", WARM, weight="bold", fontsize=9)
    label(left, 4.0, 0.04, "H200 imported", ACCENT, weight="bold", fontsize=9, ha="right")
    left.set_ylim(0, 2.1)
    left.set_xlim(0, 4)
    left.set_xlabel("Domestic chips for each import")
    left.set_title("Million chips sold in 2026.\nBand: range that the record allows")

    right.fill_between(x, curve["levy_low"], curve["levy_high"], color=ACCENT_TINT, lw=0)
    for end in ("_low", "_high"):
        right.plot(x, curve[f"levy{end}"], color=ACCENT, lw=0.7)
    right.plot(x, curve["levy"], color=ACCENT, lw=2.4)
    top = 5.0
    right.plot(binds, [0.84 * top] * 2, color=INK, lw=3, solid_capstyle="butt")
    label(right, binds[0], 0.87 * top, "ratios at which the\nrule begins to bind", INK, fontsize=8)
    right.set_ylim(0, top)
    right.set_xlim(0, 4)
    right.set_xlabel("Domestic chips for each import")
    percent(right.yaxis)
    right.set_title("What the ratio adds to the price\nof an import, as a share of it")
    sign(figure, _model(data_to))
    two = curve[curve["pairing"] == 2.0].iloc[0]
    columns = [c for c in curve.columns if c.startswith(("pairing", "chips", "levy", "sold"))]
    return Figure(
        "pairing-ratio",
        to_svg(figure),
        curve[columns],
        "Chips sold in 2026 with licences up to the cap, and the shadow price of the pairing ratio as the rise of an "
        "import's price that would have the same effect, over the number of domestic chips asked for with each import, "
        "all buyers together.",
        "No ratio is in force in any text or report that was found. The upper end of the shadow price belongs to "
        "buyers who react little to cost; it leaves the picture at high ratios.",
        "Curves over the ratio. Imports fall and domestic sales rise as the ratio grows; at two domestic chips for "
        f"each import {interval(two['chips_imported_low'], two['chips_imported_high'], 'chips', 2)} come "
        f"in, and the ratio is worth {interval(two['levy_low'], two['levy_high'], 'fraction', 2)} of the price.",
        sources,
        data_to,
    )


def pairing_control(grid: pd.DataFrame) -> Control:
    """Return the reader's control of the pairing ratio: the solved grid, looked up at the reader's own values."""
    volumes = list(dict.fromkeys(grid["licensed"]))
    texts = [f"{quantity(v, 'chips', 4)}" for v in volumes]
    names = (", as delivered by August 2026", ", as Beijing consented in January", ", up to the American cap")
    places = len(RATIOS)
    # A row of the grid: volume, then reading, then ratio. The slider moves in the grid's own steps.
    where = f"{2 * places} * licences + {places} * reading + round(10 * ratio)"
    book = grid[(grid["licensed"] == volumes[-1]) & (grid["each"] == 0) & (grid["ratio"] == 1.0)].iloc[0]
    readouts = tuple(
        Readout(name, text, unit, f"{[float(v) for v in grid[name]]}[{where}]", float(book[name]))
        for name, text, unit in (
            ("imported", "H200 imported", "chips"),
            ("domestic", "Domestic chips sold", "chips"),
            ("levy", "What the ratio adds to the price of an import", "fraction"),
            ("imported_work", "Share of all work on imports", "fraction"),
            ("unserved", "Share of all work that waits", "fraction"),
        )
    )
    data = grid.assign(volume=[volumes.index(v) for v in grid["licensed"]])
    long = data.melt(["volume", "each", "ratio"], ["imported", "domestic"], "kind", "chips")
    base = alt.Chart(long).transform_filter("datum.volume === licences && datum.each === reading")
    x = alt.X("ratio:Q", title="Domestic chips for each import")
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["imported", "domestic"], range=[ACCENT, WARM]),
        legend=alt.Legend(title=None, orient="top", labelExpr="datum.value === 'imported' ? 'H200 imported' : "
                          "'domestic chips sold'"),
    )  # fmt: skip
    lines = base.mark_line(strokeWidth=2.5).encode(
        x, alt.Y("chips:Q", title="Chips", axis=alt.Axis(format="~s")), color
    )
    dots = (
        base.transform_filter("abs(datum.ratio - ratio) < 0.05")
        .mark_point(size=110, filled=True)
        .encode(x, alt.Y("chips:Q"), color)
    )
    return Control(
        "pairing-rule",
        "How a pairing ratio would work on imports and on domestic sales",
        (
            Slider("ratio", "Domestic chips for each import", 0.0, float(RATIOS[-1]), 0.1, 1.0, "count"),
            Choice("licences", "Licensed H200", tuple((i, t + names[i]) for i, t in enumerate(texts)), len(texts) - 1),
            Choice("reading", "The ratio holds for", ((0, "all buyers together"), (1, "each segment of buyers")), 0),
        ),
        readouts,
        alt.layer(lines, dots).properties(height=260),
        (
            r"\max_x \; \sum_g N_g \Bigl( \sum_j x_{gj} v_{gj} - \sum_j x_{gj} \ln x_{gj} \Bigr)",
            r"\text{domestic chips sold} \;\ge\; \kappa \cdot \text{chips imported}",
        ),
        "Solved beforehand at the central values for every tenth of the ratio; demand, supply and penalties stand "
        "still here. With each segment under the ratio, the addition is that of the segment that it weighs on most.",
    )


@drawn
def switching_break_even(
    volumes: pd.DataFrame, marks: dict[str, tuple[float, float]], sources: tuple[str, ...], data_to: str
) -> Figure:
    """The volume from which switching pays over what staying costs, as bands for training and inference."""
    figure, panels = canvas(3.9, columns=2, sharey=True)
    ceiling = 3e5
    for axes, (kind, color, tint) in zip(
        panels, (("training", PLUM, PLUM_TINT), ("inference", GREEN, GREEN_TINT)), strict=True
    ):
        own = volumes[volumes["work"] == kind]
        x = own["stay"] / 1000
        # Above the least favourable corner switching always pays, below the most favourable never.
        low = np.where(np.isfinite(own["low"]), own["low"], ceiling * 10)
        high = np.where(np.isfinite(own["high"]), own["high"], ceiling * 10)
        axes.fill_between(x, low, np.minimum(high, ceiling * 10), color=tint, lw=0)
        axes.plot(x, own["low"].where(np.isfinite(own["low"])), color=color, lw=0.9)
        axes.plot(x, own["central"].where(np.isfinite(own["central"])), color=color, lw=2.4)
        first = own[np.isfinite(own["central"])]["stay"].min() / 1000
        label(axes, first + 2, 3.2e3, "central", color, fontsize=8.5, weight="bold")
        label(axes, 42, 2.2, "most favourable", color, fontsize=8)
        for height, (text, (start, end)) in zip((1.6e5, 6e4, 2.2e4), marks.items(), strict=True):
            axes.plot([start / 1000, end / 1000], [height] * 2, color=INK, lw=3, solid_capstyle="butt")
            side = {"x": end / 1000 + 1.2, "ha": "left"} if start < 60_000 else {"x": start / 1000 - 1.2, "ha": "right"}
            label(axes, side["x"], height, text, INK, fontsize=7.5, va="center", ha=side["ha"])
        axes.set_yscale("log")
        axes.set_ylim(1, ceiling)
        axes.set_xlim(18, 90)
        axes.set_title(f"Platforms' {kind}", color=color, weight="bold")
        axes.set_xlabel("Cost of staying, thousand USD\nfor one H200 of work")
        axes.yaxis.set_minor_locator(NullLocator())
    panels[0].set_yticks([1, 10, 100, 1e3, 1e4, 1e5], ["1", "10", "100", "1,000", "10,000", "100,000"])
    panels[0].set_ylabel("Volume from which it pays, H200")
    sign(figure, _model(data_to))
    known = volumes[np.isfinite(volumes["central"])].groupby("work")["stay"].min()
    return Figure(
        "switching-break-even",
        to_svg(figure),
        volumes.replace(np.inf, np.nan),
        "Volume of work, in H200, from which moving to a domestic ecosystem pays back its fixed cost and delay, over "
        "what a unit of work costs on the imported side. Shaded: from the most to the least favourable corner of the "
        "judgements; empty: never.",
        "No source gives a cost of migration in money or in engineer-months; team, months and efficiency are "
        "judgements. "
        "Availability, rebates and rules are not counted.",
        "Two panels, falling curves. At central values switching pays only where staying costs more than "
        f"{quantity(known['training'], 'USD')} for one H200 of training work or {quantity(known['inference'], 'USD')} "
        f"of inference work, against a reported price of a licensed H200 of "
        f"{interval(*next(iter(marks.values())), 'USD', 3)}.",
        sources,
        data_to,
    )


STANDINGS = (
    ("text", "a text\nto read"),
    ("statement", "statement\non record"),
    ("press", "press\nonly"),
    ("none", "nothing\nfound"),
)
KINDS = {
    "list": ACCENT, "floor": GREEN, "ban": WARM, "quota": PLUM, "pairing": GOLD, "rebate": GOLD, "security": INK,
}  # fmt: skip


@drawn
def procurement_evidence(table: pd.DataFrame, data_to: str) -> Figure:
    """Every measure that is said to apply, by what it rests on."""
    kinds = ("security", "pairing", "quota", "ban", "floor", "rebate", "list")
    frame = table.assign(
        order=[kinds.index(str(kind)) for kind in table["kind"]],
        day=[period.start for period in table["from_date"]],
    ).sort_values(["order", "day"], ascending=[True, False], ignore_index=True)
    figure, axes = canvas(1.1 + 0.29 * len(frame))
    places = {name: place for place, (name, _) in enumerate(STANDINGS)}
    for place, row in enumerate(frame.itertuples()):
        color = KINDS[str(row.kind)]
        axes.plot([-0.35, 3.35], [place] * 2, color=GREY_TINT, lw=0.8, zorder=0)
        hollow = str(row.standing) == "none"
        at = places[str(row.standing)]
        axes.plot(at, place, marker="o", ms=7.5, color=color, mfc=PAPER if hollow else color, mew=1.6)
    names = ["\n".join(wrap(f"{row.kind}: {row.measure}", 58)) for row in frame.itertuples()]
    axes.set_yticks(range(len(frame)), names, fontsize=7.3)
    for tick, kind in zip(axes.get_yticklabels(), frame["kind"], strict=True):
        tick.set_color(KINDS[str(kind)])
    axes.set_xticks(range(len(STANDINGS)), [text for _, text in STANDINGS], fontsize=7.8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.4, 3.4)
    axes.set_ylim(-0.7, len(frame) - 0.3)
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    sign(figure, f"Facts, events and terms of this report; to {data_to}.")
    counts = table["standing"].astype(str).value_counts()
    shown = frame[["kind", "measure", "standing", "said_by"]].assign(from_date=frame["from_date"].map(str))
    return Figure(
        "procurement-evidence",
        to_svg(figure),
        shown.iloc[::-1].reset_index(drop=True),
        "Measures that steer Chinese buyers to domestic chips, and the steps of the security argument, by what each "
        "rests on: a public text, a statement on record of an office, a company or a tender, press reports, "
        "or nothing.",
        "Press only means that the document, if there is one, is not public; it does not mean that the report is "
        "wrong. "
        "A statement on record says that it was made, not that what it says is so.",
        f"Dot table of {len(table)} measures: {counts.get('press', 0)} rest on press reports only, "
        f"{counts.get('statement', 0)} on a statement on record, {counts.get('text', 0)} on a text that can be read; "
        f"for {counts.get('none', 0)} nothing was found.",
        each_once(table["source_id"]),
        data_to,
    )


SHARE_LOOK = {"NVDA": GREEN, "CAMBRICON": ACCENT, "HYGON": WARM, "MOORE-THREADS": PLUM}


@drawn
def share_reaction(found: pd.DataFrame, sources: tuple[str, ...]) -> Figure:
    """Abnormal returns with their 95% bands, by event and share, over two and over four trading days."""
    main = found[found["main"]]
    figure, panels = canvas(6.4, columns=2, sharey=True)
    events = list(dict.fromkeys(zip(found["event_id"], found["event"], strict=True)))
    firsts = found.groupby("event_id")["first"].min()
    events.sort(key=lambda pair: firsts[pair[0]])
    heights: dict[tuple[str, str], float] = {}
    ticks, at = [], 0.0
    for event_id, event in events[::-1]:
        own = main[(main["event_id"] == event_id) & (main["window"] == 2)]
        for place, share in enumerate(own["share"][::-1]):
            heights[event_id, share] = at + 0.62 * place
        ticks.append((at + 0.31 * (len(own) - 1), f"{event}\n{firsts[event_id]:%-d %b %Y}"))
        at += 0.62 * len(own) + 0.55
    for axes, window in zip(panels, (2, 4), strict=True):
        axes.axvline(0, color=MUTED, lw=0.9)
        for row in main[main["window"] == window].itertuples():
            y, color = heights[row.event_id, row.share], SHARE_LOOK[row.share]
            axes.plot([row.low, row.high], [y] * 2, color=color, lw=2.2 if row.beyond else 1.4)
            axes.plot(row.value, y, marker="o", ms=6.5 if row.beyond else 5, color=color,
                      mfc=color if row.beyond else PAPER, mew=1.5)  # fmt: skip
        axes.set_xlim(-0.36, 0.3)
        axes.set_ylim(-0.5, at + 0.35)
        tick_text(axes.xaxis, lambda v: f"{100 * v:+.0f}%".replace("-", "\N{MINUS SIGN}") if v else "0")
        axes.set_title(f"Beyond the market, {window} trading days")
        axes.grid(axis="y", visible=False)
    panels[0].set_yticks([y for y, _ in ticks], [text for _, text in ticks], fontsize=8)
    panels[0].tick_params(axis="y", length=0)
    for x, (share, color) in zip((-0.355, -0.235, -0.06, 0.055), SHARE_LOOK.items(), strict=True):
        name = main[main["share"] == share]["name"].iloc[0]
        label(panels[0], x, at - 0.05, name, color, weight="bold", fontsize=8, in_layout=False)
    label(panels[1], -0.35, at - 0.05, "filled: zero lies outside the 95% band", INK, fontsize=8)
    sign(figure, "Returns computed from vendors' closes, not passed on; to 21 August 2026 (China: 17 July 2026).")
    two = main[main["window"] == 2]
    young = main[main["share"] == "MOORE-THREADS"]["days"]
    table = main.drop(columns=["main", "event_id"]).assign(first=main["first"].dt.strftime("%Y-%m-%d"))
    return Figure(
        "share-reaction",
        to_svg(figure),
        table.reset_index(drop=True),
        "Return beyond the market model from the first trading day after the news, with 95% prediction intervals "
        "(Student's t): NVIDIA against SPY, Cambricon, Hygon and Moore Threads against the CSI 300; up to 45 trading "
        "days of estimation.",
        f"Small samples: Moore Threads listed on 5 December 2025, so that its first line rests on {int(young.min())} "
        "days. Other news fell into the same days. A band that includes zero is no proof of no effect.",
        f"Interval plot of {len(two)} pairs of share and event: over two days zero lies inside the band in "
        f"{int((~two['beyond']).sum())} of them, among them all shares on the H200 announcement of December 2025.",
        sources,
        "21 August 2026",
    )


@drawn
def makers_outcome(makers: pd.DataFrame) -> Figure:
    """Half-year revenue of domestic makers, first half of 2025 and of 2026, on a logarithmic scale."""
    figure, axes = canvas(3.0)
    y = np.arange(len(makers))[::-1]
    for place, row in zip(y, makers.itertuples(), strict=True):
        middle = (row.after_low * row.after_high) ** 0.5
        axes.plot([row.before_low / 1e9, middle / 1e9], [place] * 2, color=ACCENT_TINT, lw=5, solid_capstyle="butt")
        axes.plot(row.before / 1e9, place, marker="o", ms=7, color=MUTED)
        axes.plot([row.after_low / 1e9, row.after_high / 1e9], [place] * 2, color=ACCENT, lw=7, solid_capstyle="butt")
        axes.plot(middle / 1e9, place, marker="o", ms=7, color=ACCENT)
        growth = interval(row.growth_low, row.growth_high, "fraction", 2)
        label(axes, row.after_high / 1e9 * 1.12, place, f"+{growth}", ACCENT, va="center", weight="bold")
    label(axes, makers["before"].iloc[0] / 1e9, y[0] + 0.33, "2025", MUTED, ha="center", fontsize=8)
    label(axes, makers["after_high"].iloc[0] / 1e9, y[0] + 0.33, "2026", ACCENT, ha="center", fontsize=8)
    axes.set_yticks(y, makers["name"])
    bare(axes)
    axes.set_xscale("log")
    axes.set_xlim(0.04, 30)
    axes.set_ylim(-0.5, len(makers) - 0.2)
    axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_title("Revenue of the first half-year, RMB bn, logarithmic scale")
    sign(figure, "Company reports, most read through relays; Biren: range of a profit alert; to August 2026.")
    return Figure(
        "makers-outcome",
        to_svg(figure),
        makers.drop(columns="sources"),
        "Revenue of listed Chinese makers in the first half of 2025 and of 2026 (RMB), as companies report it; Hygon "
        "sells processors too.",
        "Growth came in a year in which about twenty thousand H200 were delivered: it shows what makers did with "
        "hardly any competition from it, not what they would have done with it.",
        "Dumbbells: "
        + "; ".join(
            f"{r.name} {interval(r.growth_low, r.growth_high, 'fraction', 2)} more" for r in makers.itertuples()
        )
        + ".",
        each_once(makers["sources"]),
        "31 August 2026",
    )

"""Figures of the scoreboard: outcomes, hit rates against naive forecasts, the book's odds on the past, the register."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.evidence.formatting import day, interval, quantity
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
    TINT,
    WARM,
    bare,
    canvas,
    label,
    percent,
    sign,
    to_svg,
)

TONES = {"yes": GREEN, "partial": GOLD, "no": WARM, "void": GREY_TINT, "open": PAPER}
NAMES = {
    "yes": "came true", "partial": "by half", "no": "did not", "void": "void: condition\nnever came", "open": "open",
}  # fmt: skip


PLAIN = {"boxstyle": "square,pad=0.1", "fc": PAPER, "ec": "none"}  # keeps a text readable that crosses a line


def _from_none_to_all(axes: Axes) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0, 0.5, 1])
    percent(axes.xaxis)
    axes.axvline(0.5, color=MUTED, lw=0.9, ls=(0, (4, 3)))
    bare(axes)


def _rate(axes: Axes, y: float, row: pd.Series) -> None:
    """Draw the interval of a hit rate, its strict and lenient value, and that of the forecast of no change."""
    color = MUTED if row["telling"] == "too few" else ACCENT
    axes.plot([row["low"], row["high"]], [y, y], color=TINT[color], lw=6, solid_capstyle="butt")
    axes.plot([row["strict"], row["lenient"]], [y, y], color=color, lw=2.4)
    axes.plot([row["strict"], row["lenient"]], [y, y], "o", ms=4.5, color=color)
    nothing = [row["nothing_strict"], row["nothing_lenient"]]
    axes.plot(nothing, [y - 0.28] * 2, color=WARM, lw=1.6)
    axes.plot(nothing, [y - 0.28] * 2, "|", ms=7, color=WARM, mew=1.6)


@drawn
def outcomes(counts: pd.DataFrame, rates: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """Each article's expectations by outcome as a stacked bar; beside it the interval of its hit rate."""
    figure, (left, right) = canvas(3.9, columns=2, sharey=True, width_ratios=[1.9, 1])
    heights = np.arange(len(counts))[::-1]
    base = np.zeros(len(counts))
    for name, color in TONES.items():
        part = counts[name].to_numpy()
        left.barh(heights, part, 0.62, left=base, color=color, edgecolor=MUTED, lw=0.6)
        for y, start, width in zip(heights, base, part, strict=True):
            if width:
                tone = PAPER if name in ("yes", "no", "partial") else INK
                label(left, start + width / 2, y, str(width), tone, ha="center", va="center", fontsize=8)
        base += part
    top = heights.max() + 0.62
    places = {"yes": 0, "partial": 12, "no": 20.5, "void": 30, "open": 46}
    for name, x in places.items():
        left.plot(x + 0.7, top, "s", ms=6, color=TONES[name], mec=MUTED, mew=0.6, clip_on=False)
        label(left, x + 2, top, NAMES[name], INK, va="center", fontsize=8)
    left.set_yticks(heights, [f"Article {name}" for name in counts.index])
    left.set_xlim(0, max(base.max(), 56) + 1)
    left.set_ylim(-0.6, len(counts) + 0.1)
    bare(left)
    left.set_title("Expectations, by what\nbecame of them")
    own = rates[rates["kind"] == "article"].set_index("group")
    for y, name in zip(heights, counts.index, strict=True):
        row = own.loc[f"Article {name}"]
        _rate(right, y, row)
        few = "too few to tell" if row["telling"] == "too few" else "cannot be told"
        text = few if row["telling"] in ("too few", "unclear") else f"{row['telling']} even"
        label(right, 0.02, y + 0.27, f"{row['n']:.0f} scored: {text}", MUTED, fontsize=7.5, bbox=PLAIN)
    _from_none_to_all(right)
    right.set_title("Hit rate, 95% interval.\nRed: that nothing changes")
    sign(
        figure, f"The five articles against published evidence; as of {data_to}. A shared expectation counts for each."
    )
    told = "; ".join(
        f"article {name}: " + ", ".join(f"{line[key]} {NAMES[key].split(':')[0]}" for key in TONES if line[key])
        for name, line in counts.iterrows()
    )
    table = counts.join(own.set_axis([name[-3:] for name in own.index])[
        ["n", "hits", "halves", "low", "high", "strict", "lenient", "nothing_strict", "nothing_lenient", "telling"]
    ]).rename_axis("article").reset_index()  # fmt: skip
    return Figure(
        "forecast-outcomes",
        to_svg(figure),
        table,
        "Expectations of each article by outcome (count), and the hit rate of those that are scored: dots from the "
        "strict to the lenient count of halves, band their 95% interval, red the forecast that nothing changes.",
        "Void and open ones are not scored, nor are questions that an article only asks. What resolves early is not a "
        "fair sample of what will resolve.",
        f"Stacked bars by outcome. {told}. Beside them the intervals of the hit rates, most of which span one half.",
        sources,
        data_to,
    )


@drawn
def hit_rates(rates: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """Hit rates by topic, horizon and form, with the naive forecasts on the same questions."""
    shown = rates[rates["kind"] != "article"].reset_index(drop=True)
    breaks = (shown["kind"] != shown["kind"].shift()).cumsum() - 1
    heights = -(np.arange(len(shown)) + 0.6 * breaks.to_numpy())
    figure, axes = canvas(6.4)
    for y, (_, row) in zip(heights, shown.iterrows(), strict=True):
        _rate(axes, y, row)
        if row["official_n"]:
            kept = row["official_hits"] / row["official_n"]
            axes.plot(kept, y + 0.28, "D", ms=4, color=GOLD)
            label(axes, 1.05, y + 0.05, f"{row['official_hits']:.0f} of {row['official_n']:.0f}", GOLD, va="center",
                  fontsize=8)  # fmt: skip
        words = {"too few": "too few", "unclear": "unclear"}.get(row["telling"], f"{row['telling']} even")
        label(axes, 1.2, y, words, MUTED, va="center", fontsize=8)
    axes.set_yticks(heights, [f"{row.group}  ({row.n:.0f})" for row in shown.itertuples()], fontsize=8.5)
    _from_none_to_all(axes)
    top = heights.max() + 0.75
    label(axes, 1.05, top, "official\nheld", GOLD, fontsize=8, va="bottom")
    label(axes, 1.2, top, "against\neven odds", MUTED, fontsize=8, va="bottom")
    axes.set_ylim(heights.min() - 0.7, top)
    axes.set_xlim(-0.02, 1.36)
    axes.set_title("Blue or grey: the articles, band 95% interval, dots strict to lenient.\n"
                   "Red: that nothing changes. Gold: that the official date or term holds.\n\n")  # fmt: skip
    sign(figure, f"Scored expectations only, number in brackets; as of {data_to}.")
    first = shown.iloc[0]
    return Figure(
        "hit-rates",
        to_svg(figure),
        shown,
        "Share of the articles' scored expectations that came true, by topic, horizon and form, beside two naive "
        "forecasts on the same questions.",
        "Grey where fewer are resolved than the register of assumptions asks for. Many rest on one fact, that few "
        "chips were reported delivered, so the intervals are narrower than they should be.",
        f"Intervals by group. All articles: {first['n']:.0f} scored, hit rate "
        f"{interval(first['low'], first['high'], 'fraction', 2)}; the forecast that nothing changes would have had "
        f"{quantity(first['nothing_strict'], 'fraction', 2)}. Nearly all groups are too small to tell.",
        sources,
        data_to,
    )


@drawn
def reconstructed(past: pd.DataFrame, plain: pd.DataFrame, sources: tuple[str, ...]) -> Figure:
    """The odds that the pipeline gives over every prior, what happened, and the mean scores against naive odds."""
    figure, (top, low) = canvas(4.9, rows=2, height_ratios=[1.25, 1])
    questions = list(dict.fromkeys(past["question"]))
    for place, question in enumerate(questions[::-1]):
        rows = past[past["question"] == question]
        top.plot([rows["probability"].min(), rows["probability"].max()], [place] * 2, color=ACCENT_TINT, lw=9,
                 solid_capstyle="butt")  # fmt: skip
        top.plot(rows["probability"], [place] * len(rows), "|", ms=9, color=ACCENT, mew=1)
        came = int(rows["outcome"].iloc[0])
        top.plot(came, place, "o", ms=8, color=INK)
        label(top, came + (0.03 if not came else -0.03), place + 0.24, "delivered" if came else "nothing delivered",
              INK, fontsize=8, ha="right" if came else "left")  # fmt: skip
    top.set_yticks(range(len(questions)), [fill(name, 20) for name in questions[::-1]], fontsize=8.5)
    _from_none_to_all(top)
    top.set_ylim(-0.5, len(questions) - 0.3)
    top.set_title("Odds of a first delivery, one tick a prior; dot: what happened")
    keys = ["weight", "freeze", "lots", "small"]
    mean = past.groupby(keys)["brier"].mean()
    low.plot([mean.min(), mean.max()], [1, 1], color=ACCENT_TINT, lw=9, solid_capstyle="butt")
    low.plot(mean, [1] * len(mean), "|", ms=9, color=ACCENT, mew=1)
    label(low, mean.max() + 0.015, 1, "reconstructed", ACCENT, va="center", fontsize=8.5)
    for place, (name, row) in enumerate(plain.sort_values("brier").iterrows()):
        low.plot(row["brier"], 0, "D", ms=6, color=WARM)
        label(low, row["brier"], -0.34 if place % 2 else 0.22, str(name), WARM, ha="center", fontsize=8)
    low.set_yticks([])
    low.set_ylim(-0.6, 1.5)
    low.set_xlim(-0.02, 0.82)
    low.set_title("Mean Brier score over the three days (0 is perfect)")
    sign(figure, "Chapter 1's pipeline on the record of 22 December 2025. The outcome was known to the authors.")
    return Figure(
        "reconstructed-odds",
        to_svg(figure),
        past.assign(day=past["day"].dt.strftime("%Y-%m-%d")),
        "Odds that chapter 1's approval pipeline gives, from the record of 22 December 2025, for a first delivery by "
        "three later days, over every prior tried, and the mean Brier score beside naive odds.",
        "Reconstructed, not pre-registered: never to be ranked beside forecasts made at the time. The three days "
        "belong to one course of events and are not independent.",
        "Three rows of ticks: " + "; ".join(
            f"{question}: {interval(part['probability'].min(), part['probability'].max(), 'probability', 2)}, "
            + ("delivered" if part["outcome"].iloc[0] else "nothing delivered")
            for question, part in past.groupby("question", sort=False)
        ) + f". Mean Brier score {mean.min():.2f} to {mean.max():.2f}; even odds 0.25.",
        sources,
        day(past["day"].max().date()),
    )  # fmt: skip


@drawn
def register(own: pd.DataFrame, sources: tuple[str, ...], record_to: str) -> Figure:
    """Our forecasts with their probability, by the day on which they resolve; record_to: the record they rest on."""
    figure, axes = canvas(0.9 + 0.42 * len(own))
    for y, row in zip(np.arange(len(own))[::-1], own.itertuples(), strict=True):
        change = row.status_quo == "no"
        color = ACCENT if change else GREEN
        axes.plot([0, row.probability], [y - 0.18] * 2, color=color, lw=2.2)
        axes.plot(row.probability, y - 0.18, "o", ms=6, color=color)
        label(axes, row.probability + 0.03, y - 0.18, f"{row.probability:.0%}", color, va="center", weight="bold",
              fontsize=8.5)  # fmt: skip
        label(axes, 0, y + 0.16, row.short, INK, va="center", fontsize=8, bbox=PLAIN)
    axes.set_yticks(np.arange(len(own))[::-1] - 0.02, [
        f"{row.forecast_id}  by {row.resolves_by:%b %Y}" for row in own.itertuples()], fontsize=8)  # fmt: skip
    _from_none_to_all(axes)
    axes.set_ylim(-0.7, len(own) - 0.3)
    axes.set_xlim(-0.01, 1.08)
    axes.set_title("Probability. Blue: that something changes. Green: that it stays or holds.")
    made = day(own["made_on"].max().date())
    sign(figure, f"The report's own forecasts, registered on {made} on the record to {record_to}.")
    return Figure(
        "own-register",
        to_svg(figure),
        own[["forecast_id", "statement", "made_on", "resolves_by", "probability", "topic", "status_quo"]].assign(
            made_on=own["made_on"].dt.strftime("%Y-%m-%d"), resolves_by=own["resolves_by"].dt.strftime("%Y-%m-%d")
        ),
        "The report's registered forecasts with their probabilities, in the order of the days on which they resolve.",
        "The exact question, its rule and source stand in the table below; a registered probability or rule is never "
        "changed, a new view is a new row.",
        f"Bars of probability for {len(own)} forecasts: " + ", ".join(
            f"{row.forecast_id} {row.probability:.0%}" for row in own.itertuples()) + ".",
        sources,
        made,
    )  # fmt: skip

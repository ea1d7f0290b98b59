"""Figures of chapter 4, the two layers: the mix, its risk, what service it gives, and what bridging it saves."""

from __future__ import annotations

import altair as alt
import matplotlib.ticker as ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.assumptions import Assumption
from analysis.evidence.formatting import interval, quantity
from analysis.figures import Figure, drawn
from analysis.figures.controls import Control, Readout, Slider
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
    GOLD,
    GREEN,
    GREEN_TINT,
    GREY_TINT,
    INK,
    MUTED,
    PAPER,
    PLUM,
    TINT,
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
from analysis.models.two_layer import STACKS, WORK

MODEL = "Model of this report on judgements listed in the assumptions"
WORKS = dict(zip(WORK, ("Pre-training", "Fine-tuning", "Prefill", "Decode"), strict=True))
STACK_NAMES = dict(zip(STACKS, ("imported stack, own or rented", "domestic chips", "not done"), strict=True))
STACK_COLORS = dict(zip(STACKS, (ACCENT, WARM, MUTED), strict=True))
OPERATORS = {"both layers": ACCENT, "imported only": PLUM, "domestic only": WARM}


def _thousands(axis: object) -> None:
    tick_text(axis, lambda value: f"{value / 1000:g}")


def _odds(axes: Axes, odds: float, top: float) -> None:
    axes.axvline(odds, color=MUTED, lw=0.9, ls=(0, (4, 3)))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, top)
    axes.set_xticks([0, 0.5, 1])
    percent(axes.xaxis)


@drawn
def mix_over_odds(
    curve: pd.DataFrame, band: pd.DataFrame, odds: float, sources: tuple[str, ...], data_to: str
) -> Figure:
    """Draw shares of the demand over licence odds: a band over judgements and draws, then the central line."""
    figure, panels = canvas(3.4, columns=3, sharey=True)
    lines = curve.assign(rented=curve["home"] + curve["offshore"])
    top = 1.06 * float(max(band[[c for c in band if c.endswith("_high")]].to_numpy().max(), 1.0))
    parts = (
        ("imported", "Licensed imports", ACCENT, ACCENT_TINT),
        ("domestic", "Domestic chips", WARM, WARM_TINT),
        ("rented", "Long rentals, home and abroad", GREEN, GREEN_TINT),
    )
    for axes, (name, title, color, tint) in zip(panels, parts, strict=True):
        axes.fill_between(band["odds"], band[f"{name}_low"], band[f"{name}_high"], color=tint, lw=0)
        axes.plot(lines["odds"], lines[name], color=color)
        _odds(axes, odds, top)
        axes.set_title(title, color=color, fontsize=9)
    percent(panels[0].yaxis)
    panels[0].set_ylabel("Share of the demand")
    panels[1].set_xlabel("Odds that a licensed lot comes within the year")
    label(panels[0], odds - 0.03, 0.93 * top, f"pipeline\n{odds:.0%}", MUTED, fontsize=8, ha="right", va="top")
    sign(figure, f"{MODEL}. Band: ends of three judgements and other draws.")
    table = lines[["odds", "imported", "domestic", "home", "offshore", "rented", "spares", "mean", "tail"]].merge(
        band, on="odds", how="left"
    )
    first, last = lines.iloc[0], lines.iloc[-1]
    return Figure(
        "mix-over-licence-odds",
        to_svg(figure),
        table,
        "What to order and rent for a year of work, as shares of the mean demand (an H200's work in a year is the "
        "unit), over the odds that a licensed lot is delivered within the year.",
        "Ordered before anything is known; shares add to more than one because capacity is held against late or lost "
        "chips. No rule reserves work for domestic chips here. The central line rests on twice as many futures as the "
        "band.",
        f"Three panels. From no licence to a certain one, licensed imports go from {first['imported']:.0%} to "
        f"{last['imported']:.0%} of the demand, domestic chips from {first['domestic']:.0%} to {last['domestic']:.0%}, "
        f"long rentals from {first['rented']:.0%} to {last['rented']:.0%}; wide bands around each.",
        sources,
        data_to,
    )


@drawn
def work_placement(placements: dict[str, np.ndarray], sources: tuple[str, ...], data_to: str) -> Figure:
    """Draw where each kind of work is done, as shares of that work, in the central case and where it turns."""
    figure, panels = canvas(3.6, columns=len(placements), sharey=True)
    rows, y = [], np.arange(len(WORK))[::-1]
    for axes, (title, done) in zip(np.atleast_1d(panels), placements.items(), strict=True):
        share = done / done.sum(axis=0)
        base = np.zeros(len(WORK))
        for place, part in zip(STACK_NAMES, share, strict=True):
            axes.barh(y, part, 0.62, left=base, color=STACK_COLORS[place], edgecolor=PAPER, lw=0.6)
            base += part
        axes.set_title(title, fontsize=8.5)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.5, 1])
        percent(axes.xaxis)
        bare(axes)
        for kind, column in zip(WORK, share.T, strict=True):
            rows.append({"case": title.replace("\n", " "), "work": kind, **dict(zip(STACK_NAMES, column, strict=True))})
    panels[0].set_yticks(y, list(WORKS.values()))
    panels[0].set_ylim(-0.5, len(WORK) + 0.5)
    for axes, place in zip(np.atleast_1d(panels), STACKS, strict=False):
        label(axes, 0, len(WORK) - 0.35, f"■ {STACK_NAMES[place]}", STACK_COLORS[place], fontsize=8, in_layout=False)
    sign(figure, f"{MODEL}.")
    table = pd.DataFrame(rows).round(6)
    middle = table.iloc[: len(WORK)].set_index("work")
    return Figure(
        "work-placement",
        to_svg(figure),
        table,
        "Where each kind of work is done in expectation, as a share of that work: at the central judgements, with a "
        "domestic stack that does better in training, and with one that does worse in serving.",
        "Throughput is the lesser of compute and bandwidth times intensity, times what the domestic stack reaches of "
        "it. That last factor is a judgement: no independent like-for-like test was found. Kinds of work on which the "
        "cards compare in the same way are drawn alike.",
        "Stacked bars by kind of work. At the central judgements domestic chips do "
        + ", ".join(f"{middle.loc[k, 'domestic']:.0%} of {WORKS[k].lower()}" for k in WORK)
        + ". In the three cases they do "
        + ", ".join(f"{share:.0%}" for share in table.loc[table["work"] == WORK[0], "domestic"])
        + " of pre-training.",
        sources,
        data_to,
    )


@drawn
def cost_against_tail(front: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """Draw expected cost against the mean of the worst cases for each operator, along the weight of the tail."""
    figure, axes = canvas(4.2)
    for name, color in OPERATORS.items():
        part = front[front["operator"] == name]
        axes.plot(part["tail"], part["mean"], color=color, marker="o", ms=4)
        label(axes, part["tail"].max() * 1.008, part["mean"].iloc[0], name, color, weight="bold", va="center")
    ours = front[front["operator"] == "both layers"]
    for row, shift in ((ours.iloc[0], (0, -14)), (ours.iloc[-1], (8, 4))):
        text = f"worst cases weigh {row['aversion']:.0%}" if row["aversion"] else "only the mean counts"
        axes.annotate(
            text,
            (row["tail"], row["mean"]),
            xytext=shift,
            textcoords="offset points",
            fontsize=8,
            color=MUTED,
            ha="left" if row["aversion"] else "center",
            va="center",
        )
    spread = front["tail"].max() - front["tail"].min()
    axes.set_xlim(front["tail"].min() - 0.16 * spread, front["tail"].max() + 0.22 * spread)
    axes.margins(y=0.14)
    axes.set_xlabel("Mean cost of the worst tenth of futures, USD thousand a year of one H200's work")
    axes.set_ylabel("Expected cost, USD thousand")
    _thousands(axes.xaxis)
    _thousands(axes.yaxis)
    sign(figure, f"{MODEL}. Cost includes lost sales and credits.")
    first, last = ours.iloc[0], ours.iloc[-1]
    return Figure(
        "cost-against-tail",
        to_svg(figure),
        front,
        "Expected cost and mean of the worst tenth (CVaR), USD for one H200's work in a year, of the best plan at five "
        "weights of the worst cases, for an operator on both layers and for two specialists.",
        "Nearer to the lower left is better. Cost counts chips, rentals, moving of work, sales not made and credits. "
        "The imported-only operator may rent that stack at home and abroad; the domestic-only one may not.",
        f"Three curves. An operator on both layers goes from an expected {quantity(first['mean'], 'USD')} with a tail "
        f"of {quantity(first['tail'], 'USD')} to {quantity(last['mean'], 'USD')} with {quantity(last['tail'], 'USD')}; "
        "both specialists lie above and to the right.",
        sources,
        data_to,
    )


@drawn
def foresight(
    values: pd.DataFrame, worths: pd.DataFrame, odds: float, sources: tuple[str, ...], data_to: str
) -> Figure:
    """Draw what perfect information, planning and a portable stack are worth over licence odds, with intervals."""
    figure, axes = canvas(3.8)
    lines = (
        ("evpi", "knowing the year in advance", ACCENT),
        ("vss", "planning for all futures, not the mean", PLUM),
        ("portable", "moving work at no cost", WARM),
    )
    top = 1.08 * float(worths[["evpi", "vss", "portable"]].to_numpy().max())
    heights = dict(
        zip(
            sorted((name for name, _, _ in lines), key=lambda name: values[name].iloc[-1]),
            np.maximum.accumulate(
                np.sort(values[["evpi", "vss", "portable"]].iloc[-1]) + 0.06 * top * np.array([-0.5, 0.5, 0.5])
            ),
            strict=True,
        )
    )
    for shift, (name, text, color) in zip((-0.012, 0.012, 0.0), lines, strict=True):
        axes.plot(
            [odds + shift] * 2,
            [worths[name].min(), worths[name].max()],
            color=TINT[color],
            lw=6,
            solid_capstyle="butt",
        )
        axes.plot(values["odds"], values[name], color=color, marker="o", ms=3.5)
        label(axes, 1.02, heights[name], text, color, va="center", fontsize=8.5)
    _odds(axes, odds, top)
    axes.set_xlim(0, 1.62)
    axes.set_xlabel("Odds that a licensed lot comes within the year", loc="left")
    axes.set_title("USD thousand a year of one H200's work; bars: ends of three judgements at the pipeline's odds")
    _thousands(axes.yaxis)
    sign(figure, f"{MODEL}.")
    own = worths.iloc[0]
    return Figure(
        "what-foresight-is-worth",
        to_svg(figure),
        pd.concat([values, worths.drop(columns="case")], keys=["over_odds", "at_pipeline_odds"], names=["part"])
        .reset_index(level=0)
        .reset_index(drop=True),
        "Worth of perfect information, of planning for all futures instead of their mean, and of a stack on which "
        "moving work costs nothing: fall of expected cost, USD for one H200's work in a year.",
        "Perfect information means knowing delivery, demand, rents and bars before ordering, so it bounds what any "
        "forecast can be worth. Interval over porting months, supply of domestic chips and price of the service.",
        f"Lines over licence odds with interval bars at the pipeline's odds: knowing {quantity(own['evpi'], 'USD')}, "
        f"planning {quantity(own['vss'], 'USD')}, a portable stack {quantity(own['portable'], 'USD')}.",
        sources,
        data_to,
    )


@drawn
def effective_training_time(curves: pd.DataFrame, points: pd.DataFrame, sources: tuple[str, ...]) -> Figure:
    """Draw the effective share of training time over cluster size for two failure rates, with the published points."""
    figure, axes = canvas(4.2)
    parts = (
        ("claimed", "domestic chips, lower bound\nof a vendor's claim", WARM, WARM_TINT),
        ("published", "rate of the published\nrun of 16,384 GPUs", ACCENT, ACCENT_TINT),
    )
    for name, _, _, tint in parts:
        axes.fill_between(curves["chips"], curves[f"{name}_worst"], curves[f"{name}_best"], color=tint, lw=0)
    for name, text, color, _ in parts:
        for end in ("worst", "best"):
            axes.plot(curves["chips"], curves[f"{name}_{end}"], color=color, lw=0.7)
        axes.plot(curves["chips"], curves[f"{name}_central"], color=color)
        place = int(np.argmin(np.abs(curves["chips"] - (11_000 if name == "claimed" else 60_000))))
        row = curves.iloc[place]
        label(
            axes,
            0.93 * row["chips"],
            row[f"{name}_central"] - (0.03 if name == "claimed" else -0.02),
            text,
            color,
            fontsize=8.5,
            ha="right" if name == "claimed" else "left",
            va="top" if name == "claimed" else "bottom",
        )
    for row, (dx, dy, side) in zip(
        points.itertuples(), ((8, 2, "left"), (-8, 4, "right"), (8, 5, "left")), strict=True
    ):
        color = WARM if row.vendor else INK
        if row.high == 1:  # known from below only
            axes.annotate("", (row.chips, row.share + 0.05), (row.chips, row.share),
                          arrowprops={"arrowstyle": "->", "color": color})  # fmt: skip
        else:
            axes.plot([row.chips] * 2, [row.low, row.high], color=color, lw=1.4)
        axes.plot(row.chips, row.share, marker="o", ms=6, color=color, mec=color, mfc=PAPER if row.vendor else color)
        more = "over " if row.high == 1 else ""
        axes.annotate(
            f"{row.run} {more}{row.share:.0%}",
            (row.chips, row.share),
            xytext=(dx, dy),
            fontsize=8.5,
            textcoords="offset points",
            color=color,
            ha=side,
        )
    axes.set_xscale("log")
    axes.set_xlim(1000, 100_000)
    axes.set_ylim(0.4, 1.05)
    axes.xaxis.set_minor_formatter(ticker.NullFormatter())
    axes.set_xticks([1000, 10_000, 100_000], ["1,000", "10,000", "100,000"])
    percent(axes.yaxis)
    axes.set_xlabel("Chips in one synchronous run")
    axes.set_title("Share of time in which training moves on; band: cheap to dear checkpoints and restarts")
    sign(figure, "Published runs of 2024 to 2025 against a first-order checkpoint model; hollow: vendor's claim.")
    middle = curves.iloc[int(np.argmin(np.abs(curves["chips"] - 10_000)))]
    return Figure(
        "effective-training-time",
        to_svg(figure),
        curves,
        "Effective share of training time over the number of chips in a synchronous run, at the failure rate of one "
        "published run and at the lower bound of a vendor's claim for a domestic system; published points.",
        "Checkpoints at the best interval of Young and Daly; first order, so low shares are only indicative. The "
        "vendor's figure is an availability, counted in a way that it does not describe, read here as effective time.",
        f"Two falling curves. At ten thousand chips the published failure rate leaves "
        f"{middle['published_central']:.0%} effective time, the vendor's bound {middle['claimed_central']:.0%}. "
        "Points: " + ", ".join(f"{row.run} {row.share:.0%}" for row in points.itertuples()) + ".",
        sources,
        "30 June 2025",
    )


@drawn
def shares_of_use(frame: pd.DataFrame, sources: tuple[str, ...]) -> Figure:
    """Draw published shares of use as intervals, each kind in a block of its own, by who says so."""
    kinds = list(dict.fromkeys(frame["kind"]))
    figure, axes = canvas(5.6)
    marks = {"paper": (INK, INK, "paper"), "vendor": (WARM, PAPER, "vendor"), "analyst": (GREEN, GREEN, "press, bank")}
    place, ticks = 0.0, []
    for kind in kinds:
        label(axes, 0.0, place + 0.05, kind, INK, weight="bold", fontsize=9, va="center")
        part = frame[frame["kind"] == kind]
        axes.axhspan(place - len(part) - 0.5, place - 0.5, color=GREY_TINT, lw=0, zorder=0)
        for row in part.itertuples():
            place -= 1
            color, fill, _ = marks[row.by]
            low = 0.0 if np.isnan(row.low) else row.low
            high = 1.0 if np.isnan(row.high) else row.high
            axes.plot([low, high], [place] * 2, color=color, lw=1.6, solid_capstyle="butt")
            axes.plot(row.value, place, marker="o", ms=6, color=color, mec=color, mfc=fill)
            ticks.append((place, f"{row.name}\n{row.method}"))
        place -= 1.5
    axes.set_yticks([at for at, _ in ticks], [text for _, text in ticks], fontsize=7.5)
    bare(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(place + 0.6, 1.9)
    percent(axes.xaxis)
    for x, (color, _, text) in zip((0.0, 0.16, 0.34), marks.values(), strict=True):
        label(axes, x, 1.3, f"{'○' if text == 'vendor' else '●'} {text}", color, fontsize=8.5)
    sign(figure, "Papers, vendors' statements and reports of 2024 to 2026. Blocks measure different things.")
    return Figure(
        "shares-of-use",
        to_svg(figure),
        frame.drop(columns="source_id"),
        "Published shares of use, grouped by what they measure, with the method and who says so; bar: rounding or "
        "stated range, open ends drawn to the edge.",
        "A share of peak arithmetic says nothing of how much of a centre is rented, nor of how often a run stands "
        "still: shares of different blocks cannot be compared, multiplied or ranked.",
        "Dot plot in blocks: "
        + "; ".join(
            f"{kind.lower()} {interval(part['value'].min(), part['value'].max(), 'fraction', 2)}"
            for kind, part in frame.groupby("kind", sort=False)
        )
        + ".",
        sources,
        "31 March 2026",
    )


@drawn
def credits_in_a_month(frame: pd.DataFrame, central: float, sources: tuple[str, ...], data_to: str) -> Figure:
    """Draw credits over repair time: as a step at the mean availability, as a curve over its distribution."""
    figure, panels = canvas(3.4, columns=2, sharey=True)
    names = (("imported", "Chips of the published run", ACCENT), ("domestic", "Domestic chips, vendor's bound", WARM))
    for axes, (layer, title, color) in zip(panels, names, strict=True):
        part = frame[frame["layer"] == layer]
        axes.plot(part["repair"], part["at_mean"], color=MUTED, drawstyle="steps-mid", lw=1.4)
        axes.plot(part["repair"], part["expected"], color=color)
        axes.axvline(central, color=MUTED, lw=0.8, ls=(0, (4, 3)))
        axes.set_title(title, color=color, fontsize=9)
        axes.set_xlabel("Hours to repair a server")
        axes.set_ylim(-0.02, 1.05)
        end = part.iloc[-1]
        at = float(np.interp(central + 8, part["repair"], part["expected"]))
        label(
            axes,
            central + 2,
            at + 0.05 if layer == "imported" else at - 0.05,
            "expected",
            color,
            fontsize=8.5,
            va="bottom" if layer == "imported" else "top",
        )
        flat = part.iloc[int(np.argmin(np.abs(part["repair"] - (0.6 * central + 0.4 * end["repair"]))))]
        over = flat["at_mean"] > flat["expected"]
        label(
            axes,
            flat["repair"],
            flat["at_mean"] + (0.03 if over else -0.03),
            "at the mean",
            MUTED,
            fontsize=8.5,
            va="bottom" if over else "top",
        )
    percent(panels[0].yaxis)
    panels[0].set_ylabel("Credit, share of the month's fee")
    sign(figure, "Published credits for a single instance (not valid for GPU types at every cloud); model of a month.")
    middle = frame[np.isclose(frame["repair"], central)].set_index("layer")
    return Figure(
        "credits-in-a-month",
        to_svg(figure),
        frame,
        "Credit due for a server of eight chips promised as one instance, as a share of the month's fee: at its mean "
        "availability, and as the expectation over the availability of a month, over the time to repair it.",
        "Most months pass without a failure and a few go badly, so the credit at the mean is wrong in both directions. "
        "One large Chinese cloud's agreement for reserved instances leaves out GPU types unless agreed otherwise.",
        "Two panels over repair time. At a day's repair the expected credit is "
        + " and ".join(
            f"{row.expected:.1%} against {row.at_mean:.0%} at the mean for the {layer} layer"
            for layer, row in middle.iterrows()
        )
        + ".",
        sources,
        data_to,
    )


@drawn
def spares_for_a_nine(frame: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """Draw the spares that each promised availability takes, by layer, with their interval."""
    figure, axes = canvas(3.4)
    for layer, color, shift in (("imported", ACCENT, 0.12), ("domestic", WARM, -0.12)):
        part = frame[frame["layer"] == layer].reset_index(drop=True)
        y = np.arange(len(part))[::-1] + shift
        axes.hlines(y, part["low"], part["high"], color=TINT[color], lw=6)
        axes.plot(part["central"], y, ls="none", marker="o", ms=6, color=color)
        for at, value in zip(y, part["central"], strict=True):
            axes.annotate(
                f"{value:.1%}",
                (value, at),
                xytext=(0, 6 if shift > 0 else -6),
                textcoords="offset points",
                fontsize=8,
                color=color,
                ha="center",
                va="bottom" if shift > 0 else "top",
            )
        name = "chips of the published run" if layer == "imported" else "domestic chips, vendor's bound"
        label(
            axes,
            0.98 * frame["high"].max(),
            len(part) - 1.05 + 1.9 * shift,
            name,
            color,
            weight="bold",
            ha="right",
            va="center",
        )
    promised = [f"{100 * (1 - 10.0**-n):.{max(n - 2, 0)}f}%" for n in sorted(set(frame["nines"]))]
    axes.set_yticks(np.arange(len(promised))[::-1], promised)
    axes.set_ylim(-0.6, len(promised) - 0.4)
    axes.set_xlim(0, 1.03 * frame["high"].max())
    bare(axes)
    percent(axes.xaxis)
    axes.set_ylabel("Promised availability")
    axes.set_xlabel("Spare servers, share of those promised")
    sign(figure, f"{MODEL}. Bar: repair in hours to days, few to many servers.")
    middle = frame.set_index(["layer", "nines"])["central"]
    return Figure(
        "spares-for-a-nine",
        to_svg(figure),
        frame,
        "Spare servers needed so that the promised number is up with a given probability, as a share of those "
        "promised, at the failure rate of the published run and at a vendor's bound for domestic chips.",
        "Servers fail independently here; a shared switch or power feed would need more. A spare in the same hall "
        "does not help against a bar or a withdrawn licence.",
        f"Interval dots. From 99.9% to 99.99% the spares go from {middle['imported', 3]:.1%} to "
        f"{middle['imported', 4]:.1%} at the published rate and from {middle['domestic', 3]:.1%} to "
        f"{middle['domestic', 4]:.1%} at the vendor's bound.",
        sources,
        data_to,
    )


@drawn
def bridge_saving(
    curve: pd.DataFrame, cases: pd.DataFrame, odds: float, sources: tuple[str, ...], data_to: str
) -> Figure:
    """Draw the cost of three operators over licence odds, and what moves the saving of the one on both layers."""
    figure, (left, right) = canvas(4.0, columns=2, width_ratios=[1, 1.05])
    lines = (("both", "both layers"), ("imported_only", "imported only"), ("domestic_only", "domestic only"))
    for name, text in lines:
        left.plot(curve["odds"], curve[name], color=OPERATORS[text])
    for x, name, text, up in (
        (0.05, "both", "both layers", -1),
        (0.05, "imported_only", "imported only", 1),
        (0.05, "domestic_only", "domestic only", 1),
    ):
        at = float(np.interp(x, curve["odds"], curve[name]))
        left.annotate(
            text,
            (x, at),
            xytext=(0, 7 * up),
            textcoords="offset points",
            color=OPERATORS[text],
            fontsize=8.5,
            va="bottom" if up > 0 else "top",
        )
    _odds(left, odds, 1.08 * float(curve["imported_only"].max()))
    _thousands(left.yaxis)
    left.set_xlabel("Odds that a licensed lot comes")
    left.set_title("Risk-weighted cost, USD thousand\na year of one H200's work", fontsize=8.5)

    central = float(cases["gain"].iloc[0])
    moved = cases[cases["assumption"] != ""].groupby("name")["gain"].agg(["min", "max"])
    moved["width"] = moved["max"].clip(lower=central) - moved["min"].clip(upper=central)
    top = moved.sort_values("width", ascending=False).head(9)
    y = np.arange(len(top))[::-1]
    right.hlines(y, top["min"].clip(upper=central), top["max"].clip(lower=central), color=TINT[ACCENT], lw=8)
    right.axvline(central, color=INK, lw=1)
    right.axvline(0, color=MUTED, lw=0.8)
    right.set_yticks(y, list(top.index), fontsize=8)
    bare(right)
    right.set_xlim(min(-0.01, float(top["min"].min())), None)
    percent(right.xaxis)
    right.set_title(f"Saving over the better specialist,\n{central:.0%} at the central judgements", fontsize=8.5)
    sign(figure, f"{MODEL}.")
    table = curve[["odds", "both", "imported_only", "domestic_only", "gain"]].assign(judgement="", end="")
    ends = cases[["name", "end", "both", "imported_only", "domestic_only", "gain"]].rename(
        columns={"name": "judgement"}
    )
    return Figure(
        "bridge-saving",
        to_svg(figure),
        pd.concat([table, ends], ignore_index=True),
        "Left: risk-weighted cost of the best plan for an operator on both layers and for two specialists over licence "
        "odds. Right: saving over the better specialist, one judgement at a time at its low and high end.",
        "The same work for all three; a specialist that cannot get enough chips pays for the work not done. Little is "
        "saved where one layer alone can carry the work.",
        f"Lines: an operator on both layers costs least at all licence odds. Bars: the saving is {central:.0%} at the "
        f"central judgements and runs from {cases['gain'].min():.0%} to {cases['gain'].max():.0%}; "
        f"{top.index[0]} and {top.index[1]} move it most.",
        sources,
        data_to,
    )


def _lookup(grid: pd.DataFrame, column: str) -> str:
    """Write a grid over odds and aversion as a Vega expression that interpolates between its points."""
    odds, weights = sorted(set(grid["odds"])), sorted(set(grid["aversion"]))
    values = grid.sort_values(["aversion", "odds"])[column].round(6).to_list()
    steps, rows = len(odds) - 1, len(weights) - 1
    x, y = f"odds * {steps}", f"wary * {rows / weights[-1]!r}"
    at = f"min(floor({x}), {steps - 1})"
    row = f"min(floor({y}), {rows - 1})"
    table = "[" + ",".join(repr(float(value)) for value in values) + "]"

    def cell(up: int, right: int) -> str:
        return f"{table}[({row} + {up}) * {steps + 1} + {at} + {right}]"

    across, along = f"({x} - {at})", f"({y} - {row})"
    return (
        f"(1 - {along}) * ((1 - {across}) * {cell(0, 0)} + {across} * {cell(0, 1)})"
        f" + {along} * ((1 - {across}) * {cell(1, 0)} + {across} * {cell(1, 1)})"
    )


def at_point(grid: pd.DataFrame, column: str, odds: float, wary: float) -> float:
    """Return the grid's value at a point, by the same bilinear interpolation as the reader's control."""
    across, along = sorted(set(grid["odds"])), sorted(set(grid["aversion"]))
    values = grid.sort_values(["aversion", "odds"])[column].round(6).to_numpy().reshape(len(along), len(across))
    rows = [float(np.interp(odds, across, row)) for row in values]
    return float(np.interp(wary, along, rows))


def mix_control(grid: pd.DataFrame, odds: float, weight: Assumption) -> Control:
    """Return the reader's control on licence odds and risk weight over the grid of solved programmes."""
    start = round(odds, 2)
    parts = (
        ("imported", "Licensed imports", ACCENT),
        ("domestic", "Domestic chips", WARM),
        ("home", "Rented at home", GOLD),
        ("offshore", "Rented abroad", PLUM),
    )

    def readout(name: str, text: str, unit: str) -> Readout:
        return Readout(name, text, unit, _lookup(grid, name), at_point(grid, name, start, weight.central))

    bars = (
        alt.Chart(alt.Data(values=[{"layer": text, "key": name} for name, text, _ in parts]))
        .transform_calculate(share=_chosen([name for name, _, _ in parts]))
        .mark_bar(height=18)
        .encode(
            x=alt.X(
                "share:Q", title="Share of the demand", scale=alt.Scale(domain=[0, 1.1]), axis=alt.Axis(format="%")
            ),
            y=alt.Y("layer:N", title=None, sort=[text for _, text, _ in parts]),
            color=alt.Color(
                "layer:N",
                legend=None,
                scale=alt.Scale(domain=[text for _, text, _ in parts], range=[color for _, _, color in parts]),
            ),
        )
        .properties(height=170)
    )
    return Control(
        "two-layer-mix",
        "The mix over licence odds and the weight of the worst cases",
        (
            Slider("odds", "Odds that a licensed lot comes within the year", 0.0, 1.0, 0.01, start, "probability"),
            Slider(
                "wary",
                "Weight of the worst cases",
                0.0,
                float(grid["aversion"].max()),
                0.01,
                weight.central,
                "fraction",
            ),
        ),
        (
            *(readout(name, f"{text}, share of the demand", "fraction") for name, text, _ in parts),
            readout("mean", "Expected cost a year of one H200's work", "USD"),
            readout("tail", "Mean cost of the worst tenth", "USD"),
        ),
        bars,
        (
            r"\min_{x,\,y}\ (1-\lambda)\,E[L] + \lambda\,\mathrm{CVaR}_{\alpha}[L]",
            r"L_s = c_s^{\top}x + q_s^{\top}y_s",
        ),
        "Interpolated between programmes solved beforehand: six odds by four weights, at the central judgements. "
        "All else stays as the report has it.",
    )


def _chosen(names: list[str]) -> str:
    text = "0"
    for name in reversed(names):
        text = f"datum.key == '{name}' ? {name} : {text}"
    return text

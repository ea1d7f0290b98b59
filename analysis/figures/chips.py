"""Figures of chapter 3 on chips and racks: generations, gaps, ratings, the roofline and what "on a par" means."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import sympy
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator

from analysis.assumptions import Assumptions
from analysis.evidence.formatting import interval, quantity, trim
from analysis.figures import Figure, drawn
from analysis.figures.controls import Choice, Control, Readout, Slider
from analysis.figures.style import (
    ACCENT,
    ACCENT_TINT,
    GOLD,
    GREEN,
    GREEN_TINT,
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
    sign,
    tick_text,
    to_svg,
)
from analysis.models import expressions, roofline

CLEAR = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}  # keeps a line from running through a label
WORK_NAMES = {"decode": "decode", "finetuning": "fine-tuning", "prefill": "prefill", "pretraining": "pre-training"}
EIGHTEEN = 18


def _log_ticks(axis: object, text: Callable[[float], str] = lambda v: trim(f"{v:,.2f}")) -> None:
    tick_text(axis, text)
    axis.set_minor_formatter(NullFormatter())


def _rows(axes: Axes, names: list[str], size: float = 8.5) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=size)
    axes.set_ylim(len(names) - 0.4, -0.6)
    bare(axes)


@drawn
def eighteen_months(parts: pd.DataFrame, months: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """When parts were announced and came on sale, and the months between them by each reading of eighteen."""
    figure, (top, low) = canvas(6.1, rows=2, height_ratios=[1.35, 1])
    news = pd.Timestamp("2025-12-08")
    for place, row in enumerate(parts.itertuples()):
        color = WARM if row.vendor == "Huawei" else ACCENT
        wide = max(row.sale_high, row.sale_low + pd.Timedelta(days=18))
        top.plot([row.sale_low, wide], [place] * 2, lw=8, color=WARM_TINT if row.planned else color,
                 solid_capstyle="butt")  # fmt: skip
        if row.planned:
            top.plot([row.sale_low, wide], [place] * 2, lw=1.2, color=color)
        if not pd.isna(row.announced):
            top.plot([row.announced, row.sale_low], [place] * 2, lw=0.9, color=color)
            top.plot(row.announced, place, marker="o", ms=5, color=color, mfc=PAPER)
    top.axvline(news, color=INK, lw=0.9, ls=(0, (3, 3)))
    label(top, news + pd.Timedelta(days=12), -0.35, "8 December 2025", INK, fontsize=8, va="center")
    _rows(top, list(parts["name"]))
    top.set_xlim(pd.Timestamp("2021-12-01"), pd.Timestamp("2028-02-01"))
    top.xaxis.set_major_locator(mdates.YearLocator())
    top.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    top.set_title("Announced (ring) and on sale (bar; its length is what\nis not known of the date; pale: planned)")

    colors = {"003": PLUM, "002": PLUM}
    for place, row in enumerate(months.itertuples()):
        color = colors.get(row.said, ACCENT)
        low.plot([row.low, max(row.high, row.low + 0.15)], [place] * 2, lw=8, color=color, solid_capstyle="butt")
        text = interval(round(row.low, 1), round(row.high, 1), "months", 2)
        text += f"; article {row.said} has 18" if row.said else ""
        label(low, row.high + 0.5, place, text, color, va="center", fontsize=8.5, bbox=CLEAR)
    low.axvline(EIGHTEEN, color=INK, lw=0.9, ls=(0, (3, 3)))
    label(low, EIGHTEEN + 0.2, -0.45, "18 months", INK, fontsize=8, va="center")
    _rows(low, list(months["reading"]))
    low.set_xlim(0, 41)
    low.set_title("Months between them, by what is meant")
    sign(figure, f"Epoch AI, NVIDIA, Huawei and press as relayed; dates as published. Data to {data_to}.")
    return Figure(
        "eighteen-months",
        to_svg(figure),
        months,
        "Months from the H200 to later parts and to the announcement of 8 December 2025, each reading with the bounds "
        "that the known dates allow. Above: when parts were announced and came on sale.",
        "Release dates as Epoch AI has them; the H200 is dated by quarter, some Chinese parts by year. Months are no "
        "measure of performance.",
        "Interval bars: 4.5 to 11 months behind the first Blackwell, 13 to 17 behind the newest part of December 2025, "
        "17 to 21 months on sale by then, 25 to 29 behind the newest of August 2026; a line at 18.",
        sources,
        data_to,
    )


GAP_COLORS = {"bf16_dense_tflops": ACCENT, "tpp": PLUM, "memory_gb": GREEN, "bandwidth_gb_s": WARM}


@drawn
def lead_by_date(
    sold: pd.DataFrame, gap: pd.DataFrame, thresholds: dict[str, float], sources: tuple[str, ...], data_to: str
) -> Figure:
    """Total processing performance of parts by date with the lines of the rules, and the lead of the H200 by metric."""
    figure, (left, right) = canvas(4.6, columns=2, width_ratios=[1.45, 1])
    shown = sold.dropna(subset="tpp")
    groups = (
        (shown["country"] == "CN", WARM, "s"),
        ((shown["country"] == "US") & shown["architecture"].str.contains("China"), GOLD, "D"),
        ((shown["country"] == "US") & ~shown["architecture"].str.contains("China"), ACCENT, "o"),
    )
    for mask, color, marker in groups:
        own = shown[mask]
        planned = own["spec_set"] == "roadmap"
        left.plot(own.loc[~planned, "since"], own.loc[~planned, "tpp"], marker, ms=5.5, color=color)
        left.plot(own.loc[planned, "since"], own.loc[planned, "tpp"], marker, ms=5.5, color=color, mfc=PAPER)
    named = {
        "h20": ("H20", 8, -4), "h200-sxm": ("H200", 6, 6), "b200-hgx": ("B200", -30, 5), "gb300": ("GB300", -12, 7),
        "ascend-910c": ("910C", 6, -10), "ascend-910b1": ("910B", 6, 1), "ascend-950pr-atlas350": ("950PR", -14, -13),
        "ascend-960": ("960", -22, -9), "a100-sxm": ("A100", -9, 7), "ascend-970": ("970", -20, 5),
        "zhenwu-810e": ("810E", 6, -6),
    }  # fmt: skip
    by_id = shown.set_index("accelerator_id")
    for chip, (name, dx, dy) in named.items():
        row = by_id.loc[chip]
        label(left, row["since"], row["tpp"], name, INK, fontsize=8, xytext=(dx, dy), textcoords="offset points")
    for text, value in thresholds.items():
        left.axhline(value, color=INK, lw=0.9, ls=(0, (3, 3)))
        label(left, pd.Timestamp("2029-03-01"), value, text, INK, fontsize=7.5, ha="right", va="top", xytext=(0, -3),
              textcoords="offset points", bbox=CLEAR)  # fmt: skip
    left.set_yscale("log")
    left.set_ylim(1200, 130_000)
    left.set_yticks([2000, 5000, 10_000, 20_000, 50_000])
    _log_ticks(left.yaxis, lambda v: f"{v:,.0f}")
    left.set_xlim(pd.Timestamp("2020-07-01"), pd.Timestamp("2029-04-01"))
    left.xaxis.set_major_locator(mdates.YearLocator(2))
    left.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    for height, text, color in ((0.955, "United States, full", ACCENT), (0.905, "United States, for China", GOLD),
                                (0.855, "Chinese (hollow: road map)", WARM)):  # fmt: skip
        label(left, 0.03, height, text, color, xycoords="axes fraction", fontsize=8, weight="bold")
    left.set_title("Total processing performance (TPP)\nby first sale, logarithmic")

    dates = sorted(gap["date"].unique())
    today = dates[-2]
    for metric, color in GAP_COLORS.items():
        own = gap[gap["metric"] == metric].sort_values("date")
        past = own[own["date"] <= today]
        right.plot(past["date"], past["ratio"], color=color, marker="o", ms=3.5)
        if metric == "bf16_dense_tflops":
            continue  # no rating in this format is announced for the parts of the road map
        right.plot(own["date"].iloc[-2:], own["ratio"].iloc[-2:], color=color, lw=1, ls=(0, (2, 2)), marker="o",
                   mfc=PAPER, ms=4)  # fmt: skip
    right.axhline(1, color=INK, lw=0.9)
    spots = {
        "bandwidth_gb_s": (2.78, "bandwidth"),
        "bf16_dense_tflops": (2.42, "compute"),
        "memory_gb": (1.93, "memory"),
    }
    for metric, (height, text) in spots.items():
        label(right, dates[0], height, text, GAP_COLORS[metric], fontsize=8, weight="bold", va="center",
              xytext=(4, -7 if metric == "bf16_dense_tflops" else 0), textcoords="offset points")  # fmt: skip
    label(right, dates[-1], 1.08, "TPP", PLUM, fontsize=8, weight="bold", ha="right")
    right.set_xlim(pd.Timestamp("2023-10-01"), pd.Timestamp("2028-03-01"))
    right.set_ylim(0, 3)
    right.xaxis.set_major_locator(mdates.YearLocator())
    right.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    right.set_title("H200 over the best Chinese part\non sale (times; dashed: road map)")
    sign(figure, f"Epoch AI, vendors and press as relayed; dense ratings only. Data to {data_to}.")
    return Figure(
        "lead-by-date",
        to_svg(figure),
        gap.assign(date=gap["date"].dt.strftime("%Y-%m-%d")),
        "Left: total processing performance (TPP) of one package, the largest over formats of dense operations a "
        "second times bits, by first sale, with the lines of the rules. Right: H200 over the best Chinese part.",
        "Parts without a published rating are left out and not counted as zero; so are parts never sold in volume at "
        "their rating and ratings from weak sources. Huawei's road map of September "
        "2025 counts after today only, with the dates that it then had.",
        "Scatter of chips from 2020 to 2028 with lines at 4,800 and 21,000. Lines: the lead of the H200 over the best "
        "Chinese part falls from 2.2 to 2.7 times at the end of 2023 to 1.1 to 1.5 times since 2025.",
        sources,
        data_to,
    )


FORMATS = (("bf16_dense_tflops", "16-bit", "o"), ("fp8_dense_tflops", "8-bit", "s"), ("int8_dense_tops", "8-bit", "s"),
           ("fp4_dense_tflops", "4-bit", "^"))  # fmt: skip
RATING_COLUMNS = (
    (FORMATS, "Dense TFLOPS\n● 16 ■ 8 ▲ 4 bits", (60, 40_000), (), (100, 1000, 10_000)),
    ((("tpp", "", "o"),), "TPP\n", (1000, 130_000), (4800, 21_000), (2000, 20_000)),
    ((("memory_gb", "", "o"),), "Memory,\nGB", (24, 400), (), (50, 200)),
    ((("bandwidth_gb_s", "", "o"),), "Bandwidth,\nGB/s", (400, 20_000), (6500,), (1000, 10_000)),
    ((("power_w", "", "o"),), "Power,\nW", (150, 2000), (), (300, 1000)),
    ((("usd_low", "", "|"), ("usd_high", "", "|")), "Price,\nUSD", (2500, 70_000), (), (5000, 30_000)),
)


@drawn
def part_ratings(parts: pd.DataFrame, sources: tuple[str, ...], data_to: str) -> Figure:
    """Each part's published ratings in columns of their own, blanks as blanks, with the thresholds of the rules."""
    figure, axes = canvas(9.6, columns=6, sharey=True, width_ratios=[1.25, 1.15, 0.85, 1.05, 0.8, 0.85])
    short = {
        "Ascend 950PR (Atlas 350 card as shipped)": "Ascend 950PR as shipped",
        "Huashan (Huagang architecture)": "Huashan",
        "Xiyun C500 OAM (C550 class)": "Xiyun C500 OAM",
        "B300 (HGX, Blackwell Ultra)": "B300 (HGX)",
        "Tiangai 100 (BI-V100, Gen1)": "Tiangai 100",
    }
    names = [
        short.get(row.name, row.name) + (" (road map)" if row.spec_set == "roadmap" else "")
        for row in parts.itertuples(index=False)
    ]
    colors = [WARM if country == "CN" else ACCENT for country in parts["country"]]
    for place, (panel, (columns, title, (low, high), lines, ticks)) in enumerate(
        zip(axes, RATING_COLUMNS, strict=True)
    ):
        for line in lines:
            panel.axvline(line, color=INK, lw=0.9, ls=(0, (3, 3)))
        for y, color in enumerate(colors):
            values = [(parts[column].iloc[y], marker) for column, _, marker in columns]
            known = [(value, marker) for value, marker in values if value == value and value >= low]
            if not known:
                label(panel, low * 1.15, y, "–", MUTED, fontsize=7, va="center", bbox=CLEAR)
                continue
            first = min(value for value, _ in known) if len(columns) > 1 else low
            panel.plot([first, max(value for value, _ in known)], [y] * 2, color=color, lw=1)
            for value, marker in known:
                panel.plot(value, y, marker, ms=6 if marker == "|" else 3.8, color=color)
        panel.set_xscale("log")
        panel.set_xlim(low, high)
        panel.set_xticks(ticks)
        panel.xaxis.set_minor_locator(NullLocator())
        _log_ticks(panel.xaxis, lambda v: f"{v:,.0f}")
        panel.set_title(title, fontsize=8.5)
        panel.tick_params(axis="x", labelsize=7)
        if not place:
            _rows(panel, names, 7.5)
        bare(panel)
    sign(figure, f"Epoch AI, vendors and press as relayed, one package each. Data to {data_to}.")
    return Figure(
        "part-ratings",
        to_svg(figure),
        parts,
        "Published ratings of one package, logarithmic: dense compute by format, total processing performance (TPP), "
        "memory, memory bandwidth, thermal design power, price. Blue: United States; orange: Chinese. Dashed: TPP of "
        "4,800, from which a licence is needed since October 2023; TPP below 21,000 and bandwidth below 6,500 GB/s, "
        "the rule of January 2026.",
        "A dash is a value that no source used here gives, not a zero. Several Chinese ratings do not say whether they "
        "are dense. Prices are assumptions of Epoch AI, reports and list prices; yuan at one rate.",
        f"Dot rows for {len(parts)} parts in six columns. United States parts reach 60,000 TPP and 8,000 GB/s; Chinese "
        "parts on sale reach 12,032 TPP and 3,200 GB/s; eleven Chinese parts have no rating that can be counted.",
        sources,
        data_to,
    )


PAIR_COLORS = {"H20": (ACCENT, ACCENT_TINT), "Ascend 910B": (PLUM, PLUM_TINT), "Ascend 910C": (WARM, WARM_TINT)}


@drawn
def roofline_ratio(
    lines: pd.DataFrame,
    table: pd.DataFrame,
    said: pd.DataFrame,
    judged: Assumptions,
    sources: tuple[str, ...],
    data_to: str,
) -> Figure:
    """The work of an H200 over that of other chips by intensity, and where the quoted multiples come from."""
    figure, (left, right) = canvas(5.3, columns=2, width_ratios=[2.1, 1], sharey=True)
    bands = {"decode": GREEN, "finetuning": GOLD, "prefill": MUTED, "pretraining": INK}
    for place, (work, color) in enumerate(bands.items()):
        span, height = judged[f"intensity-{work}"], 0.2 * 1.29**place
        left.plot([span.low, span.high], [height] * 2, lw=6, color=color, solid_capstyle="butt")
        left.plot(span.central, height, "o", ms=5.5, color=PAPER, mec=color)
        on_left = work != "decode"
        label(left, span.low / 1.1 if on_left else span.high * 1.1, height, WORK_NAMES[work], color, fontsize=8.5,
              va="center", ha="right" if on_left else "left")  # fmt: skip
    for name, (color, tint) in PAIR_COLORS.items():
        own = lines[lines["other"] == name]
        left.fill_between(own["intensity"], own["low"], own["high"], color=tint, lw=0)
        left.plot(own["intensity"], own["central"], color=color, lw=2.4 if name == "H20" else 1.8)
    label(left, 500, 5.6, "over an H20", ACCENT, weight="bold")
    label(left, 1.1, 3.22, "over an Ascend 910B", PLUM, weight="bold")
    label(left, 1.1, 1.62, "over an Ascend 910C", WARM, weight="bold")
    left.axhline(1, color=INK, lw=0.9)
    for edge in (37, 206):
        left.axvline(edge, color=MUTED, lw=0.7, ls=(0, (2, 3)))
    label(left, 37, 9.6, "below: bandwidth\nlimits both", MUTED, fontsize=7.5, ha="right", xytext=(-3, 0),
          textcoords="offset points", va="top")  # fmt: skip
    label(left, 206, 9.6, "above: compute\nlimits both", MUTED, fontsize=7.5, xytext=(3, 0),
          textcoords="offset points", va="top")  # fmt: skip
    left.set_xscale("log")
    left.set_yscale("log")
    left.set_xlim(1, 3000)
    left.set_ylim(0.17, 34)
    left.set_xticks([1, 10, 100, 1000])
    left.set_yticks([0.5, 1, 2, 3, 5, 7, 10, 20, 30])
    left.yaxis.set_minor_locator(NullLocator())
    _log_ticks(left.yaxis, lambda v: trim(f"{v:.1f}"))
    _log_ticks(left.xaxis, lambda v: f"{v:,.0f}")
    left.set_xlabel("Arithmetic intensity: operations for each byte from memory")
    left.set_title("Work of one H200 over one other chip (times)")

    by_ratio = table.assign(ratio=table["ratio"].round(2)).groupby("ratio")
    for ratio, own in by_ratio:
        like = bool((~own["mixed"]).any())
        right.plot(0.08, ratio, "o", ms=6, color=ACCENT if like else GOLD, mfc=ACCENT if like else PAPER)
        text = {1.67: "16-bit dense / 8-bit sparse", 3.34: "dense / sparse", 6.69: "like for like",
                13.37: "sparse / dense", 26.74: "8-bit sparse / 16-bit dense"}.get(ratio, "mixed")  # fmt: skip
        label(right, 0.14, ratio, f"{trim(f'{ratio:.1f}')}: {text}", ACCENT if like else GOLD, fontsize=8, va="center")
    heights = {6.0: 5.3, 8.0: 8.6, 13.0: 11.2, 13.33: 17.0}
    for row in said.itertuples():
        printed = "7.5%, turned over" if row.as_printed < 1 else quantity(row.as_printed, "ratio", 2)
        height = heights.get(round(row.multiple, 2), row.multiple)
        label(right, 0.28, height, f"article {row.article}: {printed}", INK, fontsize=8, va="center")
    right.set_xlim(0, 1)
    right.set_xticks([])
    right.tick_params(axis="y", length=0, labelleft=False)
    right.set_title("H200 over H20 as quoted,\nand quotients of ratings")
    sign(figure, f"Ratings: Epoch AI; intensities: judgements of this report. Data to {data_to}.")
    return Figure(
        "roofline-ratio",
        to_svg(figure),
        lines,
        "Left: attainable 16-bit dense work of one H200 over that of one other chip, by arithmetic intensity "
        "(roofline), bars below: where kinds of work lie, ring at the central judgement. Right: every quotient of a "
        "compute rating of the H200 by one of the H20, and the multiples that the articles quote.",
        "Peaks of data sheets: software, links between chips and memory size are left out. The band of the 910C spans "
        "its published ratings of 752, 780 and 800 TFLOPS.",
        "Curve of H200 over H20: 1.2 up to an intensity of 37, rising to 6.7 from 206 on. Over the 910B 3.0 falling to "
        "2.5, over the 910C 1.5 falling to 1.3. Quotients that give 13.4 divide sparse by dense; none gives 8.",
        sources,
        data_to,
    )


CONTROL_CHIPS = ("h200-sxm", "h20", "ascend-910c", "ascend-910b1", "h100-sxm", "b200-hgx", "mi325x", "a100-sxm",
                 "metax-c500-pcie")  # fmt: skip


def roofline_control(accelerators: pd.DataFrame, judged: Assumptions) -> Control:
    """Let a reader choose two chips and a kind of work or an intensity: attained work, its limit, and the ratio."""
    rows = accelerators.set_index("accelerator_id").loc[list(CONTROL_CHIPS)]
    names = [text.split(" (")[0] for text in rows["name"]]
    pick = sympy.symbols("chip_1 chip_2", integer=True)
    work, own = sympy.symbols("work own_intensity")

    def chosen(symbol: sympy.Symbol, values: list[float]) -> sympy.Expr:
        pairs = [(sympy.Float(value), sympy.Eq(symbol, place)) for place, value in enumerate(values[:-1])]
        return sympy.Piecewise(*pairs, (sympy.Float(values[-1]), True), evaluate=False)

    centrals = [judged[f"intensity-{name}"].central for name in WORK_NAMES]
    cases = [(sympy.Float(value), sympy.Eq(work, place + 1)) for place, value in enumerate(centrals)]
    parts = {
        "intensity": sympy.Piecewise(*cases, (own, True), evaluate=False),
        "peak_1": chosen(pick[0], list(rows["bf16_dense_tflops"])),
        "band_1": chosen(pick[0], list(rows["bandwidth_gb_s"])),
        "peak_2": chosen(pick[1], list(rows["bf16_dense_tflops"])),
        "band_2": chosen(pick[1], list(rows["bandwidth_gb_s"])),
    } | roofline.EXPRESSIONS  # fmt: skip
    labels = {
        "intensity": ("Intensity used", "FLOP/byte"),
        "peak_1": ("First chip: peak, dense 16-bit", "TFLOPS"),
        "band_1": ("First chip: memory bandwidth", "GB/s"),
        "peak_2": ("Second chip: peak, dense 16-bit", "TFLOPS"),
        "band_2": ("Second chip: memory bandwidth", "GB/s"),
        "attained_1": ("First chip attains", "TFLOPS"),
        "attained_2": ("Second chip attains", "TFLOPS"),
        "ratio": ("First over second", "ratio"),
        "use_1": ("First chip: share of its peak (below 100% bandwidth limits it)", "fraction"),
        "use_2": ("Second chip: share of its peak", "fraction"),
        "ridge_1": ("First chip: compute limits from", "FLOP/byte"),
        "ridge_2": ("Second chip: compute limits from", "FLOP/byte"),
    }
    inputs = {"chip_1": 0, "chip_2": 1, "work": 1, "own_intensity": 100.0}
    values = dict(inputs)
    readouts = []
    for key, (text, unit) in labels.items():
        symbols = sorted(parts[key].free_symbols, key=str)
        values[key] = float(expressions.numeric(parts[key], symbols)(*(values[str(s)] for s in symbols)))
        readouts.append(Readout(key, text, unit, expressions.vega(parts[key]), values[key]))
    options = tuple(enumerate(names))
    kinds = ((0, "My own intensity (slider)"), *(
        (place + 1, f"{name.capitalize()}, central: {quantity(value, 'none', 3)}")
        for place, (name, value) in enumerate(zip(WORK_NAMES.values(), centrals, strict=True))
    ))  # fmt: skip
    return Control(
        "roofline",
        "Two chips and a kind of work: what each attains, what limits it, and the ratio",
        (
            Choice("chip_1", "First chip", options, 0),
            Choice("chip_2", "Second chip", options, 1),
            Choice("work", "Kind of work", kinds, 1),
            Slider("own_intensity", "My own intensity", 1.0, 2000.0, 1.0, 100.0, "FLOP/byte"),
        ),
        tuple(readouts),
        _control_chart(),
        (
            r"a_i(I) = \min\left(P_i,\; \frac{B_i\,I}{1000}\right), \qquad r(I) = \frac{a_1(I)}{a_2(I)}, \qquad "
            r"I^{*}_i = \frac{1000\,P_i}{B_i}",
        ),
        "P: dense 16-bit peak in TFLOPS; B: memory bandwidth in GB/s; I: operations for each byte. Below I* bandwidth "
        "limits a chip, above it compute does. Peaks only: software, links and memory size are left out. Chips without "
        "both ratings cannot be chosen.",
    )


def _control_chart() -> alt.LayerChart:
    """Both rooflines over intensity, with the point that the reader chose on each."""
    grid = pd.DataFrame({"x": [float(f"{v:.6g}") for v in np.geomspace(1, 3162.27766, 121)]})
    x = alt.X("x:Q", scale=alt.Scale(type="log", domain=[1, 3200]), title="Operations for each byte")
    layers = []
    for place, color in ((1, ACCENT), (2, WARM)):
        roof = alt.Chart(grid).transform_calculate(y=f"min(peak_{place}, band_{place} * datum.x / 1000)")
        y = alt.Y("y:Q", scale=alt.Scale(type="log", domain=[0.5, 4000]), title="Attained, TFLOPS")
        layers.append(roof.mark_line(color=color, strokeWidth=2).encode(x=x, y=y))
        at = alt.Chart(pd.DataFrame({"i": [0]})).transform_calculate(x="intensity", y=f"attained_{place}")
        layers.append(at.mark_point(color=color, filled=True, size=80).encode(x=x, y=y))
    return alt.layer(*layers).properties(height=260)


BASIS_NAMES = {"system": "A system", "chip": "A chip", "kilowatt": "A kilowatt", "dollar": "A dollar"}
PART_NAMES = {"compute": "16-bit", "eight": "8-bit", "memory": "memory", "bandwidth": "bandwidth"}


@drawn
def racks_on_par(rack: pd.DataFrame, band: float, sources: tuple[str, ...]) -> Figure:
    """CloudMatrix 384 over NVL72 and over eight H200, by system, chip, kilowatt and dollar."""
    figure, panels = canvas(5.6, rows=2, columns=2)
    pair = {"GB200 NVL72": (ACCENT, -0.16, "over\nNVL72"), "Eight H200": (WARM, 0.18, "over eight\nH200")}
    for panel, (basis, title) in zip(panels.flat, BASIS_NAMES.items(), strict=True):
        panel.axvspan(1 - band, 1 + band, color=GREEN_TINT, lw=0)
        panel.axvline(1, color=GREEN, lw=1)
        for name, (color, shift, text) in pair.items():
            own = rack[(rack["basis"] == basis) & (rack["other"] == name)].reset_index(drop=True)
            for y, row in enumerate(own.itertuples()):
                if row.low != row.low:
                    if y == 1:
                        label(panel, 0.24, y + shift, "eight H200: power not sourced", color, fontsize=7.5,
                              va="center")  # fmt: skip
                    continue
                panel.plot([row.low, row.high], [y + shift] * 2, color=color, lw=6, solid_capstyle="butt")
                panel.plot((row.low * row.high) ** 0.5, y + shift, "o", ms=4.5, color=color)
                words = interval(row.low, row.high, "ratio", 2, bare=True)
                before = row.high > 20 or (basis != "system" and 0.5 < row.low < 1)
                end = row.low / 1.1 if before else row.high * 1.1
                label(panel, end, y + shift, words, color, fontsize=7.5, va="center", ha="right" if before else "left")
            if basis == "system":
                label(panel, 0.24, 2.1 if shift < 0 else 2.75, text, color, weight="bold", fontsize=8.5, va="center")
        _rows(panel, list(PART_NAMES.values()))
        panel.set_xscale("log")
        panel.set_xlim(0.22, 70 if basis == "system" else 2.4)
        panel.set_xticks([0.3, 1, 3, 10, 30] if basis == "system" else [0.3, 0.5, 1, 2])
        panel.xaxis.set_minor_locator(NullLocator())
        _log_ticks(panel.xaxis, lambda v: trim(f"{v:.1f}"))
        panel.set_title(title)
    sign(figure, "SemiAnalysis, Epoch AI, trade press as relayed; peaks, no tests. Data to 31 December 2025.")
    compute = rack[(rack["part"] == "compute") & (rack["other"] == "GB200 NVL72")].set_index("basis")
    words = ", ".join(
        f"{interval(row['low'], row['high'], 'ratio', 2)} by {basis}" for basis, row in compute.iterrows()
    )
    return Figure(
        "racks-on-par",
        to_svg(figure),
        rack,
        "CloudMatrix 384 over one GB200 NVL72 and over one node of eight H200, times, logarithmic: dense compute at 16 "
        "and at 8 bits, memory and its bandwidth, by system, chip, kilowatt and dollar. Green: within a tenth of one.",
        "Bars run over the ratings of 752 and 780 TFLOPS a package, 120 to 145 kW for the NVL72 and prices in print. "
        "8-bit is INT8 on the one side, FP8 on the other. At 4 bits the NVL72 has 720 PFLOPS, CloudMatrix no format.",
        f"Four panels of interval bars. Against an NVL72 CloudMatrix has in 16-bit compute {words}.",
        sources,
        "31 December 2025",
    )

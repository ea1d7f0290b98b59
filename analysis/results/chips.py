"""Chapter 3, chips: how old the H200 is, how far it leads by metric and by work, and what "on a par" means for racks.

Specifications come in as the typed tables of accelerators and systems, where blanks are NaN and dense and sparse
ratings are columns of their own. Times are months, compute TFLOPS or PFLOPS, bandwidth GB/s or TB/s.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.evidence.facts import fact
from analysis.evidence.findings import Verdict, below, verdict
from analysis.evidence.numbers import Number
from analysis.models import roofline
from analysis.tables.periods import Period

MONTH = 365.25 / 12
NEWS = pd.Timestamp("2025-12-08")  # the post that opened the window
WORK = {"decode": "Decode", "finetuning": "Fine-tuning", "prefill": "Prefill", "pretraining": "Pre-training"}
INTENSITIES = np.geomspace(1, 3000, 241)
# Ratings that a data sheet prints for one chip: format and whether sparse. FP8 sparse is twice FP8 dense.
RATINGS = (("FP16 dense", "bf16_dense_tflops", 1), ("FP16 sparse", "bf16_sparse_tflops", 1),
           ("FP8 dense", "fp8_dense_tflops", 1), ("FP8 sparse", "fp8_dense_tflops", 2))  # fmt: skip
QUOTED = ("c002-118", "c001-033", "c001-034", "c003-090")
NOT_SOLD = {"br100", "enflame-l600", "metax-c600"}  # never in volume at this rating, or no volume production reported
WEAK = "weak"
METRICS = {
    "bf16_dense_tflops": "16-bit compute, dense",
    "tpp": "Total processing performance",
    "memory_gb": "Memory",
    "bandwidth_gb_s": "Memory bandwidth",
}


def _row(accelerators: pd.DataFrame, chip: str) -> pd.Series:
    return accelerators.set_index("accelerator_id").loc[chip]


def _span(period: Period) -> tuple[pd.Timestamp, pd.Timestamp]:
    return pd.Timestamp(period.start), pd.Timestamp(period.end)


def thresholds(facts: pd.DataFrame) -> dict[str, float]:
    """Return the lines that the rules draw in total processing performance: words for the line, TPP."""
    needed, case = (float(fact(facts, name)["value"]) for name in ("tpp-threshold-20231025", "tpp-threshold-20260115"))
    return {f"{needed:,.0f}: licence needed, Oct 2023": needed, f"{case:,.0f}: case by case below, Jan 2026": case}


def between(first: Period, second: Period | pd.Timestamp) -> tuple[float, float]:
    """Return the months from one period to another as bounds: from last to first day, and from first to last."""
    start, end = _span(first)
    later = (second, second) if isinstance(second, pd.Timestamp) else _span(second)
    return (later[0] - end).days / MONTH, (later[1] - start).days / MONTH


def ages(accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return the readings of the gap in months, one row each: reading, low, high, said (the article it may mean)."""
    h200, blackwell, grace, ultra, rubin = (
        _row(accelerators, chip) for chip in ("h200-sxm", "b200-hgx", "gb200", "b300-hgx", "vera-rubin")
    )
    first, last = (
        between(h200["shipped_on"], blackwell["released_on"]),
        between(h200["shipped_on"], grace["released_on"]),
    )
    rows = [
        ("Announced: H200, then Blackwell", *between(h200["announced_on"], blackwell["announced_on"]), ""),
        ("On sale: H200, then first Blackwell", first[0], last[1], "003"),
        ("On sale: H200, then newest of December 2025", *between(h200["shipped_on"], ultra["released_on"]), "002"),
        ("Age on sale, 8 December 2025", *between(h200["shipped_on"], NEWS), ""),
        ("Age since announced, 8 December 2025", *between(h200["announced_on"], NEWS), ""),
        ("On sale: H200, then newest of August 2026", *between(h200["shipped_on"], rubin["shipped_on"]), ""),
    ]
    return pd.DataFrame(rows, columns=["reading", "low", "high", "said"])


GENERATIONS = ("h100-sxm", "h20", "h200-sxm", "b200-hgx", "b300-hgx", "vera-rubin", "ascend-910b1", "ascend-910c",
               "ascend-950pr-atlas350", "ascend-950dt", "ascend-960")  # fmt: skip


def generations(accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return when parts were announced and came on sale: name, vendor, announced, sale_low, sale_high, planned."""
    rows = []
    for chip in GENERATIONS:
        row = _row(accelerators, chip)
        sale = row["shipped_on"] or row["released_on"]
        if chip == "ascend-910b1":
            name = "Ascend 910B"
        else:
            name = row["name"].split(" (")[0].replace(" SXM5 80GB", "").replace(" SXM 141GB", "").replace(" 96GB", "")
        rows.append(
            (name, row["vendor"], pd.Timestamp(row["announced_on"].start) if row["announced_on"] else pd.NaT,
             *_span(sale), row["spec_set"] == "roadmap")
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "vendor", "announced", "sale_low", "sale_high", "planned"])


def on_sale(accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return the parts that were sold in volume with the first day of their sale, weak ratings left out; adds `since`.

    Where a chip has several ratings the one that the export measure implies stands; road maps are kept and marked by
    their spec_set.
    """
    out = accelerators["accelerator_id"].isin(NOT_SOLD) | accelerators["spec_set"].isin(["semianalysis", "epoch"])
    frame = accelerators[~out & (accelerators["quality"] != WEAK)].copy()
    sale = [row.shipped_on or row.released_on for row in frame.itertuples()]
    frame["since"] = [pd.Timestamp(period.start) if period else pd.NaT for period in sale]
    return frame.dropna(subset="since")


TODAY = pd.Timestamp("2026-11-25")  # a road map counts after this day only
DATES = tuple(pd.Timestamp(day) for day in ("2023-12-31", "2024-12-31", "2025-12-08", "2026-11-25", "2027-12-31"))


def gaps(accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return how many times the best Chinese part on sale the H200 is, by metric and date.

    Columns date, metric, h200, best, chip, ratio, frontier (best United States part over the H200). The last date
    stands on Huawei's road map. A Chinese part without the rating is left out: blanks are no zeros.
    """
    sold = on_sale(accelerators)
    h200 = _row(accelerators, "h200-sxm")
    rows = []
    for date in DATES:
        there = sold[(sold["since"] <= date) & ((sold["spec_set"] != "roadmap") | (date > TODAY))]
        for metric in METRICS:
            domestic, american = (there[there["country"] == country].dropna(subset=metric) for country in ("CN", "US"))
            best = domestic.loc[domestic[metric].idxmax()]
            rows.append((date, metric, h200[metric], best[metric], best["name"].split(" (")[0],
                         h200[metric] / best[metric], american[metric].max() / h200[metric]))  # fmt: skip
    return pd.DataFrame(rows, columns=["date", "metric", "h200", "best", "chip", "ratio", "frontier"])


def catalogue(accelerators: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return the parts of the chapter in order of vendor country and total processing performance, blanks kept.

    usd_low and usd_high are prices in USD, those in RMB at the central rate of the assumption `usd-rmb`.
    """
    order = accelerators.assign(domestic=accelerators["country"] == "CN")
    order = order[~order["spec_set"].isin(["semianalysis", "epoch"])]
    order = order.sort_values(["domestic", "tpp"], ascending=[True, False], na_position="last", kind="stable")
    rate = np.where(order["price_unit"] == "RMB/chip", judged["usd-rmb"].central, 1.0)
    order = order.assign(usd_low=(order["price_low"] / rate).round(), usd_high=(order["price_high"] / rate).round())
    columns = ["accelerator_id", "name", "vendor", "country", "spec_set", "bf16_dense_tflops", "fp8_dense_tflops",
               "int8_dense_tops", "fp4_dense_tflops", "tpp", "memory_gb", "bandwidth_gb_s", "power_w", "usd_low",
               "usd_high"]  # fmt: skip
    return order[columns].reset_index(drop=True)


def blanks(parts: pd.DataFrame) -> pd.DataFrame:
    """Return how many Chinese parts have a published value of each quantity: column, known, total."""
    own = parts[parts["country"] == "CN"]
    names = ("tpp", "memory_gb", "bandwidth_gb_s", "power_w", "usd_low")
    return pd.DataFrame([(name, int(own[name].notna().sum()), len(own)) for name in names],
                        columns=["column", "known", "total"])  # fmt: skip


PAIRS = (("h20", "H20"), ("ascend-910b1", "Ascend 910B"), ("ascend-910c", "Ascend 910C"))


def roof(accelerators: pd.DataFrame, chip: str) -> tuple[float, float]:
    """Return a chip's roof: dense 16-bit compute in TFLOPS and memory bandwidth in GB/s."""
    row = _row(accelerators, chip)
    return float(row["bf16_dense_tflops"]), float(row["bandwidth_gb_s"])


def _over_ratings(
    accelerators: pd.DataFrame, top: tuple[float, float], chip: str, intensities: np.ndarray
) -> np.ndarray:
    """Return how many times the work of a chip the top one attains, shape (ratings of the chip, intensities)."""
    ratings = accelerators[accelerators["name"] == _row(accelerators, chip)["name"]]
    return np.stack([
        roofline.ratio(top, (row.bf16_dense_tflops, row.bandwidth_gb_s), intensities) for row in ratings.itertuples()
    ])  # fmt: skip


def curves(accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return the work of an H200 over that of another chip by arithmetic intensity.

    Columns intensity (FLOP/byte), other, low, central, high. The 910C has three published ratings, the others one.
    """
    h200 = roof(accelerators, "h200-sxm")
    frames = []
    for chip, name in PAIRS:
        ratios = _over_ratings(accelerators, h200, chip, INTENSITIES)
        middle = roofline.ratio(h200, roof(accelerators, chip), INTENSITIES)
        frames.append(pd.DataFrame(
            {"intensity": INTENSITIES.round(6), "other": name, "low": ratios.min(axis=0).round(6),
             "central": middle.round(6), "high": ratios.max(axis=0).round(6)}
        ))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def worth(lines: pd.DataFrame) -> tuple[float, float]:
    """Return what one Ascend 910C does of the work of one H200: least and most over intensities, its own rating."""
    ratio = lines.loc[lines["other"] == "Ascend 910C", "central"]
    return float(1 / ratio.max()), float(1 / ratio.min())


def by_work(accelerators: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return the ratio for each kind of work and pair: work, other, low, central, high over the judged intensities.

    The ratio need not rise with intensity, so that the bounds are taken over the whole judged range.
    """
    h200 = roof(accelerators, "h200-sxm")
    rows = []
    for work in WORK:
        span = judged[f"intensity-{work}"]
        range_ = np.geomspace(span.low, span.high, 200)
        for chip, name in PAIRS:
            over = _over_ratings(accelerators, h200, chip, range_)
            middle = float(roofline.ratio(h200, roof(accelerators, chip), span.central))
            rows.append((work, name, *(round(v, 6) for v in (float(over.min()), middle, float(over.max())))))
    return pd.DataFrame(rows, columns=["work", "other", "low", "central", "high"])


def quotients(accelerators: pd.DataFrame) -> pd.DataFrame:
    """Return every quotient of a compute rating of the H200 by one of the H20: above, below, ratio, mixed.

    mixed says that a sparse rating is divided by a dense one or the other way round, or formats differ.
    """
    top, base = _row(accelerators, "h200-sxm"), _row(accelerators, "h20")
    rows = []
    for above_, column, factor in RATINGS:
        for below_, other, scale in RATINGS:
            ratio = float(top[column] * factor / (base[other] * scale))
            rows.append((above_, below_, ratio, above_ != below_))
    return pd.DataFrame(rows, columns=["above", "below", "ratio", "mixed"])


def quoted(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the multiples that the articles quote for H200 over H20: claim, article, as_printed, multiple."""
    by_id = claims.set_index("claim_id")
    rows = []
    for claim in QUOTED:
        row = by_id.loc[claim]
        printed = float(row["value"] if row["value"] == row["value"] else row["low"])
        rows.append((claim, str(row["article"]), printed, 1 / printed if printed < 1 else printed))
    return pd.DataFrame(rows, columns=["claim", "article", "as_printed", "multiple"])


def reconciled(said: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return for each quoted multiple the quotient nearest to it: above, below, ratio, mixed, off (relative)."""
    rows = []
    for row in said.itertuples():
        nearest = table.loc[(np.log(table["ratio"] / row.multiple)).abs().idxmin()]
        rows.append({**row._asdict(), **nearest.to_dict(), "off": float(nearest["ratio"] / row.multiple - 1)})
    return pd.DataFrame(rows).drop(columns="Index")


BASES = ("system", "chip", "kilowatt", "dollar")
PARTS = {"compute": "16-bit compute", "eight": "8-bit compute", "memory": "Memory", "bandwidth": "Memory bandwidth"}


def racks(systems: pd.DataFrame, facts: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return CloudMatrix 384 over GB200 NVL72 and over a node of eight H200: basis, part, other, low, high.

    8-bit compute is INT8 on the one side and FP8 on the other. Compute runs over the ratings of 752 and 780 TFLOPS a
    package, power of the NVL72 over its published values, prices over theirs; the H200 node has no sourced power, so
    that those rows are NaN. Dollars at the rate of the assumption `usd-rmb`.
    """
    by_id = systems.set_index("system_id")
    matrix, lower = by_id.loc["cloudmatrix-384"], by_id.loc["cloudmatrix-384-752"]
    eight = float(fact(facts, "cloudmatrix-384-compute-int8-dense")["value"]) / 1000
    own = {
        "compute": (lower["bf16_dense_pflops"], matrix["bf16_dense_pflops"]),
        "eight": (eight, eight),
        "memory": (lower["memory_tb"], matrix["memory_tb"]),
        "bandwidth": (lower["memory_bandwidth_tb_s"], matrix["memory_bandwidth_tb_s"]),
    }
    own_basis = {
        "system": (1.0, 1.0),
        "chip": (float(matrix["n_accelerators"]),) * 2,
        "kilowatt": (float(matrix["power_w"]),) * 2,
        "dollar": (float(matrix["price_low"]), float(matrix["price_high"])),
    }
    power, rate = judged["nvl72-power"], judged["usd-rmb"]
    rows = []
    for system, name in (("gb200-nvl72", "GB200 NVL72"), ("hgx-h200-8", "Eight H200")):
        row = by_id.loc[system]
        rmb = str(row["price_unit"]).startswith("RMB")
        watts = (power.low, power.high) if system == "gb200-nvl72" else (math.nan, math.nan)
        price = (row["price_low"] / rate.high, row["price_high"] / rate.low) if rmb else (
            row["price_low"], row["price_high"])  # fmt: skip
        basis = {"system": (1.0, 1.0), "chip": (float(row["n_accelerators"]),) * 2, "kilowatt": watts, "dollar": price}
        theirs = {
            "compute": row["bf16_dense_pflops"],
            "eight": row["fp8_dense_pflops"],
            "memory": row["memory_tb"],
            "bandwidth": row["memory_bandwidth_tb_s"],
        }
        for key in BASES:
            for part in PARTS:
                low = own[part][0] / theirs[part] / (own_basis[key][1] / basis[key][0])
                high = own[part][1] / theirs[part] / (own_basis[key][0] / basis[key][1])
                rows.append((key, part, name, float(low), float(high)))
    return pd.DataFrame(rows, columns=["basis", "part", "other", "low", "high"])


def eighteen_is_an_age(behind: tuple[float, float], lead: tuple[float, float]) -> Verdict:
    """Say whether both readings that the articles give lie below eighteen months."""
    return below(min(behind[0], lead[0]), max(behind[1], lead[1]), 18)


def lead_narrowed(then: Iterable[float], now: Iterable[float]) -> Verdict:
    """Say whether the lead over the best Chinese part fell in every metric between two dates."""
    changes = [after / before for before, after in zip(then, now, strict=True)]
    return below(min(changes), max(changes), 1.0)


def prices_are_blank(known: int, total: int) -> Verdict:
    """Say whether fewer than a quarter of the Chinese parts have a published price."""
    return below(known / total, known / total, 0.25)


def quoted_above_the_curve(peak: float, multiples: Iterable[float]) -> Verdict:
    """Say whether each of some multiples lies above the greatest ratio that any work can reach."""
    return below(peak / min(multiples), peak / min(multiples), 1.0)


def ahead_of_domestic(span: tuple[float, float]) -> Verdict:
    """Say whether an H200 does more than one Ascend 910C over the whole range of work and ratings."""
    return below(1 / span[1], 1 / span[0], 1.0)


def decode_gains_less(decode: float, training: float) -> Verdict:
    """Say whether decode at its central intensity gains less than half of what pre-training gains."""
    return below(decode / training, decode / training, 0.5)


def on_par_on_no_basis(spans: Iterable[tuple[float, float]], band: float) -> Verdict:
    """Say whether no ratio of compute lies within a band around one; unclear where an interval only touches it."""
    low, high = 1 - band, 1 + band
    apart = [top < low or bottom > high for bottom, top in spans]
    if all(apart):
        return "holds"
    inside = any(low <= bottom and top <= high for bottom, top in spans)
    return "fails" if inside else "unclear"


AS_OF = "2026-11-25"
RATED = ("epoch-ml-hardware-copy-202604",)
DATED = (*RATED, "geektopia-h200-20231113", "businesstimes-chip-guide-20251210", "note-analysis-10q-fy2027q2")
DECEMBER = "2025-12-08"


def numbers(
    months: pd.DataFrame, gap: pd.DataFrame, missing: pd.DataFrame, work: pd.DataFrame, table: pd.DataFrame,
    said: pd.DataFrame, lines: pd.DataFrame, rack: pd.DataFrame, accelerators: pd.DataFrame, judged: Assumptions,
) -> list[Number]:  # fmt: skip
    """Return the numbers of ages, gaps, the roofline and racks."""
    h200, h20 = ("h200-sxm-compute-bf16-dense", "h200-sxm-memory-bandwidth"), ("h20-compute-bf16-dense",
                                                                                "h20-memory-bandwidth")  # fmt: skip
    found = []
    keys = ("announced-gap", "behind-blackwell", "behind-newest", "age-on-sale", "age-announced", "behind-rubin")
    for key, row in zip(keys, months.itertuples(), strict=True):
        found.append(Number(f"{key}-months", (row.low + row.high) / 2, "months", DECEMBER, row.reading, DATED, row.low,
                            row.high, digits=2))  # fmt: skip
    spans = {key: (row.low, row.high) for key, row in zip(keys, months.itertuples(), strict=True)}
    ratio = {(str(row.date.date()), row.metric): row for row in gap.itertuples()}
    short = {"bf16_dense_tflops": "compute", "tpp": "tpp", "memory_gb": "memory", "bandwidth_gb_s": "bandwidth"}
    for (date, metric), row in ratio.items():
        if date in ("2023-12-31", "2025-12-08", "2026-11-25", "2027-12-31"):
            found.append(Number(f"h200-over-best-{short[metric]}-{date[:4]}", row.ratio, "ratio", date,
                                f"H200 over the best Chinese part on sale, {row.chip}", RATED, digits=2))  # fmt: skip
    peers = ratio[("2026-11-25", "tpp")]
    known = {row.column: row for row in missing.itertuples()}
    pair = {(row.work, row.other): row for row in work.itertuples()}
    for key, row in pair.items():
        name = {"H20": "h20", "Ascend 910B": "910b", "Ascend 910C": "910c"}[key[1]]
        found.append(Number(f"h200-over-{name}-{key[0]}", row.central, "ratio", AS_OF,
                            f"work of an H200 over that of one {key[1]}, {WORK[key[0]].lower()}",
                            (*h200, *(h20 if name == "h20" else ())), row.low, row.high, digits=2))  # fmt: skip
    h20_line = lines[lines["other"] == "H20"]
    peak, base = float(h20_line["high"].max()), float(h20_line["low"].min())
    c_lines = lines[lines["other"] == "Ascend 910C"]
    c_span = (float(c_lines["low"].min()), float(c_lines["high"].max()))
    by_claim = {row.claim: row for row in reconciled(said, table).itertuples()}
    eight, thirteen, share = (by_claim[key] for key in ("c001-033", "c001-034", "c003-090"))
    roofs = {chip: roof(accelerators, chip) for chip in ("h200-sxm", "h20", "ascend-910c")}
    compute = rack[rack["part"].isin(["compute", "eight"])].dropna()
    nvl = compute[compute["other"] == "GB200 NVL72"]
    by_rack = {(row.basis, row.part, row.other): (row.low, row.high) for row in rack.itertuples()}
    sourced = ("cloudmatrix-384-752-compute-bf16-dense", "cloudmatrix-384-compute-bf16-dense",
               "gb200-nvl72-compute-bf16-dense")  # fmt: skip
    for basis in BASES:
        for part in PARTS:
            low, high = by_rack[(basis, part, "GB200 NVL72")]
            found.append(Number(f"cm384-nvl72-{part}-per-{basis}", (low * high) ** 0.5, "ratio", "2025-04",
                                f"CloudMatrix 384 over GB200 NVL72, {PARTS[part].lower()} per {basis}", sourced, low,
                                high, digits=2))  # fmt: skip
    nodes = by_rack[("system", "compute", "Eight H200")]
    per_chip, per_dollar = (by_rack[(basis, "compute", "Eight H200")] for basis in ("chip", "dollar"))
    rate = judged["usd-rmb"]
    chip, huawei, listed = (_row(accelerators, name) for name in ("h200-sxm", "ascend-910c", "ascend-910b2"))
    watt = (huawei["bf16_dense_tflops"] / huawei["power_w"]) / (chip["bf16_dense_tflops"] / chip["power_w"])
    yuan = listed["bf16_dense_tflops"] / listed["price_low"]
    dollar = [
        yuan * end / (chip["bf16_dense_tflops"] / price)
        for end, price in ((rate.low, chip["price_low"]), (rate.high, chip["price_high"]))
    ]
    return [
        *found,
        Number("910c-h200-compute-per-watt", float(watt), "ratio", AS_OF, "dense 16-bit compute per watt, one 910C",
               ("ascend-910c-power", *h200[:1]), digits=2),
        Number("910b-h200-compute-per-dollar", math.nan, "ratio", AS_OF,
               "dense 16-bit compute per dollar, one 910B at its list price", RATED, *map(float, dollar), digits=2),
        Number("best-domestic-frontier-2026", peers.frontier, "ratio", AS_OF,
               "best United States part on sale over the H200, total processing performance", RATED, digits=2),
        Number("domestic-parts", known["tpp"].total, "count", AS_OF, "rows of Chinese parts in the table"),
        Number("domestic-parts-tpp", known["tpp"].known, "count", AS_OF, "of them with a rating that can be counted"),
        Number("domestic-parts-bandwidth", known["bandwidth_gb_s"].known, "count", AS_OF, "with memory bandwidth"),
        Number("domestic-parts-price", known["usd_low"].known, "count", AS_OF, "with a price"),
        Number("h200-over-h20-range", math.nan, "ratio", AS_OF, "over all intensities", (*h200, *h20), base, peak,
               digits=2),
        Number("h200-over-910c-range", math.nan, "ratio", AS_OF, "over all intensities and ratings", h200[:2], *c_span,
               digits=2),
        Number("ridge-h20", float(roofline.ridge(*roofs["h20"])), "FLOP/byte", AS_OF,
               "intensity from which compute limits", h20),
        Number("ridge-h200", float(roofline.ridge(*roofs["h200-sxm"])), "FLOP/byte", AS_OF,
               "intensity from which compute limits", h200),
        Number("ridge-910c", float(roofline.ridge(*roofs["ascend-910c"])), "FLOP/byte", AS_OF,
               "intensity from which compute limits", ("ascend-910c-compute-bf16-dense",)),
        Number("quotient-count", len(table), "count", AS_OF, "compute ratings of the H200 over those of the H20"),
        Number("mixed-thirteen", thirteen.ratio, "ratio", AS_OF, f"{thirteen.above} over {thirteen.below}",
               ("h200-to-h20-compute-mixed",)),
        Number("mixed-share", share.multiple, "ratio", AS_OF, "7.5% turned over", ("h20-to-h200-compute-mixed",)),
        Number("eight-off", abs(eight.off), "fraction", AS_OF, "distance of the nearest quotient from 8", (),
               digits=2),
        Number("nodes-per-cloudmatrix", math.nan, "ratio", AS_OF,
               "nodes of eight H200 with the compute of one CloudMatrix 384", sourced[:2], *nodes, digits=2),
        Number("910c-over-h200-in-rack", math.nan, "ratio", AS_OF, "compute per chip, CloudMatrix 384 over H200",
               sourced[:2], *per_chip, digits=2),
        Number("cm384-h200-compute-per-dollar", math.nan, "ratio", AS_OF,
               "16-bit compute per dollar over a module of eight H200", sourced[:2], *per_dollar, digits=2),
        verdict("eighteen-is-an-age", eighteen_is_an_age(spans["behind-blackwell"], spans["behind-newest"]), DECEMBER,
                "months by dates of sale"),
        verdict("lead-narrowed", lead_narrowed(
            *([ratio[(date, metric)].ratio for metric in METRICS] for date in ("2023-12-31", "2025-12-08"))),
            DECEMBER, "H200 over the best Chinese part on sale, four metrics"),
        verdict("prices-are-blank", prices_are_blank(known["usd_low"].known, known["usd_low"].total), AS_OF,
                "Chinese parts with a published price"),
        verdict("quoted-above-the-curve", quoted_above_the_curve(peak, (eight.multiple, thirteen.multiple)), AS_OF,
                "greatest ratio of the roofline against the multiples", (*h200, *h20)),
        verdict("ahead-of-910c", ahead_of_domestic(c_span), AS_OF, "roofline ratio over all intensities", h200),
        verdict("decode-gains-less", decode_gains_less(
            pair[("decode", "H20")].central, pair[("pretraining", "H20")].central), AS_OF,
            "roofline ratio at central intensities", (*h200, *h20)),
        verdict("on-par-on-no-basis", on_par_on_no_basis(
            [(row.low, row.high) for row in nvl.itertuples()], judged["on-par-band"].central), "2025-04",
            "16-bit and 8-bit compute per system, chip, kilowatt and dollar", sourced),
    ]  # fmt: skip


PREDICATES = {
    "lead-narrowed": lead_narrowed,
    "prices-are-blank": prices_are_blank,
    "eighteen-is-an-age": eighteen_is_an_age,
    "quoted-above-the-curve": quoted_above_the_curve,
    "ahead-of-910c": ahead_of_domestic,
    "decode-gains-less": decode_gains_less,
    "on-par-on-no-basis": on_par_on_no_basis,
}

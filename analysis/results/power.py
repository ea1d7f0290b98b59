"""Chapter 4, power and halls: load on stated definitions, electricity by chip and work, the rebate, power or chips.

Electricity is in TWh, power in W, money in RMB, shares are fractions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.assumptions import Assumption, Assumptions
from analysis.assumptions.sampling import draw
from analysis.evidence.facts import bounds, fact
from analysis.evidence.findings import Span, Verdict, above, below, verdict
from analysis.evidence.numbers import Number
from analysis.models import electricity as model
from analysis.models.electricity import Chip

SEED, DRAWS = 20261125, 20_000
BASE_YEAR, FORECAST_YEAR = 2024, 2030
GRID = np.geomspace(1, 3000, 240)
REFERENCE = "h20"
NEAR = 0.1  # of the other chip's electricity: what rounding of ratings and of a quoted band can hide
RATINGS = (  # three published ratings of one chip
    "ascend-910c-compute-bf16-dense",
    "ascend-910c-semianalysis-compute-bf16-dense",
    "ascend-910c-epoch-compute-bf16-dense",
)
CHIPS = {
    "h20": "H20", "h200-sxm": "H200", "ascend-910b1": "Ascend 910B", "ascend-910c": "Ascend 910C",
    "metax-c500-oam": "MetaX C500", "mlu370-x8": "Cambricon MLU370",
}  # fmt: skip
WORK = {"decode": "Decode", "prefill": "Prefill", "finetuning": "Fine-tuning", "pretraining": "Pre-training"}
LOADS = (
    ("China, all generation", "generation", 2024, False, "china-electricity-generation-2024-energy-institute"),
    ("United States, all generation", "generation", 2024, False,
     "united-states-electricity-generation-2024-energy-institute"),
    ("United States, data centres (IEA)", "load", 2024, False, "united-states-data-centre-electricity-2024"),
    ("China, data centres (press)", "load", 2020, False, "china-data-centre-electricity-2020"),
    ("China, data centres (government)", "load", 2022, False, "china-data-centre-electricity-2022"),
    ("China, data centres (IEA)", "load", 2024, False, "china-data-centre-electricity-2024"),
    ("China, data centres (government)", "load", 2025, True, "china-data-centre-electricity-forecast-2025"),
    ("China, data centres (IEA)", "load", 2030, True, "china-data-centre-electricity-forecast-2030"),
    ("China, data centres (government)", "load", 2030, True, "china-data-centre-electricity-forecast-2030-energynews"),
    ("China, data centres (Goldman Sachs)", "load", 2030, True, "china-data-centre-electricity-forecast-2030-goldman"),
    ("China, data centres (CAICT)", "load", 2030, True, "china-data-centre-electricity-forecast-2030-besthub"),
)  # fmt: skip
PUE = {
    "pue-2022": "china-average-pue-2022",
    "pue-2023": "china-average-pue-2023",
    "pue-2024": "china-average-pue-2024",
    "pue-target-average": "china-pue-target-national-average-2025",
    "pue-target-hubs": "china-pue-target-national-hub-2025",
}
AMERICAN = ("united-states-electricity-generation-2024", "united-states-electricity-generation-2024-energy-institute")


def loads(facts: pd.DataFrame) -> pd.DataFrame:
    """Return readings and forecasts of generation and data-centre load, TWh a year: label, year, forecast, low, high.

    American generation spans two houses' totals.
    """
    rows = []
    for label, kind, year, forecast, fact_id in LOADS:
        row = fact(facts, fact_id)
        low, high = bounds(row)
        if fact_id == AMERICAN[1]:
            low = fact(facts, AMERICAN[0])["value"]
        rows.append(
            {
                "label": label, "kind": kind, "year": year, "forecast": forecast, "low": low, "high": high,
                "fact_id": fact_id, "source_id": row["source_id"],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def chips(accelerators: pd.DataFrame) -> dict[str, Chip]:
    """Return rated power, dense 16-bit peak and bandwidth of the chips compared, by accelerator_id."""
    table = accelerators.set_index("accelerator_id").loc[list(CHIPS)]
    return {key: Chip(row["power_w"], row["bf16_dense_tflops"], row["bandwidth_gb_s"]) for key, row in table.iterrows()}


def curves(chips: dict[str, Chip]) -> pd.DataFrame:
    """Return electricity for the same work over that of H20, by intensity; index FLOP/byte, one column a chip."""
    base = chips[REFERENCE]
    table = {key: model.energy_ratio(chip, base, GRID) for key, chip in chips.items()}
    return pd.DataFrame(table, index=pd.Index(GRID, name="intensity")).round(6)


def workloads(judged: Assumptions) -> pd.DataFrame:
    """Return the intensity of each work as judged: index work, columns low, central, high in FLOP/byte."""
    rows = {label: judged[f"intensity-{key}"] for key, label in WORK.items()}
    return pd.DataFrame(
        {name: (a.low, a.central, a.high) for name, a in rows.items()}, index=["low", "central", "high"]
    ).T


def _spans(*judgements: Assumption) -> tuple[list[float], list[float], list[float]]:
    return tuple([getattr(j, side) for j in judgements] for side in ("low", "central", "high"))


def rebate(facts: pd.DataFrame, systems: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return what the rebate does, one row a reading: low, central, high as fractions.

    Rows: "bill-full" and "bill-half" are the bill for a token on a domestic chip against H20 at the full tariff;
    "bill-share" is electricity's share of the cost of a domestic system over its life (price and bill, whole system
    of CloudMatrix 384, at the full tariff), "rebate-share" the share of that cost which the rebate takes off.
    """
    extra = bounds(fact(facts, "chinese-chips-to-h20-extra-electricity-per-token-202511"))
    most = fact(facts, "gansu-guizhou-inner-mongolia-data-centre-electricity-subsidy-max-202511")["value"]
    system = systems.set_index("system_id").loc["cloudmatrix-384"]
    inputs = [judged[key] for key in ("pue-hall", "power-draw", "chip-life", "tariff-full")]
    rate, taken = judged["rmb-per-usd"], judged["rebate-share"]
    bills = [float(model.lifetime_bill(system["power_w"], *side)) for side in _spans(*inputs)]
    prices = [
        system["price_high"] * rate.high, (system["price_low"] + system["price_high"]) / 2 * rate.central,
        system["price_low"] * rate.low,
    ]  # fmt: skip
    shares = [float(model.share_of_cost(price, bill)) for price, bill in zip(prices, bills, strict=True)]
    middle = sum(extra) / 2
    rows = {
        "bill-full": [float(model.bill_ratio(e, 0.0)) for e in (extra[0], middle, extra[1])],
        "bill-half": [float(model.bill_ratio(e, most)) for e in (extra[0], middle, extra[1])],
        "bill-share": shares,
        "rebate-share": [s * t for s, t in zip(shares, (taken.low, taken.central, taken.high), strict=True)],
    }
    return pd.DataFrame(rows, index=["low", "central", "high"]).T.round(6)


def _watts(judged: Assumptions) -> tuple[float, float, float]:
    """Return what an accelerator draws at the meter of the site, on average over the year: low, central, high in W."""
    names = ("chip-power", "site-overhead", "pue-hall", "power-draw")
    return tuple(float(np.prod(side)) for side in _spans(*(judged[name] for name in names)))


def yearly_growth(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the growth of data-centre load a year from IEA's 2024 to each forecast of 2030: index fact_id, TWh."""
    start = bounds(fact(facts, "china-data-centre-electricity-2024"))
    years = FORECAST_YEAR - BASE_YEAR
    rows = {}
    for label, _, year, forecast, fact_id in LOADS:
        if forecast and year == FORECAST_YEAR:
            low, high = bounds(fact(facts, fact_id))
            rows[fact_id] = (label, (low - start[1]) / years, (high - start[0]) / years)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["label", "low", "high"])


def carried(facts: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return accelerators that power carries in a year and that are there: label, side, low, high, fact_id.

    side is "grid" (all generating capacity added in 2025), "halls" (a year's growth of data-centre load in a
    forecast) or "chips" (what was sold or is expected).
    """
    watts, share = _watts(judged), judged["accelerator-share-of-growth"]
    added = fact(facts, "china-capacity-added-2025")
    factor = judged["new-capacity-factor"]
    twh = [added[side] * getattr(factor, side) * model.HOURS_A_YEAR / 1000 for side in ("low", "high")]
    rows = [("Generating capacity added in 2025", "grid", *_carried(twh, watts, None), added["fact_id"])]
    for fact_id, row in yearly_growth(facts).iterrows():
        label = "Yearly growth to 2030, " + row["label"].split("(")[1].rstrip(")")
        rows.append((label, "halls", *_carried((row["low"], row["high"]), watts, share), fact_id))
    for label, fact_id in (
        ("All cards sold in 2025 (IDC)", "china-cards-shipped-2025"),
        ("Domestic chips needed in 2026 (TrendForce)", "china-high-end-ai-chips-domestic-output-needed-2026"),
        ("H200 delivered by August 2026", "h200-delivered-20260818-both"),
    ):
        rows.append((label, "chips", *bounds(fact(facts, fact_id)), fact_id))
    return pd.DataFrame(rows, columns=["label", "side", "low", "high", "fact_id"])


def _carried(twh: Span | list[float], watts: tuple[float, float, float], share: Assumption | None) -> Span:
    part = (1.0, 1.0) if share is None else (share.low, share.high)
    return (
        float(model.accelerators_carried(twh[0], watts[2], part[0])),
        float(model.accelerators_carried(twh[1], watts[0], part[1])),
    )


def binding_share(facts: pd.DataFrame, judged: Assumptions, part: float | None = None) -> float:
    """Return in which share of draws the growth of data-centre load carries fewer accelerators than there are.

    Judgements are drawn from triangles, the growth of load and the number of chips evenly between their ends; the
    seed is fixed. part sets the accelerators' part of the growth instead of drawing it. A share of draws is no
    probability of the world: it says how the judgements weigh.
    """
    rng = np.random.default_rng(SEED)
    names = ("chip-power", "site-overhead", "pue-hall", "power-draw", "accelerator-share-of-growth")
    drawn = [draw(rng, judged[name], DRAWS) for name in names]
    growth = yearly_growth(facts)
    twh = rng.uniform(growth["low"].min(), growth["high"].max(), DRAWS)
    there = rng.uniform(*_supply(facts), DRAWS)
    share = drawn[4] if part is None else part
    fits = model.accelerators_carried(twh, np.prod(drawn[:4], axis=0), share)
    return round(float((fits < there).mean()), 3)


def _supply(facts: pd.DataFrame) -> Span:
    least = fact(facts, "china-high-end-ai-chips-domestic-output-needed-2026")["value"]
    return float(least), float(fact(facts, "china-cards-shipped-2025")["high"])


def work_decides(memory_bound: Span, compute_bound: Span) -> Verdict:
    """Say whether a chip needs more electricity than H20 where memory binds and less where arithmetic binds."""
    both = (above(*memory_bound, 1.0), below(*compute_bound, 1.0))
    return "fails" if "fails" in both else "holds" if both == ("holds", "holds") else "unclear"


def band_suits_h200(h200: Span, h20: Span, quoted: Span) -> Verdict:
    """Say whether a chip's electricity stays near the quoted band at any work against H200, and not against H20.

    Spans are ratios over all work, quoted is 1 plus the extra electricity; near means within a tenth.
    """
    near = [quoted[0] - NEAR <= low and high <= quoted[1] + NEAR for low, high in (h200, h20)]
    return "fails" if not near[0] else "unclear" if near[1] else "holds"


def rebate_overcompensates(ratio: Span) -> Verdict:
    """Say whether the bill for a token with the rebate is below that of H20 without it."""
    return below(*ratio, 1.0)


def rebate_is_small(share: Span) -> Verdict:
    """Say whether the rebate takes less than a fifth off what a domestic system costs over its life."""
    return below(*share, 0.2)


def grid_carries(grid: Span, there: Span) -> Verdict:
    """Say whether capacity added in a year carries more accelerators than are there."""
    return above(grid[0] / there[1], grid[1] / there[0], 1.0)


def halls_bind(halls: Span, there: Span) -> Verdict:
    """Say whether the planned growth of data-centre load carries fewer accelerators than are there."""
    return below(halls[0] / there[1], halls[1] / there[0], 1.0)


def numbers(
    facts: pd.DataFrame,
    chips: dict[str, Chip],
    effect: pd.DataFrame,
    carried: pd.DataFrame,
    judged: Assumptions,
) -> list[Number]:
    """Return the numbers and verdicts of power and halls."""
    return [*_load_numbers(facts), *_work_numbers(facts, chips, judged), *_rebate_numbers(effect, facts),
            *_carried_numbers(facts, carried, judged)]  # fmt: skip


def _ratio(facts: pd.DataFrame, over: str, *under: str) -> Span:
    low, high = bounds(fact(facts, over))
    base = [bounds(fact(facts, key)) for key in under]
    return low / max(b[1] for b in base), high / min(b[0] for b in base)


def _load_numbers(facts: pd.DataFrame) -> list[Number]:
    china, america = LOADS[0][-1], AMERICAN
    spans = {
        "generation-to-us": (_ratio(facts, china, *america), (china, *america), "ratio", "generation, two houses"),
        "load-share-china": (
            _ratio(facts, "china-data-centre-electricity-2024", china), ("china-data-centre-electricity-2024", china),
            "fraction", "IEA's data centres over the Energy Institute's generation",
        ),
        "load-share-us": (
            _ratio(facts, LOADS[2][-1], *america), (LOADS[2][-1], *america), "fraction",
            "IEA's data centres over generation, two houses",
        ),
    }  # fmt: skip
    readings = {key: fact(facts, fact_id) for key, fact_id in PUE.items()}
    pue = [readings["pue-2024"], readings["pue-target-hubs"]]
    gain = model.hall_gain(pue[0]["value"], pue[1]["value"]) - 1
    use_ids = ("china-computing-centres-large-utilisation-2024", "china-computing-centres-utilisation-202603")
    better = _ratio(facts, *use_ids)
    return [
        *(
            Number(key, sum(span) / 2, unit, "2024", basis, src, *span, digits=2)
            for key, (span, src, unit, basis) in spans.items()
        ),
        *(
            Number(key, row["value"], "ratio", str(row["period"]), row["basis"], (row["fact_id"],))
            for key, row in readings.items()
        ),
        Number("pue-gain", gain, "fraction", "2025", "more machines on the same power, from the average of 2024 "
               "to the target of hubs", tuple(row["fact_id"] for row in pue), digits=2),
        Number("use-gain", sum(better) / 2, "ratio", "2026-03", "load of large centres over local ones, two houses",
               use_ids, *better, digits=2),
    ]  # fmt: skip


def _over(chips: list[Chip], others: list[Chip]) -> tuple[Span, Span]:
    """Return the span of the ratio of electricity where memory binds and where compute binds, over all pairs."""
    memory, compute = zip(*(model.limits(chip, other) for chip in chips for other in others), strict=True)
    return (min(memory), max(memory)), (min(compute), max(compute))


def _work_numbers(facts: pd.DataFrame, chips: dict[str, Chip], judged: Assumptions) -> list[Number]:
    quoted_id = "chinese-chips-to-h20-extra-electricity-per-token-202511"
    quoted = tuple(1 + side for side in bounds(fact(facts, quoted_id)))
    base, c910 = chips[REFERENCE], chips["ascend-910c"]
    h20s = [replace(base, power=watts) for watts in (judged["h20-power"].low, judged["h20-power"].high)]
    rated = [replace(c910, peak=fact(facts, key)["value"]) for key in RATINGS]
    domestic = [chips[key] for key in ("ascend-910b1", "metax-c500-oam", "mlu370-x8")] + rated
    memory, compute = _over(rated, h20s)
    all_memory, all_compute = _over(domestic, h20s)
    h200 = [side for span in _over(rated, [chips["h200-sxm"]]) for side in span]
    to_h200, to_h20 = (min(h200), max(h200)), (compute[0], memory[1])
    fits = [model.intensity_of_ratio(c910, h20, side) for side in quoted for h20 in h20s]
    table = ("epoch-ml-hardware-copy-202604",)
    at, middle = "at rated power, dense 16-bit", model.limits(c910, base)
    pue, hall = judged["pue-hall"], []
    for work in ("decode", "pretraining"):
        intensity = judged[f"intensity-{work}"].central
        for key, name in (("h20", "h20"), ("h200-sxm", "h200"), ("ascend-910c", "c910")):
            low, middle_use, high = (
                float(model.energy_per_work(chips[key], intensity, side)) for side in (pue.low, pue.central, pue.high)
            )
            basis = f"10^18 operations of {WORK[work].lower()} at its central intensity, over PUE, {at}"
            hall.append(Number(f"kwh-{work}-{name}", middle_use, "kWh", "2026", basis, table, low, high, digits=2))
    return [
        *hall,
        Number("c910-memory-bound", middle[0], "ratio", "2026", f"Ascend 910C over H20 where memory binds, {at}", table,
               *memory, digits=2),
        Number("c910-compute-bound", middle[1], "ratio", "2026", f"Ascend 910C over H20 where arithmetic binds, {at}",
               (*table, *RATINGS), *compute, digits=2),
        Number("domestic-memory-bound", sum(all_memory) / 2, "ratio", "2026", "four domestic chips over H20 where "
               f"memory binds, {at}", table, *all_memory, digits=2),
        Number("domestic-compute-bound", sum(all_compute) / 2, "ratio", "2026", "four domestic chips over H20 where "
               f"arithmetic binds, {at}", (*table, *RATINGS), *all_compute, digits=2),
        Number("c910-to-h200", sum(to_h200) / 2, "ratio", "2026", f"Ascend 910C over H200, {at}", (*table, *RATINGS),
               *to_h200, digits=2),
        Number("quoted-extra", sum(quoted) / 2 - 1, "fraction", "2025-11", "more electricity a token than H20, quoted",
               (quoted_id,), quoted[0] - 1, quoted[1] - 1, digits=2),
        Number("quoted-intensity", (min(fits) + max(fits)) / 2, "FLOP/byte", "2026", "where Ascend 910C takes the "
               "quoted electricity against H20", table, min(fits), max(fits), digits=2),
        verdict("work-decides-electricity", work_decides(memory, compute), "2026", "Ascend 910C against H20", table),
        verdict("band-suits-h200", band_suits_h200(to_h200, to_h20, quoted), "2026", "Ascend 910C against both",
                (*table, *RATINGS, quoted_id)),
    ]  # fmt: skip


def _rebate_numbers(effect: pd.DataFrame, facts: pd.DataFrame) -> list[Number]:
    quoted = ("chinese-chips-to-h20-extra-electricity-per-token-202511",)
    halved = (*quoted, "gansu-guizhou-inner-mongolia-data-centre-electricity-subsidy-max-202511")
    system = ("cloudmatrix-384-power", "cloudmatrix-384-price")
    extra = bounds(fact(facts, quoted[0]))
    even = [float(model.rebate_that_evens(side)) for side in extra]
    basis = {
        "bill-full": ("bill for a token over that of H20 at the same tariff", "ratio", quoted),
        "bill-half": ("bill for a token, halved, over that of H20 without rebate", "ratio", halved),
        "bill-share": ("electricity in price and bill of CloudMatrix 384 over its life", "fraction", system),
        "rebate-share": ("rebate in price and bill of CloudMatrix 384 over its life", "fraction", (*system, halved[1])),
    }
    spans = {key: tuple(effect.loc[key, ["low", "high"]]) for key in effect.index}
    return [
        *(
            Number(key, effect.loc[key, "central"], unit, "2025-11", text, src, *spans[key], digits=2)
            for key, (text, unit, src) in basis.items()
        ),
        Number("rebate-that-evens", sum(even) / 2, "fraction", "2025-11", "rebate at which the bill is the same",
               quoted, *even, digits=2),
        verdict("rebate-overcompensates", rebate_overcompensates(spans["bill-half"]), "2025-11",
                "bill for a token with half of it rebated", halved),
        verdict("rebate-is-small", rebate_is_small(spans["rebate-share"]), "2025-11", "rebate in lifetime cost",
                system),
    ]  # fmt: skip


def _carried_numbers(facts: pd.DataFrame, carried: pd.DataFrame, judged: Assumptions) -> list[Number]:
    by = {side: rows for side, rows in carried.groupby("side")}
    grid, halls = ((by[side]["low"].min(), by[side]["high"].max()) for side in ("grid", "halls"))
    there = _supply(facts)
    watts, growth = _watts(judged), yearly_growth(facts)
    src = {side: tuple(rows["fact_id"]) for side, rows in by.items()}
    part = judged["accelerator-share-of-growth"]
    binds, *ends = (binding_share(facts, judged, side) for side in (None, part.high, part.low))
    chips_src = src["chips"][:2]
    return [
        Number("site-watts", watts[1], "W", "2026", "mean draw of one accelerator at the site's meter", (), watts[0],
               watts[2], digits=2),
        Number("load-growth", float(growth[["low", "high"]].to_numpy().mean()), "TWh", "2030", "growth of data-centre "
               "load a year, from IEA's 2024 to each forecast", src["halls"], growth["low"].min(), growth["high"].max(),
               digits=2),
        Number("grid-carries", float(np.sqrt(grid[0] * grid[1])), "chips", "2025", "accelerators that capacity added "
               "in a year carries", src["grid"], *grid, digits=2),
        Number("halls-carry", float(np.sqrt(halls[0] * halls[1])), "chips", "2030", "accelerators a year that the "
               "growth of data-centre load carries", src["halls"], *halls, digits=2),
        Number("chips-there", sum(there) / 2, "chips", "2026", "domestic chips needed in 2026, all cards sold in 2025",
               chips_src, *there, digits=2),
        Number("halls-bind-share", binds, "fraction", "2026", f"share of {DRAWS:,} draws in which load binds before "
               "chips", src["halls"] + chips_src, *ends, digits=2),
        verdict("grid-carries-chips", grid_carries(grid, there), "2025", "capacity added against chips",
                src["grid"] + chips_src),
        verdict("halls-bind", halls_bind(halls, there), "2026", "growth of load against chips",
                src["halls"] + chips_src),
    ]  # fmt: skip


PREDICATES = {
    "work-decides-electricity": work_decides,
    "band-suits-h200": band_suits_h200,
    "rebate-overcompensates": rebate_overcompensates,
    "rebate-is-small": rebate_is_small,
    "grid-carries-chips": grid_carries,
    "halls-bind": halls_bind,
}

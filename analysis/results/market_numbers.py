"""Chapter 3, the market: what the text says of its results, each with unit, date, basis and sources."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.evidence.findings import Span, Verdict, above, below, verdict
from analysis.evidence.numbers import Number
from analysis.results import market

JUDGED = "model, on the judgements of the assumptions"
# The observations behind the identified set stand for all that the model rests on; its figures name every source.
RECORD = ("china-domestic-share-units-2024", "china-domestic-share-units-2025")
SLACK = 0.01  # a rise of an import's price by less than this is as good as none


def inference_first(gap: Span) -> Verdict:
    """Say whether domestic chips take a larger share of inference than of training; gap is inference less training."""
    return above(*gap, 0.0)


def output_sells_out(sold: Span) -> Verdict:
    """Say whether domestic output is sold out; sold is chips sold over output."""
    return above(*sold, market.SOLD_OUT - 1e-9)


def licences_displace(sold: Span) -> Verdict:
    """Say whether full licences cut domestic sales by more than a tenth; sold is sales with over sales without."""
    return below(*sold, 0.9)


def half_binds_nobody(levy: Span) -> Verdict:
    """Say whether a ratio of one half changes nothing; levy is what it adds to an import's price."""
    return below(*levy, SLACK)


def two_limits_imports(imports: float, licensed: float, least: float) -> Verdict:
    """Say whether a ratio of two keeps imports below what is licensed; imports are the most, least the fewest."""
    return below(least / licensed, imports / licensed, 1 - 1e-6)


def switching_pays(cost: Span, price: Span) -> Verdict:
    """Say whether a unit of work is cheaper on a domestic chip than on a licensed H200 at its reported price."""
    return below(cost[0] / price[1], cost[1] / price[0], 1.0)


def _two(value: float) -> float:
    """Two significant digits: what is written of a judged sum of money that formatting would write in full."""
    return float(f"{value:.2g}")


def _span(row: pd.Series, name: str) -> Span:
    return float(row[f"{name}_low"]), float(row[f"{name}_high"])


def buyers(
    world: market.Market,
    shares: pd.DataFrame,
    rents: pd.DataFrame,
    solved: market.Solved,
    frame: pd.DataFrame,
    ways: dict[str, Span],
    sources: tuple[str, ...] = RECORD,
) -> list[Number]:
    """Return the numbers of who buys what; ways are the prices of `market.prices`, frame that of `market.states`."""
    table = shares.set_index(["scenario", "segment", "product"])
    by_key = rents.set_index("scenario")
    out = []
    for scenario in ("none", "consented", "cap", "state-closed", "memory"):
        for product in ("domestic", "none"):
            row = table.loc[(scenario, "all", product)]
            name = "unserved" if product == "none" else product
            out.append(
                Number(f"market-{name}-{scenario}", row["central"], "fraction", "2026",
                       f"share of all work, scenario {row['name']}; {JUDGED}", sources, row["low"],
                       row["high"], digits=2)
            )  # fmt: skip
    for segment in ("training", "inference"):
        row = table.loc[("consented", segment, "domestic")]
        out.append(
            Number(f"market-domestic-{segment}", row["central"], "fraction", "2026",
                   f"domestic share of platforms' {segment} with what Beijing consented to; {JUDGED}", sources,
                   row["low"], row["high"], digits=2)
        )  # fmt: skip
    without, full = (np.array([one.chips[market.DOMESTIC] for one in solved[key]]) for key in ("none", "cap"))
    kept = full / without
    index = [market.SEGMENTS.index(name) for name in ("inference", "training")]
    gap = [one.shares[index[0], market.DOMESTIC] - one.shares[index[1], market.DOMESTIC] for one in solved["consented"]]
    sold = _span(by_key.loc["consented"], "sold_out")
    premium, lone = by_key.loc["consented"], by_key.loc["delivered"]
    cleared = [_two(world.price[market.THIRD] * (1 + lone[name])) for name in ("third", "third_low", "third_high")]
    used = frame[frame["used"]]
    return [
        *out,
        Number("market-kept-cap", kept[0], "fraction", "2026",
               f"domestic chips sold with licences up to the cap over those sold without any; {JUDGED}", sources,
               kept.min(), kept.max(), digits=2),
        Number("market-sold-consented", premium["sold_out"], "fraction", "2026",
               f"domestic chips sold over output with what Beijing consented to; {JUDGED}", sources, *sold, digits=2),
        Number("market-premium-consented", premium["imported"], "fraction", "2026",
               f"scarcity premium on an import over its price with what Beijing consented to; {JUDGED}", sources,
               *_span(premium, "imported"), digits=2),
        Number("market-third-cleared", cleared[0], "USD", "2026",
               f"price of third supply with its scarcity, with the H200 delivered by August; {JUDGED}", sources,
               *cleared[1:], digits=2),
        Number("market-grey-asked", _two(sum(ways["H200, grey market"]) / 2), "USD", "2026-01-21",
               "official price as reported times one plus the reported premium",
               ("h200-price-20260114", "h200-price-grey-premium-20260121"), *map(_two, ways["H200, grey market"]),
               digits=2),
        Number("market-penalty", float(used["low"].mean() / 2 + used["high"].mean() / 2), "none", "2024/2026",
               "switching penalty in units of utility that the record allows", sources,
               float(used["low"].min()), float(used["high"].max()), digits=2),
        Number("market-readings", len(frame), "count", "2026", "pairs of demand, supply and reaction to cost tried"),
        Number("market-readings-possible", int(frame["possible"].sum()), "count", "2026",
               "of these that some penalty squares with the shares of 2024 and 2025 and the sold-out year 2026"),
        verdict("inference-first", inference_first((min(gap), max(gap))), "2026",
                "domestic share of inference less that of training", sources),
        verdict("output-sells-out", output_sells_out(sold), "2026", "domestic sales over output", sources),
        verdict("licences-displace", licences_displace((kept.min(), kept.max())), "2026",
                "domestic sales with full licences over sales without", sources),
    ]  # fmt: skip


def ratios(
    rents: pd.DataFrame, turning: pd.DataFrame, licensed: dict[str, float], sources: tuple[str, ...] = RECORD
) -> list[Number]:
    """Return the numbers of the pairing ratio; the first row of turning is the central state."""
    by_key = rents.set_index("scenario")
    rows = {name: by_key.loc[f"pairing-{key}"] for name, key in
            (("half", "0-5"), ("one", "1"), ("two", "2"), ("each", "each"))}  # fmt: skip
    out = [
        Number(f"pairing-levy-{name}", row["levy"], "fraction", "2026",
               f"rise of an import's price with the effect of the ratio, {row['name'][2:]} at the cap; {JUDGED}",
               sources,
               *_span(row, "levy"), digits=2)
        for name, row in rows.items()
    ]  # fmt: skip
    for name in ("one", "two"):
        row = rows[name]
        for kind in ("imported", "domestic"):
            out.append(
                Number(f"pairing-{kind}-{name}", row[f"chips_{kind}"], "chips", "2026",
                       f"{kind} chips sold, {row['name'][2:]} at the cap; {JUDGED}", sources,
                       *_span(row, f"chips_{kind}"), digits=2)
            )  # fmt: skip
    binds, output = turning["binds"], turning["output"]
    two = rows["two"]
    return [
        *out,
        Number("pairing-cap", licensed["cap"], "chips", "2026",
               "licensed firms times the reported ceiling for each",
               ("h200-ceiling-per-buyer-20260514", "h200-licensed-firms-20260718"), digits=4),
        Number("pairing-binds", binds.iloc[0], "ratio", "2026",
               f"domestic over imported chips sold with licences up to the cap and no rule; {JUDGED}", sources,
               binds.min(), binds.max(), digits=2),
        Number("pairing-output", output.iloc[0], "ratio", "2026",
               "domestic output over licensed imports, up to the cap", sources, output.min(), output.max(), digits=2),
        verdict("half-binds-nobody", half_binds_nobody(_span(rows["half"], "levy")), "2026",
                "what a ratio of one half adds to an import's price", sources),
        verdict("two-limits-imports",
                two_limits_imports(two["chips_imported_high"], licensed["cap"], two["chips_imported_low"]), "2026",
                "imports under a ratio of two over what is licensed", sources),
    ]  # fmt: skip


def _or_never(number: Number) -> Number:
    """A volume, a time or a cost at which switching pays, in words where it pays at none."""
    return number if np.isfinite(number.value) else replace(number, value=math.nan, word="none at all")


def switching(
    costs: pd.DataFrame, volumes: pd.DataFrame, work: pd.DataFrame, ways: dict[str, Span], sources: tuple[str, ...] = ()
) -> list[Number]:
    """Return the numbers of switching; ways are the prices of `market.prices`."""
    out = []
    price, lease = ways["licensed H200"], ways["lease abroad"]
    stay = min(market.STAY, key=lambda at: abs(at - sum(lease) / 2))
    for kind in ("training", "inference"):
        row = costs.loc[kind]
        own = volumes[(volumes["work"] == kind) & np.isfinite(volumes["central"])]
        out += [
            Number(f"switch-work-{kind}", work.loc[kind, "domestic"], "fraction", "2026",
                   "work of an Ascend 910C over that of an H200, roofline at the mix of the segment", sources,
                   digits=2),
            Number(f"switch-cost-{kind}", _two(row["cost"]), "USD", "2026",
                   f"cost of one H200 of {kind} work on a domestic chip; {JUDGED}", sources, _two(row["cost_low"]),
                   _two(row["cost_high"]), digits=2),
            Number(f"switch-even-{kind}", row["even"], "USD/chip", "2026",
                   f"price of a domestic chip at which {kind} costs what it does on a licensed H200; {JUDGED}", sources,
                   row["even_low"], row["even_high"], digits=2),
            _or_never(Number(f"switch-from-{kind}", float(own["stay"].min()), "USD", "2026",
                             f"cost of staying from which moving {kind} can pay back at all, central values", sources,
                             digits=2)),
        ]  # fmt: skip
        at = volumes[(volumes["work"] == kind) & (volumes["stay"] == stay)].iloc[0]
        basis = f"{kind}, where staying costs what a lease abroad does; {JUDGED}"
        out += [
            _or_never(Number(f"switch-volume-{kind}", at["central"], "chips", "2026",
                             f"volume from which moving pays back, {basis}", sources, digits=2)),
            _or_never(Number(f"switch-horizon-{kind}", at["horizon"], "months", "2026",
                             f"months until the delay is earned back, {basis}", sources, digits=2)),
        ]  # fmt: skip
    both = (float(costs["cost_low"].min()), float(costs["cost_high"].max()))
    return [
        *out,
        Number("switch-list-price", sum(price) / 2, "USD", "2026", "judged price of a licensed H200", (), *price),
        Number("switch-stay", float(stay), "USD", "2026", "reported lease abroad, value over chips, with building and "
               "power", ("lease-value-abroad-20260930", "chips-leased-abroad-20260930"), *map(_two, lease), digits=2),
        verdict("switching-pays", switching_pays(both, price), "2026",
                "cost of domestic work over the price of a licensed H200", sources),
    ]  # fmt: skip


PREDICATES = {
    "inference-first": inference_first,
    "output-sells-out": output_sells_out,
    "licences-displace": licences_displace,
    "half-binds-nobody": half_binds_nobody,
    "two-limits-imports": two_limits_imports,
    "switching-pays": switching_pays,
}

"""Chapter 3, supply: how many Ascend packages dies and memory allow, and what each published count would need.

Judgements come in as `Assumptions`, counts as the typed facts. Packages, dies and stacks are plain counts a year.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.assumptions.sampling import triangular
from analysis.evidence.facts import fact
from analysis.evidence.findings import Verdict, above, below, verdict
from analysis.evidence.formatting import interval, quantity
from analysis.evidence.numbers import Number
from analysis.evidence.roots import root
from analysis.models import supply as model

YEARS = (2024, 2025, 2026, 2027)
DRAWS, SEED = 20_000, 20261125
BAND = (0.05, 0.5, 0.95)
# The houses that the judgements lean on most; the register names all.
HOUSES = ("podcastpipeline-semianalysis-20250908", "wccftech-smic-yield-2025", "investing-smic-20251021")
SEVERAL_MILLION = 2_000_000  # "several" read as two at the least
# One quantile a family: a house that is high on wafers in one year is high in all of them.
FAMILIES = ("ascend-wafers", "ascend-yield", "foreign-dies-used", "dies-per-chip", "new-stacks")
SINGLES = ("dies-per-wafer", "wafer-lag", "foreign-dies", "stacks-per-die", "hbm-stock-2024", "ascend-hbm-share",
           "package-loss", "made-2025")  # fmt: skip
NONE_SET = {"foreign-dies-used-2027": 1.0, "new-stacks-2024": 0.0}


@dataclass(frozen=True)
class Draws:
    """Inputs by id, arrays (draws,) for what is one value and (years, draws) for what has one a year."""

    single: dict[str, np.ndarray]
    yearly: dict[str, np.ndarray]


def sample(judged: Assumptions, draws: int = DRAWS) -> Draws:
    """Draw every input of the chain from its triangle; the same numbers at each call."""
    uniform = np.random.default_rng(SEED).random((len(FAMILIES) + len(SINGLES), draws))
    return _inputs(judged, dict(zip((*FAMILIES, *SINGLES), uniform, strict=True)))


def central(judged: Assumptions) -> Draws:
    """Return the central judgement of every input as one draw."""
    single = {name: np.array([judged[name].central]) for name in SINGLES}
    yearly = {
        name: np.array([[NONE_SET[key] if (key := f"{name}-{year}") in NONE_SET else judged[key].central]
                        for year in YEARS])
        for name in FAMILIES
    }  # fmt: skip
    return Draws(single, yearly)


def _inputs(judged: Assumptions, uniform: dict[str, np.ndarray]) -> Draws:
    def drawn(key: str, u: np.ndarray) -> np.ndarray:
        if key in NONE_SET:
            return np.full(u.shape, NONE_SET[key])
        return triangular(u, judged[key])

    single = {name: drawn(name, uniform[name]) for name in SINGLES}
    yearly = {name: np.stack([drawn(f"{name}-{year}", uniform[name]) for year in YEARS]) for name in FAMILIES}
    return Draws(single, yearly)


@dataclass(frozen=True)
class Parts:
    """What comes in each year, arrays (years, draws): dies of the own line and of the stock from abroad, stacks."""

    made: np.ndarray
    abroad: np.ndarray
    stacks: np.ndarray


def parts(inputs: Draws) -> Parts:
    """Return dies and stacks that come in each year; the stack count of 2024 leaves the stock of its end untouched."""
    one, year = inputs.single, inputs.yearly
    made = model.good_dies(year["ascend-wafers"], one["dies-per-wafer"], year["ascend-yield"], one["wafer-lag"])
    used = year["foreign-dies-used"]
    abroad = np.diff(np.vstack([np.zeros(used.shape[1]), used]), axis=0) * one["foreign-dies"]
    stacks = year["new-stacks"] * one["ascend-hbm-share"]
    stacks[0] = (made[0] + abroad[0]) * one["stacks-per-die"]  # known only as the stock left at the end of 2024
    stacks[1] += one["hbm-stock-2024"] * one["ascend-hbm-share"]
    return Parts(made, abroad, stacks)


def run(inputs: Draws, counted: bool = True) -> model.Chain:
    """Return the chain of supply; counted holds 2025 at what was counted, so that what it left is there in 2026."""
    come = parts(inputs)
    each = inputs.yearly["dies-per-chip"]
    stacks_each = each * inputs.single["stacks-per-die"]
    most = np.full(each.shape, np.inf)
    if counted:
        most[YEARS.index(2025)] = inputs.single["made-2025"]
    return model.chain(come.made + come.abroad, come.stacks, each, stacks_each, inputs.single["package-loss"], most)


def outlook(inputs: Draws) -> pd.DataFrame:
    """Return supply by year on two paths: at the limit each year, and with 2025 as counted.

    Columns path, year, low, median, high (5%, 50%, 95% of the draws, packages), memory_binds (share of the draws).
    """
    rows = []
    for path, counted in (("at the limit", False), ("as counted", True)):
        chain = run(inputs, counted)
        for year, made, binds in zip(YEARS, chain.packages, chain.memory_binds, strict=True):
            low, median, high = (_round(v) for v in np.quantile(made, BAND))
            rows.append((path, year, low, median, high, round(float(binds.mean()), 3)))
    return pd.DataFrame(rows, columns=["path", "year", "low", "median", "high", "memory_binds"])


def _round(value: float) -> float:
    return float(f"{value:.3g}")


# year, who and what, facts it rests on, how they become packages
RIVALS = (
    (2024, "Financial Times: 910B", ("ascend-910b-chips-output-2024",), "sum"),
    (2025, "US official: all Ascend, at most", ("huawei-ascend-chips-output-2025",), "at most"),
    (2025, "Financial Times: plan",
     ("ascend-910b-chips-output-plan-2025", "ascend-910c-chips-output-plan-2025"), "sum"),
    (2025, "Bloomberg: 910C alone", ("ascend-910c-chips-output-2025",), "at least"),
    (2025, "Bloomberg: up to 1.0m dies", ("huawei-ascend-die-output-2025",), "dies"),
    (2025, "SemiAnalysis: 910B and 910C", ("huawei-ascend-chips-output-2025-podcastpipeline",), "sum"),
    (2025, "IDC: cards shipped", ("huawei-china-cards-shipped-2025",), "sum"),
    (2026, "Bloomberg: plan, 910C", ("ascend-910c-chips-output-plan-2026",), "sum"),
    (2026, "Bloomberg: up to 1.6m dies", ("huawei-ascend-die-output-plan-2026",), "pairs"),
    (2026, "SemiAnalysis: if memory limits", ("huawei-ascend-chips-output-2026",), "sum"),
    (2026, "TrendForce: half of domestic need",
     ("china-high-end-ai-chips-domestic-output-needed-2026", "huawei-share-of-domestic-forecast-2026"), "product"),
)  # fmt: skip


def rivals(facts: pd.DataFrame, sources: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Return the published counts of Ascend packages, one row each; open ends are NaN.

    Columns year, who, low, high (packages), root (the original behind it), fact_id, source_id. Dies are counted one
    or two to a package, for 2026 two. The article's several million is the last row.
    """
    relays = sources.set_index("source_id")["relays"].to_dict()
    rows = []
    for year, who, ids, how in RIVALS:
        found = [fact(facts, fact_id) for fact_id in ids]
        spans = [_span(row) for row in found]
        low, high = {
            "sum": (sum(s[0] for s in spans), sum(s[1] for s in spans)),
            "at most": (math.nan, spans[0][1]),
            "at least": (spans[0][0], math.nan),
            "dies": (spans[0][1] / 2, spans[0][1]),
            "pairs": (math.nan, spans[0][1] / 2),
            "product": (math.prod(s[0] for s in spans), math.nan),
        }[how]
        source = found[0]["source_id"]
        rows.append((year, who, low, high, root(source, relays), ";".join(ids), source))
    claim = claims.set_index("claim_id").loc["c002-103"]
    rows.append((2026, "Article 002: several million", float(claim["low"]), math.nan, "art-002", "art-002", "art-002"))
    return pd.DataFrame(rows, columns=["year", "who", "low", "high", "root", "fact_id", "source_id"])


def _span(row: pd.Series) -> tuple[float, float]:
    low, value, high = row["low"], row["value"], row["high"]
    return (value if math.isnan(low) else low), (value if math.isnan(high) else high)


def required(counts: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return what each count would need, all else at its central judgement; one row a count.

    Columns year, who, packages (its nearer end), dies, stacks, memory_share (of the stacks there are in that year
    on central judgement, earlier use counted), yield_low, yield_high (over high and low wafers; below 0 the stock
    from abroad is enough, above 1 no yield is).
    """
    inputs = central(judged)
    come, chain = parts(inputs), run(inputs)
    loss, each = judged["package-loss"].central, inputs.yearly["dies-per-chip"][:, 0]
    rows = []
    for row in counts.itertuples():
        at = YEARS.index(row.year)
        wanted = row.low if row.low == row.low else row.high
        dies = wanted * each[at] / (1 - loss)
        stacks = dies * judged["stacks-per-die"].central
        there = come.stacks[at, 0] + (chain.stacks_left[at - 1, 0] if at else 0.0)
        left = chain.dies_left[at - 1, 0] if at else 0.0
        yields = model.implied_yield(
            wanted, each[at], loss, come.abroad[at, 0] + left, _wafers(judged, at), judged["dies-per-wafer"].central
        )
        rows.append(
            {
                "year": row.year,
                "who": row.who,
                "packages": wanted,
                "dies": _round(dies),
                "stacks": _round(stacks),
                "memory_share": _round(stacks / there) if at else math.nan,
                "yield_low": _round(yields.min()),
                "yield_high": _round(yields.max()),
            }
        )
    return pd.DataFrame(rows)


def _wafers(judged: Assumptions, at: int) -> np.ndarray:
    """Wafers that come out in a year at low and at high starts, the lag at its central value."""
    late = judged["wafer-lag"].central / model.MONTHS
    now, before = judged[f"ascend-wafers-{YEARS[at]}"], judged[f"ascend-wafers-{YEARS[max(at - 1, 0)]}"]
    ends = [(now.low, before.low), (now.high, before.high)]
    return np.array([model.MONTHS * (a * (1 - late) + (b * late if at else 0.0)) for a, b in ends])


def required_table(needs: pd.DataFrame) -> pd.DataFrame:
    """Return the needs for display."""
    rows = []
    for row in needs.itertuples():
        low, high = max(row.yield_low, 0.0), row.yield_high
        if high <= 0:
            needed = "none: the stock from abroad is enough"
        elif low > 1:
            needed = "more than every die"
        else:
            needed = f"{interval(low, min(high, 1.0), 'fraction', 2)}{', or more than every die' if high > 1 else ''}"
        share = "–" if math.isnan(row.memory_share) else quantity(row.memory_share, "fraction", 2)
        rows.append((row.year, row.who, quantity(row.packages, "chips", bare=True), needed, share))
    names = ["Year", "Count", "Packages", "Yield it needs", "Share of the memory it needs"]
    return pd.DataFrame(rows, columns=names)


def official_limit_too_low(limit: float, span: tuple[float, float]) -> Verdict:
    """Say whether the official's limit lies below what dies and memory allowed."""
    return below(limit / span[1], limit / span[0], 1.0)


def memory_is_the_limit(share: float) -> Verdict:
    """Say whether memory binds in two draws of three or more; in one of three or fewer it does not."""
    return above(share - 1 / 6, share + 1 / 6, 0.5)


def millions_out_of_reach(span: tuple[float, float]) -> Verdict:
    """Say whether two million packages lie above what dies and memory allow."""
    return below(*span, SEVERAL_MILLION)


def numbers(
    by_year: pd.DataFrame, counts: pd.DataFrame, needs: pd.DataFrame, judged: Assumptions, speed: tuple[float, float]
) -> list[Number]:
    """Return the numbers of supply; speed is the span of an Ascend package's worth in H200 (see chips)."""
    paths = {path: frame.set_index("year") for path, frame in by_year.groupby("path")}
    limit_path, counted = paths["at the limit"], paths["as counted"]
    ids = {row.who: tuple(row.fact_id.split(";")) for row in counts.itertuples()}
    need = needs.set_index("who")
    official = "US official: all Ascend, at most"
    limit = float(counts.set_index("who").loc[official, "high"])

    def packages(key: str, row: pd.Series, basis: str) -> Number:
        return Number(key, float(row["median"]), "chips", str(row.name), basis, HOUSES, *_ends(row), digits=2)

    found = [
        packages(f"supply-{year}", (limit_path if year < 2026 else counted).loc[year],
                 "Ascend packages that dies and memory allow, 5% to 95% of the draws")
        for year in YEARS
    ]  # fmt: skip
    found += [
        packages(f"supply-{year}-limit", limit_path.loc[year], "the same, had 2025 run at its limit")
        for year in YEARS[2:]
    ]
    found += [
        Number(f"memory-binds-{year}", float(counted.loc[year, "memory_binds"]), "probability", str(year),
               "draws in which memory and not dies is the limit", HOUSES, digits=3)
        for year in YEARS[1:]
    ]  # fmt: skip
    span = _ends(counted.loc[2026])
    article, plan = need.loc["Article 002: several million"], need.loc["Bloomberg: plan, 910C"]
    short = need.loc["SemiAnalysis: if memory limits"]
    roots = len(set(counts.loc[counts["year"] == 2025, "root"]))
    learned = learning(judged)
    made = judged["made-2025"]
    return [
        *found,
        Number("supply-2026-h200-equivalents", math.nan, "chips", "2026",
               "the same packages by bandwidth (low) and by dense compute (high) of a 910C", HOUSES,
               span[0] * speed[0], span[1] * speed[1], digits=2),
        Number("supply-draws", DRAWS, "count", "2026", "draws of the chain, one seed", digits=5),
        Number("made-2025", made.central, "chips", "2025", "as counted: judgement on IDC, SemiAnalysis, Bloomberg",
               (*ids["IDC: cards shipped"], *ids["SemiAnalysis: 910B and 910C"]), made.low, made.high),
        Number("official-limit-2025", limit, "chips", "2025", "all Ascend, at most, as testified", ids[official]),
        Number("counts-2025-roots", roots, "count", "2025", "originals behind the counts of the year"),
        Number("millions-memory-need", float(article["memory_share"]), "ratio", "2026",
               "stacks for two million packages over the stacks there are, central", ids[article.name], digits=2),
        Number("millions-stacks", float(article["stacks"]), "stacks", "2026", "for two million packages",
               ids[article.name], digits=2),
        Number("plan-memory-need", float(plan["memory_share"]), "fraction", "2026",
               "stacks for the plan over the stacks there are, central", ids[plan.name], digits=2),
        Number("short-memory-need", float(short["memory_share"]), "fraction", "2026",
               "stacks for the lower end over the stacks there are, central", ids[short.name], digits=2),
        Number("die-cost-progress", learned[1], "fraction", "2025/2027",
               "cost of a good die after a doubling of wafers, by the yields assumed", (), learned[0], learned[2],
               digits=2),
        verdict("official-limit-too-low", official_limit_too_low(limit, _ends(limit_path.loc[2025])), "2025",
                "limit over what dies and memory allowed", ids[official]),
        verdict("memory-is-the-limit", memory_is_the_limit(float(counted.loc[2026, "memory_binds"])), "2026",
                "share of the draws"),
        verdict("millions-out-of-reach", millions_out_of_reach(span), "2026",
                "two million against what dies and memory allow", ids[article.name]),
    ]  # fmt: skip


def _ends(row: pd.Series) -> tuple[float, float]:
    return float(row["low"]), float(row["high"])


def learning(judged: Assumptions) -> tuple[float, float, float]:
    """Return what the assumed yields of 2025 to 2027 imply for Wright's law: cost of a good die after a doubling.

    Least, central and greatest over the low, central and high yields; wafers at their central judgement.
    """
    started = [judged[f"ascend-wafers-{year}"].central for year in YEARS]
    growth = sum(started) / sum(started[:2])
    falls = [
        getattr(judged["ascend-yield-2025"], end) / getattr(judged["ascend-yield-2027"], end)
        for end in ("low", "central", "high")
    ]
    ratios = model.progress_ratio(falls, growth)
    return float(ratios.min()), float(ratios[1]), float(ratios.max())


PREDICATES = {
    "official-limit-too-low": official_limit_too_low,
    "memory-is-the-limit": memory_is_the_limit,
    "millions-out-of-reach": millions_out_of_reach,
}

"""Chapter 4, platforms: AI infrastructure services, cloud spending, and concentration on each definition.

Facts come in as the typed table; each function returns a frame whose money is in the unit that its docstring names
and whose shares are fractions. Half-years of AI infrastructure services are in RMB, quarters of cloud spending in
USD: they are two markets of two houses and never mixed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.evidence.facts import series
from analysis.evidence.findings import Span, Verdict, above, below, verdict
from analysis.evidence.numbers import Number, counted
from analysis.models.concentration import hhi_interval

UNKNOWN: Span = (math.nan, math.nan)
IAAS, CLOUD = "china-ai-iaas", "china-cloud-infrastructure"
PARTS = {"generative": "market_size_genai_iaas", "other": "market_size_other_ai_iaas", "total": "market_size"}
NAMES = {
    "alibaba-cloud": "Alibaba", "volcano-engine": "ByteDance", "huawei-cloud": "Huawei", "tencent-cloud": "Tencent",
    "baidu-ai-cloud": "Baidu", "alibaba-qwen": "Alibaba", "bytedance-doubao": "ByteDance", "deepseek": "DeepSeek",
}  # fmt: skip


@dataclass(frozen=True)
class Definition:
    """What a house counts, the metric of data/facts.csv that holds the shares, and the periods read (none: all)."""

    key: str
    label: str
    metric: str
    periods: tuple[str, ...]


DEFINITIONS = (
    Definition("full-stack", "Clouds with chips of their own (Frost & Sullivan)", "share_gpu_cloud", ()),
    Definition("ai-cloud", "All AI cloud, by revenue (Omdia)", "share_ai_cloud", ("2025H1",)),
    Definition("calls", "Model calls on public clouds (IDC)", "share_public_cloud_llm_tokens", ("2025H1",)),
    Definition("services", "AI platform services (IDC)", "share_ai_public_cloud_services", ("2024",)),
    Definition(
        "cloud", "All cloud infrastructure (Canalys, Omdia)", "share_cloud_infrastructure",
        ("2020Q1", "2022Q2", "2023Q3", "2024Q2", "2025Q1", "2025Q3", "2025Q4"),
    ),
    Definition("models", "Models used by enterprises (Frost & Sullivan)", "share_enterprise_llm", ("2025H1", "2025H2")),
)  # fmt: skip


def _one(facts: pd.DataFrame, entity: str, metric: str, period: str) -> pd.Series:
    return series(facts, entity, metric).set_index("period").loc[period]


def ai_iaas(facts: pd.DataFrame) -> pd.DataFrame:
    """Return AI infrastructure services by half-year, RMB; index period, columns <part>, <part>_low, <part>_high.

    The base of 2024H1 follows from the growth that the tracker prints; `printed` says which half-years are printed.
    """
    found = {part: series(facts, IAAS, metric).set_index("period") for part, metric in PARTS.items()}
    frame = pd.DataFrame(index=found["generative"].index)
    for part, rows in found.items():
        frame[part], frame[f"{part}_low"], frame[f"{part}_high"] = rows["value"], rows["low"], rows["high"]
        frame[f"{part}_fact"] = rows["fact_id"]
    frame["printed"] = [found["generative"].loc[period, "quality"] != "derived" for period in frame.index]
    return frame


def growth_by_part(frame: pd.DataFrame, now: str = "2025H1", base: str = "2024H1") -> pd.DataFrame:
    """Return each part's share of the base, growth, and what it adds to the growth of the total; index part.

    The row "total" holds the growth that the two parts imply, with bounds from rounding at opposite ends.
    """
    then, last = frame.loc[base], frame.loc[now]
    parts = [part for part in PARTS if part != "total"]
    whole = sum(then[part] for part in parts)
    rows = {
        part: {
            "base_share": then[part] / whole,
            "now_share": last[part] / sum(last[p] for p in parts),
            "growth": last[part] / then[part] - 1,
            "adds": (last[part] - then[part]) / whole,
        }
        for part in parts
    }
    low = sum(last[f"{p}_low"] for p in parts) / sum(then[f"{p}_high"] for p in parts) - 1
    high = sum(last[f"{p}_high"] for p in parts) / sum(then[f"{p}_low"] for p in parts) - 1
    rows["total"] = {"base_share": 1.0, "now_share": 1.0, "growth": sum(last[p] for p in parts) / whole - 1}
    rows["total"] |= {"adds": rows["total"]["growth"], "low": low, "high": high}
    return pd.DataFrame(rows).T


def cloud_spending(facts: pd.DataFrame) -> pd.DataFrame:
    """Return cloud infrastructure spending by quarter, USD; index period, a gap in the record as NaN.

    Columns printed, low, high (as first printed), base, base_low, base_high (what the growth printed a year later
    implies for the quarter), restated (whether that base lies outside what was printed), fact_id, base_fact.
    """
    spend = series(facts, CLOUD, "spend").set_index("period")
    spend = spend[(spend["quality"] != "derived") & spend.index.str.contains("Q")]
    closed = facts[facts["high"].notna()]  # "above 20%" gives no base
    growth = series(closed, CLOUD, "growth_yoy").set_index("period")
    years = range(int(spend.index[0][:4]), int(spend.index[-1][:4]) + 1)
    frame = pd.DataFrame(index=pd.Index([f"{year}Q{q}" for year in years for q in range(1, 5)], name="quarter"))
    frame["printed"], frame["low"], frame["high"] = spend["value"], spend["low"], spend["high"]
    frame["fact_id"], frame["source_id"] = spend["fact_id"], spend["source_id"]
    for quarter in frame.index:
        later = f"{int(quarter[:4]) + 1}{quarter[4:]}"
        if later in spend.index and later in growth.index:
            now, rate = spend.loc[later], growth.loc[later]
            frame.loc[quarter, ["base", "base_low", "base_high"]] = [
                now["value"] / (1 + rate["value"]), now["low"] / (1 + rate["high"]), now["high"] / (1 + rate["low"]),
            ]  # fmt: skip
            frame.loc[quarter, "base_fact"] = rate["fact_id"]
    frame["restated"] = (frame["base_low"] > frame["high"]) | (frame["base_high"] < frame["low"])
    return frame


def shares(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the printed share of each named firm, one row a definition, period and firm; fractions."""
    rows = []
    for definition in DEFINITIONS:
        own = facts[facts["metric"] == definition.metric]
        for period in definition.periods or sorted({str(period) for period in own["period"]}):
            for entity in dict.fromkeys(own["entity"]):
                known = series(facts, entity, definition.metric).set_index("period")
                if period in known.index:
                    row = known.loc[period]
                    rows.append(
                        {
                            "key": definition.key,
                            "definition": definition.label,
                            "period": period,
                            "firm": NAMES[entity],
                            "share": row["value"],
                            "low": row["low"],
                            "high": row["high"],
                            "fact_id": row["fact_id"],
                            "source_id": row["source_id"],
                        }
                    )
    return pd.DataFrame(rows).sort_values(["key", "period", "share"], ascending=[True, True, False], ignore_index=True)


def concentration(shares: pd.DataFrame) -> pd.DataFrame:
    """Return one row a definition and period, in the order of DEFINITIONS: leader, known, unknown, hhi_low, hhi_high.

    The unknown rest is split without end for the lower bound and held by firms no larger than the smallest named one
    for the upper; rounding of the named shares widens both.
    """
    rows = []
    for definition in DEFINITIONS:
        for period in dict.fromkeys(shares[shares["key"] == definition.key]["period"]):
            own = shares[(shares["key"] == definition.key) & (shares["period"] == period)]
            high = np.minimum(own["high"], 1.0)
            rows.append(
                {
                    "key": definition.key,
                    "definition": definition.label,
                    "period": period,
                    "leader": own["firm"].iloc[0],
                    "named": len(own),
                    "known": own["share"].sum(),
                    "unknown": 1 - own["share"].sum(),
                    "hhi_low": hhi_interval(own["low"])[0],
                    "hhi_high": hhi_interval(high)[1],
                }
            )
    return pd.DataFrame(rows)


def two_largest_of_article(shares: pd.DataFrame) -> dict[str, Span]:
    """Return the joint share of Baidu and Huawei on the article's definition and in all AI cloud, with bounds."""
    own = shares[shares["firm"].isin(("Baidu", "Huawei")) & (shares["period"] == "2025H1")]
    return {
        key: (float(rows["low"].sum()), float(rows["high"].sum()))
        for key, rows in own.groupby("key")
        if key in ("full-stack", "ai-cloud")
    }


def three_largest(facts: pd.DataFrame, shares: pd.DataFrame) -> dict[str, Span]:
    """Return the share of the three largest clouds in all spending: 2023Q3, 2025Q1, 2025Q3, and bounds for 2025Q4.

    For 2025Q4 two shares are printed; the third lies between none and the smaller of the two.
    """
    printed = series(facts, CLOUD, "share_of_three_largest").set_index("period")
    last = shares[(shares["key"] == "cloud") & (shares["period"] == "2025Q4")]
    spans = {
        period: (printed.loc[period, "low"], printed.loc[period, "high"]) for period in ("2023Q3", "2025Q1", "2025Q3")
    }
    spans["2025Q4"] = (last["low"].sum(), last["high"].sum() + last["high"].min())
    return spans


def top(shares: pd.DataFrame, key: str, period: str) -> Span:
    """Return the joint share of the firms named on a definition in a period, with bounds."""
    own = shares[(shares["key"] == key) & (shares["period"] == period)]
    return (float(own["low"].sum()), float(own["high"].sum())) if len(own) else UNKNOWN


def last_two(shares: pd.DataFrame, key: str) -> tuple[Span, Span]:
    """Return the joint share of the firms named in the last two readings of a definition, unknown for none."""
    periods = list(dict.fromkeys(shares[shares["key"] == key]["period"]))
    return (top(shares, key, periods[-2]) if len(periods) > 1 else UNKNOWN), top(shares, key, periods[-1])


def parts_opposite(generative: float, other: float) -> Verdict:
    """Say whether the generative part grew while the other shrank; both are growth rates."""
    return "holds" if generative > 0 > other else "fails"


def base_restated(implied: Span, printed: Span) -> Verdict:
    """Say whether the base that a growth rate implies lies above what was printed for that quarter."""
    return above(implied[0] - printed[1], implied[1] - printed[0], 0.0)


def narrow_definition_decides(narrow: Span, wide: Span) -> Verdict:
    """Say whether the two firms hold less than half as much of all AI cloud as on the narrow definition."""
    return below(wide[0] / narrow[1], wide[1] / narrow[0], 0.5)


def concentration_rose(then: Span, now: Span) -> Verdict:
    """Say whether a joint share rose between two readings; a missing reading leaves it unclear."""
    return above(now[0] - then[1], now[1] - then[0], 0.0)


def numbers(
    iaas: pd.DataFrame, spending: pd.DataFrame, shares: pd.DataFrame, index: pd.DataFrame, facts: pd.DataFrame
) -> list[Number]:
    """Return the numbers and verdicts of the platforms."""
    return [*_iaas_numbers(iaas), *_spending_numbers(spending, facts), *_share_numbers(shares, index, facts)]


def _iaas_numbers(iaas: pd.DataFrame) -> list[Number]:
    parts = growth_by_part(iaas)
    src = tuple(iaas.loc["2025H1", ["generative_fact", "other_fact"]])
    base = tuple(iaas.loc["2024H1", ["generative_fact", "other_fact"]])
    rates = tuple(f"{IAAS}-growth-yoy-{part}-2025h1" for part in ("genai-iaas", "other-ai-iaas"))
    total, when = parts.loc["total"], "2025H1"
    return [
        Number("iaas-implied-growth", total["growth"], "fraction", when, "implied by the two parts", src + rates,
               total["low"], total["high"], digits=4),
        Number("iaas-generative-adds", parts.loc["generative", "adds"], "points", when,
               "of the growth of the total", src[:1] + base, digits=3),
        Number("iaas-other-takes", -parts.loc["other", "adds"], "points", when,
               "off the growth of the total", src[1:] + base, digits=2),
        Number("iaas-generative-then", parts.loc["generative", "base_share"], "fraction", "2024H1",
               "share of AI infrastructure services", base, digits=2),
        Number("iaas-generative-now", parts.loc["generative", "now_share"], "fraction", when,
               "share of AI infrastructure services", src, digits=2),
        verdict("ai-iaas-parts-opposite", parts_opposite(*parts.loc[["generative", "other"], "growth"]), when,
                "growth of the two parts", rates),
    ]  # fmt: skip


def _spending_numbers(spending: pd.DataFrame, facts: pd.DataFrame) -> list[Number]:
    row, later = spending.loc["2024Q1"], spending.loc["2025Q1"]
    implied, printed = (row["base_low"], row["base_high"]), (row["low"], row["high"])
    src = (later["fact_id"], row["base_fact"])
    naive = (later["low"] / printed[1] - 1, later["high"] / printed[0] - 1)
    others = spending.loc[["2024Q1", "2024Q3", "2024Q4"]]
    third, second = spending.loc["2024Q3"], spending.loc["2024Q2"]
    year = _one(facts, CLOUD, "spend", "2024")
    ends = (("value", "base"), ("low", "base_high"), ("high", "base_low"))
    left = [year[bound] - others[other].sum() for bound, other in ends]
    return [
        Number("cloud-base-implied", row["base"], "USD", "2024Q1", "11.6bn over one plus the printed growth", src,
               *implied),
        Number("cloud-growth-on-print", later["printed"] / row["printed"] - 1, "fraction", "2025Q1",
               "on the base first printed", (later["fact_id"], row["fact_id"]), *naive, digits=2),
        Number("cloud-third-quarter-implied", third["base"], "USD", "2024Q3", "13.4bn over one plus the printed growth",
               (spending.loc["2025Q3", "fact_id"], third["base_fact"]), third["base_low"], third["base_high"]),
        Number("cloud-second-quarter-left", left[0], "USD", "2024Q2", "the year as printed less the implied quarters",
               (year["fact_id"], second["fact_id"], *others["base_fact"]), *left[1:], digits=2),
        Number("cloud-quarters-printed", int(spending["printed"].notna().sum()), "count", "2025Q4",
               "quarters with a printed amount", tuple(spending["fact_id"].dropna())),
        Number("cloud-quarters-span", len(spending), "count", "2025Q4", "quarters from 2022 to 2025"),
        verdict("cloud-base-restated", base_restated(implied, printed), "2024Q1", "implied against printed base",
                (*src, row["fact_id"])),
    ]  # fmt: skip


def _share_numbers(shares: pd.DataFrame, index: pd.DataFrame, facts: pd.DataFrame) -> list[Number]:
    held = two_largest_of_article(shares)
    ids = {key: tuple(rows["fact_id"]) for key, rows in shares.groupby("key")}
    two = {key: tuple(shares[(shares["key"] == key) & shares["firm"].isin(("Baidu", "Huawei"))]["fact_id"])
           for key in held}  # fmt: skip
    found = []
    for key, name, period in (
        ("full-stack", "hhi-full-stack", "2025H1"), ("ai-cloud", "hhi-ai-cloud", "2025H1"),
        ("calls", "hhi-calls", "2025H1"), ("cloud", "hhi-cloud-2020", "2020Q1"), ("cloud", "hhi-cloud-2025", "2025Q3"),
    ):  # fmt: skip
        row = index[(index["key"] == key) & (index["period"] == period)].iloc[0]
        found.append(
            Number(name, (row["hhi_low"] + row["hhi_high"]) / 2, "count", row["period"],
                   "Herfindahl-Hirschman index, points of 10,000", ids[key], row["hhi_low"], row["hhi_high"], digits=4)
        )  # fmt: skip
    printed = shares[shares["key"] == "full-stack"]["share"]
    firms = shares[(shares["key"] == "cloud") & shares["firm"].isin(("Alibaba", "Huawei"))]
    pair = {p: (rows["low"].sum(), rows["high"].sum()) for p, rows in firms.groupby("period")}
    clouds, leaders = three_largest(facts, shares), index[index["period"] == "2025H1"]["leader"]
    models = [top(shares, "models", period) for period in ("2025H1", "2025H2")]
    calls = [
        series(facts, "volcano-engine", "share_public_cloud_llm_tokens").set_index("period").loc[period]
        for period in ("2024", "2025H1")
    ]
    cr3 = tuple(f"{CLOUD}-share-of-three-largest-{period}" for period in ("2023q3", "2025q1", "2025q3"))
    narrow = shares[shares["key"] == "full-stack"]["period"].nunique()
    return [
        *found,
        Number("hhi-as-printed", sum(hhi_interval(printed)) / 2, "count", "2025H1",
               "Herfindahl-Hirschman index, shares as printed", ids["full-stack"], *hhi_interval(printed), digits=4),
        *(
            Number(f"pair-{period.lower()}", sum(pair[period]) / 2, "fraction", period, "Alibaba and Huawei in all "
                   "cloud spending", tuple(firms[firms["period"] == period]["fact_id"]), *pair[period])
            for period in ("2020Q1", "2023Q3", "2025Q1", "2025Q4")
        ),
        Number("two-narrow", sum(held["full-stack"]) / 2, "fraction", "2025H1", "Baidu and Huawei among clouds with "
               "chips of their own", two["full-stack"], *held["full-stack"]),
        Number("two-wide", sum(held["ai-cloud"]) / 2, "fraction", "2025H1", "Baidu and Huawei in all AI cloud",
               two["ai-cloud"], *held["ai-cloud"]),
        counted("leaders-2025h1", int(leaders.nunique()), "2025H1", "firms that lead on one definition or another",
                tuple(shares[shares["period"] == "2025H1"]["fact_id"])),
        counted("readings-full-stack", narrow, "2025H1", "readings of clouds with chips of their own",
                ids["full-stack"]),
        Number("three-2023q3", sum(clouds["2023Q3"]) / 2, "fraction", "2023Q3", "three largest clouds", cr3[:1],
               *clouds["2023Q3"]),
        Number("three-2025q1", sum(clouds["2025Q1"]) / 2, "fraction", "2025Q1", "three largest clouds", cr3[1:2],
               *clouds["2025Q1"]),
        Number("three-2025q3", sum(clouds["2025Q3"]) / 2, "fraction", "2025Q3", "three largest clouds", cr3[2:],
               *clouds["2025Q3"]),
        Number("three-2025q4", sum(clouds["2025Q4"]) / 2, "fraction", "2025Q4", "two printed, the third at most as "
               "large as the second", ids["cloud"], *clouds["2025Q4"], digits=2),
        Number("models-then", sum(models[0]) / 2, "fraction", "2025H1", "three largest models in enterprises",
               ids["models"], *models[0]),
        Number("models-now", sum(models[1]) / 2, "fraction", "2025H2", "three largest models in enterprises",
               ids["models"], *models[1]),
        Number("calls-then", calls[0]["value"], "fraction", "2024", "largest cloud in model calls",
               (calls[0]["fact_id"],)),
        Number("calls-now", calls[1]["value"], "fraction", "2025H1", "largest cloud in model calls",
               (calls[1]["fact_id"],)),
        verdict("narrow-definition-decides", narrow_definition_decides(held["full-stack"], held["ai-cloud"]),
                "2025H1", "joint share on two definitions", two["full-stack"] + two["ai-cloud"]),
        verdict("domestic-cloud-concentrates", concentration_rose(*last_two(shares, "full-stack")), "2025H1",
                "joint share among clouds with chips of their own", ids["full-stack"]),
        verdict("cloud-concentrates", concentration_rose(clouds["2023Q3"], clouds["2025Q3"]), "2025Q3",
                "three largest clouds, 2023Q3 and 2025Q3", (cr3[0], cr3[2])),
    ]  # fmt: skip


PREDICATES = {
    "ai-iaas-parts-opposite": parts_opposite,
    "cloud-base-restated": base_restated,
    "narrow-definition-decides": narrow_definition_decides,
    "domestic-cloud-concentrates": concentration_rose,
    "cloud-concentrates": concentration_rose,
}

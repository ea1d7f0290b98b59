"""Chapter 3, shares: every published share of the Chinese market for AI chips on its own definition.

A share is a fraction of a total that its definition names: units sold, sales value, chips bought, wanted demand,
orders of one buyer, cards in place, or cloud revenue. Shares of different totals are never averaged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from analysis.evidence.facts import fact
from analysis.evidence.findings import Verdict, above, below, verdict
from analysis.evidence.formatting import interval, quantity
from analysis.evidence.numbers import Number
from analysis.evidence.roots import OWN, root
from analysis.models.concentration import effective_number, hhi_interval

DEFINITIONS = {
    "units": "Units: cards sold in a year",
    "value": "Value: sales in money",
    "new": "New supply: chips bought for AI servers",
    "demand": "Own supply over wanted demand",
    "orders": "Orders: tenders of one buyer",
    "stock": "Stock: chips in place",
    "cloud": "Cloud service: AI cloud revenue",
    "said": "Basis not stated",
}
# whose share, definition, house, fact
PUBLISHED = (
    ("Domestic", "units", "IDC", "china-domestic-share-units-2023h1"),
    ("Domestic", "units", "IDC", "china-domestic-share-units-2024"),
    ("Domestic", "units", "IDC", "china-domestic-share-units-2025"),
    ("Domestic", "value", "Bernstein", "china-domestic-share-value-2023-bernstein"),
    ("Domestic", "value", "Bernstein, forecast", "china-domestic-share-value-forecast-2027-metax"),
    ("Domestic", "value", "Bernstein, forecast", "china-domestic-share-value-forecast-2028-bernstein"),
    ("Domestic", "new", "TrendForce, May 2025", "china-ai-servers-domestic-share-forecast-2025"),
    ("Domestic", "new", "TrendForce, Aug 2026", "china-high-end-ai-chips-domestic-share-2025"),
    ("Domestic", "new", "TrendForce, Dec 2025", "china-high-end-ai-chips-domestic-share-forecast-2026"),
    ("Domestic", "new", "TrendForce, Aug 2026", "china-high-end-ai-chips-domestic-share-forecast-2026-digest"),
    ("Domestic", "demand", "Morgan Stanley", "china-gpu-self-sufficiency-2024"),
    ("Domestic", "demand", "Bernstein, forecast", "china-domestic-supply-to-demand-forecast-2026-bernstein"),
    ("Domestic", "demand", "Morgan Stanley, forecast", "china-gpu-self-sufficiency-forecast-2027"),
    ("Domestic", "demand", "Bernstein, forecast", "china-domestic-supply-to-demand-forecast-2028-bernstein"),
    ("Domestic", "demand", "Morgan Stanley, 2026", "china-ai-accelerator-self-sufficiency-forecast-2030"),
    ("Domestic", "demand", "Digest, house not named", "china-ai-accelerator-self-sufficiency-forecast-2030-tessara"),
    ("Domestic", "orders", "China Telecom, AI servers", "china-telecom-ai-server-tender-domestic-share-2023"),
    ("Domestic", "orders", "China Mobile, inference", "china-mobile-tender-domestic-share-2025-2026"),
    ("Domestic", "stock", "China Mobile, one centre", "china-mobile-hohhot-centre-domestic-share-2024"),
    ("Domestic", "stock", "Carriers, estimate", "china-carriers-domestic-share-ai-chips-2024"),
    ("Domestic", "stock", "Carriers, estimate", "china-carriers-domestic-share-ai-chips-2026"),
    ("Huawei", "units", "IDC", "huawei-china-share-units-2025"),
    ("Huawei", "units", "IDC, of domestic", "huawei-share-of-domestic-units-2025"),
    ("Huawei", "value", "Bernstein", "huawei-china-share-value-2025"),
    ("Huawei", "value", "Bernstein, forecast", "huawei-china-share-value-2026"),
    ("Huawei", "new", "TrendForce, of domestic", "huawei-share-of-domestic-forecast-2026"),
    ("Huawei", "cloud", "Omdia", "huawei-cloud-share-ai-cloud-2025h1"),
    ("Huawei", "said", "Huawei", "huawei-china-share-stated-202610"),
    ("NVIDIA", "units", "Press", "nvidia-china-share-units-2022"),
    ("NVIDIA", "units", "IDC", "nvidia-china-share-units-2025h1"),
    ("NVIDIA", "units", "IDC", "nvidia-china-share-units-2025"),
    ("NVIDIA", "value", "Bernstein", "nvidia-china-share-value-2024"),
    ("NVIDIA", "value", "Bernstein", "nvidia-china-share-value-2025"),
    ("NVIDIA", "value", "Bernstein, forecast", "nvidia-china-share-value-2026"),
    ("NVIDIA", "said", "Its chief executive", "nvidia-china-share-stated-2021"),
    ("NVIDIA", "said", "Its chief executive", "nvidia-china-share-stated-202505"),
    ("AMD", "value", "Bernstein, forecast", "amd-china-share-value-2026"),
    ("Imports", "new", "TrendForce", "china-ai-servers-import-share-2024"),
    ("Imports", "new", "TrendForce, May 2025", "china-ai-servers-import-share-forecast-2025"),
    ("Imports", "new", "TrendForce, Dec 2025", "china-high-end-ai-chips-import-share-forecast-2026"),
    ("Imports", "new", "TrendForce, Aug 2026", "china-high-end-ai-chips-import-share-forecast-2026-digest"),
    ("Alibaba Cloud", "cloud", "Omdia", "alibaba-cloud-share-ai-cloud-2025h1"),
)
# The articles' own, placed where their words put them.
CLAIMED = (
    ("Domestic", "said", "Article 003", "c003-118", "2024Q4"),
    ("Domestic", "new", "Article 000", "c000-070", "2026"),
    ("Imports", "new", "Article 000", "c000-071", "2026"),
    ("Huawei", "said", "Article 003", "c003-112", "2025"),
    ("Huawei", "orders", "Article 003", "c003-133", "2025"),
    ("NVIDIA", "said", "Article 003", "c003-119", "2022"),
)


def table(facts: pd.DataFrame, sources: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Return every share: of, definition, house, period, low, value, high (fractions, NaN for an open end).

    Further columns claimed (an article's own), root (the original behind it), ref (fact or claim id), source_id.
    """
    relays = sources.set_index("source_id")["relays"].to_dict()
    rows = []
    for of, definition, house, fact_id in PUBLISHED:
        row = fact(facts, fact_id)
        rows.append((of, definition, house, str(row["period"]), *_triple(row), False,
                     root(row["source_id"], relays), fact_id, row["source_id"]))  # fmt: skip
    by_id = claims.set_index("claim_id")
    for of, definition, house, claim, period in CLAIMED:
        row, source = by_id.loc[claim], f"art-{house[-3:]}"
        rows.append((of, definition, house, period, *_triple(row), True, source, claim, source))
    names = ["of", "definition", "house", "period", "low", "value", "high", "claimed", "root", "ref", "source_id"]
    frame = pd.DataFrame(rows, columns=names)
    frame["order"] = [list(DEFINITIONS).index(name) for name in frame["definition"]]
    return (
        frame.sort_values(["order", "of", "period", "claimed"], kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )


def _triple(row: pd.Series) -> tuple[float, float, float]:
    low, value, high = (float(row[name]) for name in ("low", "value", "high"))
    if math.isnan(value):
        value = low if math.isnan(high) else high
    if math.isnan(low) and math.isnan(high):
        low = high = value
    return low, value, high


def relative_price(units: float, value: float) -> float:
    """Return how many times the rest's mean price one seller's must be, from its shares of units and of value.

    Both are fractions inside (0, 1) of the same market and period. v/u over (1-v)/(1-u): an identity, no estimate.
    """
    if not (0 < units < 1 and 0 < value < 1):
        raise ValueError(f"units and value are {units!r} and {value!r}; expected fractions between 0 and 1")
    return value / units / ((1 - value) / (1 - units))


def remainder(first: pd.Series, second: pd.Series) -> tuple[float, float, float]:
    """Return what two shares leave over: least, central, greatest, from the ends of both."""
    return (
        1 - float(first["high"]) - float(second["high"]),
        1 - float(first["value"]) - float(second["value"]),
        1 - float(first["low"]) - float(second["low"]),
    )


def conversions(facts: pd.DataFrame, numbers: Iterable[Number]) -> pd.DataFrame:
    """Return the conversions between definitions that the record allows, for display, from the chapter's numbers."""
    by_key = {number.key: number for number in numbers}

    def said(fact_id: str) -> str:
        return quantity(float(fact(facts, fact_id)["value"]), "fraction", 2)

    trend = "china-ai-servers", "china-high-end-ai-chips"
    year, later = (
        f"{said(f'{entity}-domestic-share-forecast-{period}')} domestic, "
        f"{said(f'{entity}-import-share-forecast-{period}')} imported, {period}"
        for entity, period in zip(trend, ("2025", "2026"), strict=True)
    )
    domestic, imports = said("china-domestic-share-units-2025"), fact(facts, "china-ai-servers-import-share-2024")
    half, whole = (said(f"nvidia-china-share-units-2025{part}") for part in ("h1", ""))
    rows = [
        (f"Huawei, {said('huawei-share-of-domestic-units-2025')} of domestic cards, 2025", "All cards",
         f"domestic cards are {domestic} of all", by_key["huawei-share-of-cards"].text()),
        (f"Huawei, {said('huawei-china-share-value-2025')} of sales value, 2025", "All cards",
         "price over that of all others that fits", by_key["huawei-price-needed"].text()),
        (f"NVIDIA, {half} of cards in the half-year, {whole} in the year", "Second half of 2025",
         "year less first half", by_key["nvidia-share-second-half"].text()),
        (f"Imports, {quantity(float(imports['value']), 'fraction', 2)} of chips bought, 2024", "All others",
         "what is not imported", interval(1 - float(imports["high"]), 1 - float(imports["low"]), "fraction", 2)),
        ("Bernstein's dollars, 2025", "Share of value", "production over sales", by_key["domestic-value-2025"].text()),
        ("Bernstein's dollars, 2027", "Share of value", "production over sales", by_key["domestic-value-2027"].text()),
        (later, "What is left", "one less both", by_key["forecast-2026-rest"].text("range")),
        (year, "What is left", "one less both", by_key["forecast-2025-rest"].text()),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["As published", "Turned into", "How", "Result"])


def under_half_in_2024(share: tuple[float, float]) -> Verdict:
    """Say whether the counts of 2024 lie below half."""
    return below(*share, 0.5)


def value_is_not_units(units: float, value: float) -> Verdict:
    """Say whether a share of value is at least one and a half times the share of units."""
    return above(value / units, value / units, 1.5)


def forecast_leaves_a_part(rest: tuple[float, float, float]) -> Verdict:
    """Say whether the two shares of the forecast leave more than a twentieth unnamed."""
    return above(rest[0], rest[2], 0.05)


AS_OF = "2025"


def numbers(facts: pd.DataFrame, shares: pd.DataFrame) -> list[Number]:
    """Return the numbers of shares: conversions, the part of the 2026 forecast left over, concentration of cards."""

    def of(fact_id: str) -> pd.Series:
        return fact(facts, fact_id)

    total, own, huawei, nvidia = (
        float(of(f"{name}-2025")["value"])
        for name in ("china-cards-shipped", "china-domestic-cards-shipped", "huawei-china-cards-shipped",
                     "nvidia-china-cards-shipped")
    )  # fmt: skip
    makers = ("t-head", "kunlunxin", "cambricon", "amd")
    cards = [nvidia, huawei, *(float(of(f"{name}-china-cards-shipped-2025")["value"]) for name in makers)]
    hhi = hhi_interval([count / total for count in cards])
    half = of("nvidia-china-share-units-2025h1")["value"] * of("china-cards-shipped-2025h1")["value"]
    second = (nvidia - half) / (total - float(of("china-cards-shipped-2025h1")["value"]))
    value, units = float(of("huawei-china-share-value-2025")["value"]), huawei / total
    rest = remainder(of("china-high-end-ai-chips-domestic-share-forecast-2026"),
                     of("china-high-end-ai-chips-import-share-forecast-2026"))  # fmt: skip
    before = remainder(of("china-ai-servers-domestic-share-forecast-2025"),
                       of("china-ai-servers-import-share-forecast-2025"))  # fmt: skip
    imports = of("china-ai-servers-import-share-2024")
    counts = (float(of("china-domestic-share-units-2024")["value"]), 1 - float(imports["low"]))
    bernstein = [
        float(of(f"china-domestic-chip-production-{key}-bernstein")["value"])
        / float(of(f"china-accelerator-sales-{key}-bernstein")["value"])
        for key in ("2025", "forecast-2027")
    ]
    sold = ("huawei-china-cards-shipped-2025", "china-cards-shipped-2025")
    forecast = ("china-high-end-ai-chips-domestic-share-forecast-2026",
                "china-high-end-ai-chips-import-share-forecast-2026")  # fmt: skip
    published = shares[~shares["claimed"]]
    mix = ("huawei-china-share-value-2025", *sold)
    count = "rows of this chapter"
    return [
        Number("share-count", len(published), "count", "2026-11-25", count),
        Number("share-roots", published.loc[published["root"] != OWN, "root"].nunique(), "count", "2026-11-25",
               "originals behind them"),
        Number("share-definitions", published["definition"].nunique(), "count", "2026-11-25", count),
        Number("huawei-share-of-cards", units, "fraction", AS_OF, "IDC, cards", sold, digits=2),
        Number("huawei-share-of-value", value, "fraction", AS_OF, "Bernstein, sales value", mix[:1], digits=2),
        Number("huawei-price-needed", relative_price(units, value), "ratio", AS_OF,
               "mean price of a Huawei card over that of all others, if both shares are of one market", mix, digits=2),
        Number("nvidia-share-second-half", second, "fraction", "2025H2", "IDC, year less first half",
               ("nvidia-china-cards-shipped-2025", "nvidia-china-share-units-2025h1"), digits=2),
        Number("domestic-share-2024-counts", math.nan, "fraction", "2024",
               "IDC cards; and all that TrendForce did not count as imported",
               ("china-domestic-share-units-2024", "china-ai-servers-import-share-2024"), *counts, digits=2),
        Number("domestic-value-2025", bernstein[0], "fraction", AS_OF, "Bernstein, production over sales",
               ("china-domestic-chip-production-2025-bernstein", "china-accelerator-sales-2025-bernstein"), digits=2),
        Number("domestic-value-2027", bernstein[1], "fraction", "2027", "Bernstein, production over sales, forecast",
               ("china-domestic-chip-production-forecast-2027-bernstein",
                "china-accelerator-sales-forecast-2027-bernstein"), digits=2),
        Number("forecast-2026-rest", rest[1], "fraction", "2026", "what the two shares leave over", forecast, rest[0],
               rest[2], digits=2),
        Number("forecast-2025-rest", before[1], "fraction", AS_OF, "what the two shares leave over",
               ("china-ai-servers-domestic-share-forecast-2025", "china-ai-servers-import-share-forecast-2025"),
               digits=2),
        Number("cards-hhi-2025", math.nan, "none", AS_OF, "concentration of cards, points of 10,000", sold, *hhi,
               digits=3),
        Number("cards-effective-2025", math.nan, "none", AS_OF, "sellers of equal size", sold,
               effective_number(hhi[1]), effective_number(hhi[0]), digits=2),
        Number("domestic-cards-2025-others", (own - huawei) / own, "fraction", AS_OF,
               "domestic cards not from Huawei", (*sold[:1], "china-domestic-cards-shipped-2025"), digits=2),
        verdict("under-half-in-2024", under_half_in_2024(counts), "2024", "counts of 2024 against a half",
                ("china-domestic-share-units-2024", "china-ai-servers-import-share-2024")),
        verdict("value-is-not-units", value_is_not_units(units, value), AS_OF,
                "share of value over share of cards", mix),
        verdict("forecast-leaves-a-part", forecast_leaves_a_part(rest), "2026", "what the two shares leave over",
                forecast),
    ]  # fmt: skip


PREDICATES = {
    "under-half-in-2024": under_half_in_2024,
    "value-is-not-units": value_is_not_units,
    "forecast-leaves-a-part": forecast_leaves_a_part,
}

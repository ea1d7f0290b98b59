"""Chapter 4, delivery as the financial measure: what chip and server makers have made public, and what follows from it.

Money is in RMB, shares are fractions. A step of data/listings.csv says which measures it makes public; a figure that
stands in data/facts.csv was found in print, most often through a relay.
"""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.evidence.facts import fact, series
from analysis.evidence.findings import Span, Verdict, above, below, verdict
from analysis.evidence.formatting import day, interval, quantity
from analysis.evidence.numbers import Number, counted
from analysis.models import inventory as model
from analysis.tables.periods import Period, parse_period

FEWEST = 3  # firms with both a price and a collection figure, below which nothing can be said of a relation
MEASURES = {
    "revenue": ("Revenue", ("revenue",)),
    "gross_margin": ("Gross margin", ("gross_margin",)),
    "profit": ("Profit", ("net_income", "net_income_adjusted")),
    "cash_flow": ("Operating cash flow", ("operating_cash_flow",)),
    "customers": (
        "Largest customers",
        ("top5_customer_share", "top4_customer_share", "largest_customer_share", "tencent_share_of_revenue"),
    ),
    "inventory": ("Inventory", ("inventory",)),
    "receivables": ("Receivables", ("accounts_receivable",)),
    "market_value": ("Market value", ("market_cap", "market_cap_first_close", "market_cap_at_offer", "valuation")),
}
ENDS = ("low", "high", "average_low", "average_high")
TURNOVER = (
    ("cambricon", "2025Q1"), ("cambricon", "2025H1"), ("cambricon", "2025"), ("cambricon", "2026H1"),
    ("hygon", "2025H1"), ("moore-threads", "2024"),
)  # fmt: skip


def _latest(facts: pd.DataFrame, entity: str, metrics: tuple[str, ...]) -> pd.Series | None:
    own = facts[(facts["entity"] == entity) & facts["metric"].isin(metrics)]
    if own.empty:
        return None
    best = pd.concat([series(facts, entity, metric) for metric in own["metric"].unique()])
    printed = best["quality"] != "derived"
    length = [parse_period(text).days for text in best["period"]]
    # Of what ends on one day the printed figure comes before the computed one, the longer period before the shorter.
    return best.assign(printed=printed, length=length, on=best.index).sort_values(["on", "printed", "length"]).iloc[-1]


def disclosure(facts: pd.DataFrame, listings: pd.DataFrame) -> pd.DataFrame:
    """Return one row a firm and measure: state, period, fact_id, source_id; firms in the order of the listings.

    state is "document" (a figure is in print and a document has it), "press" (in print, and no document is public),
    "unread" (a document has it, no figure was found) or "none".
    """
    rows = []
    for entity, own in listings.groupby("entity", sort=False):
        public = {measure for cell in own["makes_public"] for measure in cell}
        for measure, (label, metrics) in MEASURES.items():
            found = _latest(facts, entity, metrics)
            if found is None:
                state = "unread" if measure in public else "none"
            else:
                state = "document" if measure in public else "press"
            rows.append(
                {
                    "entity": entity,
                    "firm": own["firm"].iloc[0],
                    "measure": label,
                    "state": state,
                    "period": "" if found is None else found["period"],
                    "fact_id": "" if found is None else found["fact_id"],
                    "source_id": "" if found is None else found["source_id"],
                }
            )
    return pd.DataFrame(rows)


def _cost(revenue: pd.Series, margin: Span) -> tuple[Span, bool]:
    """Return bounds of the cost of revenue, and whether the lower one is known."""
    if math.isnan(margin[0]):  # margin unknown but not negative: cost is at most revenue
        return (math.nan, revenue["high"]), False
    return (revenue["low"] * (1 - margin[1]), revenue["high"] * (1 - margin[0])), True


def _balance(facts: pd.DataFrame, entity: str, metric: str, date: str) -> Span:
    own = facts[(facts["entity"] == entity) & (facts["metric"] == metric)]
    if own.empty:
        return math.nan, math.nan
    known = series(facts, entity, metric).set_index("period")
    return (known.loc[date, "low"], known.loc[date, "high"]) if date in known.index else (math.nan, math.nan)


def _days(opening: Span, closing: Span, flow: Span, length: int) -> tuple[float, float, float, float]:
    """Return days at period end, low and high, and on the average of opening and closing, low and high."""
    held = model.Interval([opening[0], closing[0]], [opening[1], closing[1]])
    spent = model.Interval([math.nan, flow[0]], [math.nan, flow[1]])
    low, high = model.days_of_inventory_interval(held, spent, length)
    return float(low.end[-1]), float(high.end[-1]), float(low.average[-1]), float(high.average[-1])


def turnover(facts: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return days of inventory and of receivables by firm and period, with bounds; NaN where not published.

    Inventory is set against cost of revenue, receivables against revenue, both at period end and on the average of
    opening and closing balance. Where no margin is in print, a judgement stands in (Cambricon, first half of 2026) or
    cost is bounded by revenue, which leaves the days a lower bound.
    """
    rows = []
    for entity, text in TURNOVER:
        period: Period = parse_period(text)
        opening, closing = str(period.start - timedelta(days=1)), str(period.end)
        revenue = series(facts, entity, "revenue").set_index("period").loc[text]
        margins = facts[(facts["entity"] == entity) & (facts["metric"] == "gross_margin")]
        known = series(facts, entity, "gross_margin").set_index("period") if len(margins) else pd.DataFrame()
        basis = "margin as printed"
        if text in known.index:
            margin = (known.loc[text, "low"], known.loc[text, "high"])
        elif (entity, text) == ("cambricon", "2026H1"):
            given = judged["cambricon-margin-2026h1"]
            margin, basis = (given.low, given.high), "margin judged"
        else:
            margin, basis = (math.nan, math.nan), "margin not in print"
        cost, _ = _cost(revenue, margin)
        stock = [_balance(facts, entity, "inventory", date) for date in (opening, closing)]
        owed = [_balance(facts, entity, "accounts_receivable", date) for date in (opening, closing)]
        inventory = _days(*stock, cost, period.days)
        collection = _days(*owed, (revenue["low"], revenue["high"]), period.days)
        rows.append(
            {
                "entity": entity, "period": text, "end": pd.Timestamp(period.end), "basis": basis,
                "revenue": revenue["value"], "fact_id": revenue["fact_id"],
                **dict(zip((f"stock_{end}" for end in ENDS), inventory, strict=True)),
                **dict(zip((f"owed_{end}" for end in ENDS), collection, strict=True)),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _said(low: float, high: float, average: Span) -> str:
    if math.isnan(low):
        return "not found"
    if math.isnan(high):
        return f"at least {quantity(low, 'days')}"
    mean = f" (average {_span(*average, bare=True)})" if not math.isnan(average[0]) else ""
    return _span(low, high) + mean


def _span(low: float, high: float, bare: bool = False) -> str:
    if high - low < 2:  # rounding of the printed figures alone
        return quantity((low + high) / 2, "days", bare=bare)
    return interval(low, high, "days", bare=bare)


def turnover_table(turnover: pd.DataFrame, listings: pd.DataFrame) -> pd.DataFrame:
    """Return the days as a table to read: at period end, in brackets on average balances."""
    names = listings.drop_duplicates("entity").set_index("entity")["firm"]
    return pd.DataFrame(
        {
            "Firm": [names[entity] for entity in turnover["entity"]],
            "Period to": [day(end.date()) for end in turnover["end"]],
            "Revenue": [quantity(value, "RMB") for value in turnover["revenue"]],
            "Days of inventory": [
                _said(row.stock_low, row.stock_high, (row.stock_average_low, row.stock_average_high))
                for row in turnover.itertuples()
            ],
            "Days of receivables": [
                _said(row.owed_low, row.owed_high, (row.owed_average_low, row.owed_average_high))
                for row in turnover.itertuples()
            ],
            "Cost from": turnover["basis"].tolist(),
        }
    )


def price_to_sales(facts: pd.DataFrame) -> pd.DataFrame:
    """Return market value over a year's sales, RMB over RMB: firm, date, value, sales, multiple with bounds, facts.

    The last row of Moore Threads is on the twelve months to June 2026; the others on the calendar year 2025. Makers
    listed in Hong Kong are left out: their value is in HKD.
    """
    rows = []
    for firm, date, value, sales in (
        ("Cambricon", "2025-12-05", "cambricon-market-cap-20251205", ("cambricon-revenue-2025",)),
        ("Moore Threads", "2025-12-05", "moore-threads-market-cap-first-close-20251205",
         ("moore-threads-revenue-2025-digest",)),
        ("MetaX", "2025-12-17", "metax-market-cap-first-close-20251217", ("metax-revenue-2025",)),
        ("Moore Threads", "2026-09-07", "moore-threads-market-cap-20260907",
         ("moore-threads-revenue-2025h2", "moore-threads-revenue-2026h1")),
    ):  # fmt: skip
        price, sold = fact(facts, value), [fact(facts, key) for key in sales]
        total = sum(row["value"] for row in sold)
        bounds = [sum(row[side] for row in sold) for side in ("low", "high")]
        low = price["low"] if not math.isnan(price["low"]) else price["value"]
        high = price["high"] if not math.isnan(price["high"]) else price["value"]
        rows.append(
            {
                "firm": firm, "date": date, "value": price["value"], "sales": total,
                "multiple": price["value"] / total, "low": low / bounds[1], "high": high / bounds[0],
                "facts": (value, *sales),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def collection_untested(firms: int) -> Verdict:
    """Say whether too few firms have both a market value and receivables in print to test a relation."""
    return below(firms, firms, FEWEST)


def paid_faster_than_sold(owed_then: Span, owed_now: Span, stock_now: Span) -> Verdict:
    """Say whether receivables fell to less than half the days while stock stands for more than a year."""
    fell = below(owed_now[0] / owed_then[1], owed_now[1] / owed_then[0], 0.5)
    stands = above(*stock_now, 365)
    if "fails" in (fell, stands):
        return "fails"
    return "holds" if fell == stands == "holds" else "unclear"


def price_against_sales(value_change: float, sales_change: float) -> Verdict:
    """Say whether market value fell while a year's sales rose; both are changes as fractions."""
    return "holds" if value_change < 0 < sales_change else "fails"


def numbers(cells: pd.DataFrame, turnover: pd.DataFrame, multiples: pd.DataFrame) -> list[Number]:
    """Return the numbers and verdicts of listings and delivery."""
    as_of = "2026-09-13"
    filled = cells[cells["state"].isin(("document", "press"))]
    by = filled.groupby("measure")["entity"].agg(set)
    both = by.get("Receivables", set()) & by.get("Market value", set())
    owed = tuple(filled[filled["measure"] == "Receivables"]["fact_id"])
    days = turnover.set_index(["entity", "period"])
    then, now = days.loc[("cambricon", "2025")], days.loc[("cambricon", "2026H1")]
    spans = {
        name: (row[f"{what}_low"], row[f"{what}_high"])
        for name, row, what in (
            ("owed-then", then, "owed"), ("owed-now", now, "owed"), ("stock-then", then, "stock"),
            ("stock-now", now, "stock"), ("hygon", days.loc[("hygon", "2025H1")], "stock"),
        )
    }  # fmt: skip
    first, last = multiples.iloc[1], multiples.iloc[-1]
    fell, rose = last["value"] / first["value"] - 1, last["sales"] / first["sales"] - 1
    year, half = "2025-12-31", "2026-06-30"
    cambricon = {
        day: tuple(f"cambricon-{what}-{day}" for what in ("accounts-receivable", "inventory"))
        for day in ("20251231", "20260630")
    }
    both_days = (cambricon["20251231"][0], cambricon["20260630"][0], cambricon["20260630"][1])

    def one(key: str, name: str, when: str, basis: str, src: tuple[str, ...]) -> Number:
        return Number(key, float(np.mean(spans[name])), "days", when, basis, src, *spans[name], digits=2)

    counts = cells["state"].value_counts()
    return [
        counted("firms-looked-at", cells["entity"].nunique(), as_of, "chip and server makers of the issue"),
        counted("firms-with-receivables", len(by.get("Receivables", ())), as_of, "receivables in print", owed),
        counted("firms-with-both", len(both), as_of, "market value and receivables in print", owed),
        counted("firms-with-inventory", len(by.get("Inventory", ())), as_of, "inventory in print",
                tuple(filled[filled["measure"] == "Inventory"]["fact_id"])),
        counted("firms-with-customers", len(by.get("Largest customers", ())), as_of,
                "share of the largest customers in print",
                tuple(filled[filled["measure"] == "Largest customers"]["fact_id"])),
        Number("cells-unread", int(counts.get("unread", 0)), "count", as_of,
               "measures that a document has and that were not found"),
        Number("cells-total", len(cells), "count", as_of, "firms times measures"),
        one("cambricon-owed-then", "owed-then", year, "closing receivables over the year's revenue",
            cambricon["20251231"][:1]),
        one("cambricon-owed-now", "owed-now", half, "closing receivables over the half-year's revenue",
            cambricon["20260630"][:1]),
        one("cambricon-stock-then", "stock-then", year, "closing inventory over the year's cost",
            cambricon["20251231"][1:]),
        one("cambricon-stock-now", "stock-now", half, "closing inventory over the half-year's cost, margin judged",
            cambricon["20260630"][1:]),
        one("hygon-stock", "hygon", "2025-06-30", "closing inventory over the half-year's cost",
            ("hygon-inventory-20250630", "hygon-revenue-2025h1", "hygon-gross-margin-2025h1")),
        Number("multiple-debut", float(multiples["multiple"].iloc[:3].mean()), "ratio", "2025-12",
               "market value over sales of 2025, three makers", sum(multiples["facts"].iloc[:3], ()),
               float(multiples["low"].iloc[:3].min()), float(multiples["high"].iloc[:3].max()), digits=2),
        Number("multiple-last", last["multiple"], "ratio", last["date"], "market value over twelve months' sales",
               last["facts"], last["low"], last["high"], digits=2),
        Number("moore-value-fell", -fell, "fraction", last["date"], "market value against the first close",
               (first["facts"][0], last["facts"][0]), digits=2),
        Number("moore-sales-rose", rose, "fraction", last["date"], "twelve months to June 2026 against 2025",
               first["facts"][1:] + last["facts"][1:], digits=2),
        verdict("collection-untested", collection_untested(len(both)), as_of, "firms with both figures", owed),
        verdict("paid-faster-than-sold",
                paid_faster_than_sold(spans["owed-then"], spans["owed-now"], spans["stock-now"]), half,
                "Cambricon's days of receivables and of inventory", both_days),
        verdict("price-against-sales", price_against_sales(fell, rose), last["date"], "Moore Threads",
                first["facts"] + last["facts"]),
    ]  # fmt: skip


PREDICATES = {
    "collection-untested": collection_untested,
    "paid-faster-than-sold": paid_faster_than_sold,
    "price-against-sales": price_against_sales,
}

"""Chapter 1, delivery pressure: stock, commitments, charges, and the way from announcement to chips.

Facts come in as the typed table, judgements as `Assumptions`; each function returns a frame whose money is
in USD, whose shares are fractions and whose columns `low` and `high` are bounds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.assumptions import Assumption, Assumptions
from analysis.evidence.facts import bounds, fact, series
from analysis.evidence.formatting import day, quantity
from analysis.evidence.roots import each_once
from analysis.models import inventory as model
from analysis.tables.periods import Period, parse_period

FIRST = "FY2023Q1"
ARTICLE_QUARTER = "FY2026Q3"  # ended 26 October 2025: the balance sheet that the articles quote
START = parse_period(FIRST).start
STAGES = ("raw_materials", "work_in_process", "finished_goods")


def next_quarter(period: str) -> str:
    """Return the fiscal quarter that follows."""
    year, quarter = int(period[2:6]), int(period[-1])
    return f"FY{year + 1}Q1" if quarter == 4 else f"FY{year}Q{quarter + 1}"


def last_quarter(facts: pd.DataFrame) -> str:
    """Return the last fiscal quarter for which both inventory and cost of revenue are known."""
    known = [set(series(facts, "nvidia", metric)["period"]) for metric in ("inventory_total", "cost_of_revenue")]
    return max(period for period in known[0] & known[1] if "Q" in period)


def quarters(first: str, last: str) -> list[Period]:
    """Return the fiscal quarters from first to last, both included."""
    found = [first]
    while found[-1] != last:
        found.append(next_quarter(found[-1]))
    return [parse_period(period) for period in found]


def _by_quarter(facts: pd.DataFrame, metric: str, periods: Sequence[Period]) -> pd.DataFrame:
    """One row a quarter, NaN where nothing is known: a gap stays a gap."""
    known = series(facts, "nvidia", metric).set_index("period")
    return known.reindex([str(period) for period in periods])


def stock(facts: pd.DataFrame) -> pd.DataFrame:
    """Return NVIDIA's inventory by quarter, index period; columns for each stage, total, low, high (USD), end."""
    periods = quarters(FIRST, last_quarter(facts))
    total = _by_quarter(facts, "inventory_total", periods)
    frame = pd.DataFrame({stage: _by_quarter(facts, f"inventory_{stage}", periods)["value"] for stage in STAGES})
    frame["total"], frame["low"], frame["high"] = total["value"], total["low"], total["high"]
    frame["end"] = [pd.Timestamp(period.end) for period in periods]
    return frame


def days(facts: pd.DataFrame) -> pd.DataFrame:
    """Return days of inventory by quarter under three conventions, each with its bounds; index period.

    Columns end, average, forward, their _low and _high, and spread_low and spread_high over the conventions.
    The quarter before the first (FY2022Q4) enters for its closing stock only.
    """
    periods = quarters("FY2022Q4", last_quarter(facts))
    held, cost = (_by_quarter(facts, metric, periods) for metric in ("inventory_total", "cost_of_revenue"))
    lengths = [period.days for period in periods]
    middle = model.days_of_inventory(held["value"], cost["value"], lengths)
    low, high = model.days_of_inventory_interval(
        model.Interval(held["low"], held["high"]), model.Interval(cost["low"], cost["high"]), lengths
    )
    frame = pd.DataFrame(index=held.index)
    for name in ("end", "average", "forward"):
        frame[name] = getattr(middle, name)
        frame[f"{name}_low"], frame[f"{name}_high"] = getattr(low, name), getattr(high, name)
    frame["spread_low"], frame["spread_high"] = middle.low, middle.high
    frame["date"] = [pd.Timestamp(period.end) for period in periods]
    return frame.iloc[1:]


def days_without_charge(facts: pd.DataFrame, quarter: str = "FY2026Q1") -> float:
    """Return period-end days of the quarter with the H20 charge, with the charge taken out of its cost."""
    period = [parse_period(quarter)]
    held = _by_quarter(facts, "inventory_total", period)["value"][quarter]
    cost = _by_quarter(facts, "cost_of_revenue", period)["value"][quarter]
    charge = series(facts, "nvidia", "charge_h20").set_index("period")["value"][quarter]
    return float(held / (cost - charge) * parse_period(quarter).days)


def coverage(facts: pd.DataFrame) -> pd.DataFrame:
    """Return what is held, prepaid and committed against one quarter's forward cost; index period, gaps as NaN.

    Columns inventory, prepaid, obligations (USD, NaN where not published), forward_cost (the next quarter's
    realised cost; for the last quarter the guided one), cost_basis, quarters, quarters_low, quarters_high.
    Prepaid supply is added only where it is published; it is under a tenth of the obligations in every quarter
    where both are known.
    """
    periods = quarters("FY2025Q1", last_quarter(facts))
    held, cost, due = (
        _by_quarter(facts, metric, periods) for metric in ("inventory_total", "cost_of_revenue", "supply_obligations")
    )
    prepaid = [
        _by_quarter(facts, metric, periods)["value"]
        for metric in ("prepaid_supply_long_term", "prepaid_supply_short_term")
    ]
    forward = cost[["value", "low", "high"]].shift(-1)
    guided = guided_cost(facts, next_quarter(str(periods[-1])))
    forward.iloc[-1] = [guided[name] for name in ("value", "low", "high")]
    frame = pd.DataFrame(
        {
            "inventory": held["value"],
            "prepaid": prepaid[0].fillna(0) + prepaid[1].fillna(0),
            "obligations": due["value"],
            "forward_cost": forward["value"],
        }
    )
    frame.loc[prepaid[0].isna() & prepaid[1].isna(), "prepaid"] = np.nan
    frame["cost_basis"] = ["realised"] * (len(frame) - 1) + ["guided"]
    spare = frame["prepaid"].fillna(0)
    frame["quarters"] = model.coverage_quarters(held["value"], spare, due["value"], forward["value"])
    frame["quarters_low"] = model.coverage_quarters(held["low"], spare, due["low"], forward["high"])
    frame["quarters_high"] = model.coverage_quarters(held["high"], spare, due["high"], forward["low"])
    frame["end"] = [pd.Timestamp(period.end) for period in periods]
    return frame


def guided_cost(facts: pd.DataFrame, period: str) -> pd.Series:
    """Return the cost of revenue (USD; value, low, high) that the outlook for a quarter implies, NaN without one.

    Revenue times one minus gross margin, taken at the ends that bound it.
    """
    revenue, margin = (
        _by_quarter(facts, f"{name}_outlook", [parse_period(period)]).iloc[0] for name in ("revenue", "gross_margin")
    )
    return pd.Series(
        {
            "value": revenue["value"] * (1 - margin["value"]),
            "low": revenue["low"] * (1 - margin["high"]),
            "high": revenue["high"] * (1 - margin["low"]),
        }
    )


def _interval(judgement: Assumption) -> model.Interval:
    return model.Interval(judgement.low, judgement.high)


def explained(facts: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return how much of the stock each count of chips made for China can explain, one row a count.

    Columns reading, chips_low, chips_high, quarter, stock, value_low, value_high (USD at cost), share_low,
    share_high (of the stock, at cost), at_price (upper bound of the share, valued at the selling price).
    """
    price, margin = _interval(judged["h200-price"]), _interval(judged["h200-gross-margin"])
    held = stock(facts)
    rows = []
    for name, metric, quarter in (
        ("First batch as planned", "h200_first_batch_plan", ARTICLE_QUARTER),
        ("Stock as reported", "h200_reported_stock", "FY2026Q4"),
        ("Unsold as reported", "h200_reported_unsold", "FY2027Q2"),
    ):
        chips = series(facts, "h200-china", metric).iloc[-1]
        count = model.Interval(chips["low"], chips["high"])
        base = held.loc[quarter]
        result = model.explained_share(model.Interval(base["low"], base["high"]), count, price, margin)
        cost = model.unit_cost(price, margin)
        rows.append(
            {
                "reading": name,
                "chips_low": chips["low"],
                "chips_high": chips["high"],
                "quarter": quarter,
                "stock": base["total"],
                "value_low": chips["low"] * float(cost.low),
                "value_high": chips["high"] * float(cost.high),
                "share_low": float(result.share.low),
                "share_high": float(result.share.high),
                "at_price": float(result.at_price),
                "fact_id": chips["fact_id"],
                "source_id": chips["source_id"],
            }
        )
    return pd.DataFrame(rows)


def charges(facts: pd.DataFrame) -> pd.DataFrame:
    """Return what was written down and what came back, one row an item, USD with bounds; releases are negative.

    Columns item, chip, period, value, low, high, cost_share (of the cost of revenue of the same period).
    """
    cost = series(facts, "nvidia", "cost_of_revenue").set_index("period")["value"]
    spans = {"FY2026Q1": ["FY2026Q1"], "FY2026Q2": ["FY2026Q2"], "FY2027H1": ["FY2027Q1", "FY2027Q2"]}
    rows = []
    for item, chip, metric, sign in (
        ("Charge expected on 15 April 2025", "H20", "charge_h20_estimate", 1),
        ("Charge booked", "H20", "charge_h20", 1),
        ("Reserve released", "H20", "release_h20", -1),
        ("Charge booked", "H200", "charge_h200", 1),
    ):
        row = series(facts, "nvidia", metric).iloc[-1]
        low, high = sorted((sign * row["low"], sign * row["high"]))
        base = cost[spans[row["period"]]].sum()
        rows.append(
            {
                "item": item,
                "chip": chip,
                "period": row["period"],
                "value": sign * row["value"],
                "low": low,
                "high": high,
                "cost_share": sign * row["value"] / base,
                "fact_id": row["fact_id"],
                "source_id": row["source_id"],
            }
        )
    return pd.DataFrame(rows)


FUNNEL = (
    ("Ordered, as reported", ("h200-orders-20251231",)),
    ("Ordered, as the seller expected", ("h200-orders-20260116",)),
    ("Ordered, by the seller's word", ("h200-orders-20260129",)),
    ("Consented by Beijing, conditionally", ("h200-conditionally-approved-20260128",)),
    ("Under United States review", ("h200-total-in-process-20260303",)),
    ("Delivered by May", ("h200-delivered-20260514",)),
    ("Licensed by value", ("h200-licensed-value-20260714",)),
    ("Sold, from the company's share of sales", ("nvidia-h200-revenue-china-fy2027q2",)),
    ("Delivered by August", ("h200-delivered-20260818-bytedance", "h200-delivered-20260818-tencent")),
)


def funnel(facts: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return the counts on the way from announcement to chips as reported, conflicting ones side by side.

    One row a count: step, date, low, high (chips, NaN where that end is not known), fact ids, source ids.
    Licences known by value are turned into chips at the price band.
    """
    price = judged["h200-price"]
    rows = []
    for step, ids in FUNNEL:
        parts = [fact(facts, fact_id) for fact_id in ids]
        low, high = np.sum([bounds(part) for part in parts], axis=0)
        if parts[0]["unit"] == "USD":
            low, high = low / price.high, high / price.low
        rows.append(
            {
                "step": step,
                "date": max(pd.Timestamp(part["period"].end) for part in parts),
                "low": low,
                "high": high,
                "fact_id": ";".join(ids),
                "source_id": ";".join(dict.fromkeys(part["source_id"] for part in parts)),
            }
        )
    return pd.DataFrame(rows).sort_values("date", ignore_index=True)


STEPS = (
    ("Announced by the president", "E027"),
    ("Applications sent to the agencies", "E037"),
    ("Rule in force", "E055"),
    ("Conditional consent in Beijing reported", "E062"),
    ("First United States licences", "E071"),
    ("About ten firms cleared, nothing delivered", "E085"),
    ("Exports have begun, by official testimony", "E095"),
    ("First lots of size reported", "E099"),
)


def steps(events: pd.DataFrame) -> pd.DataFrame:
    """Return the dated steps with the days since the announcement and since the step before."""
    by_id = events.set_index("event_id")
    frame = pd.DataFrame(
        [{"step": step, "event_id": event_id, **by_id.loc[event_id, ["date", "source_id"]]}
         for step, event_id in STEPS]
    )  # fmt: skip
    frame = frame.sort_values("date", ignore_index=True)
    frame["days"] = (frame["date"] - frame["date"].iloc[0]).dt.days
    frame["days_since_previous"] = frame["days"].diff()
    return frame


def steps_table(steps: pd.DataFrame) -> pd.DataFrame:
    """Return the dated steps for display: date, step, days since the announcement and since the step before."""
    frame = steps[["date", "step", "days", "days_since_previous"]].copy()
    frame["date"] = [day(value.date()) for value in frame["date"]]
    frame["days_since_previous"] = [
        quantity(v, "days", bare=True) if v == v else "–" for v in frame["days_since_previous"]
    ]
    return frame.set_axis(["Date", "Step", "Days since announcement", "Days since previous"], axis="columns")


def fact_id(facts: pd.DataFrame, metric: str, period: str) -> str:
    """Return the id of the fact that a NVIDIA series rests on in one period."""
    return str(series(facts, "nvidia", metric).set_index("period").loc[period, "fact_id"])


def origins(facts: pd.DataFrame, *metrics: str) -> tuple[str, ...]:
    """Return the sources of the readings that the series of some NVIDIA metrics rest on, each once."""
    return each_once((series(facts, "nvidia", metric).loc[START:, "source_id"] for metric in metrics), own=False)

"""Chapter 1's numbers and verdicts: what the text says of the results, each with unit, date, basis, sources."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.evidence.facts import bounds, series
from analysis.evidence.findings import Span, Verdict, above, below, verdict
from analysis.evidence.numbers import Number
from analysis.models import licence_value as worth
from analysis.results import approval, delivery

UNCHANGED = 0.10  # days of inventory swing by more than this between quarters without any story to tell

OCTOBER = "2025-10-26"  # the balance sheet that the articles quote
JULY = "2026-07-26"  # the end of the half-year in which H200 was charged, nearest to the count of unsold chips


def days_moved_little(then: Span, now: Span) -> Verdict:
    """Say whether days of inventory moved by less than a tenth; then and now are spans over the conventions."""
    changes = [abs(b / a - 1) for a, b in zip(then, now, strict=True)]
    return below(min(changes), max(changes), UNCHANGED)


def hundred_odd_days(span: Span) -> Verdict:
    """Say whether every convention gives more than a hundred days."""
    return above(*span, 100)


def commitments_outgrew_cost(then: Span, now: Span) -> Verdict:
    """Say whether cover in quarters of cost rose; then and now are its bounds."""
    return above(now[0] / then[1], now[1] / then[0], 1.0)


def plan_explains_little(share: Span) -> Verdict:
    """Say whether the planned first batch explains less than a tenth of the stock."""
    return below(*share, 0.10)


def charge_is_small(charge: Span, unsold_cost: Span) -> Verdict:
    """Say whether the charge on H200 is less than half of what the unsold chips cost to make."""
    return below(charge[0] / unsold_cost[1], charge[1] / unsold_cost[0], 0.5)


def earlier_charge_was_larger(h20: Span, h200: Span) -> Verdict:
    """Say whether the H20 charge exceeds the H200 charge."""
    return above(h20[0] / h200[1], h20[1] / h200[0], 1.0)


def no_bill_in_force(furthest: int) -> Verdict:
    """Say whether no bill has been signed; furthest is the highest stage rank of a bill (5: signed)."""
    return below(furthest, furthest, 5 - 1e-9)


def few_were_delivered(delivered: Span, consented: Span) -> Verdict:
    """Say whether less than a tenth of what Beijing consented to was delivered; consent may be open above."""
    low = 0.0 if np.isnan(consented[1]) else delivered[0] / consented[1]
    return below(low, delivered[1] / consented[0], 0.1)


def plan_was_unlikely(odds: Span) -> Verdict:
    """Say whether every prior puts the plan's date below even odds."""
    return below(*odds, 0.5)


def nothing_by_june_was_likely(odds: Span) -> Verdict:
    """Say whether every prior puts no delivery by the end of June above even odds."""
    return above(*odds, 0.5)


def holding_pays(divert_share: Span, break_even: float) -> Verdict:
    """Say whether a finished chip is better held over the whole range of what it fetches elsewhere."""
    return below(*divert_share, break_even)


def new_wafers_pay(capacity_margin: Span, break_even: float) -> Verdict:
    """Say whether new wafers pay over the whole range of what their capacity would earn elsewhere."""
    return below(*capacity_margin, break_even)


def terms_rest_on_reports(in_force: int, total: int) -> Verdict:
    """Say whether fewer than half of Beijing's conditions stand in a text that can be read."""
    return below(in_force / total, in_force / total, 0.5)


def inventory(stock: pd.DataFrame, days: pd.DataFrame, without_charge: float, facts: pd.DataFrame) -> list[Number]:
    """Return the numbers of stock and days."""
    quarter, peak = delivery.ARTICLE_QUARTER, str(days["end"].idxmax())
    then, now, held, last = days.loc[quarter], days.iloc[-1], stock.loc[quarter], stock.iloc[-1]
    conventions = "period end, average and forward"

    def of(period: str, *metrics: str) -> tuple[str, ...]:
        return tuple(delivery.fact_id(facts, metric, period) for metric in metrics)

    latest, end = str(days.index[-1]), str(now["date"].date())
    was, is_now = of(quarter, "inventory_total"), of(latest, "inventory_total")
    days_was, days_is = (of(period, "inventory_total", "cost_of_revenue") for period in (quarter, latest))
    parts = of(quarter, "inventory_finished_goods", "inventory_total")
    worked, swollen = of(quarter, "inventory_work_in_process"), of("FY2026Q1", "inventory_total", "cost_of_revenue")
    moved = days_moved_little((then["end"], then["average"]), (now["end"], now["average"]))
    share, growth = held["finished_goods"] / held["total"], last["total"] / held["total"]
    spread_then, spread_now = ((row["spread_low"], row["spread_high"]) for row in (then, now))
    with_charge, charged = days.loc["FY2026Q1", "end"], (*swollen, "nvidia-charge-h20-fy2026q1")
    months = [f"{date:%B %Y}" for date in (then["date"], now["date"])]
    return [
        Number("month-then", math.nan, "date", OCTOBER, "balance sheet that the articles quote", word=months[0]),
        Number("month-now", math.nan, "date", end, "last balance sheet on record", word=months[1]),
        Number("inventory-then", held["total"], "USD", OCTOBER, "balance sheet, net", was),
        Number("inventory-now", last["total"], "USD", end, "balance sheet, net", is_now),
        Number("work-in-process-then", held["work_in_process"], "USD", OCTOBER, "stage of inventory", worked),
        Number("finished-goods-share-then", share, "fraction", OCTOBER, "share of inventory", parts, digits=2),
        Number("inventory-growth", growth, "ratio", end, "over 26 October 2025", was + is_now, digits=2),
        Number("inventory-days", then["end"], "days", OCTOBER, f"at {conventions}", days_was, *spread_then),
        Number("inventory-days-now", now["end"], "days", end, "at period end and average", days_is, *spread_now),
        Number("inventory-days-peak", days["end"].max(), "days", peak, "period end",
               of(peak, "inventory_total", "cost_of_revenue")),
        Number("days-with-charge", with_charge, "days", "FY2026Q1", "cost with the H20 charge", swollen),
        Number("days-without-charge", without_charge, "days", "FY2026Q1", "cost without the H20 charge", charged),
        verdict("days-moved-little", moved, end, "change since October 2025, two conventions", days_was + days_is),
        verdict("hundred-odd-days", hundred_odd_days(spread_then), OCTOBER, conventions, days_was),
    ]  # fmt: skip


def commitments(coverage: pd.DataFrame, facts: pd.DataFrame) -> list[Number]:
    """Return the numbers of cover and obligations."""
    known = coverage.dropna(subset="quarters")
    then, now, latest = coverage.loc[delivery.ARTICLE_QUARTER], known.iloc[-1], str(known.index[-1])
    end = str(now["end"].date())
    spans = [(row["quarters_low"], row["quarters_high"]) for row in (then, now)]
    was, is_now = (
        (delivery.fact_id(facts, "supply_obligations", period),) for period in (delivery.ARTICLE_QUARTER, latest)
    )
    after = delivery.next_quarter(latest)
    outlook = ("revenue_outlook", "gross_margin_outlook") if now["cost_basis"] == "guided" else ("cost_of_revenue",)
    held = [delivery.fact_id(facts, "inventory_total", period) for period in (delivery.ARTICLE_QUARTER, latest)]
    prepaid = delivery.fact_id(facts, "prepaid_supply_short_term", delivery.ARTICLE_QUARTER)
    guided = (held[1], *is_now, *(delivery.fact_id(facts, name, after) for name in outlook))
    realised = (held[0], prepaid, *was, delivery.fact_id(facts, "cost_of_revenue", "FY2026Q4"))
    what, growth = "to buy inventory, supply and capacity", now["obligations"] / then["obligations"]
    return [
        Number("obligations-then", then["obligations"], "USD", OCTOBER, what, was),
        Number("obligations-now", now["obligations"], "USD", end, what, is_now),
        Number("obligations-growth", growth, "ratio", end, "over 26 October 2025", was + is_now, digits=2),
        Number("coverage-then", then["quarters"], "quarters", OCTOBER, "of the next quarter's realised cost", realised,
               *spans[0], digits=2),
        Number("coverage-now", now["quarters"], "quarters", end, f"of the next quarter's {now['cost_basis']} cost",
               guided, *spans[1], digits=2),
        verdict("commitments-outgrew-cost", commitments_outgrew_cost(*spans), end, "against October 2025",
                realised + guided),
    ]  # fmt: skip


def china_share(explained: pd.DataFrame, facts: pd.DataFrame) -> list[Number]:
    """Return the numbers of what the counted chips explain, and of the charge against them."""
    numbers = []
    for key, row, day in zip(
        ("plan", "stock", "unsold"), explained.itertuples(), (OCTOBER, "2026-01-25", JULY), strict=True
    ):
        src, share = (row.fact_id,), (row.share_low, row.share_high)
        middle = float(np.sqrt(share[0] * share[1]))
        numbers += [
            Number(f"{key}-share", middle, "fraction", day, "of inventory, chips at cost", src, *share, digits=2),
            Number(
                f"{key}-at-price",
                row.at_price,
                "fraction",
                day,
                "of inventory, chips at price: upper bound",
                src,
                digits=2,
            ),
        ]
    unsold, charge = explained.iloc[-1], bounds(series(facts, "nvidia", "charge_h200").iloc[-1])
    cost = (unsold["value_low"], unsold["value_high"])
    src = (unsold["fact_id"], "nvidia-charge-h200-fy2027h1")
    middle = float(np.sqrt(cost[0] * cost[1]))
    return [
        *numbers,
        Number("unsold-cost", middle, "USD", JULY, "unsold chips as reported, at unit cost", src, *cost, digits=2),
        Number(
            "charge-share-of-unsold",
            float(np.sqrt(charge[0] / cost[1] * charge[1] / cost[0])),
            "fraction",
            JULY,
            "charge over the cost of the unsold chips",
            src,
            charge[0] / cost[1],
            charge[1] / cost[0],
            digits=2,
        ),
        verdict(
            "plan-explains-little",
            plan_explains_little(tuple(explained[["share_low", "share_high"]].iloc[0])),
            OCTOBER,
            "planned first batch at cost over inventory",
            (explained["fact_id"].iloc[0],),
        ),
        verdict(
            "charge-is-small", charge_is_small(charge, cost), JULY, "charge over the cost of the unsold chips", src
        ),
    ]


def written_down(charges: pd.DataFrame) -> list[Number]:
    """Return the numbers of charges and releases."""
    rows = {
        key: charges.iloc[i]
        for i, key in enumerate(("charge-h20-expected", "charge-h20", "release-h20", "charge-h200"))
    }
    numbers = [
        Number(
            key,
            abs(row["value"]),
            "USD",
            row["period"],
            row["item"].lower(),
            (row["fact_id"],),
            *sorted(np.abs(row[["low", "high"]].astype(float))),
        )
        for key, row in rows.items()
    ]
    spans = [tuple(rows[key][["low", "high"]].astype(float)) for key in ("charge-h20", "charge-h200")]
    src = (rows["charge-h20"]["fact_id"], rows["charge-h200"]["fact_id"])
    return [
        *numbers,
        Number(
            "charge-h20-share",
            rows["charge-h20"]["cost_share"],
            "fraction",
            "FY2026Q1",
            "of the quarter's cost of revenue",
            src[:1],
            digits=2,
        ),
        Number(
            "charge-h200-share",
            rows["charge-h200"]["cost_share"],
            "fraction",
            "FY2027H1",
            "of the half-year's cost of revenue",
            src[1:],
            digits=2,
        ),
        verdict(
            "earlier-charge-was-larger", earlier_charge_was_larger(*spans), JULY, "H20 charge over H200 charge", src
        ),
    ]


def terms(conditions: pd.DataFrame, closers: pd.DataFrame) -> list[Number]:
    """Return the numbers of conditions and of levers that can close the window."""
    as_of = max(period.end for period in closers["as_of"]).isoformat()
    src: tuple[str, ...] = ()  # a count of rows: the table itself is the source
    numbers = [
        Number("terms-total", len(conditions), "count", as_of, "rows of the table of conditions", src),
        Number(
            "terms-in-force",
            int((conditions["status"] == "in_force").sum()),
            "count",
            as_of,
            "in force by a text or filing",
            src,
        ),
    ]
    for capital in ("washington", "beijing"):
        own = conditions[conditions["capital"] == capital]
        numbers += [
            Number(f"terms-{capital}", len(own), "count", as_of, f"conditions attached by {capital.title()}", src),
            Number(
                f"terms-{capital}-in-force",
                int((own["status"] == "in_force").sum()),
                "count",
                as_of,
                f"of {capital.title()}'s conditions, in force by a text or filing",
                src,
            ),
        ]
    beijing = {number.key: number.value for number in numbers}
    bills = closers[closers["actor"].str.contains("Congress|Senate|House") & (closers["capital"] == "washington")]
    return [
        *numbers,
        Number(
            "bills-count",
            len(bills),
            "count",
            as_of,
            "congressional levers on record",
            (),
        ),
        verdict(
            "terms-rest-on-reports",
            terms_rest_on_reports(int(beijing["terms-beijing-in-force"]), int(beijing["terms-beijing"])),
            as_of,
            "Beijing's conditions with a text that can be read",
            src,
        ),
        verdict(
            "no-bill-in-force",
            no_bill_in_force(int(bills["stage_rank"].max())),
            as_of,
            "furthest stage of a bill",
            (),
        ),
    ]


def to_chips(funnel: pd.DataFrame, steps: pd.DataFrame) -> list[Number]:
    """Return the numbers of the way from announcement to chips."""
    by_step = funnel.set_index("step")
    delivered, consented = by_step.loc["Delivered by August"], by_step.loc["Consented by Beijing, conditionally"]
    licensed = by_step.loc["Licensed by value"]
    ids = {key: tuple(row["fact_id"].split(";")) for key, row in by_step.iterrows()}
    event = steps.set_index("event_id")
    date = {key: str(value.date()) for key, value in event["date"].items()}
    span, least = (delivered["low"], delivered["high"]), (consented["low"], consented["high"])
    return [
        Number(
            "delivered",
            sum(span) / 2,
            "chips",
            date["E099"],
            "two lots as reported, handed to Chinese groups",
            ids["Delivered by August"],
            *span,
            digits=2,
        ),
        Number(
            "consented",
            consented["low"],
            "chips",
            date["E062"],
            "reported conditional consent, a lower bound",
            ids["Consented by Beijing, conditionally"],
            digits=2,
        ),
        Number(
            "delivered-share",
            span[1] / least[0],
            "fraction",
            date["E099"],
            "delivered over consented: at most",
            ids["Delivered by August"],
            high=span[1] / least[0],
            digits=2,
        ),
        Number(
            "licensed-chips",
            float(np.sqrt(licensed["low"] * licensed["high"])),
            "chips",
            str(licensed["date"].date()),
            "licences by value over the price band",
            ids["Licensed by value"],
            licensed["low"],
            licensed["high"],
            digits=2,
        ),
        *(
            Number(f"days-to-{key}", event.loc[at, "days"], "days", date[at], basis, (event.loc[at, "source_id"],))
            for key, at, basis in (
                ("rule", "E055", "from the announcement to the rule in force"),
                ("consent", "E062", "from the announcement to reported consent"),
                ("licences", "E071", "from the announcement, at most, to the first licences"),
                ("exports", "E095", "from the announcement, at most, to the first exports"),
                ("lots", "E099", "from the announcement to the first lots reported"),
            )
        ),
        verdict(
            "few-were-delivered",
            few_were_delivered(span, least),
            date["E099"],
            "delivered over consented",
            ids["Delivered by August"],
        ),
    ]


def pipeline(
    forecasts: pd.DataFrame, middle: dict, waiting: pd.DataFrame, check: pd.DataFrame, sources: Sequence[str]
) -> list[Number]:
    """Return the numbers of the approval pipeline."""
    src, known = tuple(sources), str(approval.KNOWN.date())
    base = forecasts.loc[(forecasts[list(middle)] == pd.Series(middle)).all(axis=1)].iloc[0]
    spans = {name: (forecasts[name].min(), forecasts[name].max()) for name in ("by_new_year", "none_by_june")}
    numbers = [
        Number(
            "odds-new-year",
            base["by_new_year"],
            "probability",
            known,
            "first delivery by 17 February 2026; interval over priors",
            src,
            *spans["by_new_year"],
            digits=2,
        ),
        Number(
            "odds-none-june",
            base["none_by_june"],
            "probability",
            known,
            "no delivery by 30 June 2026; interval over priors",
            src,
            *spans["none_by_june"],
            digits=2,
        ),
    ]
    for name, small, what in (("any", True, "any delivery counts"), ("size", False, "only deliveries of size count")):
        part = forecasts[forecasts["small"] == small]
        for key, column in (("new-year", "by_new_year"), ("none-june", "none_by_june")):
            low, high = part[column].min(), part[column].max()
            numbers.append(
                Number(
                    f"odds-{key}-{name}",
                    (low + high) / 2,
                    "probability",
                    known,
                    f"over priors, {what}",
                    src,
                    low,
                    high,
                    2,
                )
            )
    march = waiting[waiting["seen"] == pd.Timestamp("2026-03-31")].iloc[0]
    return [
        *numbers,
        Number(
            "odds-after-march",
            march["none_by_june"],
            "probability",
            "2026-03-31",
            "nothing by end of June, given nothing by end of March",
            src,
            digits=2,
        ),
        Number("pipeline-draws", approval.DRAWS, "count", known, "simulated futures for each prior", src),
        Number(
            "pipeline-agreement",
            check["errors"].abs().max(),
            "ratio",
            known,
            "largest gap of simulation and matrix exponential, in standard errors",
            src,
            digits=2,
        ),
        verdict(
            "plan-was-unlikely",
            plan_was_unlikely(spans["by_new_year"]),
            known,
            "odds of the plan's date over priors",
            src,
        ),
        verdict(
            "nothing-by-june-was-likely",
            nothing_by_june_was_likely(spans["none_by_june"]),
            known,
            "odds of nothing by June over priors",
            src,
        ),
    ]


def licence(
    judged: Assumptions,
    odds: float,
    discounted: float,
    choices: pd.DataFrame,
    risk: worth.TailRisk,
    stock: float,
    sources: Sequence[str],
) -> list[Number]:
    """Return the numbers of what a licence is worth."""
    src, known = tuple(sources), str(approval.KNOWN.date())
    share, margin = judged["divert-share"], judged["capacity-margin"]
    divert = approval.divert_break_even(judged, odds, discounted)
    capacity = approval.capacity_break_even(judged, odds)
    middle = choices.iloc[1]
    basis = "on the judgements of the assumptions"
    return [
        Number(
            "licence-odds", odds, "probability", known, "delivery of a lot within a year, central prior", src, digits=2
        ),
        Number(
            "divert-break-even",
            divert,
            "fraction",
            known,
            f"value elsewhere over the China price at which holding equals selling, {basis}",
            src,
            digits=2,
        ),
        Number(
            "divert-share",
            share.central,
            "fraction",
            known,
            "judged value elsewhere over the China price",
            (),
            share.low,
            share.high,
            digits=2,
        ),
        Number(
            "hold-break-even",
            middle["hold"],
            "probability",
            known,
            f"licence odds needed to hold a finished chip, {basis}",
            src,
            digits=2,
        ),
        Number(
            "order-break-even",
            middle["order_capacity"],
            "probability",
            known,
            f"licence odds needed to order a new chip, {basis}",
            src,
            digits=2,
        ),
        Number(
            "capacity-break-even",
            capacity,
            "fraction",
            known,
            f"margin elsewhere over the price at which new wafers just pay, {basis}",
            src,
            digits=2,
        ),
        Number("write-down-stock", stock, "chips", known, "reported stock that the write-down is computed for", src),
        Number("write-down-mean", risk.mean, "USD", known, f"expected write-down after a year, {basis}", src, digits=2),
        Number(
            "write-down-cvar",
            risk.cvar,
            "USD",
            known,
            f"mean of the worst twentieth (95% CVaR), {basis}",
            src,
            digits=2,
        ),
        verdict(
            "holding-pays",
            holding_pays((share.low, share.high), divert),
            known,
            "value elsewhere against its break-even",
            src,
        ),
        verdict(
            "new-wafers-pay",
            new_wafers_pay((margin.low, margin.high), capacity),
            known,
            "capacity margin against its break-even",
            src,
        ),
    ]


PREDICATES = {
    "days-moved-little": days_moved_little,
    "hundred-odd-days": hundred_odd_days,
    "commitments-outgrew-cost": commitments_outgrew_cost,
    "plan-explains-little": plan_explains_little,
    "charge-is-small": charge_is_small,
    "earlier-charge-was-larger": earlier_charge_was_larger,
    "no-bill-in-force": no_bill_in_force,
    "few-were-delivered": few_were_delivered,
    "plan-was-unlikely": plan_was_unlikely,
    "nothing-by-june-was-likely": nothing_by_june_was_likely,
    "holding-pays": holding_pays,
    "new-wafers-pay": new_wafers_pay,
    "terms-rest-on-reports": terms_rest_on_reports,
}

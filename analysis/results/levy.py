"""Chapter 2, levy logic: instruments, base, incidence, what it leaves the seller, what it raises, and the best rate.

Facts, claims and terms come in as typed tables, judgements as `Assumptions`; each function returns a frame whose money
is in USD, whose shares are fractions and whose columns `low` and `high` are bounds.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.evidence.facts import bounds, fact
from analysis.evidence.findings import Span
from analysis.evidence.formatting import day, interval, quantity
from analysis.models import levy as model
from analysis.models.levy import Base, Demand

ENDS = ("low", "central", "high")
CONDITIONS = (
    "us-scope-tpp",
    "us-scope-bandwidth",
    "us-volume-cap",
    "us-third-party-testing",
    "us-route-through-us",
    "us-ceiling-75000",
    "us-ceiling-100000",
)
WINDOWS = ("first", "second")
MARGINS = (0.5, 0.6, 0.7, 0.75)  # columns of the table of what is left
TOP = 0.95  # highest rate that curves are drawn to

BASES = {
    Base.SALE: ("A. Share of the gross sale", "(1 − t) p", "t"),
    Base.NET: ("B. Surcharge on the net price", "p / (1 + t)", "t / (1 + t)"),
    Base.CUSTOMS: ("C. Tariff, declared value moves with the price", "p − t V", "t V / p"),
    Base.TRANSFER: ("D. Tariff, declared value fixed", "p − t V", "t V / p, less as the price rises"),
}


def instruments_table(instruments: pd.DataFrame) -> pd.DataFrame:
    """Return the instruments and their dates for display: "never", "not seen" or "not known" where there is none."""
    unsigned = {"rule": "not seen", "proclamation": "not known"}
    unpaid = {"understanding": "none on record", "proclamation": "not known"}
    rows = []
    for row in instruments.itertuples():
        dates = [
            missing if pd.isna(date) else day(date.start)
            for date, missing in (
                (row.announced_on, "not known"),
                (row.signed_on, unsigned.get(row.kind, "never")),
                (row.effective_on, "never"),
                (row.first_collected_on, unpaid.get(row.kind, "nothing to collect")),
            )
        ]
        rows.append([row.title, "none" if pd.isna(row.rate) else quantity(row.rate, "fraction"), *dates])
    return pd.DataFrame(rows, columns=["Instrument", "Rate", "Announced", "Signed", "In force", "First collected"])


READ = {
    "extract": "extract of the text",
    "accounts": "firms' accounts; the customs message in extract",
    "press": "press",
    "none_exists": "no text exists",
}


def base_table(instruments: pd.DataFrame) -> pd.DataFrame:
    """Return for display what each instrument takes its rate from, what is known of collection, and how it was read."""
    rows = [[row.title, row.base, row.collected_note, READ[row.read_as]] for row in instruments.itertuples()]
    return pd.DataFrame(rows, columns=["Instrument", "Base, in our words", "Collection", "Read as"])


def conditions_table(terms: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return the conditions beside the payment for display, with their limit and who says so."""
    publisher = sources.set_index("source_id")["publisher"]
    rows = []
    for term in terms.set_index("term_id").loc[list(CONDITIONS)].itertuples():
        limit = term.value if pd.notna(term.value) else term.high
        text = quantity(limit, term.unit) if pd.notna(limit) else "–"
        rows.append([term.condition, text, str(term.status).replace("_", " "), publisher[term.source_id]])
    return pd.DataFrame(rows, columns=["Condition", "Limit", "Standing", "Who says so"])


def windows_table(facts: pd.DataFrame, chips: pd.DataFrame) -> pd.DataFrame:
    """Return for display the American chips on record inside a window of the tariff, and how many are outside."""
    windows = [
        [
            bounds(fact(facts, f"tariff-scope-{metric}-{window}-20260115"))
            for metric in ("tpp", "bandwidth")
        ]
        for window in WINDOWS
    ]  # fmt: skip
    rows = []
    for chip in chips[chips["country"] == "US"].dropna(subset=["tpp", "bandwidth_gb_s"]).itertuples():
        inside = [
            name
            for name, (tpp, band) in zip(WINDOWS, windows, strict=True)
            if tpp[0] < chip.tpp < tpp[1] and band[0] < chip.bandwidth_gb_s < band[1]
        ]
        numbers = quantity(chip.tpp, "TPP", 5), quantity(chip.bandwidth_gb_s, "GB/s")
        rows.append([f"{chip.vendor} {chip.name}", *numbers, f"in the {inside[0]} window" if inside else "outside"])
    frame = pd.DataFrame(rows, columns=["Chip", "Performance", "Memory bandwidth", "Tariff"])
    inside = frame["Tariff"] != "outside"
    others = pd.DataFrame([[f"{(~inside).sum()} others on record", "–", "–", "outside both"]], columns=frame.columns)
    return pd.concat([frame[inside], others])


def share_span(judged: Assumptions) -> Span:
    """Return what the levy takes of the sale price, from the lowest to the highest declared value.

    Raises ValueError where a rate or a declared value is 0.
    """
    value, rate = judged["customs-value-share"], judged["levy-rate"]
    for name in ("levy-rate", "h20-levy-rate", "customs-value-share"):
        if judged[name].low <= 0:
            raise ValueError(f"{name} is {judged[name].low:g}; expected above 0: without a levy nothing is shared")
    return tuple(
        float(model.effective_share(getattr(rate, end), getattr(value, end), Base.CUSTOMS)) for end in ("low", "high")
    )


def share(judged: Assumptions) -> float:
    """Return what the levy takes of the sale price at the central declared value."""
    value, rate = judged["customs-value-share"].central, judged["levy-rate"].central
    return float(model.effective_share(rate, value, Base.CUSTOMS))


def bases_table(judged: Assumptions) -> pd.DataFrame:
    """Return the four bases for display, with what each takes of the price at the rate of the levy."""
    rate, value = judged["levy-rate"].central, judged["customs-value-share"]
    rows = []
    for base, (name, left, taken) in BASES.items():
        span = sorted({float(model.effective_share(rate, v, base)) for v in (value.low, value.high)})
        rows.append([name, left, taken, interval(span[0], span[-1], "fraction")])
    rate_text = quantity(rate, "fraction")
    return pd.DataFrame(rows, columns=["Base", "Seller keeps", "Share of the price", f"At {rate_text}"])


def base_map(judged: Assumptions) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rates, declared values over the price, and the share of it that they take, shape (values, rates)."""
    rates = np.linspace(0.0, max(0.5, min(TOP, 1.2 * judged["levy-rate"].central)), 51)
    values = np.linspace(min(0.3, judged["customs-value-share"].low), 1.0, 36)
    return rates, values, model.effective_share(rates[None, :], values[:, None], Base.CUSTOMS)


def _cases(judged: Assumptions) -> list[tuple[str, Base, Demand, float]]:
    """Return the cases of incidence: name, base, demand, sellers."""
    many = judged["levy-sellers"].high
    sold = quantity(many, "count")
    return [
        ("Declared value fixed,\nconstant elasticity, one seller", Base.TRANSFER, Demand.CONSTANT, 1),
        ("Share of price,\nconstant elasticity, any sellers", Base.SALE, Demand.CONSTANT, 1),
        (f"Share of price,\nlinear demand, {sold} sellers", Base.SALE, Demand.LINEAR, many),
        ("Share of price,\nlinear demand, one seller", Base.SALE, Demand.LINEAR, 1),
    ]


def incidence(judged: Assumptions) -> pd.DataFrame:
    """Return who bears the levy in each case, and under a quota that binds.

    Columns case; price_rise, net_change, sold_change (central and _low, _high over the elasticities), shifted (rise of
    the price over the levy on a chip, with bounds), and buyer, seller, treasury, deadweight (shares of the surplus
    without a levy, at the central elasticity).
    """
    share_span(judged)  # refuses a levy of nothing
    rate, elasticity = share(judged), judged["demand-elasticity"]
    grid = np.linspace(elasticity.low, elasticity.high, 28)
    rows = []
    for case, base, demand, sellers in _cases(judged):
        # A fixed declared value takes the same of the price before the levy as the share does.
        rows.append(_case(case, rate, base, demand, sellers, grid, elasticity.central, 1.0))
    tight = (1 - rate) ** elasticity.high
    rows.append(_case("Quota that binds,\nany demand", rate, Base.SALE, Demand.CONSTANT, 1, grid, elasticity.central,
                      tight))  # fmt: skip
    return pd.DataFrame(rows)


def _case(
    case: str, rate: float, base: Base, demand: Demand, sellers: float, grid: np.ndarray, central: float, quota: float
) -> dict[str, object]:
    row: dict[str, object] = {"case": case}
    spread = model.normal(rate, 1.0, base, demand, grid, sellers, quota)
    middle = model.normal(rate, 1.0, base, demand, central, sellers, quota)
    for result in (spread, middle):
        result["shifted"] = (result["price"] - result["price_before"]) / (result["price"] - result["net"])
    for name, key in (("price_rise", "price_change"), ("net_change", "net_change"), ("sold_change", "quantity_change"),
                      ("shifted", "shifted")):  # fmt: skip
        values = np.round(spread[key], 9) + 0.0
        row |= {name: float(np.round(middle[key], 9)) + 0.0, f"{name}_low": values.min(), f"{name}_high": values.max()}
    for name in ("buyer", "seller", "treasury", "deadweight"):
        row[name] = float(np.round(middle[f"{name}_share"], 9)) + 0.0
    row["buyer_before"] = float(middle["buyers_before"] / (middle["buyers_before"] + middle["profit_before"]))
    return row


def left_over(judged: Assumptions) -> pd.DataFrame:
    """Return what a sale leaves by chip and gross margin at an unchanged price, one row a chip and margin.

    Columns chip, share, margin, before and after (USD a chip, low and high over the price band), margin_after (on net
    revenue), fall (of the profit on a chip).
    """
    rows = []
    for chip, price, taken in (
        ("H20", judged["h20-price"], judged["h20-levy-rate"].central),
        ("H200", judged["h200-price"], share(judged)),
    ):
        for margin in MARGINS:
            profit = {end: float(model.unit_profit(getattr(price, end), margin, taken)) for end in ("low", "high")}
            rows.append(
                {
                    "chip": chip,
                    "share": taken,
                    "margin": margin,
                    "before_low": price.low * margin,
                    "before_high": price.high * margin,
                    "after_low": profit["low"],
                    "after_high": profit["high"],
                    "margin_after": float(model.margin_after(margin, taken)),
                    "fall": taken / margin,
                }
            )
    return pd.DataFrame(rows)


def left_table(left: pd.DataFrame) -> pd.DataFrame:
    """Return what a sale leaves for display."""
    return pd.DataFrame(
        {
            "Chip and share taken": [f"{r.chip}, {quantity(r.share, 'fraction')}" for r in left.itertuples()],
            "Gross margin before": [quantity(value, "fraction") for value in left["margin"]],
            "Profit a chip before": [interval(r.before_low, r.before_high, "USD") for r in left.itertuples()],
            "After": [interval(r.after_low, r.after_high, "USD") for r in left.itertuples()],
            "Margin on net revenue": [quantity(value, "fraction") for value in left["margin_after"]],
            "Fall of the profit": [quantity(value, "fraction") for value in left["fall"]],
        }
    )


def break_evens(judged: Assumptions) -> pd.DataFrame:
    """Return the share of the price from which no sale is better; columns chips, low, central, high."""
    margin, elsewhere = judged["h200-gross-margin"], judged["divert-share"]
    made = [float(model.break_even_made(getattr(elsewhere, end))) for end in ("high", "central", "low")]
    return pd.DataFrame(
        [
            {"chips": "to be made", "low": margin.low, "central": margin.central, "high": margin.high},
            {"chips": "already made", "low": made[0], "central": made[1], "high": made[2]},
        ]
    )


def charges(facts: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return for H20 and H200 the levy on the sales in question beside the charge for not selling, USD with bounds."""
    taken, h20 = share_span(judged), judged["h20-levy-rate"]
    rows = []
    for chip, what, sales, rate, charge in (
        ("H20", "sales that left one quarter's outlook", "nvidia-h20-revenue-lost-in-outlook-fy2026q2",
         (h20.low, h20.high), "nvidia-charge-h20-fy2026q1"),
        ("H200", "sales licensed by July 2026", "h200-licensed-value-20260714", taken, "nvidia-charge-h200-fy2027h1"),
    ):  # fmt: skip
        sold, charged = bounds(fact(facts, sales)), bounds(fact(facts, charge))
        rows.append(
            {
                "chip": chip,
                "what": what,
                "toll_low": sold[0] * rate[0],
                "toll_high": sold[1] * rate[1],
                "charge_low": charged[0],
                "charge_high": charged[1],
                "fact_ids": (sales, charge),
            }
        )
    return pd.DataFrame(rows)


def ladder(facts: pd.DataFrame, claims: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return receipts of the levy from the largest sum in print to what was realised, one row a rung.

    Columns key, rung, basis, period, low, high (USD; NaN for an open end), evidence (fact or source ids, or the claim)
    and claimed (whether it rests on an article). Rungs that rest on what was expected take the rate of the sales, the
    later ones the range of declared values.
    """
    rate, h20 = judged["levy-rate"].central, judged["h20-levy-rate"].central
    taken, price = share_span(judged), judged["h200-price"]
    said = claims.set_index("claim_id").loc["c001-042"]
    known = {
        name: bounds(fact(facts, fact_id))
        for name, fact_id in {
            "orders": "h200-orders-20251231",
            "price": "h200-price-20251231",
            "market": "nvidia-china-market-opportunity-2025-08-27",
            "analyst": "h200-yearly-sales-estimate-2026-fudzilla",
            "guided": "nvidia-h20-quarterly-potential-fy2026q3",
            "consented": "h200-conditionally-approved-20260128",
            "licensed": "h200-licensed-value-20260714",
            "sold": "nvidia-h200-revenue-china-fy2027q2",
            "lots": "h200-delivered-20260818-both",
            "h20": "nvidia-h20-revenue-fy2026",
        }.items()
    }
    quarters = 4

    def times(span: Span, *factors: Span | float) -> Span:
        low, high = span
        for factor in factors:
            ends = factor if isinstance(factor, tuple) else (factor, factor)
            low, high = low * ends[0], high * ends[1]
        return low, high

    band = (price.low, price.high)
    rows = [
        ("claimed", "Article 001", "its own sum", "a year", (said["low"], math.nan), ("art-001",)),
        ("orders", "Orders in print", "2 million chips or more at the price of the report", "in all",
         times(known["orders"], known["price"], rate), ("h200-orders-20251231", "h200-price-20251231")),
        ("market", "The chief executive's market", "50bn a year for all of China", "a year",
         times(known["market"], rate), ("nvidia-china-market-opportunity-2025-08-27",)),
        ("analyst", "Bloomberg Intelligence", "H200 sales as estimated in December 2025", "a year",
         times(known["analyst"], rate), ("h200-yearly-sales-estimate-2026-fudzilla",)),
        ("guided-25", "H20 remark, four quarters", "the finance chief's range for one quarter, at the later rate",
         "a year", times(known["guided"], quarters, rate), ("nvidia-h20-quarterly-potential-fy2026q3",)),
        ("guided-15", "The same at the rate of its time", "the same range, at the rate expected for H20", "a year",
         times(known["guided"], quarters, h20), ("nvidia-h20-quarterly-potential-fy2026q3",)),
        ("consented", "Consented by Beijing", "400,000 chips or more at the price band", "in all",
         times(known["consented"], band, taken), ("h200-conditionally-approved-20260128",)),
        ("licensed", "Licensed by July 2026", "value of licences as reported", "in all",
         times(known["licensed"], taken), ("h200-licensed-value-20260714",)),
        ("realised", "Sold by 26 July 2026, at most", "under 1% of data-center revenue", "to date",
         times(known["sold"], taken),
         ("nvidia-h200-share-of-data-center-revenue-fy2027q2", "nvidia-data-center-revenue-fy2027q2")),
        ("lots", "The two lots in print", "about 20,000 chips at the price band", "to date",
         times(known["lots"], band, taken), ("h200-delivered-20260818-both",)),
        ("h20", "H20 under its licences, at most", "about 60m of sales; no payment on record", "in all",
         (0.0, known["h20"][1] * h20), ("nvidia-h20-revenue-fy2026", "todayheadline-15pct-20250828")),
    ]  # fmt: skip
    return pd.DataFrame(
        [
            {
                "key": key,
                "rung": rung,
                "basis": basis,
                "period": period,
                "low": span[0],
                "high": span[1],
                "evidence": evidence,
                "claimed": key == "claimed",
            }
            for key, rung, basis, period, span, evidence in rows
        ]
    )


def curves(judged: Assumptions) -> pd.DataFrame:
    """Return receipts over the rate, as a share of sales without a levy, index rate.

    Columns low, central, high (constant elasticity at the ends and the middle of the judgement) and linear (at the
    central elasticity), one seller.
    """
    elasticity, rates = judged["demand-elasticity"], np.linspace(0, TOP, 96)
    frame = pd.DataFrame(index=pd.Index(np.round(rates, 4), name="rate"))
    for end in ENDS:
        frame[end] = model.normal(rates, elasticity=getattr(elasticity, end))["receipts_share"]
    central = elasticity.central
    frame["linear"] = model.normal(rates, demand=Demand.LINEAR, elasticity=central)["receipts_share"]
    return frame.round(9) + 0.0


def peaks(judged: Assumptions) -> pd.DataFrame:
    """Return the share of the price that raises most, index constant and linear, columns low, central, high.

    low and high are over the judged elasticities and numbers of sellers.
    """
    elasticity, sellers = judged["demand-elasticity"], judged["levy-sellers"]
    rows = {}
    for demand in Demand:
        corners = [model.peak(demand, e, n) for e, n in _corners(judged)]
        middle = model.peak(demand, elasticity.central, sellers.central)
        rows[demand.name.lower()] = {"low": min(corners), "central": middle, "high": max(corners)}
    return pd.DataFrame(rows).T.round(6)


def _corners(judged: Assumptions) -> list[tuple[float, float]]:
    elasticity, sellers = judged["demand-elasticity"], judged["levy-sellers"]
    return [(e, n) for e in (elasticity.low, elasticity.high) for n in (sellers.low, sellers.high)]


def raised_against(judged: Assumptions) -> tuple[float, float, float]:
    """Return receipts at the rate over those at the rate for H20: lowest, central and highest over the judgements.

    Over both shapes of demand, the elasticities and the numbers of sellers; the central one is constant elasticity.
    """
    higher, lower = share(judged), judged["h20-levy-rate"].central
    elasticity, sellers = judged["demand-elasticity"], judged["levy-sellers"]

    def ratio(demand: Demand, e: float, n: float) -> float:
        first, second = model.normal([higher, lower], demand=demand, elasticity=e, sellers=n)["receipts"]
        return float(first / second) if second > 0 else 1.0

    found = [ratio(demand, e, n) for demand in Demand for e, n in _corners(judged)]
    middle = ratio(Demand.CONSTANT, elasticity.central, sellers.central)
    return round(min(found), 6) + 0.0, round(middle, 6), round(max(found), 6)


def best_rates(judged: Assumptions) -> pd.DataFrame:
    """Return the rate that maximises expected receipts by the response of the odds; columns low, central, high.

    The index, fall, is the relative loss of odds for each unit of the rate; low and high are over the elasticities.
    """
    elasticity = judged["demand-elasticity"]
    falls = np.round(np.linspace(0.0, 10.0, 101), 4)
    frame = pd.DataFrame(index=pd.Index(falls, name="fall"))
    for name, end in (("low", "high"), ("central", "central"), ("high", "low")):
        frame[name] = np.round(model.best_rate(falls, getattr(elasticity, end)), 6)
    return frame


def best_span(judged: Assumptions) -> Span:
    """Return the lowest and the highest best rate over the judged responses of the odds and elasticities."""
    fall, elasticity = judged["odds-response"], judged["demand-elasticity"]
    return (
        float(model.best_rate(fall.high, elasticity.high)),
        float(model.best_rate(fall.low, elasticity.low)),
    )


def odds_asked(judged: Assumptions) -> pd.DataFrame:
    """Return what the odds would have to do for each named rate to be the best one, index rate.

    Columns fall_low, fall, fall_high (relative loss of odds for a whole unit of the rate) and kept_low, kept, kept_high
    (odds at that rate over the odds without a levy, if they fall at that pace all the way).
    """
    elasticity = judged["demand-elasticity"]
    rates = [judged["h20-levy-rate"].central, share(judged)]
    frame = pd.DataFrame(index=pd.Index(rates, name="rate"))
    for name, end in (("_low", "high"), ("", "central"), ("_high", "low")):
        frame[f"fall{name}"] = model.fall_for(rates, getattr(elasticity, end))
    for name, other in (("_low", "_high"), ("", ""), ("_high", "_low")):
        frame[f"kept{name}"] = np.exp(-np.maximum(frame[f"fall{other}"], 0) * frame.index)
    return frame


def sellers_odds(judged: Assumptions) -> tuple[float, float, float]:
    """Return by how much odds at the higher rate must exceed those at the lower for the seller to gain; low to high."""
    elasticity = judged["demand-elasticity"]
    higher, lower = share(judged), judged["h20-levy-rate"].central
    if higher <= lower:
        return (1.0, 1.0, 1.0)
    return tuple(float(model.odds_needed(higher, lower, getattr(elasticity, end))) for end in ENDS)

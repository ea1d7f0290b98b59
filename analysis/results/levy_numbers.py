"""Chapter 2's numbers and verdicts: what the text says of the results, each with unit, date, basis, sources."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.evidence.facts import bounds, fact
from analysis.evidence.findings import Verdict, above, below, verdict
from analysis.evidence.numbers import Number
from analysis.evidence.roots import each_once
from analysis.models import levy as model
from analysis.results import levy
from analysis.results.levy import Span

SIGNED = "2026-01-14"  # the proclamation
DECEMBER, AUGUST, JULY = "2025-12-08", "2025-08-27", "2026-07-26"
PASSED, PREMIUM = "nvidia-h200-levy-passed-on-fy2027q2", "h200-price-grey-premium-20260121"
TENTH = 0.1
LEAST = 1e-6  # receipts below this part of the surplus count as this much, where hardly anything is sold


def rate_mostly_unsigned(signed: int, named: int) -> Verdict:
    """Say whether fewer than half of the instruments that name a rate were signed."""
    return below(signed / named, signed / named, 0.5)


def takes_less_than_rate(share: Span, rate: float) -> Verdict:
    """Say whether the levy takes less of the price than its rate, whatever the declared value; fails where equal."""
    low, high = (value / rate for value in share)
    return below(low, high, 1.0)


def passed_on_less_than_theory(disclosed: Span, theory: Span) -> Verdict:
    """Say whether the part of the levy passed on is below all that free pricing gives; fails at or above the most."""
    if disclosed[0] >= theory[1]:
        return "fails"
    return "holds" if disclosed[1] < theory[0] else "unclear"


def grey_above_full_shift(premium: Span, rise: float) -> Verdict:
    """Say whether the grey premium exceeds the rise of the price that would shift the whole levy."""
    return above(*premium, rise)


def new_chips_pay(margin: Span, share: Span) -> Verdict:
    """Say whether a chip to be made earns more than it costs after the levy, over the margins and declared values."""
    return above(margin[0] - share[1], margin[1] - share[0], 0.0)


def made_chips_pay(break_even: Span, share: Span) -> Verdict:
    """Say whether selling beats the value elsewhere for chips already made, over the values and declared values."""
    return above(break_even[0] - share[1], break_even[1] - share[0], 0.0)


def toll_below_charge(toll: Span, charge: Span) -> Verdict:
    """Say whether the levy on the sales in question is less than the charge for not selling."""
    return below(toll[0] / charge[1], toll[1] / charge[0], 1.0)


def raises_more(ratio: Span) -> Verdict:
    """Say whether the higher rate raises more than the lower; ratio is receipts at one over those at the other."""
    return above(*ratio, 1.0)


def receipts_below_claim(realised: Span, claimed: float) -> Verdict:
    """Say whether what was realised is less than a tenth of the yearly sum claimed."""
    return below(realised[0] / claimed, realised[1] / claimed, TENTH)


def below_best_rate(best: Span, share: float) -> Verdict:
    """Say whether the share taken lies below the best rate over all judgements."""
    return above(*best, share)


def instruments(table: pd.DataFrame, judged: Assumptions) -> list[Number]:
    """Return the numbers of the instruments and the base."""
    named = table[table["rate"].notna()]
    signed = int(named["signed_on"].notna().sum())
    sources = each_once(named["source_ids"])
    rate, span, h20 = judged["levy-rate"].central, levy.share_span(judged), judged["h20-levy-rate"]
    duty, margin = ("levy-rate-20260114", "cbp-csms-67400472"), judged["h200-gross-margin"]
    return [
        Number("levy-named", len(named), "count", SIGNED, "instruments that name a rate", sources),
        Number("levy-signed", signed, "count", SIGNED, "of them signed", sources),
        Number("levy-rate-named", rate, "fraction", SIGNED, "statutory rate", duty),
        Number("levy-rate-h20", h20.central, "fraction", AUGUST, "expected by officials", ("h20-levy-rate-20250827",)),
        Number("levy-share", levy.share(judged), "fraction", SIGNED, "rate times declared value over price", duty,
               *span),
        Number("levy-surcharge-share", float(model.effective_share(rate, 1, model.Base.NET)), "fraction", SIGNED,
               "of the gross price, if on top of a net price", duty),
        Number("levy-equal-value", min(1.0, h20.central / rate), "fraction", SIGNED,
               "declared value over price at which the levy takes the rate for H20", duty),
        Number("levy-of-profit", rate * margin.central, "fraction", DECEMBER, "of the price, if of gross profit",
               ("levy-rate-20251208",), rate * margin.low, rate * margin.high),
        verdict("rate-mostly-unsigned", rate_mostly_unsigned(signed, len(named)), SIGNED,
                "signed among those that name a rate", sources),
        verdict("takes-less-than-rate", takes_less_than_rate(span, rate), SIGNED, "share of the price over the rate",
                duty),
    ]  # fmt: skip


def incidence(cases: pd.DataFrame, facts: pd.DataFrame, judged: Assumptions) -> list[Number]:
    """Return the numbers of who bears the levy, by the model, by the seller's word and by the grey market."""
    fixed, shares, quota = cases.iloc[0], cases.iloc[1:-1], cases.iloc[-1]
    theory = (float(shares["shifted_low"].min()), float(shares["shifted_high"].max()))
    disclosed, premium = bounds(fact(facts, PASSED)), bounds(fact(facts, PREMIUM))
    span = tuple(1 / (1 - value) - 1 for value in levy.share_span(judged))
    constant, straight = shares.iloc[0], shares.iloc[-1]
    lost = sorted(float(row["deadweight"] / max(row["treasury"], LEAST)) for row in (constant, straight))
    basis = "share of the price, over elasticities, shapes of demand and sellers"
    return [
        Number("levy-shift", theory[1], "fraction", SIGNED, basis, (), *theory, digits=2),
        Number("levy-shift-linear", straight["shifted"], "fraction", SIGNED, "linear demand, one seller", (),
               straight["shifted_low"], straight["shifted_high"], digits=2),
        Number("levy-overshift", fixed["shifted"], "ratio", SIGNED, "declared value fixed, constant elasticity", (),
               fixed["shifted_low"], fixed["shifted_high"], digits=2),
        Number("levy-rise-fixed", fixed["price_rise"], "fraction", SIGNED, "declared value fixed, constant elasticity",
               (), fixed["price_rise_low"], fixed["price_rise_high"], digits=2),
        Number("levy-rise-linear", straight["price_rise"], "fraction", SIGNED, "linear demand, one seller", (),
               straight["price_rise_low"], straight["price_rise_high"], digits=2),
        Number("levy-shift-quota", quota["shifted"], "fraction", SIGNED, "quota that binds", ()),
        Number("levy-dead-per-receipt", math.sqrt(lost[0] * lost[1]), "ratio", SIGNED,
               "deadweight loss over receipts, one seller, by the shape of demand", (), lost[0], lost[1], digits=2),
        Number("levy-full-rise", span[1], "fraction", SIGNED, "rise that leaves the seller's net price unchanged",
               (), *span),
        Number("levy-passed-on", disclosed[0], "fraction", "FY2027Q2", "by the seller's word", (PASSED,), *disclosed),
        Number("levy-grey-premium", float(np.mean(premium)), "fraction", "2026-01-21", "over the official price",
               (PREMIUM,), *premium),
        verdict("passed-on-less-than-theory", passed_on_less_than_theory(disclosed, theory), JULY,
                "disclosed part against free pricing", (PASSED,)),
        verdict("grey-above-full-shift", grey_above_full_shift(premium, span[1]), "2026-01-21",
                "premium against the rise that shifts all", (PREMIUM,)),
    ]  # fmt: skip


def left(facts: pd.DataFrame, judged: Assumptions, ends: pd.DataFrame, tolls: pd.DataFrame) -> list[Number]:
    """Return the numbers of what a sale leaves and of the levy against the charges."""
    price, margin, span = judged["h200-price"], judged["h200-gross-margin"], levy.share_span(judged)
    middle, made = levy.share(judged), ends.set_index("chips").loc["already made"]
    profit = [
        float(model.unit_profit(p, m, s))
        for p, m, s in ((price.central, margin.central, middle), (price.low, margin.low, span[1]),
                        (price.high, margin.high, span[0]))
    ]  # fmt: skip
    if profit[1] < 0:  # a loss is largest at the highest price
        profit[1] = float(model.unit_profit(price.high, margin.low, span[1]))
    after = [
        float(model.margin_after(m, s))
        for m, s in ((margin.central, middle), (margin.low, span[1]), (margin.high, span[0]))
    ]
    unsold = bounds(fact(facts, "h200-reported-unsold-20260818"))
    prices = ("h200-price-20251223", "h200-price-20251231")
    toll = {row.chip: row for row in tolls.itertuples()}
    h20, h200 = toll["H20"], toll["H200"]
    waiting = (unsold[0] * price.low * span[0], unsold[1] * price.high * span[1])
    return [
        Number("levy-per-chip", price.central * middle, "USD/chip", SIGNED, "at an unchanged price", prices,
               price.low * span[0], price.high * span[1]),
        Number("levy-unit-profit", profit[0], "USD/chip", SIGNED, "price times margin less share, unchanged price",
               prices, *sorted(profit[1:])),
        Number("levy-margin-after", after[0], "fraction", SIGNED, "on net revenue, unchanged price", (),
               *sorted(after[1:]), digits=2),
        Number("levy-profit-fall", middle / margin.central, "fraction", SIGNED, "of the profit on a chip", (),
               span[0] / margin.high, span[1] / margin.low, digits=2),
        Number("levy-break-even-new", margin.central, "fraction", SIGNED, "chips to be made: the gross margin", (),
               margin.low, margin.high),
        Number("levy-break-even-made", made["central"], "fraction", SIGNED, "chips already made: 1 - s/p", (),
               made["low"], made["high"], digits=2),
        Number("levy-toll-h20", (h20.toll_low + h20.toll_high) / 2, "USD", "FY2026Q2", h20.what, h20.fact_ids[:1],
               h20.toll_low, h20.toll_high),
        Number("levy-charge-h20", (h20.charge_low + h20.charge_high) / 2, "USD", "FY2026Q1", "booked on H20",
               h20.fact_ids[1:], h20.charge_low, h20.charge_high),
        Number("levy-toll-h200", math.sqrt(h200.toll_low * h200.toll_high), "USD", "2026-07-14", h200.what,
               h200.fact_ids[:1], h200.toll_low, h200.toll_high),
        Number("levy-toll-unsold", math.sqrt(waiting[0] * waiting[1]), "USD", "2026-08-18",
               "on all chips reported unsold", ("h200-reported-unsold-20260818", *prices), *waiting),
        verdict("new-chips-pay", new_chips_pay((margin.low, margin.high), span), SIGNED, "gross margin less share",
                prices),
        verdict("made-chips-pay", made_chips_pay((made["low"], made["high"]), span), SIGNED,
                "break-even share less share", prices),
        verdict("toll-below-charge",
                toll_below_charge((h20.toll_low, h20.toll_high), (h20.charge_low, h20.charge_high)), "FY2026Q2",
                "levy on the lost sales over the charge", h20.fact_ids),
    ]  # fmt: skip


WHEN = {
    "claimed": "2026", "orders": "2025-12-31", "market": AUGUST, "analyst": "2026", "guided-25": AUGUST,
    "guided-15": AUGUST, "consented": "2026-01-28", "licensed": "2026-07-14", "realised": JULY, "lots": "2026-08-18",
    "h20": "FY2026",
}  # fmt: skip


def receipts(ladder: pd.DataFrame, peaks: pd.DataFrame, judged: Assumptions) -> list[Number]:
    """Return the numbers of what the levy could raise and did, and where receipts peak."""
    rungs = {row.key: row for row in ladder.itertuples()}
    numbers = []
    for key, row in rungs.items():
        middle = row.high if row.low == 0 else row.low if math.isnan(row.high) else math.sqrt(row.low * row.high)
        name = key if key.startswith(("claimed", "realised")) else f"receipts-{key}"
        numbers.append(Number(f"levy-{name}", middle, "USD", WHEN[key], f"{row.basis}; {row.period}", row.evidence,
                              row.low, row.high))  # fmt: skip
    realised, claimed = rungs["realised"], rungs["claimed"]
    elasticity, margin = judged["demand-elasticity"], judged["h200-gross-margin"]
    ratio = levy.raised_against(judged)
    rates = (judged["levy-rate"].central, judged["h20-levy-rate"].central)
    limit = model.more_than(*rates) if rates[0] > rates[1] else math.nan
    spread = (float(peaks["low"].min()), float(peaks["high"].max()))
    return [
        *numbers,
        Number("levy-realised-part", realised.high / claimed.low, "fraction", JULY, "of the yearly sum of article 001",
               realised.evidence, realised.low / claimed.low, realised.high / claimed.low, digits=2),
        Number("levy-peak", float(peaks.loc["constant", "central"]), "fraction", SIGNED,
               "share of the price that raises most, both shapes of demand", (), *spread, digits=2),
        Number("levy-peak-linear", float(peaks.loc["linear", "central"]), "fraction", SIGNED, "linear demand", (),
               float(peaks.loc["linear", "low"]), float(peaks.loc["linear", "high"]), digits=2),
        Number("levy-elasticity", elasticity.central, "count", SIGNED, "judged, at the price without a levy", (),
               elasticity.low, elasticity.high),
        Number("levy-implied-elasticity", 1 / margin.central, "count", SIGNED, "one over the gross margin, one seller",
               (), 1 / margin.high, 1 / margin.low, digits=2),
        Number("levy-raises-limit", limit, "ratio", SIGNED, "constant elasticity at which both raise the same", ()),
        Number("levy-raises-ratio", ratio[1], "ratio", SIGNED, "receipts at the higher rate over those at the lower",
               (), ratio[0], ratio[2]),
        verdict("raises-more", raises_more((ratio[0], ratio[2])), SIGNED, "over demand, elasticities and sellers"),
        verdict("receipts-below-claim", receipts_below_claim((realised.low, realised.high), claimed.low), JULY,
                "bound on receipts over the claimed sum", realised.evidence),
    ]  # fmt: skip


def odds(asked: pd.DataFrame, needed: tuple[float, float, float], judged: Assumptions) -> list[Number]:
    """Return the numbers of the best rate when odds respond to it."""
    best, taken = levy.best_span(judged), levy.share(judged)
    fall, elasticity = judged["odds-response"], judged["demand-elasticity"]
    middle = float(model.best_rate(fall.central, elasticity.central))
    numbers = [
        Number("levy-best-rate", middle, "fraction", SIGNED, "maximises odds times receipts", (), *best, digits=2),
        Number("levy-odds-needed", needed[1] - 1, "fraction", SIGNED,
               "gain of the odds that pays the seller for the higher rate", (), needed[0] - 1, needed[2] - 1, digits=2),
        Number("levy-odds-example", needed[1] / 2, "probability", SIGNED, "odds that make up for the rate, from a half",
               (), digits=2),
        verdict("below-best-rate", below_best_rate(best, taken), SIGNED, "share of the price against the best rates"),
    ]  # fmt: skip
    for name, (_, row) in zip(("15", "25"), asked.iterrows(), strict=True):
        numbers += [
            Number(f"levy-odds-fall-{name}", row["fall"] / 100, "fraction", SIGNED,
                   "relative loss of odds for each percentage point that makes the rate the best", (),
                   row["fall_low"] / 100, row["fall_high"] / 100, digits=2),
            Number(f"levy-odds-kept-{name}", row["kept"], "fraction", SIGNED,
                   "odds at the rate over those without a levy, if the rate is the best", (), row["kept_low"],
                   row["kept_high"], digits=2),
        ]  # fmt: skip
    return numbers


PREDICATES = {
    "rate-mostly-unsigned": rate_mostly_unsigned,
    "takes-less-than-rate": takes_less_than_rate,
    "passed-on-less-than-theory": passed_on_less_than_theory,
    "grey-above-full-shift": grey_above_full_shift,
    "new-chips-pay": new_chips_pay,
    "made-chips-pay": made_chips_pay,
    "toll-below-charge": toll_below_charge,
    "raises-more": raises_more,
    "receipts-below-claim": receipts_below_claim,
    "below-best-rate": below_best_rate,
}

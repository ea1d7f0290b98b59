"""Chapter 1, approval and worth: the two-capital pipeline from a dated record, and what a licence is worth.

The priors follow one rule, written down here: each hazard is Jeffreys' prior (half an event) plus what the
H20 episode of 2025 showed up to 22 December 2025, its events and exposure days weighted alike. Nothing dated
later enters. The outcome was known when this was written: the results are reconstructed, not pre-registered.
The record is one of the whole market, so the central case has one lot: the first to come through.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.assumptions.sampling import draw
from analysis.evidence.formatting import day, quantity
from analysis.evidence.roots import each_once
from analysis.models import licence_value as worth
from analysis.models import pipeline as model
from analysis.progress import track

KNOWN = pd.Timestamp("2025-12-22")  # the day of the shipping plan that the articles relay
NEW_YEAR = pd.Timestamp("2026-02-17")  # Lunar New Year 2026, the plan's own date
HALF_YEAR = pd.Timestamp("2026-06-30")
BEGUN = pd.Timestamp("2026-07-14")  # official testimony that exports have begun
SEED = 20251222
DRAWS = 40_000
HORIZON = 365.0


def episode(events: pd.DataFrame) -> pd.DataFrame:
    """Return what the H20 episode shows of each hazard: events and exposure in days, with the dates they rest on.

    Index hazard; columns events, start, end, frozen (whether Beijing's side was frozen), reading, exposure.
    Every date is one of the events table. The one small sale is the event of china_permission.
    """
    date = events.set_index("event_id")["date"]
    rule, stopped, assured, licensed, discouraged = (date[e] for e in ("E003", "E006", "E009", "E011", "E012"))
    sold = "sold freely until Washington asked for a licence"
    rows = [
        ("us_review", 1, assured, licensed, False, "licences assured, then issued"),
        ("china_permission", 0, licensed, discouraged, False, "licensed, not yet discouraged"),
        ("china_permission", 1, discouraged, KNOWN, True, "discouraged; one small sale, nothing of size"),
        ("closed_by_washington", 1, rule, stopped, False, sold),
        ("closed_by_washington", 0, assured, KNOWN, False, "assured again, not stopped again by Washington"),
        ("closed_by_beijing", 0, rule, stopped, False, sold),
        ("closed_by_beijing", 0, assured, KNOWN, False, "discouraged, never formally closed"),
        ("freeze", 0, rule, stopped, False, sold),
        ("freeze", 1, assured, discouraged, False, "assured, then purchases discouraged and output halted"),
        ("thaw", 0, discouraged, KNOWN, True, "no thaw by the day of the plan"),
    ]
    frame = pd.DataFrame(rows, columns=["hazard", "events", "start", "end", "frozen", "reading"])
    frame["exposure"] = (frame["end"] - frame["start"]).dt.days
    return frame.set_index("hazard")


@dataclass(frozen=True)
class Setting:
    """One choice of the prior.

    weight is how much a day of the H20 record counts; freeze whether Beijing can freeze all lots at once;
    lots how many move separately; small whether the one small H20 sale counts as a delivery.
    """

    weight: float
    freeze: bool
    lots: int
    small: bool


def prior(record: pd.DataFrame, setting: Setting, judged: Assumptions, clock_end: float) -> model.PipelinePrior:
    """Return the prior on 22 December 2025 under one setting; clock_end is the agencies' last day, in days.

    Days of permission that were frozen count for the pace that a freeze leaves, so that the record and the
    model mean the same by an open day.
    """
    pace = judged["frozen-pace"].central if setting.freeze else 1.0
    days = record["exposure"].where(~record["frozen"] | (record.index == "thaw"), record["exposure"] * pace)
    seen = record["events"].where(setting.small | (record.index != "china_permission"), 0)
    totals = pd.DataFrame({"events": seen, "exposure": days}).groupby(level=0).sum()
    hazards: dict[str, model.Gamma | float] = {
        name: model.gamma_posterior(0.5, 0.0, setting.weight * row.events, setting.weight * row.exposure)
        for name, row in totals.iterrows()
        if setting.freeze or name not in ("freeze", "thaw")
    }
    hazards["test_and_ship"] = 1 / judged["ship-days"].central
    return model.PipelinePrior(
        hazards,
        paces=(model.Pace(0.0, {"us_review": judged["clock-pace"].central}), model.Pace(clock_end)),
        frozen_factor=(1.0, pace, 1.0),
        starts_frozen=judged["starts-frozen"].central if setting.freeze else 0.0,
    )


def clock_end(events: pd.DataFrame, facts: pd.DataFrame) -> float:
    """Return the last day of the agencies' review clock, in days from 22 December 2025."""
    start = events.set_index("event_id").loc["E037", "date"]
    length = facts.set_index("fact_id").loc["us-agency-review-days-20251218", "value"]
    return float((start - KNOWN).days + length)


def settings(judged: Assumptions) -> list[Setting]:
    """Return the range of priors: weights, with and without a freeze, numbers of lots, small sale counted or not."""
    weight, lots = judged["h20-weight"], judged["lots"]
    return [
        Setting(w, freeze, int(n), small)
        for w in dict.fromkeys((weight.low, weight.central, weight.high))
        for freeze in (True, False)
        for n in dict.fromkeys((lots.low, lots.central, lots.high))
        for small in (True, False)
    ]


def central(judged: Assumptions) -> Setting:
    """Return the central setting."""
    return Setting(judged["h20-weight"].central, True, int(judged["lots"].central), True)


def sizeable(judged: Assumptions) -> Setting:
    """Return the setting in which only deliveries of size count: what a large stock waits for."""
    return replace(central(judged), small=False)


def futures(
    record: pd.DataFrame, setting: Setting, judged: Assumptions, clock: float, draws: int = DRAWS
) -> np.ndarray:
    """Return delivery days from 22 December 2025 of every lot in every future, shape (draws, lots), inf for never."""
    rng = np.random.default_rng(SEED)
    drawn = model.sample_pipelines(prior(record, setting, judged, clock), draws, rng)
    return model.simulate(drawn, setting.lots, draws, rng, horizon=HORIZON)


def forecasts(record: pd.DataFrame, judged: Assumptions, clock: float) -> pd.DataFrame:
    """Return what every setting gives for a first delivery by Lunar New Year and for none by end of June.

    One row a setting: weight, freeze, lots, small, by_new_year, none_by_june (probabilities), error (the larger
    of their standard errors).
    """
    rows = []
    for setting in track(settings(judged)):
        first = futures(record, setting, judged, clock).min(axis=1)
        early = float((first <= (NEW_YEAR - KNOWN).days).mean())
        late = float((first > (HALF_YEAR - KNOWN).days).mean())
        rows.append(
            {
                **asdict(setting),
                "by_new_year": early,
                "none_by_june": late,
                "error": float(np.sqrt(max(early * (1 - early), late * (1 - late)) / DRAWS)),
            }
        )
    return pd.DataFrame(rows)


def survival(record: pd.DataFrame, judged: Assumptions, clock: float) -> pd.DataFrame:
    """Return the odds that nothing has been delivered by each week, over the range of priors.

    Columns date, central, and low and high over the settings: any_low, any_high where the one small H20 sale
    counts as a delivery, size_low, size_high where only deliveries of size do.
    """
    days = np.arange(0, HORIZON + 1, 7)
    curves: dict[Setting, np.ndarray] = {}
    for setting in track(settings(judged)):
        first = np.sort(futures(record, setting, judged, clock).min(axis=1))
        curves[setting] = 1 - np.searchsorted(first, days, side="right") / first.size
    frame = pd.DataFrame({"date": KNOWN + pd.to_timedelta(days, unit="D"), "central": curves[central(judged)]})
    for name, small in (("any", True), ("size", False)):
        stack = np.array([curve for setting, curve in curves.items() if setting.small is small])
        frame[f"{name}_low"], frame[f"{name}_high"] = stack.min(axis=0), stack.max(axis=0)
    return frame


def waiting(times: np.ndarray) -> pd.DataFrame:
    """Return how the odds of nothing by end of June rise as months pass without a delivery.

    One row a month end from December 2025 to June 2026: seen (date), none_by_june and its standard error.
    """
    seen = pd.date_range("2025-12-31", HALF_YEAR, freq="ME")
    estimate = model.condition_on_no_delivery(
        times.min(axis=1), (seen - KNOWN).days.to_numpy(), float((HALF_YEAR - KNOWN).days)
    )
    return pd.DataFrame({"seen": seen, "none_by_june": estimate.value, "error": estimate.standard_error})


def fan(times: np.ndarray, low: float, high: float) -> pd.DataFrame:
    """Return chips of the planned first batch delivered by each month end, as quantiles over futures.

    low and high bound the batch (chips), drawn uniformly between them and split evenly over the lots.
    Columns date, q05, q25, q50, q75, q95, mean, none (probability that nothing has come).
    """
    dates = pd.date_range("2025-12-31", KNOWN + pd.Timedelta(days=HORIZON), freq="ME")
    batch = np.random.default_rng(SEED + 1).uniform(low, high, (len(times), 1))
    volumes = np.broadcast_to(batch / times.shape[1], times.shape)
    units = model.units_delivered(times, volumes, (dates - KNOWN).days.to_numpy())
    quantiles = model.unit_quantiles(units, [0.05, 0.25, 0.5, 0.75, 0.95])
    frame = pd.DataFrame(quantiles.T, columns=["q05", "q25", "q50", "q75", "q95"])
    frame.insert(0, "date", dates)
    frame["mean"], frame["none"] = units.mean(axis=0), (units == 0).mean(axis=0)
    return frame


def agreement(record: pd.DataFrame, judged: Assumptions, clock: float) -> pd.DataFrame:
    """Return the delivery probability of one lot at mean hazards by matrix exponential and by simulation.

    Columns day, exact, simulated, errors (the gap in standard errors): the check that the two agree.
    """
    beliefs = prior(record, central(judged), judged, clock)
    means = {name: b.mean if isinstance(b, model.Gamma) else b for name, b in beliefs.hazards.items()}
    fixed = model.PipelinePrior(means, beliefs.paces, beliefs.frozen_factor, beliefs.starts_frozen)
    rng = np.random.default_rng(SEED + 2)
    pipeline = model.sample_pipelines(fixed, 1, rng)
    days = np.array([30.0, 57.0, 90.0, 190.0, 365.0])
    exact = model.probability_delivered(pipeline, days)
    estimate = model.first_delivery_probability(pipeline, 1, days, DRAWS, rng)
    return pd.DataFrame(
        {
            "day": days,
            "exact": exact,
            "simulated": estimate.value,
            "errors": (estimate.value - exact) / np.sqrt(exact * (1 - exact) / DRAWS),
        }
    )


def made_and_unordered(judged: Assumptions, odds: float, discounted: float) -> pd.DataFrame:
    """Return the licence probability needed to hold a finished chip, and to order a new one, over the judgements.

    odds and discounted describe delivery within the horizon (`licence_value.licence_odds`). One row for each
    of low, central and high of what a chip fetches elsewhere: salvage_share, hold, order, order_capacity (with
    the margin of the capacity it ties up), odds.
    """
    price, levy = judged["h200-price"].central, judged["levy-rate"].central
    cost = price * (1 - judged["h200-gross-margin"].central)
    left = judged["late-salvage"].central
    rows = []
    for end in ("low", "central", "high"):
        share = getattr(judged["divert-share"], end)
        salvage = share * price
        margin = judged["capacity-margin"].central * price
        scrap = min(salvage, cost)
        rows.append(
            {
                "salvage_share": share,
                "hold": float(worth.hold_break_even(price, salvage, left * salvage, levy, discounted)),
                "order": float(worth.break_even_probability(price, cost, scrap, levy)),
                "order_capacity": float(worth.break_even_probability(price, cost, scrap, levy, margin)),
                "odds": odds,
            }
        )
    return pd.DataFrame(rows)


def surface(judged: Assumptions, levies: np.ndarray, shares: np.ndarray, discounted: float) -> np.ndarray:
    """Return the break-even probability of holding a finished chip, shape (shares, levies), inf for never."""
    price, left = judged["h200-price"].central, judged["late-salvage"].central
    salvage = shares[:, None] * price
    return worth.hold_break_even(price, salvage, left * salvage, levies[None, :], discounted)


def write_down(times: np.ndarray, stock: float, judged: Assumptions) -> tuple[np.ndarray, worth.TailRisk]:
    """Return draws of the write-down of a stock (chips) after a year, in USD, and its mean, quantile and CVaR.

    Each lot takes an equal part of the stock when it is delivered; the rest realises what a chip fetches
    elsewhere, drawn with the gross margin from their triangular judgements.
    """
    rng = np.random.default_rng(SEED + 3)
    price, levy = judged["h200-price"].central, judged["levy-rate"].central
    delivered = (times <= HORIZON).mean(axis=1) * stock
    margin, share = (draw(rng, judged[name], len(times)) for name in ("h200-gross-margin", "divert-share"))
    losses = worth.stock_write_down(delivered, stock, price * (1 - margin), price, share * price, levy)
    return losses, worth.tail_risk(losses, 0.95)


def divert_break_even(judged: Assumptions, odds: float, discounted: float) -> float:
    """Return the value elsewhere, as a share of the China price, at which holding and diverting are worth the same.

    Below it a finished chip is better held for a licence, above it better sold elsewhere. It solves
    pi G p_n + (1 - pi) l s = s for s / p, with l the share of s that is left after the wait.
    """
    kept = 1 - judged["levy-rate"].central
    return odds * discounted * kept / (1 - (1 - odds) * judged["late-salvage"].central)


def capacity_break_even(judged: Assumptions, odds: float) -> float:
    """Return the margin elsewhere, as a share of the price, up to which ordering new chips pays at these odds.

    It solves (c + m - s) / (p_n - s) = pi for m / p, with s the lesser of cost and value elsewhere.
    """
    kept, cost = 1 - judged["levy-rate"].central, 1 - judged["h200-gross-margin"].central
    scrap = min(judged["divert-share"].central, cost)
    return max(0.0, odds * (kept - scrap) - cost + scrap)


def central_row(judged: Assumptions) -> dict[str, object]:
    """Return the central setting as the columns of `forecasts` that identify it."""
    return asdict(central(judged))


def grid() -> tuple[np.ndarray, np.ndarray]:
    """Return the levies and the values elsewhere (shares of the China price) that the surface is drawn over."""
    return np.linspace(0.0, 0.5, 51), np.linspace(0.02, 1.0, 50)


def fan_table(fan: pd.DataFrame) -> pd.DataFrame:
    """Return the fan of first-batch chips for display, every second month end."""
    shown = fan.iloc[1::2]
    columns = {"q05": "5%", "q50": "Median", "q95": "95%", "mean": "Mean"}
    frame = pd.DataFrame({"By": [day(date.date()) for date in shown["date"]]})
    for name, title in columns.items():
        frame[title] = [quantity(value, "chips", 2, bare=True) for value in shown[name]]
    frame["Odds of none"] = [quantity(value, "probability", 2) for value in shown["none"]]
    return frame


def waiting_table(waiting: pd.DataFrame) -> pd.DataFrame:
    """Return for display how the odds of nothing by end of June rise with each month without a delivery."""
    return pd.DataFrame(
        {
            "Nothing seen by": [day(date.date()) for date in waiting["seen"]],
            "Odds of nothing by 30 June": [quantity(value, "probability", 2) for value in waiting["none_by_june"]],
        }
    )


def origins(events: pd.DataFrame) -> tuple[str, ...]:
    """Return the sources of the record behind the priors."""
    rows = events[events["event_id"].isin(["E003", "E006", "E009", "E011", "E012", "E037", "E038"])]
    return each_once(rows["source_id"])

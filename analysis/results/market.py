"""Chapter 3, the market: who buys what under limited supply, what a pairing ratio does, what switching costs.

Demand is counted in work, with one H200 as the unit; supply and the pairing ratio are counted in chips. A chip's
work for a segment follows from the roofline and the segment's mix. Judgements come as `Assumptions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from analysis.assumptions import Assumptions
from analysis.evidence.facts import bounds, fact
from analysis.evidence.formatting import interval, quantity
from analysis.models import roofline, switching
from analysis.models import substitution as model

SEGMENTS = ("public", "telecoms", "training", "inference", "other")
PRODUCTS = ("imported", "domestic", "third", "none")
IMPORTED, DOMESTIC, THIRD, NONE = range(4)
STATE = (0, 1)  # the segments that belong to the state
WORKLOADS = ("pretraining", "finetuning", "prefill", "decode")
CHIPS = {"imported": "h200-sxm", "domestic": "ascend-910c", "ascend-910b": "ascend-910b2", "h20": "h20"}
# What the judgements and scenarios of this model rest on among the facts.
FACTS = (
    "china-domestic-share-units-2024", "china-domestic-share-units-2025", "h200-delivered-20260818-bytedance",
    "h200-delivered-20260818-tencent", "h200-conditionally-approved-20260128", "h200-ceiling-per-buyer-20260514",
    "h200-licensed-firms-20260718", "smic-yield-202512-ai-gpu", "smic-yield-202502-910c", "smic-yield-2025-cambricon",
    "chips-leased-abroad-20260930", "china-smuggled-chips-2024", "huawei-ascend-chips-output-2026",
    "ascend-910c-chips-output-plan-2026", "china-domestic-supply-to-demand-forecast-2026-bernstein",
    "h200-price-20260114", "h200-price-grey-premium-20260121",
)  # fmt: skip
SEGMENT_NAMES = {
    "public": "Public\nsector",
    "telecoms": "Telecoms",
    "training": "Platforms:\ntraining",
    "inference": "Platforms:\ninference",
    "other": "Others",
    "all": "All",
}


def mixes(judged: Assumptions) -> pd.DataFrame:
    """Return each segment's work by kind of task, as shares of operations; rows segments, columns WORKLOADS."""
    decode, tuning = judged["market-decode-share"].central, judged["market-tuning-share"].central
    served = [0.0, 0.0, 1 - decode, decode]
    mixed = [0.0, tuning, (1 - tuning) * (1 - decode), (1 - tuning) * decode]
    rows = {"public": mixed, "telecoms": mixed, "training": [1.0, 0, 0, 0], "inference": served, "other": mixed}
    return pd.DataFrame([rows[name] for name in SEGMENTS], index=list(SEGMENTS), columns=list(WORKLOADS))


def rates(accelerators: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return the work of one chip for each segment, in H200; rows segments, columns the names of CHIPS.

    For a mix the rate is one over the time of its parts (`substitution.work_rate`), each at its roofline.
    """
    rows = accelerators.set_index("accelerator_id")
    where = [judged[f"intensity-{name}"].central for name in WORKLOADS]
    reach = {
        name: roofline.attainable(rows.loc[key, "bf16_dense_tflops"], rows.loc[key, "bandwidth_gb_s"], where)
        for name, key in CHIPS.items()
    }
    mix = mixes(judged)
    rate = {name: [model.work_rate(mix.loc[s] / reach[name]) for s in SEGMENTS] for name in CHIPS}
    frame = pd.DataFrame(rate, index=list(SEGMENTS))
    return frame.div(frame["imported"], axis=0)


def sizes(judged: Assumptions) -> np.ndarray:
    """Return the segments' shares of demand, scaled to one."""
    size = np.array([judged[f"market-size-{name}"].central for name in SEGMENTS])
    return size / size.sum()


def identified(accelerators: pd.DataFrame, facts: pd.DataFrame, judged: Assumptions, points: int = 31) -> pd.DataFrame:
    """Return the switching penalties that two years' shares allow at each alpha: the identified set.

    Columns alpha; low_2024, high_2024 from the shares of 2024, when H20 could be bought freely; low_2025 from
    those of 2025, when its import was stopped for a part of the year (a bound from one side); low, high of both.
    """
    alpha = judged["market-alpha"]
    grid = np.linspace(alpha.low, alpha.high, points)
    work, size, bound = rates(accelerators, judged), sizes(judged), judged["market-bound-share"]
    h20, home = judged["market-h20-price"], judged["market-domestic-price"]
    old = judged["market-910b-price"]
    spans = {}
    for year, chip, prices in (
        (2024, "ascend-910b", (old.low, old.high)),
        (2025, "domestic", (home.low, home.central)),
    ):
        ratio = float(size @ np.log(work["h20"] / work[chip]))
        cost = (ratio + np.log(prices[0] / h20.high), ratio + np.log(prices[1] / h20.low))
        share = fact(facts, f"china-domestic-share-units-{year}")["value"]
        free = (share - bound.high) / (1 - bound.high), (share - bound.low) / (1 - bound.low)
        odds = tuple(np.log(s / (1 - s)) for s in free)
        spans[year] = model.penalty_bounds(grid, cost, odds, imports_limited=year == 2025)
    frame = pd.DataFrame({"alpha": grid, "low_2024": spans[2024][0], "high_2024": spans[2024][1]})
    frame["low_2025"] = spans[2025][0]
    frame["low"] = frame[["low_2024", "low_2025"]].max(axis=1).clip(lower=0)
    frame["high"] = frame["high_2024"]
    return frame


@dataclass(frozen=True)
class State:
    """One reading of the market: demand and domestic supply in chips, alpha and the mean switching penalty."""

    demand: float
    domestic: float
    alpha: float
    penalty: float


@dataclass(frozen=True)
class Scenario:
    """What the two capitals and the makers do: chips licensed, pairing ratio, output left, who is closed."""

    key: str
    name: str
    licensed: float
    pairing: float = 0.0
    each_buyer: bool = False
    output: float = 1.0
    state_closed: bool = False


def licences(facts: pd.DataFrame) -> dict[str, float]:
    """Return volumes of licensed imports in 2026, in chips: delivered, consented by Beijing, and the American cap."""

    def value(key: str) -> float:
        row = fact(facts, key)
        return float(row["value"] if pd.notna(row["value"]) else row["low"])

    cap = value("h200-ceiling-per-buyer-20260514") * value("h200-licensed-firms-20260718")
    return {
        "delivered": value("h200-delivered-20260818-both"),
        "consented": value("h200-conditionally-approved-20260128"),
        "cap": cap,
    }


def scenarios(facts: pd.DataFrame, judged: Assumptions) -> tuple[list[Scenario], Scenario]:
    """Return the scenarios, and among them that of the cap.

    Ratios and the closed public sector are taken at the cap, shocks to supply with what was delivered.
    """
    volume = licences(facts)
    yields = {
        name: fact(facts, key)["value"]
        for name, key in (("now", "smic-yield-202512-ai-gpu"), ("up", "smic-yield-202502-910c"),
                          ("down", "smic-yield-2025-cambricon"))
    }  # fmt: skip
    cap = Scenario("cap", "Licences up to the cap", volume["cap"])
    delivered = Scenario("delivered", "As delivered by August", volume["delivered"])
    cases = [
        Scenario("none", "No licences", 0.0),
        delivered,
        replace(delivered, key="memory", name="… memory short", output=judged["market-memory-shock"].central),
        replace(delivered, key="yield-down", name="… yield down", output=yields["down"] / yields["now"]),
        replace(delivered, key="yield-up", name="… yield up", output=yields["up"] / yields["now"]),
        Scenario("consented", "As Beijing consented", volume["consented"]),
        cap,
        *(
            replace(cap, key=f"pairing-{ratio:g}".replace(".", "-"), name=f"… pairing {ratio:g}", pairing=ratio)
            for ratio in (0.5, 1.0, 2.0)
        ),
        replace(cap, key="pairing-each", name="… pairing 1 by segment", pairing=1.0, each_buyer=True),
        replace(cap, key="state-closed", name="… public sector closed", state_closed=True),
    ]
    return cases, cap


@dataclass(frozen=True)
class Outcome:
    """shares[g, p] of each segment's work; chips and rents by product; premium as a share of price; the ratio's own.

    `levy` is what the ratio adds to the price of an import, as a share of it (the largest over segments where the
    ratio binds each buyer); `served` the shares of all work.
    """

    shares: np.ndarray
    served: np.ndarray
    chips: np.ndarray
    premium: np.ndarray
    levy: float
    shadow: float


class Market:
    """The fixed parts of the market: work by chip, sizes, prices, policy."""

    def __init__(self, accelerators: pd.DataFrame, judged: Assumptions) -> None:
        rate = rates(accelerators, judged)
        self.judged, self.size = judged, sizes(judged)
        third = np.full(len(SEGMENTS), judged["market-third-work"].central)
        waits = np.full(len(SEGMENTS), np.inf)
        self.work = np.column_stack([rate["imported"], rate["domestic"], third, waits])
        self.price = np.array([judged[f"{name}-price"].central for name in ("h200", "market-domestic", "market-third")])
        cost = self.price / self.work[:, :3]
        reserve = np.full((len(SEGMENTS), 1), judged["market-reserve-price"].central)
        self.cost = np.hstack([cost, reserve]) / self.price[IMPORTED]
        # The penalty of each segment in units of that of inference, then scaled so that its mean is the penalty.
        extra, tuning = judged["market-training-penalty"].central - 1, judged["market-tuning-share"].central
        weight = 1 + extra * np.array([tuning, tuning, 1.0, 0.0, tuning])
        self.penalty = weight / (self.size @ weight)
        self.policy = np.zeros((len(SEGMENTS), len(PRODUCTS)))
        for g, name in zip(STATE, ("public", "telecoms"), strict=True):
            self.policy[g, [IMPORTED, THIRD]] = -judged[f"market-policy-{name}"].central
        self.policy[0, THIRD] = -np.inf  # an agency neither rents abroad nor buys outside licences

    def solve(self, state: State, scenario: Scenario) -> Outcome:
        """Return the outcome of one scenario in one state."""
        penalty = np.zeros_like(self.policy)
        penalty[:, DOMESTIC] = state.penalty * self.penalty
        policy = self.policy.copy()
        if scenario.state_closed:
            policy[np.ix_(STATE, (IMPORTED, THIRD))] = -np.inf
        if scenario.licensed <= 0:
            policy[:, IMPORTED] = -np.inf
        value = model.utility(self.cost, state.alpha, penalty, policy)
        demand = state.demand * self.size
        supply = [
            max(scenario.licensed, 1.0),
            state.domestic * scenario.output,
            self.judged["market-third-chips"].central,
            np.inf,
        ]
        limit = model.limits(demand, self.work, supply, scenario.pairing, each_buyer=scenario.each_buyer)
        found = model.allocate(demand, value, limit)
        chips = (demand[:, None] * found.shares / self.work)[:, :3].sum(axis=0)
        ratio = found.rents[3:]
        # A rent on a chip is one on its work; for domestic chips the mean over segments stands for all of them.
        work = np.array([1.0, float(self.size @ self.work[:, DOMESTIC]), self.work[0, THIRD]])
        rent = found.rents[:3] * [scenario.licensed > 0, 1, 1]
        shadow = float(ratio.max(initial=0.0))
        return Outcome(
            found.shares,
            self.size @ found.shares,
            chips,
            model.premium(rent, state.alpha, work),
            float(model.premium(scenario.pairing * shadow, state.alpha)),
            shadow / state.alpha,
        )


SOLD_OUT = 0.999  # of output: sold out for the purpose of the observation of 2026


def most_penalty(market: Market, facts: pd.DataFrame, demand: float, domestic: float, alpha: float) -> float:
    """Return the largest penalty at which domestic output of 2026 sells out beside the imports delivered; NaN if none.

    In 2026 makers raised prices and quoted waits of more than a year, so that output did sell out.
    """
    case = Scenario("2026", "", licences(facts)["delivered"])

    def sold(penalty: float) -> bool:
        return market.solve(State(demand, domestic, alpha, penalty), case).chips[DOMESTIC] >= SOLD_OUT * domestic

    low, high = 0.0, 12.0
    if not sold(low):
        return float("nan")
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if sold(middle) else (low, middle)
    return low


def states(
    market: Market, facts: pd.DataFrame, allowed: pd.DataFrame, judged: Assumptions
) -> tuple[State, list[State], pd.DataFrame]:
    """Return a middle state, all states that the record allows, and what is allowed of each combination.

    A state is a demand, a supply, an alpha and a penalty. The frame has one row for each combination of the first
    three: low and high of the penalty, high_2026, `possible` where some penalty fits all years, `used`. The middle
    is the used combination nearest to the central one. Where the year 2026 fits with no combination at all, those
    that fit 2024 and 2025 are used; raises ValueError where none does.
    """
    three = [judged[f"market-{name}"] for name in ("demand", "domestic-chips", "alpha")]
    rows = []
    for values in product(*(dict.fromkeys((one.low, one.central, one.high)) for one in three)):
        row = allowed.iloc[(allowed["alpha"] - values[2]).abs().argmin()]
        top = most_penalty(market, facts, *values)
        apart = sum(abs(np.log(value / one.central)) for value, one in zip(values, three, strict=True))
        rows.append((*values, row["low"], row["high"], top, apart))
    frame = pd.DataFrame(rows, columns=["demand", "domestic", "alpha", "low", "high_2024", "high_2026", "apart"])
    frame["high"] = frame[["high_2024", "high_2026"]].min(axis=1, skipna=False)
    frame["possible"] = frame["high"] >= frame["low"]
    if not frame["possible"].any():
        frame["high"] = frame["high_2024"]
    frame["used"] = frame["high"] >= frame["low"]
    used = frame[frame["used"]]
    if used.empty:
        raise ValueError("the shares of 2024 and 2025 allow no switching penalty under these judgements")
    one = used.loc[used["apart"].idxmin()]
    spread = [
        State(row.demand, row.domestic, row.alpha, float(k))
        for row in used.itertuples()
        for k in dict.fromkeys((row.low, row.high))
    ]
    return State(one["demand"], one["domestic"], one["alpha"], float(one["low"] + one["high"]) / 2), spread, frame


Solved = dict[str, list[Outcome]]


def solve_all(market: Market, cases: Sequence[Scenario], middle: State, spread: Sequence[State]) -> Solved:
    """Return each scenario's outcomes: that of the central state first, then of all others."""
    return {case.key: [market.solve(state, case) for state in (middle, *spread)] for case in cases}


def outcomes(cases: Sequence[Scenario], solved: Solved) -> pd.DataFrame:
    """Return shares by scenario, segment (and all) and product: central, low and high over the states, rounded."""
    rows = []
    for case in cases:
        stack = np.array([np.vstack([one.shares, one.served]) for one in solved[case.key]])
        for g, segment in enumerate((*SEGMENTS, "all")):
            for p, name in enumerate(PRODUCTS):
                values = stack[:, g, p]
                rows.append((case.key, case.name, segment, name, *map(_six, (values[0], values.min(), values.max()))))
    return pd.DataFrame(rows, columns=["scenario", "name", "segment", "product", "central", "low", "high"])


def rents(cases: Sequence[Scenario], solved: Solved, middle: State, spread: Sequence[State]) -> pd.DataFrame:
    """Return scarcity and what the ratio adds by scenario: central, low, high; premiums are shares of the price.

    Columns scenario, name, pairing, licensed, then imported, domestic, third (premiums), levy (of the ratio on an
    import), sold_out (domestic chips sold over output), chips_imported, chips_domestic, each with _low and _high.
    """
    rows = []
    for case in cases:
        found = solved[case.key]
        limit = [state.domestic * case.output for state in (middle, *spread)]
        table = {
            **{name: [one.premium[p] for one in found] for p, name in enumerate(PRODUCTS[:3])},
            "levy": [one.levy for one in found],
            "sold_out": [one.chips[DOMESTIC] / top for one, top in zip(found, limit, strict=True)],
            "chips_imported": [one.chips[IMPORTED] for one in found],
            "chips_domestic": [one.chips[DOMESTIC] for one in found],
        }
        row = {"scenario": case.key, "name": case.name, "pairing": case.pairing, "licensed": case.licensed}
        for name, values in table.items():
            row |= {name: _six(values[0]), f"{name}_low": _six(min(values)), f"{name}_high": _six(max(values))}
        rows.append(row)
    return pd.DataFrame(rows)


def _six(value: float) -> float:
    """Six significant digits; what is noise beside a share is nothing."""
    return 0.0 if abs(value) < 1e-9 else float(f"{value:.6g}")


RATIOS = np.round(np.arange(0, 4.0001, 0.1), 1)


def pairing(market: Market, base: Scenario, middle: State, spread: Sequence[State]) -> pd.DataFrame:
    """Return imports, domestic sales (chips) and the ratio's levy over the ratio, with low and high; rounded."""
    cases = [replace(base, key=f"{k:g}", pairing=float(k)) for k in RATIOS[::2]]
    return rents(cases, solve_all(market, cases, middle, spread), middle, spread)


def turning_ratios(market: Market, base: Scenario, spread: Sequence[State]) -> pd.DataFrame:
    """Return two ratios in each state: where the rule starts to bind, and domestic output over licensed imports.

    Columns binds (domestic over imported chips sold without a rule), output (supply over supply).
    """
    free = [market.solve(state, replace(base, pairing=0.0)) for state in spread]
    return pd.DataFrame(
        {
            "binds": [_six(one.chips[DOMESTIC] / one.chips[IMPORTED]) for one in free],
            "output": [_six(state.domestic * base.output / base.licensed) for state in spread],
            "sold_out": [
                _six(one.chips[DOMESTIC] / (state.domestic * base.output))
                for one, state in zip(free, spread, strict=True)
            ],
        }
    )


def control_grid(market: Market, facts: pd.DataFrame, middle: State) -> pd.DataFrame:
    """Return the central state over every ratio, volume of licences and reading: what the reader's control shows.

    Columns licensed (chips), each (0 for all buyers together, 1 for each), ratio, imported, domestic (chips),
    levy (share of price), imported_work, unserved (shares of all work); nine significant digits.
    """
    rows = []
    for volume, each, ratio in product(licences(facts).values(), (0, 1), RATIOS):
        case = Scenario("grid", "", volume, float(ratio), bool(each))
        one = market.solve(middle, case)
        values = (one.chips[IMPORTED], one.chips[DOMESTIC], one.levy, one.served[IMPORTED], one.served[NONE])
        rows.append((volume, each, float(ratio), *(float(f"{max(v, 0.0):.9g}") for v in values)))
    columns = ["licensed", "each", "ratio", "imported", "domestic", "levy", "imported_work", "unserved"]
    return pd.DataFrame(rows, columns=columns)


def across_the_set(market: Market, base: Scenario, frame: pd.DataFrame, middle: State) -> pd.DataFrame:
    """Return how results move over the identified set at the central demand and supply.

    frame is that of `states`. Columns alpha, penalty, shares of domestic chips in training, in inference and in
    all work, and the premium on an import.
    """
    rows = []
    own = frame[(frame["demand"] == middle.demand) & (frame["domestic"] == middle.domestic) & frame["used"]]
    for row in own.itertuples():
        for penalty in (row.low, row.high):
            one = market.solve(replace(middle, alpha=row.alpha, penalty=float(penalty)), base)
            shares = (one.shares[SEGMENTS.index(name), DOMESTIC] for name in ("training", "inference"))
            rows.append([row.alpha, penalty, *shares, one.served[DOMESTIC], one.premium[IMPORTED]])
    columns = ["alpha", "penalty", "training", "inference", "domestic", "premium"]
    return pd.DataFrame(rows, columns=columns).map(_six)


def prices(facts: pd.DataFrame, judged: Assumptions) -> dict[str, tuple[float, float]]:
    """Return what one H200 costs on the imported side, by way of getting it: low and high, USD."""
    official = judged["h200-price"]
    markup = bounds(fact(facts, "h200-price-grey-premium-20260121"))
    listed = bounds(fact(facts, "h200-price-20260114"))
    paid, chips = (bounds(fact(facts, key)) for key in ("lease-value-abroad-20260930", "chips-leased-abroad-20260930"))
    return {
        "licensed H200": (official.low, official.high),
        "H200, grey market": (listed[0] * (1 + markup[0]), listed[1] * (1 + markup[1])),
        "lease abroad": (paid[0] / chips[1], paid[1] / chips[0]),
    }


def across_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `across_the_set` for display."""
    shown = pd.DataFrame({"Reaction to cost": [quantity(v, "none", 2) for v in frame["alpha"]]})
    shown["Switching penalty"] = [quantity(v, "none", 2) for v in frame["penalty"]]
    for name, text in (("training", "Domestic in training"), ("inference", "Domestic in inference"),
                       ("domestic", "Domestic in all work"), ("premium", "Premium on an import")):  # fmt: skip
        shown[text] = [quantity(v, "fraction", 2) for v in frame[name]]
    return shown


def record_table(allowed: pd.DataFrame, frame: pd.DataFrame, middle: State) -> pd.DataFrame:
    """Return what each year says of the penalty at the middle of demand and supply, for display."""
    rows = []
    for own in frame[(frame["demand"] == middle.demand) & (frame["domestic"] == middle.domestic)].itertuples():
        year = allowed.iloc[(allowed["alpha"] - own.alpha).abs().argmin()]
        rows.append(
            [
                quantity(own.alpha, "none", 2),
                interval(max(year["low_2024"], 0.0), year["high_2024"], "none", 2),
                f"at least {quantity(max(year['low_2025'], 0.0), 'none', 2)}",
                f"at most {quantity(own.high_2026, 'none', 2)}" if own.high_2026 == own.high_2026 else "none fits",
                interval(own.low, own.high, "none", 2) if own.possible else "none",
            ]
        )
    columns = ["Reaction to cost", "Shares of 2024", "Shares of 2025", "Sold out in 2026", "Penalties left"]
    return pd.DataFrame(rows, columns=columns)


def rents_table(rents: pd.DataFrame) -> pd.DataFrame:
    """Return scarcity by scenario for display: middle value and range, as a rise of the price."""
    names, last = [], ""
    for name in rents["name"]:
        last = last if name.startswith("…") else name
        names.append(name.replace("…", f"{last}:") if name.startswith("…") else name)
    shown = pd.DataFrame({"Scenario": names})
    for column, text in (("imported", "Licensed import"), ("domestic", "Domestic chip"), ("third", "Third supply"),
                         ("levy", "Pairing ratio, on an import")):  # fmt: skip
        shown[text] = [
            f"{quantity(row[column], 'fraction', 2)} "
            f"({interval(row[f'{column}_low'], row[f'{column}_high'], 'fraction', 2)})"
            if row[f"{column}_high"] > 0 else "–"
            for _, row in rents.iterrows()
        ]  # fmt: skip
    return shown


def break_even(accelerators: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return when switching pays, over what the imported side costs: volumes in H200 of work, for two kinds of work.

    Columns work (training, inference), stay (USD for one H200), central, low (the most favourable corner), high
    (the least), horizon (months at central values); infinite where switching never pays.
    """
    rate = rates(accelerators, judged)["domestic"]
    staff, wage, life = judged["switch-engineers"], judged["switch-month-cost"], judged["switch-life"]
    months, price = judged["switch-months"], judged["market-domestic-price"]
    rows = []
    for kind in ("training", "inference"):
        skill, work = judged[f"switch-efficiency-{kind}"], rate[kind]
        ends = {
            "central": (price.central, skill.central, months.central, staff.central, wage.central, life.central),
            "low": (price.low, skill.high, months.low, staff.low, wage.low, life.high),
            "high": (price.high, skill.low, months.high, staff.high, wage.high, life.low),
        }
        for stay in STAY:
            row = {"work": kind, "stay": float(stay)}
            for name, (paid, reached, delay, people, pay, served) in ends.items():
                switch = switching.unit_cost(paid, work, reached)
                row[name] = _six(float(switching.break_even_volume(people * pay * delay, stay, switch, delay, served)))
            switch = switching.unit_cost(price.central, work, skill.central)
            row["horizon"] = _six(float(switching.break_even_horizon(stay, switch, months.central)))
            rows.append(row)
    return pd.DataFrame(rows)


STAY = np.arange(15_000, 90_001, 1_000)


def switch_costs(accelerators: pd.DataFrame, judged: Assumptions) -> pd.DataFrame:
    """Return the cost of one H200 of work on a domestic chip (USD), and the domestic price at which it is even.

    Index training, inference; columns cost, cost_low, cost_high, even, even_low, even_high (USD a chip).
    """
    rate, price, other = rates(accelerators, judged)["domestic"], judged["market-domestic-price"], judged["h200-price"]
    rows = {}
    for kind in ("training", "inference"):
        skill, work = judged[f"switch-efficiency-{kind}"], rate[kind]
        rows[kind] = {
            "cost": float(switching.unit_cost(price.central, work, skill.central)),
            "cost_low": float(switching.unit_cost(price.low, work, skill.high)),
            "cost_high": float(switching.unit_cost(price.high, work, skill.low)),
            "even": float(switching.indifferent_price(other.central, work, skill.central)),
            "even_low": float(switching.indifferent_price(other.low, work, skill.low)),
            "even_high": float(switching.indifferent_price(other.high, work, skill.high)),
        }
    return pd.DataFrame(rows).T.map(_six)

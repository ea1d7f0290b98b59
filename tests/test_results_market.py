"""The market of chapter 3: its record, its scenarios, its grid, and the facts that its event study leaves."""

from dataclasses import replace

import numpy as np
import pytest

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.evidence.facts import fact
from analysis.publish.exports import offered
from analysis.results import market, reaction
from analysis.tables.store import DATA

FACTS, CHIPS = tables.load("facts"), tables.load("accelerators")
JUDGED = Assumptions(tables.load("assumptions"))


@pytest.fixture(scope="module")
def world():
    own = market.Market(CHIPS, JUDGED)
    allowed = market.identified(CHIPS, FACTS, JUDGED)
    return own, *market.states(own, FACTS, allowed, JUDGED)


def test_a_chips_work_is_one_for_an_h200_and_lies_between_its_ratios_of_bandwidth_and_compute():
    rate = market.rates(CHIPS, JUDGED)
    assert (rate["imported"] == 1).all()
    assert rate["domestic"].between(3200 / 4800 - 1e-9, 752 / 989.5 + 1e-9).all()
    assert rate.loc["training", "h20"] == pytest.approx(148 / 989.5)


def test_every_state_of_the_record_lies_in_the_identified_set_and_sells_out_in_2026(world):
    own, middle, spread, frame = world
    assert frame["possible"].sum() * 2 >= len(spread) > 10
    case = market.Scenario("2026", "", market.licences(FACTS)["delivered"])
    for state in spread:
        assert own.solve(state, case).chips[market.DOMESTIC] >= 0.998 * state.domestic
    assert frame.loc[frame["possible"], "low"].min() <= middle.penalty <= frame["high"].max()


def test_a_record_that_nothing_fits_is_refused(world):
    own, *_ = world
    allowed = market.identified(CHIPS, FACTS, JUDGED)
    with pytest.raises(ValueError, match="allow no switching penalty"):
        market.states(own, FACTS, allowed.assign(low=50.0), JUDGED)
    # A year 2026 that nothing fits leaves the other two.
    plenty = Assumptions(tables.load("assumptions"), {"market-domestic-chips": 5e6})
    _, spread, frame = market.states(own, FACTS, allowed, plenty)
    assert not frame["possible"].any() and frame["used"].all() and len(spread) > 10


def test_scenarios_do_what_they_say(world):
    own, middle, _, _ = world
    cases, cap = market.scenarios(FACTS, JUDGED)
    by_key = {case.key: own.solve(middle, case) for case in cases}
    assert by_key["none"].chips[market.IMPORTED] == 0
    assert by_key["cap"].chips[market.IMPORTED] <= cap.licensed * (1 + 1e-9)
    closed = by_key["state-closed"].shares[list(market.STATE)]
    assert closed[:, [market.IMPORTED, market.THIRD]].max() == 0
    for key, ratio in (("pairing-0-5", 0.5), ("pairing-1", 1.0), ("pairing-2", 2.0)):
        chips = by_key[key].chips
        assert chips[market.DOMESTIC] >= ratio * chips[market.IMPORTED] * (1 - 1e-9)
    each = by_key["pairing-each"].shares[:, : market.THIRD] / own.work[:, : market.THIRD]
    assert (each[:, market.DOMESTIC] >= each[:, market.IMPORTED] - 1e-9).all()


def test_the_levy_of_the_ratio_has_the_effect_of_the_ratio(world):
    """A price of imports raised by the levy, and the domestic price lowered by its yield, give the same shares."""
    own, middle, _, _ = world
    base = market.Scenario("cap", "", market.licences(FACTS)["cap"])
    ruled = own.solve(middle, replace(base, pairing=1.5))
    assert ruled.levy > 0.05
    taxed = market.Market(CHIPS, JUDGED)
    taxed.cost = own.cost.copy()
    taxed.cost[:, market.IMPORTED] *= 1 + ruled.levy
    # The rebate on a domestic chip is the shadow price of the ratio for each unit of its work.
    taxed.cost[:, market.DOMESTIC] *= np.exp(-ruled.shadow / own.work[:, market.DOMESTIC])
    free = taxed.solve(middle, base)
    assert free.shares == pytest.approx(ruled.shares, abs=1e-7)


def test_the_facts_that_claims_rest_on_are_what_the_study_gives():
    found = reaction.study(tables.load("returns"), tables.load("events"))
    for key, share, window in (
        ("cambricon-abnormal-return-20251209-20251212", "CAMBRICON", 4),
        ("hygon-abnormal-return-20251209-20251212", "HYGON", 4),
        ("nvidia-abnormal-return-20251209", "NVDA", 1),
    ):
        row, known = reaction.row(found, share, "E027", window), fact(FACTS, key)
        assert (row["value"], row["low"], row["high"]) == pytest.approx((known["value"], known["low"], known["high"]))
        assert str(row["first"].date()) == str(known["period"].start)
    assert set(tables.load("returns")["source_id"]) == set(reaction.VENDORS)


def test_returns_are_kept_in_windows_only_and_rounded():
    returns = tables.load("returns")
    assert (returns["return"] * 1e4 - (returns["return"] * 1e4).round()).abs().max() < 1e-6
    table, date = reaction.wide(returns), tables.load("events").set_index("event_id")["date"]
    needed = {}
    for share, base in reaction.pairs():
        for event_id, _, late in reaction.EVENTS:
            span = reaction.windows(table[[share, base]].dropna(), date[event_id], late)
            for part in span or ():
                for ticker in (share, base):
                    needed.setdefault(ticker, set()).update(part.index)
    assert {ticker: set(own["date"]) for ticker, own in returns.groupby("ticker", observed=True)} == needed


def test_a_table_that_may_not_be_passed_on_is_neither_offered_nor_described():
    files = offered(DATA)
    assert "returns.csv" not in files and b"returns.csv" not in files["datapackage.json"]
    assert {"claims.csv", "procurement.csv"} <= set(files)
    assert files["claims.csv"] == (DATA / "claims.csv").read_bytes()

"""What the tables give for platforms, listings and power agrees with published figures, and turns when they change."""

import math

import pandas as pd
import pytest

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.models.concentration import hhi_interval
from analysis.results import listings, platforms, power
from analysis.tables.periods import parse_period


@pytest.fixture(scope="module")
def facts():
    return tables.load("facts")


@pytest.fixture(scope="module")
def assumptions():
    return Assumptions(tables.load("assumptions"))


def test_the_parts_of_rented_ai_computing_add_up_to_the_printed_growth(facts):
    parts = platforms.growth_by_part(platforms.ai_iaas(facts))
    printed = facts.set_index("fact_id").loc["china-ai-iaas-market-growth-yoy-2025h1", "value"]
    assert parts.loc["total", "low"] <= printed <= parts.loc["total", "high"]
    assert parts.loc[["generative", "other"], "adds"].sum() == pytest.approx(parts.loc["total", "growth"])
    assert parts.loc[["generative", "other"], "growth"].tolist() == pytest.approx([2.193, -0.141], abs=5e-4)


def test_the_bases_of_two_quarters_of_2024_are_not_what_was_printed(facts):
    spending = platforms.cloud_spending(facts)
    assert spending.index[spending["restated"]].tolist() == ["2024Q1", "2024Q3"]
    assert spending.loc["2023Q1", "printed"] != spending.loc["2023Q1", "printed"], "a gap stays a gap"
    changed = facts.copy()
    printed = changed["fact_id"] == "china-cloud-infrastructure-spend-2024q1"
    changed.loc[printed, ["value", "low", "high"]] = [10e9, 9.95e9, 10.05e9]
    assert platforms.cloud_spending(changed).query("restated").index.tolist() == ["2024Q3"]


def test_the_index_of_the_articles_definition_holds_the_published_interval(facts):
    shares = platforms.shares(facts)
    row = platforms.concentration(shares).iloc[0]
    low, high = hhi_interval([0.404, 0.301])
    assert (round(low), round(high)) == (2538, 3408)
    assert row["hhi_low"] <= low and high <= row["hhi_high"] and row["leader"] == "Baidu"


def test_a_second_reading_of_the_articles_definition_would_decide(facts):
    own = facts[facts["fact_id"].isin(("baidu-ai-cloud-share-gpu-cloud-2025h1", "huawei-cloud-share-gpu-cloud-2025h1"))]
    later = own.assign(period=[parse_period("2025H2")] * 2, low=own["low"] + 0.02, high=own["high"] + 0.02)
    for rows, word in ((facts, "unclear"), (pd.concat([facts, later], ignore_index=True), "holds")):
        pair = platforms.last_two(platforms.shares(rows), "full-stack")
        assert platforms.concentration_rose(*pair) == word


def test_the_largest_clouds_of_late_2025_are_bounded_by_what_is_printed(facts):
    low, high = platforms.three_largest(facts, platforms.shares(facts))["2025Q4"]
    assert low == pytest.approx(0.53) and high == pytest.approx(0.725)


def test_days_agree_with_those_recorded(facts, assumptions):
    days = listings.turnover(facts, assumptions).set_index(["entity", "period"])
    recorded = facts.set_index("fact_id")["value"]
    for period, key in (("2025H1", "2025h1"), ("2025", "2025")):
        row, told = days.loc[("cambricon", period)], recorded[f"cambricon-days-inventory-{key}"]
        assert row["stock_low"] - 0.5 <= told <= row["stock_high"] + 0.5
    for period, key in (("2025", "2025"), ("2026H1", "2026h1")):
        row, told = days.loc[("cambricon", period)], recorded[f"cambricon-dso-days-closing-{key}"]
        assert row["owed_low"] - 0.1 <= told <= row["owed_high"] + 0.1
    bound = days.loc[("moore-threads", "2024")]
    assert bound["stock_low"] > 500 and math.isnan(bound["stock_high"]), "without a margin only a lower bound"


def test_a_figure_that_is_found_fills_its_cell(facts):
    table = tables.load("listings")
    key = ("metax", "Receivables")
    state = listings.disclosure(facts, table).set_index(["entity", "measure"])["state"]
    assert state[key] == "unread" and state[("xfusion", "Receivables")] == "none"
    assert state[("kunlunxin", "Revenue")] == "press"
    row = facts[facts["fact_id"] == "cambricon-accounts-receivable-20251231"].assign(entity="metax")
    more = listings.disclosure(pd.concat([facts, row], ignore_index=True), table)
    assert more.set_index(["entity", "measure"])["state"][key] == "document"


def test_the_rebate_has_the_published_ratio_and_turns_with_its_assumptions(facts):
    register, systems = tables.load("assumptions"), tables.load("systems")
    effect = power.rebate(facts, systems, Assumptions(register))
    assert effect.loc["bill-half"].tolist() == pytest.approx([0.65, 0.70, 0.75])
    assert power.rebate_is_small(tuple(effect.loc["rebate-share", ["low", "high"]])) == "holds"
    dear = power.rebate(facts, systems, Assumptions(register, {"tariff-full": 3.0, "rebate-share": 0.5}))
    assert power.rebate_is_small(tuple(dear.loc["rebate-share", ["low", "high"]])) != "holds"


def test_power_and_chips_turn_with_what_a_chip_draws(facts):
    register = tables.load("assumptions")
    light = {"chip-power": 100, "accelerator-share-of-growth": 0.8, "site-overhead": 1.4, "power-draw": 0.5}
    for overrides, word in (({}, "unclear"), (light, "fails"), ({"chip-power": 20_000}, "holds")):
        carried = power.carried(facts, Assumptions(register, overrides))
        halls = carried[carried["side"] == "halls"]
        there = power._supply(facts)
        assert power.halls_bind((halls["low"].min(), halls["high"].max()), there) == word


def test_the_share_of_draws_is_the_same_twice(facts, assumptions):
    assert power.binding_share(facts, assumptions) == power.binding_share(facts, assumptions)
    assert power.binding_share(facts, Assumptions(tables.load("assumptions"), {"chip-power": 20_000})) == 1.0


def test_curves_start_and_end_at_the_limits(facts):
    chips = power.chips(tables.load("accelerators"))
    curves = power.curves(chips)
    assert curves["h20"].eq(1).all()
    for key, chip in chips.items():
        limits = power.model.limits(chip, chips["h20"])
        assert (curves[key].iloc[0], curves[key].iloc[-1]) == pytest.approx(limits, abs=1e-6)

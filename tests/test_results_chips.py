"""Chips, racks, supply and shares: ratings obey the rule's own arithmetic, and results turn when inputs do."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.results import chips, shares, supply
from analysis.tables.periods import parse_period


@pytest.fixture(scope="module")
def load():
    return {name: tables.load(name) for name in ("accelerators", "systems", "facts", "claims", "sources")}


def judged(**overrides):
    return Assumptions(tables.load("assumptions"), {key.replace("_", "-"): value for key, value in overrides.items()})


def test_total_processing_performance_is_the_largest_dense_rate_times_bits(load):
    rows = load["accelerators"].query("tpp_basis == 'computed'")
    rates = rows[["bf16_dense_tflops", "fp8_dense_tflops", "int8_dense_tops", "fp4_dense_tflops"]]
    assert len(rows) > 30
    np.testing.assert_allclose(rows["tpp"], (rates * [16, 8, 8, 4]).max(axis=1), rtol=2e-3)


def test_a_sparse_rating_is_twice_the_dense_one(load):
    rows = load["accelerators"].dropna(subset=["bf16_dense_tflops", "bf16_sparse_tflops"])
    np.testing.assert_allclose(rows["bf16_sparse_tflops"] / rows["bf16_dense_tflops"], 2, rtol=1e-3)


def test_months_between_periods_are_bounds():
    low, high = chips.between(parse_period("2024Q2"), parse_period("2024-11-15"))
    assert (low, high) == pytest.approx((138 / chips.MONTH, 228 / chips.MONTH))
    low, high = chips.between(parse_period("2023-11-13"), pd.Timestamp("2024-03-18"))
    assert low == high == pytest.approx(126 / chips.MONTH)


def test_eighteen_months_is_neither_gap_but_an_age(load):
    months = chips.ages(load["accelerators"]).set_index("reading")
    age = months.loc["Age on sale, 8 December 2025"]
    assert age["low"] < 18 < age["high"]
    assert (months.loc[months["said"] != "", "high"] < 18).all()


def test_roofline_by_work_has_the_published_ratios(load):
    lines = chips.curves(load["accelerators"])
    h20 = lines[lines["other"] == "H20"]
    at = {edge: np.interp(edge, h20["intensity"], h20["central"]) for edge in (30, 100, 500)}
    assert at == pytest.approx({30: 1.2, 100: 3.243, 500: 6.6858}, rel=2e-3)


def test_thirteen_and_the_share_are_one_mixed_quotient_and_eight_is_none(load):
    found = chips.reconciled(chips.quoted(load["claims"]), chips.quotients(load["accelerators"])).set_index("claim")
    for claim in ("c001-034", "c003-090"):
        assert found.loc[claim, "mixed"] and abs(found.loc[claim, "off"]) < 0.03
    assert not found.loc["c002-118", "mixed"]
    assert abs(found.loc["c001-033", "off"]) > 0.1


def test_racks_have_the_ratios_of_the_ledger(load):
    rack = chips.racks(load["systems"], load["facts"], judged()).set_index(["basis", "part", "other"])
    ends = [tuple(rack.loc[(basis, "compute", "GB200 NVL72"), ["low", "high"]]) for basis in chips.BASES]
    assert ends[0] == pytest.approx((1.6043, 1.6667), abs=1e-4)
    assert ends[1] == pytest.approx((0.3008, 0.3125), abs=1e-4)
    assert ends[2][1] == pytest.approx(0.432, abs=1e-3), "300 PFLOPS against 145 kW"
    assert np.isnan(rack.loc[("kilowatt", "compute", "Eight H200"), "low"]), "power of the node is not sourced"


def test_supply_is_the_same_at_each_call_and_2025_is_held_at_its_count():
    first, second = (supply.run(supply.sample(judged(), 500)) for _ in range(2))
    np.testing.assert_array_equal(first.packages, second.packages)
    assert (first.packages[1] <= supply.sample(judged(), 500).single["made-2025"] + 1e-6).all()


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, "holds"),
        ({"new_stacks_2026": [4e7, 5e7, 6e7]}, "fails"),
        ({"new_stacks_2026": [6e6, 1.2e7, 3e7]}, "unclear"),
    ],
)
def test_more_memory_turns_the_finding_on_memory(changed, word):
    by_year = supply.outlook(supply.sample(judged(**changed), 4000)).set_index(["path", "year"])
    assert supply.memory_is_the_limit(by_year.loc[("as counted", 2026), "memory_binds"]) == word


def test_a_count_is_met_at_the_yield_that_it_needs(load):
    counts = supply.rivals(load["facts"], load["sources"], load["claims"])
    needs = supply.required(counts, judged()).set_index("who")
    need = needs.loc["IDC: cards shipped"]
    low = {f"ascend_wafers_{year}": judged()[f"ascend-wafers-{year}"].low for year in (2024, 2025)}
    yields = {f"ascend_yield_{year}": need["yield_high"] for year in (2024, 2025)}
    run = supply.run(supply.central(judged(**low, **yields)), counted=False)
    assert run.packages[1, 0] == pytest.approx(need["packages"], rel=0.01)


def test_counts_with_one_original_share_a_root(load):
    counts = supply.rivals(load["facts"], load["sources"], load["claims"]).set_index("who")["root"]
    assert counts["Bloomberg: 910C alone"] == counts["Bloomberg: up to 1.0m dies"]
    assert counts["IDC: cards shipped"] != counts["SemiAnalysis: 910B and 910C"]


def test_the_price_that_two_shares_imply():
    assert shares.relative_price(0.25, 0.5) == pytest.approx(3)  # a quarter of the units for half of the money
    assert shares.relative_price(0.4, 0.4) == pytest.approx(1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        shares.relative_price(0.2, 1.0)


def test_every_share_has_a_definition_and_stands_once(load):
    table = shares.table(load["facts"], load["sources"], load["claims"])
    assert table["ref"].is_unique and set(table["definition"]) == set(shares.DEFINITIONS)
    assert all(low <= value for low, value in zip(table["low"], table["value"], strict=True) if not math.isnan(low))

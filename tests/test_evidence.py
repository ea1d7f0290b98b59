"""Numbers are written in one way, findings turn with their predicate, assumptions take an override or say why not."""

import math
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import tables
from analysis.assumptions import AssumptionError, Assumptions
from analysis.evidence.facts import MissingFactError, bounds, fact, series
from analysis.evidence.findings import SLOT, above, below, sentence
from analysis.evidence.formatting import interval, quantity
from analysis.evidence.numbers import MIME, Number, NumberBook
from analysis.evidence.roots import OWN, each_once, sources_of
from analysis.evidence.unrecorded import numeral, unrecorded
from analysis.publish.contents import chapters
from analysis.results import delivery, predicates
from analysis.results import delivery_numbers as say
from analysis.tables.store import DATA


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (19_784_000_000, "USD", "USD 19.8bn"),
        (400_000_000, "USD", "USD 400m"),
        (22_072, "USD", "USD 22,100"),
        (430, "USD", "USD 430"),
        (27_000, "USD/chip", "USD 27,000 a chip"),
        (0.404, "fraction", "40.4%"),
        (0.25, "fraction", "25%"),
        (0.0442, "fraction", "4.42%"),
        (118.8, "days", "119 days"),
        (1, "days", "1 day"),
        (40_000, "chips", "40,000 chips"),
        (1.6, "ratio", "1.6 times"),
        (0, "chips", "0 chips"),
        (0.02, "per month", "2% a month"),
        (16, "count", "16"),
    ],
)
def test_a_quantity_is_written_with_its_unit(value, unit, text):
    assert quantity(value, unit) == text


def test_a_range_names_its_unit_once_and_aligns_its_ends():
    assert interval(40_000, 80_000, "chips") == "40,000 to 80,000 chips"
    assert interval(0.0101, 0.0445, "fraction", 2) == "1.0% to 4.5%"
    assert interval(119.2, 119.2, "days") == "119 days"
    assert interval(0, 2.2e8, "USD") == "USD 0 to 220m"


def test_sources_are_named_once_in_their_order_and_a_fact_stands_for_its_own():
    column = pd.Series(["b", ("a", "b"), float("nan"), "", OWN, "c;a"])
    assert each_once(column, "d") == ("b", "a", OWN, "c", "d")
    assert each_once(column, own=False) == ("b", "a", "c")
    facts = pd.DataFrame({"fact_id": ["one", "two"], "source_id": ["a", OWN]})
    assert sources_of(facts, "two", ["one", "b"]) == (OWN, "a", "b")
    assert sources_of(facts, ("two", "one"), own=False) == ("a",)


def test_a_bound_is_rounded_outwards_and_a_round_one_stays():
    assert interval(2.25e9, 6.05e9, "USD", 2) == "USD 2.2bn to 6.1bn"
    assert interval(119.2, 119.4, "days") == "119 to 120 days"
    assert interval(-0.014, 0.3, "fraction", 2) == "\N{MINUS SIGN}1.4% to 30%"
    bound = Number("share", 0.05251, "fraction", "2026", "at most", low=0.0479, high=0.05251, digits=2)
    assert [bound.text(form) for form in ("", "low", "high", "range")] == ["5.3%", "4.7%", "5.3%", "4.7% to 5.3%"]
    assert Number("all", 0.3, "fraction", "2026", "exact", low=0.1 + 0.2, high=0.3, digits=1).text("high") == "30%"


@given(st.floats(1e-3, 1e13), st.sampled_from(["USD", "fraction", "ratio", "quarters"]))
def test_a_written_quantity_is_within_half_a_percent_of_its_value(value, unit):
    text = quantity(value, unit).replace(",", "").removeprefix("USD ")
    scale = {"tn": 1e12, "bn": 1e9, "m": 1e6}.get(text.lstrip("0123456789."), 1.0)
    number = float(text.rstrip("abcdefghijklmnopqrstuvwxyz% ")) * scale / (100 if unit == "fraction" else 1)
    coarse = 0.5 if unit == "USD" else 0.0
    assert abs(number - value) <= max(0.0051 * value, coarse)


def test_both_ends_of_an_exact_number_are_the_number():
    exact = Number("days", 6.6, "days", "2026-06-30", "basis", low=6.6, high=6.6)
    assert {exact.text(form) for form in ("", "low", "high", "range")} == {"7 days"}


def test_a_number_without_an_interval_or_with_an_unknown_key_is_refused():
    number = Number("stock", 1e9, "USD", "2026-07-26", "balance sheet")
    with pytest.raises(ValueError, match="stock has no low"):
        number.text("low")
    book = NumberBook(1, [number])
    with pytest.raises(ValueError, match="stock is defined twice"):
        book.add(number)
    assert book.bundle({"reads": ["facts"]})[MIME]["numbers"][0]["text"] == {"": "USD 1bn", "bare": "1"}


def test_above_and_below_see_all_three_outcomes():
    assert [above(low, high, 1.0) for low, high in ((1.1, 2), (0.1, 0.9), (0.5, 2), (math.nan, 2))] == [
        "holds", "fails", "unclear", "unclear",
    ]  # fmt: skip
    assert [below(low, high, 1.0) for low, high in ((0.1, 0.9), (1.1, 2), (0.5, 2))] == ["holds", "fails", "unclear"]


TURNS = [
    (key, cases)
    for module in sorted(Path(__file__).parent.glob("turns_*.py"))
    for key, cases in import_module(module.stem).TURNS.items()
]


def test_every_predicate_turns_in_every_direction_it_has():
    known = predicates()
    turned = [key for key, _ in TURNS]
    needed = {key for joined in tables.load("findings")["predicate"] for key in joined.split(";")}
    assert needed == set(known) == set(turned) and len(turned) == len(known)
    for key, cases in TURNS:
        found = [known[key](*case) for case in cases]
        assert found == ["holds", "fails", "unclear"][: len(cases)], key


@pytest.mark.parametrize("word", ["holds", "fails", "unclear"])
def test_every_finding_has_a_whole_sentence_for_each_outcome(word):
    findings = tables.load("findings")
    numbers = {key: record for chapter in chapters(DATA.parent) for key, record in chapter.numbers.items()}
    words = {key: word for joined in findings["predicate"] for key in joined.split(";")}
    for finding_id in findings["finding_id"]:
        text = sentence(findings, finding_id, lambda key, form: numbers[key]["text"][form], words)
        assert text[0].isupper() and len(text.split()) > 5 and not SLOT.search(text) and "{" not in text, text
    with pytest.raises(KeyError, match="no finding 'nothing'"):
        sentence(findings, "nothing", lambda key, form: "", words)


def test_a_series_takes_the_most_exact_reading_and_keeps_bounds():
    facts = tables.load("facts")
    stock = series(facts, "nvidia", "inventory_total").set_index("period")
    assert stock.loc["FY2026Q3", "value"] == 19_784_000_000
    assert stock.loc["FY2024Q3", "low"] <= stock.loc["FY2024Q3", "value"] <= stock.loc["FY2024Q3", "high"]
    assert math.isnan(bounds(fact(facts, "h200-orders-20251231"))[1])
    with pytest.raises(MissingFactError, match="no nothing of nvidia"):
        series(facts, "nvidia", "nothing")


def test_an_override_replaces_a_judgement_or_is_refused_with_all_that_is_wrong():
    register = tables.load("assumptions")
    judged = Assumptions(register, {"divert-share": 0.3, "h200-gross-margin": [0.5, 0.6, 0.7]})
    assert (judged["divert-share"].low, judged["divert-share"].high) == (0.3, 0.3)
    assert judged["h200-gross-margin"].central == 0.6
    with pytest.raises(AssumptionError) as error:
        Assumptions(register, {"no-such": 1, "levy-rate": 25, "h200-price": "dear", "ship-days": [3, 2, 1]})
    for part in ("no assumption 'no-such'", "levy-rate: 25 is outside 0 to 1", "neither a number", "low <= central"):
        assert part in str(error.value)


def test_an_override_turns_a_finding():
    facts, register = tables.load("facts"), tables.load("assumptions")
    cheap = delivery.explained(facts, Assumptions(register, {"h200-gross-margin": 0.99}))
    assert say.plan_explains_little(tuple(cheap[["share_low", "share_high"]].iloc[0])) == "holds"
    dear = delivery.explained(facts, Assumptions(register, {"h200-price": [60_000, 80_000, 90_000]}))
    assert say.plan_explains_little(tuple(dear[["share_low", "share_high"]].iloc[0])) == "unclear"


def test_a_number_of_an_article_that_no_claim_records_is_found():
    assert [numeral(text) for text in ("一万", "二十四", "十", "三百零五", "两")] == [10_000, 24, 10, 305, 2]
    claims = tables.load("claims")
    own = claims[claims["claim_id"] == "c000-019"].iloc[0]
    assert own["value"] == 2e10
    text = "库存接近200亿美元。\n另有4711万颗, 三千七百位。"
    assert [found.text for found in unrecorded(text, claims, "000")] == ["4711万", "三千七百"]
    with pytest.raises(ValueError, match="no claim is of article '009'"):
        unrecorded(text, claims, "009")

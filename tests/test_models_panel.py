"""The panel's rules: zones, hysteresis, dwell, verdicts."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.models.panel import Rule, moved, run, verdict, zone

ABOVE = Rule("above", 2.0, 1.0, 2)
BELOW = Rule("below", 30.0, 60.0, 2)


def exact(*values):
    return [(float(value), float(value)) for value in values]


@pytest.mark.parametrize(
    ("rule", "low", "high", "expected"),
    [
        (ABOVE, 2, 3, "beyond"),
        (ABOVE, 1.9, 3, "between"),  # straddles the threshold to enter
        (ABOVE, 0.5, 0.9, "short"),
        (ABOVE, 0.5, 1.0, "between"),
        (ABOVE, 2, math.nan, "beyond"),  # at least 2
        (ABOVE, 0, math.nan, "between"),  # at least 0 may be anything
        (ABOVE, math.nan, 0.5, "short"),  # at most 0.5
        (BELOW, 10, 30, "beyond"),
        (BELOW, 61, 70, "short"),
        (BELOW, 20, 70, "between"),
    ],
)
def test_only_a_whole_interval_lies_beyond_or_short(rule, low, high, expected):
    assert zone(rule, low, high) == expected


def test_a_trigger_needs_its_dwell_to_enter_and_to_leave():
    steps = run(ABOVE, exact(0, 3, 1.5, 2, 2.5, 1.2, 0.5, 0.4))
    assert [step.on for step in steps] == [False, False, False, False, True, True, True, False]
    assert [step.state for step in steps] == [
        "quiet", "watch", "watch", "watch", "triggered", "triggered", "watch", "quiet",
    ]  # fmt: skip
    assert [step.pending for step in steps] == [0, 1, 0, 1, 0, 0, 1, 0]


def test_hysteresis_holds_where_one_threshold_would_flip():
    wavering = exact(2.1, 2.2, 1.9, 2.1, 1.8, 2.2, 1.9)
    one = Rule("above", 2.0, 2.0, 1)
    flips = [step.on for step in run(one, wavering)]
    assert sum(a != b for a, b in pairwise(flips)) == 5
    assert all(step.on for step in run(ABOVE, wavering)[1:])


RELEASES = st.lists(st.tuples(st.floats(-5, 5), st.floats(0, 3)).map(lambda p: (p[0], p[0] + p[1])), max_size=40)
RULES = st.tuples(st.floats(-2, 2), st.floats(0, 2), st.integers(1, 4)).map(
    lambda p: Rule("above", p[0], p[0] - p[1], p[2])
)


@given(RULES, RELEASES)
def test_a_state_never_flips_more_often_than_the_dwell_allows(rule, releases):
    on = [False] + [step.on for step in run(rule, releases)]
    flips = [place for place, (a, b) in enumerate(pairwise(on), start=1) if a != b]
    assert all(later - earlier >= rule.dwell for earlier, later in zip([0, *flips], flips, strict=False))


@given(RULES, RELEASES)
def test_below_is_the_mirror_of_above(rule, releases):
    mirror = Rule("below", -rule.enter, -rule.leave, rule.dwell)
    assert run(rule, releases) == run(mirror, [(-high, -low) for low, high in releases])


@given(RULES, RELEASES, st.integers(0, 40))
def test_the_past_of_a_state_does_not_depend_on_later_releases(rule, releases, cut):
    assert run(rule, releases[:cut]) == run(rule, releases)[:cut]


@given(st.floats(0.1, 5), st.floats(0, 1), RELEASES)
def test_a_harder_rule_never_turns_a_release_into_beyond(enter, share, releases):
    rule = Rule("above", enter, enter * share, 2)
    harder = moved(rule, 1.25, 2)
    assert all(zone(rule, *one) == "beyond" for one in releases if zone(harder, *one) == "beyond")


def test_harder_means_lower_for_a_trigger_entered_from_above():
    assert moved(BELOW, 1.25, 3) == Rule("below", 24.0, 48.0, 3)
    with pytest.raises(ValueError, match="factor is 0"):
        moved(BELOW, 0, 2)


@pytest.mark.parametrize(
    ("states", "total", "expected"),
    [
        (["triggered", "triggered", "watch"], 5, "borne out"),
        (["triggered", "triggered", "quiet"], 3, "undecided"),
        (["quiet", "quiet", "watch"], 3, "not borne out"),
        (["triggered", "watch"], 2, "undecided"),
        (["quiet", "quiet"], 5, "cannot be told"),
        ([], 1, "cannot be told"),
        (["triggered"], 2, "borne out"),
    ],
)
def test_a_verdict_follows_from_the_states(states, total, expected):
    assert verdict(states, total) == expected


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rule("over", 1, 0, 2), "expected above or below"),
        (lambda: Rule("above", 1, 2, 2), "left at 2"),
        (lambda: Rule("below", 2, 1, 2), "left at 1"),
        (lambda: Rule("above", math.nan, 0, 2), "finite"),
        (lambda: Rule("above", 1, 0, 0), "dwell is 0"),
        (lambda: zone(ABOVE, math.nan, math.nan), "a value or a bound"),
        (lambda: zone(ABOVE, 2, 1), "low 2 above high 1"),
        (lambda: verdict(["quiet", "quiet"], 1), "2 states of 1"),
    ],
)
def test_what_a_rule_cannot_use_is_refused_in_one_sentence(make, message):
    with pytest.raises(ValueError, match=message) as error:
        make()
    assert "\n" not in str(error.value)

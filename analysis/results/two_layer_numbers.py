"""Chapter 4's numbers and verdicts on the mix: what the text says of `two_layer`, with unit, date, basis, sources."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.evidence.findings import Span, Verdict, above, verdict
from analysis.evidence.formatting import quantity
from analysis.evidence.numbers import Number
from analysis.results import approval
from analysis.results.two_layer import CORNER, LOT, Case, described, ends, plan

UNIT = "for the work of one H200 in a year"
DAY = str(approval.KNOWN.date())
CHOSEN = (
    ("imported", "ordered imported chips"),
    ("domestic", "domestic chips"),
    ("home", "long rentals at home"),
    ("offshore", "long rentals abroad"),
    ("spares", "spares, part of the ordered chips"),
)


def both_stacks_in_the_mix(smaller: Span) -> Verdict:
    """Say whether the smaller of both stacks is more than a corner of the capacity over all cases."""
    return above(*smaller, CORNER)


def an_import_is_ordered(imported: Span) -> Verdict:
    """Say whether licensed chips are ordered over all cases; shares of the demand."""
    return above(*imported, CORNER)


def imported_stack_trains(gap: Span) -> Verdict:
    """Say whether training weighs more in the imported stack's work than in the domestic one's, over all cases."""
    return above(*gap, 0.0)


def layers_do_different_work(gap: Span) -> Verdict:
    """Say whether the share of training differs by over a tenth between both stacks; least and most of the gap."""
    return above(*gap, 0.1)


def odds_move_rentals(more: Span) -> Verdict:
    """Say whether licence odds from none to certain move rentals more than domestic chips, over all cases."""
    return above(*more, 0.0)


def less_tail_costs_more(saved: float, extra: float) -> Verdict:
    """Say whether the tail falls by more than the mean rises between no and the highest weight of the worst cases."""
    return above(saved - extra, saved - extra, 0.0)


def both_layers_gain(gain: Span) -> Verdict:
    """Say whether an operator on both layers saves more than a twentieth against the better specialist."""
    return above(*gain, 0.05)


def foresight_beats_portability(evpi: Span, portable: Span) -> Verdict:
    """Say whether knowing the future is worth more than a stack on which moving work costs nothing."""
    return above(evpi[0] - portable[1], evpi[1] - portable[0], 0.0)


def mix(
    given: Case, curve: pd.DataFrame, moves: Span, cases: pd.DataFrame, ruled: dict[str, float], odds: float
) -> list[Number]:
    """Return the numbers of the mix: shares of the demand, cost, what moves them and whether layers are layers.

    moves is `more_than_domestic`.
    """
    own = described(given, plan(given))
    judged = "central judgements; interval over one judgement at a time and other draws"
    gap = cases["gap"].dropna()
    ends_of = {name: (min(own[name], ends(cases, name)[0]), max(own[name], ends(cases, name)[1])) for name in own}
    numbers = [
        Number(f"mix-{name}", own[name], "fraction", DAY, f"of the demand, {text}; {judged}", (), *ends_of[name], 2)
        for name, text in CHOSEN
    ]
    for name, text in (("mean", "expected cost"), ("tail", "mean cost of the worst tenth")):
        numbers.append(
            Number(f"mix-{name}", own[name], "USD", DAY, f"{text} {UNIT}; {judged}", (), *ends_of[name], digits=3)
        )
    return [
        *numbers,
        Number(
            "mix-odds",
            odds,
            "probability",
            DAY,
            "a lot comes within a year, chapter 1's central prior",
            (LOT,),
            digits=2,
        ),
        Number("mix-futures", given.futures.probability.size, "count", DAY, "futures that the mix is planned over"),
        Number(
            "mix-smaller",
            float(cases["smaller"].iloc[0]),
            "fraction",
            DAY,
            f"smaller stack's share of the capacity; {judged}",
            (),
            *ends(cases, "smaller"),
            2,
        ),
        Number(
            "mix-gap",
            float(gap.iloc[0]),
            "points",
            DAY,
            f"share of training in the imported stack's work less that in domestic work; {judged}",
            (),
            float(gap.min()),
            float(gap.max()),
            2,
        ),
        Number("mix-cases", len(cases), "count", DAY, "readings of the judgements that were solved"),
        Number(
            "reserved-part",
            ruled["reserved"],
            "fraction",
            DAY,
            "work that a rule reserves, where it is tried",
            digits=2,
        ),
        Number(
            "mix-domestic-ruled",
            ruled["domestic"],
            "fraction",
            DAY,
            "of the demand, domestic chips where part of the work is reserved for them",
            (),
            digits=2,
        ),
        Number("mix-mean-ruled", ruled["mean"], "USD", DAY, f"expected cost {UNIT} with that rule", (), digits=3),
        *(
            Number(
                f"mix-{name}-{when}",
                float(curve[name].iloc[place]),
                "fraction",
                DAY,
                f"of the demand, {text}, licence {word}",
                (),
                digits=2,
            )
            for name, text in CHOSEN[:4]
            for when, word, place in (("never", "odds nil", 0), ("sure", "certain", -1))
        ),
        Number(
            "mix-without",
            float(np.interp(odds, curve["odds"], curve["without"])),
            "fraction",
            DAY,
            "rise of cost where no import is ordered, at the pipeline's odds; interval over odds",
            (),
            *ends(curve, "without"),
            2,
        ),
        verdict("both-stacks-in-the-mix", both_stacks_in_the_mix(ends(cases, "smaller")), DAY, judged),
        verdict("an-import-is-ordered", an_import_is_ordered(ends_of["imported"]), DAY, judged),
        verdict("imported-stack-trains", imported_stack_trains((float(gap.min()), float(gap.max()))), DAY, judged),
        Number(
            "mix-rented-never",
            float(curve["home"].iloc[0] + curve["offshore"].iloc[0]),
            "fraction",
            DAY,
            "of the demand, long rentals, licence odds nil",
            (),
            digits=2,
        ),
        Number(
            "mix-rented-sure",
            float(curve["home"].iloc[-1] + curve["offshore"].iloc[-1]),
            "fraction",
            DAY,
            "of the demand, long rentals, licence certain",
            (),
            digits=2,
        ),
        Number(
            "mix-gap-size",
            abs(float(gap.iloc[0])),
            "points",
            DAY,
            f"the same gap, whichever way; {judged}",
            (),
            float(gap.abs().min()),
            float(gap.abs().max()),
            2,
        ),
        Number(
            "mix-draws",
            own["imported"],
            "fraction",
            DAY,
            "of the demand, ordered imported chips; interval over other draws of the futures only",
            (),
            *ends(cases[cases["name"] == "another draw"], "imported"),
            2,
        ),
        Number(
            "mix-supply", given.terms.domestic_cap, "fraction", DAY, "of the demand, domestic chips to be had", digits=2
        ),
        verdict(
            "layers-do-different-work",
            layers_do_different_work((float(gap.abs().min()), float(gap.abs().max()))),
            DAY,
            judged,
        ),
        verdict(
            "odds-move-rentals",
            odds_move_rentals(moves),
            DAY,
            "change of shares from no licence to a certain one, over three judgements and other draws",
        ),
    ]


def risk(front: pd.DataFrame, worths: pd.DataFrame) -> list[Number]:
    """Return the numbers of the frontier, and of what knowing, planning and a portable layer are worth."""
    ours = front[front["operator"] == "both layers"]
    first, last = ours.iloc[0], ours.iloc[-1]
    saved, extra = float(first["tail"] - last["tail"]), float(last["mean"] - first["mean"])
    own = worths.iloc[0]
    share = {name: worths[name] / worths["mean"] for name in ("evpi", "vss", "portable")}
    text = {
        "evpi": "value of perfect information",
        "vss": "value of the stochastic solution",
        "portable": "fall of expected cost if moving work cost nothing",
    }
    numbers = []
    for name, what in text.items():
        basis = f"{what}, {UNIT}; interval over porting months, domestic supply and price of the service"
        numbers += [
            Number(f"worth-{name}", float(own[name]), "USD", DAY, basis, (), *ends(worths, name), 2),
            Number(
                f"worth-{name}-share",
                float(share[name].iloc[0]),
                "fraction",
                DAY,
                f"{what}, of expected cost",
                (),
                float(share[name].min()),
                float(share[name].max()),
                2,
            ),
        ]
    return [
        *numbers,
        Number(
            "tail-saved",
            saved,
            "USD",
            DAY,
            f"fall of the worst tenth from no to the highest weight, {UNIT}",
            (),
            digits=2,
        ),
        Number("tail-extra", extra, "USD", DAY, f"rise of expected cost on the way, {UNIT}", (), digits=2),
        Number(
            "offshore-bold",
            float(first["offshore"]),
            "fraction",
            DAY,
            "of the demand, rented abroad, no weight on the worst cases",
            (),
            digits=2,
        ),
        Number(
            "offshore-wary",
            float(last["offshore"]),
            "fraction",
            DAY,
            "of the demand, rented abroad, highest weight on the worst cases",
            (),
            digits=2,
        ),
        verdict("less-tail-costs-more", less_tail_costs_more(saved, extra), DAY, "both ends of the frontier"),
        verdict(
            "foresight-beats-portability",
            foresight_beats_portability(ends(worths, "evpi"), ends(worths, "portable")),
            DAY,
            "over porting months, domestic supply and price of the service",
        ),
    ]


def bridge(curve: pd.DataFrame, cases: pd.DataFrame) -> list[Number]:
    """Return the numbers of what an operator on both layers saves over a specialist."""
    own, judged = cases.iloc[0], "interval over one judgement at a time, other draws and licence odds"
    least = cases.loc[cases["gain"].idxmin()]
    span = (min(ends(cases, "gain")[0], ends(curve, "gain")[0]), max(ends(cases, "gain")[1], ends(curve, "gain")[1]))
    names = (
        ("both", "on both layers"),
        ("imported_only", "on the imported stack only"),
        ("domestic_only", "on domestic chips only"),
    )
    return [
        Number(
            "bridge-gain",
            float(own["gain"]),
            "fraction",
            DAY,
            f"saving over the better specialist, of its risk-weighted cost; {judged}",
            (),
            *span,
            2,
        ),
        Number(
            "bridge-gain-odds",
            float(curve["gain"].iloc[0]),
            "fraction",
            DAY,
            "the same, over licence odds only",
            (),
            *ends(curve, "gain"),
            2,
        ),
        Number("bridge-least-case", math.nan, "none", DAY, "reading with the least saving", word=_named(least)),
        *(
            Number(
                f"bridge-{key.replace('_', '-')}",
                float(own[key]),
                "USD",
                DAY,
                f"risk-weighted cost {text} {UNIT}",
                (),
                *ends(cases, key),
                3,
            )
            for key, text in names
        ),
        verdict("both-layers-gain", both_layers_gain(span), DAY, judged),
    ]


def _named(row: pd.Series) -> str:
    if not row["assumption"]:
        return str(row["name"])
    return f"{row['name']} at {quantity(float(row['value']), str(row['unit']), 2)}"


PREDICATES = {
    "both-stacks-in-the-mix": both_stacks_in_the_mix,
    "an-import-is-ordered": an_import_is_ordered,
    "imported-stack-trains": imported_stack_trains,
    "layers-do-different-work": layers_do_different_work,
    "odds-move-rentals": odds_move_rentals,
    "less-tail-costs-more": less_tail_costs_more,
    "both-layers-gain": both_layers_gain,
    "foresight-beats-portability": foresight_beats_portability,
}

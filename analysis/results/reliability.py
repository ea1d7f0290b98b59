"""Chapter 4, from chips to service: failures of published runs, credits for broken promises, spares for a nine.

One published run sets the rate at which chips fail, others check it. Times are in hours unless a name says minutes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.assumptions import Judgements
from analysis.evidence.facts import bounds, fact
from analysis.evidence.findings import Span, Verdict, above, below, verdict
from analysis.evidence.numbers import Number
from analysis.models import reliability as model

ENDS = ("low", "central", "high")
MONTH = 730.0  # hours
SERVER = 8  # chips that fail together, as a board or its host does
NINES = (2, 3, 4, 5)
LLAMA = ("llama3-training-gpus-2024", "llama3-training-days-2024", "llama3-training-unexpected-interruptions-2024")
SIZES = tuple(float(f"{size:.3g}") for size in np.geomspace(1000, 100_000, 41))

# What each published share of use measures; shares of different kinds are never set against each other.
KINDS = {
    "training_mfu": "Use of peak arithmetic in a training run",
    "effective_training_time": "Share of time in which a run moves on",
    "effective_training_time_ratio": "Share of time in which a run moves on",
    "training_availability": "Availability of a cluster, as its vendor counts it",
    "utilisation": "Load of computing centres",
}
METHODS = {
    "ascend-6000-pangu-training-mfu-202505": ("Pangu, 6,000 Ascend chips", "paper of the maker", "paper"),
    "ascend-pangu-moe-training-mfu-202505": ("Pangu, 6,000 to 10,000 chips", "vendor, no method", "vendor"),
    "megascale-training-mfu-2024": ("MegaScale, 12,288 GPUs", "paper of the operator", "paper"),
    "kuae-10k-training-mfu-dense-202512": ("KUAE, dense model", "vendor, no method", "vendor"),
    "kuae-10k-training-mfu-moe-202512": ("KUAE, mixture of experts", "vendor, no method", "vendor"),
    "llama3-training-effective-training-time-2024": ("Llama 3, 16,384 GPUs", "paper, at least", "paper"),
    "byterobust-effective-training-time-ratio-2025": ("ByteRobust, 9,600 GPUs", "paper of the operator", "paper"),
    "ascend-10k-cluster-training-availability-202506": ("Ascend, 10,000 cards", "vendor, no method", "vendor"),
    "china-computing-centres-utilisation-2024": ("All centres, average", "institute of a server maker", "analyst"),
    "china-computing-centres-utilisation-2025": ("One centre in the west", "press, at most", "analyst"),
    "china-computing-centres-utilisation-2025-pcnewsup": ("Local and western centres", "press", "analyst"),
    "china-computing-centres-utilisation-202603": ("Local AI centres", "bank", "analyst"),
}


def per_chip(facts: pd.DataFrame) -> float:
    """Return the chip-hours between interruptions in the published run that sets the rate."""
    chips, days, stops = (float(fact(facts, key)["value"]) for key in LLAMA)
    return chips * days * 24 / stops


def per_domestic_chip(facts: pd.DataFrame) -> float:
    """Return the chip-hours between failures that a vendor claims for its system, a lower bound."""
    hours = float(fact(facts, "cloudmatrix-384-mtbf-202506")["value"])
    return hours * float(fact(facts, "cloudmatrix-384-accelerators")["value"])


def _losses(judged: Judgements, end: str) -> tuple[float, float]:
    return tuple(getattr(judged[key], end) / 60 for key in ("checkpoint-minutes", "restart-minutes"))


def effective(judged: Judgements, chips: float, each: float) -> list[float]:
    """Return the effective share of training time with the low, central and high losses to a checkpoint and restart."""
    failure = model.failure_of_many(each, chips)
    return [float(np.round(model.effective_time(*_losses(judged, end), failure), 6)) for end in ENDS]


def by_size(facts: pd.DataFrame, judged: Judgements) -> pd.DataFrame:
    """Return the effective share of training time over cluster size for both rates of failure.

    Columns chips, then published_ and claimed_ with best (low losses), central and worst.
    """
    rows = []
    for chips in SIZES:
        row = {"chips": chips}
        for name, each in (("published", per_chip(facts)), ("claimed", per_domestic_chip(facts))):
            found = effective(judged, chips, each)
            row |= {f"{name}_{end}": value for end, value in zip(("best", "central", "worst"), found, strict=True)}
        rows.append(row)
    return pd.DataFrame(rows)


def checks(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the published points of effective time with what each allows a failure to cost, in minutes.

    Columns run, chips, share, low, high, vendor, failure (minutes between failures at the rate it is held to),
    allowed (minutes), fact_id. The vendor's availability is held to the vendor's own rate.
    """
    points = (
        ("Llama 3", "llama3-training-gpus-2024", "llama3-training-effective-training-time-2024", False),
        ("ByteRobust", "byterobust-gpus-2025", "byterobust-effective-training-time-ratio-2025", False),
        (
            "Ascend, vendor's claim",
            "ascend-10k-cluster-cards-202506",
            "ascend-10k-cluster-training-availability-202506",
            True,
        ),
    )
    rows = []
    for run, size, share, vendor in points:
        chips, point = float(fact(facts, size)["value"]), fact(facts, share)
        low, high = bounds(point)
        failure = 60 * float(model.failure_of_many(per_domestic_chip(facts) if vendor else per_chip(facts), chips))
        rows.append(
            {
                "run": run,
                "chips": chips,
                "share": float(point["value"]),
                "low": low,
                "high": 1.0 if np.isnan(high) else high,
                "vendor": vendor,
                "failure": round(failure, 6),
                "allowed": round(float(model.loss_allowed(float(point["value"]), failure)), 6),
                "fact_id": share,
            }
        )
    return pd.DataFrame(rows)


def schedule(facts: pd.DataFrame) -> model.Schedule:
    """Return the published schedule of credits for a single instance."""
    keys = ("995", "990", "950")
    found = tuple(float(fact(facts, f"aws-instance-sla-credit-below-{key}")["value"]) for key in keys)
    return model.Schedule(tuple(int(key) / 1000 for key in keys), found)


def credits(facts: pd.DataFrame, judged: Judgements, steps: int = 33) -> pd.DataFrame:
    """Return credits by layer and repair time: at the mean availability and over its distribution in a month.

    A server of eight chips is promised as one instance. Columns layer, repair (hours), up, at_mean, expected, gap.
    """
    span, rows = judged["repair-hours"], []
    hours = sorted({*np.linspace(span.low, span.high, steps), span.central})
    for layer, each in (("imported", per_chip(facts)), ("domestic", per_domestic_chip(facts))):
        failure = each / SERVER
        for repair in hours:
            up = float(model.availability(failure, repair))
            at_mean = float(schedule(facts).credit(up))
            expected = schedule(facts).expected(up, model.month_spread(failure, repair, MONTH))
            rows.append(
                {
                    "layer": layer,
                    "repair": float(repair),
                    "up": up,
                    "at_mean": at_mean,
                    "expected": expected,
                    "gap": expected - at_mean,
                }
            )
    return pd.DataFrame(rows).round(6)


def nines(facts: pd.DataFrame, judged: Judgements) -> pd.DataFrame:
    """Return the spares that each promised availability needs, as a share of the servers promised, by layer.

    Columns layer, nines, low, central, high: repair time and size of the promise at their ends.
    """
    repair, size = judged["repair-hours"], judged["promised-servers"]
    rows = []
    for layer, each in (("imported", per_chip(facts)), ("domestic", per_domestic_chip(facts))):
        found = {
            (hours, needed): model.price_of_a_nine(int(needed), float(model.availability(each / SERVER, hours)), NINES)
            for hours in (repair.low, repair.central, repair.high)
            for needed in (size.low, size.central, size.high)
        }
        central = found[repair.central, size.central]
        for place, count in enumerate(NINES):
            every = [row[place] for row in found.values()]
            rows.append(
                {"layer": layer, "nines": count, "low": min(every), "central": central[place], "high": max(every)}
            )
    return pd.DataFrame(rows)


def next_nine(facts: pd.DataFrame, judged: Judgements) -> pd.DataFrame:
    """Return what the nine from 99.9% to 99.99% adds in spares, a share of the servers promised, over judgements.

    One row a repair time and size, the central ones first; columns repair, servers, imported, domestic, more.
    """
    repair, size = judged["repair-hours"], judged["promised-servers"]
    rows = []
    for hours in (repair.central, repair.low, repair.high):
        for needed in (size.central, size.low, size.high):
            row = {"repair": hours, "servers": needed}
            for layer, each in (("imported", per_chip(facts)), ("domestic", per_domestic_chip(facts))):
                up = float(model.availability(each / SERVER, hours))
                three, four = model.price_of_a_nine(int(needed), up, (3, 4))
                row[layer] = four - three
            rows.append(row | {"more": row["domestic"] - row["imported"]})
    return pd.DataFrame(rows)


def used(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the published shares of use, grouped by what they measure: kind, name, method, by, low, value, high."""
    rows = []
    for key, (name, method, by) in METHODS.items():
        row = fact(facts, key)
        low, high = bounds(row)
        value = row["value"] if pd.notna(row["value"]) else (low + high) / 2
        rows.append(
            {
                "kind": KINDS[row["metric"]],
                "name": name,
                "method": method,
                "by": by,
                "low": low,
                "value": float(value),
                "high": high,
                "fact_id": key,
                "source_id": row["source_id"],
            }
        )
    return pd.DataFrame(rows)


RUNS = (
    *LLAMA,
    "llama3-training-effective-training-time-2024",
    "byterobust-effective-training-time-ratio-2025",
    "ascend-10k-cluster-training-availability-202506",
    "cloudmatrix-384-mtbf-202506",
)
RATES = (*LLAMA, "cloudmatrix-384-mtbf-202506", "cloudmatrix-384-accelerators")
CREDITS = tuple(f"aws-instance-sla-credit-below-{key}" for key in ("995", "990", "950"))


def one_rate_fits(seen: float, expected: Span, share: float, modelled: Span) -> Verdict:
    """Say whether one rate of failure fits other runs: a count of failures and an effective share of time.

    Holds where both lie inside, fails where neither does.
    """
    inside = int(expected[0] <= seen <= expected[1]) + int(modelled[0] <= share <= modelled[1])
    return ("fails", "unclear", "holds")[inside]


def claim_needs_fast_recovery(allowed: Span, claimed: float) -> Verdict:
    """Say whether a claimed availability allows a failure less time than the vendor claims that recovery takes."""
    return below(*allowed, claimed)


def mean_understates_credits(gap: Span) -> Verdict:
    """Say whether the credit at the mean availability is below the expected credit over all repair times."""
    return above(*gap, 0.0)


def a_nine_costs_more_below(more: Span) -> Verdict:
    """Say whether one more nine takes more spares on the domestic layer than on the other, over judgements."""
    return above(*more, 0.0)


def vendors_claim_more(vendor: Span, papers: Span) -> Verdict:
    """Say whether vendors' figures for the use of peak arithmetic lie above those in papers."""
    return above(vendor[0] - papers[1], vendor[1] - papers[0], 0.0)


def run_numbers(facts: pd.DataFrame, judged: Judgements) -> list[Number]:
    """Return the numbers of failures and of effective training time."""
    each, domestic = per_chip(facts), per_domestic_chip(facts)
    points = checks(facts).set_index("run")
    llama, other, vendor = (points.loc[run] for run in points.index)
    small = ("b200-504-cluster-gpus-2026", "b200-504-cluster-days-2026", "b200-504-cluster-xid-gpu-failures-2026")
    chips, days, seen = (float(fact(facts, key)["value"]) for key in small)
    mean, low, high = model.events_expected(chips, days * 24, each)
    ours = effective(judged, other["chips"], each)
    better = round(60 * float(model.failure_of_many(each, vendor["chips"])) * (1 - vendor["share"]), 6)
    slow = fact(facts, "ascend-10k-cluster-recovery-time-202506-leiphone")
    least = float(model.failure_of_many(each, llama["chips"]) * 60)
    src, own = LLAMA, ("cloudmatrix-384-mtbf-202506", "cloudmatrix-384-accelerators")
    llama_best = effective(judged, llama["chips"], each)
    meta = float(fact(facts, "meta-rsc-mtbf-16384-2024")["value"])
    return [
        Number("run-failure", least, "minutes", "2024", "between unplanned stops, 16,384 GPUs over 54 days", src),
        Number(
            "run-allowed", llama["allowed"], "minutes", "2024", "most that a stop may cost at 90% effective time", src
        ),
        Number("run-chip-hours", each, "hours", "2024", "chip-hours between stops", src),
        Number(
            "run-best-interval",
            float(model.checkpoint_interval(judged["checkpoint-minutes"].central, least)),
            "minutes",
            "2024",
            "best interval between checkpoints at the judged cost of one",
            src,
        ),
        Number(
            "run-effective",
            llama_best[1],
            "fraction",
            "2024",
            "modelled effective time of 16,384 GPUs; interval over losses",
            src,
            llama_best[2],
            llama_best[0],
        ),
        Number("other-failure", other["failure"] / 60, "hours", "2025", "between stops, same rate, 9,600 GPUs", src),
        Number("other-allowed", other["allowed"], "minutes", "2025", "most that a stop may cost at 97%", src),
        Number(
            "other-effective",
            ours[1],
            "fraction",
            "2025",
            "modelled effective time of 9,600 GPUs; interval over losses",
            src,
            ours[2],
            ours[0],
        ),
        Number(
            "small-expected",
            mean,
            "events",
            "2026",
            "failures expected of 504 GPUs over 55 days at that rate; interval is the 95% range of the count",
            src,
            low,
            high,
            2,
        ),
        Number(
            "meta-over-run",
            least / 60 / meta,
            "ratio",
            "2024",
            "time between stops over the research clusters' projection for the same size",
            (*src, "meta-rsc-mtbf-16384-2024"),
            digits=2,
        ),
        Number(
            "domestic-chip-hours",
            domestic,
            "hours",
            "2025-06",
            "chip-hours between failures, vendor's lower bound",
            own,
        ),
        Number(
            "domestic-fails-more",
            each / domestic,
            "ratio",
            "2025-06",
            "failures a chip over the published run's, at most",
            (*src, *own),
            digits=2,
        ),
        Number(
            "vendor-allowed",
            vendor["allowed"],
            "minutes",
            "2025-06",
            "most that a failure may cost at 98% of ten "
            "thousand cards; interval over the vendor's and the published rate",
            own,
            vendor["allowed"],
            better,
            2,
        ),
        Number(
            "vendor-claim",
            vendor["share"],
            "fraction",
            "2025-06",
            "availability of ten thousand cards, vendor's claim",
            (vendor["fact_id"],),
            vendor["low"],
            vendor["high"],
            2,
        ),
        Number(
            "vendor-recovery",
            float(slow["high"]),
            "minutes",
            "2025-06",
            "recovery, vendor's claim, at most",
            (slow["fact_id"],),
            digits=2,
        ),
        verdict(
            "one-rate-fits",
            one_rate_fits(seen, (low, high), other["share"], (ours[2], ours[0])),
            "2026",
            "504 GPUs and 9,600 GPUs",
            src,
        ),
        verdict(
            "claim-needs-fast-recovery",
            claim_needs_fast_recovery((vendor["allowed"], better), float(slow["high"])),
            "2025-06",
            "98% of ten thousand cards against a recovery of under ten minutes",
            own,
        ),
    ]


def promise_numbers(facts: pd.DataFrame, judged: Judgements) -> list[Number]:
    """Return the numbers of credits and of the price of a nine."""
    frame, repair = credits(facts, judged), judged["repair-hours"].central
    src = CREDITS
    numbers = []
    for layer in ("imported", "domestic"):
        part = frame[frame["layer"] == layer]
        middle = part[np.isclose(part["repair"], repair)].iloc[0]
        for key, name, unit, text in (
            ("up", "up", "fraction", "availability of a server of eight chips"),
            ("at_mean", "credit-mean", "fraction", "credit at the mean availability, of the fee"),
            ("expected", "credit-expected", "fraction", "expected credit, of the fee"),
            ("gap", "credit-gap", "points", "expected credit less that at the mean"),
        ):
            numbers.append(
                Number(
                    f"{layer}-{name}",
                    float(middle[key]),
                    unit,
                    "2026",
                    f"{text}; interval over repair times",
                    src,
                    float(part[key].min()),
                    float(part[key].max()),
                    3 if name == "up" else 2,
                )
            )
    gaps = (float(frame["gap"].min()), float(frame["gap"].max()))
    steps = next_nine(facts, judged)
    for layer in ("imported", "domestic"):
        numbers.append(
            Number(
                f"{layer}-nine",
                float(steps[layer].iloc[0]),
                "fraction",
                "2026",
                "more spares for 99.99% than for 99.9%, of the servers; interval over repair time and size",
                (),
                float(steps[layer].min()),
                float(steps[layer].max()),
                2,
            )
        )
    return [
        *numbers,
        verdict(
            "mean-understates-credits", mean_understates_credits(gaps), "2026", "over repair times, both layers", src
        ),
        verdict(
            "a-nine-costs-more-below",
            a_nine_costs_more_below((float(steps["more"].min()), float(steps["more"].max()))),
            "2026",
            "over repair time and size of the promise",
        ),
    ]


def use_numbers(frame: pd.DataFrame) -> list[Number]:
    """Return the numbers of the published shares of use."""
    peak = frame[frame["kind"] == KINDS["training_mfu"]]
    spans = {by: (float(part["value"].min()), float(part["value"].max())) for by, part in peak.groupby("by")}
    load = frame[frame["kind"] == KINDS["utilisation"]]
    as_of, count = "2026-03", frame["kind"].nunique()

    def of(by: str) -> tuple[str, ...]:
        return tuple(peak.loc[peak["by"] == by, "fact_id"])

    return [
        Number("use-kinds", count, "count", as_of, "different things that published shares of use measure"),
        Number(
            "use-vendors",
            sum(spans["vendor"]) / 2,
            "fraction",
            as_of,
            "use of peak arithmetic, vendors",
            of("vendor"),
            *spans["vendor"],
            2,
        ),
        Number(
            "use-papers",
            sum(spans["paper"]) / 2,
            "fraction",
            as_of,
            "use of peak arithmetic, papers",
            of("paper"),
            *spans["paper"],
            3,
        ),
        Number(
            "use-load",
            float(load["value"].mean()),
            "fraction",
            as_of,
            "load of computing centres",
            tuple(load["fact_id"]),
            float(load["low"].min()),
            float(load["high"].max()),
            2,
        ),
        verdict(
            "vendors-claim-more",
            vendors_claim_more(spans["vendor"], spans["paper"]),
            as_of,
            "use of peak arithmetic",
            tuple(peak["fact_id"]),
        ),
    ]


PREDICATES = {
    "one-rate-fits": one_rate_fits,
    "claim-needs-fast-recovery": claim_needs_fast_recovery,
    "mean-understates-credits": mean_understates_credits,
    "a-nine-costs-more-below": a_nine_costs_more_below,
    "vendors-claim-more": vendors_claim_more,
}

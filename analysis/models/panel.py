"""The panel's rules: when an indicator is triggered, and what a thesis can claim from the states of its indicators.

A trigger has two thresholds and a minimum dwell. It is entered when `dwell` releases in a row lie wholly at or
beyond `enter`, and left when `dwell` releases in a row lie wholly short of `leave`; in between nothing changes.
Two thresholds instead of one are the hysteresis of Schmitt's trigger (O. H. Schmitt, *A thermionic trigger*,
Journal of Scientific Instruments 15, 1938, 24-26): a value that wavers about one threshold does not flip the state.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Zone = Literal["beyond", "between", "short"]
State = Literal["triggered", "watch", "quiet"]
Verdict = Literal["borne out", "not borne out", "undecided", "cannot be told"]


@dataclass(frozen=True)
class Rule:
    """A trigger: sense says whether it is entered by values above or below; thresholds in the indicator's unit.

    Raises ValueError for an unknown sense, thresholds that are not finite or in the wrong order, a dwell below 1.
    """

    sense: Literal["above", "below"]
    enter: float
    leave: float
    dwell: int

    def __post_init__(self) -> None:
        if self.sense not in ("above", "below"):
            raise ValueError(f"sense is {self.sense!r}; expected above or below")
        if not (math.isfinite(self.enter) and math.isfinite(self.leave)):
            raise ValueError(f"thresholds are {self.enter} and {self.leave}; expected finite numbers")
        if (self.leave > self.enter) if self.sense == "above" else (self.leave < self.enter):
            raise ValueError(
                f"a trigger entered {self.sense} {self.enter:g} is left at {self.leave:g}; expected a threshold to "
                f"leave that is not {self.sense} the one to enter"
            )
        if self.dwell != int(self.dwell) or self.dwell < 1:
            raise ValueError(f"dwell is {self.dwell}; expected a whole number of releases, at least 1")


@dataclass(frozen=True)
class Step:
    """Where a trigger stands after a release: on or off, the release's zone, and how many in a row point the other way.

    `pending` counts the latest releases that lie wholly across the threshold of the other state; at `dwell` it flips.
    """

    on: bool
    zone: Zone
    pending: int

    @property
    def state(self) -> State:
        """Triggered while on and not falling short, quiet while off and short, watch in every other case."""
        if self.on:
            return "watch" if self.zone == "short" else "triggered"
        return "quiet" if self.zone == "short" else "watch"


def zone(rule: Rule, low: float, high: float) -> Zone:
    """Return where a release lies; low and high bound its value, NaN for an end that is not known.

    Only a whole interval counts: one that straddles a threshold lies between. Raises ValueError when neither end is
    known or low exceeds high.
    """
    if math.isnan(low) and math.isnan(high):
        raise ValueError("a release needs a value or a bound")
    low = -math.inf if math.isnan(low) else low
    high = math.inf if math.isnan(high) else high
    if low > high:
        raise ValueError(f"a release has low {low:g} above high {high:g}")
    if rule.sense == "above":
        return "beyond" if low >= rule.enter else "short" if high < rule.leave else "between"
    return "beyond" if high <= rule.enter else "short" if low > rule.leave else "between"


def run(rule: Rule, releases: Sequence[tuple[float, float]]) -> list[Step]:
    """Return the step after each release (low, high) in order; a trigger starts off.

    Two flips are at least `dwell` releases apart, because each needs `dwell` releases in a row on its own side.
    """
    steps: list[Step] = []
    on, pending = False, 0
    for low, high in releases:
        where = zone(rule, low, high)
        pending = pending + 1 if where == ("short" if on else "beyond") else 0
        if pending == rule.dwell:
            on, pending = not on, 0
        steps.append(Step(on, where, pending))
    return steps


def moved(rule: Rule, factor: float, dwell: int) -> Rule:
    """Return the rule with both thresholds made harder (factor above 1) or easier (below 1), and another dwell.

    Harder means farther from where a trigger starts: thresholds above are multiplied, thresholds below divided.
    Raises ValueError for a factor that is not positive.
    """
    if not factor > 0:
        raise ValueError(f"factor is {factor}; expected a positive number")
    scale = factor if rule.sense == "above" else 1 / factor
    return Rule(rule.sense, rule.enter * scale, rule.leave * scale, dwell)


def verdict(states: Sequence[State], indicators: int) -> Verdict:
    """Return what the known states of a thesis's indicators say, of `indicators` in all.

    "cannot be told" when fewer than half are known; "borne out" when more than half of those known are triggered and
    none is quiet; "not borne out" when more than half are quiet and none is triggered; else "undecided".
    Raises ValueError when there are more states than indicators, or no indicator.
    """
    if indicators < 1 or len(states) > indicators:
        raise ValueError(f"{len(states)} states of {indicators} indicators; expected at most one for each of some")
    on, off = states.count("triggered"), states.count("quiet")
    if 2 * len(states) < indicators:
        return "cannot be told"
    if 2 * on > len(states) and not off:
        return "borne out"
    return "not borne out" if 2 * off > len(states) and not on else "undecided"

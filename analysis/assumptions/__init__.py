"""Judgements as (low, central, high) triples, with the reader's overrides applied."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd


class AssumptionError(ValueError):
    """Overrides that name no assumption or lie outside what the assumption allows; `problems` has one line for each."""

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Assumption:
    """One judgement: low, central and high in `unit`, and how it is drawn between them."""

    assumption_id: str
    unit: str
    low: float
    central: float
    high: float
    distribution: str = "triangular"


Judgements = Mapping[str, Assumption]
"""Judgements by id: the register, or it with some of them replaced."""


class Assumptions(Mapping[str, Assumption]):
    """The register by id, with a reader's overrides; `used` collects the ids that were asked for.

    An override is one number, which then stands for low, central and high alike, or three numbers
    [low, central, high]. Raises AssumptionError that lists every bad override at once.
    """

    def __init__(self, register: pd.DataFrame, overrides: Mapping[str, float | Sequence[float]] | None = None) -> None:
        self._items = {
            row.assumption_id: Assumption(
                row.assumption_id, str(row.unit), row.low, row.central, row.high, str(row.distribution)
            )
            for row in register.itertuples()
        }
        self.overrides = dict(overrides or {})
        self.used: set[str] = set()
        problems = [p for key, value in self.overrides.items() if (p := self._problem(key, value))]
        if problems:
            raise AssumptionError(problems)
        for key, value in self.overrides.items():
            low, central, high = _triple(value)
            self._items[key] = replace(self._items[key], low=low, central=central, high=high)

    def _problem(self, key: str, value: object) -> str:
        if key not in self._items:
            return f"no assumption {key!r}; data/assumptions.csv lists {', '.join(sorted(self._items))}"
        try:
            triple = _triple(value)
        except (TypeError, ValueError):
            return f"assumption {key}: {value!r} is neither a number nor [low, central, high]"
        if not all(math.isfinite(v) and v >= 0 for v in triple) or sorted(triple) != list(triple):
            return f"assumption {key}: {value!r}; expected finite values of 0 or more, low <= central <= high"
        if self._items[key].unit in ("fraction", "probability") and triple[-1] > 1:
            return f"assumption {key}: {value!r} is outside 0 to 1; shares are fractions, 0.25 is 25%"
        return ""

    def __getitem__(self, key: str) -> Assumption:
        if key not in self._items:
            raise KeyError(
                f"no assumption {key!r} in data/assumptions.csv; every input that is a judgement needs a row"
            )
        self.used.add(key)
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _triple(value: object) -> tuple[float, float, float]:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, int | float):
        return (float(value),) * 3
    low, central, high = (float(v) for v in value)
    return low, central, high

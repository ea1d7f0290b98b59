"""Findings: sentences that turn with their predicate, so that a changed input cannot leave a false heading."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Literal

import pandas as pd

from analysis.evidence.numbers import Number

Verdict = Literal["holds", "fails", "unclear"]
Span = tuple[float, float]
"""Low and high of something, in the unit of its value."""
SLOT = re.compile(r"\{([a-z0-9-]+)(?::(range|low|high|bare))?\}")


def above(low: float, high: float, threshold: float) -> Verdict:
    """Say whether an interval lies above a threshold: holds, fails, or unclear where it straddles or is unknown."""
    if math.isnan(low) or math.isnan(high):
        return "unclear"
    if low > threshold:
        return "holds"
    return "fails" if high <= threshold else "unclear"


def below(low: float, high: float, threshold: float) -> Verdict:
    """Say whether an interval lies below a threshold: holds, fails, or unclear where it straddles or is unknown."""
    return above(-high, -low, -threshold)


def together(predicate: str, words: Mapping[str, Verdict]) -> Verdict:
    """Return the word of a predicate, or of several joined by ";": all hold, one fails, or it cannot be told.

    words maps keys to verdicts. Raises KeyError with the key that no chapter computes.
    """
    parts = [words[key] for key in predicate.split(";")]
    if "fails" in parts:
        return "fails"
    return "holds" if set(parts) == {"holds"} else "unclear"


def verdict(key: str, word: Verdict, as_of: str, basis: str, sources: tuple[str, ...] = ()) -> Number:
    """Return a verdict as a number of the chapter, so that it is stored, validated and cited like one."""
    return Number(key, math.nan, "verdict", as_of, basis, sources, word=word)


def sentence(
    findings: pd.DataFrame, finding_id: str, text: Callable[[str, str], str], predicates: Mapping[str, Verdict]
) -> str:
    """Return the sentence of a finding that its predicate selects, its slots filled.

    findings is the typed table; text(key, form) writes one number; predicates maps keys to verdicts.
    Raises KeyError with the id when the finding or its predicate is unknown.
    """
    rows = findings[findings["finding_id"] == finding_id]
    if rows.empty:
        raise KeyError(f"no finding {finding_id!r} in data/findings.csv")
    row = rows.iloc[0]
    try:
        word = together(row["predicate"], predicates)
    except KeyError as error:
        raise KeyError(f"finding {finding_id!r} needs the predicate {error}, which no chapter computes") from error
    return SLOT.sub(lambda m: text(m[1], m[2] or ""), row[word])

"""What a finding rests on, counted: originals behind its numbers, how they were read, judgements that turn it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.evidence.roots import independent


def grounds(ids: Iterable[str], facts: pd.DataFrame, sources: pd.DataFrame) -> str:
    """Return in a sentence what source and fact ids go back to; facts and sources are indexed by their id.

    Official is what a state, a regulator or the company concerned has written itself (quality primary). Without ids
    the numbers are counts of the report's own records.
    """
    ids = tuple(ids)
    if not ids:
        return "Counted in this report's own records."
    originals = independent(ids, facts, sources)
    read = {facts["source_id"].get(item, item) for item in ids}
    total, relayed = len(originals), len(originals - read)
    official = sum(sources["quality"].get(key) == "primary" for key in originals)
    if total == 1:
        kind = "official" if official else "not official"
        way = ", read through others that quote it" if relayed else ""
        return f"Rests on one original, {kind}{way}."
    return (
        f"Rests on {total} originals, {_few(official)} official, {_few(relayed)} read through others that quote them."
    )


def _few(count: int) -> str:
    return str(count) if count else "none"

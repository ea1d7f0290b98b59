"""Roots of evidence: a relay counts as its original, so that three echoes of one report count once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd


def root(source_id: str, relays: Mapping[str, str]) -> str:
    """Return the original behind a source; relays maps each source to what it repeats, "" for an original."""
    seen = {source_id}
    while (original := relays.get(source_id, "")) and original not in seen:
        seen.add(original)
        source_id = original
    return source_id


def independent(ids: Iterable[str], facts: pd.DataFrame, sources: pd.DataFrame) -> set[str]:
    """Return the originals behind source and fact ids; facts and sources are indexed by their id."""
    relays = sources["relays"].to_dict()
    origin = facts["source_id"].to_dict()
    return {root(origin.get(item, item), relays) for item in ids}


def rests_on_one_relay(ids: Iterable[str], facts: pd.DataFrame, sources: pd.DataFrame) -> bool:
    """Say whether evidence goes back to one original that was read only through a relay."""
    read = {facts["source_id"].get(item, item) for item in ids}
    roots = independent(ids, facts, sources)
    return len(roots) == 1 and not read & roots

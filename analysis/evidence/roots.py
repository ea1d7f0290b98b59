"""The sources behind evidence, and their roots: a relay counts as its original, three echoes of one report once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

OWN = "own-derivation"  # stands as the source of what was worked out here


def _ids(items: Iterable[object]) -> Iterator[str]:
    for item in items:
        if isinstance(item, str):
            yield from filter(None, item.split(";"))
        elif isinstance(item, Iterable):
            yield from _ids(item)


def each_once(*items: object, own: bool = True) -> tuple[str, ...]:
    """Return the sources named in items, each once, in their order, without gaps.

    An item is an id, ids joined by semicolons, or a column or list of these, however deep. own=False leaves out what
    was worked out here, where the sources that it was worked out from stand beside it.
    """
    return tuple(item for item in dict.fromkeys(_ids(items)) if own or item != OWN)


def sources_of(facts: pd.DataFrame, *items: object, own: bool = True) -> tuple[str, ...]:
    """Return the sources behind items as `each_once`; the id of a fact stands for its source."""
    origin = facts.set_index("fact_id")["source_id"].to_dict()
    return each_once((origin.get(item, item) for item in _ids(items)), own=own)


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

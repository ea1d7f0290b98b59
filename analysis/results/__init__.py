"""Results: one module a chapter, tables and assumptions in, frames and numbers out."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module

from analysis.evidence.findings import Verdict


def predicates() -> dict[str, Callable[..., Verdict]]:
    """Return the predicates of every chapter by key; raises ValueError when two modules define one key."""
    found: dict[str, Callable[..., Verdict]] = {}
    for module in pkgutil.iter_modules(__path__):
        own = getattr(import_module(f"{__name__}.{module.name}"), "PREDICATES", {})
        if twice := found.keys() & own.keys():
            raise ValueError(f"predicate {', '.join(sorted(twice))} is defined twice; {module.name} repeats it")
        found |= own
    return found

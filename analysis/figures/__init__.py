"""Figures: one module a chapter, frames in, a picture and the table behind it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import ParamSpec

import pandas as pd

P = ParamSpec("P")
_drawing: ContextVar[bool] = ContextVar("drawing", default=True)


@dataclass(frozen=True)
class Figure:
    """A picture with the table that it draws and what a reader needs to judge it.

    svg is the light picture; table holds the drawn values in base units, one named column each; sources are
    source ids; data_to is the last day that the data reach, in words; function names what drew it (`drawn`).
    """

    figure_id: str
    svg: str
    table: pd.DataFrame
    subtitle: str
    note: str
    alt: str
    sources: tuple[str, ...]
    data_to: str
    function: str = ""


@contextmanager
def undrawn() -> Iterator[None]:
    """Let figure functions give None meanwhile: a chapter run for its numbers alone need not draw."""
    before = _drawing.set(False)
    try:
        yield
    finally:
        _drawing.reset(before)


def drawn(draw: Callable[P, Figure]) -> Callable[P, Figure | None]:
    """Let a figure name the function that draws it, so that its page can lead to the line of code."""

    @wraps(draw)
    def named(*arguments: P.args, **options: P.kwargs) -> Figure | None:
        if not _drawing.get():
            return None
        return replace(draw(*arguments, **options), function=f"{draw.__module__}.{draw.__qualname__}")

    return named

"""Figures: one module a chapter, frames in, a picture and the table behind it out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Figure:
    """A picture with the table that it draws and what a reader needs to judge it.

    svg is the light picture; table holds the drawn values in base units, one named column each; sources are
    source ids; data_to is the last day that the data reach, in words.
    """

    figure_id: str
    svg: str
    table: pd.DataFrame
    subtitle: str
    note: str
    alt: str
    sources: tuple[str, ...]
    data_to: str

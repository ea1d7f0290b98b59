"""A chapter at work: its tables, assumptions and findings, the figures it shows and the numbers it leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import display

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.assumptions.scenarios import Scenario, of_checkout
from analysis.evidence.findings import sentence
from analysis.evidence.formatting import day
from analysis.evidence.numbers import Number, NumberBook
from analysis.evidence.roots import sources_of
from analysis.figures import Figure
from analysis.publish.cards import Card, source_line

if TYPE_CHECKING:  # a chapter without a control need not load what draws one
    from analysis.figures.controls import Control


class Numbers:
    """The last output of a chapter: its numbers as a table to read and as data for the book."""

    def __init__(self, book: NumberBook, assumes: Iterable[str]) -> None:
        self._book = book
        self._assumes = sorted(assumes)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        modules = sorted(name for name in sys.modules if name.split(".")[0] == "analysis")
        return self._book.bundle({"reads": tables.reads(), "assumes": self._assumes, "modules": modules})


class Rows:
    """A small table to read, without an index."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        html = self._frame.to_html(index=False, border=0, justify="left", classes="small-table")
        return {"text/plain": self._frame.to_string(index=False), "text/html": html}


class Chapter:
    """Opened in the first cell with the chapter's number and the reader's overrides, closed by `numbers()`.

    In a checkout that is built as a scenario the scenario's overrides come first. Every figure shown under overrides
    that it may rest on says so.
    """

    def __init__(self, number: int | str, overrides: Mapping[str, float | Sequence[float]] | None = None) -> None:
        self.number = number
        self.overrides = dict(overrides or {})
        self.book = NumberBook(number)
        self._shown = 0
        self._scenario: Scenario | None = None
        self._controls: set[str] = set()

    @cached_property
    def facts(self) -> pd.DataFrame:
        """The table of facts."""
        return tables.load("facts")

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The table of sources."""
        return tables.load("sources")

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The table of findings."""
        return tables.load("findings")

    @cached_property
    def assumptions(self) -> Assumptions:
        """The judgements with the reader's overrides; a chapter that uses none does not depend on them."""
        register = tables.load("assumptions", note=False)
        self._scenario = of_checkout(tables.DATA.parent, register)
        own = dict(self._scenario.overrides) if self._scenario else {}
        return Assumptions(register, own | self.overrides)

    @cached_property
    def cutoff(self) -> date:
        """The data cut-off: the day of the last event; a chapter that uses it depends on the table of events."""
        return tables.load("events")["date"].max().date()

    @property
    def data_to(self) -> str:
        """The data cut-off in words, as figures take it."""
        return day(self.cutoff)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the data package."""
        return tables.load(name)

    def behind(self, *items: object, own: bool = True) -> tuple[str, ...]:
        """Return the sources behind ids of facts or sources, or columns of them, as `sources_of`."""
        return sources_of(self.facts, *items, own=own)

    def keep(self, numbers: Sequence[Number]) -> pd.DataFrame:
        """Keep numbers for the text and return them as a table to look at."""
        self.book.add(*numbers)
        rows = [record["text"] | {"key": record["key"]} for record in (number.record() for number in numbers)]
        frame = pd.DataFrame(rows).fillna("")
        frame = frame.reindex(columns=["key", "", "range"], fill_value="").set_axis(
            ["key", "value", "interval"], axis="columns"
        )
        frame.columns.name = None
        return frame

    def finding(self, finding_id: str) -> str:
        """Return the sentence of a finding under the numbers computed so far."""
        predicates = {key: number.word for key, number in self.book.items() if number.unit == "verdict"}
        return sentence(self.findings, finding_id, lambda key, form: self.book[key].text(form), predicates)

    def show(self, figure: Figure | None, finding_id: str) -> Card | None:
        """Return the card of a figure under the finding that is its title, None for a figure that was not drawn."""
        if figure is None:
            return None
        return self._card(figure, self.finding(finding_id))

    def show_all(self, figures: Iterable[tuple[Figure, str]]) -> None:
        """Show figures under titles of their own, such as the questions that they answer."""
        for figure, title in figures:
            if figure is not None:
                display(self._card(figure, title))

    def _card(self, figure: Figure, title: str) -> Card:
        self._shown += 1
        source = source_line(self.sources, figure.sources)
        return Card(figure, title, f"{self.number}.{self._shown}", source, self._under())

    def _under(self) -> str:
        """Say under which values of a reader the chapter stands, "" where it rests on the report's own."""
        if "assumptions" not in vars(self) or not (changed := self.assumptions.overrides):
            return ""
        values = "; ".join(f"{key} = {value}" for key, value in changed.items())
        named = f"Scenario {self._scenario.title}" if self._scenario else "A reader's values"
        return f"{named}, not the report's: {values}."

    def control(self, control: Control) -> Control:
        """Return a reader's control, which shows itself; a control of a taken id is refused with ValueError."""
        if control.control_id in self._controls:
            raise ValueError(f"control {control.control_id} is shown twice in chapter {self.number}")
        self._controls.add(control.control_id)
        return control

    def numbers(self) -> Numbers:
        """Return the chapter's last output."""
        return Numbers(self.book, self.assumptions.used if "assumptions" in vars(self) else ())

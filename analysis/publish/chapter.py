"""A chapter at work: its tables, assumptions and findings, the figures it shows and the numbers it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pandas as pd
from IPython.display import display

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.evidence.findings import sentence
from analysis.evidence.numbers import Number, NumberBook
from analysis.figures import Figure
from analysis.figures.controls import Control
from analysis.publish.cards import Card, source_line


class Numbers:
    """The last output of a chapter: its numbers as a table to read and as data for the book."""

    def __init__(self, book: NumberBook) -> None:
        self._book = book

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return self._book.bundle(tables.reads())


class Rows:
    """A small table to read, without an index."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        html = self._frame.to_html(index=False, border=0, justify="left", classes="small-table")
        return {"text/plain": self._frame.to_string(index=False), "text/html": html}


class Chapter:
    """Opened in the first cell with the chapter's number and the reader's overrides, closed by `numbers()`."""

    def __init__(self, number: int | str, overrides: Mapping[str, float | Sequence[float]] | None = None) -> None:
        self.number = number
        self.overrides = dict(overrides or {})
        self.book = NumberBook(number)
        self._shown = 0
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
        return Assumptions(tables.load("assumptions"), self.overrides)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the data package."""
        return tables.load(name)

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

    def show(self, figure: Figure, finding_id: str) -> Card:
        """Return the card of a figure under the finding that is its title."""
        self._shown += 1
        source = source_line(self.sources, figure.sources)
        return Card(figure, self.finding(finding_id), f"{self.number}.{self._shown}", source)

    def show_all(self, figures: Iterable[tuple[Figure, str]]) -> None:
        """Show figures under titles of their own, such as the questions that they answer."""
        for figure, title in figures:
            self._shown += 1
            source = source_line(self.sources, figure.sources)
            display(Card(figure, title, f"{self.number}.{self._shown}", source))

    def control(self, control: Control) -> Control:
        """Return a reader's control, which shows itself; a control of a taken id is refused with ValueError."""
        if control.control_id in self._controls:
            raise ValueError(f"control {control.control_id} is shown twice in chapter {self.number}")
        self._controls.add(control.control_id)
        return control

    def numbers(self) -> Numbers:
        """Return the chapter's last output."""
        return Numbers(self.book)

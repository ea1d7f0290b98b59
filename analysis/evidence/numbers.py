"""A chapter's numbers: computed results with unit, date, basis and source, as one object and one table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from html import escape

from analysis.evidence.formatting import interval, quantity

MIME = "application/vnd.h200window.numbers+json"
FORMS = ("", "range", "low", "high", "bare")


@dataclass(frozen=True)
class Number:
    """One computed result.

    value, low, high are in the base unit `unit` (data/units.csv); NaN in low and high means a number without
    an interval. as_of says which day or period it describes, basis how it is measured, sources are ids of
    sources or facts. A verdict or a date has its text in `word` instead of a value.
    """

    key: str
    value: float
    unit: str
    as_of: str
    basis: str
    sources: tuple[str, ...] = ()
    low: float = math.nan
    high: float = math.nan
    digits: int = 3
    word: str = ""

    def text(self, form: str = "") -> str:
        """Write the number: "" as one value, "range" as its interval, "low", "high" or "bare" (no unit)."""
        if self.word:
            return self.word
        if form == "range":
            return interval(self.low, self.high, self.unit, self.digits)
        value = {"low": self.low, "high": self.high}.get(form, self.value)
        if math.isnan(value):
            raise ValueError(f"number {self.key} has no {form or 'value'}; it is known as {self.text('range')}")
        # A bound is rounded outwards; of a number known exactly both ends are the number.
        toward = 0 if self.low == self.high else {"low": -1, "high": 1}.get(form, 0)
        return quantity(value, self.unit, self.digits, bare=form == "bare", toward=toward)

    @property
    def has_interval(self) -> bool:
        """Whether both ends of an interval are known."""
        return not (math.isnan(self.low) or math.isnan(self.high))

    def record(self) -> dict:
        """Return the number as plain JSON: 9 significant digits, no NaN, every text form already written."""
        plain = {k: _plain(v) for k, v in asdict(self).items()}
        forms = [form for form in FORMS if self._writable(form)]
        return plain | {"sources": list(self.sources), "text": {form: self.text(form) for form in forms}}

    def _writable(self, form: str) -> bool:
        if self.word:
            return form == ""
        if form == "range":
            return self.has_interval
        return not math.isnan({"low": self.low, "high": self.high}.get(form, self.value))


def _plain(value: object) -> object:
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.9g}")
    return value


WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counted(key: str, count: int, as_of: str, basis: str, sources: tuple[str, ...] = ()) -> Number:
    """Return a small count as a number that a sentence spells out: "three", "nine", "11"."""
    word = WORDS[count] if count < len(WORDS) else str(count)
    return Number(key, math.nan, "count", as_of, basis, sources, word=word)


class NumberBook(Mapping[str, Number]):
    """The numbers of one chapter by key; a key is given once."""

    def __init__(self, chapter: int | str, numbers: Iterable[Number] = ()) -> None:
        self.chapter = chapter
        self._numbers: dict[str, Number] = {}
        self.add(*numbers)

    def add(self, *numbers: Number) -> None:
        """Add numbers; raises ValueError when a key is already taken."""
        for number in numbers:
            if number.key in self._numbers:
                raise ValueError(f"number {number.key} is defined twice in chapter {self.chapter}")
            self._numbers[number.key] = number

    def __getitem__(self, key: str) -> Number:
        return self._numbers[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def bundle(self, rests: Mapping[str, list[str]]) -> dict[str, object]:
        """Return the MIME bundle of the chapter's last cell: a table to read and the same as JSON.

        rests names what the chapter has used: tables ("reads"), judgements ("assumes") and modules ("modules").
        The receipt's fingerprint needs them.
        """
        records = [number.record() for number in self._numbers.values()]
        return {
            "text/plain": "\n".join(f"{r['key']}: {shown(r)}" for r in records),
            "text/html": _table(records),
            MIME: {"chapter": self.chapter, **rests, "numbers": records},
        }


def shown(record: dict) -> str:
    """Return how a stored number is shown by itself: its value with the range, or the one end that is known."""
    texts = record["text"]
    one, span = texts.get("", ""), texts.get("range", "")
    return f"{one} ({span})" if one and span and one != span else one or span or texts.get("high", "")


def _link(reference: str) -> str:
    return f'<a href="sources.html#ref-{escape(reference)}">{escape(reference)}</a>'


def _table(records: list[dict]) -> str:
    rows = "".join(
        f'<tr id="num-{escape(r["key"])}"><th scope="row" data-label="Key"><code>{escape(r["key"])}</code></th>'
        f'<td data-label="Value">{escape(shown(r))}</td><td data-label="As of">{escape(r["as_of"])}</td>'
        f'<td data-label="Basis">{escape(r["basis"])}</td>'
        f'<td data-label="Rests on">{", ".join(_link(s) for s in r["sources"]) or "–"}</td></tr>'
        for r in records
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Key", "Value", "As of", "Basis", "Rests on"))
    return (
        f'<details class="fold"><summary>All {len(records)} numbers, each with its date and what it rests on</summary>'
        '<div class="register" tabindex="0" role="region" aria-label="Numbers of this chapter">'
        f'<table class="register-table numbers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        "</div></details>"
    )

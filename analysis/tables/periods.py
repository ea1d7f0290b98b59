"""Periods as types: a fiscal quarter is not a calendar quarter and the two never compare.

NVIDIA's fiscal year ends on the last Sunday of January and its first three quarters have thirteen weeks each,
so that FY2023Q1 ended on 1 May 2022 and FY2026Q3 on 26 October 2025 (52/53-week year, Form 10-K, Note 1).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, total_ordering

QUARTER = timedelta(weeks=13)


def last_sunday(year: int, month: int) -> date:
    """Return the last Sunday of a month."""
    last = date(year, month, calendar.monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() + 1) % 7)


@total_ordering
@dataclass(frozen=True)
class Period:
    """A stretch of time with its first and last day; only periods of one calendar can be ordered."""

    text: str
    start: date
    end: date
    calendar: str

    def __str__(self) -> str:
        return self.text

    def __lt__(self, other: Period) -> bool:
        if self.calendar != other.calendar:
            raise TypeError(f"{self.text} is {self.calendar} and {other.text} is {other.calendar}: not comparable")
        return (self.end, self.start) < (other.end, other.start)

    @property
    def days(self) -> int:
        """Length in days, both ends counted."""
        return (self.end - self.start).days + 1


def fiscal_quarter_end(year: int, quarter: int) -> date:
    """Return the last day of an NVIDIA fiscal quarter."""
    return last_sunday(year, 1) if quarter == 4 else last_sunday(year - 1, 1) + quarter * QUARTER


def _fiscal(text: str, year: int, first: int, last: int) -> Period:
    before = fiscal_quarter_end(year - 1, 4) if first == 1 else fiscal_quarter_end(year, first - 1)
    return Period(text, before + timedelta(days=1), fiscal_quarter_end(year, last), "fiscal")


def _months(text: str, year: int, first: int, last: int) -> Period:
    return Period(text, date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), "calendar")


@cache
def parse_period(text: str) -> Period:
    """Read a period of the vocabulary: FY2027Q2, FY2027H1, FY2027, 2026Q4, 2025H1, 2025, 2025-10, a day, a/b.

    Raises ValueError with what was expected when the text is none of them.
    """
    if "/" in text:
        first, last = (parse_period(part) for part in text.split("/", 1))
        if first.calendar != last.calendar or first.start > last.end:
            raise ValueError(f"{text!r}: a span needs two periods of one calendar, the earlier first")
        return Period(text, first.start, last.end, first.calendar)
    if m := re.fullmatch(r"FY(\d{4})(?:([QH])([1-4]))?", text):
        year, kind, part = int(m[1]), m[2], int(m[3] or 0)
        if kind == "Q":
            return _fiscal(text, year, part, part)
        if kind == "H" and part <= 2:
            return _fiscal(text, year, 2 * part - 1, 2 * part)
        if not kind:
            return _fiscal(text, year, 1, 4)
    if m := re.fullmatch(r"(\d{4})(?:([QH])([1-4]))?", text):
        year, kind, part = int(m[1]), m[2], int(m[3] or 0)
        if kind == "Q":
            return _months(text, year, 3 * part - 2, 3 * part)
        if kind == "H" and part <= 2:
            return _months(text, year, 6 * part - 5, 6 * part)
        if not kind:
            return _months(text, year, 1, 12)
    if m := re.fullmatch(r"(\d{4})-(\d{2})", text):
        if 1 <= int(m[2]) <= 12:
            return _months(text, int(m[1]), int(m[2]), int(m[2]))
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return Period(text, day, day, "calendar")
    raise ValueError(
        f"{text!r} is not a period; expected FY2027Q2, FY2027, 2026Q4, 2025H1, 2025, 2025-10, 2026-07-26 or a/b"
    )


FORMS = {
    ("quarter", "calendar"): (r"\d{4}Q[1-4]", "2026Q4"),
    ("half-year", "calendar"): (r"\d{4}H[12]", "2026H2"),
    ("year", "calendar"): (r"\d{4}", "2026"),
    ("quarter", "fiscal"): (r"FY\d{4}Q[1-4]", "FY2027Q3"),
}


def fits(text: str, cadence: str, calendar: str) -> bool:
    """Say whether a period is written in a cadence (quarter, half-year, year) of a calendar (calendar, fiscal)."""
    return (cadence, calendar) in FORMS and re.fullmatch(FORMS[cadence, calendar][0], text) is not None


def quarter_of(day: date) -> Period:
    """Return the calendar quarter of a day."""
    return parse_period(f"{day.year}Q{(day.month + 2) // 3}")


def next_period(period: Period) -> Period:
    """Return the quarter, half-year or year after a period of that kind, in the same calendar."""
    fiscal, year, part = re.fullmatch(r"(FY)?(\d{4})(?:([QH]\d))?", period.text).groups()
    last = {"Q": 4, "H": 2}.get(part[0], 0) if part else 0
    if not last or int(part[1]) == last:
        year, number = int(year) + 1, 1
    else:
        number = int(part[1]) + 1
    return parse_period(f"{fiscal or ''}{year}{part[0] if part else ''}{number if part else ''}")


def calendar_quarters(period: Period) -> list[Period]:
    """Return the calendar quarters that a period stands for.

    A calendar period stands for each quarter within it; a fiscal quarter for the one that holds most of its days.
    """
    if period.calendar == "fiscal":
        return [quarter_of(period.start + timedelta(days=period.days // 2))]
    found = [quarter_of(period.start)]
    while found[-1].end < period.end:
        found.append(next_period(found[-1]))
    return found

"""How a quantity is written. Every number a reader sees, in prose, tables and figures, is formatted here."""

from __future__ import annotations

import math
from datetime import date

MONEY = {"USD", "RMB", "HKD"}
SHARES = {"fraction", "probability"}
SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))
ONE = {
    "days": "day", "months": "month", "quarters": "quarter", "years": "year", "chips": "chip", "modules": "module",
    "servers": "server", "companies": "company", "licences": "licence", "orders": "order", "votes": "vote",
    "persons": "person", "bills": "bill",
}  # fmt: skip
SUFFIX = {
    "ratio": " times", "persons": " people", "per day": " a day", "per month": "% a month", "per year": "% a year",
    "tokens/s": " tokens a second", "tokens/day": " tokens a day", "tokens/week": " tokens a week",
    "wafers/month": " wafers a month", "points": " percentage points", "FLOP/byte": " operations per byte",
}  # fmt: skip
PERCENT = {*SHARES, "per month", "per year", "points"}


def _rounded(value: float, places: int, toward: int) -> float:
    """Round to the nearest, or toward -1 down and toward 1 up, unless the value is one of the steps but for noise."""
    steps = value * 10.0**places
    if toward and math.isfinite(value) and abs(steps - round(steps)) > 1e-9 * max(1.0, abs(steps)):
        return (math.ceil(steps) if toward > 0 else math.floor(steps)) / 10.0**places
    return round(value, places)


def significant(value: float, digits: int = 3, toward: int = 0) -> str:
    """Write a number with `digits` significant digits, thousands separated, without an exponent."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{_rounded(value, places, toward):,.{max(places, 0)}f}".replace("-", "\N{MINUS SIGN}")


def trim(text: str) -> str:
    """Drop trailing zeros behind a decimal point: 25.0 says no more than 25 where the unit is a scale."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: date) -> str:
    """Write a date as 8 December 2025."""
    return f"{value.day} {value:%B %Y}"


def _scale(values: list[float]) -> tuple[float, str]:
    top = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    return next(((size, name) for size, name in SCALES if top >= size), (1.0, ""))


def _body(value: float, unit: str, digits: int, scale: float, toward: int = 0) -> str:
    if unit in PERCENT:
        return trim(significant(100 * value, digits, toward))
    whole = f"{_rounded(value, 0, toward):,.0f}"
    if unit in MONEY:
        return trim(significant(value / scale, digits, toward)) if scale > 1 or abs(value) >= 1000 else whole
    if unit in ("days", "chips", "modules", "servers"):
        return whole if abs(value) < 1000 else trim(significant(value, max(digits, 2), toward))
    return trim(significant(value, digits, toward))


def _aligned(bodies: list[str]) -> list[str]:
    """Give both ends of a range one decimal where one of them has it and the other is as small: 1.0% to 4.4%."""
    if any("." in body for body in bodies):
        return [body if "." in body or len(body) > 1 else f"{body}.0" for body in bodies]
    return bodies


def _wrap(body: str, unit: str, scale_name: str) -> str:
    if unit in MONEY:
        return f"{unit} {body}{scale_name}"
    money, _, per = unit.partition("/")
    if per and money in MONEY:
        return f"{money} {body} {'an' if per == 'hour' else 'a'} {per}"
    if unit in SHARES:
        return f"{body}%"
    if unit in SUFFIX:
        return body + SUFFIX[unit]
    if unit in ("count", "none", "verdict", ""):
        return body
    return f"{body} {ONE[unit] if body == '1' and unit in ONE else unit}"


def quantity(value: float, unit: str, digits: int = 3, bare: bool = False, toward: int = 0) -> str:
    """Write one value with its unit, such as "USD 19.8bn", "119 days", "3.1%" or "40,000 chips".

    value is in the base unit of data/units.csv; digits are significant digits; bare leaves the unit out. toward
    says how a bound is rounded: -1 down for a lower bound, 1 up for an upper one, so that it stays a bound.
    """
    scale, name = _scale([value]) if unit in MONEY else (1.0, "")
    body = _body(value, unit, digits, scale, toward)
    return body if bare else _wrap(body, unit, name)


def interval(low: float, high: float, unit: str, digits: int = 3, bare: bool = False) -> str:
    """Write a range with its unit once: "USD 0.3bn to 0.6bn", "40,000 to 80,000 chips", "1% to 5%".

    Its ends are rounded outwards, so that what is written holds what is meant.
    """
    if low == high:
        return quantity(low, unit, digits, bare)
    scale, name = _scale([low, high]) if unit in MONEY else (1.0, "")
    bodies = _aligned([_body(low, unit, digits, scale, -1), _body(high, unit, digits, scale, 1)])
    if unit in MONEY and not bare:
        return f"{unit} {bodies[0]}{name if low else ''} to {bodies[1]}{name}"
    if unit in SHARES and not bare:
        return f"{bodies[0]}% to {bodies[1]}%"
    joined = f"{bodies[0]} to {bodies[1]}"
    return joined if bare else _wrap(joined, unit, "")

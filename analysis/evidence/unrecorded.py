"""Find the numbers of an article's text that no claim records.

The articles are copyrighted and not part of the repository: whoever holds one can check the ledger against it.
A number counts as recorded when a claim of the article has it as a value or bound, or writes it in its statement
or date. What is left is for a person to judge: page furniture, headings, chip names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2, "〇": 0}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
NUMERAL = "".join((*DIGITS, *SCALES))
# A Chinese numeral counts where a measure word or a scale makes it a number: 三位, 两周, 十倍, not 一定 or 统一.
MEASURES = "个個位名家项項条條款轮輪倍年月日天周週度次套颗顆枚份成%％"
TOKEN = re.compile(
    r"(?P<arabic>\d[\d,]*(?:\.\d+)?)(?P<scale>(?: ?[万萬亿億千百]+)?)(?P<percent>[%％]?)"
    rf"|(?P<han>[{NUMERAL}]+)(?=[{MEASURES}])"
)


@dataclass(frozen=True)
class Found:
    """A number in a text: where, as written, and the values that it may stand for."""

    line: int
    text: str
    context: str
    values: tuple[float, ...]


def numeral(text: str) -> float:
    """Return the value of a Chinese numeral, such as 10000 for 一万 or 24 for 二十四."""
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = digit * 10 + DIGITS[character] if digit else DIGITS[character]
        elif (scale := SCALES[character]) >= 10**4:
            total = (total + section + digit or 1) * scale
            section = digit = 0
        else:
            section += (digit or 1) * scale
            digit = 0
    return float(total + section + digit)


def numbers(text: str) -> Iterator[Found]:
    """Yield the numbers of a text in order, in digits and in Chinese numerals before a measure word."""
    for place, line in enumerate(text.splitlines(), start=1):
        for match in TOKEN.finditer(line):
            if match["arabic"]:
                value = float(match["arabic"].replace(",", ""))
                for character in match["scale"].strip():
                    value *= SCALES[character]
            else:
                value = numeral(match["han"])
            around = line[max(0, match.start() - 12) : match.end() + 12]
            yield Found(place, match[0], around, (value / 100,) if match["percent"] else (value, value / 100))


def unrecorded(text: str, claims: pd.DataFrame, article: str) -> list[Found]:
    """Return the numbers of an article's text that none of its claims records.

    claims is the typed ledger, article its number ("000" to "004"). Raises ValueError when no claim is of it.
    """
    own = claims[claims["article"].astype(str) == article]
    if own.empty:
        raise ValueError(f"no claim is of article {article!r}; expected 000 to 004")
    values = own[["value", "low", "high"]].to_numpy().ravel()
    values = {abs(value) for value in values if value == value}
    written = " ".join([*own["statement"], *map(str, own["as_of"])])
    values |= {float(token.replace(",", "")) for token in re.findall(r"\d[\d,]*(?:\.\d+)?", written)}
    values |= {float(token) for token in re.findall(r"(?<=-)\d\d\b", written)}
    return [
        found
        for found in numbers(text)
        if not any(abs(value - known) <= 1e-6 * max(known, 1e-9) for value in found.values for known in values)
    ]

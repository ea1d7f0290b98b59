"""Chapter 3, the reaction: what shares did around dated events, beyond their market, with honest bands."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.evidence.findings import Verdict, above, verdict
from analysis.evidence.numbers import Number
from analysis.models.event_study import LEAST, abnormal, market_model

LENGTH = 45  # trading days of the estimation window, fewer where the share is younger
PAUSE = 7  # calendar days before the event that are left out, so that a leak does not enter the estimate
WINDOWS = (1, 2, 4)  # trading days from the event on
SHARES = {
    "NVDA": ("NVIDIA", "SPY"),
    "CAMBRICON": ("Cambricon", "CSI300"),
    "HYGON": ("Hygon", "CSI300"),
    "MOORE-THREADS": ("Moore Threads", "CSI300"),
}
VENDORS = ("soxl-data-prices", "stock-data-000300", "stock-data-688041", "stock-data-688256", "stock-data-688795")
ALTERNATIVES = {"NVDA": ("QQQ", "SOXX")}
# Event, its name, and whether the news came after the close in New York, so that the next day is the first.
EVENTS = (
    ("E009", "H20 licences assured", True),
    ("E027", "H200 announced", True),
    ("E053", "Customs stop reported", False),
    ("E062", "Beijing's consent reported", False),
    ("E073", "Making of H200 halted", False),
    ("E085", "Ten firms licensed, none served", False),
    ("E099", "First lots reported", False),
)
LEVEL = 0.95


def pairs() -> list[tuple[str, str]]:
    """Return every share with its benchmark, the main one first."""
    return [(share, base) for share, (_, base) in SHARES.items()] + [
        (share, base) for share, bases in ALTERNATIVES.items() for base in bases
    ]


def windows(joined: pd.DataFrame, news: pd.Timestamp, late: bool) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return the estimation and the event window of a joined frame of returns, None where one of them is too short."""
    first = news + pd.Timedelta(days=1) if late else news
    before = joined[joined.index < first - pd.Timedelta(days=PAUSE)].tail(LENGTH)
    after = joined[joined.index >= first].head(max(WINDOWS))
    near = len(after) == max(WINDOWS) and after.index[0] - first <= pd.Timedelta(days=5)
    return (before, after) if len(before) >= LEAST and near else None


def wide(returns: pd.DataFrame) -> pd.DataFrame:
    """Return daily returns by day and ticker."""
    return returns.pivot(index="date", columns="ticker", values="return")


def study(returns: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return cumulative abnormal returns, one row for each share, benchmark, event and window.

    Columns share, name, benchmark, main, event_id, event, first (day), days (of the estimation), beta, window
    (days), value, low, high (95% prediction interval), p, rank_p, beyond (whether zero lies outside); rounded.
    """
    table, date = wide(returns), events.set_index("event_id")["date"]
    rows = []
    for share, base in pairs():
        joined = table[[share, base]].dropna()
        for event_id, event, late in EVENTS:
            found = windows(joined, date[event_id], late)
            if found is None:
                continue
            before, after = found
            line = market_model(before[share], before[base])
            for window in WINDOWS:
                part = after.head(window)
                one = abnormal(line, part[share], part[base], LEVEL)
                # By the rule of the interval, not by its rounded ends.
                beyond = one.low > 0 or one.high < 0
                rows.append(
                    {
                        "share": share, "name": SHARES[share][0], "benchmark": base, "main": base == SHARES[share][1],
                        "event_id": event_id, "event": event, "first": after.index[0], "days": line.days,
                        "beta": round(line.beta, 3), "window": window, "value": round(one.value, 5),
                        "low": round(one.low, 5), "high": round(one.high, 5), "p": round(one.p, 4),
                        "rank_p": round(one.rank_p, 4), "beyond": beyond,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def row(found: pd.DataFrame, share: str, event_id: str, window: int) -> pd.Series:
    """Return one row of a study on the main benchmark."""
    own = found[(found["share"] == share) & (found["event_id"] == event_id) & (found["window"] == window)]
    return own[own["main"]].iloc[0]


def fell_clearly(spans: Sequence[tuple[float, float]]) -> Verdict:
    """Say whether every share fell beyond its market by more than noise; fails where no band lies below zero."""
    clear = [high < 0 for _, high in spans]
    if all(clear):
        return "holds"
    return "unclear" if any(clear) else "fails"


def rose_for_nvidia(span: tuple[float, float]) -> Verdict:
    """Say whether NVIDIA's abnormal return on the announcement lies above zero."""
    return above(*span, 0.0)


def few_beyond(beyond: int, total: int) -> Verdict:
    """Say whether no more windows lie beyond their band than chance gives: one in twenty, with its own spread."""
    expected = (1 - LEVEL) * total
    spread = (expected * LEVEL) ** 0.5
    return above(expected + 2 * spread - beyond, expected + 2 * spread - beyond, -1e-9)


def numbers(found: pd.DataFrame, sources: tuple[str, ...] = VENDORS[:2]) -> list[Number]:
    """Return the numbers of the event study."""
    main = found[found["main"]]
    short = main[main["window"] == 2]
    out = [
        Number("reaction-windows", len(short), "count", "2026-08-21", "shares by events, two-day window", sources),
        Number("reaction-beyond", int(short["beyond"].sum()), "count", "2026-08-21",
               "of these with zero outside the 95% band", sources),
        Number("reaction-expected", 0.05 * len(short), "count", "2026-08-21",
               "of these by chance alone, one in twenty", sources, digits=2),
        Number("reaction-days", LENGTH, "days", "2026-08-21", "trading days of estimation, if listed long enough",
               sources),
        Number("reaction-days-shortest", int(main["days"].min()), "days", "2026-08-21",
               "trading days of estimation, shortest", sources),
    ]  # fmt: skip
    for key, share in (("nvidia", "NVDA"), ("cambricon", "CAMBRICON"), ("hygon", "HYGON")):
        for window, name in ((1, "day"), (2, "two-days"), (4, "four-days")):
            one = row(found, share, "E027", window)
            out.append(
                Number(f"reaction-{key}-{name}", round(one["value"], 3), "fraction", str(one["first"].date()),
                       f"abnormal return over {window} trading days from the first after the post, 95% band",
                       sources, round(one["low"], 3), round(one["high"], 3), digits=2)
            )  # fmt: skip
    h20, stop = row(found, "NVDA", "E009", 1), row(found, "HYGON", "E053", 1)
    others = found[(found["share"] == "NVDA") & ~found["main"] & (found["event_id"] == "E009") & (found["window"] == 1)]
    out += [
        Number("reaction-nvidia-h20", h20["value"], "fraction", str(h20["first"].date()),
               "abnormal return on the first day after the assurance of H20 licences", sources, h20["low"], h20["high"],
               digits=2),
        Number("reaction-nvidia-h20-chips", others["value"].min(), "fraction", str(h20["first"].date()),
               "the same against an index of chip makers", sources, others["low"].min(), others["high"].min(),
               digits=2),
        Number("reaction-hygon-stop", stop["value"], "fraction", str(stop["first"].date()),
               "abnormal return on the day of the reported customs stop", sources, stop["low"], stop["high"], digits=2),
    ]  # fmt: skip
    out.append(
        Number(
            "reaction-hygon-rank",
            stop["rank_p"],
            "fraction",
            str(stop["first"].date()),
            "share of days, this one counted, on which its residual was as large",
            sources,
            digits=2,
        )
    )
    clear = [tuple(row(found, share, "E027", 4)[["low", "high"]]) for share in ("CAMBRICON", "HYGON")]
    nvidia = tuple(row(found, "NVDA", "E027", 1)[["low", "high"]])
    return [
        *out,
        verdict("fell-clearly", fell_clearly(clear), "2025-12-12", "four-day abnormal returns below zero", sources),
        verdict("rose-for-nvidia", rose_for_nvidia(nvidia), "2025-12-09", "first-day abnormal return", sources),
        verdict("few-beyond", few_beyond(int(short["beyond"].sum()), len(short)), "2026-08-21",
                "windows beyond their band against chance", sources),
    ]  # fmt: skip


PREDICATES = {"fell-clearly": fell_clearly, "rose-for-nvidia": rose_for_nvidia, "few-beyond": few_beyond}

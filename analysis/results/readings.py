"""Chapter 3, rules and readings: what procurement rests on, and what became of domestic makers by 2026."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analysis.evidence.facts import bounds, fact
from analysis.evidence.findings import Verdict, above, below, verdict
from analysis.evidence.formatting import interval, quantity
from analysis.evidence.numbers import Number
from analysis.evidence.roots import each_once

MAKERS = (
    ("Hygon", "hygon-revenue-2025h1", "hygon-revenue-2026h1"),
    ("Cambricon", "cambricon-revenue-2025h1", "cambricon-revenue-2026h1"),
    ("Moore Threads", "moore-threads-revenue-2025h1", "moore-threads-revenue-2026h1"),
    ("Iluvatar CoreX", "iluvatar-revenue-2025h1", "iluvatar-revenue-2026h1"),
    ("Biren", "biren-revenue-2025h1", "biren-revenue-guidance-2026h1"),
)
TESTED = 0.05  # imports below this part of domestic shipments cannot show whether they squeeze


def makers(facts: pd.DataFrame) -> pd.DataFrame:
    """Return makers' first-half revenue (RMB): name, before, after with bounds, growth_low and growth_high, sources."""
    rows = []
    for name, *ids in MAKERS:
        before, after = (fact(facts, key) for key in ids)
        (b_low, b_high), (a_low, a_high) = (bounds(one) for one in (before, after))
        rows.append(
            {
                "name": name, "before": before["value"] if pd.notna(before["value"]) else (b_low + b_high) / 2,
                "before_low": b_low, "before_high": b_high, "after_low": a_low, "after_high": a_high,
                "growth_low": round(a_low / b_high - 1, 6), "growth_high": round(a_high / b_low - 1, 6),
                "sources": each_once(before["source_id"], after["source_id"]),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def makers_grew(growth: tuple[float, float]) -> Verdict:
    """Say whether every maker that reports grew; growth is the least and the most over makers."""
    return above(*growth, 0.0)


def squeeze_untested(share: tuple[float, float]) -> Verdict:
    """Say whether too few H200 came to test whether they squeeze; share is delivered chips over domestic cards."""
    return below(*share, TESTED)


def without_text(unpublished: int, total: int) -> Verdict:
    """Say whether most measures rest on press reports or on nothing that was found."""
    return above(unpublished / total, unpublished / total, 0.5)


def rules(procurement: pd.DataFrame, known: date) -> list[Number]:
    """Return the numbers of procurement on the last day of the data: measures by what they rest on, security apart."""
    as_of = known.isoformat()
    own = procurement[procurement["kind"] != "security"]
    counts = own["standing"].astype(str).value_counts()
    words = {"text": "a text that can be read", "statement": "a statement on record", "press": "press reports only",
             "none": "nothing that was found"}  # fmt: skip
    out = [
        Number(f"procurement-{key}", int(counts.get(key, 0)), "count", as_of, f"measures that rest on {text}")
        for key, text in words.items()
    ]
    unpublished = int(counts.get("press", 0) + counts.get("none", 0))
    return [
        Number("procurement-total", len(own), "count", as_of, "rows of the table of procurement without security"),
        *out,
        verdict("without-text", without_text(unpublished, len(own)), as_of, "measures without a text or a statement"),
    ]


def outcomes(found: pd.DataFrame, facts: pd.DataFrame) -> list[Number]:
    """Return the numbers of what became of domestic makers."""
    growth = (float(found["growth_low"].min()), float(found["growth_high"].max()))
    ids = tuple(after for _, _, after in MAKERS)
    delivered, cards = (
        fact(facts, key) for key in ("h200-delivered-20260818-both", "china-domestic-cards-shipped-2025")
    )
    (d_low, d_high), (c_low, c_high) = bounds(delivered), bounds(cards)
    share = (d_low / c_high, d_high / c_low)
    pair = ("h200-delivered-20260818-both", "china-domestic-cards-shipped-2025")
    return [
        Number("makers-growth", float(np.median(found["growth_low"])), "fraction", "2026H1",
               "growth of first-half revenue, least and most over makers that report", ids, *growth, digits=2),
        Number("makers-count", len(found), "count", "2026H1", "makers with two first halves on record", ids),
        Number("makers-delivered-share", delivered["value"] / cards["value"], "fraction", "2026-08-18",
               "H200 delivered by August 2026 over domestic cards shipped in 2025", pair, *share, digits=2),
        verdict("makers-grew", makers_grew(growth), "2026H1", "growth of first-half revenue", ids),
        verdict("squeeze-untested", squeeze_untested(share), "2026-08-18", "delivered H200 over domestic cards", pair),
    ]  # fmt: skip


def table(found: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return the readings of the articles side by side with what happened, for display."""

    def write(key: str) -> str:
        row = fact(facts, key)
        low, high = bounds(row)
        whole = pd.notna(row["value"]) or low != low or high != high
        return quantity(row["value"], row["unit"], 3) if whole else interval(low, high, row["unit"], 3)

    grew = interval(found["growth_low"].min(), found["growth_high"].max(), "fraction", 2)
    margins = ", ".join(
        f"{name} {quantity(fact(facts, key)['value'], 'fraction', 3)}"
        for name, key in (
            ("Cambricon", "cambricon-gross-margin-2025"),
            ("Hygon", "hygon-gross-margin-2026h1"),
            ("Moore Threads", "moore-threads-gross-margin-2026h1"),
        )
    )
    delivered, cards = write("h200-delivered-20260818-both"), write("china-domestic-cards-shipped-2025")
    share, forecast = (
        write("china-domestic-share-units-2025"), write("china-high-end-ai-chips-domestic-share-forecast-2026-digest")
    )  # fmt: skip
    supply, trained = (
        write("china-domestic-supply-to-demand-forecast-2026-bernstein"),
        write("china-notable-models-on-chinese-chips-2025"),
    )  # fmt: skip
    rows = [
        ("Squeezed: market and revenue shrink", "001, sixth and seventh questions",
         f"First-half revenue of 2026 rose by {grew}. {delivered} delivered by August against {cards} "
         "domestic in 2025. Gross margins on record: " + margins + ".", "Untested: too few came."),
        ("Benchmarked and pushed to move faster", "001, seventh question",
         "Vendors compare with H20, Hopper and Blackwell, hardly with H200. In September 2026 Huawei brought parts "
         "forward by three quarters and Alibaba showed a new chip.", "Faster, yes; because of H200, not shown."),
        ("Slowed in own research by cheap access", "001, sixth question; 002 and 003 as Washington's aim",
         f"Access was not had. Biren alone spent {write('biren-rd-expense-2025')} on research in 2025, more than the "
         "year before.", "Untested; the aim is on record."),
        ("Helped by lists and rules", "000, on the procurement list",
         f"State sites were told to buy domestic; {share} of the cards of 2025 by IDC, near {forecast} of 2026 by the "
         "forecast of TrendForce. Five makers went public between December 2025 and September 2026.",
         "In line with it; lists, export rules and scarcity cannot be told apart."),
        ("Deeper dependence on CUDA", "001, seventh question",
         "DeepSeek V4 came with Ascend support on the first day; Z.ai served a week on domestic chips only. Of "
         f"the notable models made only in China to 2025, {trained} were trained on Chinese chips (CNAS).",
         "Inference moved; training hardly."),
        ("Supply, not demand, is the limit", "003; against 000's ready to take over",
         f"Bernstein: domestic supply is {supply} of the demand of 2026. The price of the Ascend 950DT rose by more "
         "than half in three months.",
         "Borne out."),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Reading", "Whose", "What happened by October 2026", "What can be said"])


PREDICATES = {"makers-grew": makers_grew, "squeeze-untested": squeeze_untested, "without-text": without_text}

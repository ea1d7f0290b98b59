"""The ledger in numbers: how the articles' statements fared, and the disputed questions on their definitions."""

from __future__ import annotations

import math
import re

import pandas as pd

from analysis.evidence.findings import Verdict, above, verdict
from analysis.evidence.formatting import day
from analysis.evidence.numbers import Number
from analysis.evidence.roots import OWN, each_once, root

UPHELD = ("supported", "partly", "superseded", "resolved_yes")
OVERTURNED = ("wrong", "contested", "resolved_no")


def counts(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the number of claims by verdict (index, in the order of the published rules) and article (columns)."""
    table = pd.crosstab(claims["verdict"], claims["article"], dropna=False)
    order = [name for name in (*UPHELD[:2], "contested", "wrong", "unverified", "superseded", "opinion")] + [
        "resolved_yes", "resolved_no", "open", "void",
    ]  # fmt: skip
    return table.reindex(order).fillna(0).astype(int)


def mostly_upheld(share: float) -> Verdict:
    """Say whether more than half of what evidence settles is upheld at least in part."""
    return above(share, share, 0.5)


def numbers(claims: pd.DataFrame, questions: pd.DataFrame, facts: pd.DataFrame, sources: pd.DataFrame) -> list[Number]:
    """Return the counts that the text uses."""
    read = max(sources["accessed_on"]).date().isoformat()
    totals = claims["verdict"].value_counts()
    upheld, overturned = (int(sum(totals.get(name, 0) for name in group)) for group in (UPHELD, OVERTURNED))
    settled = upheld + overturned
    relays = sources.set_index("source_id")["relays"].to_dict()
    roots = {root(source_id, relays) for source_id in relays if not source_id.startswith("art-")}
    told = questions[["low", "central", "high"]].notna().any(axis=1)

    def count(key: str, value: int, basis: str) -> Number:
        return Number(key, value, "count", read, basis, digits=4)

    return [
        count("claims-total", len(claims), "rows of the ledger"),
        count("claims-settled", settled, "claims that evidence settles either way"),
        count("claims-upheld", upheld, "supported, partly, superseded or come true"),
        count("claims-overturned", overturned, "wrong, contested or not come true"),
        count("claims-unsettled", len(claims) - settled, "unverified, opinion, open or void"),
        count("claims-wrong", int(totals.get("wrong", 0)), "claims with the verdict wrong"),
        Number("claims-upheld-share", upheld / settled, "fraction", read, "upheld over settled", digits=2),
        count("questions-total", len(questions), "rows of the disputed questions"),
        count("questions-with-number", int(told.sum()), "questions answered with a number or an interval"),
        count("facts-total", len(facts), "rows of the facts"),
        count(
            "sources-total", int((~sources["source_id"].str.startswith("art-")).sum()), "sources besides the articles"
        ),
        count("roots-total", len(roots), "originals behind the sources, relays counted as theirs"),
        verdict("mostly-upheld", mostly_upheld(upheld / settled), read, "upheld over settled claims"),
    ]


def forest(question: pd.Series, rivals: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return one row a rival statement of a question for drawing, in the question's unit.

    Columns who, says, printed, low, value, high (NaN where unknown or in another unit), sorted by value. names
    gives who says each rival, by rival_id.
    """
    own = rivals[rivals["question_id"] == question["question_id"]]
    same = (own["unit"].eq(question["unit"])).to_numpy()
    frame = pd.DataFrame(
        {
            "who": names.reindex(own["rival_id"]).to_numpy(),
            "says": own["statement"].to_numpy(),
            "printed": own["as_printed"].where(same).to_numpy(),
            "low": own["converted_low"].to_numpy(),
            "value": own["converted"].to_numpy(),
            "high": own["converted_high"].to_numpy(),
        }
    )
    known = frame[["printed", "low", "value", "high"]].notna().any(axis=1)
    return frame[known].sort_values("value", kind="stable", ignore_index=True)


def drawable(questions: pd.DataFrame, rivals: pd.DataFrame) -> list[str]:
    """Return the questions with a number in the answer and at least two rivals on their definition."""
    on_definition = rivals[rivals[["converted_low", "converted", "converted_high"]].notna().any(axis=1)]
    enough = on_definition["question_id"].value_counts()
    told = questions[questions[["low", "central", "high"]].notna().any(axis=1)]
    return [key for key in told["question_id"] if enough.get(key, 0) > 1]


def speakers(rivals: pd.DataFrame, claims: pd.DataFrame, facts: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """Return who says each rival statement: an article, or the publisher of the original; index rival_id."""
    article = claims.set_index("claim_id")["article"].astype(str).to_dict()
    origin = facts.set_index("fact_id")["source_id"].to_dict()
    publisher = sources.set_index("source_id")["publisher"].to_dict()
    relays = sources.set_index("source_id")["relays"].to_dict()

    def name(item: str) -> str:
        if item in article:
            return f"Article {article[item]}"
        return str(publisher[root(origin.get(item, item), relays)])

    said = [", ".join(dict.fromkeys(name(item) for item in items)) or "not named" for items in rivals["said_by"]]
    return pd.Series(said, index=rivals["rival_id"])


def span(question: pd.Series) -> tuple[float, float, float]:
    """Return low, central and high of an answer, NaN where not given."""
    return tuple(float(question[name]) if pd.notna(question[name]) else math.nan for name in ("low", "central", "high"))


def cited(question_id: str, rivals: pd.DataFrame, facts: pd.DataFrame, claims: pd.DataFrame) -> tuple[str, ...]:
    """Return the sources behind the rivals of a question, an article for a claim, each once."""
    origin = facts.set_index("fact_id")["source_id"].to_dict()
    origin |= {row.claim_id: f"art-{row.article}" for row in claims.itertuples()}
    items = (item for said in rivals.loc[rivals["question_id"] == question_id, "said_by"] for item in said)
    return each_once(origin.get(item, item) for item in items) or (OWN,)


def first_sentence(answer: str) -> str:
    """Return the first sentence of an answer: the finding that a question's picture is titled with."""
    return re.split(r"(?<=[^.\d]\w)[.:;] (?=[A-Z\d])|(?<=\d)[.;] (?=[A-Z])", answer, maxsplit=1)[0].rstrip(".")


def as_of(sources: pd.DataFrame) -> str:
    """Return the day on which the sources were last read, in words."""
    return day(max(sources["accessed_on"]).date())


PREDICATES = {"mostly-upheld": mostly_upheld}

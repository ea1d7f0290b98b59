"""A chapter as a function gives what its notebook stores; what the tables of turns and moves say is so."""

import pytest
from conftest import ROOT

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.publish import receipt, rerun
from analysis.publish.contents import ContentsError, StoredChapter, chapters

CHAPTERS = [chapter for chapter in chapters(ROOT) if chapter.assumes]
TURNS, MOVES = tables.load("turns"), tables.load("moves")
REGISTER = Assumptions(tables.load("assumptions"))
PREDICATES = tables.load("findings").set_index("finding_id")["predicate"]


def verdicts(chapter):
    return {key for key, record in chapter.numbers.items() if record["unit"] == "verdict"}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_chapter_run_for_its_numbers_gives_what_it_stores(chapter):
    found = {key: number.record() for key, number in rerun.numbers_under(chapter, {}).items()}
    assert list(receipt.differences(chapter.numbers, found)) == []


def test_every_judgement_was_tried_on_every_finding_of_its_chapters():
    expected = set()
    for chapter in CHAPTERS:
        uncertain = [key for key in chapter.assumes if REGISTER[key].low < REGISTER[key].high]
        own = PREDICATES.index[PREDICATES.isin(verdicts(chapter))]
        expected |= {(finding_id, key) for finding_id in own for key in uncertain}
    assert set(zip(TURNS["finding_id"], TURNS["assumption_id"], strict=True)) == expected, "run analysis sensitivity"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_stored_turn_and_a_stored_move_are_found_again(chapter):
    """One turn and one move of each chapter are computed anew: the word on either side, the number at its high end."""
    mine = TURNS[TURNS["finding_id"].map(PREDICATES).isin(verdicts(chapter))]
    for row in mine[mine["turns_at"].map(len) > 0].head(1).itertuples():
        judged, predicate, at = REGISTER[row.assumption_id], PREDICATES[row.finding_id], float(row.turns_at[0])
        gap = (judged.high - judged.low) / (rerun.GRID - 1) / 2**rerun.HALVINGS
        below = at - 1 if judged.unit == "count" else at - 1.1 * gap
        words = [rerun.look(ROOT, chapter.name, {row.assumption_id: place}).words[predicate] for place in (below, at)]
        assert words[0] != words[1] == row.turns_to[0]
    for row in MOVES[MOVES["number"].isin(chapter.numbers)].head(1).itertuples():
        found = rerun.look(ROOT, chapter.name, {row.assumption_id: REGISTER[row.assumption_id].high})
        assert found.values[row.number] == pytest.approx(row.at_high, rel=1e-4)


def test_every_judgement_is_used_and_says_where():
    titles: dict[str, set[str]] = {}
    for chapter in CHAPTERS:
        for key in chapter.assumes:
            titles.setdefault(key, set()).add(chapter.title)
    assert set(titles) == set(REGISTER), "a judgement that no chapter uses"
    said = tables.load("assumptions").set_index("assumption_id")["used_in"]
    wrong = {key: sorted(t for t in names if t not in said[key]) for key, names in titles.items()}
    assert not {key: names for key, names in wrong.items() if names}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_model_input_without_a_row_fails_and_says_so(chapter, monkeypatch):
    gone = chapter.assumes[0]
    whole = tables.load("assumptions")
    load = tables.load
    without = whole[whole["assumption_id"] != gone]
    monkeypatch.setattr(tables, "load", lambda name, *a, **k: without if name == "assumptions" else load(name, *a, **k))
    with pytest.raises(KeyError, match=f"no assumption '{gone}' in data/assumptions.csv"):
        rerun.numbers_under(chapter, {})


def test_a_turn_is_bracketed_and_a_count_is_not_halved():
    assert rerun.turning_points([0, 1, 2], lambda x: "holds" if x < 1.3 else "fails", 5) == [(1.3125, "fails")]
    assert rerun.turning_points([1.0, 2.0, 3.0], lambda x: "holds" if x < 3 else "fails", 0) == [(3.0, "fails")]
    assert rerun.turning_points([0, 1], lambda x: "holds", 5) == []


def test_a_chapter_without_overrides_is_refused(tmp_path):
    path = tmp_path / "no.ipynb"
    path.write_text('{"cells": [{"cell_type": "code", "source": ["x = 1"], "metadata": {}, "outputs": []}]}')
    with pytest.raises(ContentsError, match="no cell holds `overrides"):
        rerun.numbers_under(StoredChapter(path), {})

"""What nbval lets through: stripped outputs, stale chapters, missing pages. nbval itself runs the notebooks."""

import json
import subprocess
import sys
from ast import literal_eval

import pytest
from conftest import ROOT, copy_checkout

from analysis.assumptions import Assumptions
from analysis.evidence.numbers import MIME as NUMBERS
from analysis.publish import receipt
from analysis.publish.cards import MIME as FIGURES
from analysis.publish.chapter import Chapter
from analysis.publish.contents import ContentsError, StoredChapter, chapters, pages
from analysis.publish.execute import execute
from analysis.publish.identity import identity
from analysis.tables import load, store

CHAPTERS = chapters(ROOT)
MOST_LINES = 80


@pytest.fixture
def copy(tmp_path):
    """A checkout of the book's sources to plant errors in."""
    return copy_checkout(tmp_path)


def rewrite(path, change):
    notebook = json.loads(path.read_text("utf-8"))
    change([cell for cell in notebook["cells"] if cell["cell_type"] == "code"])
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


def analysis(command, cwd):
    return subprocess.run(
        [sys.executable, "-m", "analysis", *command], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_chapter_is_executed_thin_and_up_to_date(chapter):
    assert chapter.problems() == []
    lines = [line for _, cell in chapter.code for line in "".join(cell["source"]).splitlines()]
    assert sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines) <= MOST_LINES
    assert receipt.stale([chapter], ROOT) == [], "stale: run make book and commit what it changes"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_chapter_that_rests_on_judgements_opens_with_overrides_and_examples_that_work(chapter):
    if not chapter.assumes:
        return
    lines = "".join(chapter.code[0][1]["source"]).splitlines()
    examples = [
        literal_eval(line.split("=", 1)[1].split("#")[0].strip()) for line in lines if line.startswith("# overrides = ")
    ]
    assert "overrides = {}" in lines and examples
    for example in examples:
        assert Assumptions(load("assumptions"), example).overrides and set(example) <= set(chapter.assumes)


def test_the_cut_off_comes_from_the_last_event_and_makes_a_chapter_depend_on_it(monkeypatch):
    monkeypatch.setattr(store, "_reads", set())
    chapter = Chapter("T")
    assert store.reads() == []
    assert chapter.cutoff == load("events", note=False)["date"].max().date()
    assert chapter.data_to == identity(ROOT).cutoff and "events" in store.reads()


def test_the_cut_off_is_typed_in_no_module_and_in_no_code_cell():
    last = Chapter("T").cutoff
    forms = (f"{last.day} {last:%B %Y}", last.isoformat(), f"{last.year}, {last.month}, {last.day})")
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in (ROOT / "analysis").rglob("*.py")}
    texts |= {f"{c.name} cell {n}": "".join(cell["source"]) for c in CHAPTERS for n, cell in c.code}
    found = [where for where, text in texts.items() if any(form in text for form in forms)]
    assert found == [], "take the cut-off from the chapter (data_to, cutoff): it moves with the next events"


def test_the_receipt_is_that_of_the_stored_chapters():
    assert list(receipt.differences(receipt.read(ROOT), receipt.build(CHAPTERS, ROOT))) == []


def test_stripped_outputs_are_noticed(copy):
    path = copy / "book" / CHAPTERS[0].path.name
    rewrite(path, lambda cells: [cell.update(outputs=[]) for cell in cells])
    found = StoredChapter(path).problems()
    assert any("shows something but holds no output" in line for line in found)
    assert any("holds no table of numbers" in line for line in found)
    rewrite(path, lambda cells: [cell.update(execution_count=None) for cell in cells])
    assert any("was not executed" in line for line in StoredChapter(path).problems())


def test_a_defined_function_in_a_notebook_is_noticed(copy):
    path = copy / "book" / CHAPTERS[0].path.name
    rewrite(path, lambda cells: cells[0]["source"].append("\ndouble = lambda x: 2 * x"))
    assert any("defines a function" in line for line in StoredChapter(path).problems())


def append(path, text):
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def replace(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("touch", "is_stale"),
    [
        (
            lambda copy: rewrite(copy / "book" / CHAPTERS[0].path.name, lambda c: c[0]["source"].append("\nx = 1")),
            lambda chapter: chapter.name == CHAPTERS[0].name,
        ),
        (
            lambda copy: replace(copy / "data" / "assumptions.csv", "20000,26000", "20000,25000"),
            lambda chapter: "h200-price" in chapter.assumes,
        ),
        (
            lambda copy: append(copy / "analysis" / "models" / "inventory.py", "\n"),
            lambda chapter: "analysis.models.inventory" in chapter.modules,
        ),
        (
            lambda copy: append(copy / "analysis" / "publish" / "cards.py", "\n"),
            lambda chapter: True,
        ),
        (lambda copy: append(copy / "analysis" / "publish" / "slides.py", "\n"), lambda chapter: False),
        (lambda copy: (copy / "analysis" / "models" / "inventory.py").unlink(), None),
    ],
    ids=["source", "assumption", "model", "cards", "slides", "module gone"],
)
def test_a_chapter_is_stale_when_what_it_used_changes_and_only_then(copy, touch, is_stale):
    assert receipt.stale(chapters(copy), copy) == []
    touch(copy)
    is_stale = is_stale or (lambda chapter: "analysis.models.inventory" in chapter.modules)
    expected = [chapter.name for chapter in CHAPTERS if is_stale(chapter)]
    assert [chapter.name for chapter in receipt.stale(chapters(copy), copy)] == expected


def test_a_table_that_no_chapter_reads_makes_none_stale(copy):
    path = copy / "data" / "units.csv"
    path.write_text(path.read_text("utf-8").replace("nominal", "at prices of the day", 1), "utf-8")
    assert receipt.stale(chapters(copy), copy) == []
    done = analysis(["run"], copy)
    assert done.returncode == 0 and "none executed" in done.stdout
    assert receipt.read(copy)["tables"]["units"] != receipt.read(ROOT)["tables"]["units"], "the receipt follows"


def test_a_page_missing_from_the_contents_or_from_the_book_is_one_clear_line(copy):
    (copy / "book" / "orphan.md").write_text("# Orphan\n", "utf-8")
    with pytest.raises(ContentsError, match=r"^book/orphan: is not in _toc\.yml"):
        pages(copy)
    done = analysis(["run"], copy)
    assert done.returncode == 1 and done.stderr.startswith("book/orphan") and len(done.stderr.splitlines()) == 1
    (copy / "book" / "orphan.md").unlink()
    (copy / "book" / "glossary.md").unlink()
    with pytest.raises(ContentsError, match="lists glossary"):
        pages(copy)


def test_a_chapter_that_raises_is_one_clear_line_and_nothing_is_written(copy):
    path = copy / "book" / CHAPTERS[0].path.name
    rewrite(path, lambda cells: cells[0].update(source=["1 / 0"]))
    before = path.read_bytes()
    with pytest.raises(ContentsError, match=rf"{path.name} cell \d+: ZeroDivisionError: division by zero") as error:
        execute(path)
    assert "\n" not in str(error.value) and path.read_bytes() == before


def test_a_changed_stored_number_or_figure_is_noticed(copy):
    path = copy / "book" / CHAPTERS[0].path.name

    def tamper(cells):
        data = [out["data"] for cell in cells for out in cell["outputs"] if "data" in out]
        next(d[NUMBERS] for d in data if NUMBERS in d)["numbers"][0]["value"] = 1.0
        next(d[FIGURES] for d in data if FIGURES in d)["data_sha256"] = "0" * 64

    rewrite(path, tamper)
    found = list(receipt.differences(receipt.read(copy), receipt.build(chapters(copy), copy)))
    assert any(" numbers " in line and " value: expected" in line for line in found)
    assert any(" figures " in line and "0000" in line for line in found)


def test_differences_name_the_first_number_that_moved():
    outcome = receipt.outcome(CHAPTERS[0])
    moved = json.loads(json.dumps(outcome))
    key = next(key for key, number in moved["numbers"].items() if number["value"])
    moved["numbers"][key]["value"] *= 1.001
    (line,) = receipt.differences(outcome, moved)
    assert line.startswith(f"numbers {key} value: expected")
    del moved["figures"][next(iter(moved["figures"]))]
    assert any("found nothing" in line for line in receipt.differences(outcome, moved))


@pytest.mark.parametrize(("arguments", "code"), [(["check"], 0), (["--help"], 0), (["nonsense"], 2), ([], 2)])
def test_the_command_line_answers_with_its_exit_code(arguments, code):
    done = analysis(arguments, ROOT)
    assert done.returncode == code and "Traceback" not in done.stderr

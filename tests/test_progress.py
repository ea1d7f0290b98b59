"""Progress is seen by who asks for it and leaves nothing behind, in a notebook as in a loop."""

import json

import nbformat
from conftest import ROOT

from analysis.progress import ASKED, track
from analysis.publish.execute import execute

CELL = """
from time import sleep
from analysis.progress import track
for _ in track(range(4)):
    sleep(0.3)
"done"
"""


def test_a_loop_gets_what_it_asked_for(monkeypatch):
    monkeypatch.delenv(ASKED, raising=False)
    assert list(track(iter("abc"))) == list("abc")
    monkeypatch.setenv(ASKED, "9")
    assert list(track(iter("abc"), 3)) == list("abc")


def stored(tmp_path, monkeypatch, cell, asked=None):
    """The outputs of a notebook of one cell, executed as chapters are, in two kernels alike but for progress."""
    monkeypatch.delenv(ASKED, raising=False)
    if asked is not None:
        monkeypatch.setenv(ASKED, asked)
    path = tmp_path / "cell.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell, id="cell")])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)
    execute(path, root=ROOT)
    return path.read_bytes()


def test_a_notebook_holds_the_same_with_progress_as_without(tmp_path, monkeypatch):
    silent = stored(tmp_path, monkeypatch, CELL)
    assert json.loads(silent)["cells"][0]["outputs"][0]["data"]["text/plain"] == ["'done'"]
    assert stored(tmp_path, monkeypatch, CELL, "0") == silent
    # A loop that is left early shows how far it got: what is cleared above was there.
    left = CELL.replace("sleep(0.3)", "sleep(0.3); assert _ < 2, 'left'").replace("for", "try:\n  for", 1)
    left = left.replace("    sleep", "      sleep").replace('"done"', "except AssertionError: pass")
    assert b"2 of 4" in stored(tmp_path, monkeypatch, left, "0")

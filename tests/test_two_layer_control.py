"""The reader's control of the two layers: the page interpolates the solved programmes as NumPy does."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from browser import Watch
from conftest import ROOT
from playwright.sync_api import Browser, Page, expect

from analysis.figures.controls import MIME

CONTROL = "two-layer-mix"
OUTPUTS = [
    output["data"]
    for cell in json.loads((ROOT / "book" / "two-layer-compute.ipynb").read_text("utf-8"))["cells"]
    for output in cell.get("outputs", ())
    if "data" in output
]


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    watch = Watch(page)
    watch.open(f"{address}two-layer-compute.html")
    page.locator(f"#control-{CONTROL} summary").click()
    page.locator(f"#control-{CONTROL}[data-ready=yes]").wait_for()
    yield page
    assert watch.noticed == []
    page.close()


def move(page: Page, **values: float) -> dict[str, float]:
    """Move inputs as a reader does and return every readout of the view."""
    for name, value in values.items():
        page.locator(f"#control-{CONTROL}-{name}").evaluate(
            "(field, value) => { field.value = value; field.dispatchEvent(new Event('input', {bubbles: true})); }",
            value,
        )
    names = ["imported", "domestic", "home", "offshore", "mean", "tail"]
    return page.evaluate(
        """async ([id, names]) => {
          const view = document.querySelector(`#control-${id}`).view;
          await view.runAsync();
          return Object.fromEntries(names.map((name) => [name, view.signal(name)]));
        }""",
        [CONTROL, names],
    )


def grid() -> tuple[list[float], list[float], dict[str, np.ndarray]]:
    """Return the grid's axes and its values, shape (weights, odds), as they stand in the expressions of the page."""
    (record,) = (data[MIME] for data in OUTPUTS if data.get(MIME, {}).get("id") == CONTROL)
    found = {}
    for part in record["spec"]["params"]:
        if "expr" in part:
            numbers = json.loads(part["expr"][part["expr"].index("[") : part["expr"].index("]") + 1])
            found[part["name"]] = np.array(numbers).reshape(4, 6)
    return list(np.linspace(0, 0.75, 4)), list(np.linspace(0, 1, 6)), found


@pytest.mark.parametrize(("odds", "wary"), [(0, 0), (1, 0.75), (0.3, 0.25), (0.37, 0.61), (0.99, 0.01), (0.62, 0.5)])
def test_the_page_interpolates_as_numpy_does(page: Page, odds: float, wary: float) -> None:
    weights, across, table = grid()
    shown = move(page, odds=odds, wary=wary)
    for name, value in shown.items():
        rows = [np.interp(odds, across, row) for row in table[name]]
        assert value == pytest.approx(np.interp(wary, weights, rows), rel=1e-9, abs=1e-9), name


def test_the_drawn_bars_are_the_readouts_and_the_scenario_is_the_readers(page: Page) -> None:
    shown = move(page, odds=0.9, wary=0.75)
    drawn = page.evaluate(
        f"""() => Object.fromEntries(document.querySelector('#control-{CONTROL}').view.data('data_0')
              .map((row) => [row.key, row.share]))"""
    )
    assert drawn == pytest.approx({name: shown[name] for name in ("imported", "domestic", "home", "offshore")})
    expect(page.locator(f"#control-{CONTROL} .control-state")).to_contain_text("Your scenario, not the report's")
    assert "two-layer-mix.odds=0.9" in page.url


def test_better_odds_order_more_imports(page: Page) -> None:
    assert move(page, odds=0, wary=0.25)["imported"] < 1e-6 < move(page, odds=1)["imported"]

"""The levy's reader's control: what a real browser computes is what NumPy computes, from the page's own data."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.figures import levy as draw
from analysis.models import levy as model
from analysis.models.expressions import numeric
from analysis.models.levy import SYMBOLS, Base, Demand

VIEW = "document.querySelector('#control-levy').view"
NAMES = [name for name, *_ in draw.READOUTS]
RATES, ELASTICITIES, QUOTAS = (0.0, 0.15, 0.25, 0.6, 0.9), (1.1, 2.0, 4.7), (0.3, 1.0)
GRID = [
    dict(t=t, base=int(base), v=v, demand=int(demand), e=e, n=n, kappa=kappa, m=m)
    for (t, base, demand), (e, n, v, kappa, m) in product(
        product(RATES, Base, Demand),
        [
            (e, n, v, kappa, m)
            for e, kappa in product(ELASTICITIES, QUOTAS)
            for n, v, m in ((1, 1.0, 0.7), (3, 0.4, 0.3))
        ],
    )
]


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{address}levy-logic.html")
    page.locator("#control-levy summary").click()
    page.locator("#control-levy[data-ready=yes]").wait_for()
    yield page
    page.close()


def price() -> float:
    return Assumptions(tables.load("assumptions"))["h200-price"].central


def test_every_result_over_a_grid_is_that_of_numpy(page: Page) -> None:
    found = page.evaluate(
        f"""async ([grid, names]) => {{
          const view = {VIEW}, rows = [];
          for (const point of grid) {{
            for (const [name, value] of Object.entries(point)) view.signal(name, value);
            await view.runAsync();
            rows.push(names.map((name) => view.signal(name)));
          }}
          return rows;
        }}""",
        [GRID, NAMES],
    )
    columns = [np.array([point[symbol.name] for point in GRID], dtype=float) for symbol in SYMBOLS]
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = [numeric(expression, SYMBOLS)(*columns) for expression in draw.readouts(price()).values()]
    results = np.array(found, dtype=float).T
    assert results == pytest.approx(np.array(expected), rel=1e-9, abs=1e-12)
    # The same by the functions that the figures use.
    outcome = model.normal(*columns)
    at = dict(zip(NAMES, results, strict=True))
    assert at["price"] == pytest.approx(price() * outcome["price"] / outcome["price_before"], rel=1e-9)
    parts = at["buyers"] + at["sellers"] + at["treasury"] + at["lost"]
    assert parts == pytest.approx(np.ones(len(GRID)), abs=1e-9)


def test_the_chart_draws_what_numpy_computes(page: Page) -> None:
    point = dict(t=0.4, base=int(Base.TRANSFER), v=0.5, demand=int(Demand.LINEAR), e=2.5, n=2, kappa=0.8, m=0.6)
    rows = page.evaluate(
        f"""async (point) => {{
          const view = {VIEW};
          for (const [name, value] of Object.entries(point)) view.signal(name, value);
          await view.runAsync();
          const drawn = (name) => {{ try {{ return view.data(name); }} catch {{ return []; }} }};
          const stacked = ["data_0", "data_1", "source_0", "source_1"].map(drawn).find((rows) => rows[0]?.share >= 0);
          return stacked.map(({{rate, part, share}}) => [rate, part, share]);
        }}""",
        point,
    )
    assert len(rows) == 4 * 46
    values = {name: value for name, value in point.items() if name != "t"}
    rates, places, shares = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    outcome = model.normal(rates, **{
        "value": values["v"], "base": values["base"], "demand": values["demand"], "elasticity": values["e"],
        "sellers": values["n"], "quota": values["kappa"],
    })  # fmt: skip
    parts = np.array([outcome[f"{name}_share"] for name, *_ in draw.PARTIES])
    assert shares == pytest.approx(parts[places.astype(int), np.arange(len(rows))], rel=1e-9, abs=1e-12)


def test_the_report_s_values_stand_beside_the_reader_s(page: Page) -> None:
    page.reload()  # opened by its address; the results are those of the report
    page.locator("#control-levy summary").click()
    page.locator("#control-levy[data-ready=yes]").wait_for()
    for row in page.locator("#control-levy tbody tr").all():
        report, reader = (cell.inner_text() for cell in row.locator("td").all())
        assert report == reader

"""The reader's control of the pairing ratio: what the page shows is what NumPy gives, at every setting of the grid."""

import pytest
from playwright.sync_api import expect

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.evidence.formatting import quantity
from analysis.results import market

PAGE = "domestic-substitution.html"
SHOWN = ("imported", "domestic", "levy", "imported_work", "unserved")
ALL = """async (settings) => {
  const view = document.querySelector('#control-pairing-rule').view, found = [];
  for (const [ratio, licences, reading] of settings) {
    view.signal('ratio', ratio).signal('licences', licences).signal('reading', reading);
    await view.runAsync();
    found.push(NAMES.map((name) => view.signal(name)));
  }
  return found;
}""".replace("NAMES", str(list(SHOWN)))


@pytest.fixture(scope="module")
def solved():
    """The grid, solved afresh, with the market and the state that it rests on."""
    facts, chips = tables.load("facts"), tables.load("accelerators")
    judged = Assumptions(tables.load("assumptions"))
    world = market.Market(chips, judged)
    middle, _, _ = market.states(world, facts, market.identified(chips, facts, judged), judged)
    return market.control_grid(world, facts, middle), world, middle


def test_the_page_shows_what_numpy_gives(browser, address, solved):
    grid, world, middle = solved
    volumes = list(dict.fromkeys(grid["licensed"]))
    settings = [[row.ratio, volumes.index(row.licensed), row.each] for row in grid.itertuples()]
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{address}{PAGE}#control-pairing-rule")
    page.locator("#control-pairing-rule summary").click()
    page.locator("#control-pairing-rule[data-ready=yes]").wait_for()
    found = page.evaluate(ALL, settings)
    for row, shown in zip(grid.itertuples(), found, strict=True):
        assert shown == pytest.approx([getattr(row, name) for name in SHOWN], rel=1e-9, abs=1e-12), row
    # A reader moves the slider: the words follow the same row.
    page.locator("#control-pairing-rule [name=ratio]").fill("2.3")
    page.locator("#control-pairing-rule [name=reading]").select_option(index=1)
    own = grid[(grid["licensed"] == volumes[-1]) & (grid["each"] == 1) & (grid["ratio"] == 2.3)].iloc[0]
    expect(page.locator("#control-pairing-rule [data-readout=imported]")).to_have_text(
        quantity(own["imported"], "chips")
    )
    # And the row is the solution of the programme itself.
    one = world.solve(middle, market.Scenario("", "", own["licensed"], own["ratio"], True))
    assert own["imported"] == pytest.approx(one.chips[market.IMPORTED], rel=1e-8)
    assert own["levy"] == pytest.approx(one.levy, rel=1e-8)
    page.close()

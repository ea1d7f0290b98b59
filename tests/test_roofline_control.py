"""The roofline that a reader moves is the roofline of the model, for every chip and kind of work."""

import itertools

import numpy as np
import pytest

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.figures import chips as draw
from analysis.models import roofline
from analysis.results.chips import roof

RESULTS = ("intensity", "attained_1", "attained_2", "ratio", "use_1", "use_2", "ridge_1", "ridge_2")


@pytest.fixture(scope="module")
def accelerators():
    return tables.load("accelerators")


@pytest.fixture(scope="module")
def judged():
    return Assumptions(tables.load("assumptions"))


def expected(accelerators, judged, first, second, work, own):
    """What the model says, without the equation that the control prints."""
    kinds = list(draw.WORK_NAMES)
    intensity = judged[f"intensity-{kinds[work - 1]}"].central if work else own
    chips = [roof(accelerators, draw.CONTROL_CHIPS[place]) for place in (first, second)]
    attained = [float(roofline.attainable(*chip, intensity)) for chip in chips]
    use = [value / chip[0] for value, chip in zip(attained, chips, strict=True)]
    ratio = float(roofline.ratio(*chips, intensity))
    return [intensity, *attained, ratio, *use, *(float(roofline.ridge(*chip)) for chip in chips)]


def test_the_report_values_of_the_control_are_those_of_the_model(accelerators, judged):
    made = draw.roofline_control(accelerators, judged)
    book = {part.name: part.value for part in made.readouts}
    assert [book[name] for name in RESULTS] == pytest.approx(expected(accelerators, judged, 0, 1, 1, 100.0), rel=1e-12)


def test_the_page_attains_what_the_model_attains(browser, address, accelerators, judged):
    count = len(draw.CONTROL_CHIPS)
    cases = [
        *((first, second, 0, 90.0) for first, second in itertools.product(range(count), repeat=2)),
        *((0, 1, work, 100.0) for work in range(5)),
        *((2, 0, 0, own) for own in np.geomspace(1, 2000, 15).round(3).tolist()),
    ]
    page = browser.new_page()
    page.goto(f"{address}domestic-substitution.html")
    page.locator("#control-roofline summary").click()
    page.locator("#control-roofline[data-ready=yes]").wait_for()
    found = page.evaluate(
        """async ([cases, results]) => {
          const view = document.querySelector('#control-roofline').view, rows = [];
          for (const [first, second, work, own] of cases) {
            view.signal('chip_1', first).signal('chip_2', second);
            view.signal('work', work).signal('own_intensity', own);
            await view.runAsync();
            rows.push(results.map((name) => view.signal(name)));
          }
          return rows;
        }""",
        [cases, list(RESULTS)],
    )

    for case, row in zip(cases, found, strict=True):
        assert row == pytest.approx(expected(accelerators, judged, *case), rel=1e-9), case
    page.close()

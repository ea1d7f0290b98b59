"""Reader's controls: one equation in NumPy, LaTeX and the page; what the reader moves, sends on and takes back."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import altair as alt
import numpy as np
import pytest
import sympy
from browser import Watch, serving
from playwright.sync_api import Browser, Page, expect

from analysis.figures.controls import Choice, Control, Readout, Slider, control_html
from analysis.figures.style import ACCENT
from analysis.models.expressions import latex, numeric, vega

X, Y = sympy.symbols("x y", positive=True)
EXPRESSIONS = [
    X**Y / (1 + X) ** 2 - sympy.Rational(2, 3) * Y,
    sympy.sqrt(X) * sympy.exp(-Y) + sympy.log(X + Y) + sympy.pi * sympy.E,
    sympy.Piecewise((X - Y, (X > Y) & (X < 3)), (sympy.Min(X, Y) ** -Y, sympy.Or(X < 1, Y >= 2)), (1 / X, True)),
    sympy.Max(X, 2 * Y) - sympy.Abs(X - Y) + sympy.floor(X) - sympy.ceiling(Y) + sympy.Float(0.1),
]
BOOK = {"x": 2.0, "y": 0.5}


def control() -> Control:
    chart = (
        alt.Chart(alt.Data(values=[{"at": k / 10} for k in range(1, 40)]))
        .mark_line(color=ACCENT)
        .transform_calculate(height=vega(EXPRESSIONS[0]).replace("x", "datum.at", 1))
        .encode(x="at:Q", y="height:Q")
        .properties(height=120)
    )
    inputs = (
        Slider("x", "Base", 0.1, 4.0, 0.1, BOOK["x"], "ratio"),
        Choice("y", "Exponent", ((0.5, "a half"), (1.5, "three halves"), (2.5, "five halves")), BOOK["y"]),
    )
    readouts = tuple(
        Readout(f"r{place}", f"Result {place}", "ratio", vega(each), float(numeric(each, (X, Y))(**BOOK)))
        for place, each in enumerate(EXPRESSIONS)
    )
    return Control("planted", "What follows <from> this", inputs, readouts, chart, (latex(EXPRESSIONS[0]),), "A note.")


@pytest.fixture(scope="module")
def where(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of the site with the control instead of its text, among all the scripts that a page has."""
    root = tmp_path_factory.mktemp("control")
    shutil.copytree(site / "_static", root / "_static")
    made = control()
    script = '<script type="module" src="_static/controls/controls.js"></script>'
    text = (site / "glossary.html").read_text("utf-8")
    before, after = text.split("<dl", 1)[0], text.rsplit("</dl>", 1)[1]
    (root / "index.html").write_text(before + control_html(made, made.record()) + script + after, "utf-8")
    with serving(root) as served:
        yield served


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    yield page
    page.close()


def opened(page: Page, where: str) -> None:
    page.goto(where)
    page.locator("#control-planted summary").click()
    page.locator("#control-planted[data-ready=yes]").wait_for()


def test_the_page_computes_what_numpy_computes(page: Page, where: str) -> None:
    opened(page, where)
    view = "document.querySelector('#control-planted').view"
    for x, y in itertools.product(np.linspace(0.1, 4.0, 14), (0.5, 1.5, 2.5)):
        found = page.evaluate(
            f"async ([x, y]) => {{ {view}.signal('x', x).signal('y', y); await {view}.runAsync();"
            f" return [0, 1, 2, 3].map((k) => {view}.signal('r' + k)); }}",
            [float(x), y],
        )
        expected = [float(numeric(each, (X, Y))(x, y)) for each in EXPRESSIONS]
        assert found == pytest.approx(expected, rel=1e-9), (x, y)


def test_a_reader_moves_it_sends_it_on_and_takes_it_back(page: Page, where: str) -> None:
    watch = Watch(page)
    watch.open(where)
    assert not any("vega.js" in request.url for request in watch.requests), "fetched before it was opened"
    opened(page, where)
    state, yours = page.locator(".control-state"), page.locator("[data-readout=r0]")
    report = page.locator(".control-readouts tbody tr").first.locator("td").first.inner_text()
    expect(yours).to_have_text(report)
    expect(state).to_have_text("These are the values of the report.")
    page.locator("[name=x]").fill("3.5")
    page.locator("[name=y]").select_option(label="five halves")
    expect(state).to_contain_text("Your scenario, not the report's: you changed Base, Exponent.")
    expect(yours).not_to_have_text(report)
    moved, sent = yours.inner_text(), page.url
    assert "planted.x=3.5" in sent and "planted.y=2.5" in sent
    page.goto(sent)  # somebody else opens the address
    page.locator("#control-planted[data-ready=yes]").wait_for()
    expect(yours).to_have_text(moved)
    page.get_by_role("button", name="Back to the report's values").click()
    expect(yours).to_have_text(report)
    assert "planted" not in page.url
    assert watch.look() == []


def test_a_wrong_control_is_refused_by_name() -> None:
    good = control()
    with pytest.raises(ValueError, match=r"control planted: x = 9\.0 is not one of its own"):
        Control(**(vars(good) | {"inputs": (Slider("x", "Base", 0, 4, 1, 9.0, "ratio"),)}))
    with pytest.raises(ValueError, match="'x' is no identifier of its own"):
        Control(**(vars(good) | {"inputs": (good.inputs[0], good.inputs[0])}))
    with pytest.raises(ValueError, match="gamma has no counterpart"):
        vega(sympy.gamma(X))


def test_a_control_is_readable_without_scripts_and_escapes_its_words() -> None:
    made = control()
    html = control_html(made, made.record())
    assert "&lt;from&gt;" in html and "<from>" not in html and "<math" in html
    assert made.record() == control().record() and json.dumps(made.record()).count(ACCENT) >= 1
    assert made.record()["dark"].keys() == {ACCENT}

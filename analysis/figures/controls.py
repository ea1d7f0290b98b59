"""Reader's controls: inputs that a reader moves, what follows from them, and the chart that recomputes in the page.

A control is data: the page's script draws its inputs, hands them to Vega as parameters and reads the results back.
Without scripts the page still shows the equation and the book's own values.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import altair as alt
from docutils.utils.math.latex2mathml import tex2mathml

from analysis.evidence.formatting import quantity
from analysis.figures.style import DARK

MIME = "application/vnd.h200window.control+json"
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Slider:
    """A number that the reader moves between low and high in steps; value is the book's own, in the base unit."""

    name: str
    label: str
    low: float
    high: float
    step: float
    value: float
    unit: str


@dataclass(frozen=True)
class Choice:
    """One of several options, each a value and its label; value is the book's own."""

    name: str
    label: str
    options: tuple[tuple[str | float, str], ...]
    value: str | float


@dataclass(frozen=True)
class Readout:
    """A result: a Vega expression in the names of inputs and earlier readouts, and the book's own value of it."""

    name: str
    label: str
    unit: str
    expression: str
    value: float


@dataclass(frozen=True)
class Control:
    """A chart with inputs and results.

    chart is an Altair chart (single or layered) whose expressions may use the names of inputs and readouts, which
    become its parameters; equations are LaTeX; note says what the control leaves out. Raises ValueError for a name
    that is no plain identifier or stands twice, or for a book's value outside its own input.
    """

    control_id: str
    title: str
    inputs: tuple[Slider | Choice, ...]
    readouts: tuple[Readout, ...]
    chart: alt.Chart | alt.LayerChart
    equations: tuple[str, ...]
    note: str

    def __post_init__(self) -> None:
        names = [part.name for part in (*self.inputs, *self.readouts)]
        wrong = [name for name in names if not NAME.fullmatch(name) or names.count(name) > 1]
        if wrong:
            raise ValueError(f"control {self.control_id}: {wrong[0]!r} is no identifier of its own")
        for part in self.inputs:
            inside = (
                part.low <= part.value <= part.high
                if isinstance(part, Slider)
                else part.value in [value for value, _ in part.options]
            )
            if not inside:
                raise ValueError(
                    f"control {self.control_id}: {part.name} = {part.value!r} is not one of its own values"
                )

    def spec(self) -> dict:
        """Return the Vega-Lite description of the chart with the control's parameters."""
        chart = self.chart.to_dict()
        for key in ("$schema", "config"):
            chart.pop(key, None)
        own = [{"name": part.name, "value": part.value} for part in self.inputs]
        own += [{"name": part.name, "expr": part.expression} for part in self.readouts]
        return chart | {"params": own + chart.get("params", []), "width": "container", "background": "transparent"}

    def record(self) -> dict:
        """Return what the page's script needs, as plain JSON."""
        spec = self.spec()
        used = {color.lower() for color in re.findall(r"#[0-9a-fA-F]{6}\b", json.dumps(spec))}
        return {
            "id": self.control_id,
            "spec": spec,
            "dark": {light: dark for light, dark in DARK.items() if light in used},
            "readouts": {part.name: part.unit for part in self.readouts},
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        record = self.record()
        digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
        return {
            "text/plain": f"control {self.control_id} {digest}",
            "text/html": control_html(self, record),
            MIME: record,
        }


def _input(control: Control, part: Slider | Choice) -> str:
    key = f"control-{control.control_id}-{part.name}"
    if isinstance(part, Choice):
        options = "".join(
            f'<option value="{escape(json.dumps(value))}"{" selected" if value == part.value else ""}>'
            f"{escape(text)}</option>"
            for value, text in part.options
        )
        field = f'<select id="{key}" name="{part.name}" data-book="{escape(json.dumps(part.value))}">{options}</select>'
        return f'<div class="control-input"><label for="{key}">{escape(part.label)}</label>{field}</div>'
    return (
        f'<div class="control-input"><label for="{key}">{escape(part.label)}</label>'
        f'<input type="range" id="{key}" name="{part.name}" min="{part.low!r}" max="{part.high!r}" '
        f'step="{part.step!r}" value="{part.value!r}" data-book="{part.value!r}" data-unit="{part.unit}">'
        f'<output for="{key}">{escape(quantity(part.value, part.unit))}</output></div>'
    )


def _row(part: Readout) -> str:
    book = escape(quantity(part.value, part.unit)) if not math.isnan(part.value) else "–"
    return (
        f'<tr><th scope="row">{escape(part.label)}</th><td>{book}</td>'
        f'<td class="control-yours" data-readout="{part.name}">–</td></tr>'
    )


def control_html(control: Control, record: Mapping) -> str:
    """Return a control as HTML: readable without scripts, brought to life by the page's script."""
    key, title = control.control_id, escape(control.title)
    equations = "".join(f'<div class="math">{tex2mathml(text, as_block=True)}</div>' for text in control.equations)
    data = json.dumps(record, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<section class="control" id="control-{key}" aria-labelledby="control-{key}-title">'
        f'<p class="card-kicker">Move it yourself</p><p class="card-title" id="control-{key}-title">{title}</p>'
        f"{equations}<details><summary>Open the controls</summary>"
        f'<form class="control-form" onsubmit="return false" aria-label="{title}">'
        f"{''.join(_input(control, part) for part in control.inputs)}</form>"
        '<p class="control-state" role="status">These are the values of the report.</p>'
        f'<div class="control-chart" role="img" aria-label="Chart that follows the controls: {title}"></div>'
        f'<div class="control-table" tabindex="0" role="region" aria-label="Results: {title}">'
        '<table class="control-readouts"><thead><tr><th scope="col">Result</th><th scope="col">Report</th>'
        '<th scope="col">Yours</th></tr></thead>'
        f"<tbody>{''.join(_row(part) for part in control.readouts)}</tbody></table></div>"
        f'<p class="card-note">{escape(control.note)}</p></details>'
        f'<script type="application/json" class="control-data">{data}</script></section>'
    )

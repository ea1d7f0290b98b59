"""A reader's scenario: refused with all that is wrong at once, or a book of its own that says so everywhere."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

from analysis import tables
from analysis.assumptions import AssumptionError
from analysis.assumptions.scenarios import read
from analysis.publish import scenario
from analysis.publish.contents import chapters

SHIPPED = sorted((ROOT / "data" / "scenarios").glob("*.toml"))
REGISTER = tables.load("assumptions")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_scenario_is_read_and_explained(file):
    asked = read(file, REGISTER)
    assert asked.name == file.stem and len(asked.note.split()) > 20
    assert bool(asked.overrides) == (file.stem != "base")


def test_a_bad_file_is_refused_with_all_that_is_wrong(tmp_path):
    file = tmp_path / "Mine.toml"
    file.write_text(
        'title = 3\nextra = 1\n[assumptions]\nno-such = 1\nlevy-rate = 25\nh200-price = "dear"\nship-days = [3, 2, 1]\n'
        'divert-share = { value = 0.3, unit = "USD" }\nlots = { value = 2 }\ndiscount-rate = -0.1\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "scenario", str(file)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and "Traceback" not in done.stderr and all(str(file) in line for line in lines)
    for part in (
        "the name 'Mine'", "title = 3", "note = None", "extra; expected", "no assumption 'no-such'",
        "levy-rate: 25 is outside 0 to 1", "h200-price: 'dear' is neither", "ship-days: [3, 2, 1]; expected finite",
        "divert-share: unit 'USD'; expected fraction", "lots: {'value': 2}; expected value and unit",
        "discount-rate: -0.1; expected finite",
    ):  # fmt: skip
        assert sum(part in line for line in lines) == 1, part
    assert len(lines) == 11
    file.write_text("title = ")
    with pytest.raises(AssumptionError, match="cannot be read as TOML"):
        read(file, REGISTER)


def test_a_scenario_is_a_book_of_its_own_and_says_so_everywhere(tmp_path):
    for name in ("analysis", "book", "data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_toc.yml", "_config.yml", "receipt.json", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / name)
    file = tmp_path / "data" / "scenarios" / "licences-flow.toml"
    asked = read(file, REGISTER)
    before = {path: path.read_bytes() for path in (tmp_path / "book").glob("*.ipynb")}
    copy = scenario.checkout(tmp_path, asked, file)
    other = scenario.run(copy, asked)
    assert all(path.read_bytes() == content for path, content in before.items()), "the report's own chapters stay"
    lines = list(scenario.comparison(chapters(tmp_path), other, tmp_path / "data"))
    assert any(re.match(r"Odds that nothing came .*: 48.* -> .* \(.* percentage points\)", line) for line in lines)
    assert any(line.startswith("Ascend packages") and line.endswith("(no difference)") for line in lines)
    turned = lines.index("moved  finding hold-or-sell: unclear -> holds")
    assert lines[turned + 1].startswith("    report    ") and lines[turned + 2].startswith("    scenario  ")
    assert "say the same" in lines[-1]
    site = scenario.build(copy, asked)
    assert site == tmp_path / "_build" / "scenarios" / "licences-flow" / "html"
    for page in site.rglob("*.html"):
        if "_static" not in page.parts:
            text = page.read_text("utf-8")
            assert "A reader's scenario, not the report" in text and "(scenario: Licences flow)" in text, page
    changed = {chapter.name for chapter in scenario.touched(other, asked)}
    assert "delivery-pressure" in changed and "questions" not in changed
    catalogue = json.loads((site / "figures" / "index.json").read_text("utf-8"))
    for entry in catalogue:
        folder = site / "figures" / entry["id"]
        assert "(scenario: Licences flow)" in entry["citation"]
        assert "scenario: Licences flow" in (folder / f"{entry['id']}.bib").read_text("utf-8")
        record = json.loads((folder / f"{entry['id']}.json").read_text("utf-8"))
        picture = (folder / f"{entry['id']}.svg").read_text("utf-8")
        mark = re.search(r"<text[^>]*>(.*?)</text>\s*</svg>", picture)
        assert mark and mark[1].startswith("Scenario Licences flow, not the report"), entry["id"]
        assert record["note"].startswith("Scenario Licences flow, not the report")
        assert ("starts-frozen = [" in record["note"]) == (entry["chapter"] in changed)

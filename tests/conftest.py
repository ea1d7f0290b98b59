"""What several tests need: the site, built once for a run into a folder of its own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from analysis.publish.scenario import jupyter_book

ROOT = Path(__file__).resolve().parents[1]
# A busy machine is no counterexample: no property is held to a time, the benchmark measures that.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
sys.path.insert(0, str(ROOT / "tests"))

from browser import chromium, serving  # noqa: E402  (found only from here on)


def copy_checkout(to: Path) -> Path:
    """Copy what the book is built from, for a second build or to plant errors in."""
    for name in ("book", "data", "analysis"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_toc.yml", "_config.yml", "receipt.json", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, to / name)
    return to


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site's folder."""
    out = tmp_path_factory.mktemp("site")
    done = jupyter_book(ROOT, out)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return out / "_build" / "html"


@pytest.fixture(scope="session")
def browser():
    """The one browser of a worker: two of them in one process stand in each other's way."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def address(site):
    """Where the built site is served."""
    with serving(site) as where:
        yield where

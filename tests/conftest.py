"""What several tests need: the site, built once for a run into a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))


def build(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build the book of a checkout as `make book` does, without executing anything."""
    command = [
        str(Path(sys.executable).parent / "jb"), "build", "book", "--config", "_config.yml",
        "--toc", str(root / "_toc.yml"), "--path-output", str(out), "-q", "-W", "-n", "--keep-going",
    ]  # fmt: skip
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site's folder."""
    out = tmp_path_factory.mktemp("site")
    done = build(ROOT, out)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return out / "_build" / "html"

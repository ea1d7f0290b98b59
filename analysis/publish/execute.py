"""Run a chapter from top to bottom in a fresh kernel and store its outputs, the whole of them or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from analysis.publish.contents import ContentsError


def execute(path: Path, target: Path | None = None, timeout: int = 300, root: Path | None = None) -> None:
    """Execute a notebook and write it to target (in place by default).

    root is the checkout whose analysis/ and data/ the notebook uses, that of this process by default.
    Raises ContentsError with file, cell and the error's last line; then nothing is written.
    """
    notebook = nbformat.read(path, as_version=4)
    # Without timings two runs store the same bytes.
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": path.parent}},
    )
    try:
        client.execute(env=os.environ | ({"PYTHONPATH": str(root)} if root else {}))
    except (CellExecutionError, CellTimeoutError) as error:
        counts = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code" and _failed(cell)]
        place = counts[0] if counts else "?"
        raise ContentsError(f"{path} cell {place}: {_reason(error)}") from error
    # The language version differs between machines and says nothing about the result.
    notebook.metadata["language_info"] = {"name": "python"}
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    target = target or path
    if target.exists() and target.read_text("utf-8") == text:
        return
    draft = target.with_suffix(".tmp")
    draft.write_text(text, "utf-8")
    draft.replace(target)


def _reason(error: CellExecutionError | CellTimeoutError) -> str:
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}".splitlines()[0]
    return "took longer than it may"


def _failed(cell: nbformat.NotebookNode) -> bool:
    return any(out.output_type == "error" for out in cell.outputs) or cell.execution_count is None

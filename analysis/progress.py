"""Progress of a long loop for a reader at the screen; silent unless `H200_PROGRESS` is set, as `make lab` does.

What is shown is cleared before the cell goes on, so a notebook saved with progress holds what one without does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")

ASKED = "H200_PROGRESS"
"""Environment variable: the seconds that a loop may take before it shows how far it is; absent for never."""
EVERY = 0.5


def track(items: Iterable[T], total: int | None = None) -> Iterator[T]:
    """Yield the items, showing "7 of 24" on the way; total is their number where they have no length.

    For loops that run before a cell shows anything: clearing takes away whatever the cell has shown so far.
    """
    asked = os.environ.get(ASKED)
    if not asked:
        yield from items
        return
    # Only a notebook at the screen needs it, and models and results must not load it otherwise.
    from IPython.display import Pretty, clear_output, display

    total = len(items) if total is None and isinstance(items, Sized) else total
    due, shown = time.monotonic() + float(asked), False
    for done, item in enumerate(items):
        if time.monotonic() >= due:
            clear_output(wait=True)
            display(Pretty(f"{done} of {total}" if total else f"{done} done"))
            due, shown = time.monotonic() + EVERY, True
        yield item
    if shown:
        clear_output()

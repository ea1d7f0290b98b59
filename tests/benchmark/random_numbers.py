"""NumPy's random numbers alone: the same calls in the same order and sizes as a simulation makes, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class Recorder(np.random.Generator):
    """A generator that notes which random numbers it, and those spawned from it, are asked for."""

    calls: list[Call]

    def spawn(self, n_children: int) -> list[np.random.Generator]:
        """Spawn generators that note their calls in the same list."""
        children = super().spawn(n_children)
        for child in children:
            child.calls = self.calls
        return children


def _noted(name: str) -> Callable[..., Any]:
    def method(self: Recorder, *arguments: Any, **named: Any) -> Any:
        self.calls.append((name, arguments, named))
        return getattr(np.random.Generator, name)(self, *arguments, **named)

    return method


for _name in dir(np.random.Generator):
    if not _name.startswith("_") and _name not in ("spawn", "bit_generator"):
        setattr(Recorder, _name, _noted(_name))


def record(simulation: Callable[[np.random.Generator], object], seed: int) -> list[Call]:
    """Return the calls for random numbers that a simulation makes with a generator of this seed."""
    recorder = Recorder(np.random.PCG64(seed))
    recorder.calls = []
    simulation(recorder)
    return recorder.calls


def replay(calls: list[Call], rng: np.random.Generator) -> int:
    """Draw the numbers again and return how many they are; each block is let go of when the next is drawn."""
    return sum(np.size(getattr(rng, name)(*arguments, **named)) for name, arguments, named in calls)

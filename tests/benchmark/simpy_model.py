"""The pipeline of chapter 1 once more, as one would write it in SimPy: a process for each lot and for what is shared.

Each process works off a unit-exponential amount at the hazard of the day; who changes a hazard interrupts those that
it concerns. Random numbers come from the standard library, which gives single ones quicker than NumPy does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random

import simpy

from analysis.models.pipeline import CLOSURES, HAZARDS, STAGES, Gamma, PipelinePrior


class Future:
    """One future: hazards drawn from the prior, a regime, two closing clocks and some lots."""

    def __init__(self, prior: PipelinePrior, lots: int, random: Random) -> None:
        self.env = simpy.Environment()
        self.prior, self.random = prior, random
        self.drawn = {name: self._draw(prior.hazards.get(name, 0.0)) for name in HAZARDS}
        self.pace = prior.paces[0].factors
        self.frozen = random.random() < prior.starts_frozen
        self.closed = self.env.event()
        self.delivered = [math.inf] * lots
        self.lots = [self.env.process(self._lot(place)) for place in range(lots)]
        self.shared = [self.env.process(self._close(name)) for name in CLOSURES]
        self.shared.append(self.env.process(self._regime()))
        self.env.process(self._calendar())

    def run(self, horizon: float) -> list[float]:
        """Return the day on which each lot is delivered, inf for those that are not by the horizon."""
        everything = simpy.AllOf(self.env, self.lots)
        self.env.run(until=everything | self.closed | self.env.timeout(horizon))
        return self.delivered

    def _draw(self, belief: Gamma | float) -> float:
        return self.random.gammavariate(belief.shape, 1 / belief.rate) if isinstance(belief, Gamma) else belief

    def _hazard(self, name: str) -> float:
        return self.drawn[name] * self.pace.get(name, 1.0)

    def _work(self, hazard: Callable[[], float]) -> Iterator[simpy.Event]:
        left = self.random.expovariate(1.0)
        while True:
            rate, began = hazard(), self.env.now
            try:
                yield self.env.timeout(left / rate) if rate else self.env.event()
                return
            except simpy.Interrupt:
                left -= rate * (self.env.now - began)

    def _lot(self, place: int) -> Iterator[simpy.Event]:
        for stage, slowed in zip(STAGES, self.prior.frozen_factor, strict=True):
            yield from self._work(
                lambda stage=stage, slowed=slowed: self._hazard(stage) * (slowed if self.frozen else 1.0)
            )
        self.delivered[place] = self.env.now

    def _close(self, name: str) -> Iterator[simpy.Event]:
        yield from self._work(lambda: self._hazard(name))
        self.closed.succeed()

    def _regime(self) -> Iterator[simpy.Event]:
        while True:
            yield from self._work(lambda: self._hazard("thaw" if self.frozen else "freeze"))
            self.frozen = not self.frozen
            self._tell(self.lots)

    def _calendar(self) -> Iterator[simpy.Event]:
        for pace in self.prior.paces[1:]:
            yield self.env.timeout(pace.start - self.env.now)
            self.pace = pace.factors
            self._tell([*self.lots, *self.shared])

    def _tell(self, processes: list[simpy.Process]) -> None:
        for process in processes:
            if process.is_alive:
                process.interrupt()


def simulate(prior: PipelinePrior, lots: int, draws: int, seed: int, horizon: float) -> list[list[float]]:
    """Delivery days of all lots in each future."""
    random = Random(seed)
    return [Future(prior, lots, random).run(horizon) for _ in range(draws)]

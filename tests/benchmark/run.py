"""The benchmark (`make bench`): what chapter 1's pipeline costs against its random numbers alone and against SimPy, and
what the stages of the build take. Everything is measured side by side in one run, repetitions interleaved.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median

import nbformat
import numpy as np
import random_numbers
import simpy_model
from nbclient import NotebookClient

from analysis import tables
from analysis.assumptions import Assumptions
from analysis.models import pipeline as model
from analysis.publish.contents import chapters
from analysis.publish.scenario import jupyter_book
from analysis.results import approval

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"  # the build's own environment, not the one that holds SimPy
SEED = 20251222
DAYS = np.array([30.0, 57.0, 90.0, 190.0, 365.0])
MOST_OF_RANDOM = 6.0
LEAST_OF_SIMPY = 40.0
LONGEST_CHAPTER = 20.0
LONGEST_SILENCE = 2.0
LONGEST_IDLE_BUILD = 3.0


def chapter_prior() -> model.PipelinePrior:
    """Return the central prior of chapter 1, from today's tables."""
    facts, events = tables.load("facts"), tables.load("events")
    judged = Assumptions(tables.load("assumptions"))
    clock = approval.clock_end(events, facts)
    return approval.prior(approval.episode(events), approval.central(judged), judged, clock)


def vectorised(prior: model.PipelinePrior, lots: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Run the pipeline as chapter 1 does: hazards drawn, lots simulated; shape (draws, lots), in days."""
    return given(model.sample_pipelines(prior, draws, rng), lots, rng)


def given(pipeline: model.Pipeline, lots: int, rng: np.random.Generator) -> np.ndarray:
    """Simulate lots under hazards that are drawn already, which leaves the quickest random numbers only."""
    return model.simulate(pipeline, lots, pipeline.draws, rng, approval.HORIZON)


def disagreement(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest gap, in standard errors, between two samples of delivery days, each (draws, lots).

    Compared by each of DAYS: the first lot delivered, any lot delivered, all of them. The last two differ between
    models that share the regime and the closing clocks among lots and models that do not.
    """
    gaps = []
    for pick in (lambda times: times[:, 0], lambda times: times.min(axis=1), lambda times: times.max(axis=1)):
        shares = [(pick(times)[:, None] <= DAYS).mean(axis=0) for times in (one, other)]
        pooled = np.average(shares, axis=0, weights=(len(one), len(other)))
        error = np.sqrt(pooled * (1 - pooled) * (1 / len(one) + 1 / len(other)))
        gaps.append(np.abs(np.subtract(*shares)) / np.where(error > 0, error, 1.0))
    return float(np.max(gaps))


Clock = Callable[[], float]


def seconds(action: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Return how long one call takes."""
    began = clock()
    action()
    return clock() - began


def interleaved(actions: dict[str, Callable[[], object]], repeat: int, clock: Clock) -> dict[str, list[float]]:
    """Return the seconds of each action by name, all actions once in each round."""
    rounds = [{name: seconds(action, clock) for name, action in actions.items()} for _ in range(repeat)]
    return {name: [one[name] for one in rounds] for name in actions}


def spread(values: Sequence[float] | np.ndarray) -> str:
    """Return median and range."""
    return f"{median(values):9.3f}  ({min(values):.3f} to {max(values):.3f})"


def verdict(holds: bool) -> str:
    """Return how a limit is reported."""
    return "holds" if holds else "MISSED"


def pipeline_ratios(lots: int, draws: int, simpy_draws: int, repeat: int) -> bool:
    """Print the pipeline's cost against its random numbers and against SimPy; return whether the limits hold."""
    prior = chapter_prior()
    pipeline = model.sample_pipelines(prior, draws, np.random.default_rng(SEED + 1))
    runs = {"drawn": partial(vectorised, prior, lots, draws), "given": partial(given, pipeline, lots)}
    calls = {name: random_numbers.record(run, SEED) for name, run in runs.items()}
    slow = partial(simpy_model.simulate, prior, lots, simpy_draws, SEED, approval.HORIZON)
    gap = disagreement(runs["drawn"](np.random.default_rng(SEED)), np.array(slow()))
    assert gap < 4, f"the SimPy model gives other probabilities: {gap:.1f} standard errors apart"
    actions: dict[str, Callable[[], object]] = {"SimPy": slow}
    for name, run in runs.items():
        actions[f"pipeline, hazards {name}"] = lambda run=run: run(np.random.default_rng(SEED))
        actions[f"its random numbers, {name}"] = lambda name=name: random_numbers.replay(
            calls[name], np.random.default_rng(SEED)
        )
    # Processor time: on a busy machine the clock on the wall counts what others do in between.
    took = interleaved(actions, repeat, time.process_time)
    took = {name: np.array(values) / (simpy_draws if name == "SimPy" else draws) for name, values in took.items()}
    count = random_numbers.replay(calls["drawn"], np.random.default_rng(SEED)) / draws
    print(f"\n{lots} lots, {draws} futures ({simpy_draws} in SimPy), {count:.1f} random numbers a future; odds of the")
    print(f"two models at most {gap:.1f} standard errors apart. Microseconds a future:")
    for name, values in took.items():
        print(f"  {name:28}{spread(values * 1e6)}")
    fine = True
    for name in runs:
        ratio = took[f"pipeline, hazards {name}"] / took[f"its random numbers, {name}"]
        fine &= (holds := median(ratio) <= MOST_OF_RANDOM)
        print(f"  over random numbers, {name}  {spread(ratio)}  at most {MOST_OF_RANDOM:g}: {verdict(holds)}")
    ratio = took["SimPy"] / took["pipeline, hazards drawn"]
    fine &= (holds := median(ratio) >= LEAST_OF_SIMPY)
    print(f"  SimPy over pipeline         {spread(ratio)}  at least {LEAST_OF_SIMPY:g}: {verdict(holds)}")
    return bool(fine)


def command(*words: str) -> None:
    """Run a command of the project from its root; raises SystemExit with what it printed when it fails."""
    place = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=ROOT, env=place, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def build() -> None:
    """Build the site into a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        done = jupyter_book(ROOT, Path(folder), BIN)
    if done.returncode:
        raise SystemExit(f"the book could not be built:\n{done.stderr[-2000:]}")


def stages(repeat: int) -> bool:
    """Print what the stages of the build take; return whether the limit on a build after no change holds."""
    python = (str(BIN / "python"), "-m")
    notebook = "book/delivery-pressure.ipynb"
    took = interleaved(
        {
            "analysis check": partial(command, *python, "analysis", "check"),
            "analysis run, nothing stale": partial(command, *python, "analysis", "run"),
            "nbval of chapter 1": partial(command, *python, "pytest", "-q", notebook),
            "jb build": build,
            "make book, nothing changed": partial(command, "make", "book"),
        },
        repeat,
        time.perf_counter,
    )
    print("\nStages of the build, seconds:")
    for name, values in took.items():
        print(f"  {name:28}{spread(values)}")
    idle = median(took["make book, nothing changed"])
    print(f"  make book after no change: under {LONGEST_IDLE_BUILD:g} s: {verdict(idle < LONGEST_IDLE_BUILD)}")
    return idle < LONGEST_IDLE_BUILD


def chapter_times() -> bool:
    """Print what each chapter takes from top to bottom in a fresh kernel, and its slow cells."""
    print(f"\nChapters from top to bottom, seconds (cells over {LONGEST_SILENCE:g} s named):")
    fine = True
    processor_seconds()
    for chapter in chapters(ROOT):
        notebook = nbformat.read(chapter.path, as_version=4)
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            extra_arguments=["--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": chapter.path.parent}},
        )
        took, worked = seconds(client.execute), processor_seconds()
        slow = {cell.id: span for cell in notebook.cells if (span := cell_seconds(cell)) > LONGEST_SILENCE}
        named = ", ".join(f"{cell} {span:.1f}" for cell, span in slow.items())
        print(f"  {chapter.name:28}{took:9.3f}  ({worked:.1f} of processor time)", end="  ")
        print(f"under {LONGEST_CHAPTER:g}: {verdict(took < LONGEST_CHAPTER)}  {named}")
        fine &= took < LONGEST_CHAPTER
    return fine


_worked = [0.0]


def processor_seconds() -> float:
    """Return the processor time of all processes that ended since the last call: what an idle machine would need."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    _worked.append(used.ru_utime + used.ru_stime)
    return _worked[-1] - _worked[-2]


def cell_seconds(cell: nbformat.NotebookNode) -> float:
    """Return how long an executed cell took, 0 for text."""
    noted = cell.metadata.get("execution", {})
    ends = [noted.get(name) for name in ("iopub.execute_input", "shell.execute_reply")]
    if not all(ends):
        return 0.0
    began, ended = (datetime.fromisoformat(end) for end in ends)
    return (ended - began).total_seconds()


def main() -> int:
    """Measure, print, and return 1 where a limit is missed."""
    sys.stdout.reconfigure(line_buffering=True)
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; Python", end=" ")
    print(f"{platform.python_version()}, NumPy {np.__version__}, SimPy {simpy_model.simpy.__version__}")
    print("Medians, with the range over the repetitions; ratios are taken within a repetition, of processor time.")
    fine = [pipeline_ratios(lots, 40_000, 2_000, repeat=15) for lots in (1, 3, 20)]
    return int(not all([*fine, stages(repeat=3), chapter_times()]))


if __name__ == "__main__":
    sys.exit(main())

"""Typed, validated access to the tables in data/."""

from analysis.tables.contract import Problem, check
from analysis.tables.store import DATA, DataError, digest, load, reads

__all__ = ["DATA", "DataError", "Problem", "check", "digest", "load", "reads"]

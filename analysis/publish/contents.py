"""The book as files: which pages its table of contents lists, and what the executed chapters hold."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from analysis.evidence import numbers
from analysis.publish import cards


class ContentsError(ValueError):
    """The table of contents and the files of the book do not agree, or a chapter is not as it must be."""


@dataclass(frozen=True)
class StoredChapter:
    """An executed chapter, read from its notebook."""

    path: Path

    @property
    def name(self) -> str:
        """The page's name, without suffix."""
        return self.path.stem

    @property
    def title(self) -> str:
        """The chapter's title: its first heading."""
        return next(line[2:].strip() for line in self.prose.splitlines() if line.startswith("# "))

    @property
    def prose(self) -> str:
        """The text cells, joined."""
        return "\n\n".join("".join(cell["source"]) for cell in self.cells if cell["cell_type"] == "markdown")

    @cached_property
    def cells(self) -> list[dict]:
        """The notebook's cells; raises ContentsError when the file is not a notebook."""
        try:
            return json.loads(self.path.read_text("utf-8"))["cells"]
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError) as error:
            raise ContentsError(f"{self.path}: not a notebook ({error})") from error

    @property
    def code(self) -> list[tuple[int, dict]]:
        """The code cells with their place in the notebook."""
        return [(place, cell) for place, cell in enumerate(self.cells) if cell["cell_type"] == "code"]

    def _bundles(self, mime: str) -> list[dict]:
        data = [out.get("data", {}) for _, cell in self.code for out in cell["outputs"]]
        return [bundle for bundle in data if mime in bundle]

    @cached_property
    def figures(self) -> list[tuple[dict, str]]:
        """The stored figures in order: record and picture (SVG)."""
        return [
            (bundle[cards.MIME], cards.picture_of("".join(bundle["text/html"]))) for bundle in self._bundles(cards.MIME)
        ]

    @cached_property
    def numbers(self) -> dict[str, dict]:
        """The stored numbers by key; empty when the chapter was never executed."""
        return {
            record["key"]: record
            for bundle in self._bundles(numbers.MIME)
            for record in bundle[numbers.MIME]["numbers"]
        }

    def _rests(self, on: str) -> list[str]:
        return sorted({name for bundle in self._bundles(numbers.MIME) for name in bundle[numbers.MIME].get(on, ())})

    @property
    def tables(self) -> list[str]:
        """The tables that the chapter read whole when it was executed."""
        return self._rests("reads")

    @property
    def assumes(self) -> list[str]:
        """The judgements that the chapter used, by id."""
        return self._rests("assumes")

    @property
    def modules(self) -> list[str]:
        """The modules of the package that the chapter ran."""
        return self._rests("modules")

    @property
    def reads(self) -> list[str]:
        """Every table that the chapter rests on, that of the judgements included."""
        return sorted({*self.tables, *(["assumptions"] if self.assumes else [])})

    def problems(self) -> list[str]:
        """Return what is wrong with the notebook as a stored result, one line each."""
        found, file = [], self.path
        for place, cell in self.code:
            source = "".join(cell["source"])
            tree = ast.parse(source)
            where = f"{file} cell {place}"
            if any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in ast.walk(tree)):
                found.append(f"{where}: defines a function or class; expected it in analysis/")
            if cell["execution_count"] is None:
                found.append(f"{where}: was not executed; expected a stored output (make run)")
            elif tree.body and isinstance(tree.body[-1], ast.Expr) and not cell["outputs"]:
                found.append(f"{where}: shows something but holds no output; expected a stored output (make run)")
            if any(out["output_type"] in ("error", "stream") for out in cell["outputs"]):
                found.append(f"{where}: holds an error or printed text; expected results only")
        if not self.numbers:
            found.append(f"{file}: holds no table of numbers; expected chapter.numbers() in its last cell")
        ids = [record["id"] for record, _ in self.figures]
        found += [f"{file}: figure {i} is shown twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
        return found


def pages(root: Path) -> list[str]:
    """Return the pages of _toc.yml in reading order, each a file of book/ without its suffix.

    Raises ContentsError when a listed page has no file or a page of book/ is not listed.
    """
    try:
        toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
        entries = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
        listed = [toc["root"], *entries]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ContentsError(f"_toc.yml: cannot be read as a table of contents ({error})") from error
    there = {path.stem for pattern in ("*.md", "*.ipynb") for path in (root / "book").glob(pattern)}
    for name in listed:
        if name not in there:
            raise ContentsError(f"_toc.yml: lists {name}; expected book/{name}.md or book/{name}.ipynb")
    for name in sorted(there - set(listed)):
        raise ContentsError(f"book/{name}: is not in _toc.yml; expected every page to be listed")
    return listed


def chapters(root: Path) -> list[StoredChapter]:
    """Return the chapters (notebooks) of the table of contents in reading order."""
    paths = (root / "book" / f"{name}.ipynb" for name in pages(root))
    return [StoredChapter(path) for path in paths if path.exists()]

"""All figures of the book as files: what the site holds below figures/, and what `figures --export` writes."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis import tables
from analysis.publish import slides
from analysis.publish.citations import FORMATS
from analysis.publish.contents import StoredChapter
from analysis.publish.downloads import pack, write_figure
from analysis.publish.identity import citables, identity
from analysis.publish.slides import figure_slide

CITED = {"bibtex": ".bib", "ris": ".ris", "csl": ".csl.json"}


def withheld(redistribution: Mapping[str, str], sources: Iterable[str]) -> str:
    """Return why a figure's data may not be passed on, "" where they may: one source that forbids it is enough.

    redistribution gives for each source id what may be passed on: open, facts or none.
    """
    closed = [source for source in sources if redistribution[source] == "none"]
    return f"The terms of {', '.join(closed)} do not allow its data to be passed on." if closed else ""


def offered(data: Path) -> dict[str, bytes]:
    """Return the tables that may be passed on, and the package that describes them, by file name.

    A table whose entry in datapackage.json says `redistribution: none` is in neither.
    """
    package = json.loads((data / "datapackage.json").read_text("utf-8"))
    package["resources"] = [r for r in package["resources"] if r.get("redistribution") != "none"]
    files = {r["path"]: (data / r["path"]).read_bytes() for r in package["resources"]}
    return files | {"datapackage.json": (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()}


def _slide(record: dict, png: bytes, citation: str, out: Path, cache: Path | None) -> None:
    if cache is None:
        figure_slide(record, png, citation, out)
        return
    state = json.dumps([record, citation, Path(slides.__file__).read_text("utf-8")], sort_keys=True).encode() + png
    kept = cache / f"{hashlib.sha256(state).hexdigest()}.pptx"
    if not kept.exists():
        figure_slide(record, png, citation, kept)
    shutil.copyfile(kept, out)


def export(chapters: Iterable[StoredChapter], root: Path, folder: Path, cache: Path | None = None) -> list[dict]:
    """Write every figure's files into folder/<id>/ and return the catalogue, one entry a figure.

    The same chapters and tables give the same bytes. cache holds what was rendered before and is used again.
    """
    chapters = list(chapters)
    known, about = citables(root, chapters), identity(root)
    redistribution = (
        tables.load("sources", root / "data").set_index("source_id")["redistribution"].astype(str).to_dict()
    )
    catalogue = []
    for chapter in chapters:
        for record, svg in chapter.figures:
            key = record["id"]
            reason = withheld(redistribution, record["sources"])
            citation = FORMATS["text"](known[key])
            extra = {"version": about.version, "chapter": chapter.name, "url": f"figures/{key}/", "citation": citation}
            if reason:
                extra["data_withheld"] = reason
            files = write_figure(folder / key, record, svg, extra, cache)
            for kind, suffix in CITED.items():
                (folder / key / f"{key}{suffix}").write_text(FORMATS[kind](known[key]), "utf-8")
                files.append(f"{key}{suffix}")
            _slide(record, (folder / key / f"{key}.png").read_bytes(), citation, folder / key / f"{key}.pptx", cache)
            files.append(f"{key}.pptx")
            files.append(pack(folder / key, record, extra, files))
            entry = {name: record[name] for name in ("id", "number", "title", "alt", "sources", "data_sha256")}
            catalogue.append(entry | extra | {"files": sorted(files)})
    return catalogue

"""The command line: python -m analysis COMMAND, each with --help.

Exit 0 fine, 1 found wrong, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path

from analysis.assumptions import AssumptionError
from analysis.assumptions.scenarios import read
from analysis.evidence.unrecorded import unrecorded
from analysis.publish import moved, observe, receipt, rerun, scenario
from analysis.publish.citations import FORMATS
from analysis.publish.contents import ContentsError, StoredChapter, chapters
from analysis.publish.downloads import report_png
from analysis.publish.execute import execute
from analysis.publish.exports import export
from analysis.publish.identity import BOOK, UnknownIdError, citables, identity, pick
from analysis.publish.sheet import print_sheet
from analysis.publish.slides import deck
from analysis.tables import DataError, check, load


def _check(root: Path, _: argparse.Namespace) -> int:
    problems = check(root / "data")
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("data/: every table keeps its contract")
    return int(bool(problems))


def _run(root: Path, options: argparse.Namespace) -> int:
    book = chapters(root)
    todo = book if options.all else receipt.stale(book, root)
    if not todo:
        print("chapters: all up to date, none executed")
    findings = load("findings", root / "data")
    before = moved.snapshot(book, findings)
    for chapter in todo:
        print(f"chapters: executing {chapter.path.relative_to(root)}", flush=True)
        execute(chapter.path)
    book = chapters(root)
    problems = [problem for chapter in book for problem in chapter.problems()]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        receipt.write(receipt.build(book, root), root)
        lines = list(moved.changes(before, moved.snapshot(book, findings)))
        for line in lines[: moved.SHOWN]:
            print(line)
        if len(lines) > moved.SHOWN:
            print(f"moved  and {len(lines) - moved.SHOWN} more: git diff receipt.json lists every number")
    return int(bool(problems))


def _observe(root: Path, options: argparse.Namespace) -> int:
    try:
        quarter = observe.asked(options.quarter)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.add:
        lines, problems = observe.add(root, quarter, options.add, date.today())
        for problem in problems:
            print(problem, file=sys.stderr)
        for line in lines:
            print(line)
        if lines:
            print("make book rebuilds the pages and lists what moved")
        return int(bool(problems))
    target = root / f"observations-{quarter}.csv"
    try:
        frame = observe.draft(root, quarter, target)
    except FileExistsError:
        print(
            f"{target.name}: is there already; expected to begin a new one (add it, or move it away)", file=sys.stderr
        )
        return 1
    for row in frame.itertuples():
        print(f"{row.indicator_id}\t{row.period}\t{row.unit}\texpected {row.expected:%Y-%m}\t{row.publisher}")
    if frame.empty:
        print(f"{quarter}: nothing is lacking, every indicator that can be measured has a reading")
    else:
        print(f"{target.name}: {len(frame)} rows to complete, then: observe {quarter} --add {target.name}")
    return 0


def _unrecorded(_: Path, options: argparse.Namespace) -> int:
    try:
        text = options.text.read_text("utf-8")
        left = unrecorded(text, load("claims"), options.article)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        print(f"{options.text}: {error}", file=sys.stderr)
        return 1
    for found in left:
        print(f"line {found.line}: {found.text}  … {found.context} …")
    print(f"{len(left)} numbers of article {options.article} are not in its claims: judge each")
    return 0


def _cite(root: Path, options: argparse.Namespace) -> int:
    known = citables(root, chapters(root))
    print(FORMATS[options.format](pick(known, options.id)).rstrip("\n"))
    return 0


def _figures(root: Path, options: argparse.Namespace) -> int:
    book = chapters(root)
    if options.export:
        catalogue = export(book, root, options.export, root / "_build" / "figures")
        print(f"{len(catalogue)} figures in {options.export}/")
        return 0
    for chapter in book:
        for record, _ in chapter.figures:
            print(f"{record['id']}\t{record['number']}\t{record['title']}")
    return 0


def _brief(root: Path, options: argparse.Namespace) -> int:
    if not options.ids:
        if options.output.suffix != ".pdf":
            raise UnknownIdError(f"{options.output}: expected a name that ends in .pdf, or ids of figures for slides")
        print_sheet(root / options.site / "brief.html", options.output)
        print(f"{options.output}: the brief on one sheet")
        return 0
    book = chapters(root)
    known, about = citables(root, book), identity(root)
    stored = {record["id"]: (record, svg) for chapter in book for record, svg in chapter.figures}
    for key in options.ids:
        if pick(known, key).kind != "figure":
            raise UnknownIdError(f"{key!r} is a {known[key].kind}; expected ids of figures")
    if options.output.suffix != ".pptx":
        raise UnknownIdError(f"{options.output}: expected a name that ends in .pptx")
    items = [(stored[key][0], report_png(stored[key][1]), FORMATS["text"](known[key])) for key in options.ids]
    deck(
        items,
        about.title,
        f"Version {about.version}, data to {about.cutoff}",
        FORMATS["text"](known[BOOK]),
        options.output,
    )
    print(f"{options.output}: {len(items)} figures")
    return 0


def _scenario(root: Path, options: argparse.Namespace) -> int:
    asked = read(options.file, load("assumptions", root / "data"))
    base, copy = chapters(root), scenario.checkout(root, asked, options.file)
    other = scenario.run(copy, asked)
    print(f"{asked.title}: {asked.note}")
    for line in scenario.comparison(base, other, root / "data"):
        print(line)
    if options.build:
        print(f"The book under this scenario: file://{scenario.build(copy, asked)}/index.html")
    return 0


def _sensitivity(root: Path, options: argparse.Namespace) -> int:
    known = {chapter.name for chapter in chapters(root)}
    if wrong := set(options.chapters) - known:
        raise UnknownIdError(f"{', '.join(sorted(wrong))}: no such chapter; expected {', '.join(sorted(known))}")
    rerun.sensitivity(root, options.chapters, options.workers, lambda line: print(line, flush=True))
    return 0


def _verify(root: Path, _: argparse.Namespace) -> int:
    noted, wrong = receipt.read(root), 0
    now = receipt.build([], root)["tables"]
    for line in receipt.differences(noted["tables"], now, "table "):
        print(f"differs  {line}")
        wrong += 1
    with tempfile.TemporaryDirectory() as folder:
        for chapter in chapters(root):
            target = Path(folder) / chapter.path.name
            execute(chapter.path, target)
            expected = {k: v for k, v in noted["chapters"].get(chapter.name, {}).items() if k in ("numbers", "figures")}
            first = next(receipt.differences(expected, receipt.outcome(StoredChapter(target))), "")
            print(f"differs  {chapter.name}: {first}" if first else f"match    {chapter.name}")
            wrong += bool(first)
    return int(bool(wrong))


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; a user's mistake gives one line, never a traceback."""
    parser = argparse.ArgumentParser(prog="python -m analysis", description="The H200 Window: data and book.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="check the tables in data/ against their contract").set_defaults(do=_check)
    run = commands.add_parser("run", help="execute in place the chapters that are stale, and write the receipt")
    run.add_argument("--all", action="store_true", help="execute every chapter")
    run.set_defaults(do=_run)
    verify = commands.add_parser("verify", help="execute every chapter apart and compare with the receipt")
    verify.set_defaults(do=_verify)
    watch = commands.add_parser("observe", help="prepare the panel's rows of a quarter, or add them")
    watch.add_argument("quarter", help="a calendar quarter such as 2026Q4")
    watch.add_argument("--add", type=Path, metavar="FILE", help="check a completed draft and append its rows, or none")
    watch.set_defaults(do=_observe)
    cite = commands.add_parser("cite", help="print the citation of a figure, claim, question, chapter or the book")
    cite.add_argument("id", help='an id such as days-of-inventory or c000-019, or "book"')
    cite.add_argument("--format", choices=list(FORMATS), default="text")
    cite.set_defaults(do=_cite)
    figures = commands.add_parser("figures", help="list the figures, or write all their files")
    figures.add_argument("--list", action="store_true", help="list id, number and title (the default)")
    figures.add_argument("--export", type=Path, metavar="DIR", help="write every figure's files into a folder")
    figures.set_defaults(do=_figures)
    brief = commands.add_parser(
        "brief", help="print the built brief on one sheet, or write a deck of slides of some figures"
    )
    brief.add_argument("ids", nargs="*", metavar="ID", help="figures for slides; none for the sheet")
    brief.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help=".pdf, or .pptx for slides")
    brief.add_argument("--site", type=Path, default=Path("_build/html"), help="the built book whose sheet is printed")
    brief.set_defaults(do=_brief)
    moved = commands.add_parser("sensitivity", help="find where each judgement turns a finding; takes minutes")
    moved.add_argument("chapters", nargs="*", metavar="CHAPTER", help="only these, such as delivery-pressure")
    moved.add_argument("--workers", type=int, default=2)
    moved.set_defaults(do=_sensitivity)
    under = commands.add_parser("scenario", help="say what a scenario file changes in the findings, or build its book")
    under.add_argument("file", type=Path, help="a TOML file such as those in data/scenarios/")
    under.add_argument("--build", action="store_true", help="build the book under it in _build/scenarios/NAME/html/")
    under.set_defaults(do=_scenario)
    left = commands.add_parser("unrecorded", help="list the numbers of an article's text that no claim records")
    left.add_argument("article", choices=["000", "001", "002", "003", "004"])
    left.add_argument("text", type=Path, help="the article as a text file (UTF-8)")
    left.set_defaults(do=_unrecorded)
    options = parser.parse_args(arguments)
    try:
        return options.do(Path.cwd(), options)
    except (AssumptionError, ContentsError, DataError, UnknownIdError) as error:
        print(error.args[0], file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

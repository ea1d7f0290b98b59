"""Citations of a figure, a claim, an event, a chapter, the whole book and the like, in the formats readers keep."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from urllib.parse import urlsplit

import rispy
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output import bibtex as pybtex_output

KINDS = {
    "figure": "Figure",
    "claim": "Claim",
    "question": "Disputed question",
    "event": "Event",
    "forecast": "Forecast",
    "chapter": "Chapter",
    "book": "",
}
RIS_TYPES = {"figure": "FIGURE", "book": "RPRT"}
CSL_TYPES = {"figure": "figure", "book": "report"}
HASH_DIGITS = 12
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
SHA256 = re.compile(r"[0-9a-f]{64}")
NOT_IN_ADDRESS = re.compile(r"[\s<>\"{}|\\^`]")
LATEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_"},
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
}
LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=,)(?=,)|(?<=[`?!])(?=`)")
MARKDOWN = re.compile(r"[\\`*_{}\[\]<>&~$|^]")


@dataclass(frozen=True)
class Citable:
    """One thing to cite.

    kind is a key of KINDS; key its id (for a chapter the page's name, for the book any id); address is absolute
    (http or https) or empty while the site has none; data_to is the data cut-off in words, "8 December 2025";
    data_sha256 is needed for a figure only; authors are whole names, kept as they stand. Runs of white space in
    texts become one space. Raises ValueError that says what is wrong with which item.
    """

    kind: str
    key: str
    title: str
    address: str
    version: str
    data_to: str
    data_sha256: str
    authors: tuple[str, ...]
    book_title: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of citation; expected one of {', '.join(KINDS)}")
        if not KEY.fullmatch(self.key):
            raise ValueError(f"{self.kind}: the key {self.key!r} is no id; expected letters, digits, '.', '_' and '-'")
        if isinstance(self.authors, str) or not self.authors:
            raise ValueError(f"{self._name}: authors are {self.authors!r}; expected a tuple of names")
        for field in ("title", "version", "data_to", "book_title"):
            object.__setattr__(self, field, self._line(field, getattr(self, field)))
        object.__setattr__(self, "authors", tuple(self._line("authors", author) for author in self.authors))
        if self.kind == "figure" and not SHA256.fullmatch(self.data_sha256):
            raise ValueError(f"{self._name}: data_sha256 is {self.data_sha256!r}; expected 64 hexadecimal digits")
        if self.address and not _absolute(self.address):
            raise ValueError(f"{self._name}: {self.address!r} is no absolute address; leave it empty without a site")
        try:
            _ = self.day
        except ValueError:
            raise ValueError(
                f"{self._name}: data_to is {self.data_to!r}; expected a day such as 8 December 2025"
            ) from None

    def _line(self, field: str, text: str) -> str:
        line = " ".join(text.split())
        if not line:
            raise ValueError(f"{self._name}: {field} is empty; a citation needs it")
        if any(unicodedata.category(char) in ("Cc", "Cs") for char in line):
            raise ValueError(f"{self._name}: {field} holds a control character: {line!r}")
        return line

    @property
    def _name(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def day(self) -> date:
        """The day of the data cut-off, which dates the citation."""
        return datetime.strptime(self.data_to, "%d %B %Y").date()

    @property
    def whole(self) -> bool:
        """Whether this is the whole book, not a part of it."""
        return self.kind == "book"

    @property
    def label(self) -> str:
        """The part of the book in words, "Figure days-of-inventory"; empty for the book."""
        return f"{KINDS[self.kind]} {self.key}" if not self.whole else ""

    @property
    def cite_key(self) -> str:
        """The id for bibliographies, made of the book's title, the kind and the key."""
        book = re.sub(r"[^a-z0-9]+", "-", self.book_title.lower()).strip("-") or "book"
        return book if self.whole else f"{book}-{self.kind}-{self.key}"

    @property
    def details(self) -> list[str]:
        """What fixes the state that is cited: version, date, hash of a figure's data, and that it is unpublished."""
        data = [f"data SHA-256 {self.data_sha256[:HASH_DIGITS]}"] if self.kind == "figure" else []
        home = [] if self.address else [f"unpublished build {self.version}"]
        return [f"version {self.version}", f"data to {self.data_to}", *data, *home]

    @property
    def note(self) -> str:
        """The details as one remark, for formats that have no field for them."""
        return _capital("; ".join(filter(None, [self.label, *self.details])))


def _absolute(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not NOT_IN_ADDRESS.search(address)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def short(c: Citable) -> str:
    """Return a citation for running text: authors, book, version and the part's id."""
    place = c.label[:1].lower() + c.label[1:]
    return ", ".join(filter(None, [*c.authors, c.book_title, f"version {c.version}", place]))


def full(c: Citable) -> str:
    """Return the whole citation as one line of plain text."""
    return _reference(c, str, "", c.address)


def markdown(c: Citable) -> str:
    """Return the whole citation as one line of Markdown that reads as the plain text does."""
    return _reference(c, _markdown, "*", f"<{c.address}>" if c.address else "")


def _reference(c: Citable, text: Callable[[str], str], emphasis: str, link: str) -> str:
    authors = text(", ".join(c.authors))
    stop = "" if c.title.endswith((".", "?", "!", "。", "？", "！")) else "."
    place = "" if c.whole else f"{c.label} in {c.book_title}"
    details = text(_capital(", ".join(filter(None, [place, *c.details]))))
    return f"{authors} ({c.day.year}). {emphasis}{text(c.title)}{emphasis}{stop} {details}. {link}".rstrip()


def _markdown(text: str) -> str:
    return MARKDOWN.sub(r"\\\g<0>", text)


class _Writer(pybtex_output.Writer):
    """Writes fields as they are: the original escapes some characters of LaTeX but not its braces or backslash."""

    def _encode(self, text: str) -> str:
        return text


def _latex(text: str) -> str:
    # Two hyphens or quotes in a row would become another character in print.
    return "".join(LATEX.get(char, char) for char in LIGATURE.sub("\0", text)).replace("\0", "{}")


def bibtex(c: Citable) -> str:
    """Return a BibTeX entry in UTF-8: a technical report for the book, a part of a collection for all else."""
    # Braces around a title keep its capitals, braces around a name keep it whole.
    fields = {"title": f"{{{_latex(c.title)}}}", "year": str(c.day.year), "note": _latex(c.note)}
    by = _latex(", ".join(c.authors))
    fields |= {"institution": by} if c.whole else {"booktitle": f"{{{_latex(c.book_title)}}}", "publisher": by}
    if c.address:
        fields["url"] = c.address
    authors = [Person(last=f"{{{_latex(author)}}}") for author in c.authors]
    entry = Entry("techreport" if c.whole else "incollection", sorted(fields.items()), {"author": authors})
    return _Writer("utf-8").to_string(BibliographyData({c.cite_key: entry}))


class _RisWriter(rispy.RisWriter):
    """Writes a record without the number that the original puts above it and the format does not know."""

    def set_header(self, count: int) -> str:
        return ""


def ris(c: Citable) -> str:
    """Return a RIS record in UTF-8."""
    record = {
        "type_of_reference": RIS_TYPES.get(c.kind, "CHAP"),
        "id": c.cite_key,
        "authors": list(c.authors),
        "title": c.title,
        "year": str(c.day.year),
        "date": f"{c.day:%Y/%m/%d}",
        "edition": c.version,
        "notes": [c.note],
    }
    if not c.whole:
        record["secondary_title"] = c.book_title
    if c.address:
        record["urls"] = [c.address]
    return rispy.dumps([record], implementation=_RisWriter)


def csl(c: Citable) -> str:
    """Return CSL-JSON: a list of one item, keys sorted."""
    item = {
        "id": c.cite_key,
        "type": CSL_TYPES.get(c.kind, "chapter"),
        "author": [{"literal": author} for author in c.authors],
        "title": c.title,
        "issued": {"date-parts": [[c.day.year, c.day.month, c.day.day]]},
        "version": c.version,
        "note": c.note,
    }
    if not c.whole:
        item["container-title"] = c.book_title
    if c.address:
        item["URL"] = c.address
    return json.dumps([item], indent=1, sort_keys=True, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Citable], str]] = {
    "text": full,
    "bibtex": bibtex,
    "ris": ris,
    "csl": csl,
    "markdown": markdown,
}


def nearest(key: str, known: Iterable[str], n: int = 3) -> list[str]:
    """Return up to n known ids that resemble a key, the most alike first; empty when none does."""
    return get_close_matches(key, sorted(set(known)), n)

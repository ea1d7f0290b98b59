"""Citations: every format is read back by a parser of it, whatever the title holds, and says what is cited."""

import json
import re
from dataclasses import replace

import jsonschema
import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex.database import Entry, parse_string
from pybtex.richtext import Text

from analysis import tables
from analysis.publish.citations import FORMATS, KINDS, Citable, bibtex, csl, full, markdown, nearest, ris, short
from analysis.publish.contents import chapters
from analysis.tables.store import DATA

HASH = "442e15c5af6b" + "0" * 52
FIGURE = Citable(
    kind="figure",
    key="days-of-inventory",
    title="Stock grew, days hardly moved",
    address="",
    version="0.1.0",
    data_to="26 July 2026",
    data_sha256=HASH,
    authors=("The H200 Window contributors",),
    book_title="The H200 Window",
)
EVERY = [
    replace(FIGURE, kind=kind, address=address)
    for kind in KINDS
    for address in ("", "https://example.org/a%20b_c.html#days-of-inventory")
]
AWKWARD = [
    "Profit & loss: 50% of x_1",
    "{open",
    "close}",
    "}{",
    'Who said "now"? `Nobody\' did',
    "Zürich–Genève, naïve",
    "H200 对华出口的许可",
    "<script>alert('x')</script>",
    "C:\\new $5 #1 ~a^2 a|b",
    "a -- b --- c ,, d '' e `` f ?` g !`",
    "*bold* [link](x) ![i](y) {role}`z` https://e.org <b>",
    "TY  - ER  - @article{x,",
    "ends with a backslash \\",
]

# The shape that the CSL-JSON schema asks of a list of items, for the fields that a citation has.
TEXT = {"type": "string", "minLength": 1}
CSL_SHAPE = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": {
        "type": "object",
        "required": ["type", "id"],
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["chapter", "figure", "report"]},
            "id": TEXT,
            "author": {
                "type": "array",
                "items": {"type": "object", "properties": {"literal": TEXT}, "additionalProperties": False},
            },
            "issued": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 2,
                        "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
                    }
                },
            },
            **dict.fromkeys(("title", "container-title", "version", "note", "URL"), TEXT),
        },
    },
}

# Standard names of LaTeX for characters; pybtex reads the file but knows only some of them.
NAMES = {
    "textbraceleft": "{", "textbraceright": "}", "textbackslash": "\\", "textasciicircum": "^",
    "textasciitilde": "~", "textless": "<", "textgreater": ">", "textbar": "|",
}  # fmt: skip


def printed(latex):
    field = latex.removeprefix("{").removesuffix("}") if latex.startswith("{") else latex
    return re.sub(r"\{\\(\w+)\}|\\([&%$#_])|\{\}", lambda m: NAMES[m[1]] if m[1] else m[2] or "", field)


def bibtex_entry(text) -> Entry:
    ((_, entry),) = parse_string(text, "bibtex").entries.items()
    return entry


def ris_record(text):
    (record,) = rispy.loads(text)
    return record


def csl_item(text):
    items = json.loads(text)
    jsonschema.validate(items, CSL_SHAPE)
    return items[0]


def read_markdown(text):
    """Return the text that a reader sees, a link as its address."""
    inline = next(token for token in MarkdownIt("commonmark").enable("table").parse(text) if token.type == "inline")
    seen, linked = "", False
    for token in inline.children:
        assert token.type in ("text", "em_open", "em_close", "link_open", "link_close"), token
        seen += token.attrGet("href") if token.type == "link_open" else "" if linked else token.content
        linked = token.type == "link_open"
    return seen


def assert_titles_survive(cited):
    """Check that each format gives back the title and the book's title."""
    entry, record, item = bibtex_entry(bibtex(cited)), ris_record(ris(cited)), csl_item(csl(cited))
    assert printed(entry.fields["title"]) == record["title"] == item["title"] == cited.title
    if cited.kind != "book":
        books = printed(entry.fields["booktitle"]), record["secondary_title"], item["container-title"]
        assert set(books) == {cited.book_title}
    assert read_markdown(markdown(cited)) == full(cited)
    assert cited.title in full(cited)


@pytest.mark.parametrize("cited", EVERY, ids=lambda c: f"{c.kind}-{'site' if c.address else 'unpublished'}")
def test_every_kind_is_read_back_with_what_it_cites(cited):
    entry, record, item = bibtex_entry(bibtex(cited)), ris_record(ris(cited)), csl_item(csl(cited))
    assert entry.fields["year"] == record["year"] == "2026" and record["date"] == "2026/07/26"
    assert item["issued"]["date-parts"] == [[2026, 7, 26]]
    assert item["version"] == record["edition"] == "0.1.0"
    assert [str(author) for author in entry.persons["author"]] == ["{The H200 Window contributors}"]
    assert record["authors"] == [author["literal"] for author in item["author"]] == ["The H200 Window contributors"]
    assert entry.fields.get("url", "") == "".join(record.get("urls", [])) == item.get("URL", "") == cited.address
    assert record["id"] == item["id"] and f"{{{item['id']}," in bibtex(cited)
    assert printed(entry.fields["note"]) == record["notes"][0] == item["note"]
    for note in (item["note"], full(cited)):
        assert "ersion 0.1.0" in note and "data to 26 July 2026" in note
        assert ("unpublished build 0.1.0" in note) is (not cited.address)
        assert ("442e15c5af6b" in note) is (cited.kind == "figure") and HASH not in note
        assert cited.kind == "book" or "days-of-inventory" in note
    assert cited.address in full(cited) and cited.address in markdown(cited)
    assert_titles_survive(cited)


def test_the_types_are_those_of_each_format():
    types = {
        c.kind: (bibtex_entry(bibtex(c)).type, ris_record(ris(c))["type_of_reference"], csl_item(csl(c))["type"])
        for c in EVERY
    }
    part = ("incollection", "CHAP", "chapter")
    assert types == {
        "figure": ("incollection", "FIGURE", "figure"),
        "claim": part,
        "question": part,
        "event": part,
        "forecast": part,
        "chapter": part,
        "book": ("techreport", "RPRT", "report"),
    }
    assert all(rispy.TYPE_OF_REFERENCE_MAPPING[ris_type] for _, ris_type, _ in types.values())
    assert len({csl_item(csl(c))["id"] for c in EVERY}) == len(KINDS)


def test_a_citation_reads_as_a_sentence():
    assert short(FIGURE) == "The H200 Window contributors, The H200 Window, version 0.1.0, figure days-of-inventory"
    assert full(FIGURE) == (
        "The H200 Window contributors (2026). Stock grew, days hardly moved. Figure days-of-inventory in The H200 "
        "Window, version 0.1.0, data to 26 July 2026, data SHA-256 442e15c5af6b, unpublished build 0.1.0."
    )
    home = "https://example.org/"
    book = replace(FIGURE, kind="book", key="book", title="Is it open?", address=home, authors=("Ann Lee", "B Ltd"))
    line = f"Version 0.1.0, data to 26 July 2026. {home}"
    assert full(book) == f"Ann Lee, B Ltd (2026). Is it open? {line}"
    assert markdown(book) == f"Ann Lee, B Ltd (2026). *Is it open?* {line.replace(home, f'<{home}>')}"
    assert short(book) == "Ann Lee, B Ltd, The H200 Window, version 0.1.0"
    assert [str(author) for author in bibtex_entry(bibtex(book)).persons["author"]] == ["{Ann Lee}", "{B Ltd}"]


ANY = st.text(
    st.one_of(st.characters(exclude_categories=("Cc", "Cs")), st.sampled_from("{}\\&%$#_^~<>|\"'`-,?!*[]()@=: é中")),
    min_size=1,
    max_size=60,
).filter(str.strip)


@pytest.mark.parametrize("title", AWKWARD)
@pytest.mark.parametrize("kind", ["claim", "book"])
def test_an_awkward_title_survives(title, kind):
    assert_titles_survive(replace(FIGURE, kind=kind, title=title, book_title=title))


@given(ANY, ANY)
def test_any_title_survives(title, book_title):
    assert_titles_survive(replace(FIGURE, title=title, book_title=book_title))


@given(st.text("abc XYZ019&%_#~\\-'`\",.?!/:*[]()@é中", min_size=1, max_size=60).filter(str.strip))
@example("-- --- '' `` ,, ?` !`")
def test_pybtex_prints_a_title_as_it_stood(title):
    cited = replace(FIGURE, title=title)
    assert str(Text.from_latex(bibtex_entry(bibtex(cited)).fields["title"])) == cited.title


@given(ANY)
def test_a_name_is_kept_whole(name):
    cited = replace(FIGURE, authors=(name, "B and C"))
    (author, other) = bibtex_entry(bibtex(cited)).persons["author"]
    assert [printed(str(author)), str(other)] == [cited.authors[0], "{B and C}"]
    assert ris_record(ris(cited))["authors"] == list(cited.authors)


def test_the_titles_of_the_book_survive():
    for chapter in chapters(DATA.parent):
        assert_titles_survive(replace(FIGURE, kind="chapter", key=chapter.name, title=chapter.title))
        for record, _ in chapter.figures:
            given = {name: record[name] for name in ("title", "data_to", "data_sha256")}
            assert_titles_survive(replace(FIGURE, key=record["id"], **given))
    for row in tables.load("questions").itertuples():
        assert_titles_survive(replace(FIGURE, kind="question", key=row.question_id, title=row.title))
    for row in tables.load("claims").iloc[::10].itertuples():
        assert_titles_survive(replace(FIGURE, kind="claim", key=row.claim_id, title=row.statement))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_input_gives_the_same_bytes(name):
    for cited in EVERY:
        text = FORMATS[name](cited)
        assert text == FORMATS[name](replace(cited)) and "\r" not in text
        lines = 1 if name in ("text", "markdown") else len(text.splitlines())
        assert text.count("\n") == (0 if lines == 1 else lines)
    assert list(FORMATS) == ["text", "bibtex", "ris", "csl", "markdown"]


def test_files_are_plain_utf_8_and_start_with_the_record():
    cited = replace(FIGURE, title="Zürich 对华")
    assert all("Zürich 对华" in write(cited) for write in FORMATS.values())
    assert ris(cited).startswith("TY  - FIGURE\n") and ris(cited).endswith("\nER  - \n")


def test_keys_are_sorted():
    item = csl_item(csl(FIGURE))
    fields = bibtex_entry(bibtex(FIGURE)).fields
    assert list(item) == sorted(item) and list(fields) == sorted(fields)


def test_white_space_in_a_title_becomes_one_space():
    assert replace(FIGURE, title=" one\n two\u2028three\u00a0four ").title == "one two three four"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "figure days-of-inventory: title is empty; a citation needs it"),
        ({"title": " \n"}, "title is empty"),
        (
            {"kind": "poem"},
            "'poem' is no kind of citation; expected one of figure, claim, question, event, forecast",
        ),
        ({"key": ""}, "the key '' is no id"),
        ({"key": "a b}"}, "figure: the key 'a b}' is no id"),
        ({"version": ""}, "version is empty"),
        ({"book_title": ""}, "book_title is empty"),
        ({"title": "a\0b"}, "title holds a control character: 'a\\x00b'"),
        ({"title": "a\ud800"}, "title holds a control character"),
        ({"data_to": "2026Q3"}, "data_to is '2026Q3'; expected a day such as 8 December 2025"),
        ({"data_to": ""}, "data_to is empty"),
        ({"data_sha256": ""}, "data_sha256 is ''; expected 64 hexadecimal digits"),
        ({"address": "evidence.html#c000-001"}, "'evidence.html#c000-001' is no absolute address; leave it empty"),
        ({"address": "javascript:alert(1)"}, "is no absolute address"),
        ({"address": "https://e.org/a b"}, "is no absolute address"),
        ({"address": "https://[e.org/"}, "is no absolute address"),
        ({"authors": "The H200 Window contributors"}, "expected a tuple of names"),
        ({"authors": ()}, "expected a tuple of names"),
        ({"authors": ("",)}, "authors is empty"),
    ],
)
def test_what_cannot_be_cited_is_refused_with_the_reason(change, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        replace(FIGURE, **change)


def test_only_a_figure_needs_a_hash():
    assert "SHA" not in full(replace(FIGURE, kind="claim", data_sha256=""))


def test_the_nearest_known_ids_are_named():
    known = ["c000-001", "c000-002", "c001-001", "days-of-inventory", "days-of-inventory"]
    assert nearest("days-of-inventry", known) == ["days-of-inventory"]
    assert nearest("c000-01", known, n=1) == nearest("c000-01", reversed(known), n=1) == ["c000-001"]
    assert len(nearest("c000-003", known)) == 3
    assert nearest("zzz", known) == nearest("c000-001", []) == []

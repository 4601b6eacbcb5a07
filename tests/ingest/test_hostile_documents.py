"""Documents that are broken on purpose: each is refused in words that say what to do, in bounded time and memory."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from corpus.passage import Passage
from corpus.settings import Settings
from corpus.sources import Source, load_sources
from ingest.clml import read_clml
from ingest.code_of_practice import read_code
from ingest.errors import SourceError
from ingest.fetch import locate
from ingest.identity import WrongDocument, check_identity

ACT = "uksi-2017-1306.xml"
LONGEST = 20.0
"""Seconds of computing that the reader may spend on any one of them."""
MEMORY = 3_000_000_000
"""Bytes that reading the worst of them may take, the program itself included."""


@pytest.fixture(scope="module")
def source() -> Source:
    return load_sources()["recregs2017"]


@pytest.fixture(scope="module")
def code() -> Source:
    """The Code, as if its edition weren't fixed: the hash would refuse all of these before they are read."""
    return load_sources()["cop"].model_copy(update={"sha256": None})


@pytest.fixture(scope="module")
def act(mirror: Path) -> bytes:
    return (mirror / ACT).read_bytes()


def _refused(read: Callable[[], Any]) -> str:
    """The words in which `read` refuses, at once."""
    started = time.process_time()
    with pytest.raises(SourceError) as caught:
        read()
    assert time.process_time() - started < LONGEST
    said = str(caught.value)
    assert len(said) < 1500 and "Traceback" not in said
    return said


def _says_what_to_do(said: str) -> bool:
    return bool(re.search(r"[Ff]etch|[Dd]ownload|Use the edition|Put the right file", said))


# XML

BOMB = '<!DOCTYPE Legislation [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
DEFAULTS = f'<!DOCTYPE Legislation [<!ATTLIST Legislation x CDATA "{"x" * 100_000}">]>'
LONG = f'<!DOCTYPE Legislation [<!ENTITY a "{"a" * 99_999}">]>'
OUTSIDE = '<!DOCTYPE Legislation [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE Legislation [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd"> %a;]>'
SUBSET = '<!DOCTYPE Legislation SYSTEM "http://127.0.0.1:9/a.dtd">'


def _with(act: bytes, declared: str) -> bytes:
    head, root, rest = act.partition(b"<Legislation")
    return head + declared.encode() + root + rest


XML: dict[str, Callable[[bytes], bytes]] = {
    "an entity bomb": lambda act: _with(act, BOMB + "]>").replace(b"<Body", b"<x>&j;</x><Body", 1),
    "a quadratic entity bomb": lambda act: _with(act, LONG).replace(b"<Body", b"&a;" * 9_999 + b"<Body", 1),
    "a file from outside": lambda act: _with(act, OUTSIDE).replace(b"<Body", b"<x>&a;</x><Body", 1),
    "a parameter entity": lambda act: _with(act, PARAMETER),
    "a document type elsewhere": lambda act: _with(act, SUBSET),
    "attributes by default": lambda act: _with(act, DEFAULTS),
    "too many elements": lambda act: act.replace(b"<Body", b"<x/>" * 400_000 + b"<Body", 1),
    "deep nesting": lambda act: act.replace(b"<Body", b"<x>" * 100_000 + b"</x>" * 100_000 + b"<Body", 1),
    "deep nesting that never ends": lambda act: act.replace(b"<Body", b"<x>" * 1_000_000, 1),
    "a gigantic attribute": lambda act: act.replace(b"<Body", b'<x y="' + b"z" * 10_000_000 + b'"/><Body', 1),
    "a gigantic name": lambda act: act.replace(b"<Body", b"<" + b"x" * 10_000_000 + b" <Body", 1),
    "a document of 40 MB": lambda act: act.replace(b"<Body", b"<x>" + b" " * 40_000_000 + b"</x><Body", 1),
    "another root": lambda act: b"<feed xmlns='http://www.w3.org/2005/Atom'><entry/></feed>",
    "another namespace": lambda act: act.replace(b"namespaces/legislation", b"namespaces/other"),
    "an encoding that is none": lambda act: re.sub(rb'encoding="[^"]*"', b'encoding="no-such"', act, count=1),
    "an encoding that isn't its own": lambda act: re.sub(rb'encoding="[^"]*"', b'encoding="utf-16"', act, count=1),
    "an encoding of many bytes": lambda act: re.sub(rb'encoding="[^"]*"', b'encoding="utf-7"', act, count=1),
    "UTF-16 without saying so": lambda act: act.decode().encode("utf-16-le"),
    "letters of another encoding": lambda act: act.replace(b"<Title>", b"<Title>\xff\xfe\xe9", 1),
    "a null character": lambda act: act.replace(b"<Title>", b"<Title>\x00", 1),
    "an address that is none": lambda act: act.replace(b"uksi/2017/1306", b"[uksi").replace(b"http://www", b"http://[www"),
    "two documents": lambda act: act + act,
    "a web page": lambda act: b"<!doctype html><title>Too many requests</title>",
    "a PDF": lambda act: b"%PDF-1.7\n" + act,
    "nothing": lambda act: b"",
    "white space": lambda act: b" \n" * 1000,
    "zeros": lambda act: b"\x00" * 100_000,
    "another Act's provisions": lambda act: act.replace(b"uksi/2017/1306", b"ukpga/2014/6"),
    "no provision": lambda act: act.replace(b"<P1 ", b"<P9 ").replace(b"</P1>", b"</P9>"),
}  # fmt: skip


@pytest.mark.parametrize("change", XML.values(), ids=XML.keys())
def test_hostile_legislation_is_refused_when_it_is_found_and_when_it_is_read(
    change: Callable[[bytes], bytes], act: bytes, source: Source, tmp_path: Path
) -> None:
    path = tmp_path / ACT
    path.write_bytes(change(act))
    assert _refused(lambda: check_identity(source, path)).startswith(ACT)
    said = _refused(lambda: read_clml([path], source))
    assert str(path) in said or ACT in said
    assert _says_what_to_do(said), said


def test_legislation_cut_off_anywhere_is_never_taken_for_the_whole(act: bytes, source: Source, tmp_path: Path) -> None:
    path = tmp_path / ACT
    whole = len(act.rstrip())
    ends = [*range(0, whole, 97), *range(whole - 40, whole)]
    for end in ends:
        path.write_bytes(act[:end])
        assert _refused(lambda: check_identity(source, path))
        assert _says_what_to_do(_refused(lambda: read_clml([path], source)))
    assert len(ends) > 200


def test_legislation_that_lacks_a_provision_is_never_taken_for_the_whole(
    act: bytes, source: Source, tmp_path: Path
) -> None:
    names = [passage.id.partition(":r")[2] for passage in _read(act, source, tmp_path)]
    assert len(names) == 8
    for name in names:
        lacking = re.sub(rb'(<P1 [^>]*id=")regulation-' + name.encode() + rb'"', rb'\1contents-1"', act)
        assert lacking != act
        (tmp_path / ACT).write_bytes(lacking)
        with pytest.raises(SourceError, match=r"not found in|can't be identified"):
            read_clml([tmp_path / ACT], source)


def _read(act: bytes, source: Source, folder: Path) -> list[Passage]:
    (folder / ACT).write_bytes(act)
    return read_clml([folder / ACT], source)


@pytest.mark.parametrize(
    "address", [b"javascript:alert(1)", b"https://example.org/uksi/2017/1306", b"http://[::1/uksi"]
)
def test_a_provision_links_to_the_official_site_whatever_its_file_says(
    address: bytes, act: bytes, source: Source, tmp_path: Path
) -> None:
    changed = re.sub(rb'(<P1 [^>]*DocumentURI=")[^"]*"', rb"\1" + address + b'"', act)
    assert changed != act
    for passage in _read(changed, source, tmp_path):
        assert passage.url.startswith(f"{source.page}/") or passage.url == source.page


def test_bytes_changed_at_random_never_raise_anything_else(act: bytes, source: Source, tmp_path: Path) -> None:
    dice = random.Random("bytes")
    known = {passage.id for passage in _read(act, source, tmp_path)}
    for _ in range(300):
        changed = bytearray(act)
        for _ in range(dice.randint(1, 6)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        try:
            found = _read(bytes(changed), source, tmp_path)
            check_identity(source, tmp_path / ACT)
        except SourceError as error:
            assert len(str(error)) < 1500
        else:
            assert {passage.id for passage in found} >= known


# PDF


def _pages(number: int, content: bytes = b"BT /F 12 Tf 60 700 Td (1.1 Words) Tj ET") -> PdfWriter:
    writer = PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica-Bold"}
    made = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    stream = DecodedStreamObject()
    stream.set_data(content)
    shared = writer._add_object(stream)
    for _ in range(number):
        page = writer.add_blank_page(595, 842)
        fonts = DictionaryObject({NameObject("/F"): made})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = shared
    return writer


def _bytes(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _by_hand(*objects: bytes, root: int = 1) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = len(objects) + 1
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size + rows
    return out + table + b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, len(out))


def _stream(data: bytes, entries: bytes = b"/Filter/FlateDecode") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def _one_page(content: bytes, more: bytes = b"") -> bytes:
    catalog = b"<</Type/Catalog/Pages 2 0 R%s>>" % more
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
    return _by_hand(catalog, b"<</Type/Pages/Kids[%s]/Count 1>>" % (b"3 0 R " * 20), page, content)


def _headed(heading: bytes, text: bytes) -> bytes:
    return b"BT /F 18 Tf 60 700 Td (%s) Tj ET BT /F 12 Tf 60 600 Td (%s) Tj ET" % (heading, text)


def _encrypted() -> bytes:
    writer = _pages(20)
    writer.encrypt("secret", algorithm="RC4-128")
    return _bytes(writer)


def _bomb(size: int, layers: int = 1) -> bytes:
    data = b" " * size
    for _ in range(layers):
        data = zlib.compress(data, 9)
    return _one_page(_stream(data, b"/Filter[%s]" % (b"/FlateDecode" * layers)))


def _nested_pages(depth: int) -> bytes:
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 3) for number in range(depth)]
    return _by_hand(catalog, *nodes, b"<</Type/Page>>")


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PDF: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "only a header": lambda: b"%PDF-1.7\n%%EOF\n",
    "zeros": lambda: b"%PDF-1.7\n" + b"\x00" * 100_000 + b"%%EOF",
    "no pages": lambda: _bytes(PdfWriter()),
    "another document": lambda: _bytes(_pages(20)),
    "another document with chapters": lambda: _bytes(_pages(20, _headed(b"1 Aims", b"Relevant legislation: none"))),
    "an annex without a name": lambda: _bytes(_pages(20, _headed(b"Annex", b"words"))),
    "a password": _encrypted,
    "pages without end": lambda: _bytes(_pages(1_200)),
    "a count that lies": lambda: _by_hand(CATALOGUE, b"<</Type/Pages/Kids[]/Count 2147483647>>"),
    "pages that hold themselves": lambda: _by_hand(CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
    "pages in pages in pages": lambda: _nested_pages(5_000),
    "arrays in arrays": lambda: _one_page(_stream(zlib.compress(b"[" * 500_000))),
    "dictionaries in dictionaries": lambda: _by_hand(CATALOGUE, b"<</A" * 20_000 + b">>" * 20_000),
    "a decompression bomb": lambda: _bomb(200_000_000),
    "a bomb in a bomb": lambda: _bomb(200_000_000, 3),
    "operators without end": lambda: _one_page(_stream(zlib.compress(b"q Q " * 1_500_000))),
    "a stream that isn't packed": lambda: _one_page(_stream(b"words", b"/Filter/FlateDecode")),
    "a filter that there isn't": lambda: _one_page(_stream(b"words", b"/Filter/NoSuchDecode")),
    "a reference to nothing": lambda: _one_page(b"<</Length 99 0 R>>\nstream\nx\nendstream"),
    "bookmarks that go round": lambda: _one_page(_stream(zlib.compress(b"")), b"/Outlines<</First 4 0 R/Last 4 0 R>>"),
    "bookmarks that are none": lambda: _one_page(_stream(zlib.compress(b"")), b"/Outlines 7"),
    "no catalogue": lambda: _by_hand(b"7", root=9),
    "XML": lambda: b"<Legislation/>",
    "a web page": lambda: b"<!doctype html><title>Gone</title>",
}  # fmt: skip


@pytest.mark.parametrize("make", PDF.values(), ids=PDF.keys())
def test_a_hostile_pdf_is_refused_by_its_reader_and_by_its_hash(
    make: Callable[[], bytes], code: Source, tmp_path: Path
) -> None:
    path = tmp_path / "code.pdf"
    path.write_bytes(make())
    assert _says_what_to_do(_refused(lambda: read_code(path, code)))
    assert _refused(lambda: check_identity(load_sources()["cop"], path)).startswith("code.pdf")


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.9, 0.99, 0.9999])
def test_a_code_cut_off_anywhere_is_never_taken_for_the_whole(share: float, mirror: Path, tmp_path: Path) -> None:
    pdf = (mirror / load_sources()["cop"].mirror[0]).read_bytes()
    path = tmp_path / "code.pdf"
    path.write_bytes(pdf[: int(len(pdf) * share)])
    with pytest.raises(WrongDocument):
        check_identity(load_sources()["cop"], path)


def test_a_code_without_its_last_pages_is_never_taken_for_the_whole(mirror: Path, code: Source, tmp_path: Path) -> None:
    writer = PdfWriter()
    for page in PdfReader(mirror / load_sources()["cop"].mirror[0]).pages[:20]:
        writer.add_page(page)
    path = tmp_path / "code.pdf"
    path.write_bytes(_bytes(writer))
    assert "numbered paragraphs of the January 2015 edition" in _refused(lambda: read_code(path, code))


def test_a_missing_file_or_a_folder_in_its_place_is_told_of(code: Source, source: Source, tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path):
        assert _says_what_to_do(_refused(lambda path=path: read_code(path, code)))
        assert _says_what_to_do(_refused(lambda path=path: read_clml([path], source))) or path.name


_WORST = """
import resource
import sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
from corpus.sources import load_sources
from ingest.clml import read_clml
from ingest.code_of_practice import read_code
from ingest.errors import SourceError
path = Path(sys.argv[1])
try:
    if path.suffix == ".pdf":
        read_code(path, load_sources()["cop"].model_copy(update={"sha256": None}))
    else:
        read_clml([path], load_sources()["recregs2017"])
except SourceError:
    sys.exit(7)
"""


WORST = (
    "a decompression bomb",
    "a bomb in a bomb",
    "operators without end",
    "too many elements",
    "a document of 40 MB",
)


@pytest.mark.parametrize("worst", WORST)
def test_the_worst_are_refused_in_bounded_memory(worst: str, act: bytes, tmp_path: Path) -> None:
    path = tmp_path / ("a.pdf" if worst in PDF else "a.xml")
    path.write_bytes(PDF[worst]() if worst in PDF else XML[worst](act))
    command = [sys.executable, "-c", _WORST, path, str(MEMORY)]
    done = subprocess.run(command, capture_output=True, timeout=600)
    assert done.returncode == 7, done.stderr.decode()[-800:]


def test_a_hostile_file_in_the_users_folder_is_reported_and_the_next_place_is_tried(
    mirror: Path, source: Source, tmp_path: Path
) -> None:
    folder, cache = tmp_path / "folder", tmp_path / "home"
    folder.mkdir()
    settings = Settings(home=cache, sources=None)
    kept = settings.downloads / source.id / source.documents[0].name
    kept.parent.mkdir(parents=True)
    kept.write_bytes((mirror / ACT).read_bytes())
    for change in XML.values():
        (folder / ACT).write_bytes(change((mirror / ACT).read_bytes()))
        said: list[str] = []
        located = locate(source, folder, settings, said.append)
        assert located.origin == "cache" and located.paths == (kept,)
        assert any("not used from" in line for line in said)

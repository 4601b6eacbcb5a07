"""Whether a file is the official document that it should be."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element  # the type only: xml_reading parses

from corpus.sources import Source
from ingest.errors import SourceError
from ingest.xml_reading import Malformed, parse_xml, path_of

CLML = "{http://www.legislation.gov.uk/namespaces/legislation}"

_HEAD = 1024
"""Bytes at either end of a file in which its kind shows."""
LARGEST = 64_000_000
"""Bytes beyond which a file can't be one of the documents."""
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_END_OF_CLML = re.compile(rb"</(?:\w+:)?Legislation\s*>\s*\Z")


class WrongDocument(SourceError):
    """A file is not the official document that it should be; the message says what it is instead."""


def check_identity(source: Source, path: Path, name: str | None = None) -> str:
    """The sha256 of the file at `path`, once it is shown to be a document of `source`.

    `name` is what messages call the file (its own name by default). Raises WrongDocument, which says what
    the file is instead: an HTML page, a truncated file, another Act or another edition; OSError where it
    can't be read.
    """
    name = name or path.name
    with path.open("rb") as file:
        head, tail = _ends(file)
        size = file.seek(0, 2)
        if size > LARGEST:
            raise WrongDocument(f"{name} is too large: {size // 1_000_000} MB")
        file.seek(0)
        if not head:
            raise WrongDocument(f"{name} is empty")
        if _HTML.search(head):
            raise WrongDocument(f"{name} is an HTML page, not the document itself")
        if source.format == "pdf":
            _check_pdf(name, head, tail)
        else:
            _check_clml(name, file, source, head, tail)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if source.sha256 and digest != source.sha256:
        raise WrongDocument(f"{name} is altered or another edition: its sha256 is {digest}, not {source.sha256}")
    return digest


def _ends(file: IO[bytes]) -> tuple[bytes, bytes]:
    head = file.read(_HEAD)
    size = file.seek(0, 2)
    file.seek(max(0, size - _HEAD))
    tail = file.read()
    file.seek(0)
    return head, tail


def _check_pdf(name: str, head: bytes, tail: bytes) -> None:
    if not head.startswith(b"%PDF-"):
        raise WrongDocument(f"{name} is not a PDF")
    if b"%%EOF" not in tail:
        raise WrongDocument(f"{name} is truncated: the end of the PDF is missing")


def _check_clml(name: str, file: IO[bytes], source: Source, head: bytes, tail: bytes) -> None:
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise WrongDocument(f"{name} is not XML")
    root = _parsed(name, file, tail)
    if root.tag != f"{CLML}Legislation":
        raise WrongDocument(f"{name} is XML, but not legislation.gov.uk's (its root is {root.tag})")
    wanted = path_of(source.page)
    addresses = [uri for key in ("DocumentURI", "IdURI") if (uri := root.get(key))]
    if not addresses:
        raise WrongDocument(f"{name} does not say which legislation it is (no DocumentURI)")
    for address in addresses:
        if not _is_of(address, wanted):
            raise WrongDocument(f"{name} is other legislation: {address}, not {wanted}")
    if root.find(f".//{CLML}P1") is None:
        raise WrongDocument(f"{name} holds no provision of {wanted}: perhaps it is the table of contents")


def _parsed(name: str, file: IO[bytes], tail: bytes) -> Element:
    try:
        return parse_xml(file)
    except Malformed as error:
        if not _END_OF_CLML.search(tail):
            raise WrongDocument(f"{name} is truncated: the end of the XML is missing") from error
        raise WrongDocument(f"{name} is not well-formed: it {error}") from error
    except SourceError as error:
        raise WrongDocument(f"{name} {error}") from error


def _is_of(address: str, wanted: str) -> bool:
    """Whether a URI of legislation.gov.uk lies in the Act or instrument `wanted`, such as ukpga/2014/6."""
    path = path_of(address).removeprefix("id/")
    return path == wanted or path.startswith(wanted + "/")

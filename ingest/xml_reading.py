"""XML from outside, read within bounds: no entities or document types, and no more of anything than legislation has."""

from __future__ import annotations

from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ingest.errors import SourceError

DEEPEST = 200
"""The deepest nesting that is read; the deepest of the real documents is under 30."""
MOST_ELEMENTS = 200_000
"""Elements of one document; the largest of the real ones has under 20,000."""
LARGEST = 32_000_000
"""Bytes of one document; the largest of the real ones has under 2 million."""
_LONGEST_VALUE = 20_000  # characters of an attribute; the longest real one has under 200
_PIECE = 65_536


class Forbidden(SourceError):
    """The document has a document type or entities of its own."""


class Malformed(SourceError):
    """The document isn't well-formed XML, or breaks off."""


class Excessive(SourceError):
    """The document has more of something than any legislation has."""


def parse_xml(file: IO[bytes]) -> Element:
    """The root of the XML in `file`; raises Forbidden, Malformed or Excessive, whose message follows a file's name."""
    parser = DefusedXMLParser(target=_BoundedBuilder(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    size = 0
    try:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > LARGEST:
                raise Excessive(f"is larger than {LARGEST // 1_000_000} MB, so it is not legislation")
            parser.feed(piece)
        root = parser.close()
    except DefusedXmlException as error:
        raise Forbidden(
            "declares XML entities or a document type of its own, which no official legislation does, so it is not read"
        ) from error
    except ParseError as error:
        raise Malformed(f"is broken or truncated XML ({error})") from error
    except (LookupError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise Malformed(f"is XML in an encoding that can't be read ({error})") from error
    if not isinstance(root, Element):
        raise Malformed("is XML without content")
    return root


def parse_xml_file(path: Path) -> Element:
    """The root of the XML file at `path`; raises as `parse_xml`, OSError where it can't be read."""
    with path.open("rb") as file:
        return parse_xml(file)


def path_of(address: str) -> str:
    """The path of a web address, without slashes around it; empty for what is no address."""
    try:
        return urlsplit(address).path.strip("/")
    except ValueError:
        return ""


class _BoundedBuilder(TreeBuilder):
    """Builds the tree, and stops where it becomes what no legislation is."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise Excessive(f"is nested more than {DEEPEST} elements deep, so it is not legislation")
        if self._count > MOST_ELEMENTS:
            raise Excessive(f"has more than {MOST_ELEMENTS:,} elements, so it is not legislation")
        if any(len(value) > _LONGEST_VALUE for value in attrs.values()):
            raise Excessive(f"has an attribute of more than {_LONGEST_VALUE:,} characters, so it is not legislation")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)

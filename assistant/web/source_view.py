"""A passage in its surroundings: what stands around it, what it means, and the printed page."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from assistant.library import Library
from assistant.visible import clean
from assistant.web.page_image import PageImage, PageImages
from assistant.web.templates import render
from corpus.annotation import LawStatus
from corpus.check import base_id
from corpus.passage import Passage, PassageId

_AROUND = 2
"""Passages shown before and after."""
_LONG = 80
"""Words: a neighbour longer than this is shown closed, as is one that isn't next to the passage."""
_RELATED = 6


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage before or after the one that was chosen."""

    passage: Passage
    closed: bool


def render_source(library: Library, pages: PageImages, ref: str, quote: str = "") -> Markup:
    """The passage `ref` (or a part of one, such as `cfa2014:s36(8)`) in its surroundings, with `quote` marked.

    A name that isn't among the sources gives a sentence that says so.
    """
    name = PassageId(base_id(ref))
    passage = library.passages.get(name)
    if passage is None:
        return render("source_missing.html", ref=clean(ref))
    annotation = library.annotations.get(name)
    return render(
        "source.html",
        ref=ref,
        passage=passage,
        marked=_marked(passage, ref[len(name) :], quote),
        before=list(_neighbours(library, passage, range(-_AROUND, 0))),
        after=list(_neighbours(library, passage, range(1, _AROUND + 1))),
        previous=_label(library, library.beside(name, -1)),
        following=_label(library, library.beside(name, 1)),
        gist=annotation.gist if annotation else "",
        note=annotation.note if annotation and annotation.note else "",
        spent=bool(annotation and annotation.status is LawStatus.SPENT),
        related=list(_related(library, name)),
        images=[(image, _data_url(image.png)) for image in _page_images(pages, passage)],
        state=next((state for state in library.stamp.sources if state.id == passage.source), None),
    )


def _marked(passage: Passage, part: str, quote: str) -> tuple[int, int] | None:
    """Where the quotation stands in the passage, else the part that was named; None where that is the whole."""
    text = passage.text or ""
    wanted = quote or (passage.part(part) if part else None) or ""
    start = text.find(wanted) if wanted else -1
    return (start, start + len(wanted)) if start >= 0 and wanted != text else None


def _neighbours(library: Library, passage: Passage, steps: range) -> Iterator[Neighbour]:
    for step in steps:
        name = library.beside(passage.id, step)
        if name is None:
            continue
        other = library.passages[name]
        if other.text and other.headings[:1] == passage.headings[:1]:
            yield Neighbour(other, closed=abs(step) > 1 or len(other.text.split()) > _LONG)


def _label(library: Library, name: PassageId | None) -> tuple[PassageId, str] | None:
    return (name, library.passages[name].label) if name else None


def _related(library: Library, name: PassageId) -> Iterator[tuple[str, str]]:
    """The law behind a paragraph, and the passages that rest on a provision, as (ref, label)."""
    annotation = library.annotations.get(name)
    refs = [*(annotation.law if annotation else ()), *library.explained_by.get(name, ())]
    for ref in list(dict.fromkeys(refs))[:_RELATED]:
        other = library.passages.get(PassageId(base_id(ref)))
        if other is not None:
            yield ref, other.label + ref[len(other.id) :]


def _page_images(pages: PageImages, passage: Passage) -> Iterator[PageImage]:
    if passage.page is not None:
        yield from pages.images(passage.page, passage.last_page or passage.page, passage.text or "")


def _data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")

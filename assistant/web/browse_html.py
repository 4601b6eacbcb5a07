"""What the browse view shows: a chapter, the passages that a search found, or one passage."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from assistant.chapters import Chapter
from assistant.check import what_exists
from assistant.library import Library
from assistant.references import find_references
from assistant.web.markup import day
from assistant.web.passage_view import PassageView, full_label, snippet, view_of, with_words
from assistant.web.templates import render
from assistant.word_search import Found, search_words
from corpus.passage import PassageId
from corpus.sources import load_sources


@dataclass(frozen=True, slots=True)
class Group:
    """The passages under one heading of a chapter."""

    heading: str
    """The headings below the chapter's own, or nothing."""
    views: tuple[PassageView, ...]


def chapter_html(chapter: Chapter, library: Library, focus: PassageId | None = None) -> Markup:
    """A chapter: its headings, and under each the passages, folded; `focus` is opened and gone to."""

    def heading(name: PassageId) -> str:
        return " › ".join(library.passages[name].headings[1:])

    groups = [
        Group(under, tuple(view_of(name, library) for name in names))
        for under, names in groupby(chapter.passages, key=heading)
    ]
    return render(
        "browse_chapter.html", chapter=chapter, groups=groups, focus=focus, version=_version(chapter.source, library)
    )


def found_html(query: str, found: Found, library: Library) -> Markup:
    """The passages that a search found: those named first, opened; then those that match."""
    words = search_words(query)
    return render(
        "browse_found.html",
        count=_count(query, found),
        named=[view_of(name, library) for name in found.named],
        matching=[_matching(view_of(name, library), words) for name in found.matching],
    )


def one_html(name: PassageId, library: Library, origin: PassageId | None = None) -> Markup:
    """One passage, whole, with the way to its neighbours, to its chapter, and back to `origin`."""
    around = [("Before it", library.beside(name, -1)), ("After it", library.beside(name, 1))]
    return render(
        "browse_one.html",
        view=view_of(name, library),
        origin=view_of(origin, library) if origin in library.passages and origin else None,
        around=[(way, view_of(other, library)) for way, other in around if other],
    )


def _matching(view: PassageView, words: list[str]) -> tuple[PassageView, Markup, Markup]:
    """A passage found, its summary with the words marked, and a piece of its text where the summary has none."""
    gist = with_words(view.gist, words)
    piece = "" if "<mark>" in gist else snippet(view.passage.text or "", words)
    return view, gist, with_words(piece, words)


def _count(query: str, found: Found) -> str:
    missing = " ".join(dict.fromkeys(what_exists(item) for item in find_references(query)[1]))
    if not found.named and not found.total:
        return missing or (
            f"No passage has “{query}”. Try fewer or other words, or a number such as 9.14 or s.36. "
            "For a question in your own words, use Ask."
        )
    parts = [missing]
    if found.named:
        parts.append(f"You named {' and '.join(full_label(name) for name in found.named)}.")
    if found.total:
        passages = "passage matches" if found.total == 1 else "passages match"
        shown = f"; the best {len(found.matching)} are shown" if found.total > len(found.matching) else ""
        parts.append(f"{found.total} {'other ' if found.named else ''}{passages} “{query}”{shown}.")
    return " ".join(part for part in parts if part)


def _version(source: str, library: Library) -> str:
    state = next((state for state in library.stamp.sources if state.id == source), None)
    short = load_sources()[source].short
    if state is None or state.origin == "missing":
        return f"{short}: our summaries only, the official text isn’t on this machine."
    return f"{short}, as at {day(state.as_at)}."

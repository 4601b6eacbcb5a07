"""The wording of one provision in CLML, as lines of text with anchors on its numbered parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from corpus.passage import Anchor

REPEALED = ". . . ."
_NOT_WORDING = frozenset({"CommentaryRef", "FootnoteRef", "MarginNoteRef", "Commentaries", "Footnotes"})
_NUMBERED = re.compile(r"P[1-9]\Z")
_QUOTES = {"none": ("", ""), "single": ("‘", "’")}
_DECORATIONS = {"parens": ("(", ")"), "parenRight": ("", ")"), "brackets": ("[", "]"), "none": ("", "")}
_BULLETS = ("• ", "◦ ")
_TYPED_NUMBER = re.compile(r"\(([a-z]{1,2})\) ")
_QUOTE_MARKS = re.compile(r"\A(> ?)+")
_NO_LABEL = "(none)"
_RULE_OF_TABLE = re.compile(r"\|(\s*:?-+:?\s*\|)+\Z")

_SPACE_BEFORE_STOP = re.compile(r"(?<=[\w)’”]) (?=[.,;:](?!\s?\.))")
_STOP_JOINED = re.compile(r"(?<=[a-z)]{2}\.)(?=[A-Z])|(?<=\.\.\.)(?=[A-Za-z])|(?<=,)(?=[A-Za-z])")
_DASH_JOINED = re.compile(r"(?<=—)(?=\w)")
_ITEM_JOINED = re.compile(r"(?<=[;,])(?=[A-Za-z])")
_CONJUNCTION_JOINED = re.compile(r"(?<=[;,] )(?P<conjunction>and|or|but)(?P<word>[a-z]+)")
_CONJUNCTION = re.compile(r"(and|or|but)\b")
_SMALL_WORDS = frozenset({"a", "an", "any", "by", "for", "from", "if", "in", "is", "it", "of", "on", "the", "to"})


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def words_of(element: Element, *, keep_repealed: bool = False) -> str:
    """The wording inside `element` on one line: inline mark-up flattened, notes left out, spaces single."""
    return _tidy("".join(_pieces(element, keep_repealed)))


def number_of(element: Element) -> str | None:
    """The bare number of a numbered part, such as `2A`; None where it has none."""
    pnumber = _child(element, "Pnumber")
    if pnumber is None:
        return None
    # The number of a repealed part stays, as on the site: it is the place that the dots hold.
    return words_of(pnumber, keep_repealed=True).strip("().[] ") or None


def wording(element: Element, *, leave_out: frozenset[str] = frozenset()) -> tuple[str, tuple[Anchor, ...]]:
    """The text of a provision, one line a block, and the anchors of its numbered parts.

    The provision's own number is not part of the text. Children of `element` named in `leave_out`
    are passed over wherever they stand in it.
    """
    writer = _Writer(leave_out | {"Pnumber"})
    writer.children(element, _Place())
    return writer.text, tuple(sorted(writer.anchors, key=lambda anchor: (anchor.start, -anchor.end)))


def unglue(text: str) -> list[str]:
    """Break a list whose items stand joined on one line ("means—a school;an academy; ora college").

    Breaks only where a dash and then another joint touch the next word, so ordinary prose is left in
    one piece. Nothing is added or lost: the pieces put together are `text`, less the spaces at breaks.
    """
    known = _SMALL_WORDS | set(re.findall(r"[a-z]+", text.lower()))
    dashes = [match.start() for match in _DASH_JOINED.finditer(text)]
    items = [match.start() for match in _ITEM_JOINED.finditer(text)]
    items += [joint.start("word") for joint in _CONJUNCTION_JOINED.finditer(text) if joint["word"] in known]
    if not dashes or not any(item > dashes[0] for item in items):
        return [text]
    breaks = sorted({*dashes, *(item for item in items if item > dashes[0])})
    return [text[start:end].strip() for start, end in zip([0, *breaks], [*breaks, len(text)], strict=True)]


def repealed_in_england(element: Element) -> bool:
    """Whether this is wording that the site keeps for another nation but that is repealed in England.

    The site marks wording that is repealed or replaced for one extent only with RetainText="true" and
    that Extent, and goes on showing it, because it is law elsewhere. So with Extent="S" it is still the
    law in England and is read; with Extent="E+W" it isn't, and reads as the dots that the site puts for
    wording repealed everywhere. Without an Extent nothing says that it ended, and it is read.
    """
    extent = element.get("Extent")
    return local_name(element) == "Repeal" and extent is not None and "E" in extent.split("+")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the provision the writer stands."""

    ref: str = ""
    quoted: bool = False
    """Inside wording that is inserted into another Act: its numbers are not this provision's."""
    lists: int = 0
    """How many lists stand around."""


class _Writer:
    """Writes the blocks of a provision as lines and notes where its numbered parts begin and end."""

    def __init__(self, leave_out: frozenset[str]) -> None:
        self.text = ""
        self.anchors: list[Anchor] = []
        self._leave_out = leave_out | _NOT_WORDING
        self._mark = ""
        self._number_waits = False

    def children(self, element: Element, place: _Place) -> None:
        """Write what stands inside `element`."""
        for child in element:
            if local_name(child) not in self._leave_out:
                self._block(child, place)

    def _block(self, element: Element, place: _Place) -> None:
        name = local_name(element)
        if _NUMBERED.match(name) and number_of(element):
            self._numbered(element, place)
        elif name in ("UnorderedList", "OrderedList"):
            self._list(element, place)
        elif name == "BlockAmendment":
            self._amendment(element, place)
        elif name == "AppendText":
            self.text += words_of(element)
        elif name == "tr":
            cells = (words_of(cell) for cell in element)
            self._line(_spaced(" | ".join(cells)), joins=False)
        elif name in ("Text", "Title", "Number") or _has_own_words(element):
            self._words(words_of(element), place)
        else:
            self.children(element, place)

    def _line(self, words: str, *, joins: bool = True) -> int:
        """Write a line, or go on with that of a number that waits for its words; return where it starts."""
        if self._number_waits and joins and not self._mark:
            self.text += " "
        elif self.text:
            self.text += "\n"
        start = len(self.text)
        self.text += self._mark + words
        self._mark, self._number_waits = "", False
        return start

    def _numbered(self, element: Element, place: _Place) -> None:
        number = number_of(element) or ""
        pnumber = _child(element, "Pnumber")
        assert pnumber is not None  # noqa: S101 - there is a number
        before, after = ("", ".") if local_name(element) == "P1" else ("(", ")")
        before, after = pnumber.get("PuncBefore", before), pnumber.get("PuncAfter", after)
        ref = f"{place.ref}({number})"
        start = self._line(f"{before}{number}{after}")
        self._number_waits = True
        self.children(element, replace(place, ref=ref))
        self._number_waits = False
        self._anchor(ref, start, place)

    def _anchor(self, ref: str, start: int, place: _Place) -> None:
        if not place.quoted:
            self.anchors.append(Anchor(ref, start, len(self.text)))

    def _words(self, words: str, place: _Place) -> None:
        """Write a block of words; what a text copy of the law left of tables and quotations is put right."""
        if not words or words == _NO_LABEL or _RULE_OF_TABLE.match(words):
            return  # the label of a list without labels, the rule under the head of a table
        if words.startswith("|") and words.endswith("|"):
            self._line(_spaced(words.strip("| ")), joins=False)
            return
        words, quoted = _QUOTE_MARKS.subn("", words)
        if words == "—":
            self.text += words
            return
        first, *items = unglue(words)
        # A list without mark-up, such as that of a Schedule, has its numbers typed into the words.
        typed = None if quoted or place.lists or place.ref else _TYPED_NUMBER.match(first)
        start = self._line(_spaced(first))
        for item in items:
            # Items end with their "and"; a piece that starts with one is what follows the list.
            self._mark = "" if _CONJUNCTION.match(item) else _BULLETS[min(place.lists, 1)]
            self._line(_spaced(item))
        if typed:
            self._anchor(f"({typed[1]})", start, place)

    def _list(self, element: Element, place: _Place) -> None:
        inner = replace(place, lists=place.lists + 1)
        for position, item in enumerate(element, 1):
            if local_name(element) == "OrderedList":
                self._mark = _item_number(element, item, position)
            else:
                self._mark = _BULLETS[min(place.lists, 1)]
            self.children(item, inner)
            self._mark = ""

    def _amendment(self, element: Element, place: _Place) -> None:
        opening, closing = _QUOTES.get(element.get("Format", ""), ("“", "”"))
        self._mark = opening
        self.children(element, replace(place, quoted=True))
        self.text += closing


def _pieces(element: Element, keep_repealed: bool) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if repealed_in_england(child) and not keep_repealed:
            yield f" {REPEALED} "
        elif local_name(child) not in _NOT_WORDING:
            yield from _pieces(child, keep_repealed)
            if local_name(child) in ("Para", "Text"):
                yield " "  # the blocks of a table's cell
        yield child.tail or ""


def _tidy(text: str) -> str:
    text = " ".join(text.split())
    text = re.sub(r"“ | ”", lambda match: match[0].strip(), text)
    return _SPACE_BEFORE_STOP.sub("", text)


def _spaced(text: str) -> str:
    """Put a space where a sentence or an item was joined to the next, as in "young person.A mileage rate"."""
    return _STOP_JOINED.sub(" ", text)


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local_name(child) == name), None)


def _has_own_words(element: Element) -> bool:
    return any((text or "").strip() for text in (element.text, *(child.tail for child in element)))


def _item_number(ordered: Element, item: Element, position: int) -> str:
    number = item.get("NumberOverride") or _counted(ordered.get("Type", "arabic"), position)
    before, after = _DECORATIONS.get(ordered.get("Decoration", ""), ("", "."))
    return f"{before}{number}{after} "


def _counted(kind: str, position: int) -> str:
    if kind.startswith("alpha"):
        number = chr(ord("a") + (position - 1) % 26) * ((position - 1) // 26 + 1)
    elif kind.startswith("roman"):
        tens, units = divmod(position, 10)
        number = "x" * tens + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[units]
    else:
        number = str(position)
    return number.upper() if kind.endswith("upper") else number

"""References in a question: "para 9.14", "s.36(3)", "reg 12", "Sch 1 para 4", "what comes after 9.14"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.stretches import Stretches
from assistant.visible import clean
from corpus.catalogue import load_catalogue
from corpus.passage import PassageId


class Neighbour(StrEnum):
    """Whether the passage itself is asked for, or one beside it."""

    ITSELF = "itself"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Reference:
    """A passage that a question names."""

    id: PassageId
    part: str = ""
    """The numbered part, such as `(3)` or `(3)(a)`."""
    neighbour: Neighbour = Neighbour.ITSELF
    others: tuple[PassageId, ...] = ()
    """The provisions of that number in other Acts, where the question names no Act."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A paragraph or provision that a question names and that isn't there."""

    source: str
    """The id of the source; `ELSEWHERE` where it is a law or guidance that isn't among the sources."""
    local: str
    """What was asked for, as the source's ids have it: `9.300`, `s99`, `sch4.p1`; of `ELSEWHERE` as it was written."""


ELSEWHERE = "elsewhere"


_ACTS = (
    ("eqa2010", r"equality act|eqa|ea ?2010|2010 act|dda"),
    ("ea1996", r"education act|ea ?1996|1996 act"),
    ("ca1989", r"children act 1989|children act|1989 act|ca ?1989"),
    ("csdpa1970", r"chronically sick|csdpa|1970 act"),
    ("cfa2014", r"children (?:and|&) families act|cfa|c&fa|2014 act"),
    ("pbregs2014", r"personal budgets?\)? reg\w*"),
    ("recregs2017", r"recommendations?(?: power)?\)? reg\w*|2017 reg\w*"),
    (
        "sendregs2014",
        r"send?(?: and disability)? reg\w*|special educational needs(?: and disability)? reg\w*|2014 reg\w*",
    ),
)
_ACT = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _ACTS), re.IGNORECASE)

_YEAR = r"(?:18|19|20)\d\d"
_LAW = re.compile(
    rf"""\b(?:
      (?:care|mental\ (?:capacity|health)|human\ rights|data\ protection|freedom\ of\ information
        |(?:health|care)\ and\ care|health\ and\ social\ care|nhs|national\ health\ service|academies
        |school\ standards(?:\ and\ framework)?|education\ and\ (?:inspections|skills|adoption)
        |(?:children\ and\ )?social\ work|childcare|autism|carers?
        |children['’]?s?\ wellbeing\ and\ schools|disability\ discrimination
        |special\ educational\ needs\ and\ disability|learning\ and\ skills
        |tribunals,?\ courts\ and\ enforcement|limitation|local\ government|localism
        |further\ and\ higher\ education|housing|transport|employment\ rights
        |health\ and\ safety(?:\ at\ work)?|occupiers['’]?\ liability|welfare\ reform|social\ security
        |adoption\ and\ children|disabled\ persons|safeguarding\ vulnerable\ groups|legal\ aid|bsl
        |british\ sign\ language|down['’]?s?\ syndrome)
        \ act(?:\ {_YEAR})?
      |(?:education|children|equality|disabled\ persons)\ act\ {_YEAR}
      |{_YEAR}\ (?:act|regulations|regs)
      |(?:ea|eia|ssfa|mca|mha|hra|dpa|tcea?|foia|nhsa|aa|cya|ca)\ ?{_YEAR}
      |(?:ssfa|mca|mha|hra|dpa|foia|eia|gdpr)
      |(?:school\ )?admissions?\ (?:appeals?\ )?(?:code|regulations|regs)|school\ premises(?:\ reg\w*)?
      |(?:pupil\ registration|independent\ school\ standards?|care\ and\ support|working\ time)\ reg\w*
      |(?:tribunal(?:\ procedure)?|fts?t|upper\ tribunal)\ rules
      |(?:keeping\ children\ safe(?:\ in\ education)?|kcsie|working\ together(?:\ to\ safeguard\ children)?)
      |(?:statutory\ |dfe\ )?(?:exclusions?|suspension|attendance|transport|care\ act|school\ travel)\ guidance
      |(?:mca|mental\ capacity\ act|mental\ health\ act|aln|old|{_YEAR}(?:\ sen)?)\ code(?:\ of\ practice)?
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_TITLE = re.compile(  # as titles are printed: "Apprenticeships, Skills, Children and Learning Act 2009"
    r"\b(?!(?:The|This|That|An|Any|Which|What)\b)[A-Z][\w'’-]*"
    r"(?:,?\s(?:[A-Z][\w'’-]*|and|of|for|&|\([^()]{3,60}\))){0,9}\s(?:Act|Regulations|Regs|Measure)\b"
    rf"(?:\s{_YEAR})?"
)
_OF = re.compile(  # what may stand between a number and the law that it is of
    r"(?:[\s,]*(?:(?:and|&|or)\s+)?(?:\d{1,3}[A-Z]{0,2}\b|\(\w{1,4}\)))*[\s,(]*(?:(?:of|in|under|from)\b)?\s*(?:the\b)?\s*",
    re.IGNORECASE,
)

_PARTS = r"(?P<parts>(?:\s?\((?:\d+[A-Z]*|[a-z]{1,2}|[ivx]+)\))*)"
_SECTION = re.compile(
    r"(?<!['’])\b(?:sections?|sect\.?|ss?\.?)\s?(?P<number>\d{1,3}[A-Z]{0,2})\b" + _PARTS + r"(?!\s?%)",
    re.IGNORECASE,
)
_REGULATION = re.compile(r"\b(?:regulations?|regs?\.?)\s?(?P<number>\d{1,2}[A-Z]?)\b" + _PARTS, re.IGNORECASE)
_SCHEDULE = re.compile(
    r"\b(?:schedules?|sch(?:ed)?\.?)\s?(?P<number>\d{1,2})\b"
    r"(?:[,\s]*(?:paragraphs?|paras?\.?|p\.?)\s?(?P<paragraph>\d{1,2})\b)?" + _PARTS,
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(
    r"(?P<cue>\b(?:paragraphs?|paras?\.?|¶|cop|code(?: of practice)?|pp?\.)\s*(?:no\.?\s*)?)?"
    r"(?<![\d.£$:])(?P<chapter>\d{1,2})\.(?P<number>\d{1,3})(?![\d.:]|\s?(?:%|am\b|pm\b|hours?|hrs?|h\b|days?|weeks?|months?"
    r"|years?|yrs?|million|m\b|k\b|miles?|km|minutes?|mins?|per\s?cent|grand|times|x\b))",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(r"\bintro(?:duction)?[,\s]*(?:paragraph|para\.?)?\s*(?P<numeral>[ivx]+)\b", re.IGNORECASE)
_ANNEX = re.compile(r"\bannex\s?(?P<number>[12])\b", re.IGNORECASE)
_TIMESCALES = re.compile(r"\bpage 154\b|\btimescales? (?:diagram|figure|chart|flow ?chart)\b", re.IGNORECASE)
_MORE = re.compile(r"\s?(?:,|and|&|or|,\s?and)\s?(?P<number>\d{1,3}[A-Z]{0,2})\b" + _PARTS + r"(?!\s?[\w%.]*\d)")
_CLOCK = re.compile(
    r"\b(?:start|begin|arriv|open|finish|clos|leav|get|drop|pick|end|school|bus|taxi|lesson|class)\w*\W+(?:\w+\W+){0,2}"
    r"(?:at|by|till|until|around|about|@)\W*$",
    re.IGNORECASE,
)
_PLAN_SECTION = re.compile(
    r"\bsections?\s+(?:[A-K]|[Hh][12])\b(?:(?:\s*,\s*|\s+and\s+|\s+or\s+|\s*/\s*)(?:[A-K]|H[12])\b)*"
)
_AFTER = re.compile(
    r"\b(?:after|follow(?:s|ing)|next(?: (?:paragraph|one))? (?:to|after|from))\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:before|preced(?:es|ing)|previous to)\W+(?:\w+\W+){0,3}$", re.IGNORECASE)
_MERE_LOOKUP = re.compile(  # what is said around a reference by who only wants to see it
    r"\b(?:what(?:['’]?s)?|which|does|do|is|are|says?|said|show|me|read|quote|tell|about|explain|means?|please|can|could"
    r"|you|give|text|wording|words?|exact|full|the|of|in|under|to|a|an|and|or|i|need|want|look|up|find|law|code|act|cfa"
    r"|children|families|equality|education|practice|cop|send?|sections?|regs?|regulations?|schedules?|sch|para\w*|chapter"
    r"|comes?|after|before|next|ss?)\b|[^a-z]+",
    re.IGNORECASE,
)
MORE_THAN_A_LOOKUP = 3
"""Words beside the reference from which on something is asked about it."""
_NEAR = 200
"""Characters before a number in which the words stand that change what it means."""
_SOON = 60
"""Characters after a number within which the Act may be named that it belongs to."""
_ASKS_NEIGHBOUR = re.compile(r"\b(?:what|which|show|read|paragraph|comes?|section)\b", re.IGNORECASE)


def find_references(question: str) -> tuple[list[Reference], list[Missing]]:
    """The passages that `question` names, in its order, and those that it names and that aren't there."""
    question = _readable(question)
    acts = [(match.start(), match.end(), match.lastgroup or "") for match in _ACT.finditer(question)]
    laws = _other_laws(question)
    found: Stretches[Reference | Missing] = Stretches()
    for finder in (_schedules, _sections, _regulations, _paragraphs, _others):
        for start, end, item in finder(question, acts):
            of_other = _of_other_law(question, start, end, laws)
            found.add(start, end, Missing(ELSEWHERE, of_other) if of_other else item)
    references = list(dict.fromkeys(item for item in found.items if isinstance(item, Reference)))
    missing = list(dict.fromkeys(item for item in found.items if isinstance(item, Missing)))
    return references, missing


def words_beside(question: str) -> int:
    """How many words `question` has beside a reference and what is said by who only wants to see it."""
    return len(_MERE_LOOKUP.sub(" ", question).split())


def _other_laws(question: str) -> list[tuple[int, int]]:
    """Where laws and guidance are named that aren't among the sources."""
    matches = [*_LAW.finditer(question), *_TITLE.finditer(question)]
    return [match.span() for match in matches if not _is_ours(match.group())]


def _is_ours(title: str) -> bool:
    """Whether it names a source: one of the same name and another year is another law."""
    year = re.search(_YEAR, title)
    named = _ACT.search(title)
    if named is None or named.lastgroup is None:
        return False
    return year is None or named.lastgroup.endswith(year.group())


def _of_other_law(question: str, start: int, end: int, laws: Sequence[tuple[int, int]]) -> str:
    """The reference between `start` and `end` with the law beside it, where this isn't among the sources."""
    for begins, ends in laws:
        if begins >= end and begins - end < _SOON and _OF.fullmatch(question, end, begins):
            return question[start:ends]
        if ends <= start and start - ends < 4 and not question[ends:start].strip(" ,:("):
            return question[begins:end]
    return ""


def _readable(question: str) -> str:
    """`question` with what can't be seen left out, and the digits and the i of other scripts as ours."""
    return "".join(_as_ours(char) for char in clean(question))


def _as_ours(char: str) -> str:
    if char.isascii():
        return char
    return str(int(char)) if char.isdecimal() else {"ı": "i", "İ": "I"}.get(char, char)


def names_plan_section(question: str) -> bool:
    """Whether it speaks of a section of an EHC plan, such as "section F", as against one of an Act."""
    return _PLAN_SECTION.search(question) is not None


_WITH_SECTIONS = ("cfa2014", "ca1989", "csdpa1970", "eqa2010", "ea1996")
"""In the order in which a section is looked for whose Act isn't named: "section 17" is that of the Children Act."""
_Found = Iterator[tuple[int, int, Reference | Missing]]
_Acts = Sequence[tuple[int, int, str]]
"""Where Acts are named in the question, and which."""


def _paragraphs(question: str, acts: _Acts) -> _Found:
    asks = _ASKS_NEIGHBOUR.search(question)
    for match in _PARAGRAPH.finditer(question):
        local = f"{int(match['chapter'])}.{int(match['number'])}"
        name = PassageId(f"cop:{local}")
        if (
            not match["cue"]
            and len(match["number"]) == 2
            and _CLOCK.search(question, max(0, match.start() - _NEAR), match.start())
        ):
            continue  # a time of day: "starts at 9.30"
        if name in load_catalogue():
            asked_before = asks is not None and asks.end() <= match.start()
            neighbour = _neighbour(question, match.start()) if asked_before else Neighbour.ITSELF
            yield match.start(), match.end(), Reference(name, neighbour=neighbour)
        elif match["cue"] or len(question.split()) <= 4:
            yield match.start(), match.end(), Missing("cop", local)


def _neighbour(question: str, start: int) -> Neighbour:
    near = max(0, start - _NEAR)
    if _AFTER.search(question, near, start):
        return Neighbour.NEXT
    return Neighbour.PREVIOUS if _BEFORE.search(question, near, start) else Neighbour.ITSELF


def _sections(question: str, acts: _Acts) -> _Found:
    for match in _listed(_SECTION, question):
        local = f"s{_plain_number(match['number'])}"
        item = _resolve(acts, match.end(), local, _parts(match["parts"]), _WITH_SECTIONS)
        yield match.start(), match.end(), item


def _regulations(question: str, acts: _Acts) -> _Found:
    for match in _listed(_REGULATION, question):
        local = f"r{_plain_number(match['number'])}"
        item = _resolve(
            acts,
            match.end(),
            local,
            _parts(match["parts"]),
            ("sendregs2014", "pbregs2014", "recregs2017"),
        )
        yield match.start(), match.end(), item


def _listed(pattern: re.Pattern[str], question: str) -> Iterator[re.Match[str]]:
    """The matches of `pattern`, and the further numbers of a list: "ss.36, 37 and 42"."""
    for match in pattern.finditer(question):
        yield match
        further = _MORE.match(question, match.end())
        while further is not None:
            yield further
            further = _MORE.match(question, further.end())


def _schedules(question: str, acts: _Acts) -> _Found:
    for match in _SCHEDULE.finditer(question):
        local = f"sch{int(match['number'])}"
        first = f"{local}.p{int(match['paragraph'])}" if match["paragraph"] else local
        item = _resolve(acts, match.end(), first, _parts(match["parts"]), ("sendregs2014", "eqa2010", "pbregs2014"))
        if isinstance(item, Missing) and not match["paragraph"]:
            item = _resolve(acts, match.end(), f"{local}.p1", "", ("sendregs2014", "eqa2010", "pbregs2014"))
            if isinstance(item, Missing):
                item = Missing(item.source, local)
        yield match.start(), match.end(), item


def _others(question: str, acts: _Acts) -> _Found:
    for match in _INTRODUCTION.finditer(question):
        name = PassageId(f"cop:intro.{match['numeral'].lower()}")
        exists = name in load_catalogue()
        yield (
            match.start(),
            match.end(),
            Reference(name) if exists else Missing("cop", f"intro.{match['numeral'].lower()}"),
        )
    for match in _ANNEX.finditer(question):
        yield match.start(), match.end(), Reference(PassageId(f"cop:annex{match['number']}"))
    for match in _TIMESCALES.finditer(question):
        yield match.start(), match.end(), Reference(PassageId("cop:figure.timescales"))


def _resolve(acts: _Acts, end: int, local: str, parts: str, default: Sequence[str]) -> Reference | Missing:
    """The provision `local` of the Act named near `end`, or else of the first default that has it."""
    named = _act_near(acts, end)
    kinds = {source[:2] for source in default}
    sources = [named] if named and _holds_kind(named, local) else list(default)
    if named and not _holds_kind(named, local) and "cf" not in kinds:
        sources = list(default)
    found = [name for source in sources if (name := PassageId(f"{source}:{local}")) in load_catalogue()]
    return Reference(found[0], parts, others=tuple(found[1:])) if found else Missing(sources[0], local)


def _holds_kind(source: str, local: str) -> bool:
    """Whether an Act is asked for a section, Regulations for a regulation."""
    regulations = "regs" in source
    return local.startswith("sch") or (local.startswith("r") if regulations else local.startswith("s"))


def _act_near(acts: _Acts, end: int) -> str | None:
    """The Act that is named after the reference, else the nearest before it."""
    place = bisect_left(acts, end, key=lambda act: act[0])
    if place < len(acts) and acts[place][0] - end < _SOON:
        return acts[place][2]
    before = next((act for act in acts[max(0, place - 2) : place][::-1] if act[1] <= end), None)
    return before[2] if before else None


def _plain_number(written: str) -> str:
    """ "036a" as "36A"."""
    return written.upper().lstrip("0") or "0"


def _parts(text: str) -> str:
    return "".join(text.split())

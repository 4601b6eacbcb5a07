"""What each part of the search is worth: the ranking by it alone, and by all the others without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.fusion import sum_of_shares
from assistant.library import Library
from assistant.references import find_references
from assistant.retrieve import DEPTH, KEPT, _by_passage, _dense_scores, _lend, _named, search_text
from corpus.passage import PassageId
from eval.measures import bootstrap, paired_difference, score_rankings
from eval.questions import Question
from eval.run import judged
from ingest.fields import Field
from ingest.units import UnitKind

Scores = NDArray[np.float32]
MEASURES = ("hit@1", "hit@5", "recall@10", "nDCG@10")


class Part(StrEnum):
    """One part of the search that can be used alone or left out."""

    DENSE_TEXT = "vectors of the official text"
    DENSE_GIST = "vectors of our summaries"
    DENSE_QUESTION = "vectors of our questions"
    SECOND_QUESTION = "second nearest of our questions"
    WORDS_QUESTION = "words of our questions"
    WORDS_ANSWERED = "words of our questions and answers"
    WORDS_ALL = "words of official text and annotation"
    LETTERS_QUESTION = "spelling of our questions"
    LETTERS_ALL = "spelling of official text and annotation"
    LINKS = "links between the Code and the law"
    REFERENCES = "exact references first"


_DENSE = {
    UnitKind.TEXT: Part.DENSE_TEXT,
    UnitKind.GIST: Part.DENSE_GIST,
    UnitKind.QUESTION: Part.DENSE_QUESTION,
}
_WORDS = {
    Field.QUESTION: Part.WORDS_QUESTION,
    Field.ANSWERED: Part.WORDS_ANSWERED,
    Field.ALL: Part.WORDS_ALL,
}
_LETTERS = {Field.QUESTION: Part.LETTERS_QUESTION, Field.ALL: Part.LETTERS_ALL}
_SCORING = frozenset(Part) - {Part.LINKS, Part.REFERENCES}
_OURS = _SCORING - {Part.WORDS_ALL, Part.LETTERS_ALL, Part.DENSE_TEXT}
"""What is made from the annotations alone."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A search made of some of the parts."""

    name: str
    parts: frozenset[Part]


@dataclass(frozen=True, slots=True)
class Signals:
    """What the parts say of one question, before they are fused."""

    scores: Mapping[Part, Scores]
    """Of each passage, in reading order."""
    named: tuple[PassageId, ...]
    """The passages that the question names."""


Ranker = Callable[[Signals], list[PassageId]]


def variants() -> list[Variant]:
    """All parts together, each left out, each alone, and the annotations as a whole alone and left out."""
    everything = frozenset(Part)
    found = [Variant("everything", everything)]
    found += [Variant(f"without {part}", everything - {part}) for part in Part]
    found.append(Variant("without any vectors", everything - {*_DENSE.values(), Part.SECOND_QUESTION}))
    found.append(Variant("without words and spelling", everything - {*_WORDS.values(), *_LETTERS.values()}))
    found.append(Variant("without the parts made of our annotations alone", everything - _OURS - {Part.LINKS}))
    found += [Variant(f"only {part}", frozenset({part})) for part in Part if part in _SCORING]
    return found


def read_signals(question: Question, vector: NDArray[np.float32], library: Library) -> Signals:
    """Every part's scores of every passage for one question."""
    text = search_text(question.question, library)
    by_kind, second = _dense_scores(library.nearest(vector, DEPTH), library)
    scores: dict[Part, Scores] = {_DENSE[kind]: found for kind, found in by_kind.items()}
    scores[Part.SECOND_QUESTION] = second
    for field, (words, places) in library.words.items():
        scores[_WORDS[field]] = _by_passage(words.scores(text), places, library)
    for field, (letters, places) in library.letters.items():
        scores[_LETTERS[field]] = _by_passage(letters.scores(text), places, library)
    references, _ = find_references(question.question)
    named = [name for reference in references if (name := _named(reference, library))]
    return Signals(scores, tuple(dict.fromkeys(named)))


def make_ranker(variant: Variant, library: Library) -> Ranker:
    """The search that `variant` describes; with all parts it is the assistant's own."""

    def rank(signals: Signals) -> list[PassageId]:
        used = [scores for part, scores in signals.scores.items() if part in variant.parts]
        dense = [signals.scores[part] for part in _DENSE.values() if part in variant.parts]
        if dense:
            used.append(np.mean(dense, axis=0, dtype=np.float32))
        fused = sum_of_shares(used)
        if Part.LINKS in variant.parts:
            fused = _lend(fused, library)
        ranking = [library.order[place] for place in np.argsort(-fused, kind="stable")[:KEPT]]
        named = signals.named if Part.REFERENCES in variant.parts else ()
        return list(dict.fromkeys([*named, *ranking]))[:10]

    return rank


def ablate(questions: Sequence[Question], library: Library) -> dict[str, Any]:
    """Each variant's measures with intervals, and how far it falls behind everything on the same questions."""
    asked = judged(questions)
    vectors = library.embed_many(search_text(question.question, library) for question in asked)
    signals = {q.id: read_signals(q, vector, library) for q, vector in zip(asked, vectors, strict=True)}
    scores = {}
    for variant in variants():
        rank = make_ranker(variant, library)
        scores[variant.name] = score_rankings(asked, {name: rank(found) for name, found in signals.items()})
    everything = scores["everything"]
    return {
        "questions": len(asked),
        "variants": [
            {
                "name": name,
                **{measure: asdict(bootstrap(list(found[measure].values()))) for measure in MEASURES},
                "change of nDCG@10": asdict(paired_difference(found["nDCG@10"], everything["nDCG@10"])),
            }
            for name, found in scores.items()
        ],
    }


def table(study: Mapping[str, Any]) -> str:
    """The study in Markdown."""
    lines = [
        "| search | " + " | ".join(MEASURES) + " | change of nDCG@10 |",
        "|---" * (len(MEASURES) + 2) + "|",
    ]
    for row in study["variants"]:
        change = row["change of nDCG@10"]
        cells = [f"{row[name]['mean']:.3f}" for name in MEASURES]
        cells.append(f"{change['mean']:+.3f} ({change['low']:+.3f} to {change['high']:+.3f})")
        lines.append(f"| {row['name']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)

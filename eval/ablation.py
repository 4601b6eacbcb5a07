"""What each part of the search is worth: the ranking by it alone, and by all the others without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.library import Library
from assistant.references import find_references
from assistant.retrieve import DEPTH, KEPT, named_passage, search_text
from assistant.signals import DENSE, LETTERS, WORDS, Scores, Signal, Wording, fuse, lend, read_signals
from corpus.passage import PassageId
from eval.measures import bootstrap, paired_difference, score_rankings
from eval.questions import Question
from eval.run import judged

MEASURES = ("hit@1", "hit@5", "recall@10", "nDCG@10")


class Extra(StrEnum):
    """What is added to the fused signals."""

    LINKS = "links between the Code and the law"
    REFERENCES = "exact references first"


Part = Signal | Extra
"""One part of the search that can be used alone or left out."""
PARTS: frozenset[Part] = frozenset([*Signal, *Extra])
_OURS: frozenset[Part] = frozenset(Signal) - {Signal.WORDS_ALL, Signal.LETTERS_ALL, Signal.DENSE_TEXT}
"""What is made from the annotations alone."""
_MEANING: frozenset[Part] = frozenset([*DENSE.values(), Signal.SECOND_QUESTION])
_WORDING: frozenset[Part] = frozenset([*WORDS.values(), *LETTERS.values()])


@dataclass(frozen=True, slots=True)
class Variant:
    """A search made of some of the parts."""

    name: str
    parts: frozenset[Part]


@dataclass(frozen=True, slots=True)
class Read:
    """What the parts say of one question, before they are fused."""

    signals: Mapping[Signal, Scores]
    named: tuple[PassageId, ...]
    """The passages that the question names."""


Ranker = Callable[[Read], list[PassageId]]


def variants() -> list[Variant]:
    """All parts together, each left out, each alone, and the annotations as a whole alone and left out."""
    found = [Variant("everything", PARTS)]
    found += [Variant(f"without {part}", PARTS - {part}) for part in (*Signal, *Extra)]
    found.append(Variant("without any vectors", PARTS - _MEANING))
    found.append(Variant("without words and spelling", PARTS - _WORDING))
    found.append(Variant("without the parts made of our annotations alone", PARTS - _OURS - {Extra.LINKS}))
    found += [Variant(f"only {signal}", frozenset([signal])) for signal in Signal]
    return found


def read(question: Question, vector: NDArray[np.float32], library: Library) -> Read:
    """Every part's scores of every passage for one question."""
    wording = Wording.of(search_text(question.question, library), library)
    references, _ = find_references(question.question)
    named = [name for reference in references if (name := named_passage(reference, library))]
    signals = read_signals(library.nearest(vector, DEPTH), wording, library)
    return Read(signals, tuple(dict.fromkeys(named)))


def make_ranker(variant: Variant, library: Library) -> Ranker:
    """The search that `variant` describes; with all parts it is the assistant's own."""

    def rank(found: Read) -> list[PassageId]:
        fused = fuse({name: scores for name, scores in found.signals.items() if name in variant.parts})
        if Extra.LINKS in variant.parts:
            fused = lend(fused, library)
        ranking = [library.order[place] for place in np.argsort(-fused, kind="stable")[:KEPT]]
        named = found.named if Extra.REFERENCES in variant.parts else ()
        return list(dict.fromkeys([*named, *ranking]))[:10]

    return rank


def ablate(questions: Sequence[Question], library: Library) -> dict[str, Any]:
    """Each variant's measures with intervals, and how far it falls behind everything on the same questions."""
    asked = judged(questions)
    vectors = library.embed_many(search_text(question.question, library) for question in asked)
    found = {q.id: read(q, vector, library) for q, vector in zip(asked, vectors, strict=True)}
    scores = {}
    for variant in variants():
        rank = make_ranker(variant, library)
        scores[variant.name] = score_rankings(asked, {name: rank(one) for name, one in found.items()})
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

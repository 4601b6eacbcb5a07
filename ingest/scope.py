"""What belongs here: a model trained on questions of every kind whenever the index is built.

Two layers of logistic regression. The first reads the question (its vector, and its words weighed by rarity) and
gives the probability of each kind. The second adds how near the index and the questions of `corpus/scope` come to the
question, and gives the probability that the sources don't answer it. The second learns from what the first says of
questions that it hasn't seen, and from the index and the questions without each one's own, so that nothing is trusted
too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.passage import PassageId
from corpus.scope import Scope
from ingest.adaptation import is_held_out
from ingest.errors import IndexMissing
from ingest.units import UnitKind

_FILE = "scope.npz"
_STRENGTH = 3.0  # inverse of the regularisation; these four were chosen on the dev questions
_WORDS = 1.0  # how much words weigh beside the vector
_HARD = 3.0  # written to be hard, and as people ask: such a question counts for more than one of ours
_OURS = 0.6
_BUCKETS = 2**14
_FOLDS = 3
_ROUNDS = 100
_REFUSED = (Scope.NOT_COVERED, Scope.OUT_OF_SCOPE)
_TOLD_APART = (Scope.ANSWERABLE, *_REFUSED)
_AROUND = 5

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near the index comes to a question: cosine similarities of the nearest units of each kind."""

    question: float
    questions: float
    """The mean of the five nearest questions."""
    gist: float
    text: float

    @classmethod
    def of(cls, units: Iterable[tuple[UnitKind, float]]) -> Nearness:
        """From the units near a question, nearest first."""
        by_kind: dict[UnitKind, list[float]] = {kind: [] for kind in UnitKind}
        for kind, similarity in units:
            by_kind[kind].append(similarity)
        questions = by_kind[UnitKind.QUESTION][:5]
        best = [max(by_kind[kind], default=0.0) for kind in (UnitKind.GIST, UnitKind.TEXT)]
        return cls(max(questions, default=0.0), float(np.mean(questions)) if questions else 0.0, *best)

    def features(self) -> list[float]:
        """As the second layer reads them."""
        return [self.question, self.questions, self.gist, self.text]


@dataclass(frozen=True, slots=True)
class Example:
    """A question whose kind is known."""

    text: str
    kind: Scope
    passage: PassageId | None = None
    """The passage that it is a question of, where it is one of ours."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The questions of `corpus/scope` by their vectors: a question is likely of the kind of those beside it."""

    vectors: Vector
    kinds: NDArray[np.int64]
    """Of each the place of its kind among `_TOLD_APART`; -1 for any other."""

    @classmethod
    def of(cls, examples: Sequence[Example], vectors: Vector) -> Neighbours:
        """From examples whose vectors are given."""
        kinds = [_TOLD_APART.index(example.kind) if example.kind in _TOLD_APART else -1 for example in examples]
        return cls(vectors, np.array(kinds, dtype=np.int64))

    def features(self, vector: Vector, own: int | None = None) -> list[float]:
        """Of each kind the nearest one and the mean of the five nearest, by cosine similarity; not counting `own`."""
        likeness = self.vectors @ vector
        if own is not None:
            likeness[own] = -1.0
        rows = []
        for kind in range(len(_TOLD_APART)):
            nearest = np.sort(likeness[self.kinds == kind])[::-1][:_AROUND]
            rows += [float(nearest[0]), float(nearest.mean())] if len(nearest) else [0.0, 0.0]
        return rows


class ScopeModel:
    """Tells questions that the sources answer from others."""

    def __init__(
        self, kinds: tuple[Scope, ...], first: Vector, second: Vector, rarity: Vector, neighbours: Neighbours
    ) -> None:
        """One row of `first` for each of `kinds`, its last column the constant; so too `second`."""
        self.kinds = kinds
        self._first, self._second, self._rarity = first, second, rarity
        self._neighbours = neighbours

    @classmethod
    def train(
        cls, examples: Sequence[Example], vectors: Vector, units: Vector, owners: Sequence[tuple[PassageId, UnitKind]]
    ) -> ScopeModel:
        """Learn from `examples` and their `vectors`, over an index of `units` with their passages and kinds."""
        from sklearn.linear_model import LogisticRegression

        kinds = tuple(Scope)
        counts = _word_counts([example.text for example in examples])
        seen = np.asarray((counts > 0).sum(axis=0)).ravel()
        rarity = (np.log((1 + counts.shape[0]) / (1 + seen)) + 1).astype(np.float32)
        read = _features(vectors, counts, rarity)
        labels = np.array([kinds.index(example.kind) for example in examples])
        weights = np.array([_weight(example) for example in examples])

        def fit(rows: Any) -> Any:
            model = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS, tol=1e-3)
            return model.fit(read[rows], labels[rows], sample_weight=weights[rows])

        unseen = np.zeros((len(examples), len(kinds)))
        fold = np.random.default_rng(0).permutation(len(examples)) % _FOLDS
        for number in range(_FOLDS):
            unseen[fold == number] = fit(np.flatnonzero(fold != number)).predict_proba(read[fold == number])
        whole = fit(np.arange(len(examples)))
        written = [place for place, example in enumerate(examples) if example.passage is None]
        neighbours = Neighbours.of([examples[place] for place in written], vectors[written])
        own = {place: row for row, place in enumerate(written)}
        beside = np.array([neighbours.features(vector, own.get(place)) for place, vector in enumerate(vectors)])
        nearness = _nearness_without_own(examples, vectors, units, owners)
        decided = [place for place, example in enumerate(examples) if _shows_nearness(example)]
        second = LogisticRegression(max_iter=500).fit(
            np.hstack([_logs(unseen), nearness, beside])[decided],
            np.isin(labels, [kinds.index(kind) for kind in _REFUSED])[decided],
        )
        return cls(kinds, _rows(whole), _rows(second), rarity, neighbours)

    def probabilities(self, question: str, vector: Vector) -> dict[Scope, float]:
        """How likely each kind is, from the question alone."""
        counts = _word_counts([question])
        read = _features(vector.reshape(1, -1), counts, self._rarity)
        scores = (read @ self._first[:, :-1].T).ravel() + self._first[:, -1]
        shares = np.exp(scores - scores.max())
        return {kind: float(share) for kind, share in zip(self.kinds, shares / shares.sum(), strict=True)}

    def unanswered(self, probabilities: Mapping[Scope, float], nearness: Nearness, vector: Vector) -> float:
        """The probability that the sources don't answer it, from what it says and what lies near its `vector`."""
        logs = _logs(np.array([[probabilities[kind] for kind in self.kinds]]))
        row = np.hstack([logs.ravel(), nearness.features(), self._neighbours.features(vector), [1.0]])
        return float(1 / (1 + np.exp(-(self._second @ row)[0])))

    def save(self, folder: Path) -> None:
        """Write the model into an index folder."""
        names = np.array([kind.value for kind in self.kinds])
        np.savez_compressed(
            folder / _FILE,
            kinds=names,
            first=self._first,
            second=self._second,
            rarity=self._rarity,
            vectors=self._neighbours.vectors.astype(np.float16),
            vector_kinds=self._neighbours.kinds,
        )

    @classmethod
    def load(cls, folder: Path) -> ScopeModel:
        """Read what `save` wrote; raises IndexMissing where it can't be read."""
        try:
            with np.load(folder / _FILE, allow_pickle=False) as kept:
                kinds = tuple(Scope(str(name)) for name in kept["kinds"])
                neighbours = Neighbours(kept["vectors"].astype(np.float32), kept["vector_kinds"])
                return cls(kinds, kept["first"], kept["second"], kept["rarity"], neighbours)
        except (OSError, ValueError, KeyError) as error:
            raise IndexMissing(f"The scope model can't be read ({error}). Run `python -m ingest --rebuild`.") from error


def _shows_nearness(example: Example) -> bool:
    """Whether `example` lies to the index as a question that nobody has seen; the embedder has learnt most of ours."""
    if example.kind is Scope.ANSWERABLE:
        return example.passage is None or is_held_out(example.text)
    return example.kind in _REFUSED


def _weight(example: Example) -> float:
    if example.kind is not Scope.ANSWERABLE:
        return 1.0
    return _OURS if example.passage else _HARD


def _nearness_without_own(
    examples: Sequence[Example], vectors: Vector, units: Vector, owners: Sequence[tuple[PassageId, UnitKind]]
) -> NDArray[np.float64]:
    """How near the rest of the index comes to each example: a question of ours would else find itself."""
    passages = np.array([passage for passage, _ in owners])
    of_kind = {kind: np.array([own is kind for _, own in owners]) for kind in UnitKind}
    rows = []
    for example, vector in zip(examples, vectors, strict=True):
        similarity = units @ vector
        if example.passage:
            similarity[passages == example.passage] = -1.0
        near = [(kind, np.sort(similarity[of_kind[kind]])[::-1][:5]) for kind in UnitKind]
        rows.append(Nearness.of((kind, float(score)) for kind, scores in near for score in scores).features())
    return np.array(rows)


def _word_counts(texts: list[str]) -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        ngram_range=(1, 2),
        n_features=_BUCKETS,
        norm=None,
        alternate_sign=False,
        token_pattern=r"\b\w+\b",  # noqa: S106  # no password
    )
    return hashing.transform(texts)


def _features(vectors: Vector, counts: Any, rarity: Vector) -> Any:
    import scipy.sparse
    from sklearn.preprocessing import normalize

    damped = counts.copy()
    damped.data = 1 + np.log(damped.data)
    words = normalize(scipy.sparse.csr_matrix(damped.multiply(rarity)), copy=False)
    return scipy.sparse.hstack([scipy.sparse.csr_matrix(vectors), _WORDS * words]).tocsr()


def _logs(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.clip(probabilities, 1e-4, 1.0))


def _rows(model: Any) -> Vector:
    return np.hstack([model.coef_, model.intercept_.reshape(-1, 1)]).astype(np.float32)

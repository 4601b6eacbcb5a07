"""Train the adaptation of the packaged embedder: `python -m ingest.adapt`.

Each step draws questions of our annotations, and for each a text of the same passage (another question, the summary,
an answer, a stretch of the official text). Of all the texts drawn, a question's own is to be the nearest. One
question in five is left out: on these each round is measured, and the scope model learns from how they are found.
The official texts come from the current index. A run takes about half an hour on two cores.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import Dropout, Linear, Module, Parameter
from torch.nn.functional import cross_entropy, linear, normalize

from corpus.annotation import Annotation, read_annotations
from corpus.passage import Passage, PassageId, read_passages
from corpus.settings import settings
from ingest.adaptation import FILE, RANK, SCALE, adapted_layers, is_held_out
from ingest.embedder import PACKAGED, Embedder

_BATCH = 80
_STEPS = 280
_RATE = 1e-3
_WARM_UP = 10
_SHARPNESS = 20.0  # what cosine similarities are multiplied by, as in sentence-transformers
_DROPOUT = 0.05
_MOST_TOKENS = 72
_STRETCH = 60  # words of official text
_STRETCHES = 4  # from the start of a passage: what it is about stands there
_TOGETHER = 16  # texts of like length that go through the model at once
_SHARES = {"question": 0.45, "gist": 0.2, "answer": 0.15, "text": 0.2}
_MEASURED_EVERY = 140


@dataclass(frozen=True, slots=True)
class Subject:
    """The texts of one passage."""

    id: PassageId
    questions: tuple[str, ...]
    texts: Mapping[str, tuple[str, ...]]
    """By where they come from, as in `_SHARES`."""


class Widened(Module):
    """A linear layer with a low-rank addition that can be trained."""

    def __init__(self, layer: Linear) -> None:
        """The addition is nothing at first."""
        super().__init__()
        self.layer = layer
        self.down = Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.up = Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """The layer's output with the addition's."""
        out: torch.Tensor = self.layer(values)
        return out + SCALE * linear(linear(values, self.down), self.up)


class Trainee:
    """The packaged embedder with additions that can be trained."""

    def __init__(self) -> None:
        transformer: Any = Embedder(PACKAGED).model._model
        self.tokenizer = transformer.tokenizer
        self.encoder = transformer[0].auto_model
        for weight in self.encoder.parameters():
            weight.requires_grad_(False)
        self.layers: dict[str, Widened] = {}
        for name, layer in adapted_layers(self.encoder).items():
            self.layers[name] = Widened(layer)
            parent, _, own = name.rpartition(".")
            setattr(self.encoder.get_submodule(parent), own, self.layers[name])
        for part in self.encoder.modules():
            if isinstance(part, Dropout):
                part.p = _DROPOUT

    def weights(self) -> list[Parameter]:
        """What is trained."""
        return [weight for layer in self.layers.values() for weight in (layer.down, layer.up)]

    def embed(self, texts: Sequence[str]) -> torch.Tensor:
        """The vectors of `texts`, of length 1."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = [self._embed([texts[p] for p in order[at : at + _TOGETHER]]) for at in range(0, len(order), _TOGETHER)]
        return torch.cat(parts)[torch.tensor(np.argsort(order))]

    def _embed(self, texts: list[str]) -> torch.Tensor:
        read = self.tokenizer(texts, padding=True, truncation=True, max_length=_MOST_TOKENS, return_tensors="pt")
        state = self.encoder(**read).last_hidden_state
        counts = read["attention_mask"].unsqueeze(-1).float()
        return normalize((state * counts).sum(1) / counts.sum(1), dim=1)

    def save(self) -> None:
        """Write the additions where `ingest.adaptation` reads them."""
        from safetensors.torch import save_file

        kept = {}
        for name, layer in self.layers.items():
            kept[f"{name}.down"] = layer.down.detach().half().contiguous()
            kept[f"{name}.up"] = layer.up.detach().half().contiguous()
        save_file(kept, FILE)


def read_subjects(passages: Mapping[PassageId, Passage], annotations: Mapping[PassageId, Annotation]) -> list[Subject]:
    """What can be drawn; questions that are held out are in none of it."""
    subjects = []
    for annotation in annotations.values():
        learnt = [qa for qa in annotation.qa if not is_held_out(qa.q)]
        questions = tuple(qa.q for qa in learnt)
        words = (passages[annotation.id].text or annotation.gist).split()
        starts = range(0, max(1, len(words)), _STRETCH)[:_STRETCHES]
        texts = {
            "question": questions,
            "gist": (annotation.gist,),
            "answer": tuple(qa.a for qa in learnt) or (annotation.gist,),
            "text": tuple(" ".join(words[start : start + _STRETCH]) for start in starts),
        }
        subjects.append(Subject(annotation.id, questions, texts))
    return subjects


def draw(subjects: Sequence[Subject], dice: random.Random) -> Iterator[list[tuple[PassageId, str, str]]]:
    """Batches without end of (passage, question, a text of the same passage)."""
    asked = [(subject, question) for subject in subjects for question in subject.questions]
    while True:
        dice.shuffle(asked)
        for start in range(0, len(asked) - _BATCH + 1, _BATCH):
            yield [(s.id, q, _other(s, q, dice)) for s, q in asked[start : start + _BATCH]]


def _other(subject: Subject, question: str, dice: random.Random) -> str:
    kind = dice.choices(list(_SHARES), list(_SHARES.values()))[0]
    others = [text for text in subject.texts[kind] if text != question] or [subject.texts["gist"][0]]
    return dice.choice(others)


def loss_of(trainee: Trainee, batch: Sequence[tuple[PassageId, str, str]]) -> torch.Tensor:
    """How far the questions are from having their own texts nearest, and the texts their own questions."""
    questions = trainee.embed([question for _, question, _ in batch])
    texts = trainee.embed([text for *_, text in batch])
    names = [name for name, *_ in batch]
    twins = torch.tensor([[i != j and a == b for j, b in enumerate(names)] for i, a in enumerate(names)])
    scores = (_SHARPNESS * questions @ texts.T).masked_fill(twins, -1e4)
    right = torch.arange(len(batch))
    return (cross_entropy(scores, right) + cross_entropy(scores.T, right)) / 2


def measure(trainee: Trainee, subjects: Sequence[Subject], held_out: Sequence[tuple[PassageId, str]]) -> float:
    """MRR@10 of the passage of each held-out question, by its nearest question, summary or stretch of text."""
    shown = [(s.id, text) for s in subjects for kind in ("question", "gist", "text") for text in s.texts[kind]]
    trainee.encoder.eval()
    with torch.no_grad():
        vectors = trainee.embed([text for _, text in shown])
        scores = (trainee.embed([question for _, question in held_out]) @ vectors.T).numpy()
    trainee.encoder.train()
    total = 0.0
    for (name, _), row in zip(held_out, scores, strict=True):
        ranking = dict.fromkeys(shown[place][0] for place in np.argsort(-row)[:200])
        rank = next((at for at, passage in enumerate(ranking, 1) if passage == name), math.inf)
        total += 1 / rank if rank <= 10 else 0.0
    return total / len(held_out)


def train(steps: int, seed: int = 0) -> None:
    """Train for `steps` steps and keep what came of it."""
    torch.manual_seed(seed)
    folder = settings().current_index
    if folder is None:
        raise SystemExit("There is no index to take the official texts from. Run `python -m ingest` first.")
    annotations = read_annotations(folder / "annotations.jsonl")
    subjects = read_subjects({p.id: p for p in read_passages(folder / "passages.jsonl")}, annotations)
    held_out = [(note.id, qa.q) for note in annotations.values() for qa in note.qa if is_held_out(qa.q)]
    trainee = Trainee()
    print(f"MRR@10 of {len(held_out)} held-out questions before: {measure(trainee, subjects, held_out):.3f}")
    optimizer = torch.optim.AdamW(trainee.weights(), lr=_RATE, weight_decay=0.01)
    trainee.encoder.train()
    for step, batch in zip(range(1, steps + 1), draw(subjects, random.Random(seed)), strict=False):  # noqa: S311
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, step / _WARM_UP) * max(0.05, 1 - step / steps)
        loss = loss_of(trainee, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trainee.weights(), 1.0)
        optimizer.step()
        if step % 10 == 0:
            print(f"step {step} of {steps}: loss {loss.item():.3f}", flush=True)
        if step % _MEASURED_EVERY == 0 or step == steps:
            trainee.save()
            print(f"MRR@10 after {step} steps: {measure(trainee, subjects, held_out):.3f}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m ingest.adapt", description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=_STEPS, metavar="N")
    train(parser.parse_args(arguments).steps)
    return 0


if __name__ == "__main__":
    sys.exit(main())

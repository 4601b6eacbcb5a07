"""The search taken apart, and put together again."""

from __future__ import annotations

from assistant.library import Library
from assistant.retrieve import search_text
from eval.ablation import PARTS, Extra, Variant, ablate, make_ranker, read, variants
from eval.questions import Split, load_questions
from eval.run import judged
from eval.systems import OURS, Systems


def test_all_parts_together_are_the_assistants_own_search(library: Library) -> None:
    asked = judged(load_questions(Split.DEV))[::12]
    vectors = library.embed_many([search_text(question.question, library) for question in asked])
    ours = Systems(library).by_name()[OURS]
    rank = make_ranker(Variant("everything", PARTS), library)
    for question, vector in zip(asked, vectors, strict=True):
        assert rank(read(question, vector, library)) == ours(question, vector)


def test_every_part_is_left_out_once_and_every_score_used_alone_once() -> None:
    found = variants()
    assert len({variant.name for variant in found}) == len(found)
    for part in PARTS:
        assert [v.name for v in found if v.parts == PARTS - {part}] == [f"without {part}"]
    alone = [next(iter(v.parts)) for v in found if len(v.parts) == 1]
    assert sorted(alone) == sorted(PARTS - set(Extra))


def test_a_variant_is_measured_on_the_same_questions_as_everything(library: Library) -> None:
    study = ablate(load_questions(Split.DEV)[:6], library)
    first = study["variants"][0]
    assert first["name"] == "everything"
    assert first["change of nDCG@10"]["mean"] == 0
    for row in study["variants"]:
        change = row["nDCG@10"]["mean"] - first["nDCG@10"]["mean"]
        assert abs(row["change of nDCG@10"]["mean"] - change) < 1e-9
        assert row["nDCG@10"]["count"] == study["questions"]

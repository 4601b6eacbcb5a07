from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from assistant.library import Library
from corpus.annotation import load_annotations
from corpus.catalogue import bare_passage, load_catalogue
from corpus.check import base_id
from corpus.passage import PassageId, reading_order
from corpus.sources import load_sources

CATALOGUE = load_catalogue()


def test_every_id_begins_with_a_source() -> None:
    assert {name.split(":")[0] for name in CATALOGUE} == set(load_sources())


def test_ids_of_a_source_stand_together_in_reading_order() -> None:
    runs = [(source, list(names)) for source, names in groupby(CATALOGUE, key=lambda name: name.split(":")[0])]
    assert len(runs) == len({source for source, _ in runs})
    for source, names in runs:
        if source != "cop":
            assert names == sorted(names, key=reading_order)
    code = [name for name in CATALOGUE if name.startswith("cop:") and name[4].isdigit()]
    assert code == sorted(code, key=reading_order)


def test_pages_of_the_code_only_go_forward() -> None:
    pages = [page for name, page in CATALOGUE.items() if name.startswith("cop:") and name[4].isdigit() and page]
    assert all(before <= after for before, after in pairwise(pages))


def test_only_the_code_has_pages() -> None:
    assert all((page is not None) == name.startswith("cop:") for name, page in CATALOGUE.items())


@pytest.mark.parametrize(
    ("name", "label", "ending"),
    [
        ("cop:9.14", "paragraph 9.14", "#page=145"),
        ("cfa2014:s36", "section 36", "/section/36"),
        ("sendregs2014:r5", "regulation 5", "/regulation/5"),
        ("sendregs2014:sch1.p4", "Schedule 1, paragraph 4", "/schedule/1/paragraph/4"),
    ],
)
def test_a_passage_without_its_text_says_what_it_is_and_where_to_read_it(name: str, label: str, ending: str) -> None:
    passage = bare_passage(PassageId(name))
    assert passage.text is None
    assert passage.label.endswith(label)
    assert passage.url.endswith(ending)


def test_every_passage_can_be_shown_without_its_text() -> None:
    for name in CATALOGUE:
        assert bare_passage(name).url.startswith("https://")


def test_every_passage_has_an_annotation_and_every_annotation_a_passage() -> None:
    assert set(load_annotations()) == set(CATALOGUE)


def test_every_provision_named_in_law_is_in_the_catalogue() -> None:
    assert {base_id(ref) for entry in load_annotations().values() for ref in entry.law} <= set(CATALOGUE)


def test_the_catalogue_lists_what_the_official_sources_hold(library: Library) -> None:
    assert set(library.passages) == set(CATALOGUE)

"""The stock pipeline, over a folder of three small documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from examples import passage

from eval.documents import cut_documents, documents_in
from eval.stock import PLAIN, TAGLESS, StockError, is_built, open_stock

APPEAL = "A parent may appeal to the tribunal if the authority refuses to assess the child at all this year."
REVIEW = "The authority must review the plan with the parents every twelve months and tell them what it decides."


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in (("appeal", APPEAL), ("review", REVIEW), ("other", "Snow is white and cold.")):
        body = f'<Law xmlns="x"><P id="{name}"><Text>{text}</Text></P></Law>'
        (folder / f"{name}.xml").write_text(body, encoding="utf-8")
    (folder / "notes.txt").write_text(APPEAL, encoding="utf-8")
    return folder


def test_the_stock_pipeline_is_credited_with_the_passages_that_its_chunks_show(documents: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    passages = {row.id: row for row in (passage("cop:1.1", APPEAL), passage("cop:1.2", REVIEW))}
    assert not is_built(documents, "packaged", home)
    pipelines, built = open_stock(documents, "packaged", home, passages)
    assert [pipeline.name for pipeline in pipelines] == [PLAIN, TAGLESS]
    assert built["chunks"] == {PLAIN: 3, TAGLESS: 3}
    for pipeline in pipelines:
        shown = pipeline.show("can I appeal to the tribunal when they refuse to assess?")
        assert shown.passages == ["cop:1.1", "cop:1.2"]
        assert shown.chunks == [["cop:1.1"], ["cop:1.2"], []]
        assert sum(shown.words) >= len(APPEAL.split()) + len(REVIEW.split())
        assert pipeline.creditable() == 1.0

    assert is_built(documents, "packaged", home)
    (place,) = (home / "stock").iterdir()
    before = (place / "built.json").stat().st_mtime_ns
    open_stock(documents, "packaged", home, passages)
    assert (place / "built.json").stat().st_mtime_ns == before  # the second run embedded nothing

    (documents / "appeal.xml").write_text("<Law><P>Changed.</P></Law>", encoding="utf-8")
    assert not is_built(documents, "packaged", home)


def test_the_chunks_carry_no_folder_of_this_machine(documents: Path) -> None:
    for node in cut_documents(documents, [".xml"]):
        assert str(documents) not in json.dumps(node.to_dict())


def test_markup_stays_where_it_is_not_taken_out(documents: Path) -> None:
    assert any("<Text>" in node.get_content() for node in cut_documents(documents, [".xml"]))
    assert not any("<" in node.get_content() for node in cut_documents(documents, [".xml"], tags=False))


def test_only_documents_that_the_assistant_reads_too_are_read(documents: Path) -> None:
    assert [path.name for path in documents_in(documents)] == ["appeal.xml", "other.xml", "review.xml"]


def test_a_folder_without_documents_is_said_so(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(StockError, match="ASK_THE_CODE_SOURCES"):
            open_stock(folder, "packaged", tmp_path / "home", {})

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.annotation import (
    QA,
    Annotation,
    AnnotationError,
    Duty,
    LawStatus,
    load_annotations,
    read_annotation_file,
    read_annotations,
    write_annotations,
)
from corpus.passage import Force, PassageId

ENTRY = """
- id: cop:9.1
  gist: "Hens are counted at dusk."
  qa:
    - {q: "when are hens counted?", a: "At dusk."}
"""

texts = st.text(min_size=10, max_size=60)
entries = st.builds(
    Annotation,
    id=st.from_regex(r"cop:[1-9]\.[0-9]{1,2}", fullmatch=True).map(PassageId),
    gist=texts,
    qa=st.lists(st.builds(QA, q=texts, a=texts), min_size=1, max_size=3).map(tuple),
    duties=st.lists(
        st.builds(Duty, who=texts, force=st.sampled_from(Force), what=texts, when=st.none() | texts), max_size=2
    ).map(tuple),
    status=st.sampled_from(LawStatus),
    note=st.none() | texts,
)


def written(folder: Path, text: str) -> Path:
    path = folder / "entries.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_needs_only_an_id_a_gist_and_one_question(tmp_path: Path) -> None:
    [entry] = read_annotation_file(written(tmp_path, ENTRY))
    assert entry.id == "cop:9.1"
    assert entry.qa[0].a == "At dusk."
    assert (entry.duties, entry.law, entry.status, entry.note) == ((), (), LawStatus.CURRENT, None)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (ENTRY.replace("gist:", "jist:"), "gist"),
        (ENTRY + "  mood: glad\n", "mood"),
        (ENTRY + "  status: stale\n", "status"),
        (ENTRY + "  duties: [{who: farmer, force: ought, what: count hens}]\n", "force"),
        (ENTRY.replace('- {q: "when are hens counted?", a: "At dusk."}', ""), "qa"),
        ("- just words\n", "entry 1"),
        ("- id: [", "not valid YAML"),
    ],
)
def test_a_faulty_entry_is_named_with_its_file_and_what_is_wrong(tmp_path: Path, text: str, hint: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(AnnotationError) as caught:
        list(read_annotation_file(path))
    assert str(path) in str(caught.value)
    assert hint in str(caught.value)


def test_an_entry_written_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(ENTRY, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(ENTRY, encoding="utf-8")
    with pytest.raises(AnnotationError, match=r"cop:9\.1 is annotated twice"):
        load_annotations(tmp_path)


def test_an_empty_file_has_no_entries(tmp_path: Path) -> None:
    assert list(read_annotation_file(written(tmp_path, "# nothing yet\n"))) == []


@given(st.lists(entries, max_size=4, unique_by=lambda entry: entry.id))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, found: list[Annotation]) -> None:
    path = tmp_path_factory.mktemp("index") / "annotations.jsonl"
    write_annotations(path, found)
    assert list(read_annotations(path).values()) == found

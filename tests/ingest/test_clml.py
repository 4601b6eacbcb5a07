from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from corpus.passage import Passage, reading_order
from corpus.sources import Source, load_sources
from ingest.clml import read_clml
from ingest.errors import SourceError

NAMESPACE = "{http://www.legislation.gov.uk/namespaces/legislation}"
CLML = [source for source in load_sources().values() if source.format == "clml"]
BODY = "ukpga-2010-15-body.xml"

Law = dict[str, Passage]


def files(mirror: Path, source: Source) -> list[Path]:
    return [mirror / name for name in source.mirror]


@pytest.fixture(scope="session")
def law(mirror: Path) -> Law:
    return {passage.id: passage for source in CLML for passage in read_clml(files(mirror, source), source)}


@pytest.fixture(scope="session")
def whole_body(mirror: Path) -> tuple[Element, list[Passage]]:
    """All of the Equality Act's body as the site serves it, also what is not otherwise read."""
    source = load_sources()["eqa2010"].model_copy(update={"provisions": ()})
    return ElementTree.parse(mirror / BODY).getroot(), read_clml([mirror / BODY], source)


def of(law: Law, source: str) -> list[str]:
    return [passage_id.partition(":")[2] for passage_id in law if passage_id.startswith(f"{source}:")]


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def raw_letters(provision: Element) -> str:
    """The letters and digits of a provision by the shortest way: all its text but its own number."""
    number = provision.find(f"{NAMESPACE}Pnumber")
    assert number is not None
    text = "".join(provision.itertext())
    return letters(text.replace("(none)", ""))[len(letters("".join(number.itertext()))) :]


def provisions(root: Element) -> Iterator[Element]:
    return (element for element in root.iter(f"{NAMESPACE}P1") if element.get("id"))


def is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(character in rest for character in part)


def test_every_section_of_part_3_is_read_in_order(law: Law) -> None:
    assert of(law, "cfa2014") == [f"s{number}" for number in range(19, 84)]


@pytest.mark.parametrize(
    ("source", "regulations", "schedules"),
    [
        (
            "sendregs2014",
            65,
            [*(f"sch1.p{n}" for n in range(1, 14)), *(f"sch2.p{n}" for n in range(1, 24)), "sch3"],
        ),
        ("pbregs2014", 16, ["sch1"]),
        ("recregs2017", 8, []),
    ],
)
def test_the_regulations_of_an_instrument_are_complete_and_in_order(
    law: Law, source: str, regulations: int, schedules: list[str]
) -> None:
    read = of(law, source)
    main = [local for local in read if local.startswith("r")]
    assert [local for local in main if local[-1].isdigit()] == [f"r{n}" for n in range(1, regulations + 1)]
    assert [local for local in read if local.startswith("sch")] == schedules


def test_exactly_the_listed_sections_of_the_education_act_are_read(law: Law) -> None:
    assert of(law, "ea1996") == list(load_sources()["ea1996"].provisions)


def test_a_source_in_several_documents_is_read_as_one(law: Law) -> None:
    read = of(law, "eqa2010")
    assert {"s6", "s13", "s19A", "s20", "s98", "s116", "s149", "sch10.p1", "sch13.p9"} <= set(read)
    assert not {"s1", "s12", "s22", "s83", "s99", "s150"} & set(read)


def test_provisions_come_in_the_order_in_which_they_are_printed(law: Law) -> None:
    for source in CLML:
        ids = [passage_id for passage_id in law if passage_id.startswith(f"{source.id}:")]
        assert ids == sorted(ids, key=reading_order)


def test_a_document_given_twice_yields_each_provision_once(mirror: Path) -> None:
    source = load_sources()["ca1989"]
    path = mirror / source.mirror[0]
    assert [passage.id for passage in read_clml([path, path], source)] == ["ca1989:s17"]


def test_no_letter_of_a_provision_is_lost_or_added(mirror: Path, law: Law) -> None:
    compared = 0
    for source in CLML:
        for path in files(mirror, source):
            for provision in provisions(ElementTree.parse(path).getroot()):
                name = re.sub(r"^(section-|regulation-)", lambda unit: unit[0][0], provision.get("id", ""))
                name = re.sub(r"schedule-(\w+)-paragraph-", r"sch\1.p", name)
                passage = law.get(f"{source.id}:{name}")
                if passage is None or passage.id == "eqa2010:s18":  # has lists whose numbers are not text
                    continue
                assert letters(passage.text or "") == raw_letters(provision), passage.id
                compared += 1
    assert compared == len(law) - 3  # and the two Schedules without paragraphs


def test_nothing_is_lost_from_the_whole_body_as_the_site_serves_it(
    whole_body: tuple[Element, list[Passage]],
) -> None:
    root, passages = whole_body
    wordings = {provision.get("id"): provision for provision in provisions(root)}
    assert len(passages) == len(wordings) > 220
    for passage in passages:
        provision = wordings[f"section-{passage.id.partition(':s')[2]}"]
        if provision.find(f".//{NAMESPACE}OrderedList") is None:
            assert letters(passage.text or "") == raw_letters(provision), passage.id
        else:  # the numbers of its items are not in the file
            assert is_subsequence(raw_letters(provision), letters(passage.text or "")), passage.id


def test_commentary_on_amendments_does_not_leak_into_the_text(
    whole_body: tuple[Element, list[Passage]],
) -> None:
    root, passages = whole_body
    text = "\n".join(passage.text or "" for passage in passages)
    notes = {" ".join("".join(note.itertext()).split())[:50] for note in root.iter(f"{NAMESPACE}Commentary")}
    assert len(notes) > 200
    assert [note for note in notes if note in text] == []


def test_anchors_stand_where_their_numbers_are_and_inside_their_parents(law: Law) -> None:
    checked = 0
    for passage in law.values():
        text = passage.text or ""
        places = {anchor.ref: anchor for anchor in passage.anchors}
        assert len(places) == len(passage.anchors), f"{passage.id} has a number twice"
        for ref, anchor in places.items():
            parent, _, number = ref[:-1].rpartition("(")
            part = text[anchor.start : anchor.end]
            assert part.startswith(f"({number})")
            assert part == part.strip()
            if parent:
                outer = places[parent]
                assert outer.start < anchor.start
                assert anchor.end <= outer.end
            checked += 1
    assert checked > 1500


def test_every_line_that_begins_with_a_subsection_number_has_its_anchor(law: Law) -> None:
    quoting = {"cfa2014:s50"}  # inserts a section into another Act
    for passage in law.values():
        if passage.id not in quoting:
            typed = re.findall(r"^\(\d+[A-Z]*\)", passage.text or "", re.MULTILINE)
            assert typed == [a.ref for a in passage.anchors if a.ref.count("(") == 1 and a.ref[1].isdigit()]


def test_a_part_is_its_whole_text_with_its_own_parts(law: Law) -> None:
    section = law["cfa2014:s36"]
    third, fifth = section.part("(3)"), section.part("(5)")
    assert third is not None and third.startswith("(3) When a request is made")
    assert fifth is not None and [line[:3] for line in fifth.split("\n")] == ["(5)", "(a)", "(b)"]
    assert section.part("(5)(a)") == fifth.split("\n")[1]


def test_parts_of_a_section_without_subsections_are_found(law: Law) -> None:
    importance = law["cfa2014:s19"].part("(d)")
    assert importance is not None and importance.startswith("(d) the need to support")


def test_words_after_the_paragraphs_stand_on_a_line_of_their_own(law: Law) -> None:
    fifth = law["sendregs2014:r5"].part("(1)") or ""
    assert fifth.split("\n")[-1].startswith("of its decision whether or not")


def test_a_number_without_words_shares_the_line_of_its_first_part(law: Law) -> None:
    form = law["sendregs2014:r12"]
    assert (form.part("(1)(h)") or "").startswith("(h) (i) any social care provision")
    assert (form.part("(1)(h)(i)") or "").startswith("(i) any social care provision")


def test_definitions_are_bullets(law: Law) -> None:
    assert "\n• “EHC plan” means" in (law["cfa2014:s83"].text or "")


def test_items_joined_in_a_text_copy_are_lines_again(law: Law) -> None:
    text = law["sendregs2014:r2"].text or ""
    assert "◦ relevant early years education to school;\n◦ infant school to junior school;" in text
    assert "school; or\n◦ secondary school to a post-16 institution;" in text
    assert "and\n◦ detained in relevant youth accommodation,\nand in provisions" in (law["cfa2014:s70"].text or "")


def test_no_words_are_left_joined(law: Law) -> None:
    joined = re.compile(r"[a-z]{2}[.;,][A-Za-z]{2}|—[A-Za-z]|^>|\(none\)", re.MULTILINE)
    assert {p.id: joined.findall(p.text or "") for p in law.values() if joined.search(p.text or "")} == {}


def test_tables_are_rows_whether_marked_up_or_typed(law: Law) -> None:
    assert "\nPart 6 (education) | Schedule 13\n" in (law["eqa2010:s20"].text or "")
    expenses = law["sendregs2014:r41"].text or ""
    assert "\nRepayment for loss of earnings | Loss of earnings up to £45.\n" in expenses
    assert "---" not in expenses


def test_additions_and_substitutions_read_as_the_current_text(law: Law) -> None:
    assert (law["eqa2010:s85"].part("(7)(ba)") or "").startswith("(ba) an alternative provision Academy")
    assert "on equivalent compulsory maternity leave." in (law["eqa2010:s18"].part("(3)") or "")
    assert law["eqa2010:s87"].anchors[0].ref == "(A1)"


def test_repealed_subsections_stay_as_dots(law: Law) -> None:
    assert re.fullmatch(r"\(7\)( \.)+", law["eqa2010:s13"].part("(7)") or "")


def test_a_list_numbers_its_items_as_the_site_prints_them(law: Law) -> None:
    assert "\n(a) which is of a substantially similar nature" in (law["eqa2010:s18"].text or "")


def test_words_for_another_act_are_quoted_and_give_no_anchors(
    whole_body: tuple[Element, list[Passage]],
) -> None:
    inserting = next(passage for passage in whole_body[1] if passage.id == "eqa2010:s202")
    assert "\n“(2A) Regulations under this section" in (inserting.text or "")
    assert inserting.part("(2A)") is None
    assert inserting.part("(2)") is not None


def test_a_section_is_cited_headed_and_linked(law: Law) -> None:
    section = law["eqa2010:s20"]
    assert section.label == "Equality Act 2010, section 20"
    assert section.headings == (
        "Part 2: Equality: key concepts",
        "Chapter 2: Prohibited conduct",
        "Adjustments for disabled persons",
        "Duty to make adjustments",
    )
    assert section.url == "https://www.legislation.gov.uk/ukpga/2010/15/section/20"
    assert (section.extent, section.valid_from) == ("E+W+S", "2010-10-01")


def test_a_schedule_paragraph_is_cited_headed_and_linked(law: Law) -> None:
    paragraph = law["sendregs2014:sch1.p4"]
    assert paragraph.label == "SEND Regulations 2014, Schedule 1, paragraph 4"
    assert paragraph.headings == ("Schedule 1: Information to be included in the SEN information report",)
    assert paragraph.url == "https://www.legislation.gov.uk/uksi/2014/1530/schedule/1/paragraph/4"
    assert paragraph.valid_from == "2018-04-03"


def test_a_provision_not_in_force_says_so(law: Law) -> None:
    assert "Prospective (not yet in force)" in law["eqa2010:s14"].headings
    assert law["eqa2010:s14"].valid_from is None
    assert [p.id for p in law.values() if p.valid_from is None] == ["eqa2010:s14"]


def test_a_schedule_without_paragraphs_is_one_passage(mirror: Path, law: Law) -> None:
    for passage_id, file in (("pbregs2014:sch1", "uksi-2014-1652"), ("sendregs2014:sch3", "uksi-2014-1530")):
        schedules = ElementTree.parse(mirror / f"{file}.xml").getroot().iter(f"{NAMESPACE}Schedule")
        body = list(schedules)[-1].find(f"{NAMESPACE}ScheduleBody")
        assert body is not None
        assert letters(law[passage_id].text or "") == letters("".join(body.itertext()))
    assert (law["pbregs2014:sch1"].part("(c)") or "").startswith("(c) a person who is released on licence")


def test_a_section_served_on_its_own_reads_as_in_the_whole(mirror: Path, tmp_path: Path, law: Law) -> None:
    root = ElementTree.parse(mirror / BODY).getroot()
    keep = next(group for group in root.iter(f"{NAMESPACE}P1group") if "Duty to make adjustments" in _title(group))
    _prune(root, keep)
    assert sum(1 for _ in provisions(root)) == 1
    path = tmp_path / "section-20.xml"
    ElementTree.ElementTree(root).write(path, encoding="utf-8")
    source = load_sources()["eqa2010"].model_copy(update={"provisions": ("s20",)})
    assert read_clml([path], source) == [law["eqa2010:s20"]]


def _title(group: Element) -> str:
    return group.findtext(f"{NAMESPACE}Title") or ""


def _prune(element: Element, keep: Element) -> bool:
    """Leave of a tree what leads to `keep`, with the titles and the metadata around it."""
    around = {f"{NAMESPACE}{name}" for name in ("Number", "Title", "Commentaries")}
    leads = False
    for child in list(element):
        if child is keep or _prune(child, keep):
            leads = True
        elif child.tag in {f"{NAMESPACE}{n}" for n in ("Part", "Chapter", "Pblock", "P1group", "P1")} - around:
            element.remove(child)
    return leads


def test_a_missing_section_is_named(mirror: Path) -> None:
    source = load_sources()["cfa2014"].model_copy(update={"provisions": ("s82-s85",)})
    with pytest.raises(SourceError, match=r"s84, s85 not found in ukpga-2014-6-part-3\.xml"):
        read_clml(files(mirror, source), source)


def test_another_act_is_refused(mirror: Path) -> None:
    source = load_sources()["cfa2014"]
    with pytest.raises(SourceError, match=r"belongs to .*ukpga/1989/41, not to Children and Families Act 2014"):
        read_clml([mirror / "ukpga-1989-41-section-17.xml"], source)

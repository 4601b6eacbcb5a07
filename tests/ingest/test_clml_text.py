from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.passage import Passage
from corpus.sources import Source, load_sources
from ingest.clml import read_clml
from ingest.clml_text import unglue, wording
from ingest.errors import SourceError

NAMESPACE = "http://www.legislation.gov.uk/namespaces/legislation"
ACT = "http://www.legislation.gov.uk/ukpga/1989/41"

words = st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=5).map(" ".join)


@st.composite
def parts(draw: st.DrawFn, level: int = 2) -> Element:
    """A numbered part P2 to P5 with words, parts of its own and, at times, words after them."""
    part = Element(f"P{level}")
    SubElement(part, "Pnumber").text = "?"
    para = SubElement(part, f"P{level}para")
    SubElement(para, "Text").text = draw(words)
    inner = draw(st.lists(parts(level + 1), max_size=3)) if level < 5 else []
    para.extend(inner)
    for number, child in enumerate(inner, 1):
        child[0].text = str(number)
    words_follow = draw(st.booleans())
    if inner and words_follow:
        SubElement(para, "Text").text = draw(words)
    return part


@st.composite
def provisions(draw: st.DrawFn) -> Element:
    provision = Element("P1")
    SubElement(provision, "Pnumber").text = "7"
    para = SubElement(provision, "P1para")
    para.extend(draw(st.lists(parts(), min_size=1, max_size=4)))
    for number, child in enumerate(para, 1):
        child[0].text = str(number)
    return provision


@given(provisions())
def test_no_word_of_a_nested_provision_is_lost(provision: Element) -> None:
    text, _ = wording(provision)
    expected = "".join(provision.itertext())[1:]
    assert "".join(c for c in text if c.isalnum()) == "".join(c for c in expected if c.isalnum())


@given(provisions())
def test_every_numbered_part_has_an_anchor_within_its_parent(provision: Element) -> None:
    text, anchors = wording(provision)
    places = {anchor.ref: anchor for anchor in anchors}
    assert len(places) == len(anchors) == len(list(provision.iter("Pnumber"))) - 1
    for ref, anchor in places.items():
        parent = places.get(ref.rpartition("(")[0])
        assert text[anchor.start : anchor.end].startswith("(" + ref.rpartition("(")[2])
        assert parent is None or (parent.start < anchor.start and anchor.end <= parent.end)
        assert ref.count("(") == 1 or parent is not None


@given(provisions())
def test_parts_side_by_side_do_not_overlap_and_follow_their_order(provision: Element) -> None:
    _, anchors = wording(provision)
    top = [anchor for anchor in anchors if anchor.ref.count("(") == 1]
    assert [anchor.ref for anchor in top] == [f"({number})" for number in range(1, len(top) + 1)]
    assert all(one.end < two.start for one, two in pairwise(top))


@given(st.text("ab—;,. orandbut"))
def test_ungluing_keeps_every_character_but_spaces(text: str) -> None:
    assert "".join("".join(unglue(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "to a person—other than a child—who is ordinarily resident",
        "a school, an ordinary academy; or an organ, order or orchard",
        "including—a single thing",
    ],
)
def test_ordinary_prose_is_not_broken(text: str) -> None:
    assert unglue(text) == [text]


def test_a_joined_list_is_broken_into_its_items() -> None:
    assert unglue("means—a school,an academy; ora college for schools,and in this Act a house") == [
        "means—",
        "a school,",
        "an academy; or",
        "a college for schools,",
        "and in this Act a house",
    ]


def section(inside: str, *, number: str = "17", attributes: str = "") -> str:
    return (
        f'<P1group {attributes}><Title>Services</Title><P1 id="section-{number}">'
        f"<Pnumber>{number}</Pnumber><P1para>{inside}</P1para></P1></P1group>"
    )


def document(body: str, *, schedules: str = "", start: str = 'RestrictStartDate="2020-01-01"') -> str:
    return (
        f'<Legislation xmlns="{NAMESPACE}" DocumentURI="{ACT}" {start}>'
        '<Metadata xmlns:dct="http://purl.org/dc/terms/"><dct:valid>2019-05-05</dct:valid></Metadata>'
        f"<Primary><Body>{body}</Body><Schedules>{schedules}</Schedules></Primary>"
        "<Commentaries><Commentary><Para><Text>Words inserted by an Act</Text></Para></Commentary>"
        "</Commentaries></Legislation>"
    )


@pytest.fixture
def act() -> Source:
    return load_sources()["ca1989"]


def read(tmp_path: Path, source: Source, *documents: str | bytes) -> list[Passage]:
    paths = []
    for position, content in enumerate(documents):
        paths.append(tmp_path / f"{position}.xml")
        paths[-1].write_bytes(content.encode() if isinstance(content, str) else content)
    return read_clml(paths, source)


def text_of(tmp_path: Path, source: Source, inside: str) -> str | None:
    return read(tmp_path, source, document(section(inside)))[0].text


def test_words_repealed_elsewhere_stay_and_words_repealed_in_england_are_dots(tmp_path: Path, act: Source) -> None:
    def repealed(attribute: str) -> str:
        words = f'<Repeal RetainText="true" {attribute}>in Wales</Repeal>'
        return text_of(tmp_path, act, f"<Text>A council {words} must act</Text>") or ""

    assert repealed('Extent="S"') == "A council in Wales must act"
    assert repealed("") == "A council in Wales must act"
    assert repealed('Extent="E+W"') == "A council . . . . must act"


def test_inline_mark_up_is_flattened_and_notes_are_left_out(tmp_path: Path, act: Source) -> None:
    inside = (
        '<Text>A <CommentaryRef Ref="c1"/><Addition>new\n  <Term>child’s</Term></Addition> plan '
        "<InlineAmendment>“\n 2030\n ”</InlineAmendment> .</Text>"
    )
    assert text_of(tmp_path, act, inside) == "A new child’s plan “2030”."


def test_punctuation_of_numbers_is_as_given(tmp_path: Path, act: Source) -> None:
    inside = '<P2><Pnumber PuncBefore="" PuncAfter=".">1</Pnumber><P2para><Text>One</Text></P2para></P2>'
    passage = read(tmp_path, act, document(section(inside)))[0]
    assert passage.text == "1. One"
    assert passage.part("(1)") == "1. One"


def test_lists_in_lists_have_other_bullets(tmp_path: Path, act: Source) -> None:
    inner = "<UnorderedList><ListItem><Para><Text>in</Text></Para></ListItem></UnorderedList>"
    item = f"<ListItem><Para><Text>out</Text>{inner}<Text>after</Text></Para></ListItem>"
    inside = f"<Text>lead</Text><UnorderedList>{item}</UnorderedList>"
    assert text_of(tmp_path, act, inside) == "lead\n• out\n◦ in\nafter"


def test_a_block_for_another_act_is_quoted_up_to_its_full_stop(tmp_path: Path, act: Source) -> None:
    quoted = "<P2><Pnumber>2A</Pnumber><P2para><Text>New words</Text></P2para></P2>"
    amendment = f'<BlockAmendment Format="double">{quoted}</BlockAmendment><AppendText>.</AppendText>'
    passage = read(tmp_path, act, document(section(f"<Text>insert—</Text>{amendment}")))[0]
    assert passage.text == "insert—\n“(2A) New words”."
    assert passage.anchors == ()


def test_loose_words_of_a_schedule_with_paragraphs_are_a_passage_of_their_own(tmp_path: Path, act: Source) -> None:
    schedule = (
        '<Schedule id="schedule-2"><Number>SCHEDULE 2</Number><TitleBlock><Title>Help</Title></TitleBlock>'
        "<ScheduleBody><P><Text>Lead</Text></P><Part><Number>PART 1</Number><Title>Duties</Title>"
        '<P1 id="schedule-2-paragraph-1"><Pnumber>1</Pnumber><P1para><Text>First</Text></P1para></P1>'
        "</Part></ScheduleBody></Schedule>"
    )
    source = act.model_copy(update={"provisions": ()})
    found = read(tmp_path, source, document("", schedules=schedule))
    assert [(passage.id, passage.headings) for passage in found] == [
        ("ca1989:sch2", ("Schedule 2: Help",)),
        ("ca1989:sch2.p1", ("Schedule 2: Help", "Part 1: Duties")),
    ]
    assert [(passage.text or "").split("\n")[0] for passage in found] == ["Lead", "First"]


def test_an_only_schedule_has_an_id_but_no_number_in_its_citation(tmp_path: Path, act: Source) -> None:
    schedule = '<Schedule id="schedule"><ScheduleBody><P><Text>Words</Text></P></ScheduleBody></Schedule>'
    source = act.model_copy(update={"provisions": ("sch1",)})
    passage = read(tmp_path, source, document("", schedules=schedule))[0]
    assert (passage.id, passage.label) == ("ca1989:sch1", "Children Act 1989, Schedule")


def test_of_two_versions_the_one_for_england_is_read(tmp_path: Path, act: Source) -> None:
    wales = section("<Text>Welsh</Text>", attributes='RestrictExtent="W"')
    england = section("<Text>English</Text>", attributes='RestrictExtent="E"')
    for body in (wales + england, england + wales):
        assert [passage.text for passage in read(tmp_path, act, document(body))] == ["English"]


def test_the_date_falls_back_to_that_of_the_document(tmp_path: Path, act: Source) -> None:
    body = section("<Text>Words</Text>")
    assert read(tmp_path, act, document(body))[0].valid_from == "2020-01-01"
    assert read(tmp_path, act, document(body, start=""))[0].valid_from == "2019-05-05"


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (BOMB + document(section("<Text>&b;</Text>")), "declares XML entities"),
        (OUTSIDE + document(section("<Text>&a;</Text>")), "declares XML entities"),
        ("<!DOCTYPE html><html><body>Too many requests</body></html>", "a web page"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "not legislation in CLML"),
        (document(section("<Text>Words</Text>"))[:-40], "broken or truncated"),
        ("", "broken or truncated"),
        (b"%PDF-1.7 \xff\xfe", "broken or truncated"),
        ("<a>" * 5000 + "</a>" * 5000, "nested more than 200"),
        (document(section("<Text>Words</Text>")).replace(ACT, ACT + "7"), "belongs to"),
        (document(section("<Text>Words</Text>", number="18")), "s17 not found"),
    ],
)
def test_a_file_that_is_not_the_act_is_refused_with_its_name(
    tmp_path: Path, act: Source, content: str | bytes, complaint: str
) -> None:
    with pytest.raises(SourceError, match=complaint) as caught:
        read(tmp_path, act, content)
    assert "0.xml" in str(caught.value)
    assert "etch" in str(caught.value)  # what to do next


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, act: Source) -> None:
    with pytest.raises(SourceError, match=r"gone\.xml: can't be read"):
        read_clml([tmp_path / "gone.xml"], act)


@given(st.binary(max_size=200))
def test_any_bytes_are_either_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.xml"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        read_clml([path], load_sources()["ca1989"])


def test_any_cut_of_a_document_is_refused(tmp_path: Path, act: Source) -> None:
    whole = document(section("<Text>Words</Text>"))
    ElementTree.fromstring(whole)
    for end in range(0, len(whole) - 1, 7):
        with pytest.raises(SourceError):
            read(tmp_path, act, whole[:end])

"""Which passages a stretch of text shows."""

from __future__ import annotations

from examples import passage

from assistant.library import Library
from eval.shingles import PassageFinder, words_of

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"


def test_a_passage_is_shown_by_twelve_of_its_words_in_a_row_and_not_by_eleven() -> None:
    finder = PassageFinder([passage("cop:1.1", LONG)])
    words = LONG.split()
    assert finder.shown_in(" ".join(words[2:14])) == ["cop:1.1"]
    assert finder.shown_in(" ".join(words[2:13])) == []


def test_a_passage_shorter_than_that_is_shown_whole_or_not() -> None:
    finder = PassageFinder([passage("cop:1.1", "The parent may appeal.")])
    assert finder.shown_in("Here the parent may appeal at once.") == ["cop:1.1"]
    assert finder.shown_in("The parent may complain.") == []


def test_the_passage_that_is_shown_most_fully_comes_first() -> None:
    finder = PassageFinder([passage("cop:1.1", LONG + " and so on and on for long"), passage("cop:1.2", LONG)])
    assert finder.shown_in(LONG) == ["cop:1.2", "cop:1.1"]


def test_markup_line_ends_and_case_do_not_hide_a_passage() -> None:
    text = LONG.title().replace(" Five", '\n<Addition ChangeId="x">Five</Addition>')
    cut = f'le="broken tag">{text} <Text id="cut of'
    assert PassageFinder([passage("cop:1.1", LONG)]).shown_in(cut) == ["cop:1.1"]
    assert words_of("<P>co-\nordinator &amp; SENCO</P>") == ["co", "ordinator", "senco"]


def test_a_transcribed_figure_and_a_passage_without_text_cannot_be_found() -> None:
    finder = PassageFinder([passage("cop:1.1", None), passage("cop:figure.x", LONG, transcribed=True)])
    assert finder.findable == frozenset()
    assert finder.shown_in(LONG) == []


def test_every_passage_of_the_sources_shows_itself(library: Library) -> None:
    finder = PassageFinder(library.passages.values())
    for name in ("cop:9.14", "cfa2014:s36", "sendregs2014:r5"):
        assert name in finder.shown_in(library.passages[name].text or "")

"""A document as a Word file."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from assistant.document import Block, Checklist, Document, Heading, PageBreak, Paragraph, Run, Runs, Table

_INK = "1D3557"
_LINK = "0B5394"
_WIDTH = 17.0  # cm between the margins


def to_docx(document: Document) -> bytes:
    """`document` as .docx, with real headings, links and table headers, in British English."""
    import docx

    word = docx.Document()
    _set_up(word, document)
    word.add_heading(document.title, 0)
    for block in document.blocks:
        _add(word, block)
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def _set_up(word: Any, document: Document) -> None:
    from datetime import UTC, datetime, time

    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    facts = word.core_properties
    facts.title, facts.author, facts.language = document.title, "Ask the Code", "en-GB"
    facts.comments = ""
    facts.created = facts.modified = datetime.combine(document.made, time(12), UTC)
    for section in word.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    styles = word.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Arial", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    styles["Normal"].element.get_or_add_rPr().append(language)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        font = styles[name].font
        font.name, font.color.rgb = "Arial", RGBColor.from_string(_INK)
        fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)  # the theme's font would win over the one named
    quote = styles["Quote"]
    quote.font.italic, quote.font.color.rgb = False, RGBColor(0, 0, 0)
    quote.paragraph_format.left_indent = Cm(0.8)
    _page_number(word.sections[0].footer.paragraphs[0])


def _add(word: Any, block: Block) -> None:
    if isinstance(block, Heading):
        word.add_heading(" ".join(block.text.split()), block.level - 1)
    elif isinstance(block, Paragraph):
        _fill(word.add_paragraph(style="Quote" if block.quoted else None), block.runs)
    elif isinstance(block, Checklist):
        for point in block.points:
            _fill(word.add_paragraph(), (Run("☐ "), *point))
    elif isinstance(block, Table):
        _add_table(word, block)
    elif isinstance(block, PageBreak):
        word.add_page_break()


def _add_table(word: Any, block: Table) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    table = word.add_table(rows=1, cols=len(block.header), style="Table Grid")
    table.autofit = False
    for cell, text in zip(table.rows[0].cells, block.header, strict=True):
        _fill(cell.paragraphs[0], (Run(text, bold=True),))
    repeated = OxmlElement("w:tblHeader")  # the header is repeated, and told to screen readers, on each page
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in block.rows:
        for cell, runs in zip(table.add_row().cells, row, strict=True):
            _fill(cell.paragraphs[0], runs)
    for column, share in zip(table.columns, block.widths, strict=True):
        column.width = Cm(_WIDTH * share)
    for made in table.rows:
        whole = OxmlElement("w:cantSplit")  # a row stays on one page
        made._tr.get_or_add_trPr().append(whole)
        for cell, share in zip(made.cells, block.widths, strict=True):
            cell.width = Cm(_WIDTH * share)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(9.5)
    word.add_paragraph()


def _fill(paragraph: Any, runs: Runs) -> None:
    for run in runs:
        if run.link:
            _add_link(paragraph, run)
        else:
            paragraph.add_run(run.text).bold = run.bold or None


def _add_link(paragraph: Any, run: Run) -> None:
    """A hyperlink: python-docx reads them but has no call that makes one."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(run.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    made = paragraph.add_run(run.text)
    made.font.underline, made.font.color.rgb = True, RGBColor.from_string(_LINK)
    link.append(made._r)
    paragraph._p.append(link)


def _page_number(paragraph: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(OxmlElement("w:r"))
    paragraph.add_run("Page ")
    paragraph._p.append(field)

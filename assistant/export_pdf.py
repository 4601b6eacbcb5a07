"""A document as PDF."""

from __future__ import annotations

from datetime import UTC, datetime, time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.document import Block, Checklist, Document, Heading, PageBreak, Paragraph, Run, Runs, Table

_FONT = "DejaVu"  # has £, –, “ ”, § and the letters of Europe's languages; free to embed
_FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
_SIZES = {1: 20, 2: 14, 3: 11.5}
_TEXT, _SMALL = 10, 8.5
_BLACK, _INK, _LINK, _LINE = (0, 0, 0), (29, 53, 87), (11, 83, 148), (111, 119, 123)
_MARGIN, _INDENT, _LEAD = 20, 6, 1.45
_MM_PER_POINT = 25.4 / 72
_PAGES = "\ue000\ue001"
"""Stands for the number of pages until it is known: characters that mean nothing, so that no note holds them."""


def to_pdf(document: Document) -> bytes:
    """`document` as an A4 PDF with bookmarks, live links and page numbers, in British English."""
    pdf = _sheet(document)
    pdf.add_page()
    _heading(pdf, Heading(document.title, 1))
    for block in document.blocks:
        _add(pdf, block)
    return bytes(pdf.output())


def fonts_folder() -> Path:
    """The folder of the DejaVu fonts: matplotlib's wheel carries them."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The PDF export takes its fonts from matplotlib. Run `pip install matplotlib`.")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


def _sheet(document: Document) -> Any:
    from fpdf import FPDF

    class Sheet(FPDF):
        """A page with its number at the foot."""

        def footer(self) -> None:
            self.set_y(-14)
            self.set_font(_FONT, "", _SMALL)
            self.set_text_color(80, 80, 80)
            self.cell(0, 6, f"{document.title[:70]} · page {self.page_no()} of {_PAGES}", align="C")
            self.set_text_color(*_BLACK)

    pdf = Sheet(format="A4")
    pdf.alias_nb_pages(_PAGES)
    folder = fonts_folder()
    for style, name in _FACES.items():
        pdf.add_font(_FONT, style, folder / name)
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(True, margin=_MARGIN)
    pdf.set_font(_FONT, "", _TEXT)
    pdf.set_lang("en-GB")
    pdf.set_title(document.title)
    pdf.set_creator("Ask the Code")
    pdf.set_creation_date(datetime.combine(document.made, time(12), UTC))
    return pdf


def _add(pdf: Any, block: Block) -> None:
    if isinstance(block, Heading):
        _heading(pdf, block)
    elif isinstance(block, Paragraph):
        _quote(pdf, block.runs) if block.quoted else _paragraph(pdf, block.runs)
    elif isinstance(block, Checklist):
        for point in block.points:
            _checkbox(pdf, point)
    elif isinstance(block, Table):
        _table(pdf, block)
    elif isinstance(block, PageBreak):
        pdf.add_page()


def _heading(pdf: Any, block: Heading) -> None:
    size = _SIZES[block.level]
    if pdf.will_page_break(size * _MM_PER_POINT * 4):  # a heading stays with what it heads
        pdf.add_page()
    pdf.ln(2 if block.level > 1 else 0)
    pdf.start_section(" ".join(block.text.split()), level=block.level - 1)
    pdf.set_font(_FONT, "B", size)
    pdf.set_text_color(*_INK)
    pdf.multi_cell(0, size * _MM_PER_POINT * 1.25, block.text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(*_BLACK)
    pdf.set_font(_FONT, "", _TEXT)
    pdf.ln(1.5)


def _paragraph(pdf: Any, runs: Runs, indent: float = 0) -> None:
    columns = pdf.text_columns(l_margin=_MARGIN + indent, text_align="LEFT", line_height=_LEAD)
    with columns, columns.paragraph() as paragraph:  # only a paragraph of its own keeps its links
        for run in runs:
            pdf.set_font(_FONT, "B" if run.bold else "", _TEXT)
            pdf.set_text_color(*(_LINK if run.link else _BLACK))
            paragraph.write(run.text, link=run.link or None)
    pdf.set_text_color(*_BLACK)
    pdf.set_font(_FONT, "", _TEXT)
    pdf.set_x(_MARGIN)
    pdf.ln(1.5)


def _quote(pdf: Any, runs: Runs) -> None:
    """Set in, with a line down its left side on each page that it covers."""
    first, top = pdf.page, pdf.get_y()
    _paragraph(pdf, runs, _INDENT)
    last, end = pdf.page, pdf.get_y() - 1.5
    pdf.set_draw_color(*_LINE)
    pdf.set_line_width(0.6)
    for page in range(first, last + 1):
        pdf.page = page
        pdf.line(_MARGIN + 2, top if page == first else _MARGIN, _MARGIN + 2, end if page == last else pdf.h - _MARGIN)
    pdf.set_line_width(0.2)


def _checkbox(pdf: Any, runs: Runs) -> None:
    height = _TEXT * _MM_PER_POINT * _LEAD
    if pdf.will_page_break(height * 2):
        pdf.add_page()
    pdf.set_draw_color(0, 0, 0)
    pdf.rect(_MARGIN, pdf.get_y() + 0.9, 3.2, 3.2)
    _paragraph(pdf, runs, _INDENT)


def _table(pdf: Any, block: Table) -> None:
    from fpdf.enums import TableBordersLayout
    from fpdf.fonts import FontFace

    pdf.set_font(_FONT, "", _SMALL)
    pdf.set_draw_color(*_LINE)
    head = FontFace(emphasis="BOLD", fill_color=(232, 238, 244))
    with pdf.table(
        col_widths=block.widths,
        headings_style=head,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=_SMALL * _MM_PER_POINT * 1.35,
        padding=1.2,
        text_align="LEFT",
        v_align="TOP",
    ) as table:
        table.row(block.header)
        for cells in block.rows:
            row = table.row()
            for runs in cells:
                run = Run("".join(run.text for run in runs), any(run.bold for run in runs), runs[0].link)
                style = FontFace(emphasis="BOLD") if run.bold else FontFace(color=_LINK) if run.link else None
                row.cell(run.text, style=style, link=run.link or None)
    pdf.set_font(_FONT, "", _TEXT)
    pdf.ln(3)

"""A document as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.document import Block, Checklist, Document, Heading, Paragraph, Run, Runs, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_LIST_START = re.compile(r"^(\s*\d*)([-+=.)])", re.MULTILINE)


def to_markdown(document: Document) -> bytes:
    """`document` in UTF-8; whatever people wrote shows as they wrote it, never as formatting or HTML."""
    lines = [f"# {_inline(document.title)}"]
    lines += [text for block in document.blocks for text in _block(block)]
    return ("\n\n".join(lines) + "\n").encode()


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {_inline(block.text)}"
    elif isinstance(block, Paragraph):
        text = _runs(block.runs)
        yield "> " + text.replace("\n", "  \n> ") if block.quoted else text.replace("\n", "  \n")
    elif isinstance(block, Checklist):
        yield "\n".join(f"- [ ] {_runs(point)}" for point in block.points)
    elif isinstance(block, Table):
        yield "\n".join(
            [
                "| " + " | ".join(_inline(cell) for cell in block.header) + " |",
                "|" + "---|" * len(block.header),
                *("| " + " | ".join(_runs(cell).replace("\n", "<br>") for cell in row) + " |" for row in block.rows),
            ]
        )


def _runs(runs: Runs) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = _escaped(run.text)
    if run.link:
        return f"[{text}]({run.link})"
    return f"**{text}**" if run.bold else text


def _inline(text: str) -> str:
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return _LIST_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))

"""The official documents as the stock baseline takes them: read and cut by llama-index's defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llama_index.core.schema import BaseNode

ENDINGS = (".pdf", ".xml")


def documents_in(folder: Path) -> list[Path]:
    """The files that the baseline reads; empty where there are none or no folder."""
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS] if folder.is_dir() else []


def cut_documents(folder: Path, endings: Sequence[str], *, tags: bool = True) -> list[BaseNode]:
    """The documents with these endings in chunks, by llama-index's defaults.

    The metadata that a reader of this machine's files adds (its paths and dates) is left out: it is embedded with
    each chunk, helps no search and would make the figures depend on where the folder lies.
    """
    from llama_index.core import SimpleDirectoryReader
    from llama_index.core.node_parser import SentenceSplitter

    if all(path.suffix.lower() not in endings for path in documents_in(folder)):
        return []  # the reader would raise
    documents = SimpleDirectoryReader(
        str(folder),
        required_exts=list(endings),
        file_extractor=_readers(tags),
        file_metadata=lambda path: {"file_name": Path(path).name},
    ).load_data()
    return list(SentenceSplitter()(documents))


def _readers(tags: bool) -> dict[str, Any]:
    """A reader of PDF pages that does what llama-index's own does, whose package pins an older pypdf than ours."""
    from llama_index.core.readers.base import BaseReader
    from llama_index.core.schema import Document

    class PageReader(BaseReader):
        def load_data(self, file: Path, extra_info: dict[str, Any] | None = None) -> list[Document]:
            import pypdf

            pdf = pypdf.PdfReader(file)
            return [
                Document(text=page.extract_text(), metadata={"page_label": label, **(extra_info or {})})
                for page, label in zip(pdf.pages, pdf.page_labels, strict=True)
            ]

    class TextReader(BaseReader):
        def load_data(self, file: Path, extra_info: dict[str, Any] | None = None) -> list[Document]:
            from defusedxml.ElementTree import fromstring

            return [Document(text=_joined(fromstring(file.read_bytes()).itertext()), metadata=extra_info or {})]

    return {".pdf": PageReader()} if tags else {".pdf": PageReader(), ".xml": TextReader()}


def _joined(pieces: Iterable[str]) -> str:
    return "\n".join(text for piece in pieces if (text := piece.strip()))

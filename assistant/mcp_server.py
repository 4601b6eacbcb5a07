"""`python -m assistant.mcp_server`: the assistant as tools for programs that speak the Model Context Protocol."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assistant.answer import Audience
from assistant.library import Library
from assistant.pipeline import answer
from assistant.turn import Turn
from assistant.web.api import endpoints, error
from ingest.errors import EmbedderError, IndexMissing

if TYPE_CHECKING:
    from mcp.server import MCPServer

_INSTRUCTIONS = (
    "Special educational needs and disability (SEND) law in England: the SEND Code of Practice (January 2015) and "
    "its legislation. Quotations are verbatim; cite them by label and page. Keep must, should and may apart. It is "
    "information, not legal advice."
)
_NO_PACKAGE = "The MCP server needs the package mcp. Run `pip install 'ask-the-code[mcp]'`."


def build_server(library: Library) -> MCPServer:
    """The server with its tools: ask, passage, search, deadlines."""
    from mcp.server import MCPServer

    server = MCPServer("ask-the-code", title="Ask the Code", instructions=_INSTRUCTIONS, log_level="WARNING")

    def ask(question: str, audience: str | None = None) -> dict[str, Any]:
        """Answer a question about SEND law in England, in plain words with verbatim quotations.

        Args:
            question: The question, in plain words, at most 4,000 characters.
            audience: Who asks: "parent", "young person", "teacher" or "advocate"; nothing for anyone.

        Returns:
            status, text (Markdown, whole), short, citations, duties, deadlines, notes, suggestions, retrieved.
        """
        known = [who.value for who in Audience]
        if audience and audience not in known:
            return error("unknown_audience", f"Choose an audience of {', '.join(known)}; or leave it out.")
        turn = Turn(question, audience=Audience(audience) if audience else None)
        return asdict(answer(turn, library))

    for name, function in {"ask": ask, **endpoints(library)}.items():
        server.tool(name=name)(function)
    return server


def main() -> int:
    """Serve over standard input and output until the client goes; returns the exit status."""
    try:
        library = Library.open()
        library.warm_up()
        server = build_server(library)
    except ImportError:
        print(_NO_PACKAGE, file=sys.stderr)
        return 1
    except (IndexMissing, EmbedderError) as problem:
        print(problem, file=sys.stderr)
        return 1
    server.run("stdio")
    return 0


if __name__ == "__main__":
    sys.exit(main())

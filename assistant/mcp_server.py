"""`python -m assistant.mcp_server`: the assistant as tools for programs that speak the Model Context Protocol."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from assistant.library import Library
from assistant.web.api import endpoints
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

    for name, function in endpoints(library).items():
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

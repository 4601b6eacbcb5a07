"""Ask the Code: `python app.py` starts the page."""

import sys

from assistant.library import Library
from assistant.web.page import CSS, THEME, build_page
from corpus.settings import settings
from ingest.errors import EmbedderError, IndexMissing


def main() -> int:
    """Open the index and serve the page until it is stopped; returns the exit status."""
    config = settings()
    try:
        library = Library.open(config)
        library.warm_up()
    except (IndexMissing, EmbedderError) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        build_page(library).launch(
            server_name=config.host, server_port=config.port, theme=THEME, css=CSS, footer_links=[]
        )
    except OSError as error:
        print(f"{error} Choose another port with ASK_THE_CODE_PORT.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

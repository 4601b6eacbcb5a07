"""Ask the Code: `python app.py` starts the page."""

import sys

from assistant.generate import model_problem
from assistant.library import Library
from assistant.model_clients import warm_up
from assistant.web.page import build_page, launch_options
from corpus.settings import SettingsError, settings
from ingest.errors import EmbedderError, IndexMissing


def main() -> int:
    """Open the index and serve the page until it is stopped; returns the exit status."""
    try:
        config = settings()
        library = Library.open(config)
        library.warm_up()
        if problem := model_problem(config):
            print(problem, file=sys.stderr)
        warm_up(config)
    except (SettingsError, IndexMissing, EmbedderError) as error:
        print(error, file=sys.stderr)
        return 1
    page = build_page(library, config)
    try:
        _, address, _ = page.launch(**launch_options(library, config))
    except OSError as error:
        print(f"{error} Choose another port with ASK_THE_CODE_PORT.", file=sys.stderr)
        return 1
    print(f"Ask the Code is at {address} (Ctrl+C ends it).", flush=True)
    page.block_thread()
    return 0


if __name__ == "__main__":
    sys.exit(main())

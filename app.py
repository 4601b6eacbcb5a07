"""Ask the Code: `python app.py` starts the page."""

import sys
from contextlib import suppress

from assistant.generate import model_problem
from assistant.library import Library
from assistant.model_clients import warm_up
from assistant.web.logs import configure_logs
from assistant.web.server import Server, address_of, listen, open_to_others
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
    try:
        listening = listen(config)
    except OSError as error:
        print(
            f"The page can't listen on {config.host}, port {config.port}: {error.strerror}. "
            "Choose others with ASK_THE_CODE_HOST and ASK_THE_CODE_PORT.",
            file=sys.stderr,
        )
        return 1
    if warning := open_to_others(config):
        print(warning, file=sys.stderr)
    configure_logs(config.request_log)
    told = f"Ask the Code is at {address_of(listening)} (Ctrl+C ends it)."
    with suppress(KeyboardInterrupt), listening:
        Server(library, config, lambda: print(told, flush=True)).run([listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())

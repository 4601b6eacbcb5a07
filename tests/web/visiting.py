"""A browser window on the page, and what people do in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
LONGEST_WAIT = 60_000
"""Milliseconds."""
QUESTION = "How long has the council got to tell me whether they'll assess my son?"
VIEWS = ("ask", "browse", "deadlines", "pack", "privacy")


@dataclass
class Visit:
    """One browser window on the page, and all that it asked for from the network."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type a question, send it, and wait for its answer."""
        answers = self.page.locator(".atc-answer")
        before = answers.count()
        self.page.fill("#atc-question", question)
        self.page.click("#atc-form [type=submit]")
        self.page.wait_for_function(
            """before => !document.documentElement.classList.contains('atc-asking') &&
               (document.querySelectorAll('.atc-answer').length > before || document.querySelector('.atc-urgent'))""",
            arg=before,
        )

    def open_source(self, place: int = 0) -> None:
        """Choose the source of the `place`th quotation of the last answer."""
        self.page.locator(".atc-answer").last.locator(".atc-quotation [data-open]").nth(place).click()
        self.page.wait_for_selector("html.atc-source-open .atc-source")

    def show(self, view: str) -> None:
        """Choose a view in the navigation."""
        self.page.click(f".atc-nav [data-view={view}]")
        self.page.wait_for_selector(f"#view-{view} h1", state="visible")

    def focused(self, what: str) -> Any:
        """A property of the element that has the focus."""
        return self.page.evaluate(f"document.activeElement.{what}")

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page in the artifacts."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


Visitor = Callable[..., Visit]
"""Opens a window on the page, of a given width, height and further options of a browser context."""

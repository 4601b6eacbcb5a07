"""The templates of the page: HTML with every value escaped, and plain text for what is copied."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from assistant.phrases import phrase
from assistant.web import markup

_FOLDER = Path(__file__).with_name("templates")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals["phrase"] = phrase
    for name in ("capital", "day", "inline", "blocks", "official", "path", "with_modals", "with_emergency_calls"):
        environment.filters[name] = getattr(markup, name)
    return environment


def render(template: str, **values: Any) -> Markup:
    """The HTML template of that file name, filled in; every value that isn't `Markup` is escaped."""
    return Markup(_environment().get_template(template).render(**values).strip())  # noqa: S704  # escaped by jinja


def render_text(template: str, **values: Any) -> str:
    """The plain text template of that file name, filled in."""
    return _environment().get_template(template).render(**values).strip()

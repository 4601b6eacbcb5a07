"""The look of gradio's own components: the colours of the style sheet, and sizes that follow the size of the text."""

from __future__ import annotations

import gradio as gr

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
_INK, _SOFT, _PAPER, _PANEL, _EDGE, _GO, _GO_INK = (
    f"var(--atc-{name})" for name in ("ink", "soft", "paper", "panel", "edge", "go", "go-ink")
)
_LOOK = {
    "body_background_fill": _PAPER,
    "body_text_color": _INK,
    "body_text_color_subdued": _SOFT,
    "background_fill_primary": _PAPER,
    "background_fill_secondary": _PANEL,
    "block_background_fill": _PAPER,
    "block_label_text_color": _INK,
    "block_title_text_color": _INK,
    "block_info_text_color": _SOFT,
    "border_color_primary": _EDGE,
    "input_background_fill": _PAPER,
    "input_background_fill_focus": _PAPER,
    "input_border_color": _INK,
    "input_border_color_focus": _INK,
    "input_placeholder_color": _SOFT,
    "checkbox_background_color": _PAPER,
    "checkbox_border_color": _INK,
    "checkbox_label_background_fill": _PANEL,
    "checkbox_label_background_fill_hover": _PANEL,
    "checkbox_label_background_fill_selected": _PANEL,
    "checkbox_label_text_color": _INK,
    "checkbox_label_text_color_selected": _INK,
    "button_primary_background_fill": _GO,
    "button_primary_background_fill_hover": _GO,
    "button_primary_border_color": _GO,
    "button_primary_text_color": _GO_INK,
    "button_secondary_background_fill": _PANEL,
    "button_secondary_background_fill_hover": _PANEL,
    "button_secondary_border_color": _EDGE,
    "button_secondary_border_color_hover": _INK,
    "button_secondary_text_color": _INK,
    "input_border_width": "2px",
    "block_border_width": "0px",
    "button_border_width": "2px",
}


def theme() -> gr.themes.Base:
    """The theme of the page, the same in light and dark: the style sheet's colours change, not their names."""
    base = gr.themes.Base(
        font=_FONTS,
        font_mono=["ui-monospace", "monospace"],
        text_size=gr.themes.Size("0.8rem", "0.875rem", "0.9375rem", "1.0625rem", "1.125rem", "1.25rem", "1.5rem"),
        radius_size=gr.themes.sizes.radius_none,
    )
    return base.set(**_LOOK, **{f"{name}_dark": value for name, value in _LOOK.items()})

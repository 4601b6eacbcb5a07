"""The meeting pack's place in the browser, and files that are made in memory and handed straight to the browser.

Neither leaves anything on the server: the pack lives in the browser's own storage and travels with each call
that needs it; a file is sent as part of the reply and saved by the browser.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.meeting_pack import Pack, PackError, read_pack, write_pack

_STORE = """
const KEY = 'ask-the-code-pack';
const read = () => { try { return localStorage.getItem(KEY) || ''; } catch { return ''; } };
const show = () => { props.value = read(); trigger('stored'); };
watch('value', () => {
  if (!props.value) return read() && show();  // the page has just been laid out: what is stored stands
  try { localStorage.setItem(KEY, props.value); } catch { trigger('unkept'); }
  trigger('stored');
});
window.addEventListener('storage', event => { if (event.key === KEY || event.key === null) show(); });
show();
"""
_FILES = """
watch('value', () => {
  if (!props.value) return;
  const file = JSON.parse(props.value);
  const bytes = Uint8Array.from(atob(file.data), letter => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], {type: file.type}));
  const link = Object.assign(document.createElement('a'), {href: address, download: file.name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
});
"""
_NOT_KEPT = (
    "Your browser didn't keep the meeting pack: its storage is full or switched off. It lasts until you close or "
    "reload this page; download it before you do."
)


def build_store() -> gr.HTML:
    """The hidden part that keeps the pack in the browser: its value is the pack as text.

    Put it into the page once, outside all views; every window of the browser sees the same pack. Its event
    `stored` comes when the pack was read or has changed.
    """
    store = gr.HTML("", html_template="", js_on_load=_STORE, visible="hidden", elem_id="atc-store")
    store.unkept(lambda: gr.Warning(_NOT_KEPT), None, None, api_visibility="private")
    return store


def build_files() -> gr.HTML:
    """The hidden part that saves a file in the browser when it is given what `as_download` makes."""
    return gr.HTML("", html_template="", js_on_load=_FILES, visible="hidden")


def as_download(name: str, kind: str, content: bytes) -> str:
    """A file for `build_files`: its name, its MIME type and its bytes."""
    data = base64.b64encode(content).decode("ascii")
    return json.dumps({"name": name, "type": kind, "data": data, "at": time.time_ns()})  # never twice the same


def keep(stored: str, change: Callable[[Pack], Pack], told: str = "") -> Any:
    """The stored pack after `change`, to be stored; tells the person `told`, or why it can't be done."""
    try:
        changed = change(read_pack(stored))
    except PackError as error:
        gr.Warning(str(error))
        return gr.skip()
    if told:
        gr.Info(told)
    return write_pack(changed)

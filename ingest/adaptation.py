"""The adaptation of the packaged embedder to this field: low-rank additions to its weights (LoRA, Hu et al. 2021).

`python -m ingest.adapt` trains them on the questions of our annotations; they are kept beside this module, and are
added to the weights when the model is loaded, so that embedding costs no more than before.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("adaptation.safetensors")
RANK = 8
SCALE = 2.0
"""What the product of the two matrices is multiplied by."""
_HELD_OUT = 5


def is_held_out(question: str) -> bool:
    """Whether training leaves `question` out: one in five, so that others can learn from how it is found."""
    return hashlib.sha256(question.encode()).digest()[0] % _HELD_OUT == 0


def adapted_layers(encoder: Any) -> dict[str, Any]:
    """The linear layers of a transformer's blocks, by name."""
    from torch.nn import Linear

    modules = encoder.named_modules()
    return {name: layer for name, layer in modules if isinstance(layer, Linear) and ".layer." in f".{name}"}


def adapt(encoder: Any) -> None:
    """Add the kept adaptation to the weights of `encoder`; raises KeyError where its layers are others."""
    import torch
    from safetensors.torch import load_file

    kept = load_file(FILE)
    with torch.no_grad():
        for name, layer in adapted_layers(encoder).items():
            layer.weight += SCALE * kept[f"{name}.up"].float() @ kept[f"{name}.down"].float()

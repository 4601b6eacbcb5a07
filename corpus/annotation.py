"""Annotations: our own plain-English layer over the official passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.passage import Force, PassageId

ANNOTATIONS = Path(__file__).with_name("annotations")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LawStatus(StrEnum):
    """Whether a passage still says what the law is."""

    CURRENT = "current"
    CHANGED = "changed"
    """The law has moved since this wording; `note` says how."""
    SPENT = "spent"
    """It applied to a time that has passed; `note` says which."""


class QA(BaseModel):
    """A question that people put, and the direct answer that this one passage gives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    q: str = Field(min_length=3)
    a: str = Field(min_length=2)


class Duty(BaseModel):
    """Who must, should or may do what, by when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str
    force: Force
    what: str
    when: str | None = None


class Annotation(BaseModel):
    """What one passage means for a family or a school, in our own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: PassageId
    gist: str = Field(min_length=10)
    qa: tuple[QA, ...] = Field(min_length=1)
    duties: tuple[Duty, ...] = ()
    law: tuple[str, ...] = ()
    """Provisions behind the passage, such as `cfa2014:s36` or `cfa2014:s36(8)`."""
    status: LawStatus = LawStatus.CURRENT
    note: str | None = None


class AnnotationError(ValueError):
    """An annotation file that can't be read; the message names the file and the entry."""


def read_annotation_file(path: Path) -> Iterator[Annotation]:
    """The entries of one YAML file; raises AnnotationError that names the file and entry at fault."""
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
    except yaml.YAMLError as error:
        raise AnnotationError(f"{path}: not valid YAML: {error}") from error
    for position, row in enumerate(rows or [], 1):
        try:
            yield Annotation.model_validate(row)
        except ValidationError as error:
            name = row.get("id") if isinstance(row, dict) else None
            raise AnnotationError(f"{path}: entry {position} ({name}): {error}") from error


def write_annotations(path: Path, annotations: Iterable[Annotation]) -> None:
    """Write annotations to `path` as JSON lines: an index keeps those that it was built from."""
    with path.open("w", encoding="utf-8") as out:
        for annotation in annotations:
            out.write(annotation.model_dump_json() + "\n")


def read_annotations(path: Path) -> dict[PassageId, Annotation]:
    """Read the annotations that `write_annotations` wrote, by passage id."""
    with path.open(encoding="utf-8") as lines:
        found = [Annotation.model_validate_json(line) for line in lines]
    return {annotation.id: annotation for annotation in found}


@cache
def load_annotations(folder: Path = ANNOTATIONS) -> dict[PassageId, Annotation]:
    """All annotations by passage id; raises AnnotationError on an unreadable or a repeated entry."""
    found: dict[PassageId, Annotation] = {}
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*.yaml"))
    for path in paths:
        for annotation in read_annotation_file(path):
            if annotation.id in found:
                raise AnnotationError(f"{path}: {annotation.id} is annotated twice; keep one entry")
            found[annotation.id] = annotation
    return found

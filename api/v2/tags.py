"""Tags: words by which whoever started a process instance finds it, and its tasks, again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import ColumnElement, and_, exists, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.bpmn.models import ProcessTag

MOST_TAGS = 10

_tag = fields.String(validate=validate.Regexp(r"^[A-Za-z][A-Za-z0-9_:.-]{0,99}\Z"))
_tags = fields.List(_tag, validate=validate.Length(max=MOST_TAGS))


class TagsField(fields.Field[Any]):
    """The tags of an instance that is to be started; each counts once."""

    def __init__(self, **kwargs: Any) -> None:
        shape = {"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_:.-]{0,99}$"}}
        super().__init__(metadata={**shape, "maxItems": MOST_TAGS}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return sorted(set(_tags.deserialize(value, attr, data, **kwargs)))


class TagsFilter(TagsField):
    """The tags that an instance must have, all of them; `instance_key` is the column that names it."""

    def __init__(self, instance_key: InstrumentedAttribute[int]) -> None:
        self.instance_key = instance_key
        super().__init__()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        asked = super()._deserialize(value, attr, data, **kwargs)
        return and_(true(), *map(self._has, asked))

    def _has(self, tag: str) -> ColumnElement[bool]:
        return exists().where(ProcessTag.instance_key == self.instance_key, ProcessTag.tag == tag)


def of(session: Session, instance_keys: Iterable[int]) -> Mapping[int, list[str]]:
    """Return the tags of instances, by the instances' keys."""
    query = select(ProcessTag).where(ProcessTag.instance_key.in_(list(instance_keys)))
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.scalars(query.order_by(ProcessTag.tag)):
        found[row.instance_key].append(row.tag)
    return found

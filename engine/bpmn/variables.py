"""Variables as operators see them: each in its scope, with a key to ask for it again.

Variables live in the state of their instance (D5, D7) and have no rows. A variable's key is made of the second in which
its instance was made and 32 bits of a digest of where it is: enough to find the few instances it can be in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import exact_json, keys
from engine.bpmn import steps, store
from engine.bpmn.models import ElementInstance, ProcessInstance
from engine.errors import Invalid, NotFound
from engine.identity import Identity

_DIGEST = 32


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a scope.

    Attributes:
        value: JSON text.
        scope_key: the element instance it belongs to; the process instance itself for most.
    """

    key: int
    name: str
    value: str
    scope_key: int
    instance_key: int
    root_key: int


def of(session: Session, instance_keys: Iterable[int], *, by: Identity) -> Iterator[Variable]:
    """Yield the variables of instances, scope by scope."""
    for instance_key in instance_keys:
        instance = store.read(session, instance_key)
        execution = steps.load(session, instance, by=by.username).execution
        scopes = _scopes(session, instance_key)
        for token, variables in execution.scopes().items():
            for name, value in variables.items():
                key, text = key_of(instance_key, name, token), exact_json.dumps(value).decode()
                yield Variable(key, name, text, scopes[token], instance_key, instance.root_key)


def find(session: Session, key: int, *, by: Identity) -> Variable:
    """Return the variable of a key.

    Raises:
        NotFound: there is none, or `by` is no operator.
        Invalid: two variables happen to share the key; they are told apart by a search.
    """
    second = key >> _DIGEST
    made = ProcessInstance.key.between(keys.first_of(second), keys.first_of(second + 1) - 1)
    instance_keys = session.scalars(select(ProcessInstance.key).where(made)).all() if by.operator else []
    found = [variable for variable in of(session, instance_keys, by=by) if variable.key == key]
    if not found:
        raise NotFound(
            "Expected to find variable {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    if len(found) > 1:
        raise Invalid(
            "Expected to find variable {key}, but {count} variables share this key", key=key, count=len(found)
        )
    return found[0]


def key_of(instance_key: int, name: str, token: int = 1) -> int:
    """Return the key of a variable: always the same, made of where and what it is; token 1 is the process itself."""
    digest = blake2b(f"{instance_key}/{token}/{name}".encode(), digest_size=_DIGEST // 8).digest()
    return keys.second_of(instance_key) << _DIGEST | int.from_bytes(digest)


def _scopes(session: Session, instance_key: int) -> dict[int, int]:
    """Return the keys of an instance's element instances by token."""
    columns = (ElementInstance.token, ElementInstance.key)
    rows = session.execute(select(*columns).where(ElementInstance.instance_key == instance_key))
    return dict(rows.all())

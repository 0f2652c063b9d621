"""Functions of contexts (DMN 1.5, table 81), and Camunda's `get or else` for what may be missing in one."""

from __future__ import annotations

from engine.feel.errors import NullResult
from engine.feel.functions.registry import builtin
from engine.feel.run import Run
from engine.feel.values import Value

Context = dict[str, Value]


@builtin("get value(m: context, key: string)")
def _get_value(_: Run, context: Context, key: str) -> Value:
    return context.get(key)


@builtin("get or else(value: any, default: any)")
def _get_or_else(_: Run, value: Value, default: Value) -> Value:
    return default if value is None else value


@builtin("get entries(m: context)")
def _get_entries(run: Run, context: Context) -> list[Context]:
    run.spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context(entries: list)")
def _context(run: Run, entries: list[Value]) -> Context:
    run.spend(len(entries))
    context: Context = {}
    for entry in entries:
        if type(entry) is not dict or "value" not in entry or type(entry.get("key")) is not str:
            raise NullResult("an entry has a key, which is a string, and a value")
        if entry["key"] in context:
            raise NullResult(f"the key {entry['key']} comes twice")
        context[entry["key"]] = entry["value"]
    return context


@builtin("context put(context: context, key: string, value: any)")
def _put(run: Run, context: Context, key: str, value: Value) -> Context:
    run.spend(len(context))
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def _put_deep(run: Run, context: Context, keys: list[Value], value: Value) -> Context:
    if not keys or type(keys[0]) is not str:
        raise NullResult("the keys are strings, at least one")
    key, rest = keys[0], keys[1:]
    if not rest:
        return _put(run, context, key, value)
    inner = context.get(key)
    if type(inner) is not dict:
        raise NullResult(f"{key} is no context")
    return _put(run, context, key, _put_deep(run, inner, rest, value))


@builtin("context merge(contexts: list)")
def _merge(run: Run, contexts: list[Value]) -> Context:
    merged: Context = {}
    for context in contexts:
        if type(context) is not dict:
            raise NullResult("an item of the list is no context")
        run.spend(len(context))
        merged.update(context)
    return merged

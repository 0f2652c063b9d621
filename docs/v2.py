"""Write `v2.md`: which operations of Camunda 8's REST API are served (`make docs`)."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "support")]

import camunda  # noqa: E402 - from the folder just named

import api  # noqa: E402 - from the folder just named
from engine import settings  # noqa: E402 - from the folder just named

PAGE = Path(__file__).with_suffix(".md")

HEAD = """\
# Camunda 8's REST API

`/v2` serves the paths, names and shapes of the Orchestration Cluster REST API of Camunda {release}, so that clients and
job workers written for it drive this engine unchanged. For Python that is `camunda-orchestration-sdk`, with which the
tests call every operation below. An operation that is not served answers 404: nothing pretends.

## What is different

* **Who may see what.** Operators see everything. Everybody else sees the own tasks, with their variables and element
  instances, the instances in which they have tasks or which they started, and all definitions.
* **Answers are no variables.** What a person fills in goes to HR's tables; only what an output mapping names becomes a
  variable. A vote is never one.
* **Variables** live in the state of their process instance. A search goes through at most 1,000 instances: name them by
  `processInstanceKey` or `scopeKey` where there are more. After the end of an instance its own variables remain.
* **Element instances** have keys of their own; that of the process itself is the process instance's. A complex gateway
  has the type `UNKNOWN`, which is Camunda's word for what it does not have.
* **Decisions** that processes make are kept and explained; what a client asks for is answered and not kept.
* **Message subscriptions** are those of process instances that wait; those that start processes are not listed.
* **Resources** are deleted where nothing was done with them and no deployed process needs them; else 409.
* **Migration** needs no mapping for elements of the same id; [what stays and what changes](howto/operate.md#migration).
* **Statuses** are those that Camunda documents, and 401, 403, 405, 500 and 503 wherever they are due.

This page is generated (`make docs`); a test holds it against the code.

## Operations

{served} of {total} are served.

| noun | served | not served |
|---|---|---|
"""


def page() -> str:
    """Return the page as it should be."""
    app = api.create_app(settings.load({"REVIEWFLOW_SECRET_KEY": "that of a page"}, directory=HERE))
    here, every = camunda.served(app), list(camunda.operations())
    head = HEAD.format(release="8.10", served=sum(one.shape in here for one in every), total=len(every))
    rows = []
    for noun, group in groupby(every, key=lambda one: one.noun):
        found = list(group)
        yes, no = ([one.name for one in found if (one.shape in here) is is_served] for is_served in (True, False))
        rows.append(f"| {noun.replace('_', ' ')} | {_listed(yes)} | {_listed(no)} |\n")
    return head + "".join(rows)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

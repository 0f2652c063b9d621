"""Figures of a cycle, for HR: progress, distribution, how superiors rate, who rated one another."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.calibrations import LeaningSchema
from api.fields import CamelSchema, InstantField, KeyField, NameField, example
from api.views import View
from engine.reviews.cycle import cycles
from engine.reviews.rating import leanings, pairs
from engine.reviews.release import distributions
from engine.reviews.reports import progress
from engine.reviews.reports.progress import Chosen, Tally

blueprint = Blueprint("figures", __name__, url_prefix="/api/cycles", description="Figures of a cycle, for HR")


class LateSchema(CamelSchema):
    """An open task that is overdue, and who can do it."""

    user_task_key = KeyField(attribute="task_key")
    review_key = KeyField()
    due_date = InstantField(attribute="due_at")
    holders = fields.List(fields.String(), metadata=example(["li.na"]))
    working_days = fields.Integer(metadata=example(2, "Since the last day on which it was in time"))


class StepSchema(CamelSchema):
    """The tasks of one element over all reviews of a cycle."""

    process_id = fields.String(metadata=example("evaluation"))
    element_id = fields.String(metadata=example("superior_evaluation"))
    name = fields.String(metadata=example("上级评价 Superior's evaluation"))
    open = fields.Integer(metadata=example(3))
    completed = fields.Integer(metadata=example(4))
    tardy = fields.Integer(metadata=example(1, "Those of the completed that came after their deadline"))
    left = fields.Integer(metadata=example(0, "Tasks that the process went on without"))
    late = fields.List(fields.Nested(LateSchema))


class TallySchema(CamelSchema):
    """How many tasks are open, done, left behind and late."""

    open = fields.Integer(metadata=example(3))
    completed = fields.Integer(metadata=example(4))
    tardy = fields.Integer(metadata=example(1))
    left = fields.Integer(metadata=example(0))
    late = fields.Integer(metadata=example(1))


class DepartmentTallySchema(TallySchema):
    """The tasks of a department's reviews."""

    department_key = KeyField(allow_none=True)


class PersonTallySchema(TallySchema):
    """The tasks that somebody has or had."""

    person = fields.String(metadata=example("li.na"))


class ChosenSchema(CamelSchema):
    """Which tasks to count."""

    department_key = KeyField(load_default=None)
    element_id = NameField(load_default=None, metadata=example("superior_evaluation"))
    username = NameField(load_default=None, metadata=example("li.na", "Who has or had the task"))


class ProgressSchema(CamelSchema):
    """How far a cycle's reviews are; appeals are not counted."""

    steps = fields.List(fields.Nested(StepSchema), required=True)
    departments = fields.List(fields.Nested(DepartmentTallySchema), required=True)
    people = fields.List(fields.Nested(PersonTallySchema), required=True)


class GradeShareSchema(CamelSchema):
    """How many of a department have a grade, and how many the guideline would give it."""

    level = fields.String(metadata=example("good"))
    name = fields.String(metadata=example("良好"))
    name_en = fields.String(metadata=example("Good"))
    count = fields.Integer(allow_none=True, metadata=example(7, "null where a small group would be told"))
    guideline = fields.Integer(allow_none=True, metadata=example(7, "null where there is none for so few"))


class DistributionSchema(CamelSchema):
    """The grades of a department."""

    department_key = KeyField(allow_none=True)
    graded = fields.Integer(allow_none=True, metadata=example(10))
    shares = fields.List(fields.Nested(GradeShareSchema))


class DistributionsSchema(CamelSchema):
    """The grades of a cycle by department."""

    items = fields.List(fields.Nested(DistributionSchema), required=True)


class SideSchema(CamelSchema):
    """What one of a pair gave the other."""

    rater = fields.String(attribute="rater.username", metadata=example("chen.jing"))
    mean = fields.String(metadata=example("5.00"))
    others = fields.String(allow_none=True, metadata=example("3.50", "What all others gave; null where nobody did"))
    is_far = fields.Boolean(metadata=example(value=True, description="Whether it lies far above what others gave"))


class PairSchema(CamelSchema):
    """Two peers who rated one another."""

    is_flagged = fields.Boolean(metadata=example(value=True, description="Whether both gave far more than others did"))
    sides = fields.List(fields.Nested(SideSchema))


class PairsSchema(CamelSchema):
    """The peers of a cycle who rated one another, flagged ones first."""

    items = fields.List(fields.Nested(PairSchema), required=True)


class LeaningsSchema(CamelSchema):
    """How the superiors of a cycle rate."""

    items = fields.List(fields.Nested(LeaningSchema), required=True)


@blueprint.route("/<key:key>/progress")
class Progress(View):
    """The progress of a cycle."""

    @blueprint.arguments(ChosenSchema, location="query")
    @blueprint.response(200, ProgressSchema)
    @blueprint.refuses(403, 404, 422)
    def get(self, query: dict[str, Any], key: int) -> dict[str, object]:
        """See how far a cycle's reviews are by step, department and person, and who is late by how much."""
        cycle = cycles.found(self.session, key)
        counted = progress.of_cycle(self.session, cycle, by=auth.caller(), chosen=Chosen(**query))
        return {
            "steps": counted.steps,
            "departments": [_tally(one, department_key=name) for name, one in counted.departments.items()],
            "people": [_tally(one, person=name) for name, one in sorted(counted.people.items())],
        }


def _tally(tally: Tally, **named: object) -> dict[str, object]:
    return {**named, **asdict(tally), "late": len(tally.late)}


@blueprint.route("/<key:key>/distribution")
class Distribution(View):
    """The distribution of a cycle's grades."""

    @blueprint.response(200, DistributionsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """See the grades in force by department, beside the guideline: advice, from which nothing follows."""
        cycle = cycles.found(self.session, key)
        return {"items": distributions.of_cycle(self.session, cycle, by=auth.caller())}


@blueprint.route("/<key:key>/leanings")
class Leanings(View):
    """How superiors rate."""

    @blueprint.response(200, LeaningsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """See how each superior of a cycle rates beside all others: a flag to talk about, never a correction."""
        return {"items": leanings.of_cycle(self.session, cycles.found(self.session, key), by=auth.caller())}


@blueprint.route("/<key:key>/pairs")
class Pairs(View):
    """Peers who rated one another."""

    @blueprint.response(200, PairsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List the peers who rated one another, each beside what others gave; a flag to look at, never a finding."""
        return {"items": pairs.of_cycle(self.session, cycles.found(self.session, key), by=auth.caller())}

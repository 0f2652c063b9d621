"""Mid-cycle changes: entered, looked at beforehand, decided and approved in their process, applied at once."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, ProseField, example
from api.reviews import known
from api.views import SearchView, View
from engine.reviews.changes import decisions, policies, previews, records
from engine.reviews.changes.events import Event
from engine.reviews.changes.items import Foreseen
from engine.reviews.cycle import cycles
from engine.reviews.models import ChangedReview, ChangeKind, ChangeState, Choice, Cycle, CycleChange
from engine.reviews.organisation import people

blueprint = Blueprint("changes", __name__, url_prefix="/api", description="What happens in the middle of a cycle")

EFFECTS = {"from": "li.na", "to": "he.ping", "tasks": [], "raters": [], "notes": []}


class ChangeItemSchema(CamelSchema):
    """One thing that a change touches, and what becomes of it by the choice that holds."""

    item = fields.String(metadata=example("superior:2251799813685249"))
    part = fields.String(metadata=example("superior"))
    person = KeyField(metadata=example("2251799813685250", "The appraisee"))
    review = KeyField(allow_none=True)
    choices = fields.List(fields.Enum(Choice, by_value=True))
    choice = fields.Enum(Choice, by_value=True)
    effects = fields.Dict(keys=fields.String(), metadata=example(EFFECTS))


class CycleChangeSchema(CamelSchema):
    """A mid-cycle change; its decisions are user tasks of its process instance."""

    key = KeyField()
    cycle_key = KeyField()
    kind = fields.Enum(ChangeKind, by_value=True)
    effective_on = fields.Date()
    reason = fields.String(metadata=example("李娜调任北区"))
    state = fields.Enum(ChangeState, by_value=True)
    entered_by = fields.String(metadata=example("zhao.min"))
    entered_at = InstantField()
    preview = fields.List(fields.Raw(), metadata=example([], "Items, as the preview that was decided on shows them"))
    digest = fields.String(metadata=example("9f86d081884c7d65", "SHA-256: what is applied has the same"))
    decided_by = fields.String(metadata=example("zhao.min"))
    decided_at = InstantField(allow_none=True)
    agreed_at = InstantField(allow_none=True)
    settled_by = fields.String(metadata=example("qian.li"))
    settled_at = InstantField(allow_none=True)
    remark = fields.String(metadata=example("", "Why it was rejected"))
    process_instance_key = KeyField(attribute="instance_key", allow_none=True)


class CycleChangesSchema(CamelSchema):
    """The changes of a cycle, the newest first."""

    items = fields.List(fields.Nested(CycleChangeSchema), required=True)


class EventSchema(CamelSchema):
    """What has happened."""

    kind = fields.Enum(ChangeKind, by_value=True, required=True)
    effective_on = fields.Date(required=True)
    reason = ProseField(required=True, metadata=example("李娜调任北区"))
    people = fields.List(NameField(), required=True, metadata=example(["zhang.wei"], "Accounts of those it is about"))
    to = NameField(load_default=None, metadata=example("he.ping", "Who follows; without one the organisation says who"))
    owner = NameField(load_default=None, metadata=example("wang.qiang", "Who must agree before HR approves"))
    details = fields.Dict(
        keys=fields.String(), load_default=dict, metadata=example({"factor": "0.80"}, "What else the kind needs")
    )


class ChoicesSchema(CamelSchema):
    """What is chosen for items, by item; one that is not named has its first choice."""

    choices = fields.Dict(keys=fields.String(), values=fields.Enum(Choice, by_value=True), load_default=dict)


class ChangePreviewSchema(CamelSchema):
    """What would become of each item."""

    items = fields.List(fields.Nested(ChangeItemSchema))
    digest = fields.String(metadata=example("9f86d081884c7d65"))


class ChangedReviewSchema(CamelSchema):
    """What a change did to a review."""

    change_key = KeyField()
    item = fields.String(metadata=example("superior:2251799813685249"))
    choice = fields.Enum(Choice, by_value=True)
    effects = fields.Dict(keys=fields.String(), metadata=example({"effects": EFFECTS}))
    settled_at = InstantField(allow_none=True)


class ChangedReviewsSchema(CamelSchema):
    """What changes did to a review, the newest first."""

    items = fields.List(fields.Nested(ChangedReviewSchema), required=True)


class PolicySchema(CamelSchema):
    """What becomes of items that HR does not decide in time, where it is among their choices; else they stay."""

    choice = fields.Enum(
        Choice, by_value=True, required=True, attribute="change_policy", metadata=example(Choice.HAND_OVER.value)
    )


@blueprint.route("/cycles/<key:key>/changes")
class Changes(View):
    """The changes of a cycle."""

    @blueprint.response(200, CycleChangesSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List them: all for HR, those one entered or has to agree to for others."""
        cycle = cycles.found(self.session, key)
        return {"items": records.of_cycle(self.session, cycle, by=auth.caller())}

    @blueprint.arguments(EventSchema)
    @blueprint.response(201, CycleChangeSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> CycleChange:
        """Enter what has happened, as HR; nothing changes before it is decided and approved."""
        named = {name: body[name] and people.named(self.session, body[name]) for name in ("to", "owner")}
        event = Event(
            kind=body["kind"],
            effective_on=body["effective_on"],
            reason=body["reason"],
            people=[people.named(self.session, name) for name in body["people"]],
            details=body["details"],
            **named,
        )
        return decisions.enter(self.session, cycles.found(self.session, key), event, by=auth.caller())


@blueprint.route("/changes/<key:key>")
class Change(View):
    """A change."""

    @blueprint.response(200, CycleChangeSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> CycleChange:
        """Read it."""
        return records.visible(self.session, key, by=auth.caller())


@blueprint.route("/changes/<key:key>/preview")
class Preview(SearchView):
    """What a change would do."""

    @blueprint.arguments(ChoicesSchema)
    @blueprint.response(200, ChangePreviewSchema)
    @blueprint.refuses(404, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, object]:
        """Compute what would become of each item by other choices, now; nothing is kept of it."""
        change = records.visible(self.session, key, by=auth.caller())
        choices = {item: choice.value for item, choice in body["choices"].items()}
        previews.expect_choices(self.session, change, choices)
        found = previews.of_change(self.session, change, choices)
        rows = [{"person": one.item.person_key, "review": one.item.review_key, **_shown(one)} for one in found]
        return {"items": rows, "digest": previews.digest(previews.written(found))}


@blueprint.route("/reviews/<key:key>/changes")
class OfReview(View):
    """What changes did to a review."""

    @blueprint.response(200, ChangedReviewsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, list[ChangedReview]]:
        """List it: to the own, to those of the people below, all for HR."""
        found = records.of_review(self.session, known(self.session, key), by=auth.caller())
        return {"items": [row for _, row in found]}


@blueprint.route("/cycles/<key:key>/change-policy")
class Policy(View):
    """What becomes of a change that HR does not decide in time."""

    @blueprint.arguments(PolicySchema)
    @blueprint.response(200, PolicySchema)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, Any], key: int) -> Cycle:
        """Choose it, as HR, for a cycle that is not closed."""
        cycle = cycles.found(self.session, key)
        policies.choose(cycle, body["change_policy"], by=auth.caller())
        return cycle


def _shown(one: Foreseen) -> dict[str, object]:
    return {
        "item": one.item.id,
        "part": one.item.part,
        "choices": one.choices,
        "choice": one.choice,
        "effects": one.effects,
    }

"""Settlements: the scheme of a cycle, the amounts finance enters, what each line pays, the file for payroll."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.actuals import FileSchema
from api.blueprint import Blueprint
from api.exports import CSV, MEDIA_TYPES
from api.fields import CamelSchema, InstantField, KeyField, ProseField, example
from api.lists import one
from api.papers import BINARY
from api.rosters import XLSX, attached
from api.views import View
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Review, SettlementScheme
from engine.reviews.reports.exports import Form
from engine.reviews.settlements import amounts, payrolls, schemes, sheets, streaks
from engine.sentences import Sentence

blueprint = Blueprint("settlements", __name__, url_prefix="/api", description="What results are worth")

RULES = example(
    {
        "lines": [
            {
                "id": "lead_award",
                "name": "线索奖",
                "layer": "excess",
                "kind": "count",
                "on": "leads",
                "share": "500",
            }
        ],
    },
    "The lines, as processes/settlements/sales-quarter.toml says them",
)


class SchemeDraftSchema(CamelSchema):
    """The next version of a cycle's scheme."""

    rules = fields.Dict(keys=fields.String(), required=True, metadata=RULES)
    reason = ProseField(required=True, metadata=example("2025 年第三季度方案"))


class SchemeSchema(SchemeDraftSchema):
    """A version of a cycle's scheme. It never changes."""

    key = KeyField()
    version = fields.Integer()
    set_by = fields.String()
    set_at = InstantField()


class EnteredSchema(CamelSchema):
    """How many amounts were entered."""

    entered = fields.Integer(required=True, metadata=example(6))


class SettlementSchema(CamelSchema):
    """The newest version of what a line pays somebody, in yuan, with its formula."""

    key = KeyField()
    review_key = KeyField()
    line = fields.String(attribute="line_id", metadata=example("commission"))
    version = fields.Integer()
    result_key = KeyField()
    amount = fields.String(metadata=example("16200.00"))
    figures = fields.Dict(keys=fields.String())
    due_on = fields.Date()
    payroll_key = KeyField(allow_none=True)


class SettlementsSchema(CamelSchema):
    """What the lines pay."""

    items = fields.List(fields.Nested(SettlementSchema), required=True)


class PayableSchema(CamelSchema):
    """What payroll has not had yet of a line."""

    employee_id = fields.String(attribute="person.employee_id")
    line = fields.String(attribute="settlement.line_id", metadata=example("commission"))
    amount = fields.String(attribute="difference", metadata=example("-1800.00", "Less than zero: a correction"))
    due_on = fields.Date(attribute="settlement.due_on")
    held = fields.Boolean(metadata=example(value=False, description="Whether it waits for an appeal"))
    provisional = fields.Boolean(metadata=example(value=False, description="Whether an open appeal may yet correct it"))


class PayablesSchema(CamelSchema):
    """What is to be handed to payroll."""

    items = fields.List(fields.Nested(PayableSchema), required=True)


class StandingSchema(CamelSchema):
    """That somebody has reached a streak: a proposal to HR, from which nothing follows by itself."""

    employee_id = fields.String(attribute="person.employee_id")
    rule = fields.String(attribute="rule.id", metadata=example("promotion"))
    review_keys = fields.List(
        KeyField(), metadata=example(["1125899906842624"], "The reviews that make it, oldest first")
    )


class StandingsSchema(CamelSchema):
    """Who has reached which streak."""

    items = fields.List(fields.Nested(StandingSchema), required=True)


class PayrollFormSchema(CamelSchema):
    """How a file for payroll is written."""

    form = fields.Enum(Form, by_value=True, load_default=Form.CSV, metadata=example("xlsx"))


@blueprint.route("/cycles/<key:key>/settlement-scheme")
class Scheme(View):
    """The rules by which a cycle's results are paid."""

    @blueprint.response(200, SchemeSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> SettlementScheme:
        """Get the version in force, as HR or finance."""
        schemes.expect_payer(auth.caller(), Sentence("get the scheme of cycle {key}", key=key))
        return schemes.expected(self.session, cycles.found(self.session, key))

    @blueprint.arguments(SchemeDraftSchema)
    @blueprint.response(201, SchemeSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> SettlementScheme:
        """Set the next version; each way in which tiers can be read must be chosen."""
        cycle = cycles.found(self.session, key)
        return schemes.agree(self.session, cycle, body["rules"], reason=body["reason"], by=auth.caller())


@blueprint.route("/cycles/<key:key>/pay-amounts")
class Amounts(View):
    """The amounts that lines are computed on."""

    @blueprint.arguments(FileSchema, location="files")
    @blueprint.response(200, EnteredSchema)
    @blueprint.refuses(403, 404, 422)
    def post(self, files: dict[str, Any], key: int) -> dict[str, int]:
        """Import amounts as finance, from a workbook or CSV file headed 工号, 项目, 金额, 来源: all of them or none."""
        cycle, content = cycles.found(self.session, key), files["file"].stream.read()
        return {"entered": len(amounts.import_csv(self.session, cycle, content, by=auth.caller()))}


@blueprint.route("/cycles/<key:key>/settlements")
class Settlements(View):
    """What a cycle's results are worth."""

    @blueprint.response(200, PayablesSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List what payroll has not had yet, as HR or finance; what is disputed is held, or paid provisionally."""
        schemes.expect_payer(auth.caller(), Sentence("list the settlements of cycle {key}", key=key))
        return {"items": sheets.payable(self.session, cycles.found(self.session, key))}

    @blueprint.response(200, SettlementsSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, key: int) -> dict[str, object]:
        """Compute what changed since the last time."""
        return {"items": sheets.settle(self.session, cycles.found(self.session, key), by=auth.caller())}


@blueprint.route("/cycles/<key:key>/payrolls")
class Payrolls(View):
    """The files for payroll."""

    @blueprint.arguments(PayrollFormSchema, location="query")
    @blueprint.response(200, BINARY, content_type=CSV)
    @blueprint.alt_response(200, schema=BINARY, content_type=XLSX)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, query: dict[str, Form], key: int) -> Response:
        """Hand over what is payable and not held, as finance; each line once, a correction as the difference."""
        payroll = sheets.hand_over(self.session, cycles.found(self.session, key), by=auth.caller())
        return _file(self.session, payroll.key, query["form"])


@blueprint.route("/payrolls/<key:key>")
class OnePayroll(View):
    """A file that payroll had."""

    @blueprint.arguments(PayrollFormSchema, location="query")
    @blueprint.response(200, BINARY, content_type=CSV)
    @blueprint.alt_response(200, schema=BINARY, content_type=XLSX)
    @blueprint.refuses(403, 404, 422)
    def get(self, query: dict[str, Form], key: int) -> Response:
        """Get it as it was handed over, or the same as a workbook, as finance; it leaves a disclosure."""
        return _file(self.session, key, query["form"])


@blueprint.route("/cycles/<key:key>/streaks")
class Streaks(View):
    """Results in a row."""

    @blueprint.response(200, StandingsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List who has reached which streak of the cycle's scheme by its end, as HR or finance."""
        schemes.expect_payer(auth.caller(), Sentence("list the streaks of cycle {key}", key=key))
        cycle = cycles.found(self.session, key)
        scheme = schemes.read(schemes.expected(self.session, cycle).rules)
        return {"items": streaks.standings(self.session, cycle, scheme.streaks)}


@blueprint.route("/reviews/<key:key>/settlements")
class OfReview(View):
    """What one result is worth."""

    @blueprint.response(200, SettlementsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List what each line pays: one's own, anybody's for HR and finance; superiors see none."""
        visible = access.settlements(self.session, auth.caller())
        (review,) = one(self.session, select(Review).where(Review.key == key, visible))
        return {"items": sheets.of_review(self.session, review)}


def _file(session: Session, key: int, form: Form) -> Response:
    content = payrolls.handed_out(session, key, form=form, by=auth.caller())
    return attached(content, f"payroll-{key}.{form.value}", MEDIA_TYPES[form])

"""Case files: the page on which a reader takes one, and sees who took it before."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.case_files import MEDIA_TYPES
from api.rosters import attached
from api.views import View
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files import cases, files
from engine.reviews.case_files.files import Form
from engine.reviews.case_files.kinds import Case, Subject
from engine.reviews.cycle import cycles
from engine.reviews.models import Disclosure, Rater, Review
from engine.reviews.organisation import people
from web import names
from web.dates import instant
from web.languages import N_, gettext

TITLES = {
    Subject.REVIEW: N_("Case file of the review"),
    Subject.APPEAL: N_("Case file of the appeal"),
    Subject.PLAN: N_("Case file of the improvement plan"),
}

PAGES = {Subject.REVIEW: "web.reviews.review", Subject.APPEAL: "web.appeals.case", Subject.PLAN: "web.plans.plan"}
"""The page of what a file is of."""

blueprint = Blueprint("case_files", __name__)


class CaseFile(View):
    """The case file of a review, an appeal or a plan."""

    def get(self, subject: str, key: int) -> str:
        """Show what can be taken, and who took it before."""
        by = auth.caller()
        case = cases.found(self.session, Subject(subject), key, by=by)
        return render_template(
            "case-file.html",
            title=gettext(TITLES[case.subject]),
            person=names.of_person(people.by_key(self.session, case.person_key)),
            cycle=cycles.found(self.session, case.cycle_key).label,
            subject=subject,
            key=key,
            back=url_for(PAGES[case.subject], key=key),
            opens=_opens(self.session, case, by),
            taken=_taken(self.session, case, by),
        )

    def post(self, subject: str, key: int) -> Response:
        """Hand it out, which leaves a disclosure."""
        form = request.form.get("form", Form.PDF, type=Form)
        case = cases.found(self.session, Subject(subject), key, by=auth.caller())
        reason = request.form.get("reason", "").strip()
        content = files.write(self.session, case, form=form, by=auth.caller(), reason=reason)
        return attached(content, f"case-{subject}-{key}.{form.value}", MEDIA_TYPES[form])


blueprint.add_url_rule(
    "/case-files/<any(review, appeal, plan):subject>/<key:key>", view_func=CaseFile.as_view("case_file")
)


def _opens(session: Session, case: Case, by: Identity) -> bool:
    """Tell whether there are anonymous ratings that the reader may open with a reason."""
    anonymous = select(Rater.review_key).where(Rater.review_key.in_(case.reviews), Rater.anonymous)
    return session.scalar(select(Review.key).where(Review.key.in_(anonymous), access.openable(session, by))) is not None


def _taken(session: Session, case: Case, by: Identity) -> list[tuple[str, str, str]]:
    """List who took it, when and as what, as far as the reader may know."""
    zone = ZoneInfo(cycles.found(session, case.cycle_key).zone)
    rows = session.scalars(
        select(Disclosure)
        .where(Disclosure.about == case.about, access.disclosures(session, by))
        .order_by(Disclosure.key.desc())
    ).all()
    people_by_account = names.of_accounts(session, [row.made_by for row in rows])
    return [(people_by_account[row.made_by], instant(row.made_at, zone), row.form.upper()) for row in rows]

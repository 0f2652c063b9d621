"""The people: who belongs where, and who leads whom."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.views import View
from engine import calendars
from engine.errors import NotFound
from engine.identity import Identity, Membership
from engine.reviews import access
from engine.reviews.models import Department, Person, Placement, Post, Role
from engine.reviews.organisation import employments, lines
from web import names
from web.languages import N_, gettext
from web.navigation import keeps_people, runs_cycles

ROLES = {
    Role.HR.value: N_("HR"),
    Role.FINANCE.value: N_("Finance"),
    Role.AUDITOR.value: N_("Auditor"),
    Role.MENTOR.value: N_("Mentor"),
    Role.PANEL.value: N_("Panel"),
    Role.UNION.value: N_("Union"),
    Role.BOARD.value: N_("Board"),
}


def role_said(held: Membership) -> str:
    """Name a role, with the department that it is bounded to; empty for what is no role."""
    said = gettext(ROLES[held.role]) if held.role in ROLES else ""
    return f"{said} ({held.scope})" if said and held.scope else said


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person."""

    key: int
    employee_id: str
    name: str
    username: str
    department: str
    post: str
    superior: str
    roles: tuple[str, ...]


blueprint = Blueprint("people", __name__)


class Index(View):
    """The people."""

    def get(self) -> str:
        """List everybody whom HR may see."""
        person = auth.caller()
        if not keeps_people(person):
            raise NotFound("Expected to list the people, but the list is for HR")
        return render_template("people.html", imports=runs_cycles(person), people=read_all(self.session, by=person))


blueprint.add_url_rule("/people", view_func=Index.as_view("index"))


def read_all(session: Session, *, by: Identity) -> list[PersonLine]:
    """Read the people that somebody may see, by employee id."""
    today = calendars.today(session)
    rows = session.execute(
        select(Person, Department, Post)
        .outerjoin(Placement, Placement.key == employments.placement_on(today))
        .outerjoin(Department, Department.key == Placement.department_key)
        .outerjoin(Post, Post.key == Placement.post_key)
        .where(access.people(session, by))
        .order_by(Person.employee_id)
    ).all()
    held = select(Membership).where(Membership.holds_on(today)).order_by(Membership.group)
    roles = [(one.username, said) for one in session.scalars(held) if (said := role_said(one))]
    return [
        PersonLine(
            key=person.key,
            employee_id=person.employee_id,
            name=names.of_person(person),
            username=person.username,
            department=names.either(department.name, department.name_en) if department else "",
            post=names.either(post.name, post.name_en) if post else "",
            superior=names.of_person(above) if (above := lines.superior_of(session, person.key, today)) else "",
            roles=tuple(said for name, said in roles if name == person.username),
        )
        for person, department, post in rows
    ]

"""What was said in a defence: the appraisee's answers, and what each of the panel found."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.meetings import visibility
from engine.reviews.models import Defence, DefenceMember


def _members_of(case: Case) -> ColumnElement[bool]:
    return DefenceMember.defence_key.in_(select(Defence.key).where(Defence.review_key.in_(case.reviews)))


KINDS = (
    Kind(
        name="defence",
        title=("述职答辩", "Defence"),
        table=Defence,
        at="prepared_at",
        by="convened_by",
        changing="results obstacle explanation next_plan prepared_at convened_by ended_at",
        of=lambda case: Defence.review_key.in_(case.reviews),
        visible=visibility.defences,
    ),
    Kind(
        name="defence-member",
        title=("答辩评委意见", "What somebody on the panel of a defence said"),
        table=DefenceMember,
        at="said_at",
        changing="judged opinion said_at",
        of=_members_of,
        visible=visibility.opinions,
    ),
)

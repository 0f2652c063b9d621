"""What a panel leaves: its lots, its members, what was said against them, their notes and votes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from engine.reviews import access
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.models import DeliberationNote, PanelDraw, PanelMember, RecusalMotion, Vote
from engine.reviews.panels import sight


def _motions_of(case: Case) -> ColumnElement[bool]:
    members = select(PanelMember.key).where(PanelMember.appeal_key.in_(case.appeals))
    return RecusalMotion.member_key.in_(members)


KINDS = (
    Kind(
        name="panel-draw",
        title=("抽签", "Draw of the panel"),
        table=PanelDraw,
        at="drawn_at",
        by="drawn_by",
        changing="given_up given_up_by",
        of=lambda case: PanelDraw.appeal_key.in_(case.appeals),
        visible=sight.draws,
    ),
    Kind(
        name="panel-member",
        title=("合议组成员", "Panel member"),
        table=PanelMember,
        changing="chair state appointed_by appointment declared_at announced_at excluded_at",
        without="statement exclusion exclusion_reason",
        of=lambda case: PanelMember.appeal_key.in_(case.appeals),
        visible=sight.panel_members,
    ),
    Kind(
        name="recusal-motion",
        title=("回避申请", "Motion to exclude a member"),
        table=RecusalMotion,
        at="made_at",
        changing="decider_key granted decision decided_at",
        of=_motions_of,
        visible=sight.motions,
    ),
    Kind(
        name="deliberation-note",
        title=("评议笔记", "Note for the deliberation"),
        table=DeliberationNote,
        at="written_at",
        of=lambda case: DeliberationNote.appeal_key.in_(case.appeals),
        visible=sight.deliberation_notes,
    ),
    Kind(
        name="vote",
        title=("投票", "Vote"),
        table=Vote,
        at="cast_at",
        of=lambda case: Vote.appeal_key.in_(case.appeals),
        visible=access.votes,
    ),
)

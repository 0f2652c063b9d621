"""The engine's enumerations in the reader's language, where a sentence mentions one of their members."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from engine.bpmn.models import InstanceState, JobState, TaskState
from engine.reviews.case_files.kinds import Subject
from engine.reviews.models import (
    AbilityPlanState,
    AdjustmentState,
    AppealState,
    AwardState,
    CalibrationState,
    ChangeKind,
    ChangeState,
    CycleKind,
    CycleState,
    DeliveryState,
    DiagnosisState,
    ExitState,
    FollowUpKind,
    FollowUpState,
    OccasionState,
    Outcome,
    PanelState,
    PlanState,
    Procedure,
    ProposalState,
    RaterState,
    ReopeningKind,
    ReopeningState,
    ReviewState,
    Role,
    StatementKind,
    TargetState,
)
from web.languages import pgettext

CONTEXT = "state"
"""What sets these words apart in the catalogue from the same ones as labels and buttons."""

ENUMERATIONS: tuple[type[StrEnum], ...] = (
    AbilityPlanState,
    AdjustmentState,
    AppealState,
    AwardState,
    CalibrationState,
    ChangeKind,
    ChangeState,
    CycleKind,
    CycleState,
    DeliveryState,
    DiagnosisState,
    ExitState,
    FollowUpKind,
    FollowUpState,
    InstanceState,
    JobState,
    OccasionState,
    Outcome,
    PanelState,
    PlanState,
    Procedure,
    ProposalState,
    RaterState,
    ReopeningKind,
    ReopeningState,
    ReviewState,
    Role,
    StatementKind,
    Subject,
    TargetState,
    TaskState,
)


def words() -> Iterator[str]:
    """Name every member as sentences write it."""
    for enumeration in ENUMERATIONS:
        for member in enumeration:
            yield member.value.lower().replace("_", " ")


def translated(word: str) -> str:
    """Say a member in the reader's language; the word itself where it is none."""
    return pgettext(CONTEXT, word)

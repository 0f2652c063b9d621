"""The tables of HR: people, cycles and reviews, scorecards, and the cases that follow."""

import engine.bpmn.documents
import engine.bpmn.models  # noqa: F401 - reviews, appeals and plans refer to process instances
from engine.reviews.models.cases import (
    Appeal,
    AppealState,
    Evidence,
    Notice,
    Outcome,
    PanelMember,
    Plan,
    PlanNote,
    PlanState,
    Verdict,
    Vote,
)
from engine.reviews.models.cycles import (
    Cycle,
    CycleState,
    Rater,
    RaterState,
    Review,
    ReviewState,
    TemplateVersion,
)
from engine.reviews.models.people import Department, Line, Person, ReportingLine, Role
from engine.reviews.models.scorecards import (
    Actual,
    Answer,
    Interview,
    Rating,
    Result,
    SignOff,
    TargetDecision,
    TargetSheet,
    TargetState,
)

__all__ = [
    "Actual",
    "Answer",
    "Appeal",
    "AppealState",
    "Cycle",
    "CycleState",
    "Department",
    "Evidence",
    "Interview",
    "Line",
    "Notice",
    "Outcome",
    "PanelMember",
    "Person",
    "Plan",
    "PlanNote",
    "PlanState",
    "Rater",
    "RaterState",
    "Rating",
    "ReportingLine",
    "Result",
    "Review",
    "ReviewState",
    "Role",
    "SignOff",
    "TargetDecision",
    "TargetSheet",
    "TargetState",
    "TemplateVersion",
    "Verdict",
    "Vote",
]

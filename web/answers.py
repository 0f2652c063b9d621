"""Answers: how the appraisee's answer to a result is named, and how its badge looks."""

from __future__ import annotations

from engine.reviews.models import Answer
from web.languages import N_

ANSWERS = {
    Answer.AGREED: N_("Agreed"),
    Answer.OBJECTED: N_("Received with objection"),
    Answer.REFUSED: N_("Refused to sign"),
    Answer.UNANSWERED: N_("No answer in time"),
}
ANSWER_KINDS = {Answer.AGREED: "good", Answer.OBJECTED: "warn", Answer.REFUSED: "bad", Answer.UNANSWERED: "empty"}

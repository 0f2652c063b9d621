"""What lets another version of a result take the place of the one before, with all that hung on it."""

import pytest

from engine.identity import SYSTEM
from engine.reviews.consequences import reruns
from engine.reviews.release import results


@pytest.fixture
def corrected(session):
    """Give the result of a review another version with another total and grade, and rerun what hung on it."""

    def correct(review, total, grade, *, annulled=False):
        before = results.expected(session, review)
        after = results.compute(session, review, by=SYSTEM, reason="申诉更正")
        after.total, after.grade, after.released_at = total, grade, before.released_at
        after.annulled = annulled
        session.flush()
        return {(one.what, one.name): one for one in reruns.rerun(session, review, before, after, by=SYSTEM)}

    return correct

"""A corrected value, or a step that is reopened: refused where it is entered, or foreseen as what cannot be now."""

from datetime import date

import pytest
from changing import entered
from sqlalchemy import select

from engine import db, identity
from engine.errors import Invalid
from engine.reviews.cases import appeals
from engine.reviews.changes import records
from engine.reviews.models import ChangeKind, CycleChange

TODAY = date(2025, 9, 22)
VALUE = {"indicator": "sales_revenue", "value": "500", "source": "财务季报"}


@pytest.fixture
def rated(demonstration):
    """Zhang Wei's review with its total."""
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()
    return demonstration


def foreseen(key):
    with db.reading() as session:
        (one,) = records.found(session, key).preview
        return one["choices"], one["effects"]["notes"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"value": "很多"}, "bad-quantity"),
        ({"value": "480"}, "no-change"),
        ({"indicator": "nonsense"}, "unknown-indicator"),
    ],
)
def test_a_value_that_could_not_be_entered_is_refused_at_once_and_nothing_is_kept(rated, changed, code):
    with pytest.raises(Invalid) as refused:
        entered(rated, ChangeKind.CORRECTION, effective_on=TODAY, **{**VALUE, **changed})

    assert [one.code for one in refused.value.problems] == [code]
    with db.reading() as session:
        assert session.scalars(select(CycleChange)).all() == []


def test_while_an_appeal_is_open_a_correction_is_the_panels(rated):
    rated.release()
    rated.interview()
    with db.transaction() as session:
        said = {"grounds": "口径变了", "items": ["innovation_adopted"], "remedy": "按原口径"}
        appeals.lodge(session, rated.review(session), **said, by=identity.identity_of(session, "zhang.wei"))

    told = {
        kind: foreseen(entered(rated, kind, effective_on=TODAY, **details))
        for kind, details in ((ChangeKind.CORRECTION, VALUE), (ChangeKind.REOPENING, {"what": "signature"}))
    }

    assert set(map(str, told.values())) == {str((["keep"], ["under-appeal"]))}


def test_what_is_not_given_yet_cannot_be_given_again(rated):
    before = foreseen(entered(rated, ChangeKind.REOPENING, effective_on=TODAY, what="signature"))
    rated.release()
    after = foreseen(entered(rated, ChangeKind.REOPENING, "he.ping", effective_on=TODAY, what="self-evaluation"))

    assert before == (["keep"], ["not-given-signature"])
    assert after == (["keep"], ["not-given-self-evaluation"])

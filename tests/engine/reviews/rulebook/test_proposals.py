"""Tests of engine.reviews.rulebook.proposals: looked at anew each quarter, and no running cycle is changed."""

import pytest

from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.models import ProposalState
from engine.reviews.rulebook import library, proposals, rulebooks, templates
from engine.reviews.rulebook.proposals import Wish

CAC = {"name": "获客成本", "direction": "lower-ratio", "unit": "元", "target": "200"}
CAPPED = Wish("cac", "防止目标写错造成高分", 'cap = "1.2"')


@pytest.fixture
def proposal(session, company, act):
    library.define(session, "cac", CAC, by=act("hui"))
    (made,) = proposals.propose(session, "1", [CAPPED], by=act("hui"))
    return made


def test_l003_23_what_is_adopted_is_the_next_version_of_the_library_and_says_why(session, proposal):
    proposals.decide(session, proposal, adopted=True, remark="与财务核对过", by=SYSTEM)

    (entry,) = library.entries(session)
    assert (entry.version, entry.rules["cap"], entry.rules["name"]) == (2, "1.2", "获客成本")
    assert (proposal.state, proposal.version, proposal.remark) == (ProposalState.ADOPTED, 2, "与财务核对过")


def test_l001_13_a_change_is_in_force_from_the_next_template_and_never_in_one_that_is_published(
    session, proposal, mended, act
):
    rules = rulebooks.write(mended)
    rules["sections"][0]["indicators"][-1] = {"id": "cac", "library": "cac", "weight": "10"}
    published = templates.draft(session, "sales", rules, title="销售团队", by=act("hui"))
    templates.publish(session, published.key, by=act("hui"))

    proposals.decide(session, proposal, adopted=True, remark="与财务核对过", by=SYSTEM)
    following = templates.draft(session, "sales", rules, title="销售团队", by=act("hui"))

    caps = [
        next(one.cap for one in templates.rules(session, row.key).indicators if one.id == "cac")
        for row in (published, following)
    ]
    assert caps[0] is None
    assert str(caps[1]) == "6/5"


def test_what_is_declined_stays_as_it_was_and_who_proposed_does_not_decide(session, proposal, act):
    with pytest.raises(Forbidden, match="another decides"):
        proposals.decide(session, proposal, adopted=True, remark="x", by=act("hui"))
    proposals.decide(session, proposal, adopted=False, remark="证据不足", by=SYSTEM)

    with pytest.raises(Conflict, match="declined"):
        proposals.decide(session, proposal, adopted=True, remark="x", by=SYSTEM)

    assert [entry.version for entry in library.entries(session)] == [1]


def test_wrong_proposals_are_named_row_by_row(session, proposal, act):
    wishes = [
        Wish("nps", "x", 'cap = "1"'),
        Wish("cac", " ", 'cap = "1"'),
        Wish("cac", "x", "cap ="),
        Wish("cac", "x", ""),
        Wish("cac", "x", 'direction = "sideways"'),
    ]

    with pytest.raises(Invalid) as refused:
        proposals.propose(session, "2", wishes, by=act("hui"))

    assert [one.where for one in refused.value.problems] == [
        "proposals[0].indicator",
        "proposals[1].reason",
        "proposals[2].changes",
        "proposals[3].changes",
        "proposals[4].changes",
    ]

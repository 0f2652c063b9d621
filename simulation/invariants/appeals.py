"""No appellant ends worse; panels are of people without a part, and who is excluded neither reads nor votes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.models import ProcessInstance, UserTask
from engine.reviews.models import Appeal, AppealReading, PanelMember, PanelState, Person, Result, Vote
from simulation import rulebook
from simulation.almanac import day_of
from simulation.cases import Dispute, Fate
from simulation.diary import Chapter
from simulation.invariants.evidence import Evidence, Violation

SMALLEST = 3
"""How many members the smallest panel has (issue 6)."""

RANKS = (*(name for _, name in rulebook.BANDS), rulebook.LOWEST)
"""The grades, the highest first."""

SITS = ("prepare_hearing", "cast_vote", "vote_instead")
"""The tasks that a panel has once it sits."""


def no_appellant_ends_worse(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Whoever appealed has no lower total and no worse grade than before; only who asked for it lost the grade."""
    for chapter, name, dispute in _disputes(evidence):
        versions = select(Result).where(Result.review_key == int(chapter.reviews[name])).order_by(Result.version)
        newest = session.scalars(versions).all()[-1]
        total, grade = chapter.read[name]
        case = evidence.case(chapter.reviews[name])
        if Fraction(newest.total) < total:
            yield Violation(case, None, f"had {float(total):.2f}, and {newest.total} after the appeal")
        if newest.grade is None and (dispute.sought != Fate.ANNULLED or not newest.annulled):
            yield Violation(case, None, f"had {grade}, and no grade after an appeal that did not ask for that")
        if newest.grade is not None and RANKS.index(newest.grade) > RANKS.index(grade):
            yield Violation(case, None, f"had {grade}, and {newest.grade} after the appeal")


def appeals_end_as_they_were_voted(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each appeal ended as those who wrote it remember: by the majority, else as the burden of proof says."""
    rows = {str(one.key): one for one in session.scalars(select(Appeal))}
    seated, remembered = _seats(session), {dispute.key for _, _, dispute in _disputes(evidence)}
    for key in sorted(set(rows) ^ remembered):
        yield Violation(f"appeal {key}", None, "is known only here, or only to the appellant")
    for chapter, name, dispute in _disputes(evidence):
        row = rows.get(dispute.key)
        if row is None:
            continue
        case, day = evidence.case(chapter.reviews[name]), day_of(dispute.lodged_at)
        if row.ended_at is None or not dispute.ended:
            yield Violation(case, day, f"the appeal is not over, but {row.state.value}")
            continue
        told = row.verdict.value if row.verdict and dispute.votes else row.state.value
        if told != dispute.ended and not (dispute.ended == "unheard" and not dispute.votes):
            yield Violation(case, day, f"ended as {told}, but those concerned say {dispute.ended}")
        counted = _counted(dispute, seated[int(dispute.key)]) if dispute.votes else told
        if told != counted:
            yield Violation(case, day, f"ended as {told}, but the votes come to {counted}")


def _counted(dispute: Dispute, seated: set[str]) -> str:
    """Count by hand the votes of those who sit; who was excluded later counts for nothing."""
    votes = [verdict for who, verdict in dispute.votes.items() if who in seated]
    first = [verdict for verdict, count in Counter(votes).items() if count > len(votes) / 2]
    return first[0] if first else "reevaluated" if dispute.silent else "upheld"


def _seats(session: Session) -> dict[int, set[str]]:
    """Name who sits on each panel."""
    seated: dict[int, set[str]] = defaultdict(set)
    rows = select(PanelMember.appeal_key, Person.username).join(Person, Person.key == PanelMember.person_key)
    for appeal, username in session.execute(rows.where(PanelMember.state == PanelState.SEATED)):
        seated[appeal].add(username)
    return seated


def panels_are_without_a_part(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """A panel has an odd number, three or more, not of one department, and nobody on it had a part in the matter."""
    seated = _seats(session)
    for chapter, name, dispute in _disputes(evidence):
        if dispute.votes:
            case, day = evidence.case(chapter.reviews[name]), day_of(dispute.lodged_at)
            for sentence in _of_panel(seated[int(dispute.key)], chapter, name, dispute, evidence):
                yield Violation(case, day, sentence)
            heard = [one for _, _, one in _disputes(evidence) if one.key == dispute.joined_to and one.votes]
            if any(seated[int(one.key)] != seated[int(dispute.key)] for one in heard):
                yield Violation(case, day, "was joined to another appeal, but heard by others")


def _of_panel(seated: set[str], chapter: Chapter, name: str, dispute: Dispute, evidence: Evidence) -> Iterator[str]:
    """Say what is wrong with those who sat on one panel."""
    if len(seated) < SMALLEST or len(seated) % 2 == 0:
        yield f"the panel has {len(seated)} members"
    if len({evidence.company.called(one).department for one in seated}) < 2:
        yield "the panel is of one department"
    for who, why in _parts(chapter, name, dispute, evidence).items():
        if who in seated:
            yield f"{who} sat on the panel, who {why}"
    if seated - set(dispute.votes):
        yield f"{sorted(seated)} sat, but {sorted(dispute.votes)} voted"


def _parts(chapter: Chapter, name: str, dispute: Dispute, evidence: Evidence) -> dict[str, str]:
    """Name who had a part in a matter, as the company remembers it, with what it was."""
    review = chapter.reviews[name]
    decided = [*evidence.deeds_of(review, "review_targets"), *evidence.deeds_of(review, "approve_targets")]
    rivals = {one.username for one in chapter.company.of(chapter.company.called(name).department)}
    return {
        **dict.fromkeys(rivals & set(chapter.open), "has a grade in the same quota"),
        **dict.fromkeys((who for _, who in chapter.ratings.get(name, {})), "rated the appellant"),
        **dict.fromkeys((deed.who for deed in decided), "decided on the targets"),
        **dict.fromkeys(chapter.witnesses.get(name, ()), "was a witness"),
        **dict.fromkeys(chapter.company.above(name) | dispute.above, "leads the appellant"),
        **dict.fromkeys(dispute.conflicted, "declared a conflict"),
        name: "is the appellant",
    }


def excluded_members_neither_read_nor_vote(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """No vote is of somebody who does not sit, and nobody who was called to a panel read the case before it sat."""
    names = {one.key: one.username for one in session.scalars(select(Person))}
    members = {one.key: one for one in session.scalars(select(PanelMember))}
    for vote in session.scalars(select(Vote)):
        member = members[vote.member_key]
        if member.state is not PanelState.SEATED or member.appeal_key != vote.appeal_key:
            case = _case(evidence, vote.appeal_key)
            yield Violation(case, day_of(vote.cast_at), f"{names[member.person_key]} voted, who is excluded")
    called = {(one.appeal_key, names[one.person_key]): one for one in members.values()}
    seen = dict(session.execute(select(Appeal.key, Appeal.review_key)).all())
    sat = _sitting(session)
    for reading in session.scalars(select(AppealReading)):
        found = called.get((reading.appeal_key, reading.read_by))
        if found is None or set(evidence.company.called(reading.read_by).roles) & {"hr", "auditor"}:
            continue
        since = sat.get(str(seen[reading.appeal_key]))
        if found.state is not PanelState.SEATED or since is None or reading.read_at < since:
            case = _case(evidence, reading.appeal_key)
            yield Violation(
                case, day_of(reading.read_at), f"{reading.read_by} read the case, who does not sit yet, or at all"
            )


def _sitting(session: Session) -> Mapping[str | None, datetime]:
    """Tell since when each panel sits, by the review: since it was asked for the first time to do something."""
    first = select(ProcessInstance.business_id, func.min(UserTask.created_at))
    asked = first.join(UserTask, UserTask.instance_key == ProcessInstance.key).where(UserTask.element_id.in_(SITS))
    return dict(session.execute(asked.group_by(ProcessInstance.business_id)).all())


def _disputes(evidence: Evidence) -> Iterator[tuple[Chapter, str, Dispute]]:
    for chapter in evidence.diary.chapters:
        for name, dispute in chapter.appeals.items():
            yield chapter, name, dispute


def _case(evidence: Evidence, key: int) -> str:
    found = ((chapter, name) for chapter, name, dispute in _disputes(evidence) if int(dispute.key) == key)
    return next((evidence.case(chapter.reviews[name]) for chapter, name in found), f"appeal {key}")

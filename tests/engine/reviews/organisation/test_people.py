"""Tests of engine.reviews.organisation.people: who reports to whom, and when."""

from datetime import date

import pytest

from engine.bpmn import instances
from engine.bpmn.models import InstanceState
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import ENGINE
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Line, ReviewState, Role
from engine.reviews.organisation import amendments, lines, people

HIRED = date(2025, 1, 1)


def test_superiors_are_listed_from_the_direct_one_up(session, company):
    chain = lines.superiors_of(session, company["ann"].key, date(2025, 7, 1))

    assert [person.username for person in chain] == ["sun", "dai"]


def test_a_new_superior_ends_the_line_before_and_history_is_kept(session, company, act):
    lines.assign(session, company["ann"], company["pan"], valid_from=date(2025, 8, 1), by=act("hui"))

    def superior(day):
        return lines.superior_of(session, company["ann"].key, day).username

    assert superior(date(2025, 7, 31)) == "sun"
    assert superior(date(2025, 8, 1)) == "pan"


def test_e12_a_line_that_leads_back_is_refused_with_its_names(session, company, act):
    with pytest.raises(Invalid, match="戴维 → 安然 → 孙立 → 戴维"):
        lines.assign(session, company["dai"], company["ann"], valid_from=HIRED, by=act("hui"))


def test_e12_a_line_that_leads_back_only_on_a_later_day_is_refused_too(session, company, act):
    lines.assign(session, company["dai"], company["pan"], valid_from=date(2025, 9, 1), by=act("hui"))

    with pytest.raises(Invalid, match="would lead back"):
        lines.assign(session, company["pan"], company["ann"], valid_from=HIRED, by=act("hui"))


def test_e10_a_dotted_line_stands_beside_the_primary_one_which_decides(session, company, act):
    for username in ("pan", "shi"):
        lines.assign(session, company["ann"], company[username], valid_from=HIRED, kind=Line.MATRIX, by=act("hui"))

    assert lines.superior_of(session, company["ann"].key, HIRED).username == "sun"
    assert lines.superior_of(session, company["ann"].key, HIRED, Line.MATRIX).username == "pan"


def test_a_second_superior_by_name_stands_in_the_place_of_the_superiors_superior(session, company, act):
    lines.assign(session, company["ann"], company["pan"], valid_from=HIRED, kind=Line.SECOND, by=act("hui"))

    chain = lines.superiors_of(session, company["ann"].key, date(2025, 7, 1))

    assert [person.username for person in chain] == ["sun", "pan"]


def test_nobody_reports_to_who_is_not_there_yet(session, company, act):
    with pytest.raises(Invalid, match="孙立 is not employed on 2020-01-01"):
        lines.assign(session, company["ann"], company["sun"], valid_from=date(2020, 1, 1), by=act("hui"))


def test_what_is_changed_is_kept_with_who_changed_it(session, company, act):
    lines.assign(session, company["ann"], company["pan"], valid_from=date(2025, 8, 1), by=act("hui"))

    new, ended, *_ = amendments.of_subject(session, "E001")

    assert (new.before, new.after["superior"], new.amended_by) == (None, "E004", "hui")
    assert (ended.before["valid_until"], ended.after["valid_until"]) == ("", "2025-07-31")


@pytest.mark.parametrize(("employee_id", "username"), [("E001", "other"), ("E900", "ann"), ("E900", ENGINE)])
def test_e19_an_employee_id_or_an_account_is_one_persons_or_the_engines(session, company, act, employee_id, username):
    with pytest.raises(Conflict, match="somebody's"):
        people.hire(
            session,
            employee_id=employee_id,
            username=username,
            name="x",
            department="sales",
            employed_from=HIRED,
            by=act("hui"),
        )


def test_roles_are_the_groups_of_the_account(session, company, act):
    assert [person.username for person in people.in_role(session, Role.PANEL)] == ["pan", "shi", "ou", "qin", "wei"]
    assert act("fan").groups == {"finance"}


def test_only_hr_changes_the_organisation_and_unknown_names_are_refused(session, company, act):
    with pytest.raises(Forbidden, match="sun is not in hr"):
        people.found(session, code="x", name="x", by=act("sun"))
    with pytest.raises(Conflict):
        people.found(session, code="sales", name="x", by=act("hui"))
    for find, name in ((people.named, "nobody"), (people.by_employee_id, "E999"), (people.department, "nowhere")):
        with pytest.raises(NotFound):
            find(session, name)


def test_e59_an_administrative_close_is_a_state_of_its_own_with_a_reason(session, cycle, released, act):
    with pytest.raises(Conflict, match="not over"):
        cycles.close(session, cycle, by=act("hui"))
    with pytest.raises(Invalid, match="not said"):
        reviews.close(session, released, reason=" ", by=act("hui"))

    reviews.close(session, released, reason="员工失联", by=act("hui"))
    cycles.close(session, cycle, by=act("hui"))

    assert (released.state, released.closing_reason) == (ReviewState.CLOSED, "hui: 员工失联")
    assert instances.get(session, released.instance_key).state is InstanceState.TERMINATED


def test_a_cycle_has_a_free_label_a_real_zone_and_a_period_forwards(session, cycle, act):
    def draft(label, starts_on, zone):
        cycles.draft(
            session,
            label=label,
            starts_on=starts_on,
            ends_on=date(2025, 12, 31),
            template_key=cycle.template_key,
            zone=zone,
            by=act("hui"),
        )

    with pytest.raises(Conflict, match="taken"):
        draft("2025 Q3", HIRED, "Asia/Shanghai")
    with pytest.raises(Invalid) as refused:
        draft("2025 Q4", date(2026, 1, 1), "Asia/Shangri-La")
    assert {problem.code for problem in refused.value.problems} == {"period-backwards", "unknown-zone"}

"""The pages around a launch: regulations, goals, the library, a person, how a cycle is arranged and cancelled."""

from __future__ import annotations

import re

from sqlalchemy import select

from engine import db
from engine.reviews.models import Cycle, CycleState, Goal, Person, Regulation


def key_of(kind, **given):
    with db.reading() as session:
        return session.scalars(select(kind.key).filter_by(**given).order_by(kind.key.desc()).limit(1)).one()


def drafted(hr):
    """Draft a cycle of one person, with a rater, and give its address."""
    with db.reading() as session:
        template = session.scalars(select(Cycle.template_key)).first()
    hr.sends("/cycles/new", label="2025 Q4", starts_on="2025-10-01", ends_on="2025-12-31", template=template)
    address = f"/cycles/{key_of(Cycle, label='2025 Q4')}"
    hr.sends(f"{address}/reviews", person=key_of(Person, username="zhang.wei"))
    return address


def test_l002_26_hr_records_the_procedure_publishes_and_sees_who_has_not_confirmed(at):
    hr = at("zhao.min")
    hr.sends("/regulations", regulation_id="handbook", title="细则", text="第一条")
    address = f"/regulations/{key_of(Regulation)}"

    too_early = hr.sends(f"{address}/publication")
    for step in ("discussion", "consultation"):
        hr.sends(f"{address}/procedure", step=step, held_on="2025-09-01", participants="代表 21 人", minutes="同意")
    hr.sends(f"{address}/publication")
    at("zhang.wei").sends(f"{address}/receipt")
    page = hr.reads(address)

    assert too_early.status_code == 422
    assert "代表 21 人" in page
    assert "1 person has confirmed" in page
    assert "Li Na (S002)" in page
    assert "Zhang Wei (S003)" not in page


def test_everybody_reads_what_is_published_and_nobody_else_a_draft(at):
    at("zhao.min").sends("/regulations", regulation_id="handbook", title="细则", text="第一条")

    at("zhang.wei").reads(f"/regulations/{key_of(Regulation)}", status=404)
    assert "细则" not in at("zhang.wei").reads("/regulations")


def test_goals_are_handed_down_and_the_page_shows_what_the_shares_total(at):
    hr = at("zhao.min")
    address = drafted(hr)
    hr.sends(f"{address}/goals", owner="company:", indicator="sales_revenue", target="1000", unit="万元")
    hr.sends(
        f"{address}/goals",
        owner=f"person:{key_of(Person, username='zhang.wei')}",
        indicator="sales_revenue",
        target="700",
        parent=key_of(Goal),
        share="70",
    )

    page = hr.reads(f"{address}/goals")

    assert re.search(r"Zhang Wei\s+Person\s+Sales revenue\s+700\s+70%", page)
    assert "70 of 100" in page


def test_the_library_keeps_every_version(at):
    hr = at("zhao.min")
    for target in ("200", "180"):
        hr.sends(
            "/library",
            entry_id="cac",
            name="获客成本",
            name_en="CAC",
            direction="lower-ratio",
            notation="number",
            unit="元",
            target=target,
            tags="marketing, cost",
        )

    page = hr.reads("/library")

    assert ("cac/1" in page, "cac/2" in page) == (True, True)
    assert hr.sends("/library", entry_id="Bad Name", name="x").status_code == 422


def test_hr_enters_leave_and_protection_and_a_superior_sees_neither(at):
    hr, key = at("zhao.min"), key_of(Person, username="zhang.wei")
    hr.sends(f"/people/{key}/leaves", kind="maternity", **{"from": "2025-10-01", "until": "2026-03-01"})
    hr.sends(f"/people/{key}/protections", kind="maternity", **{"from": "2025-08-01"})
    twice = hr.sends(f"/people/{key}/leaves", kind="sick", **{"from": "2025-12-01"})

    pages = [at(name).reads(f"/people/{key}") for name in ("zhao.min", "zhang.wei", "li.na")]

    assert twice.status_code == 409
    assert ["2026-03-01" in page for page in pages] == [True, True, False]
    assert ["Pregnant" in page for page in pages] == [True, True, False]
    at("chen.jing").reads(f"/people/{key}", status=404)


def test_hr_gives_somebody_another_superior(at):
    hr, key = at("zhao.min"), key_of(Person, username="zhang.wei")

    hr.sends(
        f"/people/{key}/lines", superior=key_of(Person, username="wang.qiang"), kind="primary", **{"from": "2025-10-01"}
    )

    assert re.search(r"Wang Qiang\s+Direct superior\s+2025-10-01", hr.reads(f"/people/{key}"))


def test_a_cycle_is_arranged_cancelled_and_drafted_again(at):
    hr = at("zhao.min")
    address = drafted(hr)
    hr.sends(f"{address}/arrangement", kind="special", cut_off="2025-11-30", pilot="true")
    arranged = hr.reads(f"{address}/arrangement")
    hr.sends(f"{address}/cancellation", reason="模板选错了")
    with db.reading() as session:
        cycle = session.scalars(select(Cycle).where(Cycle.label == "2025 Q4")).one()
    hr.sends(f"{address}/replacement", label="2025 Q4 (2)", template=cycle.template_key)

    assert "A pilot" in arranged
    assert (cycle.kind.value, str(cycle.cut_off), cycle.pilot) == ("special", "2025-11-30", True)
    assert cycle.state is CycleState.CANCELLED
    again = hr.reads(f"/cycles/{key_of(Cycle, label='2025 Q4 (2)')}")
    assert "Zhang Wei" in again


def test_what_is_hrs_is_nobody_elses(at):
    for path in ("/library", f"/cycles/{key_of(Cycle)}/goals", f"/cycles/{key_of(Cycle)}/arrangement"):
        at("zhang.wei").reads(path, status=404)

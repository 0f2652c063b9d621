"""The page on which operators let running instances go on with another version."""

from __future__ import annotations

import re

from sqlalchemy import select

from engine import db
from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.bpmn.models import ProcessInstance, TaskState, UserTask
from engine.identity import SYSTEM
from engine.settings import ROOT

DIAGRAM = ROOT / "processes" / "target-signoff" / "process.bpmn"
PAGE = "/processes/target-signoff/migration?version=1"


def change(**texts: str) -> None:
    """Deploy the target sign-off with other texts."""
    content = DIAGRAM.read_text(encoding="utf-8")
    for before, after in texts.items():
        assert before in content
        content = content.replace(before, after)
    with db.transaction() as session:
        deployments.deploy(
            session, deployments.read([Resource("process.bpmn", content.encode())], by=SYSTEM), by=SYSTEM
        )


def running() -> list[str]:
    """The keys of the running target sign-offs."""
    with db.reading() as session:
        keys = select(ProcessInstance.key).where(ProcessInstance.process_id == "target-signoff")
        return [str(key) for key in session.scalars(keys.order_by(ProcessInstance.key))]


def drafting() -> list[UserTask]:
    with db.reading() as session:
        found = select(UserTask).where(UserTask.process_id == "target-signoff", UserTask.state == TaskState.CREATED)
        return list(session.scalars(found.order_by(UserTask.key)))


def test_a_version_with_running_instances_leads_to_their_migration(company, at):
    company.launch()
    change(draft_targets="write_targets")

    page = at("admin").client.get("/processes/target-signoff").get_data(as_text=True)

    assert re.findall(r'href="([^"]+/migration[^"]+)"', page) == [PAGE]
    assert "/migration" not in at("zhao.min").client.get("/processes/target-signoff").get_data(as_text=True)


def test_instances_are_previewed_with_whom_they_are_about_and_then_migrated(company, at):
    company.launch()
    before = drafting()
    change(draft_targets="write_targets", **{"Draft targets": "Write targets"})
    operator = at("admin")

    asked = operator.reads(PAGE)
    form = {"target": "2", "instances": running(), "map.draft_targets": "write_targets"}
    preview = operator.sends(PAGE, **form, only="preview").get_data(as_text=True)
    unchanged = {task.element_id for task in drafting()}
    done = operator.sends(PAGE, **form).get_data(as_text=True)

    after = drafting()
    assert "Draft targets (draft_targets)" in asked
    assert "Zhang Wei · 2025 Q3" in asked
    assert "Draft targets → Write targets" in re.sub(r"\s+", " ", preview)
    assert f"Migrate {len(before)} instances" in preview
    assert unchanged == {"draft_targets"}
    assert done.count("Migrated") == len(before)
    assert [(t.key, t.element_id, t.process_version) for t in after] == [(t.key, "write_targets", 2) for t in before]


def test_what_cannot_be_migrated_stays_and_says_why_in_the_readers_language(company, at):
    company.launch()
    change(draft_targets="write_targets")

    english = at("admin").sends(PAGE, target="2", instances=running()).get_data(as_text=True)
    chinese = at("admin", "zh_CN").sends(PAGE, target="2", instances=running()).get_data(as_text=True)

    assert "Draft targets is active, but no element of the target stands for it." in english
    assert "员工起草目标 正在进行，但目标版本中没有与之对应的元素。" in chinese
    assert {task.element_id for task in drafting()} == {"draft_targets"}


def test_e53_one_that_is_refused_stops_no_other(company, at):
    company.launch()
    change(draft_targets="write_targets")
    operator = at("admin")
    first, *others = running()
    form = {"target": "2", "map.draft_targets": "write_targets"}
    operator.sends(PAGE, **form, instances=[first])

    answer = operator.sends(PAGE, **form, instances=[first, *others]).get_data(as_text=True)

    assert "it goes by that version already" in answer
    assert {task.element_id for task in drafting()} == {"write_targets"}


def test_only_operators_migrate(company, at):
    company.launch()
    change(draft_targets="write_targets")

    assert "You may not do this" in at("zhao.min").reads(PAGE, status=403)
    assert at("zhao.min").sends(PAGE, target="2", instances=running()).status_code == 403


def test_a_review_shows_its_diagram_and_history_after_a_migration(company, at):
    company.launch()
    change(draft_targets="write_targets", **{"Draft targets": "Write targets"})
    operator = at("admin")
    operator.sends(PAGE, **{"target": "2", "instances": running(), "map.draft_targets": "write_targets"})
    hr = at("zhao.min")
    address = hr.client.get("/reviews").get_data(as_text=True).split('href="/reviews/')[1].split('"')[0]

    page = hr.client.get(f"/reviews/{address}").get_data(as_text=True)

    assert 'current="write_targets"' in page
    assert "Went on with version 2" in page

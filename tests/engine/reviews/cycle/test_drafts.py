"""Cycles that HR drafts from a file of rules: what its table `[cycle]` says holds, and nobody types it again."""

from datetime import date, time

import pytest
from diagrams import bpmn

from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.errors import Invalid
from engine.identity import SYSTEM
from engine.reviews.cycle import drafts, terms
from engine.reviews.plans import plan_rules
from engine.reviews.rulebook import templates
from engine.settings import ROOT

FILE = (ROOT / "processes" / "review" / "cycle-corrected.toml").read_text(encoding="utf-8")
SAID = """zone = "America/New_York"
close_of_business = 17:30:00
deadlines = { u = 7 }
grace = { u = 2 }
"""
STEP = """
    start s
    user u: assignee =superior; due =add working days(today(), get or else(deadlines.u, 3))
    boundary closed on u: date =add working days(today(), get or else(deadlines.u, 3) + get or else(grace.u, 0))
    end e
    end f
    s > u > e
    closed > f
"""


@pytest.fixture
def drafting(session, company, act):
    """Draft a cycle as HR, by a template drafted from a file."""
    triggers = ROOT / "processes" / "pip-observation" / "pip-triggers.dmn"
    files = [Resource("timed.bpmn", bpmn(STEP, "timed")), Resource(triggers.name, triggers.read_bytes())]
    deployments.deploy(session, deployments.read(files, by=SYSTEM), by=SYSTEM)

    def draft(text, **said):
        template = templates.draft_file(session, "cycle.toml", text.encode(), by=act("hui"))
        days = {"starts_on": date(2025, 10, 1), "ends_on": date(2025, 12, 31)}
        return drafts.draft(session, label="2025 Q4", template_key=template.key, **days, **said, by=act("hui"))

    return draft


def test_a_cycle_begins_as_the_file_of_its_rules_says(session, drafting):
    text = FILE.replace('zone = "Asia/Shanghai"\n', SAID).replace("appeal_days = 5", "appeal_days = 9")

    cycle = drafting(text)

    assert (cycle.process_id, cycle.zone, cycle.close_of_business) == ("review", "America/New_York", time(17, 30))
    assert (cycle.deadlines, cycle.grace) == ({"u": 7}, {"u": 2})
    assert terms.of_cycle(session, cycle.key).appeal_days == 9
    assert plan_rules.of_cycle(session, cycle).trigger == "pip-trigger-004"


def test_what_hr_says_of_process_and_zone_goes_before_the_file(drafting):
    cycle = drafting(FILE, process_id="review-q4", zone="Europe/Berlin")

    assert (cycle.process_id, cycle.zone) == ("review-q4", "Europe/Berlin")


def test_a_step_that_no_process_reads_is_named_when_the_cycle_is_drafted(drafting):
    with pytest.raises(Invalid, match="No process reads the days of step self_evalution"):
        drafting(FILE.replace('zone = "Asia/Shanghai"\n', SAID.replace("{ u", "{ self_evalution")))

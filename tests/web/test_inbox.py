from __future__ import annotations

from datetime import timedelta

from demonstration import TARGETS, column


def test_the_inbox_lists_what_waits_for_me_and_says_whom_it_is_about(company, at):
    company.launch()

    page = at("zhang.wei").reads("/tasks")

    assert "Draft targets · Zhang Wei · 2025 Q3" in page
    assert "My tasks 1" in page
    assert "He Ping" not in page


def test_names_are_in_the_readers_language(company, at):
    company.launch()

    page = at("zhang.wei", "zh_CN").reads("/tasks")

    assert "员工起草目标 · 张伟 · 2025 Q3" in page
    assert "Draft targets" not in page


def test_an_overdue_task_is_counted_and_marked(company, at):
    company.launch()
    company.pass_time(timedelta(days=30))

    page = at("zhang.wei").reads("/tasks")

    assert "1 overdue" in page
    assert "Overdue" in page


def test_the_inbox_is_narrowed_by_text_and_by_process(company, at):
    company.launch()
    for appraisee in ("zhang.wei", "he.ping"):
        company.do(appraisee, "draft_targets", appraisee, targets=column("target", TARGETS))
    superior = at("li.na")

    both, one = superior.reads("/tasks"), superior.reads("/tasks?text=He Ping")
    none = superior.reads("/tasks?process=evaluation")

    assert "Zhang Wei · 2025 Q3" in both
    assert "He Ping · 2025 Q3" in both
    assert "Zhang Wei · 2025 Q3" not in one
    assert "He Ping · 2025 Q3" in one
    assert "No task fits this filter" in none


def test_a_groups_task_can_be_claimed_and_given_back(company, at):
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    finance = at("sun.lei")
    key = finance.client.get("/tasks?show=open-to-me").get_data(as_text=True).split("/tasks/")[1].split('"')[0]

    finance.sends(f"/tasks/{key}/claim")
    claimed = finance.reads("/tasks")
    finance.sends(f"/tasks/{key}/return")
    returned = finance.reads("/tasks")

    assert "Confirm actuals" in claimed
    assert "Nothing waits for you" in returned


def test_an_operator_is_not_flooded_with_the_tasks_of_others(company, at):
    company.launch()

    page = at("admin").reads("/tasks?show=open-to-me")

    assert "No tasks here" in page

"""All invariants, and how what breaks one is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy.orm import Session

from simulation.invariants import (
    access,
    appeals,
    changes,
    deadlines,
    follow_ups,
    growth,
    pay,
    plans,
    processes,
    results,
    sums,
)
from simulation.invariants.evidence import Evidence, Violation

Invariant = Callable[[Session, Evidence], Iterator[Violation]]

INVARIANTS: Mapping[str, tuple[str, Invariant]] = {
    "no-task-lost": ("没有任务丢失:每个流程要么已结束,要么在等待", processes.nothing_is_lost),
    "history-replays": ("按历史重放,与各表一致", processes.history_replays),
    "history-complete": ("历史没有缺号,签名与封存完好", processes.history_is_complete),
    "no-incident": ("没有未说明的故障", processes.nothing_failed),
    "deadlines": ("每个任务的到期日按日历逐日数得同一天", deadlines.tasks_are_due_in_time),
    "told": ("期限移动时,持有人得到通知", deadlines.moves_are_told),
    "timers": ("每个定时都在到期的那一刻触发,不早不晚", deadlines.timers_fire_in_time),
    "results": ("每个结果由原始数据重算,一位不差", results.results_recompute),
    "release": ("全部结果在同一时刻发布", results.released_at_one_moment),
    "scope": ("谁该有结果、谁不该有", results.only_whom_it_should_reach),
    "secrecy": ("没有人提前或越权读到、签到", access.nothing_was_breached),
    "signatures": ("没有人替别人签", access.nobody_signed_for_another),
    "holders": ("每个任务由持有人或候选人完成", access.tasks_were_done_by_their_holders),
    "sums": ("人们做过的与数据库里的相等", sums.deeds_equal_rows),
    "pay": ("每行只付一次,金额由另一套算法算出,五个工作日内付清", pay.each_line_is_paid_once),
    "streaks": ("连续优秀的人都被提名,其他人没有", pay.streaks_are_found),
    "appeals": ("没有人因申诉而变差", appeals.no_appellant_ends_worse),
    "verdicts": ("申诉按表决结案,没有多数时由举证责任决定", appeals.appeals_end_as_they_were_voted),
    "panels": ("合议组奇数、三人以上、不同部门,成员与案无关", appeals.panels_are_without_a_part),
    "exclusion": ("被排除的成员既不阅卷也不表决", appeals.excluded_members_neither_read_nor_vote),
    "grounds": ("只有最低等级提起改进计划,每个这样的结果都提起", plans.plans_rest_on_low_results),
    "observation": ("改进计划按约定的日子观察,按记得的结局结束", plans.plans_are_observed_as_long_as_said),
    "follow-ups": ("激励与辅导只跟随规则所列的等级,每个这样的结果都跟随", follow_ups.follow_ups_rest_on_grades),
    "choices": ("后续事项按人事和本人的决定办结", follow_ups.follow_ups_end_as_decided),
    "practice": ("能力提升计划只因练习而完成", follow_ups.ability_plans_are_practised),
    "changes": ("周期中的变更一人决定、另一人批准", changes.changes_are_approved_by_two),
    "shares": ("两位上级各按任职天数评分", changes.two_superiors_share_the_days),
    "targets": ("变更后的目标重新签署,原目标仍在", changes.changed_targets_are_kept),
    "exits": ("没有两次认定和其间的培训,就没有离职", plans.nobody_exits_without_two_findings),
    "growth": ("每份评审的行数、状态和内存不增长", growth.nothing_grows),
}
"""By name: what it demands, in Chinese, and what looks whether it holds; the function's own sentence is the English."""


def check(session: Session, evidence: Evidence) -> dict[str, list[Violation]]:
    """Hold everything against every invariant; give what breaks each."""
    return {name: list(invariant(session, evidence)) for name, (_, invariant) in INVARIANTS.items()}

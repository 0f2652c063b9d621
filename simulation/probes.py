"""Tries of what must not be possible: to read early, to read what is another's, to sign for somebody."""

from __future__ import annotations

from simulation import answers
from simulation.diary import Chapter
from simulation.life import Life

MOST = 2
"""How many people try something on one day."""


def make(life: Life) -> None:
    """Let some people try what is not theirs; each success is a breach."""
    dice = life.company.dice("probes", life.today)
    tasks = [task for task in life.open_tasks() if task["about"]]
    for task in dice.sample(
        sorted(tasks, key=lambda one: (one["who"], one["elementId"], one["about"], one["cycle"])), min(MOST, len(tasks))
    ):
        stranger = dice.choice(sorted(set(life.staff) - life.gone - {task["who"], task["about"]}))
        if set(task["candidateGroups"]) & set(life.staff[stranger].roles):
            continue
        body = {"variables": SIGNATURES.get(task["elementId"], {})}
        life.refuse(stranger, "POST", f"/v2/user-tasks/{task['userTaskKey']}/completion", body)
    for chapter in dice.sample(life.diary.chapters, min(1, len(life.diary.chapters))):
        there = sorted(set(chapter.open) - life.gone)
        for username in dice.sample(there, min(MOST, len(there))):
            _read(life, chapter, username)


SIGNATURES: dict[str, answers.Answers] = {
    "sign_targets": {"outcome": "signed", "confirmed": True},
    "sign_result": {"answer": "agreed"},
    "confirm_minutes": {"confirmed": True},
}


def _read(life: Life, chapter: Chapter, username: str) -> None:
    """Let somebody look for the own result before its release, and for single ratings of others."""
    key = chapter.reviews[username]
    if chapter.released_at is None:
        life.refuse(username, "GET", f"/api/reviews/{key}/result")
    life.diary.probes += 1
    for one in life.product.ask(username, "GET", f"/api/reviews/{key}/ratings")["items"]:
        if one["rater"] != username:
            life.diary.breaches.append(f"{life.today}: {username} read what {one['rater']} gave")

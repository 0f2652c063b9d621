"""A company made from a seed: people in departments, four levels of superiors, and what each of them is like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from random import Random

from simulation import names
from simulation.names import Name

OFFICE = "office"
"""The department of those who lead the whole company and are in no review."""

FOUNDED = date(2023, 3, 1)


class Unit:
    """What kinds of departments there are: the post of members, of team leads, of the head, and the family."""

    SALES = ("客户经理", "资深客户经理", "销售经理", "sales")
    PRODUCT = ("产品经理", "产品经理", "产品经理", "technical")
    SERVICE = ("客服主管", "客服主管", "客服主管", "technical")
    STAFF = ("人事经理", "人事经理", "行政总监", "administration")
    MONEY = ("财务主管", "财务主管", "行政总监", "administration")


DEPARTMENTS = (
    ("people", "人事行政部", "People", Unit.STAFF),
    ("finance", "财务部", "Finance", Unit.MONEY),
    ("sales1", "销售一部", "Sales 1", Unit.SALES),
    ("product", "产品部", "Product", Unit.PRODUCT),
    ("service", "客服部", "Customer service", Unit.SERVICE),
    ("sales2", "销售二部", "Sales 2", Unit.SALES),
    ("keys", "大客户部", "Key accounts", Unit.SALES),
    ("channels", "渠道部", "Channels", Unit.SALES),
    ("delivery", "交付部", "Delivery", Unit.SERVICE),
    ("online", "电商部", "E-commerce", Unit.SALES),
    ("research", "研发部", "Research", Unit.PRODUCT),
    ("regions", "区域部", "Regions", Unit.SALES),
)

TEAM = 8
"""How many people report to one team lead."""


class Temper(StrEnum):
    """How somebody deals with what is asked of them."""

    PROMPT = "prompt"
    """Answers on the day, or the next."""
    STEADY = "steady"
    """Answers within the time there is."""
    LATE = "late"
    """Answers when the deadline is over and the reminder came."""
    SILENT = "silent"
    """Does what nobody else can do, late; answers nothing that can go on without."""


TEMPERS = {Temper.PROMPT: 52, Temper.STEADY: 30, Temper.LATE: 13, Temper.SILENT: 5}
"""How many of a hundred are of each temper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """Somebody of the company.

    Attributes:
        superior: the account of who leads them; empty for the director.
        dotted: the account of a superior elsewhere, who may be heard.
        skill: how well they do their work; 1 reaches every target.
        leniency: by how many steps of a scale they rate too kindly.
    """

    employee_id: str
    name: Name
    department: str
    post: str
    family: str
    superior: str
    employed_from: date = FOUNDED
    probation_until: date | None = None
    dotted: str = ""
    roles: tuple[str, ...] = ()
    temper: Temper = Temper.PROMPT
    skill: float = 1.0
    leniency: float = 0.0

    @property
    def username(self) -> str:
        """The account."""
        return self.name.username


@dataclass(frozen=True, slots=True)
class Company:
    """All people, those who lead before those whom they lead."""

    seed: int
    staff: tuple[Employee, ...]
    departments: tuple[str, ...]

    def called(self, username: str) -> Employee:
        """Find somebody by account."""
        return next(one for one in self.staff if one.username == username)

    def of(self, department: str) -> list[Employee]:
        """List who is in a department."""
        return [one for one in self.staff if one.department == department]

    def head_of(self, department: str) -> Employee:
        """Find who leads a department: who is in it and led from the office, however many have come to it."""
        office = {one.username for one in self.of(OFFICE)}
        return next(one for one in self.of(department) if one.superior in office)

    def in_role(self, role: str) -> list[Employee]:
        """List who has a role."""
        return [one for one in self.staff if role in one.roles]

    def above(self, username: str) -> set[str]:
        """Name everybody who leads somebody, at any level."""
        superiors = {one.username: one.superior for one in self.staff}
        found: set[str] = set()
        while (username := superiors.get(username, "")) and username not in found:
            found.add(username)
        return found

    @property
    def reviewed(self) -> list[Employee]:
        """List those whose work is reviewed: all but who leads the whole company."""
        return [one for one in self.staff if one.department != OFFICE]

    def dice(self, *about: object) -> Random:
        """Give the chance that belongs to something: the same in each run with the same seed."""
        return Random("/".join(map(str, (self.seed, *about))))  # noqa: S311 - a simulation, not a secret


def found(seed: int, people: int) -> Company:
    """Make a company of so many people, fewer departments where they are few."""
    units = DEPARTMENTS[: max(3, min(len(DEPARTMENTS), people // 20))]
    hiring = _Hiring(seed, people, len(units))
    director = hiring.hire(OFFICE, "总经理", "administration", "")
    vice = [
        hiring.hire(OFFICE, "副总经理", "administration", director.username) for _ in range(max(1, len(units) // 4))
    ]
    hiring.hire(OFFICE, "内审", "administration", director.username, roles=("auditor", "union"))
    shares = _shares(people - len(hiring.staff), len(units))
    for number, ((code, _, _, posts), size) in enumerate(zip(units, shares, strict=True)):
        _fill(hiring, code, posts, size, vice[number % len(vice)])
    return Company(seed, tuple(_with_panels(hiring.staff)), (OFFICE, *(unit[0] for unit in units)))


def _with_panels(staff: list[Employee]) -> Iterator[Employee]:
    """Put those who lead others, and finance, on the list from which panels are drawn; HR runs the appeals."""
    led = {one.superior for one in staff}
    for one in staff:
        able = one.department != OFFICE and "hr" not in one.roles
        chosen = able and (one.username in led or "finance" in one.roles)
        yield replace(one, roles=(*one.roles, "panel")) if chosen else one


def recruit(company: Company, count: int, since: date) -> list[Employee]:
    """Find newcomers for a company, each for the team of somebody who is there."""
    dice = company.dice("recruit", since)
    taken = {one.username for one in company.staff}
    fresh = (name for name in names.issue(dice) if name.username not in taken)
    found = []
    for number, name in enumerate(islice(fresh, count)):
        beside = dice.choice([one for one in company.reviewed if not one.roles and is_member(company, one)])
        employee_id = f"N{since:%m%d}{number:02}"
        found.append(
            replace(
                beside,
                employee_id=employee_id,
                name=name,
                employed_from=since,
                dotted="",
                temper=Temper.PROMPT,
                probation_until=None,
            )
        )
    return found


def is_member(company: Company, someone: Employee) -> bool:
    """Tell whether somebody leads nobody."""
    return all(one.superior != someone.username for one in company.staff)


def _shares(people: int, units: int) -> list[int]:
    return [people // units + (number < people % units) for number in range(units)]


def _fill(hiring: _Hiring, code: str, posts: tuple[str, str, str, str], size: int, above: Employee) -> None:
    """Hire a department: a head, a lead for each team, and the members."""
    member, senior, lead, family = posts
    roles = {"people": ("hr",), "finance": ("finance",)}.get(code, ())
    head = hiring.hire(code, lead, family, above.username, roles=roles)
    leads = [
        hiring.hire(code, lead, family, head.username, roles=roles) for _ in range(max(1, (size - 1) // (TEAM + 1)))
    ]
    for number in range(size - 1 - len(leads)):
        post = senior if number % 4 == 0 else member
        hiring.hire(code, post, family, leads[number % len(leads)].username, roles=roles if number < 2 else ())


class _Hiring:
    """Hires one after another, with everything about them from the seed."""

    def __init__(self, seed: int, people: int, units: int) -> None:
        self._random = Random(f"{seed}/{people}/{units}")  # noqa: S311 - a simulation, not a secret
        self._names: Iterator[Name] = names.issue(Random(f"{seed}/names"))  # noqa: S311
        self.staff: list[Employee] = []

    def hire(self, department: str, post: str, family: str, superior: str, roles: tuple[str, ...] = ()) -> Employee:
        (name,) = islice(self._names, 1)
        someone = Employee(
            employee_id=f"E{len(self.staff) + 1:04}",
            name=name,
            department=department,
            post=post,
            family=family,
            superior=superior,
            dotted=self._dotted(department),
            roles=roles,
            temper=Temper.PROMPT
            if roles or department == OFFICE
            else self._random.choices(list(TEMPERS), list(TEMPERS.values()))[0],
            skill=min(1.35, max(0.45, self._random.gauss(0.96, 0.13))),
            leniency=self._random.choice((-0.5, 0, 0, 0, 0.5)),
        )
        self.staff.append(someone)
        return someone

    def _dotted(self, department: str) -> str:
        """Give one in fifteen a second superior elsewhere."""
        elsewhere = [one for one in self.staff if one.department not in (department, OFFICE)]
        if not elsewhere or self._random.random() > 1 / 15:
            return ""
        return self._random.choice(elsewhere).username

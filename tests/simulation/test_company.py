"""A company made from a seed."""

from dataclasses import replace

from simulation import company
from simulation.company import Company


def levels(found: Company, username: str) -> int:
    superior = found.called(username).superior
    return 0 if not superior else 1 + levels(found, superior)


def test_the_same_seed_makes_the_same_company() -> None:
    assert company.found(2025, 300) == company.found(2025, 300)
    assert company.found(2025, 300) != company.found(2026, 300)


def test_three_hundred_people_have_four_levels_and_dotted_lines() -> None:
    found = company.found(2025, 300)

    assert len(found.staff) == 300
    assert len({one.username for one in found.staff}) == 300
    assert len(found.departments) == 13
    assert max(levels(found, one.username) for one in found.staff) == 4
    assert any(one.dotted for one in found.staff)
    assert all(len(found.in_role(role)) >= 2 for role in ("hr", "finance"))


def test_who_comes_from_another_department_does_not_head_the_new_one() -> None:
    found = company.found(2025, 60)
    head = found.head_of("finance")
    comer = next(one for one in found.of("people") if company.is_member(found, one))

    moved = replace(comer, department="finance", superior=head.username)
    after = replace(found, staff=tuple(moved if one is comer else one for one in found.staff))

    assert after.of("finance")[0] == moved
    assert after.head_of("finance") == head

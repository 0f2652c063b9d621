import threading

import pytest

from engine import db, keys


def test_keys_grow_and_never_repeat_in_several_threads(database: db.Database) -> None:
    with db.transaction():
        pass
    lists: list[list[int]] = [[] for _ in range(4)]
    threads = [
        threading.Thread(target=lambda mine: mine.extend(keys.issue() for _ in range(5000)), args=(x,)) for x in lists
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(mine == sorted(mine) for mine in lists)
    assert len(set().union(*lists)) == 20_000


def test_a_key_fits_into_63_bits(database: db.Database) -> None:
    with db.transaction():
        key = keys.issue()

    assert 0 < key < 2**63


def test_every_process_has_a_number_of_its_own(database: db.Database) -> None:
    numbers = []
    for _ in range(3):
        keys.forget()
        with db.transaction():
            numbers.append(keys.issue() // keys.PER_MILLISECOND % keys.NODES)

    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_keys_of_later_processes_are_later(database: db.Database) -> None:
    with db.transaction():
        before = keys.issue()
    threading.Event().wait(0.002)  # the next millisecond
    keys.forget()

    with db.transaction():
        after = keys.issue()

    assert after > before


def test_no_key_is_issued_without_a_number(database: db.Database) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        keys.issue()

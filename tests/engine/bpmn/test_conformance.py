"""Every row of the table of BPMN's elements, on SQLite and on PostgreSQL (`make conformance` prints it)."""

import conformance
import pytest
import rows

TABLE = rows.table()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("group", TABLE)
def test_elements_do_what_the_standard_says(group):
    failures = {row.sentence: reason for row in TABLE[group] if (reason := conformance.failure(row))}

    assert not failures


def test_a_sentence_stands_in_the_table_once():
    sentences = [row.sentence for group in TABLE.values() for row in group]

    assert len(sentences) > 390
    assert len(set(sentences)) == len(sentences)

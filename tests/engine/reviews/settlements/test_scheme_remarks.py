"""Schemes that take more than they give (L003-02)."""

from engine.reviews.settlements import schemes


def _line(name, coefficient):
    grades = [{"id": "c", "coefficient": coefficient}]
    return {"id": name, "name": name, "layer": "base", "kind": "grade", "on": "bonus", "grades": grades}


def test_l003_02_a_scheme_that_takes_more_than_it_gives_is_named():
    taking = schemes.read({"lines": [_line("performance", "0.8"), _line("attendance", "0.9"), _line("award", "1.5")]})
    giving = schemes.read({"lines": [_line("performance", "0.8"), _line("award", "1.5")]})

    assert [str(problem.message) for problem in schemes.remarks(taking)] == ["2 lines deduct and 1 award"]
    assert schemes.remarks(giving) == []

"""What is said about an answer that a form does not accept.

A problem carries its code and its facts; `SENTENCES[code] % facts` is the English sentence, so a translator needs only
this table: `gettext(SENTENCES[problem.code]) % problem.facts`. A form's own message stands under `custom` in the facts.
"""

from __future__ import annotations

from engine.errors import Problem

SENTENCES: dict[str, str] = {
    "required": "%(label)s is required.",
    "wrong-type": "%(label)s must be %(expected)s.",
    "minimum": "%(label)s must be at least %(minimum)s.",
    "maximum": "%(label)s must be at most %(maximum)s.",
    "limit": "%(label)s cannot be checked: the form's limit %(limit)s is no number.",
    "too-short": "%(label)s must have at least %(minimum)s characters.",
    "too-long": "%(label)s must have at most %(maximum)s characters.",
    "pattern": "%(label)s does not have the form %(pattern)s.",
    "pattern-time": "%(label)s takes too long to be compared with the form %(pattern)s.",
    "email": "%(label)s must be an e-mail address.",
    "phone": "%(label)s must be an international phone number, such as +4930664040900.",
    "integer": "%(label)s must be a whole number.",
    "decimal-digits": "%(label)s must have at most %(digits)s decimal digits.",
    "increment": "%(label)s must be a multiple of %(increment)s: the nearest are %(below)s and %(above)s.",
    "not-an-option": "%(label)s must be one of the choices offered.",
    "chosen-twice": "%(label)s has the same choice twice.",
    "past-date": "%(label)s must not be in the past.",
    "time-interval": "%(label)s must be a multiple of %(minutes)s minutes.",
    "row-count": "%(label)s must have %(count)s rows.",
    "too-many-rows": "%(label)s must have at most %(maximum)s rows.",
    "foreign-row": "Row %(row)s of %(label)s is none of those that the form was filled in with.",
    "unknown-file": "%(label)s: there is no such file, or it is not yours to hand in; pick it again.",
    "file-type": "%(label)s does not take the file %(file)s, only %(accept)s.",
    "one-file": "%(label)s takes one file.",
    "too-many-files": "%(label)s takes at most %(maximum)s files.",
    "file-twice": "%(label)s has the same file twice.",
    "empty-file": "%(file)s is empty.",
    "file-too-large": "%(file)s has %(size)s bytes; at most %(largest)s are taken.",
    "undeclared-variable": "The form has no field %(name)s.",
}

EXPECTED: dict[str, str] = {
    "text": "a text",
    "number": "a number",
    "number-text": "a number written as a text",
    "boolean": "true or false",
    "list": "a list",
    "object": "an object",
    "date": "a date such as 2026-03-31",
    "time": "a time such as 09:30",
    "time-offset": "a time with its offset, such as 09:30+08:00",
    "time-utc": "a time in UTC, such as 01:30Z",
    "datetime": "a date and time such as 2026-03-31T09:30",
    "datetime-offset": "a date and time with its offset, such as 2026-03-31T09:30+08:00",
    "datetime-utc": "a date and time in UTC, such as 2026-03-31T01:30Z",
    "file": "a list of uploaded files",
}
"""What a value of the wrong type should have been; the fact `expected` is one of these sentences' parts."""


def problem(code: str, where: str, **facts: object) -> Problem:
    """Return what is wrong at a field, in English and with the facts for other languages."""
    return Problem(SENTENCES[code] % facts, where, code, facts)


def wrong_type(where: str, label: str, kind: str) -> Problem:
    """Return that a value is not of the kind that its field takes."""
    return problem("wrong-type", where, label=label, expected=EXPECTED[kind])

"""Rosters: the whole organisation as sheets of rows, which HR takes out, changes and brings back.

`sheets` says what the sheets are, `files` and `writing` know XLSX and CSV, `state` is what the database holds in the
same form, `drafts` what it would hold with the rows of a file, and `imports` are the use cases.
"""

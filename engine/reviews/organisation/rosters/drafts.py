"""Drafts: what the organisation would be with the rows of a file, and what is wrong with that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from engine.identity import ALWAYS, ENGINE
from engine.reviews.models import Line, Role
from engine.reviews.organisation import lines
from engine.reviews.organisation.rosters.files import Row
from engine.reviews.organisation.rosters.sheets import BY_NAME, SHEETS, Key, Kind, Record, Sheet
from engine.reviews.organisation.rosters.state import Change, Records, State
from engine.reviews.sentences import Sentence

FOREVER = "9999-12-31"


class Draft:
    """The records that there would be.

    What a file does not say is settled here: where somebody gets a new place or superior, the one before ends the day
    before; where somebody leaves, place, lines and roles end with the spell. A file brought twice changes nothing.
    """

    def __init__(self, state: State, rows: Iterable[Row], wrong: Iterable[Row] = ()) -> None:
        self.state = state
        self.wrong = {
            (row.sheet.name, row.record.get(key := row.sheet.key[0], row.written.get(key, ""))) for row in wrong
        }
        self.records: Records = {name: dict(records) for name, records in state.records.items()}
        self.rows: dict[tuple[str, Key], Row] = {}
        for row in rows:
            self._take(row)
        self.spells = self._tracks(BY_NAME["spells"])
        self._succeed()
        self._leave()

    def changes(self) -> list[Change]:
        """List what would be added and changed, in the order of the sheets."""
        return [
            Change(sheet, before, after)
            for sheet in SHEETS
            for key, after in self.records[sheet.name].items()
            if (before := self.state.records[sheet.name].get(key)) != after
        ]

    def check(self) -> None:
        """Say at each row what is wrong with it among the others; rows that change nothing are right as they are."""
        for (name, key), row in self.rows.items():
            if self._is_new(name, key):
                self._check_references(row)
                self._check_dates(BY_NAME[name], row, self.records[name][key])
                self._check_place(row)
        for sheet in SHEETS:
            self._check_overlaps(sheet)
        self._check_circles("lines", "employee_id", "superior")
        self._check_circles("departments", "code", "parent")
        self._check_accounts()

    def _take(self, row: Row) -> None:
        """Lay a row over the record there is; columns that the file does not have stay as they are."""
        sheet = row.sheet
        key = sheet.key_of(row.record)
        if (first := self.rows.get((sheet.name, key))) is not None:
            row.refuse(Sentence("It is the same as row {number}", number=first.number), "repeated", sheet.key[0])
            return
        before = self.records[sheet.name].get(key, {})
        said = {name: value for name, value in row.record.items() if name in row.letters or name not in before}
        self.records[sheet.name][key] = {**before, **said}
        self.rows[sheet.name, key] = row

    def _succeed(self) -> None:
        for sheet in SHEETS:
            for key, record, following in self._followed(sheet) if sheet.succeeds else ():
                open_ended = not record["valid_until"] and record["valid_from"] < following["valid_from"]
                if open_ended and (sheet.name, key) not in self.rows:
                    self.records[sheet.name][key] = record | {"valid_until": _before(following["valid_from"])}

    def _leave(self) -> None:
        for sheet in SHEETS:
            for key, record in list(self.records[sheet.name].items()) if sheet.ends_with_spell else ():
                spells = self._spells_of(record["employee_id"])
                until = next((spell["valid_until"] for spell in spells if _covers(spell, record["valid_from"])), "")
                if until and not record["valid_until"]:
                    self.records[sheet.name][key] = record | {"valid_until": until}

    def _tracks(self, sheet: Sheet) -> defaultdict[Key, list[tuple[Key, Record]]]:
        """Sort the records of a sheet by track and first day."""
        tracks: defaultdict[Key, list[tuple[Key, Record]]] = defaultdict(list)
        for key, record in self.records[sheet.name].items():
            tracks[sheet.track_of(record)].append((key, record))
        for track in tracks.values():
            track.sort(key=lambda held: held[1]["valid_from"])
        return tracks

    def _followed(self, sheet: Sheet) -> Iterator[tuple[Key, Record, Record]]:
        """Give each record that another one of its track follows, with that one."""
        for track in self._tracks(sheet).values():
            yield from ((key, record, following) for (key, record), (_, following) in pairwise(track))

    def _is_new(self, name: str, key: Key) -> bool:
        return self.records[name][key] != self.state.records[name].get(key)

    def _check_references(self, row: Row) -> None:
        for column in row.sheet.columns:
            named = row.record.get(column.name)
            if column.kind is Kind.REFERENCE and named and (named,) not in self.records[column.refers]:
                sentence = Sentence("There is no {name} in {sheet}", name=named, sheet=column.refers)
                row.refuse(self._led_to(sentence, column.refers, named), "unknown-reference", column.name)

    def _led_to(self, sentence: Sentence, sheet: str, named: str) -> Sentence:
        """Say instead that another row is wrong, where that is what led to it."""
        if (sheet, named) not in self.wrong:
            return sentence
        return Sentence("The row of {name} in {sheet} is wrong itself", name=named, sheet=sheet)

    def _check_dates(self, sheet: Sheet, row: Row, record: Record) -> None:
        if not sheet.track:
            return
        if record["valid_until"] and record["valid_until"] < record["valid_from"]:
            row.refuse(Sentence("It ends before it begins"), "backwards", "valid_until")
        if sheet.name == "spells" or record["valid_from"] == ALWAYS.isoformat():
            return
        for column in ("employee_id", "superior"):
            known = (record.get(column, ""),) in self.records["people"]
            if known and not self._employed(record[column], record["valid_from"]):
                sentence = Sentence("{name} is not employed on {day}", name=record[column], day=record["valid_from"])
                row.refuse(self._led_to(sentence, "spells", record[column]), "not-employed", column)

    def _check_place(self, row: Row) -> None:
        """See that whoever is new is employed somewhere, and that nobody reports to themselves; and what is bounded."""
        if row.sheet.name == "lines" and row.record["employee_id"] == row.record["superior"]:
            row.refuse(Sentence("Nobody reports to themselves"), "oneself", "superior")
        if row.sheet.name == "roles" and row.record["department"] and row.record["role"] != Role.HR:
            row.refuse(Sentence("Only HR is bounded to a department"), "not-bounded", "department")
        if row.sheet.name != "people":
            return
        for name in ("spells", "placements"):
            if (row.record["employee_id"],) not in {key[:1] for key in self.records[name]}:
                sentence = Sentence("{name} has no row in {sheet}", name=row.record["name"], sheet=name)
                row.refuse(self._led_to(sentence, name, row.record["employee_id"]), "no-row", "employee_id")

    def _check_overlaps(self, sheet: Sheet) -> None:
        for track in self._tracks(sheet).values() if sheet.track else ():
            for (key, record), (next_key, following) in pairwise(track):
                if (record["valid_until"] or FOREVER) < following["valid_from"]:
                    continue
                for each in (next_key, key):
                    if (row := self.rows.get((sheet.name, each))) and self._is_new(sheet.name, each):
                        other = record if each == next_key else following
                        sentence = Sentence("It overlaps with what holds from {day} on", day=other["valid_from"])
                        row.refuse(sentence, "overlap", "valid_from")
                        break

    def _check_circles(self, name: str, person: str, superior: str) -> None:
        """Look for lines, or departments, that lead back to where they began on any day (E-12)."""
        dated = {"kind": Line.PRIMARY.value, "valid_from": "", "valid_until": ""}
        held = [dated | record for record in self.records[name].values() if record[superior]]
        stretches = [
            lines.Stretch(each[person], each[superior], each["valid_from"], each["valid_until"])
            for each in held
            if each["kind"] == Line.PRIMARY
        ]
        joining: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        for (sheet, key), row in self.rows.items():
            if sheet == name and self._is_new(name, key):
                record = dated | self.records[name][key]
                if record["kind"] == Line.PRIMARY:
                    joining[record[person], record[superior]].append(row)
        for circle in lines.circles(stretches):
            for row in [row for link in pairwise(circle) for row in joining[link]]:
                sentence = Sentence("The line would lead back: {names}", names=" → ".join(circle))
                row.refuse(sentence, "line-circle", superior)

    def _check_accounts(self) -> None:
        """See that nobody gets an account that is another's or the engine's, or that running reviews address (E-19)."""
        holders: defaultdict[str, set[str]] = defaultdict(set)
        for records in (self.state.records["people"], self.records["people"]):
            for record in records.values():
                holders[record["username"]].add(record["employee_id"])
        for (name, key), row in self.rows.items():
            if name != "people" or not self._is_new(name, key):
                continue
            before = self.state.records["people"].get(key)
            if row.record["username"] == ENGINE or len(holders[row.record["username"]]) > 1:
                sentence = Sentence("The account {name} is somebody else's", name=row.record["username"])
                row.refuse(sentence, "account-taken", "username")
            if before and before["username"] != row.record["username"] and before["username"] in self.state.busy:
                sentence = Sentence("The account {name} has tasks in running reviews", name=before["username"])
                row.refuse(sentence, "account-busy", "username")

    def _employed(self, employee_id: str, day: str) -> bool:
        return any(_covers(spell, day) for spell in self._spells_of(employee_id))

    def _spells_of(self, employee_id: str) -> list[Record]:
        return [record for _, record in self.spells.get((employee_id,), ())]


def _covers(spell: Record, day: str) -> bool:
    return spell["valid_from"] <= day <= (spell["valid_until"] or FOREVER)


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()

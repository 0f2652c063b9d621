"""Actual values: imported from a spreadsheet's CSV file, after a look at what would be imported."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.reviews.cycle import cycles
from engine.reviews.organisation import people
from engine.reviews.scores import actuals
from web import names
from web.addresses import go
from web.languages import gettext
from web.uploads import uploaded

blueprint = Blueprint("actuals", __name__)


class Import(View):
    """The import of a file."""

    def post(self, key: int) -> Response | str:
        """Check the file, and import all of it unless only the check was asked for."""
        cycle = cycles.found(self.session, key)
        _, content = uploaded()
        if request.form.get("only") == "check":
            entries = actuals.check_csv(self.session, cycle, content, by=auth.caller())
            rows = [
                (
                    names.of_person(people.by_key(self.session, entry.review.appraisee_key)),
                    names.either(entry.indicator.name, entry.indicator.name_en),
                    f"{entry.row.cells['actual']} {entry.row.cells['unit'] or entry.indicator.unit}",
                    entry.row.cells["source"],
                )
                for entry in entries
            ]
            return render_template("parts/actuals.html", rows=rows)
        entered = actuals.import_csv(self.session, cycle, content, by=auth.caller())
        flash(gettext("Imported: {count} values. Finance confirms them next.").format(count=len(entered)))
        return go(url_for("web.cycles.cycle", key=key))


blueprint.add_url_rule("/cycles/<key:key>/actuals", view_func=Import.as_view("import_csv"))

"""Readings that prove a delivery: the first time its addressee reads something, that is recorded with what is read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from api import auth
from api.views import View
from engine import db
from engine.reviews.cases import readings
from engine.reviews.models import Delivery
from engine.reviews.signing import deliveries


class ArrivalView(View):
    """An inbox: what was sent to whoever asks has come once it lies before them, by their own login."""

    def dispatch_request(self, **address: Any) -> Any:
        """Serve one request; a reading that proves something is a change, in one transaction with what is read."""
        if not _is_read():
            return super().dispatch_request(**address)
        with db.reading() as session:
            news = self.awaited_of(session, **address)
        return db.transact(partial(self._serve, address)) if news else super().dispatch_request(**address)

    def awaited_of(self, session: Session, **_address: Any) -> Sequence[Delivery]:
        """List what this reading proves to have come."""
        return deliveries.on_the_way(session, by=auth.caller())

    def record(self, session: Session, _proven: Sequence[Delivery]) -> None:
        """Record what the reading proves."""
        deliveries.arrive(session, by=auth.caller())

    def _serve(self, address: dict[str, Any], session: Session) -> Any:
        if _is_read():
            self.record(session, self.awaited_of(session, **address))
        return super()._serve(address, session)


class OpeningView(ArrivalView):
    """A paper: it is opened once its addressee reads it."""

    def awaited_of(self, session: Session, **address: Any) -> Sequence[Delivery]:
        """List what this reading opens."""
        unopened = deliveries.unopened(session, by=auth.caller())
        return [delivery for delivery in unopened if self.shows(session, delivery, **address)]

    def shows(self, session: Session, delivery: Delivery, /, **address: Any) -> bool:
        """Tell whether the paper of a delivery is what is read at an address."""
        raise NotImplementedError

    def record(self, session: Session, proven: Sequence[Delivery]) -> None:
        """Record what the reading proves."""
        deliveries.open_(session, proven, by=auth.caller())


class CaseView(OpeningView):
    """An appeal's case: that somebody other than the appellant reads it is kept on record (E-81)."""

    def shows(self, _session: Session, delivery: Delivery, /, **address: Any) -> bool:
        """Tell whether the decision of this appeal was delivered."""
        return delivery.appeal_key is not None and delivery.appeal_key == int(address["key"])

    def dispatch_request(self, **address: Any) -> Any:
        """Serve one request; each reading is a change, in one transaction with what is read."""
        return db.transact(partial(self._serve, address)) if _is_read() else super().dispatch_request(**address)

    def _serve(self, address: dict[str, Any], session: Session) -> Any:
        answer = super()._serve(address, session)
        if _is_read():
            readings.note(session, int(address["key"]), by=auth.caller())
        return answer


def _is_read() -> bool:
    """Whether somebody reads: a browser that only fetches in advance proves nothing."""
    return request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")

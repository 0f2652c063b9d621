"""The request is the transaction: the base of every view opens it, so that no view commits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any, ClassVar

from flask import Response, current_app, request
from flask.views import MethodView
from sqlalchemy.orm import Session

from api import auth
from engine import db, idempotency
from engine.bpmn import standstills
from engine.errors import Invalid

LARGEST_UPLOAD = 64 * 1024 * 1024
"""Bytes of a request with files to be checked: what is too large for a file is refused by its name and with a code."""

IDEMPOTENCY_KEY = "Idempotency-Key"
LONGEST_KEY = 255


class View(MethodView):
    """A resource. Its methods find an open session in `self.session`.

    A method that changes something runs in a transaction, which holds the answer kept for `Idempotency-Key` too, and
    again in another if that one is given up: it keeps nothing of the first.
    """

    session: Session
    reads: ClassVar[frozenset[str]] = auth.SAFE
    """The methods that change nothing."""
    largest: ClassVar[int | None] = None
    """Bytes that a request may have; None leaves it to the application."""

    def dispatch_request(self, **address: Any) -> Any:
        """Serve one request in one transaction, and note in another why a person cannot go on."""
        with standstills.noted():
            if request.method in self.reads:
                with db.reading() as self.session:
                    return super().dispatch_request(**address)
            self.prepare()
            return db.transact(partial(self._serve, address))

    def prepare(self) -> None:
        """Do what a change needs and nobody's transaction should wait for, such as reading the files that were sent."""

    def _serve(self, address: dict[str, Any], session: Session) -> Any:
        """Serve a change in its transaction; the same request may have been served in one that was given up."""
        self.session = session
        for file in chain.from_iterable(request.files.listvalues()):
            file.stream.seek(0)
        key = request.headers.get(IDEMPOTENCY_KEY)
        return super().dispatch_request(**address) if key is None else self._once(key, address)

    def _once(self, key: str, address: dict[str, Any]) -> Response:
        """Serve a request, or answer as it was answered before under the same key."""
        if not 0 < len(key) <= LONGEST_KEY or "\0" in key:
            raise Invalid(
                "Expected to read {idempotency_key}, but it does not have 1 to {longest_key} characters",
                idempotency_key=IDEMPOTENCY_KEY,
                longest_key=LONGEST_KEY,
            )
        username = auth.caller().username
        known = idempotency.claim(self.session, key, _fingerprint(), by=username)
        if known is not None:
            return Response(known.body, known.status, content_type=known.media_type or None)
        response: Response = current_app.make_response(super().dispatch_request(**address))
        answer = idempotency.Answer(response.status_code, response.get_data(), response.content_type or "")
        idempotency.settle(self.session, key, answer, by=username)
        return response


class AwaitingView(View):
    """A resource whose methods may leave the answer to what comes after their transaction."""

    awaited: Callable[[], Response] | None = None
    """What answers in place of the method once its transaction is committed."""

    def dispatch_request(self, **address: Any) -> Any:
        """Serve one request, and answer only when what was asked for has happened."""
        response = super().dispatch_request(**address)
        return response if self.awaited is None else self.awaited()

    def _serve(self, address: dict[str, Any], session: Session) -> Any:
        """Serve a change, which does not wait for what a transaction that was given up wanted to wait for."""
        self.awaited = None
        return super()._serve(address, session)


class AnonymousView(View):
    """A resource that does not ask who asks: nothing can be kept of it, no answer for `Idempotency-Key` either."""

    def _serve(self, address: dict[str, Any], session: Session) -> Any:
        """Serve a change in its transaction, whatever the headers say."""
        self.session = session
        return MethodView.dispatch_request(self, **address)


class SearchView(View):
    """A search: a POST that changes nothing."""

    reads: ClassVar[frozenset[str]] = auth.SAFE | {"POST"}


def allow_size() -> None:
    """Let a request be as large as its view takes, before anybody reads it."""
    view = getattr(current_app.view_functions.get(request.endpoint or ""), "view_class", View)
    largest: int | None = getattr(view, "largest", None)
    if largest is not None:
        request.max_content_length = largest


def _fingerprint() -> bytes:
    """Digest what is asked; of a multipart body its parts, because its boundary differs each time it is sent."""
    digest = hashlib.sha256(f"{request.method} {request.full_path}\0".encode())
    if not request.files:
        digest.update(request.get_data())
        return digest.digest()
    for name, value in sorted(request.form.items(multi=True)):
        digest.update(f"{name}\0{value}\0".encode())
    for name, file in request.files.items(multi=True):
        digest.update(f"{name}\0{file.filename}\0".encode() + hashlib.sha256(file.stream.read()).digest())
        file.stream.seek(0)
    return digest.digest()

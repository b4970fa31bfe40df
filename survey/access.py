"""Who may use each route. A view without a rule stops the start; outside one's grants everything is a plain 404.

Rules are decorators: `everyone` (pages with nothing of anybody's), `respondent` (young people's pages: no account, not
logged), `staff(roles)` (signed in, with one of these roles somewhere; the view then loads only what the grants reach).
The wrapper of `staff` also checks the anti-forgery token of every unsafe request, so that no view can forget it.
"""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Flask, abort, g, redirect, request, url_for
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from survey import cookies
from survey.clock import now
from survey.installation import database, keys
from survey.models import Account, Grant, Programme
from survey.signing_in import is_due, mark_seen, signed_in_account

View = Callable[..., Any]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
READERS = ("commissioner", "analyst", "administrator")
"""Who may read a programme's releases: the report, its files, the scorecard."""
LARGEST_ID = 2**31 - 1
"""No store holds a larger number; one that asks for it gets a 404, not a fault of the database."""


class RouteWithoutRule(Exception):
    """A route does not say who may use it: give its view one of the decorators of `survey.access`."""


@dataclass(frozen=True)
class Rule:
    """Who may use a route."""

    audience: str
    roles: tuple[str, ...] = ()


def everyone(view: View) -> View:
    """Anybody may see this; it holds nothing of anybody's."""
    return _ruled(view, Rule("everyone"))


def respondent(view: View) -> View:
    """Young people's pages: no account, no log line, never stored by the browser."""
    return _ruled(view, Rule("respondent"))


def staff(*roles: str, keeps_typed: bool = False) -> Callable[[View], View]:
    """Signed in, and holding one of these roles somewhere; with no roles named, any account.

    A view that `keeps_typed` is one in which people write for long. A form that comes too late (signed out, or signed in
    again since) is not lost there: it travels through the sign-in page, and the view is called with `g.only_shown` set,
    under which it does nothing but show what was typed once more.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            account = _account()
            if account is None:
                return _to_sign_in(307 if keeps_typed else 303)
            if roles and not any(grant.role in roles for grant in g.grants):
                abort(404)
            g.only_shown = request.method not in SAFE and not is_genuine()
            if g.only_shown and not keeps_typed:
                abort(400, "forgery")
            return view(*args, **kwargs)

        return _ruled(guarded, Rule("staff", roles))

    return decorate


def _ruled(view: View, rule: Rule) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The rule of an endpoint, if it has one."""
    return getattr(app.view_functions[endpoint], "access_rule", None)


def require_rules(app: Flask) -> None:
    """Refuse to start while a route does not state who may use it."""
    everyone(app.view_functions["static"])
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules() if rule_of(app, rule.endpoint) is None})
    if missing:
        raise RouteWithoutRule(f"No access rule on: {', '.join(missing)}.")


def _account() -> Account | None:
    token = cookies.read(cookies.STAFF)
    with database().reading() as session:
        account = signed_in_account(session, token)
        due = account is not None and is_due(session, token)
        if account is not None:
            g.account = account
            g.grants = tuple(
                session.scalars(select(Grant).where(Grant.account_id == account.id, Grant.in_force(now())))
            )
            g.token = token
    if due:
        with database().writing() as session:
            mark_seen(session, token)
    return account


def _to_sign_in(status: int) -> Reply:
    """To the sign-in page; a 307 takes along what was typed."""
    if request.method in SAFE or status == 307:
        return redirect(url_for("accounts.sign_in", next=request.path), 303 if request.method in SAFE else status)
    return redirect(url_for("accounts.sign_in"), status)


def forgery_token() -> str:
    """The token that every form of this sign-in carries."""
    return str(keys().mac("forgery", g.token.encode()).hex())


def is_genuine() -> bool:
    """Whether the request carries the token of this sign-in's own pages."""
    return hmac.compare_digest(request.form.get("csrf_token", "").encode(), forgery_token().encode())


def reach(*roles: str) -> ColumnElement[bool]:
    """The programmes that this account reaches in any of these roles, as a condition on `Programme`."""
    grants = [grant for grant in g.grants if grant.role in roles]
    return or_(
        Programme.id.in_([grant.programme_id for grant in grants if grant.programme_id is not None]),
        Programme.organisation_id.in_([grant.organisation_id for grant in grants if grant.organisation_id is not None]),
    )


def reaches(programme: Programme, *roles: str) -> bool:
    """Whether this account reaches a programme in any of these roles, as `reach` asks it of the store."""
    return any(
        one.role in roles and (one.programme_id == programme.id or one.organisation_id == programme.organisation_id)
        for one in g.grants
    )


def organisations_of(*roles: str) -> list[int]:
    """The organisations that this account works for as a whole in any of these roles: a role in one programme alone opens
    no school's page."""
    return [one.organisation_id for one in g.grants if one.role in roles and one.organisation_id is not None]


def reached_programme(session: Session, programme_id: int, *roles: str) -> Programme:
    """One programme within one's grants; raises the same 404 for what is missing and what is not ours to see."""
    programme = session.scalar(select(Programme).where(Programme.id == programme_id, reach(*roles)))
    return programme if programme is not None else _not_found()


def _not_found() -> NoReturn:
    abort(404)

"""`heard user`: who may sign in. Somebody comes, forgets a password, or leaves; each act stands in the record of acts.

Whoever runs the computer does this, not whoever runs a programme. None of it opens what young people wrote: a reading key is
locked by a passphrase that nobody here knows, a new password locks it, and a key that is made in its place waits for a colleague.
"""

from __future__ import annotations

import secrets

import click
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey import audit
from survey.clock import now
from survey.installation import open_installation
from survey.models import ROLES, Account, Grant, Organisation
from survey.signing_in import end_sign_ins, password_hash


def add_account(session: Session, email: str, name: str, password: str) -> Account:
    """Make a person who may sign in; what they may do is given apart."""
    account = Account(email=email.strip().lower(), name=name, password_hash=password_hash(password))
    session.add(account)
    session.flush()
    return account


def give_role(session: Session, account: Account, role: str, organisation_id: int, reason: str) -> None:
    """Let somebody act in one role for one organisation from now on."""
    session.add(
        Grant(account_id=account.id, role=role, organisation_id=organisation_id, starts_at=now(), reason=reason)
    )


def new_password() -> str:
    """A password to hand over, to be changed at the first sign-in."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


@click.group("user")
def user_group() -> None:
    """People who may sign in."""


@user_group.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--organisation", required=True, help="name of the organisation; made when it is new")
@click.option("--reason", required=True, help="why this person may do this; kept in the audit")
def user_add_command(email: str, name: str, role: str, organisation: str, reason: str) -> None:
    """Add a person with one role in one organisation, and print a password to hand over; or let somebody in again."""
    _, database, keys = open_installation(make_key=True)
    password = new_password()
    with database.writing() as session:
        known = session.scalar(select(Account).where(Account.email == email.strip().lower()))
        if known is not None and known.is_active:
            raise click.ClickException(f"{email} can sign in already: give roles under /staff/programmes/.")
        place = session.scalar(select(Organisation).where(Organisation.name == organisation))
        if place is None:
            place = Organisation(name=organisation)
            session.add(place)
            session.flush()
        account = known or add_account(session, email, name, password)
        account.name, account.is_active, account.password_hash = name, True, password_hash(password)
        give_role(session, account, role, place.id, reason)
        audit.record(session, keys, None, "account.added", f"{account.email} as {role}", reason)
    click.echo(f"{account.email} may sign in at /staff/ with the password {password} (ask them to change it).")


@user_group.command("close")
@click.argument("email")
@click.option("--reason", required=True, help="why they leave; kept in the audit")
def user_close_command(email: str, reason: str) -> None:
    """Let a person in no more: their sign-ins and roles end at once. What they did stays on record."""
    _, database, keys = open_installation()
    with database.writing() as session:
        account = _active_account(session, email)
        account.is_active = False
        end_sign_ins(session, account.id)
        theirs = update(Grant).where(Grant.account_id == account.id, Grant.in_force(now()))
        session.execute(theirs.values(ends_at=now()))
        audit.record(session, keys, None, "account.closed", account.email, reason)
    click.echo(f"{account.email} can sign in no more. To let them in again: heard user add")


@user_group.command("password")
@click.argument("email")
@click.option("--reason", required=True, help="who asked for it, and how you know that it was they; kept in the audit")
def user_password_command(email: str, reason: str) -> None:
    """Print a new password for a person who forgot theirs. It opens no reading key: that takes their passphrase."""
    _, database, keys = open_installation()
    password = new_password()
    hashed = password_hash(password)
    with database.writing() as session:
        account = _active_account(session, email)
        account.password_hash = hashed
        end_sign_ins(session, account.id)
        audit.record(session, keys, None, "account.password_reset", account.email, reason)
    click.echo(f"{account.email} may sign in at /staff/ with the password {password} (ask them to change it).")


def _active_account(session: Session, email: str) -> Account:
    account = session.scalar(select(Account).where(Account.email == email.strip().lower(), Account.is_active))
    if account is None:
        raise click.ClickException(f"Nobody signs in as {email}: look at how it is written, or use heard user add.")
    return account

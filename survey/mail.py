"""Mail to staff, by the SMTP server that the settings name: one plain sentence and a link, never what it is about.

A line to the server is encrypted whenever the server offers it, and then its certificate must be right; only a server on
this machine itself is spoken to openly. A password never leaves the machine on an open line. That the server is away and
that it refuses one message are two different things: the first concerns every message, the second only that one.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import SplitResult, unquote, urlsplit

PATIENCE = 20.0
"""Seconds to wait for any answer of the server."""
PORTS = {"smtp": 25, "smtps": 465}
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class MailServerAway(Exception):
    """The server cannot be reached, or not safely: nothing can be sent just now."""


class MailRefused(Exception):
    """The server takes no message for this address just now."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: `mark` is the same each time that it is tried, so that a second copy can be known as one."""

    to: str
    subject: str
    text: str
    mark: str


def fault_of(address: str) -> str | None:
    """What is wrong with a mail server's address, for the settings; None when it can be used."""
    example = "give smtp://host, smtp://user:password@host:587 or smtps://user:password@host"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return example
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or parts.path not in ("", "/"):
        return example
    return None


@contextlib.contextmanager
def mail_line(server: str, sender: str, patience: float = PATIENCE) -> Iterator[Line]:
    """A line to the mail server, for as long as there is something to send.

    Raises
    ------
    MailServerAway
        When the server cannot be reached, is not the one that its certificate should name, or will not let us in.
    """
    parts = urlsplit(server)
    try:
        smtp = _connected(parts, patience)
    except (OSError, smtplib.SMTPException) as fault:
        raise MailServerAway(type(fault).__name__) from fault
    try:
        yield Line(smtp, sender)
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _connected(parts: SplitResult, patience: float) -> smtplib.SMTP:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if parts.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=patience, context=ssl.create_default_context())
    else:
        smtp = smtplib.SMTP(host, port, timeout=patience)
    try:
        smtp.ehlo_or_helo_if_needed()
        is_safe = parts.scheme == "smtps" or host in THIS_MACHINE
        if not is_safe and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            is_safe = True
        if parts.username and not is_safe:
            raise smtplib.SMTPException("a password on an open line")
        if parts.username:
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        smtp.close()
        raise
    return smtp


class Line:
    """An open line to the mail server."""

    def __init__(self, smtp: smtplib.SMTP, sender: str) -> None:
        self._smtp, self._sender = smtp, sender

    def send(self, letter: Letter) -> None:
        """Hand one letter to the server; raises `MailRefused`, or `MailServerAway` when the line breaks."""
        try:
            self._smtp.send_message(_message(letter, self._sender))
        except (
            smtplib.SMTPResponseException,
            smtplib.SMTPRecipientsRefused,
            smtplib.SMTPNotSupportedError,
            ValueError,  # an address that no message can carry
        ) as fault:
            raise MailRefused(type(fault).__name__) from fault
        except OSError as fault:  # smtplib's own faults are of this kind too
            raise MailServerAway(type(fault).__name__) from fault


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{letter.mark}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message

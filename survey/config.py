"""Settings: every one with its name, default and help, read in one place.

There is no default secret. The installation key lies in a file of its own, outside the database and its backups; it is
made once, by `heard serve`, `heard demo` or an operator, and a missing or open key file stops the start.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from survey import mail

KEY_BYTES = 32
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("HEARD_VAR", "var", "folder for the database, the installation key and what this installation keeps"),
    ("HEARD_DATABASE", "", "database address; empty means SQLite in the folder above"),
    ("HEARD_KEY_FILE", "", "file with the installation key; empty means installation.key in the folder above"),
    ("HEARD_EXIT_URL", "https://www.bbc.co.uk/weather", "the dull page that 'Leave this page' goes to"),
    ("HEARD_ADDRESS", "", "the address people type, for posters; empty means that of the request"),
    ("HEARD_MAIL", "", "mail server for messages to staff, like smtp://user:password@host:587; empty means none"),
    ("HEARD_MAIL_FROM", "", "the address that these messages come from"),
    ("HOST", "127.0.0.1", "address to listen on"),
    ("PORT", "8000", "port to listen on"),
)


class ConfigFault(Exception):
    """The settings do not allow a safe start; the message lists every fault and says what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one installation, checked."""

    var: Path
    database_url: str
    key: bytes
    exit_url: str
    address: str
    host: str
    port: int
    mail_server: str = ""
    mail_from: str = ""


def read_config(environ: Mapping[str, str] = os.environ, *, make_key: bool = False) -> Config:
    """Read and check all settings.

    Parameters
    ----------
    environ : mapping of setting names to texts
    make_key : make the installation key when there is none (commands that set an installation up)

    Raises
    ------
    ConfigFault
        With every fault at once.
    """
    values = {name: environ.get(name) or default for name, default, _ in SETTINGS}
    var = Path(values["HEARD_VAR"]).resolve()
    faults: list[str] = []
    if not values["PORT"].isdecimal() or not 0 < int(values["PORT"]) < 65536:
        faults.append(f"PORT is {values['PORT']!r}: give a number from 1 to 65535.")
    if not values["HEARD_EXIT_URL"].startswith(("https://", "http://", "/")):
        faults.append(f"HEARD_EXIT_URL is {values['HEARD_EXIT_URL']!r}: give a full address of a dull page.")
    if values["HEARD_MAIL"] and (wrong := mail.fault_of(values["HEARD_MAIL"])):
        faults.append(f"HEARD_MAIL is not the address of a mail server: {wrong}.")  # it may hold a password: not shown
    if values["HEARD_MAIL"] and not ADDRESS.fullmatch(values["HEARD_MAIL_FROM"]):
        faults.append(f"HEARD_MAIL_FROM is {values['HEARD_MAIL_FROM']!r}: give the address that messages come from.")
    key = b""
    try:
        key = _installation_key(Path(values["HEARD_KEY_FILE"] or var / "installation.key"), make_key)
    except ConfigFault as fault:
        faults.append(str(fault))
    if faults:
        raise ConfigFault("\n".join(faults))
    return Config(
        var=var,
        database_url=values["HEARD_DATABASE"] or f"sqlite:///{var / 'heard.sqlite3'}",
        key=key,
        exit_url=values["HEARD_EXIT_URL"],
        address=values["HEARD_ADDRESS"].rstrip("/"),
        host=values["HOST"],
        port=int(values["PORT"]),
        mail_server=values["HEARD_MAIL"],
        mail_from=values["HEARD_MAIL_FROM"],
    )


def _installation_key(path: Path, make: bool) -> bytes:
    if not path.exists():
        if not make:
            raise ConfigFault(f"There is no installation key at {path}: run 'heard serve' once, or set HEARD_KEY_FILE.")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    if path.stat().st_mode & 0o077:
        raise ConfigFault(f"The installation key {path} can be read by others: run 'chmod 600' on it.")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ConfigFault(
            f"The installation key {path} holds {len(key)} bytes, not {KEY_BYTES}: restore it from where you keep it."
        )
    return key

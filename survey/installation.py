"""What a page stands on: the store, the keys and the settings of the installation that the application was made with."""

from __future__ import annotations

from flask import current_app

from survey.config import Config, read_config
from survey.database import Database
from survey.schema import migrate
from survey.sealing import Keys


def database() -> Database:
    """The store of this service."""
    found: Database = current_app.extensions["database"]
    return found


def keys() -> Keys:
    """The keys of this installation."""
    found: Keys = current_app.extensions["keys"]
    return found


def config() -> Config:
    """What whoever runs this service has set."""
    found: Config = current_app.extensions["config"]
    return found


def open_installation(*, make_key: bool = False) -> tuple[Config, Database, Keys]:
    """The same for a command, which stands on no page: the store is brought up to date first."""
    settings = read_config(make_key=make_key)
    store = Database(settings.database_url)
    migrate(store)
    return settings, store, Keys(settings.key)

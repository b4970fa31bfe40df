"""What a page stands on: the store, the keys and the settings of the installation that the application was made with."""

from __future__ import annotations

from flask import current_app

from survey.config import Config
from survey.database import Database
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

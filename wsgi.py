"""The app for a server: one import, one call."""

from survey.app import create_app
from survey.config import read_config

app = create_app(read_config())

"""What surrounds every page: a policy without inline, nothing kept, nothing told; and who may use which route."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from survey.access import RouteWithoutRule, require_rules, rule_of
from survey.app import create_app
from survey.config import Config

PAGES = ["/", "/help", "/thanks", "/nowhere", "/healthz", "/staff/sign-in", "/leave", "/activity"]


@pytest.mark.parametrize("path", PAGES)
def test_every_reply_carries_the_headers(client: FlaskClient, path: str) -> None:
    reply = client.get(path)
    policy = reply.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "same-origin"
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Server" not in reply.headers


def test_the_one_stylesheet_is_the_one_the_policy_names(client: FlaskClient) -> None:
    reply = client.get("/")
    (css,) = re.findall(r"<style>(.*?)</style>", reply.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in reply.headers["Content-Security-Policy"]
    assert " style=" not in reply.text
    assert not re.search(r"\son[a-z]+=", reply.text)


def test_named_files_may_be_kept_and_others_not(client: FlaskClient) -> None:
    page = client.get("/").text
    (address,) = set(re.findall(r'src="(/static/answer\.js[^"]*)"', page))
    with client.get(address.replace("&amp;", "&")) as named, client.get("/static/answer.js") as unnamed:
        assert "immutable" in named.headers["Cache-Control"]
        assert unnamed.headers["Cache-Control"] == "no-cache"


def test_pages_travel_compressed(client: FlaskClient) -> None:
    plain = client.get("/help")
    packed = client.get("/help", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data


def test_https_gets_the_stricter_cookie_and_header(client: FlaskClient, tour) -> None:
    tour.open("before")
    reply = client.post("/join", data={"code": tour.code}, base_url="https://localhost")
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith("__Host-heard=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "max-age" in reply.headers["Strict-Transport-Security"]


def test_a_route_without_a_rule_stops_the_start(lone_app: Flask) -> None:
    stray = Blueprint("stray", __name__)
    stray.get("/stray")(lambda: "who may see this?")
    lone_app.register_blueprint(stray)
    with pytest.raises(RouteWithoutRule, match="stray"):
        require_rules(lone_app)


def test_every_route_states_who_may_use_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        stated = rule_of(app, rule.endpoint)
        assert stated is not None
        if rule.rule.startswith("/staff") and not rule.endpoint.startswith("accounts.sign_in"):
            assert stated.audience == "staff", rule.rule
        elif not rule.rule.startswith("/staff"):
            assert stated.audience in ("everyone", "respondent"), rule.rule


def test_an_unexpected_fault_shows_no_trace_and_logs_no_words(
    app: Flask, client: FlaskClient, tour, monkeypatch, caplog
) -> None:
    tour.open("before")

    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("the child typed: MARKER")

    monkeypatch.setattr("survey.answering.taking.store", break_down)
    reply = client.post("/answer", data=tour.body(), content_type="application/x-www-form-urlencoded")
    assert reply.status_code == 500
    assert 'name="ticket"' in reply.text, "the page comes back, with the answers in it"
    monkeypatch.setattr("survey.answering.places.helplines", break_down)
    other = client.get("/help")
    assert other.status_code == 500
    incidents = re.findall(r"incident ([0-9a-f]{8})", caplog.text)
    assert len(incidents) == 2
    assert incidents[1] in other.text
    for text in (reply.text, other.text, caplog.text):
        assert "MARKER" not in text
        assert "Traceback" not in text


@pytest.mark.parametrize("accept", ["", "gzip, br"])
def test_errors_are_pages_too(client: FlaskClient, accept: str) -> None:
    for path, status in (("/nowhere", 404), ("/join", 405)):
        reply = client.get(path, headers={"Accept-Encoding": accept})
        assert reply.status_code == status


def test_a_refusal_says_what_was_refused(client: FlaskClient) -> None:
    """Nothing was sent that could not be read when a page was only asked for, or when a browser says that a form is foreign."""
    assert "cannot be opened like that" in client.get("/join").text
    foreign = client.post("/join", data={"code": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403 and "not open to you" in foreign.text


def test_the_app_is_told_apart_by_its_settings(tmp_path, database) -> None:
    config = Config(
        tmp_path, str(database.url), b"k" * 32, "https://dull.example", "https://heard.example", "127.0.0.1", 1
    )
    secure = create_app(config, database).test_client()
    assert "Strict-Transport-Security" in secure.get("/").headers

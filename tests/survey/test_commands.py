"""The command line: what a newcomer types, and one line when it cannot be done."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from questionnaires.files import library
from survey.clock import now
from survey.commands import main
from survey.config import SETTINGS, ConfigFault, read_config
from survey.database import Database
from survey.models import Account, AuditEntry, Grant, ReaderKey
from survey.readers import key_in_use, lend_to_browser, make_reader_key
from survey.signing_in import checked_account, sign_in, signed_in_account
from tests.questionnaires.conftest import TINY


@dataclass
class Done:
    """What a command left: its exit code, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """`heard` with these arguments, by its own entry point but in this process: starting one anew takes seconds."""
    monkeypatch.setenv("HEARD_VAR", str(tmp_path))

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["heard", *arguments])
        mask, code = os.umask(0o077), 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os.umask(mask)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    environ = {"HEARD_VAR": str(tmp_path)}
    with pytest.raises(ConfigFault, match="no installation key"):
        read_config(environ)
    key = read_config(environ, make_key=True).key
    assert read_config(environ).key == key
    path = tmp_path / "installation.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(ConfigFault, match="read by others"):
        read_config(environ)


def test_every_fault_of_the_settings_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault) as fault:
        read_config({"HEARD_VAR": str(tmp_path), "PORT": "eighty", "HEARD_EXIT_URL": "javascript:alert(1)"})
    assert all(word in str(fault.value) for word in ("PORT", "HEARD_EXIT_URL", "installation key"))


def test_check_says_what_is_right_and_what_is_wrong(heard: Callable[..., Done], tmp_path: Path) -> None:
    good = heard("check", *(str(path) for path in library().values()))
    assert good.returncode == 0, good.stderr
    assert "staying_safe version" in good.stdout
    broken = tmp_path / "broken.yaml"
    broken.write_text("key: Broken Key\nversion: zero\n")
    bad = heard("check", str(broken))
    assert bad.returncode == 1
    assert bad.stderr.count("broken.yaml:") >= 2
    assert "Traceback" not in bad.stderr


def test_check_warns_of_words_and_lets_them_be(heard: Callable[..., Done], tmp_path: Path) -> None:
    good = heard("check", "--words", str(library()["staying_safe"]))
    assert good.returncode == 0 and ": 0 warnings on words" in good.stdout
    mine = tmp_path / "mine.yaml"
    text = library()["staying_safe"].read_text().replace("How much did you enjoy", "Did you not dislike the play and")
    mine.write_text(text)
    line = text[: text.index("Did you not")].count("\n") + 1
    found = heard("check", "--words", str(mine))
    assert found.returncode == 0
    assert f"mine.yaml:{line}: double_negative:" in found.stdout and f"mine.yaml:{line}: two_questions:" in found.stdout
    assert "double_negative" not in heard("check", str(mine)).stdout
    broken = tmp_path / "broken.yaml"
    broken.write_text("key: broken\n")
    both = heard("check", "--words", str(broken), str(mine))
    assert both.returncode == 1
    assert "broken.yaml: its words are looked at only" in both.stdout and "double_negative" in both.stdout


def test_two_versions_are_compared_in_words(heard: Callable[..., Done], tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(TINY)
    new.write_text(
        TINY.replace("version: 1", "version: 2").replace("Which ways?", "Which way?").replace("times", "days")
    )
    done = heard("differences", str(old), str(new))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("From tiny version 1 to tiny version 2: ")
    assert "ways: Comparable only with care" in done.stdout and "'Which way?'" in done.stdout
    assert "number_of: Not comparable, begin a new trend" in done.stdout
    assert "known: Asked and counted as before" in done.stdout


def test_every_setting_is_listed_with_what_it_is_for(heard: Callable[..., Done]) -> None:
    listed = heard("settings").stdout.splitlines()
    assert [line.split(":")[0] for line in listed] == [name for name, *_ in SETTINGS]
    assert "PORT: port to listen on [8000]" in listed


def test_the_schema_is_printed_for_editors(heard: Callable[..., Done], tmp_path: Path) -> None:
    for arguments in (("schema",), ("schema", "--translation")):
        printed = heard(*arguments)
        assert printed.returncode == 0
        assert json.loads(printed.stdout)["properties"]["key"]["pattern"]


def test_words_go_to_a_translator_and_come_back(heard: Callable[..., Done], tmp_path: Path) -> None:
    mine = tmp_path / "staying_safe.yaml"
    mine.write_text(library()["staying_safe"].read_text())
    assert heard("translate", "export", str(mine), "--language", "pl").returncode == 0
    po = tmp_path / "staying_safe.pl.po"
    empty = 'msgid "People, phones and getting help"\nmsgstr ""'
    assert empty in po.read_text()
    po.write_text(po.read_text().replace(empty, empty[:-1] + 'Ludzie"'))
    back = heard("translate", "import", str(mine), str(po))
    assert back.returncode == 0 and "1 translated" in back.stdout and "draft" in back.stdout
    assert "Ludzie" in (tmp_path / "staying_safe.pl.yaml").read_text()
    assert "polski" in heard("check", str(mine)).stdout
    broken = heard("translate", "import", str(mine), str(mine))
    assert broken.returncode == 1 and "Traceback" not in broken.stderr


def test_import_publishes_once_and_refuses_other_content(heard: Callable[..., Done], tmp_path: Path) -> None:
    source = library()["staying_safe"].read_text()
    mine = tmp_path / "mine.yaml"
    mine.write_text(source)
    assert heard("import", str(mine)).returncode == 0
    assert heard("import", str(mine)).returncode == 0
    mine.write_text(source.replace("title:", "title:", 1) + "\n# a comment changes nothing\n")
    assert heard("import", str(mine)).returncode == 0


def test_a_spreadsheet_of_ours_is_published_and_another_becomes_a_draft(
    heard: Callable[..., Done], tmp_path: Path
) -> None:
    sheet = tmp_path / "ours.xlsx"
    assert heard("xlsform", str(library()["staying_safe"]), "--to", str(sheet)).returncode == 0
    ours = heard("import", str(sheet))
    assert ours.returncode == 0 and "Published staying_safe version 1" in ours.stdout, ours.stderr
    book = openpyxl.load_workbook(sheet)
    book["survey"].append(["text", "more", "Anything else?"])
    book.save(sheet)
    theirs = heard("import", str(sheet))
    assert theirs.returncode == 0 and "ours.xlsx: sheet survey, row" in theirs.stdout and "draft" in theirs.stdout
    assert heard("check", str(tmp_path / "staying_safe.yaml")).returncode == 0
    again = heard("import", str(sheet))
    assert again.returncode == 1 and "would be overwritten" in again.stderr
    sheet.write_bytes(b"PK")
    broken = heard("import", str(sheet))
    assert broken.returncode == 1 and "not_a_workbook" in broken.stderr and "Traceback" not in broken.stderr


def test_a_survey_of_limesurvey_becomes_a_draft(heard: Callable[..., Done], tmp_path: Path) -> None:
    survey = tmp_path / "theirs.lss"
    question = (
        "<qid>1</qid><gid>2</gid><type>Y</type><title>Q1</title><question>Is it so?</question><language>en</language>"
    )
    named = "<document><LimeSurveyDocType>Survey</LimeSurveyDocType>"
    survey.write_text(f"{named}<questions><rows><row>{question}</row></rows></questions></document>")
    found = heard("import", str(survey))
    assert found.returncode == 0 and "theirs.lss: the survey: assumed" in found.stdout, found.stderr
    assert heard("import", str(tmp_path / "theirs.yaml")).returncode == 0


def test_a_person_is_added_with_a_password_of_their_own(heard: Callable[..., Done], tmp_path: Path) -> None:
    arguments = (
        "user",
        "add",
        "Ann@Example.org",
        "--name",
        "Ann",
        "--role",
        "facilitator",
        "--organisation",
        "Trust",
        "--reason",
        "first",
    )
    added = heard(*arguments)
    assert added.returncode == 0, added.stderr
    assert "ann@example.org" in added.stdout
    again = heard(*arguments)
    assert (again.returncode, "can sign in already" in again.stderr) == (1, True)
    followed = heard("audit")
    assert (followed.returncode, "is whole: 1 entries" in followed.stdout) == (0, True), followed.stderr


def test_who_forgot_their_password_gets_another_and_who_leaves_is_out(
    heard: Callable[..., Done], tmp_path: Path
) -> None:
    """Neither opens a reading key, both end every sign-in, and both stand in the record of acts."""
    arguments = ("ann@example.org", "--name", "Ann", "--role", "safeguarding_reader", "--organisation", "Trust")
    assert heard("user", "add", *arguments, "--reason", "first").returncode == 0
    database = Database(f"sqlite:///{tmp_path / 'heard.sqlite3'}")

    def sign_in_and_unlock() -> str:
        with database.writing() as session:
            account = session.scalars(select(Account)).one()
            key = key_in_use(session, account.id) or make_reader_key(session, account.id, "quiet herons", now()).key
            token = sign_in(session, account)
            lend_to_browser(key, b"private", token, now())
            return token

    def is_out(token: str) -> bool:
        with database.reading() as session:
            key = session.scalars(select(ReaderKey)).one()
            return signed_in_account(session, token) is None and key.by_browser is None

    first = heard("user", "password", "Ann@example.org").returncode
    assert first == 2, "a reason is asked for"
    token = sign_in_and_unlock()
    reset = heard("user", "password", "Ann@example.org", "--reason", "rang, and I know her voice")
    assert reset.returncode == 0, reset.stderr
    password = reset.stdout.partition("password ")[2].partition(" ")[0]
    with database.reading() as session:
        assert checked_account(session, "ann@example.org", password) is not None
    assert is_out(token)
    token = sign_in_and_unlock()
    assert heard("user", "close", "ann@example.org", "--reason", "left").returncode == 0
    assert is_out(token)
    with database.reading() as session:
        assert checked_account(session, "ann@example.org", password) is None
        assert session.scalars(select(Grant).where(Grant.in_force(now() + timedelta(seconds=1)))).all() == []
    for act in ("close", "password"):
        refused = heard("user", act, "ann@example.org", "--reason", "x")
        assert (refused.returncode, "Nobody signs in as" in refused.stderr) == (1, True)
    assert heard("user", "add", *arguments, "--reason", "came back").returncode == 0
    with database.reading() as session:
        assert session.scalars(select(Account)).one().is_active
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.n)).all()
    assert acts == ["account.added", "account.password_reset", "account.closed", "account.added"]
    database.dispose()


def test_called_wrongly_is_two(heard: Callable[..., Done]) -> None:
    assert heard("user", "add").returncode == 2
    assert heard("nonsense").returncode == 2


def test_it_ends_as_a_process_too(tmp_path: Path) -> None:
    """One line of error, nothing of Python, and the exit code that a script looks at."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("key: Broken Key\n")
    command = [sys.executable, "-m", "survey.commands", "check", str(broken)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "broken.yaml:" in ended.stderr and "Traceback" not in ended.stderr

"""The house rules that a machine can hold us to: who may know whom, how long a thing may be, who may open which door."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from questionnaires import answers, codebook
from questionnaires.instrument import Kind
from survey import sheets
from survey.access import RouteWithoutRule, require_rules, rule_of

ROOT = Path(__file__).resolve().parent.parent
LEAVES = ("questionnaires", "analysis")
PACKAGES = (*LEAVES, "survey")
OUR_OWN = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
# A migration tells what happened once, in one piece; it is never edited, so its length cannot be mended.
WRITTEN = [path for path in OUR_OWN if "versions" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "services"}
JOURNEYS = {
    "answering", "sittings", "programmes", "reporting", "exports", "authoring", "accounts", "notices", "operations",
    "scorecard", "paper", "records", "reading_room", "cases", "stopping",
}  # fmt: skip
TOP = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "analysis", "pyproject.toml",
    "questionnaires", "survey", "templates", "tests", "wsgi.py",
}  # fmt: skip
PICTURES_OF_README = {".readme", "docs"}

FACILITATOR, REPORTS, ADMINISTRATOR = (
    {"facilitator", "administrator"},
    {"commissioner", "analyst", "administrator"},
    {"administrator"},
)
AUDIENCES: dict[str, str | set[str]] = {
    **dict.fromkeys(
        [
            "home",
            "join",
            "questions",
            "answer",
            "no_thanks",
            "words",
            "activity",
            "finish_activity",
            "finished",
            "thanks",
            "get_help",
            "tell_at_once",
            "talk",
            "send_talk",
            "help_card",
            "recording",
        ],
        "respondent",
    ),
}
AUDIENCES = {f"answering.{name}": audience for name, audience in AUDIENCES.items()} | {
    "answering.leave": "everyone",
    "answering.quiet": "everyone",
    "answering.service_worker": "everyone",
    "operations.healthz": "everyone",
    "operations.readyz": "everyone",
    "static": "everyone",
    "accounts.sign_in": "everyone",
    "accounts.home": set(),
    "accounts.password": set(),
    "accounts.sign_out": set(),
    **{
        f"programmes.{name}": ADMINISTRATOR
        for name in (
            "index", "show", "make", "edit", "changes", "open_programme", "close", "people", "end_grant", "schools", "add_school",
            "paste_schools", "remove_school", "put_roll_right", "aside", "decide", "follow_up",
        )
    },
    **{
        f"sittings.{name}": FACILITATOR
        for name in (
            "index", "choose", "make", "show", "edit", "do", "pair_cards", "poster", "script", "wall", "finish", "device",
            "wipe", "wipe_all", "talk_slips", "letter",
        )
    },
    **{
        f"paper.{name}": FACILITATOR
        for name in ("index", "sheet", "sheet_file", "batch", "throw_away", "sheet_typed", "end_pile", "check")
    },
    "scorecard.show": REPORTS,
    "scorecard.table": REPORTS,
    **{f"records.{name}": {"administrator", "commissioner"} for name in ("show", "add", "remove", "ask")},
    **{f"cases.{name}": {"worker"} for name in ("make", "show", "start", "stop", "end", "withdraw")},
    **{f"cases.{name}": {"worker", "safeguarding_reader"} for name in ("index", "alert", "open_alert", "decide")},
    "reporting.index": REPORTS,
    "reporting.report": REPORTS,
    "reporting.release": REPORTS,
    "reporting.withdraw": ADMINISTRATOR,
    "reporting.school": FACILITATOR,
    "reporting.chart": REPORTS | FACILITATOR,
    "exports.table": REPORTS,
    "exports.codebook": REPORTS,
    "notices.about": "respondent",
    "notices.index": ADMINISTRATOR,
    "notices.edit": ADMINISTRATOR,
    "notices.translate": ADMINISTRATOR,
    "notices.helpline_checks": ADMINISTRATOR,
    **{
        f"authoring.{name}": {"administrator", "analyst"}
        for name in (
            "index", "make", "bring_in", "brought_in", "keep", "throw_away", "draft", "order", "about", "item", "text",
            "download", "look_at_draft", "preview_draft", "compare", "propose", "take_back", "languages", "words_out",
            "bring_words", "confirm", "example", "recordings_of_draft", "recorded",
        )
    },
    **{
        f"reading_room.{name}": {"safeguarding_reader"}
        for name in (
            "index", "key", "recover", "open_key", "lock_key", "confirm_key", "open_remark", "show", "record",
            "record_file", "decide", "talks", "sort_talks", "open_talk", "show_talk", "see_to_talk",
        )
    },
    **{
        f"stopping.{name}": {"safeguarding_reader", "administrator"}
        for name in ("index", "stop_now", "go_on", "keep_still")
    },
    "reading_room.duties": ADMINISTRATOR,
    "reading_room.end_duty": ADMINISTRATOR,
    "reading_room.away": ADMINISTRATOR,
    "reading_room.back": ADMINISTRATOR,
    "authoring.agree_to_publish": ADMINISTRATOR,
    "authoring.look_at_version": {"administrator", "analyst", "facilitator"},
    "authoring.preview_version": {"administrator", "analyst", "facilitator"},
}  # fmt: skip


def named(path: Path) -> str:
    """A file as a message names it."""
    return str(path.relative_to(ROOT))


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{named(path)}: write whole module names"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_run_one_way() -> None:
    found = []
    for path in OUR_OWN:
        package = path.relative_to(ROOT).parts[0]
        for module in imports_of(path):
            top = module.partition(".")[0]
            if package in LEAVES and top in {*PACKAGES, "flask", "sqlalchemy", "werkzeug", "jinja2"} - {package}:
                found.append(f"{named(path)} knows {module}")
            if package == "questionnaires" and top in {"numpy", "scipy", "matplotlib"}:
                found.append(f"{named(path)} knows {module}")
            if top in ("wsgi", "tests"):
                found.append(f"{named(path)} knows {module}")
    assert sorted(set(found)) == []


def test_journeys_do_not_know_each_other() -> None:
    found = []
    for path in OUR_OWN:
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] != "survey" or parts[1] not in JOURNEYS:
            continue
        for module in imports_of(path):
            other = module.split(".")[1] if module.startswith("survey.") else ""
            if other in JOURNEYS - {parts[1]}:
                found.append(f"{named(path)} knows {module}")
    assert sorted(set(found)) == []


def test_modules_stay_short() -> None:
    long = {named(path): count for path in WRITTEN if (count := len(path.read_text().splitlines())) > LONGEST_MODULE}
    assert long == {}


def test_functions_stay_short() -> None:
    found = {}
    for path in WRITTEN:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                has_docstring = ast.get_docstring(node) is not None
                aside = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
                length = (node.end_lineno or 0) - node.lineno + 1 - aside
                if length > LONGEST_FUNCTION:
                    found[f"{named(path)}:{node.lineno} {node.name}"] = length
    assert found == {}


def test_names_say_something() -> None:
    assert [named(path) for path in OUR_OWN if path.stem in FORBIDDEN_NAMES] == []
    folders = {path.parent for path in OUR_OWN}
    assert [named(folder) for folder in folders if folder.name in FORBIDDEN_NAMES] == []


def test_modules_say_what_they_are_for() -> None:
    missing = [
        named(path)
        for path in OUR_OWN
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert missing == []


def test_nobody_prints_but_the_command_line() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in OUR_OWN
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        if named(path) != "survey/commands.py"
    ]
    assert found == []


def test_nothing_is_left_undone() -> None:
    """Notes to oneself belong in an issue; a test may be skipped only where there is no browser or no Pango."""
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    tests = sorted((ROOT / "tests").rglob("*.py"))
    here = Path(__file__).resolve()
    assert [
        named(path) for path in [*OUR_OWN, *TEMPLATES, *tests] if path != here and marks.search(path.read_text())
    ] == []
    skips = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)")
    skipping = [named(path) for path in tests if path != here and skips.search(path.read_text())]
    assert skipping == ["tests/conftest.py", "tests/journeys/conftest.py"]


def test_the_top_of_the_repository_holds_what_it_should() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:  # an unpacked copy has no list: look at what is there and not ignored
        ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split()}
        tops = {path.name for path in ROOT.iterdir() if path.name not in ignored and path.suffix != ".egg-info"} - {
            ".git"
        }
    else:
        tops = {line.partition("/")[0] for line in listed.stdout.splitlines()}
    assert tops - TOP - PICTURES_OF_README == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_keep_the_policy(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", text), "nothing is marked as safe in a template"
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*\"|javascript:", text), (
        "the policy refuses inline style and script"
    )
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "the policy refuses inline script"


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    """The whole table of doors. A new route needs a line here, and a decorator that says the same."""
    found: dict[str, str | set[str]] = {}
    for route in app.url_map.iter_rules():
        rule = rule_of(app, route.endpoint)
        assert rule is not None
        found[route.endpoint] = set(rule.roles) if rule.audience == "staff" else rule.audience
        assert (rule.audience == "staff") == (route.rule.startswith("/staff/") and route.endpoint != "accounts.sign_in")
    assert found == AUDIENCES


def test_a_route_without_a_rule_stops_the_start(lone_app: Flask) -> None:
    lone_app.view_functions["stray"] = lambda: "here"
    lone_app.url_map.add(lone_app.url_rule_class("/stray", endpoint="stray"))
    with pytest.raises(RouteWithoutRule, match="stray"):
        require_rules(lone_app)


def test_web_processes_stay_light() -> None:
    """The pages know results; only the worker knows how they are computed and drawn."""
    look = "import sys, wsgi\nheavy = sorted({'numpy', 'scipy', 'matplotlib'} & set(sys.modules))\nprint(heavy)\n"
    environ = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    prepare = (
        "import os, tempfile; os.environ['HEARD_VAR'] = tempfile.mkdtemp()\n"
        "from survey.config import read_config; read_config(make_key=True)\n"
    )
    for more, heavy in (("", "[]"), ("import survey.releases.work\n", "['matplotlib', 'numpy', 'scipy']")):
        code = prepare + more + look
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, cwd=ROOT)
        assert (ran.returncode, ran.stdout.strip()) == (0, heavy), ran.stderr


def test_every_kind_of_question_is_in_every_table() -> None:
    kinds = set(Kind.__args__)
    tables = {
        "answers.PARSERS": set(answers.PARSERS),
        "codebook.COLUMNS": set(codebook.COLUMNS),
        "codebook.ENCODERS": set(codebook.ENCODERS),
        "codebook.DECODERS": set(codebook.DECODERS),
        "sheets.FIELDS": set(sheets.FIELDS),
    }
    items = (ROOT / "templates" / "answering" / "_items.html").read_text()
    line = next(line for line in items.splitlines() if "set KINDS" in line)
    tables["_items.html KINDS"] = set(re.findall(r'"(\w+)":', line))
    assert tables == dict.fromkeys(tables, kinds)

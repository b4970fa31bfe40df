"""`heard` on the command line. Exit 0, or one line of error and exit 1 (it could not be done) or 2 (called wrongly)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.checking import check
from questionnaires.differences import differences, trends
from questionnaires.faults import InstrumentFaults
from questionnaires.files import load_library, read, source_of
from questionnaires.foreign import FOREIGN
from questionnaires.imported import Imported
from questionnaires.instrument import Instrument
from questionnaires.po import export_po, import_po
from questionnaires.schema import questionnaire_schema, translation_schema
from questionnaires.words_check import judge_file
from questionnaires.workbook import LARGEST_FILE
from questionnaires.writing import files_of, translation_file
from questionnaires.xlsform_writing import write_xlsform
from survey import audit
from survey.config import SETTINGS, ConfigFault, read_config
from survey.database import Database, UnsafeDatabase
from survey.installation import open_installation
from survey.models import SAFEGUARDING_READER, Programme
from survey.publishing import VersionTaken, publish
from survey.sealing import Keys
from survey.user_commands import add_account, give_role, new_password, user_group

if TYPE_CHECKING:
    from survey.demonstration import Demonstration

SIGN_INS = "sign-ins.txt"
DEMONSTRATED = ("staying_safe", "online_play")


@click.group()
def cli() -> None:
    """Heard: a young person outcomes survey and feedback service."""


@cli.command("serve")
def serve_command() -> None:
    """Serve the pages and do the work behind them."""
    from survey.serving import serve  # gunicorn changes signal handling when it is loaded

    config = read_config(make_key=True)
    click.echo(f"Heard is at http://{config.host}:{config.port}  (stop with Ctrl+C)")
    serve(config)


@cli.command("work")
def work_command() -> None:
    """Do the work that no page waits for: messages to staff, releases, charts, keeping promises about time and order."""
    from survey.chores import WORK, begin
    from survey.courier import Courier
    from survey.jobs import work

    config, database, keys = open_installation()
    begin(database)
    Courier(database, config).start()
    work(database, keys, WORK)


@cli.command("settings")
def settings_command() -> None:
    """List what can be set from outside, each with what it is for and what it is otherwise."""
    for name, otherwise, what in SETTINGS:
        click.echo(f"{name}: {what}" + (f" [{otherwise}]" if otherwise else ""))


@cli.command("demo")
def demo_command() -> None:
    """Load demonstration data, once, and print the open codes and the sign-ins made for this installation."""
    config, database, keys = open_installation(make_key=True)
    path = config.var / SIGN_INS
    if not path.exists():
        from survey.demonstration import load

        click.echo("Making demonstration data ...")
        path.touch(mode=0o600)
        try:
            path.write_text(_demonstrate(database, keys, load(database, keys)), encoding="utf-8")
        except BaseException:
            path.unlink()
            raise
    click.echo(path.read_text(encoding="utf-8"))


def _demonstrate(database: Database, keys: Keys, loaded: Demonstration) -> str:
    lines = ["Sessions open now (type the code at the address below):"]
    lines += [f"  {code[:4]}-{code[4:]}  {what}" for code, what in loaded.codes]
    lines.append("Staff sign in at /staff/ with:")
    with database.writing() as session:
        for key in DEMONSTRATED:
            publish(session, load_library(key))
        for role in ("facilitator", "commissioner", "administrator"):
            password = new_password()
            account = add_account(session, f"{role}@heard.example", role.capitalize(), password)
            for organisation_id in loaded.organisation_ids:
                give_role(session, account, role, organisation_id, "demonstration")
            audit.record(session, keys, None, "account.added", account.email, "demonstration")
            lines.append(f"  {role:<14} {account.email}  {password}")
        for task in ("reader", "deputy"):
            lines.append(_demonstrated_reader(session, keys, loaded, task))
    return "\n".join(lines) + "\n"


def _demonstrated_reader(session: Session, keys: Keys, loaded: Demonstration, task: str) -> str:
    """Somebody who reads what is typed in the demonstration; the passphrase opens their key under "Reading"."""
    from survey.demonstration.trial import put_on_duty

    password = new_password()
    account = add_account(session, f"{task}@heard.example", f"Safeguarding {task}", password)
    give_role(session, account, SAFEGUARDING_READER, loaded.organisation_ids[0], "demonstration")
    passphrase = put_on_duty(session, account.id, loaded.words_programme_id, task).passphrase
    audit.record(session, keys, None, "account.added", account.email, "demonstration")
    return f"  {task:<14} {account.email}  {password}  passphrase {passphrase}"


@cli.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--words", is_flag=True, help="also warn of words that children may stumble over")
def check_command(files: Sequence[Path], words: bool) -> None:
    """Check files (questionnaires, frameworks, keys, permissions): every fault with its line and how to mend it."""
    found = check(files)
    for line in found.summary:
        click.echo(line)
    for fault in found.faults:
        click.echo(str(fault), err=True)
    for path in dict.fromkeys(map(source_of, files)) if words else ():
        _judge_words(path)
    if found.faults:
        sys.exit(1)


def _judge_words(path: Path) -> None:
    """Warnings only: whether they are right, a person decides."""
    try:
        judged = judge_file(path)
    except InstrumentFaults:
        click.echo(f"{path}: its words are looked at only in a questionnaire without faults")
        return
    for warning in judged.open:
        click.echo(str(warning))
    for warning, why in judged.explained:
        click.echo(f"{warning.file}:{warning.line}: {warning.code}: explained: {why}")
    hint = " (a warning that is not right: say why under `words_explained:`)" if judged.open else ""
    click.echo(f"{path}: {len(judged.open)} warnings on words{hint}, {len(judged.explained)} explained; {judged.note}")


@cli.command("differences")
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def differences_command(old: Path, new: Path) -> None:
    """Say what changed from OLD to NEW, and which figures can still be compared."""
    earlier, later = read(old), read(new)
    found = differences(earlier, later)
    click.echo(f"From {_named(earlier)} to {_named(later)}: {len(found)} changes.")
    for one in found:
        click.echo(f"  {one.item or 'the whole'}: {one.words}")
    for line in trends(earlier, later):
        click.echo(f"{line.item}: {line.words}")


def _named(instrument: Instrument) -> str:
    return f"{instrument.key} version {instrument.version}"


@cli.command("schema")
@click.option("--translation", is_flag=True, help="the schema of a translation instead")
def schema_command(translation: bool) -> None:
    """Print the JSON Schema of questionnaire files, by which an editor completes and checks them."""
    published = translation_schema() if translation else questionnaire_schema()
    click.echo(json.dumps(published, indent=2, ensure_ascii=False))


@cli.group("translate")
def translate_group() -> None:
    """Words of a questionnaire out to translators and back, as PO files."""


_QUESTIONNAIRE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@translate_group.command("export")
@_QUESTIONNAIRE
@click.option("--language", required=True, help="its code, such as cy; a new language is begun")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="the PO file; left out: beside the file")
def translate_export_command(file: Path, language: str, to: Path | None) -> None:
    """Write the words of one language as a PO file."""
    words = export_po(read(file), language)
    target = to or file.with_name(f"{file.stem}.{language}.po")
    target.write_bytes(words)
    click.echo(f"Wrote {target}. When it comes back: heard translate import {file} {target}")


@translate_group.command("import")
@_QUESTIONNAIRE
@click.argument("po", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def translate_import_command(file: Path, po: Path) -> None:
    """Bring the words of a PO file into the translation beside a questionnaire, and count what is still open."""
    returned = import_po(read(file), po.read_bytes(), str(po))
    code = returned.language.code
    target = file.with_name(f"{file.stem}.{code}.yaml")
    target.write_bytes(translation_file(returned.instrument, code))
    click.echo(f"{target}: {returned}")
    if returned.language.draft:
        click.echo("A draft: staff can preview it; it opens to children once a named speaker has checked it.")


@cli.command("xlsform")
@_QUESTIONNAIRE
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="the .xlsx file; left out: beside the file")
def xlsform_command(file: Path, to: Path | None) -> None:
    """Write a questionnaire as an XLSForm, to be changed in a spreadsheet or asked by other tools."""
    target = to or file.with_suffix(".xlsx")
    target.write_bytes(write_xlsform(read(file)))
    click.echo(f"Wrote {target}. To bring it in again: heard import {target}")


@cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", type=click.Path(file_okay=False, exists=True, path_type=Path), help="where a draft is written")
def import_command(file: Path, to: Path | None) -> None:
    """Publish a questionnaire file, so that programmes can use it.

    A spreadsheet (XLSForm, .xlsx) that says all that Heard needs is published too; of any other, and of a LimeSurvey
    structure (.lss), a draft is written, to be looked at first.
    """
    reader = FOREIGN.get(file.suffix.lower())
    instrument = read(file) if reader is None else _foreign(file, reader, to or file.parent)
    if instrument is None:
        return
    _, database, keys = open_installation(make_key=True)
    with database.writing() as session:
        version = publish(session, instrument)
        audit.record(
            session, keys, None, "questionnaire.published", f"{version.key} version {version.version}", str(file.name)
        )
    click.echo(f"Published {instrument.key} version {instrument.version} ({len(instrument.items)} questions).")
    click.echo("Next: make a programme with it under /staff/programmes/.")


def _foreign(file: Path, reader: Callable[[bytes, str], Imported], folder: Path) -> Instrument | None:
    """The instrument of another tool's file; None if it has become a draft instead."""
    with file.open("rb") as opened:
        found = reader(opened.read(LARGEST_FILE + 1), str(file))
    for one in found.findings:
        click.echo(str(one), err=one.effect == "fault")
    if found.whole or found.draft is None:
        if found.draft is None:
            sys.exit(1)
        return found.draft
    files = {folder / name: content for name, content in files_of(found.draft).items()}
    taken = [str(path) for path in files if path.exists()]
    if taken:
        raise click.ClickException(f"{', '.join(taken)} would be overwritten: move it, or give another folder by --to.")
    for path, content in files.items():
        path.write_bytes(content)
    draft, *_ = files
    count = len(found.findings)
    click.echo(
        f"Nothing is published yet. {draft} is a draft of {len(found.draft.items)} questions; {count} remarks above."
    )
    click.echo(f"Next: look at it, then heard check --words {draft}, then heard import {draft}")
    if found.faults:
        sys.exit(1)
    return None


@cli.command("release")
@click.argument("programme")
def release_command(programme: str) -> None:
    """Release a programme now, if enough has been added since the last time."""
    from survey.releases.ledger import ReleaseRefused
    from survey.releases.work import release_now

    _, database, keys = open_installation()
    with database.reading() as session:
        found = session.scalar(select(Programme).where(Programme.key == programme))
        known = session.scalars(select(Programme.key).order_by(Programme.key)).all()
    if found is None:
        raise click.ClickException(f"There is no programme {programme!r}. There are: {', '.join(known) or 'none yet'}.")
    try:
        click.echo(release_now(database, keys, found.id))
    except ReleaseRefused as refused:
        raise click.ClickException(str(refused)) from refused


@cli.command("audit")
def audit_command() -> None:
    """Follow the record of acts from its first entry, and say whether anybody changed it from outside."""
    _, database, keys = open_installation()
    try:
        with database.reading() as session:
            count = audit.follow(session, keys)
    except audit.RecordBroken as broken:
        raise click.ClickException(f"{broken}. Copy the database before anything else is done with it.") from broken
    click.echo(f"The record of acts is whole: {count} entries, each chained to the one before.")


cli.add_command(user_group)


def main() -> None:
    """The entry point: every foreseen fault becomes one line, and what is written is the owner's alone."""
    os.umask(0o077)
    try:
        cli()
    except (ConfigFault, UnsafeDatabase, VersionTaken) as fault:
        click.echo(f"heard: {fault}", err=True)
        sys.exit(1)
    except InstrumentFaults as found:
        for one in found.faults:
            click.echo(str(one), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()

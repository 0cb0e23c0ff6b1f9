"""`session-ledger tariff …`: the price lists."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from cli.context import App, pass_app
from cli.options import Recording, personal_option, recording_options, yes_option
from cli.output import Column, Report, Row, Table, report_options
from cli.presentation.text import Text
from ledger.application.ledger import Ledger
from ledger.domain.identifiers import shown
from ledger.domain.ledger_state import ListedTariff
from ledger.errors import BadTariff, FileTrouble, TariffFaults, TariffUnknown

DIGEST_MIN = 4
"""So many characters of a digest name a price list, when only one begins with them."""


def _chosen(ledger: Ledger, named: str | None) -> ListedTariff:
    """A published list by its id, or by the beginning of its digest; else the one in force at the last event.

    Of lists published under one id, the last. Raises TariffUnknown.
    """
    tariffs = ledger.state.tariffs
    if named is None:
        digest = ledger.state.tariff_at(ledger.last_recorded_at())
        found = [t for t in tariffs if t.digest == digest]
    else:
        found = [t for t in tariffs if t.tariff == named]
        by_digest = [t for t in tariffs if len(named) >= DIGEST_MIN and t.digest.startswith(named)]
        found = found or by_digest[: len(by_digest) == 1]
    if not found:
        raise TariffUnknown(f"there is no price list {'in force' if named is None else shown(named)}")
    return found[-1]


@click.command()
@click.argument("tariff", required=False)
@click.option("--text", "whole", is_flag=True, help="The published text itself.")
@report_options
@pass_app
def show(app: App, tariff: str | None, *, whole: bool) -> Report:
    """A price list: bands, discounts, and the assumptions it names. Default: the one in force.

    \b
    Example:
      session-ledger tariff show
    """
    ledger = app.open()
    listed = _chosen(ledger, tariff)
    parsed = ledger.tariff(listed.digest)
    if whole:
        lines: list[Row] = [(line,) for line in listed.text.splitlines()]
        table = Table("text", Text("Tekst", "Text"), (Column("line", Text("Wiersz", "Line")),), lines)
        document: dict[str, object] = {"schema": "session-ledger/tariff-text/1", "text": listed.text}
        return Report("tariff", table.title, document, (table,), ledger.last_recorded_at())
    bands: list[Row] = [
        (band_id, band.multiplier, parsed.list_grosze(band_id), band.quote)
        for band_id, band in parsed.bands.items()
    ]
    assumptions: list[Row] = [(a.id, a.question, a.chosen, a.favours, a.reason) for a in parsed.assumptions]
    document = {
        "schema": "session-ledger/tariff/1",
        "tariff": listed.tariff,
        "digest": listed.digest,
        "valid_from": listed.valid_from.isoformat(),
        "bands": [{"band": b[0], "multiplier": b[1], "list_grosze": b[2], "quote": b[3]} for b in bands],
        "assumptions": [
            {"id": a[0], "question": a[1], "chosen": a[2], "favours": a[3], "reason": a[4]}
            for a in assumptions
        ],
    }
    title = Text(f"Cennik {listed.tariff}", f"Price list {listed.tariff}")
    return Report(
        "tariff",
        title,
        document,
        (
            Table(
                "bands",
                Text("Pory i ceny godziny", "Bands and the price of an hour"),
                (
                    Column("band", Text("Pora", "Band")),
                    Column("multiplier", Text("×", "×")),
                    Column("list_grosze", Text("Netto", "Net"), "grosze"),
                    Column("quote", Text("Zdanie cennika", "Sentence")),
                ),
                bands,
            ),
            Table(
                "assumptions",
                Text("Założenia", "Assumptions"),
                (
                    Column("id", Text("Założenie", "Assumption")),
                    Column("question", Text("Pytanie", "Question")),
                    Column("chosen", Text("Przyjęto", "Chosen")),
                    Column("favours", Text("Na korzyść", "Favours")),
                    Column("reason", Text("Dlaczego", "Reason")),
                ),
                assumptions,
            ),
        ),
        ledger.last_recorded_at(),
    )


@click.command("list")
@report_options
@pass_app
def list_(app: App) -> Report:
    """Every price list published, and from when it holds.

    \b
    Example:
      session-ledger tariff list
    """
    ledger = app.open()
    in_force = ledger.state.tariff_at(ledger.last_recorded_at())
    rows: list[Row] = [(t.tariff, t.valid_from, t.digest, t.digest == in_force) for t in ledger.state.tariffs]
    document = {
        "schema": "session-ledger/tariff-list/1",
        "tariffs": [
            {
                "tariff": t.tariff,
                "valid_from": t.valid_from.isoformat(),
                "digest": t.digest,
                "in_force": t.digest == in_force,
            }
            for t in ledger.state.tariffs
        ],
    }
    title = Text("Cenniki", "Price lists")
    columns = (
        Column("tariff", Text("Cennik", "Price list")),
        Column("valid_from", Text("Od", "Valid from"), "date"),
        Column("digest", Text("Skrót", "Digest")),
        Column("in_force", Text("Obowiązuje", "In force"), "boolean"),
    )
    return Report(
        "tariff-list", title, document, (Table("tariffs", title, columns, rows),), ledger.last_recorded_at()
    )


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@pass_app
def diff(app: App, before: str, after: str) -> None:
    """What two price lists say differently; each an id, a digest, or a file.

    \b
    Example:
      session-ledger tariff diff pomoc-zdalna-2024 new.toml
    """
    ledger = app.open()
    texts = [
        _as_published(Path(named)) if Path(named).is_file() else _chosen(ledger, named).text
        for named in (before, after)
    ]
    lines = difflib.unified_diff(
        texts[0].splitlines(), texts[1].splitlines(), before, after, lineterm="", n=1
    )
    for line in lines:
        app.emit(line)


def _as_published(file: Path) -> str:
    """The text of a file with the public holidays that publishing would write into it, if it can be read."""
    from ledger.domain.tariff.calendar import publishable

    text = _read(file)
    try:
        return publishable(text)
    except BadTariff:
        return text


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise FileTrouble(f"{file.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileTrouble(f"{file.name} is not UTF-8 text") from error


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_app
def check(app: App, file: Path) -> None:
    """Lint a price list file; silent and 0 when all is well, 3 otherwise.

    Every minute of every week is priced once, every price has its sentence, no key is unknown, and
    its own examples come out as they say.

    \b
    Example:
      session-ledger tariff check new.toml
    """
    from ledger.domain.rating.tariff_lint import lint

    problems = lint(_read(file))
    for problem in problems:
        app.emit(f"{file.name}: {problem}")
    if problems:
        raise TariffFaults(f"faults in {file.name}: {len(problems)}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--retroactive", is_flag=True, help="It begins before the last recorded connection.")
@personal_option("--reason", help="Why; needed with --retroactive.")
@yes_option
@recording_options
@pass_app
def publish(
    app: App, recording: Recording, file: Path, reason: str | None, *, retroactive: bool, yes: bool
) -> None:
    """Put a price list into force from its valid_from on. It is linted first; it stays for ever.

    Sessions that are recorded keep the list they were connected under.

    \b
    Example:
      session-ledger tariff publish 2027.toml --yes
    """
    from ledger.domain.rating.tariff_lint import lint
    from ledger.handlers import settings as state

    text = _read(file)
    problems = lint(text)
    for problem in problems:
        app.say(f"{file.name}: {problem}")
    if problems:
        raise TariffFaults(f"faults in {file.name}: {len(problems)}")
    app.confirm(Text(pl=f"Ogłosić {file.name}? To zostaje.", en=f"Publish {file.name}? It stays."), yes=yes)
    receipt = state.publish(app.open(), recording.said(), text, retroactive=retroactive, reason=reason)
    recording.tell(app, Text(pl="Cennik ogłoszony", en="Price list published"), receipt)
    app.hint("session-ledger tariff list")

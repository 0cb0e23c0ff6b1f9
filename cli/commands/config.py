"""`session-ledger config …`: the settings of this ledger."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast

import click

from cli.context import App, pass_app
from cli.errors import BadValue
from cli.options import Recording, recording_options
from cli.output import Report, report_options
from cli.params import SETTING
from cli.presentation.tables.config import config_report
from ledger.domain.clock import office_time
from ledger.domain.ledger_state import SETTINGS, TEXT_SETTINGS
from ledger.errors import BadConfig, BadSetting, KeyReadable, KsefNotSetUp, SettingUnknown
from ledger.message import Hint, msg, msg_in, step

_ALIASES = {"purge.sla": "purge.sla_seconds"}
"""Shorter names that are accepted."""


@click.command()
@report_options
@pass_app
def show(app: App) -> Report:
    """Show every setting, its value, and where it is set: an event, ledger.toml, or the default.

    \b
    Example:
      session-ledger config show
    """
    ledger = app.open()
    state = ledger.state
    found: list[tuple[str, str, str]] = [
        ("origin", state.origin, "event"),
        ("billing.from", "" if state.billing_from is None else state.billing_from.isoformat(), "event"),
        ("testing", str(state.testing).lower(), "event"),
    ]
    found += [
        (key, str(value), "default" if value == {**SETTINGS, **TEXT_SETTINGS}[key] else "event")
        for key, value in {**state.settings, **state.texts}.items()
    ]
    found += [(key, value, "ledger.toml") for key, value in _flat(ledger.folder.read_config())]
    return config_report(found, ledger.last_recorded_at())


def _flat(config: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield key and value of each setting in ledger.toml: purge.roots, purge.pattern.recordings.glob."""
    for key, value in config.items():
        if isinstance(value, dict):
            yield from _flat(cast("dict[str, object]", value), f"{prefix}{key}.")
        elif isinstance(value, list):
            listed = cast("list[object]", value)
            tables = [cast("dict[str, object]", each) for each in listed if isinstance(each, dict)]
            for table in tables:
                rest = {name: told for name, told in table.items() if name != "name"}
                yield from _flat(rest, f"{prefix}{key}.{table.get('name', '')}.")
            if not tables:
                yield prefix + key, os.pathsep.join(map(str, listed))
        else:
            yield prefix + key, str(value)


@click.command()
@click.pass_context
@pass_app
def check(app: App, ctx: click.Context) -> None:
    """Check ledger.toml; silent and 0 when all is well, otherwise 3 with a line for each problem.

    \b
    Example:
      session-ledger config check
    """
    from ledger.fa3.seller import missing_of, shop_of
    from ledger.handlers.workspace import settings_of
    from ledger.ksef.offline_code import issuer_of
    from ledger.ksef.settings import problems_of as ksef_problems_of
    from ledger.purge.protected import problems_of
    from ledger.purge.settings import missing_places

    ledger = app.open()
    settings = settings_of(ledger)
    found = [("config-place", sentence) for sentence in missing_places(settings)]
    found += [("config-place", sentence) for sentence in problems_of(settings, ledger.folder.path)]
    seller = shop_of(ledger.folder.read_config()).seller
    if seller:  # a shop that issues no invoices here says nothing of itself
        found += [("config-seller", msg("seller.{key} is not set", key=key)) for key in missing_of(seller)]
    today = office_time(ledger.now()).date()
    found += [("config-ksef", sentence) for sentence in ksef_problems_of(ledger.folder.read_config(), today)]
    try:
        issuer_of(ledger.folder.read_config(), app.offline_key_password(), ledger.now())
    except (BadConfig, KsefNotSetUp, KeyReadable) as error:
        found.append(("config-ksef", error.message))
    for name, sentence in found:
        app.emit(msg_in("finding", "{name}: {sentence}", name=name, sentence=sentence))
    if found:
        ctx.exit(3)


def _require_known(keys: Iterable[str]) -> None:
    """Raise SettingUnknown for a key that there is not, with the nearest ones."""
    from cli import suggestions
    from ledger.application.toml_edit import KEYS

    known = {*SETTINGS, *TEXT_SETTINGS}
    for key in keys:
        if key not in known and (likely := suggestions.keys(key, (*known, *KEYS))):
            raise SettingUnknown(
                msg("there is no setting {key}", key=key),
                hint=Hint(msg("perhaps it is {keys}", keys=", ".join(sorted(likely)))),
            )


def _in_pairs(
    ctx: click.Context, param: click.Parameter, typed: tuple[tuple[str, str | None], ...]
) -> tuple[tuple[str, str], ...]:
    """Take `KEY VALUE` for `KEY=VALUE` where nothing else is typed; raises BadSetting without a value."""
    if len(typed) == 2 and all(value is None for _, value in typed):  # noqa: PLR2004 - a key and its value
        return ((typed[0][0], typed[1][0]),)
    if any(value is None for _, value in typed):
        raise BadValue(BadSetting(msg("a setting has no key or no =")), param, ctx)
    return tuple((key, value or "") for key, value in typed)


def _change(file: Path, places: dict[str, str]) -> None:
    """Change ledger.toml; raises BadConfig with the way to the values instead of one to the file."""
    from ledger.application.toml_edit import change_file

    try:
        change_file(file, places)
    except BadConfig as error:
        if error.hint is not BadConfig.hint:
            raise
        way = Hint("nothing was changed; ", step("config set", "--help"), " names keys and values")
        raise BadConfig(error.message, hint=way) from error


@click.command("set")
@click.argument("settings", nargs=-1, required=True, type=SETTING, metavar="KEY=VALUE…", callback=_in_pairs)
@recording_options
@pass_app
def set_(app: App, recording: Recording, settings: tuple[tuple[str, str], ...]) -> None:
    """Change settings. A setting that changes results is an event and stays in the history.

    purge.sla: the time allowed for deleting a session's data (15m, 900s).
    purge.abandoned_days: after how many days a request that came to nothing counts as abandoned.
    reconcile.require: matched keeps a month with open findings from being closed and billed (off).
    retention.tax_years: how many years after the year they were said reasons and notes are kept (6).
    retention.transfer_days: after how many days words of an undecided transfer are erased (90).

    invoice.series, invoice.correction_series: what numbers look like (FV/{year}/{month}/{number:4}).
    invoice.start: the first number of the running month, for a shop that issued others before.
    invoice.term_days: how many days after its issue an invoice is to be paid.

    The seller and the places of files are in ledger.toml; nothing is recorded:
    seller.nip, seller.name, seller.address_line1, seller.address_line2, seller.place, seller.email,
    seller.bank_account, seller.bank_name, seller.bank_bic: what invoices say of the shop.
    shop.module_url, shop.emergency_phone, shop.hours: how the shop is reached, on quotes, on the letter with
    an invoice and on the confirmation of deletion.
    ksef.mode: online, offline24 or exempt_10k. ksef.consumers: yes sends those of consumers too.
    ksef.environment: production, demo or test; ksef.base_url: another address, https only.
    ksef.certificate, ksef.key: files to log in to KSeF with; a token never stands in a file.
    ksef.offline_certificate, ksef.offline_key: files that sign the second code on paper (KOD II).
    language: pl or en, what this ledger speaks where nothing else is said (--lang, SESSION_LEDGER_LANG).
    bank.accounts: our own accounts, VAT accounts too, one after the other with commas.
    purge.workspaces: the folder in which each session has its own.
    purge.roots: other folders that a purge may delete noted files in, one after the other as in PATH.
    purge.grace: how long after the end a remote tool may still write (5s).

    \b
    Examples:
      session-ledger config set purge.sla=10m
      session-ledger config set seller.nip=5260250274 seller.name="Serwis Anna Nowak"
      session-ledger config set purge.workspaces=/srv/sessions
      session-ledger config set language pl
    """
    from ledger.application.metadata import Receipt
    from ledger.application.toml_edit import KEYS
    from ledger.domain.ledger_state import parse_setting
    from ledger.handlers import settings as state
    from ledger.handlers.workspace import note_places

    ledger = app.open()
    named = [(_ALIASES.get(key, key), text) for key, text in settings]
    _require_known(key for key, _ in named if key not in KEYS)
    changes = {key: parse_setting(key, text) for key, text in named if key not in KEYS}
    places = {key: text for key, text in named if key in KEYS}
    receipt = None
    if changes:
        receipt = state.change_settings(ledger, recording.said(), changes)
    if places:
        moves = any(key.startswith("purge.") for key in places)
        if moves:
            note_places(ledger, recording.said())  # where files lay until now, if no command needed it yet
        _change(ledger.folder.config, places)
        if moves:
            note_places(ledger, recording.said())
        receipt = receipt or Receipt((), ledger.last_recorded_at())
    if receipt is None:
        app.say(msg("so it is already; nothing was changed"))
        receipt = Receipt((), ledger.last_recorded_at())
    recording.tell(
        app, "\n".join(f"{key} = {value}" for key, value in {**changes, **places}.items()), receipt
    )

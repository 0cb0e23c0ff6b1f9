"""`session-ledger init`: a new ledger."""

from __future__ import annotations

import os
from datetime import date

import click

from cli.context import App, pass_app
from cli.options import Recording, recording_options
from cli.params import DATE
from cli.presentation import next_steps
from cli.presentation.catalogue import language_of_locale
from ledger.message import msg


@click.command()
@click.option("--name", help="The ledger's name, printed on its proofs. Default: the folder's name.")
@click.option(
    "--billing-from",
    type=DATE,
    help="A day, as 2026-11-01: what ended before was billed elsewhere; never billed here.",
)
@click.option("--store", "url", metavar="URL", help="On PostgreSQL, for several offices; see below.")
@click.option("--owner", metavar="ROLE", help="With --store: the role that makes the tables, and owns them.")
@click.option(
    "--reader", metavar="ROLE", help="With --store: a role that may read the log, and nothing else."
)
@click.option("--join", is_flag=True, help="With --store: a folder for a ledger that others share already.")
@click.option("--testing", is_flag=True, help="A ledger for trying: it obeys SESSION_LEDGER_NOW.")
@recording_options
@click.pass_context
@pass_app
def init(
    app: App,
    ctx: click.Context,
    recording: Recording,
    name: str | None,
    billing_from: date | None,
    url: str | None,
    owner: str | None,
    reader: str | None,
    *,
    join: bool,
    testing: bool,
) -> None:
    """Make a ledger folder: settings, keys, and the shop's price list in force.

    With --store, events, personal data and their keys are on a PostgreSQL server that several offices
    share; the URL is that of the role of every day, postgresql+psycopg://ROLE@HOST/DATABASE. Passwords come
    from ~/.pgpass or PGPASSWORD, never from the URL. The machine that made the ledger signs its log.

    The language it is made in (--lang, SESSION_LEDGER_LANG, the locale) stands in ledger.toml, and the ledger
    speaks it to everybody from then on; config set language=pl, or en, changes it.

    \b
    Examples:
      session-ledger --ledger ./ledger init --billing-from 2026-11-01
      session-ledger --lang pl --ledger ./ledger init
      session-ledger --ledger ./ledger init --store postgresql+psycopg://desk@db/ledger --owner keeper
      session-ledger --ledger ./ledger init --store postgresql+psycopg://desk@db/ledger --join
    """
    from ledger.application.create import create_ledger, join_ledger
    from ledger.application.metadata import Shared
    from ledger.errors import BadCombination
    from ledger.handlers.settings import shop_tariff_text

    folder = app.ledger_dir
    language = ctx.find_root().params.get("lang") or language_of_locale(os.environ)
    if url is None and (join or (owner, reader) != (None, None)):
        raise BadCombination(msg("--join, --owner and --reader go with --store"))
    if join and (owner, reader, name, billing_from, testing) != (None, None, None, None, False):
        raise BadCombination(
            msg("--join takes the ledger as it is: without --owner, --reader, --name, --billing-from")
        )
    shared = None if url is None else Shared(url, owner, reader)
    if shared is not None and join:
        opened = join_ledger(folder, app.environment(), shared, language)
    else:
        opened = create_ledger(
            folder,
            app.environment(),
            recording.said(),
            origin=name or folder.resolve().name,
            tariff_text=shop_tariff_text(),
            billing_from=billing_from,
            testing=testing,
            shared=shared,
            language=language,
        )
    with opened as ledger:
        made = {"schema": "session-ledger/init/1", "ledger": str(folder), "origin": ledger.state.origin}
    if recording.as_json:
        app.emit(made)
    else:
        app.emit(msg("Ledger made in {folder}", folder=folder))
        if language == "pl":
            app.say(msg("it speaks Polish; config set language=en changes that"))
    app.hint(next_steps.after_init(folder, is_joined=join))

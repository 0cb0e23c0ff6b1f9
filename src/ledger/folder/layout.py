"""The folder of a ledger: what lies where, and `ledger.toml`, which says only that.

Settings that change a result are events and never stand in `ledger.toml`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ledger.errors import BadConfig, LedgerExists, LedgerMissing, StoreUnsafe
from ledger.folder.access import restrict
from ledger.folder.atomic_write import make_folder, write_whole
from ledger.folder.bounded_read import CONFIG_BYTES_MAX, toml_text_of
from ledger.message import Hint, msg, step

PRIVATE = 0o700 if os.name == "posix" else 0o777
"""A ledger's folder is made its owner's alone; on Windows it has the rights of its place."""

CONFIG_TEXT = """\
# Session Ledger: where things are and how they look.
# Settings that change a result (the deletion SLA, the first day of billing) are events:
# session-ledger config show lists them, session-ledger config set changes them.
name = "{name}"
time_zone = "Europe/Warsaw"

# Where the files of sessions lie on this machine, for session purge. Nothing is ever deleted elsewhere.
# [purge]
# workspaces = "/home/anna/sessions"      # session 17 has the folder 17 in it: session workspace 17
# grace = "5s"                            # remote tools write recordings up to 5 s after the end
# roots = ["/home/anna/Downloads"]        # files noted with session artefact must lie below one of these
#
# What TeamViewer leaves, to be checked against your installation. A matched file is taken when it was
# written between the session's first connection and its end plus grace; one that lies in the time of
# another session too is left and flagged. A glob may hold {{session}} and {{ref}}.
# On Windows: root = 'C:\\Users\\anna\\AppData\\Local\\Temp', in single quotes.
# [[purge.pattern]]
# name = "teamviewer-recordings"          # session videos
# root = "/home/anna/Videos"              # 'C:\\Users\\anna\\Documents'
# glob = "**/*.tvs"
# [[purge.pattern]]
# name = "teamviewer-chats"               # saved chats
# root = "/home/anna/Documents"           # 'C:\\Users\\anna\\Documents'
# glob = "TeamViewer*chat*.txt"
# [[purge.pattern]]
# name = "teamviewer-temp"                # unpacked program, crash dumps, files of the clipboard
# root = "/tmp"                           # 'C:\\Users\\anna\\AppData\\Local\\Temp'
# glob = "TeamViewer*/**"
# Remote printing leaves jobs in the print spool ('C:\\Windows\\System32\\spool\\PRINTERS'): name it as
# a pattern only where nothing else prints.
#
# Files of all sessions: never removed by the purge of one.
# [[purge.shared_log]]
# name = "teamviewer-connections"         # 'C:\\Users\\anna\\AppData\\Roaming\\TeamViewer\\Connections.txt'
# path = "/home/anna/.local/share/teamviewer15/Connections.txt"
# [[purge.shared_log]]
# name = "teamviewer-log"                 # 'C:\\Program Files\\TeamViewer\\TeamViewer15_Logfile.log'
# path = "/opt/teamviewer/logfiles/TeamViewer15_Logfile.log"
#
# What only somebody else can delete; it is listed as such.
# [[purge.vendor]]
# name = "teamviewer-management-console"
# note = "connection reports and event log, kept by TeamViewer"
# [[purge.vendor]]
# name = "customer-computer"
# note = "Connections_incoming.txt and the log of a full installation, on the customer's own computer"

# Who issues invoices: session-ledger config set seller.nip=… checks what it writes.
# [seller]
# nip = "5260250274"
# name = "Serwis Komputerowy Anna Nowak"
# address_line1 = "ul. Przykładowa 1"
# address_line2 = "00-001 Warszawa"
# place = "Warszawa"
# bank_account = "PL61109010140000071219812874"
# bank_name = "Bank Przykładowy"
# bank_bic = "WBKPPLPP"
#
# What quotes, letters and papers tell a customer beside the price.
# [shop]
# module_url = "https://serwis.example/pomoc"
# emergency_phone = "+48 500 600 700"
# hours = "7 dni w tygodniu, całą dobę"
#
# [ksef]
# mode = "online"                         # offline24: send by the next working day; exempt_10k: not yet
# consumers = "no"                        # yes: invoices of consumers go to KSeF too
# environment = "production"              # or demo, test
# certificate = "/home/anna/ksef/shop.crt"  # type Authentication; its key readable by its owner alone
# key = "/home/anna/ksef/shop.key"        # its password, if any: SESSION_LEDGER_KSEF_KEY_PASSWORD
# offline_certificate = "/home/anna/ksef/offline.crt"  # type Offline, P-256: signs KOD II on paper
# offline_key = "/home/anna/ksef/offline.key"  # its password: SESSION_LEDGER_KSEF_OFFLINE_KEY_PASSWORD
#
# The shop's own accounts, VAT accounts too: what session-ledger payment import takes statements of.
# [bank]
# accounts = ["PL61109010140000071219812874"]
#
# Who is who: names as the remote tools write them, and the handles that stand in the ledger.
# [technicians]
# "Anna Nowak" = "anna"
# "anna@serwis.example" = "anna"
#
# Where the remote tools' own records come from.
# [sources.teamviewer-webapi]
# url = "https://webapi.teamviewer.com"    # the token: SESSION_LEDGER_TEAMVIEWER_TOKEN
# instance = "main"
# [sources.meshcentral]
# url = "wss://mesh.serwis.example"        # the password: SESSION_LEDGER_MESHCENTRAL_PASSWORD
# user = "anna"

# What confirmations of deletion say of the shop; it goes into the event of each one that is issued.
# [certificate]
# role = "administrator"                  # or processor
# legal_basis = "art. 17, art. 28 ust. 3 lit. g RODO"
# contract = "umowa powierzenia 3/2026"
# backups = "codziennie, kasowane po 30 dniach"
"""
_KNOWN = {
    "name",
    "time_zone",
    "language",
    "store",
    "report_store",
    "workers",
    "purge",
    "certificate",
    "seller",
    "shop",
    "ksef",
    "technicians",
    "sources",
    "imports",
    "bank",
}
LANGUAGES = ("pl", "en")
NO_TOML = (ValueError, RecursionError)
"""What reading a text as TOML raises: bytes that are no UTF-8, another grammar, a number of more digits than
Python reads, or lists within lists without end."""
_ESCAPED = r'"(?:[A-Za-z]:|\\)\\(?!\\)'
"""A path of Windows in double quotes, where TOML takes a backslash for an escape: \\U wants a number."""
_ZONE_LINE = 'time_zone = "Europe/Warsaw"\n'


_ON_A_SHARE = Hint("name a folder on a disk of this machine; init --store is for several offices")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


class Folder(Struct, frozen=True):
    """The paths in a ledger's folder."""

    path: Path
    for_reports: bool = False
    """Whether what is read here may come from the copy that `report_store` names."""

    @property
    def config(self) -> Path:
        """Where things are and how they look."""
        return self.path / "ledger.toml"

    @property
    def events(self) -> Path:
        """Events, append-only."""
        return self.path / "events.db"

    @property
    def vault(self) -> Path:
        """Personal data, encrypted, erasable."""
        return self.path / "vault.db"

    @property
    def documents(self) -> Path:
        """Issued documents by the SHA-256 of their XML."""
        return self.path / "documents"

    @property
    def keys(self) -> Path:
        """The keys of the vault, one file a class; mode 0700."""
        return self.path / "keys"

    @property
    def signing_key(self) -> Path:
        """What signs checkpoints; a rotation keeps the key to come beside it until it is recorded."""
        return self.keys / "signing.key"

    @property
    def last_checkpoint(self) -> Path:
        """The newest checkpoint that was signed, remembered outside the database."""
        return self.keys / "last-checkpoint"

    def create(
        self,
        name: str,
        *,
        language: str | None = None,
        store_url: str | None = None,
        unfinished: bool = False,
    ) -> None:
        """Make the folder, or go on with one whose making was cut short; `language` is what it speaks.

        Raises LedgerExists, LedgerMissing when it cannot be made, BadConfig, StoreUnsafe on a network share.
        """
        if not name or not name.isprintable():
            raise BadConfig(
                msg("the ledger's name is empty or holds a character that cannot be printed"),
                hint=Hint("say another one: ", step("init", "--name", "NAME")),
            )
        from ledger.folder.network_share import network_share  # noqa: PLC0415 - only where a ledger is made

        try:
            there = self.events.exists() if store_url is None else os.path.lexists(self.config)
            if there and not unfinished:
                raise LedgerExists(msg("there is a ledger in {name} already", name=self.path.name))
            if share := network_share(self.path):
                raise StoreUnsafe(
                    msg("{path} lies on {share}, where locks do not hold", path=self.path, share=share),
                    hint=_ON_A_SHARE,
                )
            make_folder(self.path, PRIVATE)
            make_folder(self.keys, 0o700)
            self.keys.chmod(0o700)
            restrict(self.keys)
            if unfinished:
                self.signing_key.unlink(missing_ok=True)  # it bears the name that was given then
            text = CONFIG_TEXT.format(name=_quoted(name))
            if store_url is not None:
                text = text.replace(_ZONE_LINE, f'{_ZONE_LINE}store = "{_quoted(store_url)}"\n', 1)
            if language is not None:
                text = text.replace(_ZONE_LINE, f'{_ZONE_LINE}language = "{language}"\n', 1)
            write_whole(self.config, text.encode())
        except OSError as error:
            from ledger.folder.not_written import not_written  # noqa: PLC0415 - few commands need it

            raise not_written(
                error,
                self.path,
                LedgerMissing,
                otherwise=msg("the folder {path} cannot be made: {error}").of(path=self.path),
                hint=Hint("name one that can be made: --ledger DIR or SESSION_LEDGER_DIR"),
            ) from error

    def remove(self) -> None:
        """Take back what was made of a ledger that is not here, when none came of it; the rest stays."""
        self.config.unlink(missing_ok=True)
        self.signing_key.unlink(missing_ok=True)
        for folder in (self.keys, self.path):
            with suppress(OSError):
                folder.rmdir()

    def store_url(self) -> str | None:
        """The URL of a ledger on PostgreSQL; None for one whose files are in this folder."""
        copy = self._named("report_store") if self.for_reports else None
        return copy or self._named("store")

    def workers_file(self) -> Path | None:
        """Return the file that names the machines that work for the ledger; None where they do not."""
        named = self._named("workers")
        return None if named is None else self.path / named

    def _named(self, key: str) -> str | None:
        """What ledger.toml says under a key, if it can be read; `read_config` tells what is wrong with it."""
        try:
            text = toml_text_of(self.config, CONFIG_BYTES_MAX)
            found = tomllib.loads(text).get(key) if key in text else None
        except (OSError, *NO_TOML):
            return None
        return found if isinstance(found, str) else None

    def read_config(self) -> dict[str, object]:
        """What ledger.toml says; raises BadConfig naming the file and the key or line."""
        text = ""
        try:
            text = toml_text_of(self.config, CONFIG_BYTES_MAX)
            config = tomllib.loads(text)
        except FileNotFoundError as error:
            raise BadConfig(msg("ledger.toml is missing")) from error
        except (OSError, *NO_TOML) as error:
            fact = msg("ledger.toml cannot be read: {error}", error=error)
            raise BadConfig(fact, hint=hint_of_quotes(text)) from error
        for key in config:
            if key not in _KNOWN:
                raise BadConfig(msg("ledger.toml has an unknown key {key!r}", key=key))
        if config.get("time_zone", "Europe/Warsaw") != "Europe/Warsaw":
            raise BadConfig(msg("ledger.toml names a time zone other than Europe/Warsaw"))
        language_of(config)
        for key in ("store", "report_store"):
            if not isinstance(config.get(key, ""), str):
                raise BadConfig(msg("{key} in ledger.toml is not a URL in quotes", key=key))
        if not isinstance(config.get("workers", ""), str):
            raise BadConfig(msg("workers in ledger.toml is not a path in quotes"))
        return config


def hint_of_quotes(text: str) -> Hint | None:
    r"""Return what is wrong with a text that is no TOML, if it has a path like `"C:\Users"`; else None."""
    return Hint("a path of Windows stands in single quotes: 'C:\\…'") if re.search(_ESCAPED, text) else None


def language_of(config: Mapping[str, object]) -> str:
    """Return the language that a ledger speaks; raises BadConfig for one that there is not."""
    language = config.get("language", "en")
    if language not in LANGUAGES:
        raise BadConfig(msg("language in ledger.toml is {value!r}; there are pl and en", value=language))
    return str(language)

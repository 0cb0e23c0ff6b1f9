"""`App`: what a command runs in: which ledger, which language, and how to print.

stdout is data (`emit`), stderr is talk (`say`, `hint`).
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import log as logs
from cli.deferred import read_deferred
from cli.presentation.catalogue import said
from cli.presentation.text import HINT, Lang, harmless
from cli.secret import secret
from ledger.errors import LedgerError, NeedsYes, NotConfirmed
from ledger.message import Message, msg

if TYPE_CHECKING:
    from cli.params import Now
    from ledger.application.ledger import Environment, Ledger
    from ledger.application.read_models import ReadModels
    from ledger.folder.workers import Workers
    from projections.read_side import Snapshot

YES_OR_NO = msg("[y/N]")
_YES = frozenset({"y", "yes", "t", "tak"})
_NO = frozenset({"", "n", "no", "nie"})
"""Both languages are taken in both: a hand types what it is used to."""


class App:
    """What the global options say, and the ledger once a command has opened it.

    No dataclass and no Struct: the help of a group makes one, and pays for neither.
    """

    def __init__(
        self,
        given_dir: Path | None = None,
        lang: Lang = "en",
        verbose: bool = False,  # noqa: FBT001, FBT002 - as the global options have it
        color: bool | None = None,  # noqa: FBT001 - three-valued
    ) -> None:
        self.given_dir = given_dir
        self.lang: Lang = lang
        self.verbose = verbose
        self.color = color
        """False: declined. None: a terminal gets it, a file does not."""
        self.workers: Workers | None = None
        """Other machines that compare read models with the events; a command that takes them sets it."""
        self._ledger: Ledger | None = None

    @classmethod
    def from_options(
        cls,
        color: bool | None,  # noqa: FBT001 - three-valued, and the options follow by name
        *,
        ledger_dir: str | None,
        lang: Lang,
        verbose: bool,
        no_color: bool,
        log_file: str | None,
    ) -> App:
        """Return the app of a run, its log turned on if asked for; `color` heeds `no_color` already."""
        del no_color
        if log_file is not None:
            from ledger.folder.unusable_names import refuse_unusable

            refuse_unusable(Path(log_file))
        if verbose or log_file is not None:
            logs.configure(verbose=verbose, file=log_file, color=color is None and sys.stderr.isatty())
        return cls(None if ledger_dir is None else Path(ledger_dir), lang, verbose, color)

    @property
    def ledger_dir(self) -> Path:
        """The ledger's folder: as given, or `session-ledger` in the user's data folder."""
        if self.given_dir is None:
            import platformdirs

            self.given_dir = platformdirs.user_data_path("session-ledger", appauthor=False)
        return self.given_dir

    def environment(self) -> Environment:
        """Return clock, chance and SESSION_LEDGER_NOW, which only a ledger made for tests obeys."""
        from ledger.application.ledger import Environment

        return Environment(lambda: datetime.now(UTC), os.urandom, os.environ.get("SESSION_LEDGER_NOW"))

    def offline_key_password(self) -> str | None:
        """Return the password of the key that signs KOD II; it is in no file."""
        return secret("SESSION_LEDGER_KSEF_OFFLINE_KEY_PASSWORD")

    def open(self, *, for_reports: bool = False) -> Ledger:
        """Open the ledger in that folder, once; it is closed when the command ends.

        A command that only reports may be given the copy on another server that ledger.toml names.
        """
        if self._ledger is None:
            from ledger.application.ledger import Ledger

            self._ledger = Ledger.open(
                self.ledger_dir, self.environment(), read_models=self._read_side, for_reports=for_reports
            )
        return self._ledger

    def _read_side(self, ledger: Ledger) -> ReadModels:
        """Compose the read side; imported only once a rule asks it."""
        from cli.progress import deriving
        from projections.read_side import ReadSide

        return ReadSide(ledger, deriving, self.workers)

    def moment(self, typed: datetime | Now | None) -> datetime | None:
        """Return an instant as typed; for `now` that of the ledger's clock."""
        return typed if typed is None or isinstance(typed, datetime) else self.open().now()

    def clock(self) -> datetime:
        """Return the present moment; the ledger is asked only where the surroundings name another."""
        environment = self.environment()
        is_ours = self._ledger is not None or environment.forced_now
        return self.open().now() if is_ours else environment.now()

    def snapshot(
        self, as_of: datetime | Now | None, *, records: bool = False
    ) -> AbstractContextManager[Snapshot]:
        """Return the read models as of a moment; `records` is for a command that goes on to record."""
        from cli.progress import deriving
        from projections.read_side import snapshot

        ledger = self.open(for_reports=not records)
        return snapshot(ledger, self.moment(as_of), deriving)

    def position_at(self, as_of: datetime | Now | None) -> tuple[int, datetime]:
        """Return how many events a report covers and the moment it calls now; raises NothingRecorded."""
        from projections.read_side import position_at

        return position_at(self.open(for_reports=True), self.moment(as_of))

    def close(self) -> None:
        """Close the ledger if a command opened it; a refusal of the signer is reported."""
        if self._ledger is not None:
            refusal = self._ledger.signing.refusal
            self._ledger.close()
            self._ledger = None
            if refusal is not None:
                self._tell_unsigned(refusal)

    def _tell_unsigned(self, refusal: LedgerError) -> None:
        self.say(msg("recorded, but not signed: {fact} ({code})", fact=refusal.message, code=refusal.code))
        self.hint(refusal.hint)

    def say(self, text: str | Message) -> None:
        """Print a remark on stderr."""
        click.echo(self._line(text), err=True, color=self.color)

    def say_written(self, file: Path) -> None:
        """Say on stderr that a file was written."""
        self.say(msg("wrote {file}", file=file))

    def word(self, kind: str, code: str) -> str:
        """Return what a code of the vocabulary is called in the language of the run."""
        from cli.presentation.wording.vocabulary import VOCABULARY

        named = VOCABULARY[kind].get(code)
        return code if named is None else said(named, self.lang)

    @staticmethod
    def shows_names() -> bool:
        """Return True if what is said on stderr is read at once and kept nowhere: names may be told there."""
        return sys.stderr.isatty()

    def say_customer(self, code: str, name: str | None) -> None:
        """Say which customer was understood, with the name on a terminal."""
        if name and self.shows_names():
            self.say(msg("customer {code}: {name}", code=code, name=name))
        else:
            self.say(msg("customer {code}", code=code))

    def hint(self, text: str | Message) -> None:
        """Print the next step on stderr."""
        click.echo(f"{said(HINT, self.lang)} {self._line(text)}", err=True, color=self.color)

    def emit(self, data: str | Message | dict[str, Any]) -> None:
        """Print data on stdout: a line, or an object as indented JSON."""
        if isinstance(data, dict):
            click.echo(json.dumps(data, ensure_ascii=False, indent=2), color=self.color)
        else:
            click.echo(self._line(data), color=self.color)

    def confirm(self, question: str | Message, *, yes: bool) -> None:
        """Ask before going on; raises NeedsYes without a terminal, NotConfirmed on a no."""
        if yes:
            return
        if not self.has_terminal():
            raise NeedsYes(msg("this asks first, and there is no terminal to ask on; --yes is missing"))
        if not self.ask(question):
            raise NotConfirmed(msg("the question was answered with no"))

    @contextmanager
    def beside(self) -> Generator[None]:
        """What is told beside an answer: where it cannot be looked up, that is said; the answer stands."""
        try:
            yield
        except LedgerError as error:
            self.say(msg("recorded; more could not be looked up: {fact}", fact=error.message))

    @staticmethod
    def has_terminal() -> bool:
        """Return True if a question can be asked and answered."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def ask(self, question: str | Message) -> bool:
        """Ask for yes or no on the terminal, in either language; Enter is no."""
        while True:
            answer: str = click.prompt(
                f"{self._line(question)} {said(YES_OR_NO, self.lang)}",
                default="",
                show_default=False,
                err=True,
            )
            typed = answer.strip().casefold()
            if typed in _YES:
                return True
            if typed in _NO:
                return False
            self.say(msg("answer yes or no"))

    def _line(self, text: str | Message) -> str:
        return "\n".join(harmless(line) for line in said(text, self.lang).split("\n"))


class TabApp(App):
    """The app of a completion, which says nothing."""

    def say_customer(self, code: str, name: str | None) -> None:
        """Say nothing."""


def pass_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the app to a command as its first argument, once what only the ledger can read is read."""

    @functools.wraps(command)
    def with_app(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - hands on what Click gave
        ctx = click.get_current_context()
        app = ctx.find_object(App)
        assert app is not None  # noqa: S101 - the root command made it
        read_deferred(options, app)
        return ctx.invoke(command, app, *args, **options)

    return with_app

"""A walk over every command in Polish: what each says on a terminal, in a page, a workbook and on paper."""

from __future__ import annotations

import email
import email.policy
import html
import io
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import click
from python_calamine import CalamineWorkbook

from cli.main import make_root
from cli.output import FORMATS
from cli.registry import COMMANDS, GROUPS
from tests.polish.lines import LATER, REFUSED, SUCCESS
from tests.polish.pages import WIDTHS, Shown
from tests.support.authority import Authority
from tests.support.office import Answer, Office
from tests.support.questions import ANSWERS, Questions
from tests.support.scan import text_of_pdf
from tests.support.terminal import shown
from tests.support.witness import Cosigner

WITNESS = Cosigner(b"\x07" * 32)

NOW = "2026-12-01T09:00:00+01:00"
FILES = ("html", "xlsx", "pdf")
_ENDED_WELL = {0, 3}
"""Done, or a check found something."""


class Said(NamedTuple):
    """A line that was typed, and what came of it."""

    line: str
    where: str
    """`stdout`, `stderr`, `help` or the kind of file."""
    text: str
    status: int


class Walk:
    """The ledger of the demo and the folder beside it, where the files of the walk are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = folder / "ledger"
        self._office: Office = object.__new__(Office)
        self._office.folder, self._office.now = self.ledger, NOW
        self._root = make_root(COMMANDS, GROUPS)
        self.shown: list[Shown] = []
        self.questions = Questions()

    def begins(self) -> list[Said]:
        """Make the demo; what it says."""
        (self.folder / "sessions").mkdir()
        for name in ("downloads", "outbox"):
            (self.folder / name).mkdir()
        _write_files(self.folder)
        line = f"demo {self.ledger}"
        return self._told(line, self.types(line))

    def types(self, line: str, typed: str = "", **environment: str) -> Answer:
        """Type one line, in Polish."""
        return self._office.run(*self._words(line), typed=typed, SESSION_LEDGER_LANG="pl", **environment)

    def answers(self, line: str) -> Answer:
        """Type one line at a terminal; what it asks is answered in every word, and with yes."""
        with self.questions.on_terminal():
            return self.types(line, ANSWERS, **LATER.get(line, {}))

    def helps(self) -> Iterator[Said]:
        """Yield the help of every command and group."""
        for name in ("", *GROUPS, *COMMANDS):
            line = f"{name} --help".strip()
            yield Said(line, "help", self.types(line).out, 0)

    def succeeds(self) -> Iterator[Said]:
        """Yield what each line of the walk says, a report in its other forms too."""
        for line in SUCCESS:
            self._prepares(line)
            answer = self.answers(line)
            yield from self._told(line, answer)
            if (
                answer.status in _ENDED_WELL
                and self.is_report(line)
                and " -o " not in line
                and "--text" not in line
            ):
                self._look(line, answer.out)
                for suffix in FILES:
                    file = self.folder / f"report.{suffix}"
                    written = self.types(f"{line} -o {file}")
                    yield Said(line, suffix, text_of(file), written.status)
            for file in self._papers(line):
                yield Said(line, file.suffix[1:], text_of(file), answer.status)

    def _look(self, line: str, piped: str) -> None:
        """Note what a terminal shows of a report, of either width, in colours and without."""
        words = self._words(line)
        typed = [([*option, *words], columns) for columns in WIDTHS for option in ([], ["--no-color"])]
        pages = iter(shown(typed, self._office.environment(SESSION_LEDGER_LANG="pl")))
        self.shown += [Shown(line, columns, next(pages), next(pages), piped) for columns in WIDTHS]

    def is_refused(self) -> Iterator[Said]:
        """Yield what each refused line says."""
        for line in REFUSED:
            answer = self.types(line)
            yield Said(line, "stderr", f"{answer.out}\n{answer.err}", answer.status)

    def is_report(self, line: str) -> bool:
        """Return whether the command has the forms of a report."""
        command = self.command(line)
        return any(
            isinstance(each.type, click.Choice) and tuple(each.type.choices) == tuple(FORMATS)
            for each in command.params
        )

    def command(self, line: str) -> click.Command:
        """Return the command of a line."""
        command: click.Command = self._root
        ctx = click.Context(command)
        for word in name_of(line).split():
            found = cast("click.Group", command).get_command(ctx, word)
            assert found is not None, line
            command = found
        return command

    def _words(self, line: str) -> list[str]:
        return [self._filled(word) for word in shlex.split(line)]

    def _filled(self, word: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda match: self._value(match[1]), word)

    def _value(self, name: str) -> str:
        asked: dict[str, Callable[[], object]] = {
            "folder": lambda: self.folder,
            "ledger": lambda: self.ledger,
            "witness": lambda: WITNESS.vkey,
            "digest": lambda: self._asks("payment list")["digest"],
            "finding": lambda: next(
                each["id"]
                for each in self._asks("source reconcile --period 2026-11")["findings"]
                if each["severity"] == "open" and not each["acknowledged"]
            ),
        }
        if name in asked:
            return str(asked[name]())
        kind, _, which = name.partition("_")
        if kind == "transfer":
            transfers = self._asks("payment list --all")["transfers"]
            return str(next(each["transfer"] for each in transfers if each["title"].startswith(which)))
        if kind == "record":
            records = self._asks("source list --period 2026-11 --state unmatched")["records"]
            return str(records[int(which)]["record"])
        raise KeyError(name)

    def _asks(self, line: str) -> Any:  # noqa: ANN401 - whatever JSON says
        return self._office.run(*self._words(line), "-f", "json").document

    @staticmethod
    def _told(line: str, answer: Answer) -> list[Said]:
        return [
            Said(line, "stdout", answer.out, answer.status),
            Said(line, "stderr", answer.err, answer.status),
        ]

    def _papers(self, line: str) -> Iterator[Path]:
        """Yield the papers that a line wrote by itself."""
        words = self._words(line)
        if "-o" in words and self.is_writer(line):
            target = Path(words[words.index("-o") + 1])
            files = sorted(target.iterdir()) if target.is_dir() else [target]
            yield from (each for each in files if each.suffix in {".pdf", ".txt", ".eml"})
        if "outbox" in words:
            yield from sorted((self.folder / "outbox").glob("*.txt"))

    def is_writer(self, line: str) -> bool:
        """Return whether a line's file is for people: a letter, a paper, a confirmation."""
        return name_of(line) in {
            "invoice export", "invoice statement", "session certificate", "customer erase",
        }  # fmt: skip

    def _prepares(self, line: str) -> None:
        """Do what a line needs that is no command: an answer of the authority, or of a witness."""
        if line.startswith("audit witness attach"):
            note = (self.folder / "head.add-checkpoint").read_text(encoding="utf-8").partition("\n\n")[2]
            answer = WITNESS.line(note.rpartition("\n\n")[0] + "\n", 1)
            (self.folder / "head.cosignature").write_text(answer, encoding="utf-8")
        if line.startswith("audit anchor attach"):
            made = Authority(self.folder / "authority")
            (self.folder / "head.tsr").write_bytes(made.reply((self.folder / "head.tsq").read_bytes()))


def name_of(line: str) -> str:
    """Return the command's name as the table has it."""
    words = shlex.split(line)
    if words[0] == "--ledger":
        words = words[2:]
    return next(name for length in (3, 2, 1) if (name := " ".join(words[:length])) in COMMANDS)


_CELLS = {"True": "tak", "False": "nie"}
"""Excel says them in the language of its user."""


def text_of(file: Path) -> str:
    """Return the words of a file as its reader sees them."""
    match file.suffix:
        case ".pdf":
            return text_of_pdf(file)
        case ".xlsx":
            book = CalamineWorkbook.from_filelike(io.BytesIO(file.read_bytes()))
            rows = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
            return "\n".join(
                [*book.sheet_names, *(_CELLS.get(str(cell), str(cell)) for row in rows for cell in row)]
            )
        case ".html":
            page = re.sub(
                r"<style.*?</style>|<script.*?</script>",
                " ",
                file.read_text(encoding="utf-8"),
                flags=re.DOTALL,
            )
            return html.unescape(re.sub(r"<[^>]+>", " ", page))
        case ".eml":
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = letter.get_body(("plain",))
            assert body is not None
            return f"{letter['subject']}\n{body.get_content()}"
        case _:
            return file.read_text(encoding="utf-8")


_TRANSFERS = """\
mBank S.A.;

#Waluta;
PLN;

#Numer rachunku;
61 1090 1014 0000 0712 1981 2874;

#Podsumowanie obrotów na rachunku;#Liczba operacji;#Wartość operacji;
Uznania;4;530,50 PLN;
Obciążenia;1;50,00 PLN;
Łącznie;5;480,50 PLN;

#Saldo początkowe;1 000,00 PLN;

#Data księgowania;#Data operacji;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;\
#Numer konta;#Kwota;#Saldo po operacji;
2026-12-01;2026-12-01;PP;"za pomoc";"KANCELARIA";'15109010140000880000000201';369,00;1 369,00;
2026-12-01;2026-12-01;PP;"dla mamy";"JAN";'69109010140000880000000102';50,00;1 419,00;
2026-12-01;2026-12-01;PP;"pomyłka";"ANNA";'15109010140000880000000201';50,00;1 469,00;
2026-12-01;2026-12-01;PP;"zwrot";"ANNA";'15109010140000880000000201';-50,00;1 419,00;
2026-12-01;2026-12-01;PP;"FV/2026/12/0008";"DRUKARNIA";'69109010140000880000000102';61,50;1 480,50;

;;;;;;#Saldo końcowe;1 480,50 PLN;
"""
_TAKEN_BACK = """\
:20:ST261130CYC/1
:25:PL61109010140000071219812874
:28C:1/1
:60F:C261129PLN1000,00
:61:2611301130CN50,00N240NONREF//C2612010001
240
:86:240~00PRZELEW
~20WPLATA
~3010901014~310000880000000201~32ANNA~3815109010140000880000000201
:61:2611301130RC50,00N240NONREF//C2612010002
240
:86:240~00STORNO
~20STORNO
~3010901014~310000880000000201~32ANNA~3815109010140000880000000201
:62F:C261130PLN1000,00
-
"""
_FILES = {
    "new-customers.csv": "kod;nazwa;nip;konsument\nK-903;Zakład Próbny bis;;nie\nK-904;Jan Próba;;tak\n",
    "bad-customers.csv": "kod;nazwa;nip;konsument\nK-905;;123;może\n;Ktoś;;tak\n",
    "new-purchases.csv": "klient;zamówienie;data zakupu\nK-904;Z-904;2026-10-01\n",
    "new-sessions.csv": "session_ref,customer,issue,connected_at,ended_at\n"
    "S-1,K-904,hardware,2026-11-25 10:00,2026-11-25 10:40\n",
    "bad-sessions.csv": "session_ref,customer,issue,connected_at,ended_at\n"
    "S-2,K-999,other,2026-11-25 10:00,2026-11-25 09:40\nS-3,K-904,nic,2026-11-25,\n",
    "guessed.csv": "Kod klienta;Nazwa firmy;Konsument\nK-905;Zakład Zgadnięty;nie\n",
    "long-session.csv": "session_ref,customer,issue,connected_at,ended_at\n"
    "L-1,K-904,other,2026-11-20 10:00,2026-11-23 10:40\n",
    "records.csv": "source_record_id,started_at,ended_at,technician,partner_id\n"
    "R-1,2026-11-12 10:05,2026-11-12 10:38,anna,149 715 162\n"
    "R-2,2026-11-26 20:00,2026-11-26 20:45,anna,111 222 333\n"
    "R-3,2026-11-26 22:00,wczoraj,anna,111 222 333\n",
    "taken-back.sta": _TAKEN_BACK,
    "transfers.csv": _TRANSFERS,
    "downloads/report.pdf": "to nie jest PDF\n",
    "report.pdf": "to nie jest PDF\n",
}


def _write_files(folder: Path) -> None:
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")

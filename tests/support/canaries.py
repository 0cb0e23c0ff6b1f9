"""A shop into which a thousand canaries of personal data flew, by every command and import that takes any."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ledger.purge.place import true_host
from tests.support.office import Office

CUSTOMERS, IMPORTED, TYPED = 120, 150, 60
BEGAN = "2026-11-16T10:00:00+01:00"
ENDED = "2026-11-16T11:00:00+01:00"
LATER = "2026-11-16T11:10:00+01:00"


@dataclass
class Canaries:
    """Words and numbers that stand nowhere else, and which class of the vault they belong to."""

    of_session: list[str] = field(default_factory=list[str])
    of_customer: list[str] = field(default_factory=list[str])
    of_tax: list[str] = field(default_factory=list[str])
    _count: int = 0

    def word(self, kept: list[str]) -> str:
        """A new word."""
        self._count += 1
        kept.append(f"Kanarek-{self._count:04d}-żółć")
        return kept[-1]

    def number(self, kept: list[str]) -> str:
        """A new remote ID."""
        self._count += 1
        kept.append(f"83{self._count:04d}7461")
        return kept[-1]

    @property
    def all(self) -> list[str]:
        """Every one of them."""
        return [*self.of_session, *self.of_customer, *self.of_tax]

    def needles(self) -> dict[str, bytes]:
        """As bytes to look for."""
        return {each: each.encode() for each in self.all}


@dataclass
class Aviary:
    """The shop, its canaries, where its logs lie and where the sessions' files lie."""

    office: Office
    canaries: Canaries
    log: Path
    workspaces: Path
    roots: Path

    def does(self, *words: str, typed: str = "") -> str:
        """Run a command with a log of everything; what it printed on both streams."""
        answer = self.office.does("-v", "--log-file", str(self.log), *words, typed=typed)
        return answer.out + answer.err


def aviary(folder: Path) -> Aviary:
    """Customers, purchases, sessions imported and typed, notes, reasons, artefacts and workspaces."""
    for name in ("ws", "out", "tables"):
        (folder / name).mkdir(parents=True)
    office = Office(folder / "ledger", now=BEGAN)
    made = Aviary(office, Canaries(), folder / "log.jsonl", folder / "ws", folder / "out")
    made.does("config", "set", f"purge.workspaces={made.workspaces}", f"purge.roots={made.roots}")
    _customers(made)
    _imported_sessions(made)
    for number in range(IMPORTED + 1, IMPORTED + TYPED + 1):
        _typed_session(made, str(number))
    return made


def _table(made: Aviary, name: str, header: str, rows: list[list[str]]) -> Path:
    file = made.roots.parent / "tables" / f"{name}.csv"
    lines = [header, *(",".join(row) for row in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _customers(made: Aviary) -> None:
    birds = made.canaries
    rows = [
        [
            f"K-{n:03d}",
            *(birds.word(birds.of_customer) for _ in range(3)),
            f"{birds.word(birds.of_customer)}@x.pl",
        ]
        for n in range(CUSTOMERS)
    ]
    table = _table(made, "customers", "customer,name,address_line1,address_line2,email", rows)
    made.does("customer", "import", str(table))
    bought = [
        [f"K-{n:03d}", f"ORD/{n}", "2026-10-01", birds.word(birds.of_customer)] for n in range(CUSTOMERS)
    ]
    table = _table(made, "purchases", "customer,order_ref,purchased_at,product", bought)
    made.does("purchase", "import", str(table))
    made.does("customer", "add", "K-TYPED", "--name", birds.word(birds.of_customer))
    renamed = birds.word(birds.of_customer)
    reason = birds.word(birds.of_customer)
    made.does("customer", "update", "K-TYPED", "--name", renamed, "--reason", f"data-changed: {reason}")


def _imported_sessions(made: Aviary) -> None:
    birds = made.canaries
    rows = [
        [
            f"I-{n}",
            f"K-{n % CUSTOMERS:03d}",
            "other",
            "2026-11-12T10:00",
            "2026-11-12T10:30",
            birds.number(birds.of_session),
        ]
        for n in range(IMPORTED)
    ]
    header = "session_ref,customer,issue,connected_at,ended_at,remote_id"
    made.does("session", "import", str(_table(made, "sessions", header, rows)))


def _typed_session(made: Aviary, number: str) -> None:
    """Asked for, connected, noted, waived, with an artefact and files in its workspace; then over."""
    birds, office = made.canaries, made.office
    office.now = BEGAN
    request = ("session", "request", "--customer", "K-TYPED", "--issue", "other")
    said = (
        *("--remote-id", birds.number(birds.of_session)),
        *("--contact", birds.word(birds.of_session)),
        *("--description", "-"),
    )
    made.does(*request, *said, typed=birds.word(birds.of_session) + "\n")
    made.does("session", "connect", number, "--workstation", true_host())
    workspace = Path(office.does("session", "workspace", number).out.strip())
    (workspace / birds.word(birds.of_session)).write_text(birds.word(birds.of_session), encoding="utf-8")
    artefact = made.roots / f"{birds.word(birds.of_session)}.txt"
    artefact.write_text("chat", encoding="utf-8")
    made.does("session", "artefact", number, str(artefact), "--kind", "chat", "--workstation", true_host())
    office.now = ENDED
    made.does("session", "end", number)
    made.does("session", "note", number, "--summary", birds.word(birds.of_tax))
    made.does(
        "session", "waive", number, "--percent", "5", "--reason", f"goodwill: {birds.word(birds.of_tax)}"
    )

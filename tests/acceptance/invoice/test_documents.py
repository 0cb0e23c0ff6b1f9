"""Documents: the confirmation of deletion, the protocol, the register, and every report as PDF."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import cast

import pytest

from ledger.transparency.proof import parse_proofs
from tests.support.office import Office
from tests.support.purging_office import ENDED, PC_1, PURGED, begun, deletion, ended, office
from tests.support.stored import asked

FORBIDDEN = ("wszystkie dane", "nieodwracaln", "zgodnie z rodo", "unrecoverable", "irreversib", "all data")
POLISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
ROOT = Path(__file__).parents[3]


def purged(folder: Path) -> Office:
    """Session 1, measured as purged 300 s after its end."""
    made, number, _ = ended(folder, "report.pdf")
    made.does("session", "purge", number, *PC_1)
    return made


def text_of(pdf: Path) -> str:
    """What a reader of the PDF sees; skips where pdftotext is missing."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    run = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    return run.stdout.decode()


# --- the confirmation -------------------------------------------------------------------------


def test_a_confirmation_says_what_was_measured(tmp_path: Path) -> None:
    made = purged(tmp_path)
    answer = made.does(
        "session", "certificate", "1", "-o", str(tmp_path / "c.pdf"), "--lang", "pl", "-f", "json"
    )
    assert answer.document["event"] == "session.certificate_issued"
    text = text_of(tmp_path / "c.pdf")
    for field in (
        "Potwierdzenie usunięcia danych", answer.document["certificate"], "K-1", "5 minut", "15 minut",
        "w terminie", "administrator danych",
        "folder sesji 1", "usunięto", "usunięcie", "nie są już dostępne pod",
        "bezpośrednio po zakończeniu", "Europe/Warsaw", "pc-1", "kopii zapasowych", "komputera klienta",
        "c2sp.org/tlog-proof@v1",
    ):  # fmt: skip
        assert field in text, field
    assert "Igiełka" not in text
    assert "Jan Canary" not in text


def test_a_confirmation_has_every_field_of_a_deletion_certificate(tmp_path: Path) -> None:
    """What the shop says of itself in ledger.toml, holds, the tool; what was not examined is said so."""
    made, number, _ = ended(tmp_path, "report.pdf")
    with (made.folder / "ledger.toml").open("a", encoding="utf-8") as file:
        file.write('[certificate]\nlegal_basis = "art. 17 RODO"\ncontract = "umowa 3/2026"\n')
        file.write('backups = "kasowane po 30 dniach"\n')
    made.does("session", "hold", number, "--until", "2026-12-01", "--reason", "inspection")
    made.does("session", "release", number)
    made.does("session", "purge", number, *PC_1)
    made.does("session", "certificate", number, "-o", str(tmp_path / "c.pdf"), "--lang", "pl")
    made.does("session", "certificate", number, "-o", str(tmp_path / "c.json"))
    text = text_of(tmp_path / "c.pdf")
    for field in (
        "Numer potwierdzenia", "Księga", "Sesja", "Klient (kod)", "Rola wystawcy", "Podstawa prawna",
        "art. 17 RODO", "umowa 3/2026", "kasowane po 30 dniach", "Zasada", "Zakres",
        "Kategorie danych", "Koniec sesji", "Początek usuwania", "Koniec usuwania", "Zmierzone opóźnienie",
        "Dozwolony czas", "Ocena", "Stanowisko", "System plików", "Opcje montowania", "Nośnik wirujący",
        "Nośnik szyfrowany", "nie badano", "Skrót planu", "Pliki", "Bajty", "Metoda", "Wynik", "Pozostało",
        "Sprawdzono", "kontrola", "Narzędzie", "session-ledger", "Kto usunął", "Sprawdzający",
        "Czego to potwierdzenie nie obejmuje", "Korzeń", "Znaczniki czasu",
    ):  # fmt: skip
        assert field in text, field
    document = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert document["contract"] == "umowa 3/2026"
    assert [hold["reason"] for hold in document["holds"]] == ["inspection"]


@pytest.mark.parametrize("line", ["other = 1", 'role = "guest"', "contract = 3", "legal_basis = 'a\\nb'", ""])
def test_a_slip_in_the_table_of_confirmations_is_named(tmp_path: Path, line: str) -> None:
    made = purged(tmp_path)
    table = f"[certificate]\n{line}\n" if line else "certificate = 1\n"
    content = (made.folder / "ledger.toml").read_text(encoding="utf-8")
    value = table.replace("'a\\nb'", '"a\\nb"')
    (made.folder / "ledger.toml").write_text(content + value if line else value + content, encoding="utf-8")
    answer = made.run("session", "certificate", "1")
    assert (answer.status, "E-CONFIG" in answer.err, "certificate" in answer.err) == (2, True, True)


def test_the_same_confirmation_again_is_the_same_bytes_and_records_nothing(tmp_path: Path) -> None:
    made = purged(tmp_path)
    made.does("session", "certificate", "1", "-o", str(tmp_path / "a.pdf"))
    made.does("session", "certificate", "1", "-o", str(tmp_path / "a.json"))
    before = made.events()
    made.now = "2026-11-20T10:00:00+01:00"
    made.does("session", "note", "1", "--summary", "something else")
    made.does("audit", "checkpoint")
    for name in ("pdf", "json"):
        again = made.does("session", "certificate", "1", "-o", str(tmp_path / f"b.{name}"))
        assert "recorded before" in again.err
        assert (tmp_path / f"a.{name}").read_bytes() == (tmp_path / f"b.{name}").read_bytes()
    assert made.events() == before + 1  # the note


def test_the_proof_in_a_confirmation_holds(tmp_path: Path) -> None:
    made = purged(tmp_path)
    made.does("session", "certificate", "1", "-o", str(tmp_path / "c.json"))
    document = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    (proof,) = parse_proofs(document["proof"])
    assert proof.holds()
    assert b'"type":"session.data_purged:2"' in proof.leaf
    assert (proof.index, proof.tree_size, proof.root) == (
        document["leaf_index"], document["tree_size"], document["root"],
    )  # fmt: skip
    assert made.does("check").out == ""


def test_a_corrected_end_gives_a_new_number_with_both_figures(tmp_path: Path) -> None:
    made = purged(tmp_path)
    made.does("session", "certificate", "1")
    corrected = ("--ended-at", "2026-11-16T10:20:00+01:00", "--reason", "wrong-time: earlier")
    made.does("session", "correct", "1", *corrected)
    made.does("session", "certificate", "1", "-o", str(tmp_path / "c.pdf"))
    text = text_of(tmp_path / "c.pdf")
    assert re.search(r"1: in time, 5 minutes \(until", text)
    assert "2: late, 25 minutes" in text
    document = made.run("report", "deletions", "--period", "2026-11", "-f", "json").document
    assert [each["delay_before_seconds"] for each in document["superseded_certificates"]] == [300]


def test_what_was_declared_or_not_purged_is_not_confirmed(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")
    early = made.run("session", "certificate", number)
    assert early.status == 1
    assert "no deletion" in early.err
    made.does("session", "purge", number, "--declare", "--yes")
    refused = made.run("session", "certificate", number)
    assert refused.status == 1
    assert "only declared" in refused.err


def test_the_role_stands_in_the_event(tmp_path: Path) -> None:
    made = purged(tmp_path)
    config = made.folder / "ledger.toml"
    config.write_text(
        config.read_text(encoding="utf-8") + '\n[certificate]\nrole = "processor"\n', encoding="utf-8"
    )
    made.does("session", "certificate", "1", "-o", str(tmp_path / "a.pdf"), "--lang", "pl")
    assert "podmiot przetwarzający" in text_of(tmp_path / "a.pdf")
    config.write_text(
        config.read_text(encoding="utf-8").replace("processor", "administrator"), encoding="utf-8"
    )
    made.does("session", "certificate", "1", "-o", str(tmp_path / "b.pdf"), "--lang", "pl")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


# --- forms and reports ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["pl", "en"])
def test_no_document_promises_more_than_was_measured(tmp_path: Path, lang: str) -> None:
    made = purged(tmp_path)
    made.does("session", "certificate", "1", "--lang", lang, "-o", str(tmp_path / "c.pdf"))
    for name in ("deletion-protocol", "deletion-register", "deletions"):
        made.does("--lang", lang, "report", name, "--period", "2026-11", "-o", str(tmp_path / f"{name}.pdf"))
    for pdf in tmp_path.glob("*.pdf"):
        said = " ".join(text_of(pdf).lower().split())
        assert said
        assert not [word for word in FORBIDDEN if word in said], pdf.name


def test_the_forms_have_the_fields_of_the_polish_forms(tmp_path: Path) -> None:
    made = purged(tmp_path)
    made.does("config", "set", "seller.name=Serwis Anna Nowak", "seller.nip=5260250274")
    for name in ("protocol", "register"):
        made.does(
            "--lang", "pl", "report", f"deletion-{name}", "--period", "2026-11",
            "-o", str(tmp_path / f"{name}.pdf"),
        )  # fmt: skip
    protocol = text_of(tmp_path / "protocol.pdf")
    for field in (
        "Protokół usunięcia danych", "Sygnatura", "Komisja", "Kto wyznaczył", "Podstawa prawna", "Metoda",
        "Dodatkowe informacje", "podpis", "sesja 1", "zmierzono", "/2026-11\n",
        "Serwis Anna Nowak, NIP 5260250274",
    ):  # fmt: skip
        assert field in protocol, field
    register = text_of(tmp_path / "register.pdf")
    for field in (
        "Rejestr czynności usuwania danych", "Decyzja", "IOD", "Ryzyko", "Nośnik", "koniec sesji",
        "Serwis Anna Nowak, NIP 5260250274",
    ):  # fmt: skip
        assert field in register, field


def test_papers_name_the_shop_without_a_sign_of_the_machine(tmp_path: Path) -> None:
    """Given a shop with name, address and NIP, then confirmation and visit have them in one line."""
    made = purged(tmp_path)
    made.does(
        "config",
        "set",
        "seller.nip=5260250274",
        "seller.name=Serwis Próba",
        "seller.address_line1=ul. Cicha 1",
    )
    made.does("session", "certificate", "1", "-o", str(tmp_path / "c.pdf"))
    made.run("audit", "visit", str(tmp_path / "visit"), "--period", "2026-11", "--nonce", "czapla")
    for paper in (tmp_path / "c.pdf", tmp_path / "visit" / "visit.pdf"):
        assert "Serwis Próba, ul. Cicha 1, NIP 5260250274" in text_of(paper)


def test_a_pdf_holds_every_polish_letter_with_its_fonts(tmp_path: Path) -> None:
    made = Office(tmp_path / "ledger")
    made.does("customer", "add", "K-1", "--name", f"Z {POLISH}")
    pdf = tmp_path / "customers.pdf"
    made.does("customer", "list", "-o", str(pdf))
    assert set(POLISH) <= set(text_of(pdf))
    if shutil.which("pdffonts") is None:
        pytest.skip("pdffonts is not installed")
    shown = subprocess.run(["pdffonts", str(pdf)], capture_output=True, check=True, text=True).stdout
    fonts = shown.splitlines()[2:]
    assert fonts
    assert all(re.search(r"Identity-H +yes yes yes", font) for font in fonts)


def test_the_same_events_give_the_same_bytes_anywhere(tmp_path: Path) -> None:
    made = purged(tmp_path)
    made.does("report", "deletions", "--period", "2026-11", "-o", str(tmp_path / "here.pdf"))
    elsewhere = {"TZ": "America/Los_Angeles", "LC_ALL": "C", "SESSION_LEDGER_DIR": str(made.folder)}
    subprocess.run(
        [
            sys.executable, "-m", "ledger", "--lang", "en", "report", "deletions", "--period", "2026-11",
            "-o", str(tmp_path / "there.pdf"),
        ],
        env={**os.environ, **elsewhere},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert (tmp_path / "here.pdf").read_bytes() == (tmp_path / "there.pdf").read_bytes()


def test_other_deletions_are_listed_by_kind(tmp_path: Path) -> None:
    made = purged(tmp_path)
    listed = made.asks("report", "deletions", "--period", "2026-11", "--kind", "keys")["deletions"]
    assert [(each["kind"], each["subject"]) for each in listed] == [("sessions", "1")]
    assert made.asks("report", "deletions", "--period", "2026-11", "--kind", "erasures")["deletions"] == []


# --- samples ----------------------------------------------------------------------------------


def shop(folder: Path) -> Office:
    """Twenty sessions that ended in November, and the log signed."""
    made = Office(folder / "ledger")
    made.does("customer", "add", "K-1", "--name", "X")
    made.takes(
        "session",
        "session_ref,customer,issue,connected_at,ended_at",
        [
            (f"r/{day}", "K-1", "other", f"2026-11-{day:02d} 10:00", f"2026-11-{day:02d} 10:30")
            for day in range(1, 21)
        ],
    )
    made.does("audit", "checkpoint")
    return made


def drawn(made: Office, nonce: str) -> dict[str, object]:
    answer = made.asks("audit", "sample", "--period", "2026-11", "--size", "5", "--nonce", nonce)
    return dict(answer)


def test_a_sample_can_be_drawn_again_by_hand(tmp_path: Path) -> None:
    sample = drawn(shop(tmp_path), "heron")
    root = b64decode(str(sample["root"]))
    lots = sorted(range(1, 21), key=lambda n: hashlib.sha256(root + f"heron\n{n}".encode()).hexdigest())
    assert (sample["sessions"], sample["population"]) == (lots[:5], 20)


def test_the_same_root_and_word_give_the_same_sample_and_another_of_either_differs(tmp_path: Path) -> None:
    made = shop(tmp_path)
    first = drawn(made, "heron")
    before = made.events()
    again = drawn(made, "heron")
    assert again["sample"] == first["sample"]
    assert made.events() == before
    assert drawn(made, "stork")["sessions"] != first["sessions"]
    made.does("audit", "checkpoint")
    assert drawn(made, "heron")["sessions"] != first["sessions"]


def test_a_review_stands_in_the_report(tmp_path: Path) -> None:
    made = shop(tmp_path)
    sample = drawn(made, "heron")
    sessions = cast("list[int]", sample["sessions"])
    made.does("audit", "review", str(sessions[0]), "--result", "exception", "--note", "Jan Canary was there")
    document = made.run("report", "deletions", "--period", "2026-11", "-f", "json").document
    assert document["samples"][0]["sessions"][:2] == [
        {"session": sessions[0], "result": "exception"},
        {"session": sessions[1], "result": None},
    ]
    states = [state for (state,) in asked(made.folder, "events.db", "SELECT state FROM events")]
    assert any(b'"exception"' in state for state in states)
    assert not any(b"Jan Canary" in state for state in states)


def test_a_word_that_looks_personal_is_refused(tmp_path: Path) -> None:
    made = shop(tmp_path)
    assert made.run("audit", "sample", "--period", "2026-11", "--size", "5", "--nonce", "a@b").status == 2


# --- what a real clock and real mishaps do --------------------------------------------------------


def test_a_clock_with_fractions_of_a_second_makes_documents_too(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "report.pdf")
    made.now = "2026-11-16T10:45:00.123456+01:00"
    made.does("session", "purge", number, *PC_1)
    for words in (
        ("session", "certificate", number, "-o", str(tmp_path / "c.pdf")),
        ("report", "deletions", "--period", "2026-11", "-o", str(tmp_path / "d.pdf")),
        ("report", "deletion-protocol", "--period", "2026-11", "-o", str(tmp_path / "p.pdf")),
        ("customer", "export", "K-1", "-o", str(tmp_path / "e.pdf")),
    ):
        assert made.run(*words).status == 0, words


def test_the_proof_lies_in_the_pdf_as_a_file(tmp_path: Path) -> None:
    """Printed, its lines are broken; attached, it is the text that verifies."""
    if shutil.which("pdfdetach") is None:
        pytest.skip("pdfdetach is not installed")
    made = purged(tmp_path)
    made.does("session", "certificate", "1", "-o", str(tmp_path / "c.pdf"))
    made.does("session", "certificate", "1", "-o", str(tmp_path / "c.json"))
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(tmp_path / "c.pdf")], check=True)
    attached = (tmp_path / "session-1.tlog-proof").read_text(encoding="utf-8")
    assert attached == json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["proof"]
    assert all(proof.holds() for proof in parse_proofs(attached))


def test_an_artefact_that_was_gone_before_is_not_claimed_as_measured(tmp_path: Path) -> None:
    """It was there when it was noted; who removed it, the purge did not see."""
    made = office(tmp_path)
    number = begun(made)
    file = tmp_path / "out" / "offer.pdf"
    file.write_text("offer", encoding="utf-8")
    made.does("session", "artefact", number, str(file), "--kind", "received", "--workstation", "pc-1")
    made.now = ENDED
    made.does("session", "end", number)
    file.unlink()
    made.now = PURGED
    made.does("session", "purge", number, *PC_1)
    assert deletion(made, number)["evidence"] == "absence_measured"


def test_a_place_made_anew_is_not_certified(tmp_path: Path) -> None:
    """The first finds no root; when one is there again, and empty, nobody can say who removed what."""
    made, number, workspace = ended(tmp_path, "report.pdf")
    workspace.parent.rename(tmp_path / "elsewhere")
    assert made.run("session", "purge", number, *PC_1).status == 3
    workspace.parent.mkdir()
    made.does("session", "purge", number, *PC_1)
    assert deletion(made, number)["evidence"] == "absence_measured"
    refused = made.run("session", "certificate", number, "-o", str(tmp_path / "c.json"))
    assert (refused.status, "E-CERTIFICATE-NOT-PURGED" in refused.err) == (1, True)
    assert not (tmp_path / "c.json").exists()


def test_attempts_that_failed_stand_in_the_certificate(tmp_path: Path) -> None:
    """The first finds no root; the second finds it again, with the file that it held."""
    made, number, workspace = ended(tmp_path, "report.pdf")
    elsewhere = tmp_path / "elsewhere"
    workspace.parent.rename(elsewhere)
    assert made.run("session", "purge", number, *PC_1).status == 3
    elsewhere.rename(workspace.parent)
    made.does("session", "purge", number, *PC_1)
    made.does("session", "certificate", number, "-o", str(tmp_path / "c.json"))
    (failed,) = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["failed_attempts"]
    assert (failed["workstation"], failed["files"]) == ("pc-1", 0)
    made.does("session", "certificate", number, "-o", str(tmp_path / "c.pdf"), "--lang", "pl")
    assert "Wcześniejsze nieudane próby" in text_of(tmp_path / "c.pdf")

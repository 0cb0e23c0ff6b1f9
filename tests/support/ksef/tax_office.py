"""What the fake KSeF knows and checks: logins, sessions, documents, their numbers."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, cast

import xmlsec
from ksef_client.documents.fa3.xml import FA3XmlValidationError, validate_fa3_xml_xsd
from lxml import etree

from tests.support.ksef.keys import decrypted, opened

NS = {"f": "http://crd.gov.pl/wzor/2025/06/25/13775/", "a": "http://ksef.mf.gov.pl/auth/token/2.1"}
FORM = {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"}
RECEIVED, PROCESSING, OK, FORBIDDEN, BAD_FILE, UNDECRYPTABLE, DUPLICATE, SEMANTICS, AGAIN = (
    100,
    150,
    200,
    410,
    430,
    435,
    440,
    450,
    550,
)
TEXTS = {
    RECEIVED: "Faktura przyjęta do dalszego przetwarzania",
    PROCESSING: "Trwa przetwarzanie",
    OK: "Sukces",
    FORBIDDEN: "Nieprawidłowy zakres uprawnień",
    BAD_FILE: "Błąd weryfikacji pliku faktury",
    UNDECRYPTABLE: "Błąd odszyfrowania pliku",
    DUPLICATE: "Duplikat faktury",
    SEMANTICS: "Błąd weryfikacji semantyki dokumentu faktury",
    AGAIN: "Operacja została anulowana przez system",
}


class Refusal(Exception):  # noqa: N818 - an answer, not a failure of ours
    """The fake KSeF answers with this HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass
class Received:
    """A document that came in, and what became of it."""

    reference: str
    session: str
    sha256: str
    xml: bytes
    offline: bool
    code: int
    details: list[str] = field(default_factory=list[str])
    extensions: dict[str, str] | None = None
    ksef_number: str | None = None
    acquired_at: datetime | None = None
    polls_left: int = 0


@dataclass
class OnlineSession:
    """An interactive session: the key under which its documents come."""

    key: bytes
    start: bytes
    is_open: bool = True
    received: list[Received] = field(default_factory=list[Received])


def crc8(data: bytes) -> int:
    """CRC-8, polynomial 0x07, start 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x07) & 0xFF if crc & 0x80 else (crc << 1) & 0xFF
    return crc


def sha256_of(data: bytes) -> str:
    """SHA-256 in base64, as KSeF writes it."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


class TaxOffice:
    """The state behind the server. `today` is its day; every list of faults is used up from its front."""

    def __init__(self, nip: str, token: str, today: date) -> None:
        self.nip, self.token, self.today = nip, token, today
        self.rejections: list[int] = []
        """Codes for the next documents, whatever they say."""
        self.strangers: set[str] = set()
        """NIPs that nobody has: a document made out to one is refused for what it says."""
        self.busy_polls = 0
        """How often each document is still being worked on when its status is asked."""
        self.upo_misses = 0
        """How many requests for the official receipt find none."""
        self.sessions: dict[str, OnlineSession] = {}
        self.registry: dict[tuple[str, str, str], Received] = {}
        self.logins: list[str] = []
        """How everybody who logged in did so: token or certificate."""
        self.duplicates_tell = {"extensions"}
        """Where an answer 440 names the other document: extensions, details."""
        self.omitted: set[str] = set()
        """Optional keys that answers on a document lack."""
        self.hidden_by: int | None = None
        """The HTTP status with which documents are not shown."""
        self.unlisted: int | None = None
        """The HTTP status with which the list of documents is refused; 200: it lists nothing."""
        self._challenges: dict[str, int] = {}
        self._passes: dict[str, int] = {}
        """Authentication token -> status code of the login."""
        self._access: set[str] = set()
        self._numbers = count(1)

    def _reference(self, kind: str) -> str:
        return f"{self.today:%Y%m%d}-{kind}-{next(self._numbers):010X}-00"

    @property
    def documents(self) -> list[Received]:
        """Everything that has a KSeF number."""
        return list(self.registry.values())

    # --- login --------------------------------------------------------------------------------

    def challenge(self) -> dict[str, Any]:
        """A word to be signed or encrypted, good once."""
        word = self._reference("CR")
        self._challenges[word] = milliseconds = 1_764_000_000_000 + next(self._numbers)
        return {"challenge": word, "timestamp": f"{self.today}T00:00:00Z", "timestampMs": milliseconds}

    def login_by_token(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Decrypt token|milliseconds and compare both."""
        milliseconds = self._challenges.pop(asked["challenge"], 0)
        try:
            text = opened(asked["encryptedToken"]).decode()
        except ValueError:
            text = ""
        is_right = text == f"{self.token}|{milliseconds}" and asked["contextIdentifier"]["value"] == self.nip
        return self._pass(OK if is_right else SEMANTICS, "token")

    def login_by_certificate(self, signed: bytes) -> dict[str, Any]:
        """Verify the signature with the certificate inside, the challenge and the NIP."""
        document = etree.fromstring(signed)
        xmlsec.tree.add_ids(document, ["Id"])
        signature = xmlsec.tree.find_node(document, "Signature")
        der = document.findtext(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
        if signature is None or der is None:
            raise Refusal(400, "no signature")
        pem = f"-----BEGIN CERTIFICATE-----\n{der.strip()}\n-----END CERTIFICATE-----\n"
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
        try:
            context.verify(signature)
        except xmlsec.Error as error:
            raise Refusal(400, "the signature is wrong") from error
        word = document.findtext("a:Challenge", namespaces=NS) or ""
        nip = document.findtext("a:ContextIdentifier/a:Nip", namespaces=NS)
        is_right = self._challenges.pop(word, 0) and nip == self.nip
        return self._pass(OK if is_right else SEMANTICS, "certificate")

    def _pass(self, code: int, how: str) -> dict[str, Any]:
        reference, token = self._reference("AU"), self._reference("PASS")
        self._passes[token] = code
        self.logins.append(how)
        return {
            "referenceNumber": reference,
            "authenticationToken": {"token": token, "validUntil": f"{self.today}T23:59:59Z"},
        }

    def login_status(self, token: str) -> dict[str, Any]:
        """Whether the login held."""
        code = self._passes.get(token, SEMANTICS)
        text = "Uwierzytelnianie zakończone sukcesem" if code == OK else "Uwierzytelnianie nieudane"
        return {"startDate": f"{self.today}T00:00:00Z", "status": {"code": code, "description": text}}

    def redeem(self, token: str) -> dict[str, Any]:
        """An access token, once."""
        if self._passes.pop(token, 0) != OK:
            raise Refusal(400, "nothing to redeem")
        access = self._reference("ACCESS")
        self._access.add(access)
        until = f"{self.today}T23:59:59Z"
        return {
            "accessToken": {"token": access, "validUntil": until},
            "refreshToken": {"token": f"{access}-R", "validUntil": until},
        }

    def check_access(self, token: str) -> None:
        """Raise Refusal 401 for a token that is not, or no longer, good."""
        if token not in self._access:
            raise Refusal(401, "Unauthorized")

    def forget_logins(self) -> None:
        """Every access token expires."""
        self._access.clear()

    # --- sending ------------------------------------------------------------------------------

    def open_session(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A session for FA (3) under a key that only the server can read."""
        if asked["formCode"] != FORM:
            raise Refusal(400, "unknown form")
        encryption = asked["encryption"]
        reference = self._reference("SO")
        self.sessions[reference] = OnlineSession(
            opened(encryption["encryptedSymmetricKey"]), base64.b64decode(encryption["initializationVector"])
        )
        return {"referenceNumber": reference, "validUntil": f"{self.today}T23:59:59Z"}

    def session(self, reference: str) -> OnlineSession:
        """A session; raises Refusal 404."""
        if reference not in self.sessions:
            raise Refusal(404, "no such session")
        return self.sessions[reference]

    def take(self, reference: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Decrypt, check and register a document."""
        session = self.session(reference)
        if not session.is_open:
            raise Refusal(400, "the session is closed")
        encrypted = base64.b64decode(asked["encryptedInvoiceContent"])
        self._check_measures(encrypted, asked["encryptedInvoiceHash"], asked["encryptedInvoiceSize"])
        try:
            xml, code = decrypted(encrypted, session.key, session.start), OK
            self._check_measures(xml, asked["invoiceHash"], asked["invoiceSize"])
        except ValueError:
            xml, code = b"", UNDECRYPTABLE
        received = Received(
            self._reference("EE"), reference, asked["invoiceHash"], xml, bool(asked.get("offlineMode")), code
        )
        received.polls_left = self.busy_polls
        if code == OK:
            self._judge(received)
        session.received.append(received)
        return {"referenceNumber": received.reference}

    def _check_measures(self, data: bytes, sha256: str, size: int) -> None:
        if sha256_of(data) != sha256 or len(data) != size:
            raise Refusal(400, "hash or size differ from what was sent")

    def _judge(self, received: Received) -> None:
        if self.rejections:
            received.code = self.rejections.pop(0)
            received.details = ["on request of a test"]
            return
        try:
            validate_fa3_xml_xsd(received.xml)
        except FA3XmlValidationError as error:
            received.code, received.details = BAD_FILE, [str(error)]
            return
        document = etree.fromstring(received.xml)
        said = {
            name: document.findtext(path, default="", namespaces=NS)
            for name, path in {
                "nip": "f:Podmiot1/f:DaneIdentyfikacyjne/f:NIP",
                "buyer": "f:Podmiot2/f:DaneIdentyfikacyjne/f:NIP",
                "kind": "f:Fa/f:RodzajFaktury",
                "number": "f:Fa/f:P_2",
                "day": "f:Fa/f:P_1",
            }.items()
        }
        key = (said["nip"], said["kind"], said["number"])
        if said["nip"] != self.nip:
            received.code = FORBIDDEN
        elif date.fromisoformat(said["day"]) > self.today:
            received.code, received.details = SEMANTICS, ["P_1 leży w przyszłości"]
        elif said["buyer"] in self.strangers:
            received.code, received.details = SEMANTICS, [f"NIP nabywcy {said['buyer']} nie istnieje"]
        elif key in self.registry:
            self._point_to(self.registry[key], received)
        else:
            self._register(key, received, is_late=date.fromisoformat(said["day"]) < self.today)

    def _point_to(self, original: Received, received: Received) -> None:
        received.code = DUPLICATE
        if "details" in self.duplicates_tell:
            told = (
                f"Duplikat faktury. Faktura o numerze KSeF: {original.ksef_number} została już prawidłowo "
                f"przesłana do systemu w sesji: {original.session}"
            )
            received.details = [told]
        if "extensions" in self.duplicates_tell:
            received.extensions = {
                "originalKsefNumber": cast("str", original.ksef_number),
                "originalSessionReferenceNumber": original.session,
            }

    def _register(self, key: tuple[str, str, str], received: Received, *, is_late: bool) -> None:
        body = f"{self.nip}-{self.today:%Y%m%d}-{next(self._numbers):012X}"
        received.ksef_number = f"{body}-{crc8(body.encode()):02X}"
        received.acquired_at = datetime(self.today.year, self.today.month, self.today.day, 11, 5, tzinfo=UTC)
        received.offline = received.offline or is_late
        self.registry[key] = received

    def forget_sessions(self) -> None:
        """No session can be found any more; the documents are."""
        self.sessions.clear()

    # --- answers ------------------------------------------------------------------------------

    def find(self, session: str, named: str) -> Received:
        """A document of a session by reference or KSeF number; raises Refusal 404."""
        for received in self.session(session).received:
            if named in (received.reference, received.ksef_number):
                return received
        raise Refusal(404, "no such document")

    def status(self, received: Received) -> dict[str, Any]:
        """What became of a document."""
        code = received.code
        if received.polls_left:
            received.polls_left -= 1
            code = PROCESSING
        is_final = code == OK
        status: dict[str, Any] = {"code": code, "description": TEXTS.get(code, "Nieznany błąd")}
        if received.details:
            status["details"] = received.details
        if received.extensions and code == DUPLICATE:
            status["extensions"] = received.extensions
        answer: dict[str, Any] = {
            "ordinalNumber": 1,
            "referenceNumber": received.reference,
            "invoiceHash": received.sha256,
            "invoicingDate": f"{self.today}T11:00:00+00:00",
            "status": status,
        }
        if is_final and received.acquired_at is not None:
            answer["ksefNumber"] = received.ksef_number
            answer["acquisitionDate"] = received.acquired_at.isoformat()
            answer["invoicingMode"] = "Offline" if received.offline else "Online"
        return {name: said for name, said in answer.items() if name not in self.omitted}

    def receipt(self, received: Received) -> bytes:
        """The official receipt (UPO) of an accepted document."""
        if self.upo_misses:
            self.upo_misses -= 1
            raise Refusal(404, "not ready")
        if received.ksef_number is None:
            raise Refusal(404, "there is none")
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<Potwierdzenie xmlns="http://upo.schematy.mf.gov.pl/KSeF/v4-3"><Dokument>'
            f"<NumerKSeFDokumentu>{received.ksef_number}</NumerKSeFDokumentu>"
            f"<SkrotDokumentu>{received.sha256}</SkrotDokumentu>"
            "</Dokument></Potwierdzenie>"
        ).encode()

    def stored(self, ksef_number: str) -> Received:
        """A document by its KSeF number; raises Refusal 404, or what `hidden_by` says."""
        if self.hidden_by is not None:
            raise Refusal(self.hidden_by, "not shown")
        for received in self.registry.values():
            if received.ksef_number == ksef_number:
                return received
        raise Refusal(404, "no such document")

    def listed(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What is known of the documents of a number and kind; raises Refusal as `unlisted` says."""
        if self.unlisted not in {None, OK}:
            raise Refusal(self.unlisted or 0, "not listed")
        kinds = [each.upper() for each in asked.get("invoiceTypes", [])]
        found = [
            {
                "ksefNumber": received.ksef_number,
                "invoiceNumber": number,
                "invoiceHash": received.sha256,
                "invoiceType": kind.title(),
                "acquisitionDate": None if received.acquired_at is None else received.acquired_at.isoformat(),
            }
            for (_, kind, number), received in self.registry.items()
            if self.unlisted is None and number == asked.get("invoiceNumber") and kind in kinds
        ]
        return {"invoices": found, "hasMore": False, "isTruncated": False}

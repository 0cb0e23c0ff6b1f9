"""Where files of a session lie: its workspace, noted files, and the places that ledger.toml names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.session import decide as d
from ledger.domain.session import purge_rules as rules
from ledger.domain.session.evolve import Artefact, Session, Workspace
from ledger.errors import ArtefactRefused, VersionTaken, WorkspacesMissing
from ledger.handlers.reasons import split_reason
from ledger.handlers.session import tell
from ledger.purge.directory import descriptors_available
from ledger.purge.place import is_same, seen_at, true_host
from ledger.purge.plan import make_plan
from ledger.purge.protected import require_file_harmless, require_harmless
from ledger.purge.scope import Named, Scope, root_of
from ledger.purge.settings import Pattern, PurgeSettings, parse_settings

ATTEMPTS_MAX = 5
"""Attempts to record a change of places beside other writers."""
_STAYS = {"root-missing", "root-refused", "other-device", "too-deep", "link"}
_OPEN = {"requested", "connected", "disconnected"}


def settings_of(ledger: Ledger) -> PurgeSettings:
    """Return what ledger.toml says of purges; raises BadConfig."""
    return parse_settings(ledger.folder.read_config())


# --- the session's own folder -----------------------------------------------------------------


def workspace(ledger: Ledger, said: Metadata, named: str) -> tuple[Path, Receipt | None]:
    """Return the session's own folder, made for its owner alone while the session is not over.

    Its place is recorded when it is made, and when it is found to be another one.
    Raises PlaceProtected, WorkspacesMissing.
    """
    stream, number = ledger.find_session(named)
    settings = settings_of(ledger)
    if settings.workspaces is None:
        raise WorkspacesMissing("no folder for workspaces is named")
    require_harmless(settings, ledger.folder.path, deep=False)
    path = settings.workspaces / str(number)
    session = ledger.session(stream)
    if session.state in _OPEN:
        try:
            path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise WorkspacesMissing(f"the session's folder cannot be made: {error.strerror}") from error
    return path, _remember(ledger, said, named, session, path)


def _remember(ledger: Ledger, said: Metadata, named: str, session: Session, path: Path) -> Receipt | None:
    seen = seen_at(path)
    if seen is None or session.state == "purged":
        return None
    if seen.is_link or not seen.is_folder:
        raise WorkspacesMissing(
            "a link stands in the place of the session's folder" if seen.is_link else "it is no folder",
            hint="put a folder there; a purge never follows a link",
        )
    if os.name == "posix" and path.stat().st_uid != os.geteuid() and session.state in _OPEN:
        raise WorkspacesMissing("the session's folder belongs to another user")
    if any(_is_remembered(ledger, each, path, seen.place, said) for each in session.workspaces):
        return None
    note_places(ledger, said)
    host = true_host()
    words = PersonalData("session", {"path": str(path), "real": os.path.realpath(path)})

    def decide(current: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return rules.make_workspace(current, author, at=moment, place=seen.place, host=host)

    return tell(ledger, said, named, "workspace", {}, decide=decide, at=None, words=words)


def _is_remembered(ledger: Ledger, known: Workspace, path: Path, place: e.Place, said: Metadata) -> bool:
    words = ledger.words(known.commitment)
    is_here = known.host == true_host() and known.workstation in {None, said.workstation}
    is_there = words is not None and words["path"] == str(path)
    return not known.gone and is_here and is_there and is_same(known.place, place) is not False


# --- noted files ------------------------------------------------------------------------------


def note_artefact(ledger: Ledger, said: Metadata, named: str, *, path: Path, kind: e.ArtefactKind) -> Receipt:
    """Note that a file outside the workspace belongs to the session; its path goes to the vault.

    Raises ArtefactRefused for what the purge would not enter, PlaceProtected for a file of a ledger.
    """
    settings = settings_of(ledger)
    root = root_of(settings, path)
    if root is None:
        raise ArtefactRefused("the file lies below no root that a purge may delete in")
    if path.is_dir() or not os.path.lexists(path):
        raise ArtefactRefused("there is no file of that name")
    require_file_harmless(path, ledger.folder.path)
    require_harmless(settings, ledger.folder.path, deep=False)
    stream, _ = ledger.find_session(named)
    scope = Scope("artefact", "artefact/0", root, path.relative_to(root).as_posix())
    plan = make_plan(stream, "", [scope], by_descriptor=descriptors_available())
    found = plan.targets[0].found
    if found.left or found.errno or not found.entries:
        why = ", ".join(sorted(found.flags & _STAYS)) or found.errno or "not found"
        raise ArtefactRefused(
            f"a purge would not reach the file ({why})",
            hint="name it by the folder it really lies in, below one of purge.roots, without a link",
        )
    seen = seen_at(path)
    place, host = None if seen is None else seen.place, true_host()
    note_places(ledger, said)
    words = PersonalData("session", {"path": str(path), "real": os.path.realpath(path)})

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return rules.note_artefact(session, author, at=moment, artefact=kind, place=place, host=host)

    return tell(ledger, said, named, "artefact", {"kind": kind}, decide=decide, at=None, words=words)


def withdraw_artefact(ledger: Ledger, said: Metadata, named: str, *, number: int, reason: str) -> Receipt:
    """Take a file off the session's list that was noted by mistake; the note and the reason stay."""
    code, words = split_reason(reason)

    def decide(session: Session, author: d.Author, moment: datetime) -> list[e.Event]:
        return rules.withdraw_artefact(session, author, at=moment, number=number, reason=code)

    arguments = {"withdraw": number, "reason": code}
    return tell(ledger, said, named, "artefact", arguments, decide=decide, at=None, words=words)


# --- the places of ledger.toml ----------------------------------------------------------------


def note_places(ledger: Ledger, said: Metadata) -> Receipt | None:
    """Record the places that ledger.toml names, if they are not those recorded last on this host."""
    settings, host = settings_of(ledger), true_host()
    named = _identities(settings)
    text = _written(settings)
    for attempt in range(ATTEMPTS_MAX):
        last = next((each for each in reversed(ledger.state.places) if each.host == host), None)
        if last is None and not named:
            return None
        words = None if last is None else ledger.words(last.commitment)
        if last is not None and last.places == named and (words or {}).get("places") == text:
            return None
        author = d.Author(said.by, said.source, said.workstation)
        event = e.PlacesChanged(**author.header(ledger.now()), host=host, places=named)
        try:
            receipt = ledger.record(
                LEDGER_STREAM, ledger.state.version, [event], PersonalData("tax", {"places": text})
            )
        except VersionTaken:
            ledger.reread_state()
            if attempt == ATTEMPTS_MAX - 1:
                raise
        else:
            ledger.reread_state()
            return receipt
    raise AssertionError


def _identities(settings: PurgeSettings) -> tuple[e.NamedPlace, ...]:
    found: list[e.NamedPlace] = []
    for key, path in settings.places():
        try:
            seen = seen_at(path)
        except OSError:
            seen = None
        found.append(e.NamedPlace(key=key, place=None if seen is None else seen.place))
    return tuple(found)


def _written(settings: PurgeSettings) -> str:
    """Return the places as JSON, for the vault."""
    workspaces = settings.workspaces
    document = {
        "workspaces": None if workspaces is None else str(workspaces),
        "roots": [str(root) for root in settings.roots],
        "patterns": [
            {"name": each.name, "root": str(each.root), "glob": each.glob} for each in settings.patterns
        ],
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


class _Pattern(msgspec.Struct):
    name: str
    root: str
    glob: str


class _Places(msgspec.Struct):
    workspaces: str | None
    roots: list[str]
    patterns: list[_Pattern]


def places_during(ledger: Ledger, session: Session) -> list[Named]:
    """Return what ledger.toml named on this host while a session lasted, as far as it was recorded."""
    host = true_host()
    changes = [each for each in ledger.state.places if each.host == host]
    first = max((n for n, each in enumerate(changes) if each.at <= session.requested_at), default=0)
    return [named for each in changes[first:] if (named := _named(ledger, each)) is not None]


def _named(ledger: Ledger, change: e.PlacesChanged) -> Named | None:
    words = ledger.words(change.commitment)
    if words is None:
        return None
    told = msgspec.json.decode(words["places"], type=_Places)
    settings = PurgeSettings(
        workspaces=None if told.workspaces is None else Path(told.workspaces),
        roots=tuple(map(Path, told.roots)),
        patterns=tuple(Pattern(each.name, Path(each.root), each.glob) for each in told.patterns),
    )
    identities = zip(settings.places(), change.places, strict=False)
    roots = tuple((path, each.place) for (_, path), each in identities if each.place is not None)
    return Named(settings, roots)


def earlier_workspaces(ledger: Ledger) -> list[Path]:
    """Return the folders of workspaces on this host that ledger.toml named once and names no more."""
    today, host = settings_of(ledger).workspaces, true_host()
    named = [_named(ledger, each) for each in ledger.state.places if each.host == host]
    paths = [each.settings.workspaces for each in named if each is not None]
    return list(dict.fromkeys(path for path in paths if path is not None and path != today))


# --- what is still there ----------------------------------------------------------------------


def unpurged_places(ledger: Ledger) -> Iterator[tuple[int, Session, list[Path]]]:
    """Return the sessions that are over and not deleted, with the remembered paths that are not there."""
    host = true_host()
    seen: set[bytes] = set()
    topics = {e.WorkspaceMade.TOPIC, e.ArtefactNoted.TOPIC}
    for rows in ledger.store.pages(0):
        seen |= {row[1] for row in rows if row[3] in topics}
    for stream in seen:
        session = ledger.session(UUID(bytes=stream))
        if session.state == "purged":
            continue
        remembered: list[Artefact | Workspace] = [each for each in session.workspaces if not each.gone]
        remembered += [each for each in session.artefacts if not each.withdrawn]
        words = [ledger.words(each.commitment) for each in remembered if each.host in {None, host}]
        paths = [Path(each["path"]) for each in words if each is not None]
        yield ledger.session_number(session.id), session, paths

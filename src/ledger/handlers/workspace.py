"""Where files of a session lie: its workspace, noted files, and the places that ledger.toml names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from operator import itemgetter
from pathlib import Path
from uuid import UUID

import msgspec

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.session.commands import MakeWorkspace, NoteArtefact, WithdrawArtefact
from ledger.domain.session.evolve import Artefact, Session, Workspace
from ledger.errors import ArtefactRefused, VersionTaken, WorkspacesMissing
from ledger.folder.access import restrict
from ledger.folder.not_written import not_written
from ledger.handlers.session import handle
from ledger.message import Hint, Message, msg
from ledger.purge.directory import descriptors_available
from ledger.purge.place import SeenPlace, is_same, seen_at, true_host
from ledger.purge.plan import make_plan
from ledger.purge.protected import is_ledger, require_file_harmless, require_harmless
from ledger.purge.scope import Named, PurgeScope, root_of
from ledger.purge.settings import FilePattern, PurgeSettings, parse_settings
from ledger.store.finding import CheckFinding

ATTEMPTS_MAX = 5
"""Attempts to record a change of places beside other writers."""
NAME_EACH = Hint("give each machine a name of its own with --workstation NAME")
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
        raise WorkspacesMissing(msg("no folder for workspaces is named"))
    require_harmless(settings, ledger.folder.path, deep=False)
    path = settings.workspaces / str(number)
    session = ledger.session(stream)
    if session.state in _OPEN:
        try:
            is_new = not path.exists()
            path.mkdir(mode=0o700, exist_ok=True)
            if is_new:
                restrict(path)
        except OSError as error:
            otherwise = msg("the session's folder cannot be made: {error}")
            raise not_written(error, path, WorkspacesMissing, otherwise=otherwise) from error
    return path, _remember(ledger, said, named, session, path)


def _remember(ledger: Ledger, said: Metadata, named: str, session: Session, path: Path) -> Receipt | None:
    seen = seen_at(path)
    if seen is None or session.state == "purged":
        return None
    if seen.is_link or not seen.is_folder:
        raise WorkspacesMissing(
            msg("a link stands in the place of the session's folder")
            if seen.is_link
            else msg("it is no folder"),
            hint=Hint("put a folder there; a purge never follows a link"),
        )
    if os.name == "posix" and path.stat().st_uid != os.geteuid() and session.state in _OPEN:
        raise WorkspacesMissing(msg("the session's folder belongs to another user"))
    if any(_is_remembered(ledger, each, path, seen.place, said) for each in session.workspaces):
        return None
    if hosts := sorted(other_hosts(ledger, session, said.workstation)):
        raise WorkspacesMissing(_named_twice(said, hosts), hint=NAME_EACH)
    note_places(ledger, said)
    host = true_host()
    command = MakeWorkspace(path=str(path), real=os.path.realpath(path), place=seen.place, host=host)
    return handle(ledger, said, named, command)


def _is_remembered(ledger: Ledger, known: Workspace, path: Path, place: e.Place, said: Metadata) -> bool:
    words = ledger.words(known.commitment)
    is_here = known.host == true_host() and known.workstation in {None, said.workstation}
    is_there = words is not None and words["path"] == str(path)
    return not known.gone and is_here and is_there and is_same(known.place, place) is not False


def other_hosts(ledger: Ledger, session: Session, workstation: str | None) -> set[str]:
    """Return the other hosts on which data were placed under the name of a workstation.

    A host that was renamed is the same: what was placed stands here as it was.
    """
    found = set[str]()
    remembered: list[Artefact | Workspace] = [each for each in session.workspaces if not each.gone]
    remembered += [each for each in session.artefacts if not each.withdrawn]
    for each in remembered:
        if each.workstation == workstation and each.host not in {None, true_host()}:
            words = ledger.words(each.commitment)
            seen = None if words is None else _seen(Path(words["path"]))
            if seen is None or each.place is None or is_same(each.place, seen.place) is not True:
                found.add(str(each.host))
    return found


def _named_twice(said: Metadata, hosts: list[str]) -> Message:
    return msg(
        "the session has data of {workstation} on {hosts}, which is another machine",
        workstation=str(said.workstation),
        hosts=", ".join(hosts),
    )


# --- noted files ------------------------------------------------------------------------------


def note_artefact(ledger: Ledger, said: Metadata, named: str, *, path: Path, kind: e.ArtefactKind) -> Receipt:
    """Note that a file outside the workspace belongs to the session; its path goes to the vault.

    Raises ArtefactRefused for what the purge would not enter, PlaceProtected for a file of a ledger.
    """
    settings = settings_of(ledger)
    root = root_of(settings, path)
    if root is None:
        raise ArtefactRefused(msg("the file lies below no root that a purge may delete in"))
    if path.is_dir() or not os.path.lexists(path):
        raise ArtefactRefused(msg("there is no file of that name"))
    require_file_harmless(path, ledger.folder.path)
    require_harmless(settings, ledger.folder.path, deep=False)
    stream, _ = ledger.find_session(named)
    scope = PurgeScope("artefact", "artefact/0", root, path.relative_to(root).as_posix())
    plan = make_plan(stream, "", [scope], by_descriptor=descriptors_available())
    found = plan.targets[0].found
    if found.left or found.errno or not found.entries:
        why = ", ".join(sorted(found.flags & _STAYS)) or found.errno or msg("not found")
        raise ArtefactRefused(
            msg("a purge would not reach the file ({why})", why=why),
            hint=Hint("name it by the folder it really lies in, below one of purge.roots, without a link"),
        )
    if hosts := sorted(other_hosts(ledger, ledger.session(stream), said.workstation)):
        raise ArtefactRefused(_named_twice(said, hosts), hint=NAME_EACH)
    seen = seen_at(path)
    place, host = None if seen is None else seen.place, true_host()
    note_places(ledger, said)
    real = os.path.realpath(path)
    command = NoteArtefact(kind=kind, path=str(path), real=real, place=place, host=host)
    return handle(ledger, said, named, command)


def withdraw_artefact(ledger: Ledger, said: Metadata, named: str, *, number: int, reason: str) -> Receipt:
    """Take a file off the session's list that was noted by mistake; the note and the reason stay."""
    return handle(ledger, said, named, WithdrawArtefact(withdraw=number, reason=reason))


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
        event = e.PlacesChanged(**said.without_command().header(ledger.now()), host=host, places=named)
        try:
            receipt = ledger.record(
                e.following(LEDGER_STREAM, ledger.state.version, event), PersonalData("tax", {"places": text})
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
        seen = _seen(path)
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
        patterns=tuple(FilePattern(each.name, Path(each.root), each.glob) for each in told.patterns),
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


def left_places(ledger: Ledger) -> Iterator[CheckFinding]:
    """Yield what is still there: of sessions that wait too long, and in places that are named no more."""
    known: set[Path] = set()
    for number, session in _placed(ledger):
        for path, place in _remembered_paths(ledger, session):
            known.add(path)
            yield from _left_of(ledger, number, session, path, place)
    for workspaces in earlier_workspaces(ledger):
        for number, path in numbered(workspaces):
            if path not in known and ledger.store.resolve("session", number) is not None:
                sentence = msg(
                    "a folder of session {number} stands in a place that ledger.toml names no more",
                    number=number,
                )
                yield CheckFinding("place-unnamed", sentence)
    today = settings_of(ledger).workspaces
    for number, path in () if today is None else numbered(today):
        if is_ledger(path):
            yield CheckFinding(
                "place-ledger",
                msg("a ledger stands where session {number} would have its folder", number=number),
            )


def _left_of(
    ledger: Ledger, number: int, session: Session, path: Path, place: e.Place
) -> Iterator[CheckFinding]:
    sla = timedelta(seconds=ledger.state.settings["purge.sla_seconds"])
    seen = _seen(path)
    if seen is None or seen.is_link or is_same(place, seen.place) is False:
        if not session.purge_attempts:  # else the attempt is a finding of its own
            yield CheckFinding(
                "place-gone", msg("a file or folder of session {number} is not where it was", number=number)
            )
    elif (
        session.ended_at is not None and session.held_until is None and ledger.now() > session.ended_at + sla
    ):
        yield CheckFinding(
            "place-left", msg("session {number} ended, and its files are there; purge it", number=number)
        )


def _placed(ledger: Ledger) -> list[tuple[int, Session]]:
    """Return the sessions with remembered places whose data are not recorded as deleted, by number."""
    topics, over = {e.WorkspaceMade.TOPIC, e.ArtefactNoted.TOPIC}, {e.DataPurged.TOPIC}
    placed: set[bytes] = set()
    gone: set[bytes] = set()
    for rows in ledger.store.pages(0):
        placed |= {row[1] for row in rows if row[3] in topics}
        gone |= {row[1] for row in rows if row[3] in over}
    sessions = [ledger.session(UUID(bytes=stream)) for stream in placed - gone]
    return sorted(((ledger.session_number(each.id), each) for each in sessions), key=itemgetter(0))


def _remembered_paths(ledger: Ledger, session: Session) -> Iterator[tuple[Path, e.Place]]:
    """Yield the remembered paths on this host that no purge was through with."""
    remembered: list[Artefact | Workspace] = [each for each in session.workspaces if not each.gone]
    remembered += [each for each in session.artefacts if not each.withdrawn]
    last = {each.workstation: each for each in remembered}
    done = {w for w in last if isinstance(session.purge_outcomes.get(w or ""), e.PartPurged)}
    found: dict[Path, e.Place] = {}
    for each in remembered:
        words = ledger.words(each.commitment)
        is_here = each.host == true_host() and each.workstation not in done
        if is_here and words is not None and each.place is not None:
            found[Path(words["path"])] = each.place
    yield from found.items()


def numbered(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield what bears a number in a folder, by number; nothing where the folder is not there."""
    try:
        found = [path for path in folder.iterdir() if path.name.isascii() and path.name.isdigit()]
    except OSError:
        return
    yield from sorted((int(path.name), path) for path in found)


def _seen(path: Path) -> SeenPlace | None:
    try:
        return seen_at(path)
    except OSError:
        return None

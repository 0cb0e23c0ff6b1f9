"""Where data of a session may lie on this host: what was made, noted and named, and what came meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from ledger.application.ledger import Ledger
from ledger.domain.clock import epoch_microseconds
from ledger.domain.events import PurgeTarget
from ledger.domain.session.doubts import DOUBTS
from ledger.domain.session.evolve import Artefact, Session, Workspace
from ledger.errors import PurgeOtherHost
from ledger.handlers.purge_evidence import REMOVED_BEFORE
from ledger.handlers.workspace import other_hosts, places_during
from ledger.message import Hint, msg
from ledger.purge.execute import is_gone
from ledger.purge.place import is_same, true_host
from ledger.purge.plan import PlannedTarget, PurgePlan, look
from ledger.purge.scope import NotedArtefact, PurgeScope, SessionSpan, Subject, scopes_of
from ledger.purge.settings import PurgeSettings

Others = Callable[[int, datetime, datetime], Sequence[tuple[datetime, datetime | None]]]
"""The times of the other sessions that lie in a stretch: (number of this one, begin, end)."""


def scopes_now(
    ledger: Ledger, session: Session, settings: PurgeSettings, subject: Subject, workstation: str
) -> list[PurgeScope]:
    """Return everything that a purge on this host looks at, by what is recorded and named now."""
    artefacts = _artefacts(ledger, session, workstation)
    made = _workspaces(ledger, session, workstation, subject.number, true_host())
    return scopes_of(settings, subject, artefacts, made, places_during(ledger, session))


def require_one_host(ledger: Ledger, session: Session, workstation: str) -> None:
    """Raise PurgeOtherHost if data were placed on another host under the name of this workstation."""
    if hosts := sorted(other_hosts(ledger, session, workstation)):
        raise PurgeOtherHost(
            msg(
                "{workstation} is {hosts} too, and data of the session were placed there",
                workstation=workstation,
                hosts=", ".join(hosts),
            ),
            hint=Hint(
                "delete what lies on each of them by hand, then --declare it; one name is for one machine"
            ),
        )


def meanwhile(
    plan: PurgePlan, scopes: Sequence[PurgeScope], *, by_descriptor: bool
) -> Iterator[PlannedTarget]:
    """Yield what a plan does not know: places made, noted or named since, where something was or is there."""
    known = {_key(target.scope) for target in plan.targets}
    for scope in scopes:
        if scope.kind not in {"shared_log", "vendor"} and _key(scope) not in known:
            found = look(scope, by_descriptor=by_descriptor)
            if found.residual or scope.is_remembered:
                yield PlannedTarget(scope, found)


def _key(scope: PurgeScope) -> tuple[object, ...]:
    if scope.root is None:
        return scope.kind, scope.locator
    return scope.kind, scope.root, scope.path, scope.was


def _artefacts(ledger: Ledger, session: Session, workstation: str) -> list[NotedArtefact]:
    noted: list[NotedArtefact] = []
    for number, artefact in enumerate(session.artefacts, start=1):
        if artefact.workstation in {None, workstation} and not artefact.withdrawn:
            was_gone = _was_gone(session, workstation, f"artefact/{number}")
            noted.append(_noted(ledger, number, artefact, was_gone=was_gone))
    return noted


def _workspaces(
    ledger: Ledger, session: Session, workstation: str, session_number: int, host: str
) -> list[NotedArtefact]:
    """Return the session's folders on this host; of several under one path all that may be left.

    A folder that was made anew is another one: where the one before it is, nobody saw, unless a purge
    removed it.
    """
    found = list[NotedArtefact]()
    for number, each in enumerate(session.workspaces, start=1):
        is_here = each.host == host or each.workstation == workstation  # renamed; see require_one_host
        if is_here and each.workstation in {None, workstation} and not each.gone:
            locators = (f"workspace/{session_number}", f"workspace/{session_number}/{number}")
            gone = [locator for locator in locators if _was_gone(session, workstation, locator)]
            noted = _noted(ledger, number, each, was_gone=bool(gone))
            last = session.purge_outcomes.get(workstation)
            reported = {} if last is None else {target.locator: target for target in last.targets}
            noted = noted._replace(seen_as=next((each for each in locators if each in reported), ""))
            found = [each for each in found if not _is_succeeded(each, noted, reported)]
            found.append(noted)
    return found


def _is_succeeded(before: NotedArtefact, by: NotedArtefact, reported: Mapping[str, PurgeTarget]) -> bool:
    """Return True if a folder is the one remembered before, or came after a purge had removed that one."""
    if before.path is None or before.path != by.path:
        return False
    if before.was is None or by.was is None or is_same(before.was, by.was) is not False:
        return True
    last = reported.get(before.seen_as)
    is_removed = last is not None and (last.result == "removed" or REMOVED_BEFORE in last.flags)
    return last is not None and is_removed and DOUBTS.isdisjoint(last.flags)


def _noted(ledger: Ledger, number: int, remembered: Artefact | Workspace, *, was_gone: bool) -> NotedArtefact:
    words = ledger.words(remembered.commitment)
    path = None if words is None else Path(words["path"])
    return NotedArtefact(
        number, path, was_gone, remembered.place, None if words is None else words.get("real")
    )


def _was_gone(session: Session, workstation: str, locator: str) -> bool:
    """Return True if an earlier purge saw the target gone, or was cut short when it may have."""
    last = session.purge_outcomes.get(workstation)
    seen = () if last is None else last.targets
    return session.purge_started_at is not None or any(
        target.locator == locator and is_gone(target) for target in seen
    )


def subject_of(session: Session, number: int, settings: PurgeSettings, others: Others) -> Subject:
    """Return the names and times by which files of a session are known."""
    begins = min((c.connected_at for c in session.connections), default=None)
    if begins is None or session.ended_at is None or not settings.patterns:
        return Subject(number, session.session_ref)
    grace = timedelta(seconds=settings.grace_seconds)
    ends = session.ended_at + grace
    meanwhile = tuple(
        _span(begun, ends if ended is None else ended + grace)
        for begun, ended in others(number, begins, ends)
    )
    return Subject(number, session.session_ref, _span(begins, ends), meanwhile)


def _span(begins: datetime, ends: datetime) -> SessionSpan:
    return SessionSpan(epoch_microseconds(begins) * 1000, epoch_microseconds(ends) * 1000)

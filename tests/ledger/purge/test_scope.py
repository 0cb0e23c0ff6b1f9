"""Patterns take what was written in the session's own time; logs of all sessions and vendors are listed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.purge.scope import NotedArtefact, SessionSpan, Subject, file_name_of, root_of
from ledger.purge.settings import FilePattern, PurgeSettings, SharedLog, Vendor
from tests.support.purges import carried, everything, planned
from tests.support.systems import absolute, needs_links

SPAN = SessionSpan(1000, 2000)


def videos(folder: Path, glob: str = "**/*.tvs", **written: int) -> PurgeSettings:
    """Settings with one pattern, and files below its root written at a moment (nanoseconds); __ is /."""
    for name, moment_ns in written.items():
        file = folder / "videos" / f"{name.replace('__', '/')}.tvs"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
        os.utime(file, ns=(moment_ns, moment_ns))
    (folder / "videos").mkdir(exist_ok=True)
    return PurgeSettings(patterns=(FilePattern("videos", folder / "videos", glob),))


def test_a_pattern_takes_what_was_written_in_the_time_of_the_session(tmp_path: Path) -> None:
    made = videos(tmp_path, before=900, first=1000, sub__last=2000, after=2100)
    (target,) = carried(planned(made, subject=Subject(17, None, SPAN)))
    assert (target.kind, target.locator, target.result, target.files) == ("pattern", "videos", "removed", 2)
    assert set(everything(tmp_path / "videos")) == {"before.tvs", "after.tvs", "sub"}


def test_a_file_in_the_time_of_another_session_stays_and_is_flagged(tmp_path: Path) -> None:
    made = videos(tmp_path, mine=1100, either=1500)
    (target,) = carried(planned(made, subject=Subject(17, None, SPAN, (SessionSpan(1400, 1600),))))
    assert (target.result, target.files, target.residual) == ("residual", 1, 1)
    assert target.flags == ("ambiguous",)
    assert set(everything(tmp_path / "videos")) == {"either.tvs"}


def test_a_recording_that_is_written_after_the_plan_is_found_and_left(tmp_path: Path) -> None:
    made = videos(tmp_path, mine=1100)
    plan = planned(made, subject=Subject(17, None, SPAN))
    videos(tmp_path, late=1900)
    (target,) = carried(plan)
    assert (target.result, target.files, target.residual, target.flags) == ("residual", 1, 1, ("appeared",))


def test_a_file_of_the_plan_that_is_written_to_stays_found(tmp_path: Path) -> None:
    """Its new moment lies outside the session's time; its name does not let go."""
    made = videos(tmp_path, mine=1100)
    plan = planned(made, subject=Subject(17, None, SPAN))
    (tmp_path / "new").write_text("x", encoding="utf-8")
    (tmp_path / "new").replace(tmp_path / "videos" / "mine.tvs")
    (target,) = carried(plan)
    assert (target.result, target.residual) == ("residual", 1)


@pytest.mark.parametrize(
    ("glob", "taken"),
    [
        ("*.tvs", {"17.tvs", "170.tvs", "2026-A-1.tvs"}),
        ("{session}.tvs", {"17.tvs"}),
        ("{ref}.tvs", {"2026-A-1.tvs"}),
        ("sub/*.tvs", {"sub/17.tvs"}),
        ("*/17.tvs", {"sub/17.tvs"}),
        ("**/17.tvs", {"17.tvs", "sub/17.tvs"}),
        ("sub/**", {"sub/17.tvs"}),
        ("**", {"17.tvs", "170.tvs", "2026-A-1.tvs", "sub/17.tvs"}),
        ("sub", set[str]()),
    ],
)
def test_what_a_glob_means(tmp_path: Path, glob: str, taken: set[str]) -> None:
    made = videos(tmp_path, glob, **{"17": 1500, "170": 1500, "2026-A-1": 1500, "sub__17": 1500})
    (target,) = planned(made, subject=Subject(17, "2026/A 1", SPAN)).targets
    assert {entry.path for entry in target.found.entries} == taken


def test_a_file_named_after_a_reference_that_is_not_is_nobody_s(tmp_path: Path) -> None:
    made = videos(tmp_path, "*{ref}*", some=1500)
    (target,) = planned(made, subject=Subject(17, None, SPAN)).targets
    assert target.found.entries == []


@needs_links
def test_a_pattern_deletes_nothing_behind_a_link_and_does_not_pass_over_it(tmp_path: Path) -> None:
    made = videos(tmp_path)
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file.tvs").write_text("kept", encoding="utf-8")
    (tmp_path / "videos" / "sub").symlink_to(victim)
    span = SessionSpan(0, 2**62)
    (target,) = carried(planned(made, subject=Subject(17, None, span)))
    assert (target.result, target.residual, target.flags) == ("residual", 1, ("link",))
    assert (victim / "file.tvs").exists()


def test_a_reference_as_a_file_name_holds_no_way_and_no_star() -> None:
    assert file_name_of("2026/11/A-17") == "2026-11-A-17"
    assert file_name_of("../*[ą]") == "..-ą-"


def test_logs_of_all_sessions_stay_and_vendors_are_listed(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("x", encoding="utf-8")
    made = PurgeSettings(
        shared_logs=(SharedLog("log", tmp_path / "log"), SharedLog("none", tmp_path / "no" / "log")),
        vendors=(Vendor("tv", "reports"),),
    )
    plan = planned(made)
    assert (plan.files, plan.size_bytes) == (0, 0)
    told = [(target.kind, target.locator, target.result) for target in carried(plan)]
    assert told == [
        ("shared_log", "log", "retained"),
        ("shared_log", "none", "absent"),
        ("vendor", "tv", "external"),
    ]
    assert (tmp_path / "log").exists()


def test_the_innermost_root_holds_a_path() -> None:
    root = Path(absolute("/a"))
    made = PurgeSettings(workspaces=root / "ws", roots=(root,))
    assert root_of(made, root / "ws" / "17" / "x") == root / "ws"
    assert root_of(made, root / "x") == root
    assert root_of(made, root) is None
    assert root_of(made, root / ".." / "etc" / "passwd") is None
    assert root_of(made, Path("a/x")) is None


def test_a_plan_hashes_the_same_for_the_same_and_differs_for_another(tmp_path: Path) -> None:
    made = videos(tmp_path, mine=1500)
    first = planned(made, subject=Subject(17, None, SPAN))
    assert first.digest() == planned(made, subject=Subject(17, None, SPAN)).digest()
    assert first.canonical() == first.canonical().strip()
    with (tmp_path / "videos" / "mine.tvs").open("a", encoding="utf-8") as file:
        file.write("more")
    os.utime(tmp_path / "videos" / "mine.tvs", ns=(1500, 1500))
    assert planned(made, subject=Subject(17, None, SPAN)).digest() != first.digest()
    assert planned(made, NotedArtefact(1, None)).digest() != first.digest()

"""The tables of `events.db`, and the guards that keep them append-only.

The guards travel with the file: they hold against every program that opens it, REPLACE and UPSERT
included, which pass by UPDATE and DELETE triggers. Whoever owns the file can drop them; then the
hashes tell.
"""

from __future__ import annotations

VERSION_IS_TAKEN = "events: this version of the stream is taken"
REFERENCE_IS_TAKEN = "reference: this key is taken"

SCHEMA: dict[str, str] = {
    # recorded_at: microseconds since 1970, UTC. state: the payload, the very bytes that are hashed.
    "events": """\
CREATE TABLE events (
    leaf_index INTEGER PRIMARY KEY,
    originator_id BLOB NOT NULL CHECK (length(originator_id) = 16),
    originator_version INTEGER NOT NULL CHECK (originator_version >= 1),
    topic TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    state BLOB NOT NULL,
    leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
    UNIQUE (originator_id, originator_version)
) STRICT""",
    "events_no_update": """\
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events: an event is never changed'); END""",
    "events_no_delete": """\
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events: an event is never removed'); END""",
    "events_append_only": f"""\
CREATE TRIGGER events_append_only BEFORE INSERT ON events
BEGIN
    SELECT RAISE(ABORT, 'events: this is not the next leaf index')
    WHERE NEW.leaf_index IS NOT (SELECT coalesce(max(leaf_index) + 1, 0) FROM events);
    SELECT RAISE(ABORT, '{VERSION_IS_TAKEN}')
    WHERE EXISTS (SELECT 1 FROM events WHERE originator_id = NEW.originator_id
                  AND originator_version = NEW.originator_version);
END""",  # noqa: S608 - a constant of ours
    "reference": """\
CREATE TABLE reference (
    kind TEXT NOT NULL,
    key ANY NOT NULL,
    stream BLOB NOT NULL CHECK (length(stream) = 16),
    digest TEXT,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID""",
    "reference_number_of_stream": """\
CREATE INDEX reference_number_of_stream ON reference (stream) WHERE kind = 'session'""",
    "reference_no_update": """\
CREATE TRIGGER reference_no_update BEFORE UPDATE ON reference
BEGIN SELECT RAISE(ABORT, 'reference: a key is never given anew'); END""",
    "reference_no_delete": """\
CREATE TRIGGER reference_no_delete BEFORE DELETE ON reference
BEGIN SELECT RAISE(ABORT, 'reference: a key is never removed'); END""",
    "reference_append_only": f"""\
CREATE TRIGGER reference_append_only BEFORE INSERT ON reference
BEGIN
    SELECT RAISE(ABORT, 'reference: this is not the next session number')
    WHERE NEW.kind = 'session'
          AND NEW.key IS NOT (SELECT coalesce(max(key) + 1, 1) FROM reference WHERE kind = 'session');
    SELECT RAISE(ABORT, '{REFERENCE_IS_TAKEN}')
    WHERE EXISTS (SELECT 1 FROM reference WHERE kind = NEW.kind AND key = NEW.key);
END""",  # noqa: S608 - a constant of ours
    # The roots of 256 complete children each: level 1 over leaves, level 2 over level 1, and so on.
    "subtree": """\
CREATE TABLE subtree (
    level INTEGER NOT NULL CHECK (level >= 1),
    number INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID""",
    "subtree_no_update": """\
CREATE TRIGGER subtree_no_update BEFORE UPDATE ON subtree
BEGIN SELECT RAISE(ABORT, 'subtree: a hash is never changed'); END""",
    "subtree_no_delete": """\
CREATE TRIGGER subtree_no_delete BEFORE DELETE ON subtree
BEGIN SELECT RAISE(ABORT, 'subtree: a hash is never removed'); END""",
    "subtree_append_only": """\
CREATE TRIGGER subtree_append_only BEFORE INSERT ON subtree
BEGIN
    SELECT RAISE(ABORT, 'subtree: this is not the next number of its level')
    WHERE NEW.number IS NOT (SELECT coalesce(max(number) + 1, 0) FROM subtree WHERE level = NEW.level);
END""",
    # Signed tree heads as they were given out, and time stamps over them.
    "checkpoint": """\
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT""",
    "checkpoint_no_update": """\
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint: what was signed is never changed'); END""",
    "checkpoint_no_delete": """\
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint: what was signed is never removed'); END""",
    "checkpoint_append_only": """\
CREATE TRIGGER checkpoint_append_only BEFORE INSERT ON checkpoint
BEGIN
    SELECT RAISE(ABORT, 'checkpoint: a larger tree was signed already')
    WHERE NEW.size <= (SELECT max(size) FROM checkpoint);
END""",
    "anchor": """\
CREATE TABLE anchor (
    size INTEGER NOT NULL REFERENCES checkpoint (size),
    kind TEXT NOT NULL,
    token BLOB NOT NULL,
    PRIMARY KEY (size, kind, token)
) STRICT, WITHOUT ROWID""",
    "anchor_no_update": """\
CREATE TRIGGER anchor_no_update BEFORE UPDATE ON anchor
BEGIN SELECT RAISE(ABORT, 'anchor: a time stamp is never changed'); END""",
    "anchor_no_delete": """\
CREATE TRIGGER anchor_no_delete BEFORE DELETE ON anchor
BEGIN SELECT RAISE(ABORT, 'anchor: a time stamp is never removed'); END""",
    "anchor_append_only": """\
CREATE TRIGGER anchor_append_only BEFORE INSERT ON anchor
BEGIN
    SELECT RAISE(ABORT, 'anchor: this time stamp is here already')
    WHERE EXISTS (SELECT 1 FROM anchor WHERE size = NEW.size AND kind = NEW.kind AND token = NEW.token);
END""",
}
LOG_TABLES = ("subtree", "checkpoint", "anchor")
"""What a ledger made before the transparency log has not."""
"""Name of the table, index or trigger: the statement that makes it, as the file keeps it."""

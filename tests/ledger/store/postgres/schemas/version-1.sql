-- The log's tables, guards, functions and rights as the release of 2026-11-26 made them for the role desk.
CREATE SCHEMA ledger;
CREATE TABLE ledger.events (
    leaf_index bigint PRIMARY KEY,
    originator_id bytea NOT NULL CHECK (octet_length(originator_id) = 16),
    originator_version integer NOT NULL CHECK (originator_version >= 1),
    topic text COLLATE "C" NOT NULL,
    recorded_at bigint NOT NULL,
    state bytea NOT NULL,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE ledger.reference (
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS (CASE WHEN kind = 'session' THEN key::bigint END) STORED,
    stream bytea NOT NULL CHECK (octet_length(stream) = 16),
    digest text,
    PRIMARY KEY (kind, key)
);
CREATE INDEX reference_number_of_stream ON ledger.reference (stream) WHERE kind = 'session';
CREATE INDEX reference_number ON ledger.reference (number) WHERE kind = 'session';
CREATE TABLE ledger.subtree (
    level integer NOT NULL CHECK (level >= 1),
    number bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, number)
);
CREATE TABLE ledger.checkpoint (size bigint PRIMARY KEY, note text NOT NULL);
CREATE TABLE ledger.anchor (
    size bigint NOT NULL REFERENCES ledger.checkpoint (size),
    kind text COLLATE "C" NOT NULL,
    token bytea NOT NULL,
    PRIMARY KEY (size, kind, token)
);
CREATE TABLE ledger.schema_version (version integer PRIMARY KEY);

CREATE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0];
END $$;

CREATE FUNCTION ledger.guard_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.leaf_index IS DISTINCT FROM (SELECT coalesce(max(leaf_index) + 1, 0) FROM ledger.events) THEN
        RAISE EXCEPTION 'events: this is not the next leaf index';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger.events WHERE originator_id = NEW.originator_id
               AND originator_version = NEW.originator_version) THEN
        RAISE EXCEPTION 'events: this version of the stream is taken' USING DETAIL = NEW.leaf_index::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE INSERT ON ledger.events FOR EACH ROW EXECUTE FUNCTION ledger.guard_events();

CREATE TRIGGER no_update BEFORE UPDATE ON ledger.events FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('an event is never changed');
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON ledger.events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('an event is never removed');
ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER no_update;
ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION ledger.guard_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'session' AND NEW.key::bigint IS DISTINCT FROM
       (SELECT coalesce(max(number) + 1, 1) FROM ledger.reference WHERE kind = 'session') THEN
        RAISE EXCEPTION 'reference: this is not the next session number';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger.reference WHERE kind = NEW.kind AND key = NEW.key) THEN
        RAISE EXCEPTION 'reference: this key is taken' USING DETAIL = NEW.kind || ' ' || NEW.key;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE INSERT ON ledger.reference FOR EACH ROW EXECUTE FUNCTION ledger.guard_reference();

CREATE TRIGGER no_update BEFORE UPDATE ON ledger.reference FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('a key is never given anew');
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON ledger.reference
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('a key is never removed');
ALTER TABLE ledger.reference ENABLE ALWAYS TRIGGER no_update;
ALTER TABLE ledger.reference ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE ledger.reference ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION ledger.guard_subtree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number IS DISTINCT FROM
       (SELECT coalesce(max(number) + 1, 0) FROM ledger.subtree WHERE level = NEW.level) THEN
        RAISE EXCEPTION 'subtree: this is not the next number of its level';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE INSERT ON ledger.subtree FOR EACH ROW EXECUTE FUNCTION ledger.guard_subtree();

CREATE TRIGGER no_update BEFORE UPDATE ON ledger.subtree FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('a hash is never changed');
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON ledger.subtree
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('a hash is never removed');
ALTER TABLE ledger.subtree ENABLE ALWAYS TRIGGER no_update;
ALTER TABLE ledger.subtree ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE ledger.subtree ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION ledger.guard_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <= (SELECT max(size) FROM ledger.checkpoint) THEN
        RAISE EXCEPTION 'checkpoint: a larger tree was signed already';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE INSERT ON ledger.checkpoint FOR EACH ROW EXECUTE FUNCTION ledger.guard_checkpoint();

CREATE TRIGGER no_update BEFORE UPDATE ON ledger.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('what was signed is never changed');
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON ledger.checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('what was signed is never removed');
ALTER TABLE ledger.checkpoint ENABLE ALWAYS TRIGGER no_update;
ALTER TABLE ledger.checkpoint ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE ledger.checkpoint ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION ledger.guard_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger.anchor WHERE size = NEW.size AND kind = NEW.kind AND token = NEW.token) THEN
        RAISE EXCEPTION 'anchor: this time stamp is here already';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE INSERT ON ledger.anchor FOR EACH ROW EXECUTE FUNCTION ledger.guard_anchor();

CREATE TRIGGER no_update BEFORE UPDATE ON ledger.anchor FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('a time stamp is never changed');
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON ledger.anchor
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse('a time stamp is never removed');
ALTER TABLE ledger.anchor ENABLE ALWAYS TRIGGER no_update;
ALTER TABLE ledger.anchor ENABLE ALWAYS TRIGGER no_delete;
ALTER TABLE ledger.anchor ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION ledger.begin_append(OUT last_index bigint, OUT last_recorded_at bigint, OUT last_number bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ledger.events IN EXCLUSIVE MODE;
    SELECT leaf_index, recorded_at INTO last_index, last_recorded_at
    FROM ledger.events ORDER BY leaf_index DESC LIMIT 1;
    SELECT coalesce(max(number), 0) INTO last_number FROM ledger.reference WHERE kind = 'session';
END $$;
CREATE FUNCTION ledger.append_event(
    indexes bigint[], streams bytea[], versions integer[], topics text[], moments bigint[], states bytea[],
    hashes bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ledger.events IN EXCLUSIVE MODE;
    INSERT INTO ledger.events
        (leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash)
    SELECT i, o, v, t, m, s, h
    FROM unnest(indexes, streams, versions, topics, moments, states, hashes) AS given (i, o, v, t, m, s, h)
    ORDER BY i;
END $$;
CREATE FUNCTION ledger.append_reference(kinds text[], keys text[], streams bytea[], digests text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ledger.events IN EXCLUSIVE MODE;
    INSERT INTO ledger.reference (kind, key, stream, digest)
    SELECT k, w, s, d
    FROM unnest(kinds, keys, streams, digests) WITH ORDINALITY AS given (k, w, s, d, place) ORDER BY place;
END $$;
CREATE FUNCTION ledger.append_subtree(level integer, number bigint, hash bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ledger.events IN EXCLUSIVE MODE;
    INSERT INTO ledger.subtree VALUES (level, number, hash);
END $$;
CREATE FUNCTION ledger.append_checkpoint(size bigint, note text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ledger.events IN EXCLUSIVE MODE;
    INSERT INTO ledger.checkpoint VALUES (size, note);
END $$;
CREATE FUNCTION ledger.append_anchor(size bigint, kind text, token bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE ledger.events IN EXCLUSIVE MODE;
    INSERT INTO ledger.anchor VALUES (size, kind, token);
END $$;

INSERT INTO ledger.schema_version VALUES (1);
REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO desk;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO desk;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger TO desk;


from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.merkle import leaf_hash
from ledger.store.leaf import entry_line

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "entry_line.json").read_text(encoding="utf-8")
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def compact(data: object) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["what"])
def test_a_line_and_its_hash_are_those_of_the_vectors(vector: dict[str, Any]) -> None:
    line = entry_line(
        vector["index"],
        UUID(vector["stream"]).bytes,
        vector["version"],
        vector["type"],
        vector["recorded_at_us"],
        vector["payload"].encode(),
    )
    assert line.decode() == vector["line"]
    assert leaf_hash(line).hex() == vector["leaf_hash"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["what"])
def test_the_vectors_agree_with_json_and_hashlib(vector: dict[str, Any]) -> None:
    """The file itself is checked by a construction that shares nothing with the code."""
    read = json.loads(vector["line"])
    assert list(read) == ["index", "stream", "version", "type", "recorded_at", "data"]
    assert compact(read) == vector["line"]
    assert compact(read["data"]) == vector["payload"]
    instant = EPOCH + timedelta(microseconds=vector["recorded_at_us"])
    assert read["recorded_at"] == instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert sha256(b"\0" + vector["line"].encode()).hexdigest() == vector["leaf_hash"]


@settings(deadline=None)
@given(
    index=st.integers(0, 2**62),
    stream=st.uuids(),
    version=st.integers(1, 2**31),
    moment=st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_every_line_is_what_json_would_write(
    index: int, stream: UUID, version: int, moment: datetime, data: object
) -> None:
    recorded_at_us = (moment - EPOCH) // timedelta(microseconds=1)
    line = entry_line(index, stream.bytes, version, "session.noted:1", recorded_at_us, compact(data).encode())
    assert line.decode() == compact(
        {
            "index": index,
            "stream": str(stream),
            "version": version,
            "type": "session.noted:1",
            "recorded_at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "data": data,
        }
    )
    assert b"\n" not in line

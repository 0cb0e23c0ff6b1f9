"""Rate sessions in a process of its own, by whichever build it finds: print microseconds of one of them.

`python rating.py FACTS`: a JSON file of the price list's text and of what rating is told of each session.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

BUILDS = (
    ("ledger.domain.rating.bulk", "ledger.domain.rating.inputs", "ledger.domain.tariff.tariff"),
    ("ledger.rater", "ledger.facts", "ledger.tariff"),
)
"""Where today's build, and that of 2026-11-26, keep the rater, its inputs, and the price list."""


def main(file: Path) -> None:
    """Rate every session in turn, as a replay does; the tables are made before."""
    rating, inputs, lists = _modules()
    text, told = json.loads(file.read_bytes())
    facts = [_facts(inputs, each) for each in told]
    gc.disable()
    rater = rating.Rater(lists.parse_tariff(text))
    rater.totals(facts[0])
    began = time.process_time()
    for each in facts:
        rater.totals(each)
    print((time.process_time() - began) * 1e6 / len(facts))


def _modules() -> tuple[Any, ...]:
    for names in BUILDS[:-1]:
        try:
            return tuple(import_module(name) for name in names)
        except ImportError:
            continue
    return tuple(import_module(name) for name in BUILDS[-1])


def _facts(inputs: Any, told: list[Any]) -> Any:  # noqa: ANN401 - of either build
    requested_s, connections, kinds, purchases, waiver = told
    return inputs.SessionFacts(
        requested_s,
        tuple((start, end) for start, end in connections),
        tuple(inputs.Kind(*each) for each in kinds),
        tuple(inputs.Purchase(*each) for each in purchases),
        None if waiver is None else inputs.Waiver(*waiver[: len(inputs.Waiver._fields)]),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

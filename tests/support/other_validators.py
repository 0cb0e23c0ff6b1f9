"""Validators of FA(3) that are not this project's: xmlschema of Python, Xerces of Java.

Both read the schema as `ksef_client` ships it and nothing from a network. Where one is not installed, what
asks for it is skipped. Xerces is that of Debian's libxerces2-java, or the one that a JDK has inside; bounds
of a hundred and more are none for it: it makes as many states of each, and was not ready with the Ministry's
10,000 rows and 50,000 corrected invoices after ten minutes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from ledger.fa3.schema import FA3

JARS = [Path("/usr/share/java") / name for name in ("xercesImpl.jar", "xml-apis.jar")]
PROGRAM = Path(__file__).with_name("Validate.java")
Verdicts = list[bool]


def schemas() -> Path:
    """The folder of the schema and of the three files that it takes in."""
    spec = find_spec("ksef_client")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "documents" / "fa3" / "schemas"


def by_xmlschema(files: Sequence[Path]) -> Verdicts:
    """Whether each file is valid; by a validator written in Python alone."""
    schema = _xmlschema()
    return [bool(schema.is_valid(str(file))) for file in files]


def by_xerces(files: Sequence[Path]) -> Verdicts:
    """Whether each file is valid; by Xerces, all in one process of Java."""
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None:
        pytest.skip("no JDK is installed")
    path = ["--class-path", ":".join(map(str, JARS))] if all(jar.is_file() for jar in JARS) else []
    with TemporaryDirectory(prefix="sl-schemas-") as folder:
        for schema in schemas().glob("*.xsd"):
            bounded = schema.read_text(encoding="utf-8")
            unbounded = re.sub(r'maxOccurs="\d{3,}"', 'maxOccurs="unbounded"', bounded)
            (Path(folder) / schema.name).write_text(unbounded, encoding="utf-8")
        told = subprocess.run(
            [java, *path, str(PROGRAM), folder, FA3, *map(str, files)],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
    return [line.startswith("valid") for line in told.stdout.splitlines()]


VALIDATORS: Mapping[str, Callable[[Sequence[Path]], Verdicts]] = {
    "xmlschema": by_xmlschema,
    "xerces": by_xerces,
}


@cache
def _xmlschema() -> Any:  # noqa: ANN401 - where it is not installed it has no types
    """The schema, each address of the Ministry taken for the file of the same name."""
    xmlschema = pytest.importorskip("xmlschema")
    folder = schemas()

    def shipped(uri: str) -> str:
        return str(folder / uri.rsplit("/", 1)[-1]) if "crd.gov.pl" in uri else uri

    return xmlschema.XMLSchema10(str(folder / FA3), uri_mapper=shipped, allow="local")

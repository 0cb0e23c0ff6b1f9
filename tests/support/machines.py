"""Other machines, all of them this one: a real scheduler and real workers on loopback, with certificates.

Each process is ended by SIGKILL: of the engine's own commands not all end when they are told to.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.systems import IS_WINDOWS

PATIENCE_S = 120
NEEDS_ENGINE = pytest.mark.skipif(
    IS_WINDOWS or importlib.util.find_spec("distributed") is None,
    reason="the engine for other machines (extra cluster) is not installed, or not tried here",
)


def processor_s(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Authority:
    """A CA made for one cluster."""

    def __init__(self, folder: Path, name: str = "cluster") -> None:
        self.folder, self.file = folder, folder / f"{name}-ca.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} CA")])
        authority = x509.BasicConstraints(ca=True, path_length=None)
        own = self._builder(self._name, self._key.public_key()).add_extension(authority, critical=True)
        self.file.write_bytes(self._signed(own))

    def certificate(self, name: str) -> tuple[Path, Path]:
        """The files of a certificate for this machine, and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        hosts = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        made = self._builder(subject, key.public_key()).add_extension(hosts, critical=False)
        files = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        files[0].write_bytes(self._signed(made))
        files[1].touch(mode=0o600)
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return files

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number())
        return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))

    def _signed(self, builder: x509.CertificateBuilder) -> bytes:
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Machines:
    """A scheduler, and workers that come and go; `settings` are the engine's own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.parts = folder / "parts"
        self.parts.mkdir(parents=True)
        self.authority = Authority(folder)
        self._settings = {
            "DASK_CONFIG": str(folder / "dask"),
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s",  # so long an answer of a dead one is asked for
            **settings,
        }
        self.workers: list[subprocess.Popen[bytes]] = []
        self._names: dict[int, str] = {}
        self.scheduler = self._begin(
            "scheduler", "--host", "127.0.0.1", "--protocol", "tls", "--port", "0",
            "--scheduler-file", str(folder / "scheduler.json"),
        )  # fmt: skip
        self.address = self._address()

    def _address(self) -> str:
        file, until = self.folder / "scheduler.json", time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.scheduler.poll() is None:
            try:
                return str(json.loads(file.read_text())["address"])
            except (OSError, ValueError):
                time.sleep(0.05)
        pytest.fail((self.folder / "log").read_text())

    def worker(
        self, *words: str, environment: dict[str, str] | None = None, authority: Authority | None = None
    ) -> subprocess.Popen[bytes]:
        """One more worker: a process that is not watched over, with one thread; let in by its authority."""
        name = f"worker-{time.monotonic_ns()}"
        made = self._begin(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0", *words,
            "--name", name, "--local-directory", str(self.folder),
            environment=environment, authority=authority,
        )  # fmt: skip
        self._names[made.pid] = name
        self.workers.append(made)
        return made

    def watched_worker(self, *words: str) -> None:
        """A worker that is started again each time it ends."""
        self.workers.append(
            self._begin(
                "worker", self.address, "--nthreads", "1", "--nworkers", "1", *words,
                "--local-directory", str(self.folder),
            )
        )  # fmt: skip

    def awaited(self) -> None:
        """Wait until every worker has come to the scheduler."""
        with self._asking() as client:
            client.wait_for_workers(len(self.workers), timeout=PATIENCE_S)

    def kill_with_a_block(self, one: subprocess.Popen[bytes]) -> None:
        """Stop a worker, and kill it once the scheduler has given it a block."""
        one.send_signal(signal.SIGSTOP)
        until = time.monotonic() + PATIENCE_S
        with self._asking() as client:
            there = client.scheduler_info()["workers"]
            (place,) = [place for place, each in there.items() if each["name"] == self._names[one.pid]]
            while not client.processing()[place] and time.monotonic() < until:
                time.sleep(0.05)
        self.kill(one)

    @contextlib.contextmanager
    def _asking(self) -> Generator[Any]:
        """A client of the engine's own, to ask the scheduler by."""
        import distributed  # noqa: PLC0415 - an extra

        engine: Any = distributed
        certificate, key = self.authority.certificate("tests")
        security = engine.Security(
            tls_ca_file=str(self.authority.file), tls_client_cert=str(certificate), tls_client_key=str(key)
        )
        with engine.Client(self.address, security=security, timeout=PATIENCE_S, set_as_default=False) as made:
            yield made

    def kill(self, *some: subprocess.Popen[bytes]) -> None:
        """End processes at once; all of them unless some are named."""
        for each in some or (*self.workers, self.scheduler):
            with contextlib.suppress(ProcessLookupError):  # it was ended before
                os.killpg(each.pid, signal.SIGKILL)
            each.wait(timeout=PATIENCE_S)
            if each in self.workers:
                self.workers.remove(each)

    def written(self, name: str = "workers.toml", **more: str) -> Path:
        """A file that names these machines; a certificate of the asker's own is made for it."""
        asker = self.folder / "asker.pem"
        if not asker.exists():
            self.authority.certificate("asker")
        said = {
            "scheduler": self.address,
            "ca": self.authority.file.name,
            "cert": "asker.pem",
            "key": "asker.key",
            "parts": str(self.parts),
            "wait": "5m",
            **more,
        }
        file = self.folder / name
        file.write_text("".join(f'{key} = "{value}"\n' for key, value in said.items() if value))
        return file

    def _begin(
        self,
        what: str,
        *words: str,
        environment: dict[str, str] | None = None,
        authority: Authority | None = None,
    ) -> subprocess.Popen[bytes]:
        name = f"{what}-{len(self.workers)}-{time.monotonic_ns()}"
        certified = authority or self.authority
        certificate, key = certified.certificate(name)
        tls: Sequence[str | Path] = (
            "--tls-ca-file", certified.file, "--tls-cert", certificate, "--tls-key", key,
        )  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *words, *tls, "--no-dashboard"],
                cwd=self.folder,
                env={**os.environ, **self._settings, **(environment or {})},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )

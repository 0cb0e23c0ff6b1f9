"""A time stamping authority, made on the spot by openssl."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

NEEDS_OPENSSL = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="the time stamping authority of these tests is openssl"
)
POLICY = "1.2.3.4.1"
# Without `certs=`: openssl would put a second certificate into the answer in an order that DER forbids.
_CONFIG = f"""\
[tsa]
default_tsa = authority
[authority]
serial = serial
default_policy = {POLICY}
digests = sha256, sha384, sha512
signer_digest = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
_CERTIFICATE = """\
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[stamps]
extendedKeyUsage = critical, timeStamping
"""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """Its folder, and what it answers."""

    def __init__(self, folder: Path, name: str = "Authority", days: int = 30) -> None:
        folder.mkdir()
        self._folder = folder
        self.ca = folder / "ca.pem"
        for file, text in (("tsa.cnf", _CONFIG), ("ext.cnf", _CERTIFICATE), ("serial", "01\n")):
            (folder / file).write_text(text, encoding="ascii")
        subject = ("-subj", f"/CN={name} root")
        self._openssl("req", "-new", *_KEY, "-keyout", "ca.key", "-out", "ca.csr", *subject)
        extensions = ("-extfile", "ext.cnf", "-extensions")
        signed_by_itself = ("-signkey", "ca.key", "-days", str(days), *extensions, "root")
        self._openssl("x509", "-req", "-in", "ca.csr", "-out", "ca.pem", *signed_by_itself)
        subject = ("-subj", f"/CN={name}")
        self._openssl("req", "-new", *_KEY, "-keyout", "tsa.key", "-out", "tsa.csr", *subject)
        by_root = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", str(days))
        self._openssl("x509", "-req", "-in", "tsa.csr", "-out", "tsa.pem", *by_root, *extensions, "stamps")

    def reply(self, query: bytes) -> bytes:
        """The answer to a request."""
        (self._folder / "query.tsq").write_bytes(query)
        signer = ("-signer", "tsa.pem", "-inkey", "tsa.key")
        of = ("-queryfile", "query.tsq", "-out", "reply.tsr")
        self._openssl("ts", "-reply", "-config", "tsa.cnf", *of, *signer)
        return (self._folder / "reply.tsr").read_bytes()

    def stamp(self, content: bytes, digest: str = "sha256") -> bytes:
        """The answer to a request that openssl made itself."""
        (self._folder / "content").write_bytes(content)
        self._openssl("ts", "-query", "-data", "content", f"-{digest}", "-cert", "-out", "own.tsq")
        return self.reply((self._folder / "own.tsq").read_bytes())

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self._folder, check=True, capture_output=True)

"""Keys and certificates of the fake KSeF and of those who log in to it; made once for a test run."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
CBC_BLOCK_BITS = 128


@lru_cache(maxsize=1)
def server_key() -> rsa.RSAPrivateKey:
    """What the fake KSeF decrypts with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate_of(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, name: str, *, days: int = 400
) -> x509.Certificate:
    """A certificate that a key signs for itself."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


@lru_cache(maxsize=1)
def server_certificate() -> str:
    """Base64 of the DER of the server's certificate."""
    der = certificate_of(server_key(), "KSeF").public_bytes(serialization.Encoding.DER)
    return base64.b64encode(der).decode()


def write_login(
    folder: Path,
    name: str = "TINPL-5260250274",
    *,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    password: str | None = None,
) -> tuple[Path, Path]:
    """A certificate of an invoicing shop and its key, as files: (certificate, key)."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    certificate, private = folder / "ksef.crt", folder / "ksef.key"
    certificate.write_bytes(certificate_of(key, name).public_bytes(serialization.Encoding.PEM))
    locked = password and serialization.BestAvailableEncryption(password.encode())
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            locked or serialization.NoEncryption(),
        )
    )
    private.chmod(0o600)
    return certificate, private


def opened(encrypted: str) -> bytes:
    """What was encrypted for the server with RSA-OAEP; raises ValueError."""
    return server_key().decrypt(base64.b64decode(encrypted), OAEP)


def decrypted(data: bytes, key: bytes, start: bytes) -> bytes:
    """AES-256-CBC with PKCS#7; raises ValueError."""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    padded = decryptor.update(data) + decryptor.finalize()
    unpadder = PKCS7(CBC_BLOCK_BITS).unpadder()
    return unpadder.update(padded) + unpadder.finalize()

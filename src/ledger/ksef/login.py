"""Logging in to KSeF: a certificate signs its challenge, or a token is shown to it encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import KsefLoginRefused
from ledger.ksef.settings import Access, CertificateLogin
from ledger.message import msg

if TYPE_CHECKING:
    from ksef_client import KsefClient
    from ksef_client.models import AuthenticationChallengeResponse, AuthenticationInitResponse


def begin_login(client: KsefClient, access: Access) -> AuthenticationInitResponse:
    """A login that KSeF has begun to check; raises KsefLoginRefused."""
    challenge = client.auth.get_challenge()
    if isinstance(access.login, CertificateLogin):
        return _signed(client, challenge.challenge, access.nip, access.login)
    return _token_shown(client, challenge, access.nip, access.login.token)


def _signed(
    client: KsefClient, challenge: str, nip: str, login: CertificateLogin
) -> AuthenticationInitResponse:
    """The challenge signed as XAdES with the certificate's key; raises KsefLoginRefused."""
    from ksef_client.services.auth import build_auth_token_request_xml  # noqa: PLC0415 - takes 200 ms
    from ksef_client.services.xades import XadesKeyPair, sign_xades_enveloped  # noqa: PLC0415 - the same

    try:
        pair = XadesKeyPair.from_pem_files(
            certificate_path=str(login.certificate),
            private_key_path=str(login.key),
            private_key_password=login.password,
        )
    except (OSError, ValueError) as error:
        raise KsefLoginRefused(msg("ksef.certificate and ksef.key cannot be read")) from error
    asked = build_auth_token_request_xml(
        challenge=challenge, context_identifier_type="nip", context_identifier_value=nip
    )
    signed = sign_xades_enveloped(asked, pair.certificate_pem, pair.private_key_pem)
    begun = client.auth.submit_xades_auth_request(signed)
    if begun is None:
        raise KsefLoginRefused(msg("KSeF answered nothing to the certificate"))
    return begun


def _token_shown(
    client: KsefClient, challenge: AuthenticationChallengeResponse, nip: str, token: str
) -> AuthenticationInitResponse:
    """The token, encrypted for KSeF together with the challenge's moment."""
    from ksef_client.services.auth import (  # noqa: PLC0415 - takes 200 ms
        build_ksef_token_auth_request,
        encrypt_ksef_token,
    )

    certificate = client.security.get_public_key_certificate("KsefTokenEncryption")
    encrypted = encrypt_ksef_token(
        public_certificate=certificate.certificate, token=token, timestamp_ms=challenge.timestamp_ms
    )
    return client.auth.submit_ksef_token_auth(
        build_ksef_token_auth_request(
            challenge=challenge.challenge,
            context_identifier_type="nip",
            context_identifier_value=nip,
            encrypted_token_base64=encrypted,
            public_key_id=certificate.public_key_id,
        )
    )

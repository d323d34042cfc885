"""What a certificate that somebody provides says, and what is wrong with it, before any pod is given it.

Pure. A server that does not start on it, or that no client believes, would be found out by a rollout otherwise.
"""

import dataclasses
from collections.abc import Collection
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from panko_operator.errors import CertificateError

RSA_BITS: Final = 2048  # what OpenSSL takes at its usual level of security


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """A certificate that a server can show now. `names` are host names, in lower case, and may begin with `*.`."""

    names: tuple[str, ...]
    not_after: datetime
    authority: str = ""  # in PEM, and nothing else that was there

    def covers(self, host: str) -> bool:
        """Tell whether a client that asked for a host believes it."""
        return covers(self.names, host)

    def a_name(self) -> str:
        """Return a host that it covers."""
        return self.names[0].replace("*", "panko", 1)


def covers(names: Collection[str], host: str) -> bool:
    """Tell whether one of a certificate's names is a host's: a `*` stands for the whole first label."""
    host = host.lower()
    above = host.partition(".")[2]
    return host in names or (bool(above) and f"*.{above}" in names)


def read(certificate: str, key: str, *, authority: str, secret: str, now: datetime) -> Given:
    """Read the texts of `tls.crt`, `tls.key` and `ca.crt` (or none) of a Secret.

    Raise CertificateError, with what to write, for what no server could use now.
    """
    first, *others = _certificates(certificate, "tls.crt", secret)
    signers = _certificates(authority, "ca.crt", secret) if authority else []
    _fit(first, others, key=_public(key, secret), secret=secret)
    _valid(first, secret, now)
    public = first.public_key()
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < RSA_BITS:
        raise CertificateError(
            f"The key of the certificate in Secret {secret} has {public.key_size} bits; have one made with "
            f"{RSA_BITS} or more, or with ECDSA."
        )
    names = _names(first)
    if not names:
        raise CertificateError(
            f"The certificate in Secret {secret} names no host (subjectAltName); have one made that names the API's."
        )
    trusted = "".join(one.public_bytes(Encoding.PEM).decode() for one in signers)
    return Given(names, first.not_valid_after_utc, trusted)


def _certificates(text: str, key: str, secret: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        what = "the authority's" if key == "ca.crt" else "the server's, and those between it and its authority after it"
        raise CertificateError(
            f"Key {key} of Secret {secret} holds no certificates in PEM that can be read; write {what} there."
        ) from None


def _public(key: str, secret: str) -> bytes:
    try:
        private = load_pem_private_key(key.encode(), password=None)
    except TypeError:
        raise CertificateError(
            f"Key tls.key of Secret {secret} is protected by a password; write it without one."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError(f"Key tls.key of Secret {secret} holds no private key in PEM; write it there.") from None
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _fit(first: x509.Certificate, others: list[x509.Certificate], *, key: bytes, secret: str) -> None:
    if _key_of(first) == key:
        return
    if key in map(_key_of, others):
        raise CertificateError(
            f"The certificate that tls.key of Secret {secret} belongs to is not the first in tls.crt; write it first."
        )
    raise CertificateError(
        f"tls.key of Secret {secret} does not fit the certificate in tls.crt; write the key that it was made for."
    )


def _key_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _valid(certificate: x509.Certificate, secret: str, now: datetime) -> None:
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > until:
        raise CertificateError(f"The certificate in Secret {secret} has expired at {until:%Y-%m-%dT%H:%MZ}; renew it.")
    if now < since:
        raise CertificateError(
            f"The certificate in Secret {secret} is not valid before {since:%Y-%m-%dT%H:%MZ}; wait for that, "
            "correct the clock, or have another one made."
        )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(name.lower() for name in alternative.value.get_values_for_type(x509.DNSName))

"""The certificate by which HAProxy knows the API's pods: of an authority that signs for nobody else.

What clients see proves nothing here: it may be of a public authority, and anybody may have one of those.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LASTS: Final = timedelta(days=20 * 365)
LASTS: Final = timedelta(days=365)
RENEWED_BEFORE: Final = timedelta(days=120)
_CLOCKS_DIFFER: Final = timedelta(hours=1)


def renewed(kept: Mapping[str, str], host: str, now: datetime) -> dict[str, str]:
    """Return `ca.crt`, `ca.key`, `tls.crt` and `tls.key` in PEM for a host: those that were kept, as long as they do.

    The authority stays when the certificate is renewed, so that who trusts it need not be told.
    """
    if _serves(kept.get("tls.crt", ""), host, now) and all(kept.get(name) for name in ("ca.crt", "ca.key", "tls.key")):
        return dict(kept)
    authority = _authority(kept, now)
    signer = x509.load_pem_x509_certificate(authority["ca.crt"].encode())
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    certificate = (
        _builder(host, signer.subject, key, now, now + LASTS)
        .add_extension(names, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(_private(authority["ca.key"]), hashes.SHA256())
    )
    return {**authority, "tls.crt": _text(certificate), "tls.key": _key_text(key)}


def _serves(certificate: str, host: str, now: datetime) -> bool:
    try:
        live = x509.load_pem_x509_certificate(certificate.encode())
        names = live.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    return host in names.get_values_for_type(x509.DNSName) and now + RENEWED_BEFORE < live.not_valid_after_utc


def _authority(kept: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return the authority that was kept, or a new one."""
    try:
        certificate = x509.load_pem_x509_certificate(kept.get("ca.crt", "").encode())
        _private(kept.get("ca.key", ""))
        if now + LASTS < certificate.not_valid_after_utc:
            return {name: kept[name] for name in ("ca.crt", "ca.key")}
    except (ValueError, TypeError):
        pass
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("panko-operator")
    certificate = (
        _builder("panko-operator", name, key, now, now + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return {"ca.crt": _text(certificate), "ca.key": _key_text(key)}


def _builder(
    subject: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject[:64]))  # which is all that fits; clients look at the other names
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(until)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(text.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(type(key))
    return key


def _text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _key_text(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

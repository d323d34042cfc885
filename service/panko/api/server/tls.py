"""TLS of the API's own port: which protocol is spoken, and with what certificate. It opens no socket."""

import dataclasses
import ssl

from panko.errors import ConfigurationError

# Of TLS 1.2, those with forward secrecy that encrypt and authenticate at once; TLS 1.3 has no others.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclasses.dataclass(frozen=True, slots=True)
class TLS:
    """Files of PEM: the certificate with those between it and its authority, and its key."""

    certificate_file: str
    key_file: str

    @classmethod
    def of(cls, certificate_file: str | None, key_file: str | None) -> "TLS | None":
        """Return what two options say; raise ConfigurationError when only one of them is there."""
        if certificate_file and key_file:
            return cls(certificate_file, key_file)
        if certificate_file or key_file:
            raise ConfigurationError("[api] tls_certificate_file goes with tls_key_file; set both of them or neither.")
        return None

    def context(self) -> ssl.SSLContext:
        """Read the files; raise ConfigurationError when they cannot be used."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(CIPHERS)
        context.options |= ssl.OP_NO_RENEGOTIATION  # a caller could have us calculate for nothing, again and again
        context.set_alpn_protocols(["http/1.1"])
        try:
            # Without a password for the key, a terminal would be asked for one.
            context.load_cert_chain(self.certificate_file, self.key_file, password="")
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"[api] tls_certificate_file or tls_key_file cannot be used: {error}; "
                "they are files of PEM, a certificate and its key without a password."
            ) from error
        return context

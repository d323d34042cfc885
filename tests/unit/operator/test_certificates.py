"""What a certificate says, and what is wrong with one; and those by which HAProxy knows the API's pods."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from panko_operator.certificates import given, own
from panko_operator.errors import CertificateError
from servers.authority import Authority

HOST = "panko.openstack.svc.cluster.local"
NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def read(pair, *, authority="", now=None):
    certificate, key = (one if isinstance(one, str) else one.read_text() for one in pair)
    return given.read(certificate, key, authority=authority, secret="web", now=now or dt.datetime.now(dt.UTC))


def test_names_and_the_end_are_read(authority):
    found = read(authority.sign("Events.example.org", "192.0.2.1"), authority=authority.ca.read_text())
    assert found.names == ("events.example.org",)
    assert dt.timedelta(hours=23) < found.not_after - dt.datetime.now(dt.UTC) <= dt.timedelta(days=1)
    assert found.authority.startswith("-----BEGIN CERTIFICATE-----")


def test_text_around_an_authority_is_left_out(authority):
    pem = authority.ca.read_text()
    found = read(authority.sign("a.example.org"), authority=f"# überall gültig\n{pem}")
    assert found.authority == pem


@pytest.mark.parametrize(
    ("names", "host", "covered"),
    [
        (("events.example.org",), "EVENTS.example.org", True),
        (("events.example.org",), "example.org", False),
        (("*.example.org",), "events.example.org", True),
        (("*.example.org",), "a.events.example.org", False),
        (("*.example.org",), "example.org", False),
        (("*.org",), "example.org", True),
        (("*.",), "panko", False),
    ],
)
def test_a_star_stands_for_the_first_label(names, host, covered):
    assert given.Given(names, NOW).covers(host) is covered


def test_a_certificate_that_has_expired_is_told(authority):
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    with pytest.raises(CertificateError, match=r"The certificate in Secret web has expired at .*Z; renew it\."):
        read(authority.sign("a.example.org"), now=later)


def test_a_certificate_of_the_future_is_told(authority):
    earlier = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    with pytest.raises(CertificateError, match=r"is not valid before .*Z; wait for that"):
        read(authority.sign("a.example.org"), now=earlier)


def test_a_key_of_another_certificate_is_told(authority):
    (certificate, _), (_, key) = authority.sign("a.example.org"), authority.sign("b.example.org")
    with pytest.raises(CertificateError, match=r"tls\.key of Secret web does not fit the certificate in tls\.crt"):
        read((certificate, key))


def test_a_chain_in_the_wrong_order_is_told(authority):
    certificate, key = authority.sign("a.example.org")
    with pytest.raises(CertificateError, match=r"is not the first in tls\.crt; write it first"):
        read((authority.ca.read_text() + certificate.read_text(), key))


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n"])
@pytest.mark.parametrize("key", ["tls.crt", "ca.crt"])
def test_what_is_no_certificate_is_told(authority, key, text):
    certificate, private = authority.sign("a.example.org")
    if key == "ca.crt" and not text:
        return  # there need not be one
    pair = (text, private) if key == "tls.crt" else (certificate, private)
    with pytest.raises(CertificateError, match=f"Key {key} of Secret web holds no certificates in PEM"):
        read(pair, authority=text if key == "ca.crt" else "")


def test_what_is_no_key_is_told_and_not_shown(authority):
    certificate, _ = authority.sign("a.example.org")
    with pytest.raises(CertificateError, match=r"Key tls\.key of Secret web holds no private key in PEM") as raised:
        read((certificate, "hunter2"))
    assert "hunter2" not in str(raised.value)


def test_a_key_with_a_password_is_told(authority):
    certificate, key = authority.sign("a.example.org")
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    protected = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    )
    with pytest.raises(CertificateError, match=r"tls\.key of Secret web is protected by a password; write it without"):
        read((certificate, protected.decode()))


def test_a_certificate_that_names_no_host_is_told(authority):
    # Of an authority's own: it has a subject, at which no client of today looks.
    with pytest.raises(CertificateError, match="names no host"):
        read((authority.ca, authority.key_text()))


def test_pods_are_known_by_a_certificate_of_their_own_authority():
    made = own.renewed({}, HOST, NOW)
    assert made.keys() == {"ca.crt", "ca.key", "tls.crt", "tls.key"}
    certificate = x509.load_pem_x509_certificate(made["tls.crt"].encode())
    signer = x509.load_pem_x509_certificate(made["ca.crt"].encode())
    certificate.verify_directly_issued_by(signer)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [HOST]
    assert given.read(made["tls.crt"], made["tls.key"], authority=made["ca.crt"], secret="s", now=NOW).covers(HOST)


def test_it_is_kept_for_most_of_its_life():
    made = own.renewed({}, HOST, NOW)
    assert own.renewed(made, HOST, NOW) == made
    assert own.renewed(made, HOST, NOW + own.LASTS - own.RENEWED_BEFORE - dt.timedelta(days=1)) == made


@pytest.mark.parametrize(
    "change",
    [
        {"when": own.LASTS - own.RENEWED_BEFORE},
        {"host": "panko.openstack.svc.example"},
        {"lost": "tls.key"},
        {"lost": "tls.crt"},
    ],
    ids=str,
)
def test_a_renewed_one_is_of_the_same_authority_and_another_key(change):
    made = own.renewed({}, HOST, NOW)
    kept = {name: text for name, text in made.items() if name != change.get("lost")}
    again = own.renewed(kept, change.get("host", HOST), NOW + change.get("when", dt.timedelta()))
    assert (again["ca.crt"], again["ca.key"]) == (made["ca.crt"], made["ca.key"])
    assert again["tls.key"] != made["tls.key"]


@pytest.mark.parametrize("lost", ["ca.crt", "ca.key"])
def test_without_its_authority_everything_is_made_again(lost):
    made = own.renewed({}, HOST, NOW)
    again = own.renewed({**made, lost: "nonsense"}, HOST, NOW + own.LASTS)
    assert again["ca.crt"] != made["ca.crt"]
    signer = x509.load_pem_x509_certificate(again["ca.crt"].encode())
    x509.load_pem_x509_certificate(again["tls.crt"].encode()).verify_directly_issued_by(signer)


def test_long_names_have_certificates_too():
    long = f"{'a' * 44}-api-pods.{'n' * 63}.svc.cluster.local"
    made = own.renewed({}, long, NOW)
    assert given.read(made["tls.crt"], made["tls.key"], authority="", secret="s", now=NOW).covers(long)


def test_the_keys_are_of_todays_kind():
    made = own.renewed({}, HOST, NOW)
    key = serialization.load_pem_private_key(made["tls.key"].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)

"""The Secrets that a spec refers to, which people provide. Pure."""

from panko_operator.resource.spec import Spec


def secrets(spec: Spec) -> frozenset[str]:
    """Return their names; that of the API's own certificate has a default, and is the Panko's to tell."""
    database, tls, memcached, s3 = spec.database, spec.database.tls, spec.memcached, spec.retention.s3
    references = [
        database.admin_secret_ref,
        database.account_secret_ref,
        spec.keystone.ca,
        tls and tls.ca,
        memcached.ca,
        s3 and s3.ca,
        *(publisher.password_secret_ref for publisher in spec.publishers),
    ]
    names = (
        spec.keystone.admin_secret_name,
        tls.client_secret_name if tls else None,
        memcached.client_secret_name,
        s3.secret_name if s3 else None,
        *(spec.collector.secret_names if spec.collector else ()),
        *(each.name for each in references if each),
    )
    return frozenset(name for name in names if name)

"""What the libraries raise about Keystone, as ours."""

import pytest
from keystoneauth1 import exceptions as refusals
from openstack import exceptions as sdk_refusals

from panko_operator.errors import (
    KeystoneError,
    KeystoneLoginRefusedError,
    KeystoneUnreachableError,
    KeystoneUntrustedError,
)
from panko_operator.keystone import session


def conflict():
    """Make the SDK's exception with the status that it takes from a response."""
    error = sdk_refusals.ConflictException("twice")
    error.status_code = 409
    return error


CASES = [
    (refusals.ConnectTimeout("slow"), KeystoneUnreachableError),
    (refusals.SSLError("certificate"), KeystoneUntrustedError),
    (refusals.ServiceUnavailable("busy"), KeystoneUnreachableError),
    (refusals.Unauthorized("who"), KeystoneLoginRefusedError),
    (refusals.Forbidden("no"), KeystoneError),
    (conflict(), KeystoneUnreachableError),
    (sdk_refusals.ForbiddenException("no"), KeystoneError),
    (sdk_refusals.InvalidResponse("nonsense"), KeystoneError),
]


@pytest.mark.parametrize(("raised", "ours"), CASES, ids=[type(raised).__name__ for raised, _ in CASES])
def test_every_refusal_becomes_one_of_ours_that_names_the_address(raised, ours):
    with pytest.raises(KeystoneError, match="http://keystone") as caught, session._translated("http://keystone", "me"):
        raise raised
    assert type(caught.value) is ours

"""Every error that the operator raises on purpose.

One tree, raised with data. A boundary turns a foreign error into one of these; `reconcile` turns them into a
condition, in one place. The message is the condition's message: one sentence that says what to do next, and it never
holds a secret.
"""


class OperatorError(Exception):
    """The root of all errors of this program. `reason` is the CamelCase word of the condition."""

    reason = "Error"


class InputError(OperatorError):
    """Something that the user has to provide is missing or unusable; retried when it changes."""

    reason = "InvalidInput"


class DefinitionOutdatedError(InputError):
    """The Panko lacks what the definition of the resource gives it by default: the definition is another release's."""

    reason = "DefinitionOutdated"


class SecretMissingError(InputError):
    """A referenced Secret, or a key of it, does not exist."""

    reason = "SecretMissing"


class ClaimMissingError(InputError):
    """A PersistentVolumeClaim that the spec names does not exist."""

    reason = "ClaimMissing"


class ConfigMapMissingError(InputError):
    """A ConfigMap that the spec names, or a key of it, does not exist."""

    reason = "ConfigMapMissing"


class TransportURLError(InputError):
    """What should be the URL of a RabbitMQ is none; the message says nothing of it."""

    reason = "TransportUnusable"


class DefinitionsError(InputError):
    """The collector's definitions cannot be read."""

    reason = "DefinitionsUnusable"


class NotAllowedError(InputError):
    """The Panko names something that the operator's own settings do not let it use."""

    reason = "NotAllowed"


class CertificateError(InputError):
    """A certificate that was given cannot be used; the message says what to write."""

    reason = "CertificateUnusable"


class CustomConfigError(InputError):
    """`customServiceConfig` or `policy` cannot be used; the message names the line."""

    reason = "InvalidCustomConfig"


class DatabaseError(OperatorError):
    """The database server refused something."""

    reason = "DatabaseError"


class DatabaseUnreachableError(DatabaseError):
    """The database server does not answer."""

    reason = "DatabaseUnreachable"


class DatabaseLoginRefusedError(DatabaseError):
    """The database server does not accept a user and password."""

    reason = "DatabaseLoginRefused"


class DatabaseBusyError(DatabaseError):
    """Something that goes on in the database has to end first."""

    reason = "DatabaseBusy"


class DatabasePrivilegeError(DatabaseError):
    """The database server takes the login and does not let it do what is needed."""

    reason = "DatabasePrivilegeMissing"


class DatabaseNotOursError(DatabaseError):
    """The database that the spec names is somebody else's."""

    reason = "DatabaseNotOurs"


class DatabaseUntrustedError(DatabaseError):
    """The database server does not prove that it is the one that was named."""

    reason = "DatabaseUntrusted"


class KeystoneError(OperatorError):
    """Keystone refused something."""

    reason = "KeystoneError"


class KeystoneUnreachableError(KeystoneError):
    """Keystone does not answer."""

    reason = "KeystoneUnreachable"


class KeystoneLoginRefusedError(KeystoneError):
    """Keystone does not accept a user and password."""

    reason = "KeystoneLoginRefused"


class KeystoneUntrustedError(KeystoneError):
    """Keystone does not prove that it is the one that was named."""

    reason = "KeystoneUntrusted"


class NotInKeystoneError(KeystoneError):
    """A domain or role that the spec names does not exist; the operator makes none."""

    reason = "NotInKeystone"


class ServiceUserNotOursError(KeystoneError):
    """The user that the spec names is somebody else's."""

    reason = "ServiceUserNotOurs"


class ApplicationCredentialError(KeystoneError):
    """Keystone does not offer application credentials, or not this one."""

    reason = "ApplicationCredentialRefused"


class OwnershipConflictError(KeystoneError):
    """Something of somebody else is where this Panko's would be."""

    reason = "OwnershipConflict"


class SuspendedError(OperatorError):
    """Something is not there that is not made while the Panko is suspended."""

    reason = "Suspended"


class FoughtOverError(OperatorError):
    """Somebody else goes on changing what is put right."""

    reason = "OwnershipConflict"


class EventAPIError(OperatorError):
    """The event API does not answer an authenticated query through the Service."""

    reason = "QueryFailed"


class KubernetesError(OperatorError):
    """The API server refused something."""

    reason = "KubernetesError"


class ForeignChildError(KubernetesError):
    """An object that would be a child exists, and is not this Panko's."""

    reason = "ChildNotOurs"


class ChangedMeanwhileError(KubernetesError):
    """Somebody has changed an object since it was read; the pass begins again, and nothing is told of it."""


class KindMissingError(KubernetesError):
    """The API server does not know a kind: what brings it is not installed in the cluster."""

    reason = "KindMissing"


class KubernetesUnreachableError(KubernetesError):
    """The API server does not answer; retried with jitter."""

    reason = "KubernetesUnreachable"

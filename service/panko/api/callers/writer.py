"""Who hands events in, as it is kept beside each of them: for an operator who asks the database, and never served."""

from panko.api.callers.credentials import Credentials


def named(caller: Credentials) -> str:
    """Name a publisher by its account, anybody else by the ids that Keystone knows."""
    if caller.publisher is not None:
        return f"publisher:{caller.publisher}"
    return f"user:{caller.user_id}@project:{caller.project_id}"

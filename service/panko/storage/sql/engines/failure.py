"""What a failure of a database can mean: what may help, and what to tell a person. Values only.

Nothing here quotes a driver's message: those hold SQL, values, hosts and account names.
"""

import dataclasses
import enum


class Remedy(enum.Enum):
    """What may help against a failure."""

    LOOK = "the same transaction succeeds at once when it looks first what is stored"
    RETRY = "the same transaction may succeed right away"
    WAIT = "the same transaction may succeed when somebody has done something"
    NONE = "a defect of this program or of its input"


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """A remedy, and one sentence for a person."""

    remedy: Remedy
    reason: str


AWAY = Failure(
    Remedy.RETRY,
    "The database does not answer. Try again in a few seconds; if that does not help, see that its server runs and "
    "that [database] connection names its host and port.",
)
# Nothing is wrong: an event that is stored was sent again. Seen twice in one call, somebody else writes the same.
KEY = Failure(Remedy.LOOK, "The database is busy with other writers; try again in a few seconds.")
BUSY = Failure(Remedy.RETRY, "The database is busy with other writers; try again in a few seconds.")
CROWDED = Failure(Remedy.RETRY, "The database has no connection left; try again, or raise its connection limit.")
READ_ONLY = Failure(Remedy.RETRY, "The database accepts no writing at the moment; try again in a few seconds.")
POOL = Failure(Remedy.WAIT, "All connections to the database are in use; try again, or add workers or threads.")
TOO_SLOW = Failure(
    Remedy.WAIT,
    "The database did not finish in time; ask for less, e.g. with a later start_timestamp or a lower limit.",
)
REFUSED = Failure(
    Remedy.WAIT, "The database refuses the account of [database] connection; correct its user, password or grants."
)
NO_SCHEMA = Failure(Remedy.WAIT, "The database has no tables, or old ones; run panko-dbsync.")
NO_DATABASE = Failure(Remedy.WAIT, "The database of [database] connection does not exist; create it.")
FULL = Failure(Remedy.WAIT, "The database has no space left; make room on its disk.")
LOG_OF_CHANGES_FULL = Failure(
    Remedy.WAIT,
    "Others wrote more while a table was changed than the database keeps of that; raise its "
    "innodb_online_alter_log_max_size, or wait for a quieter hour.",
)
LOGGED_AS_STATEMENTS = Failure(
    Remedy.WAIT,
    "A binary log of statements cannot hold those of READ COMMITTED; set binlog_format of the database to ROW.",
)
DEFECT = Failure(Remedy.NONE, "The database refused a statement.")

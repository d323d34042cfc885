"""What events tell together: operations, their outcome, and a sentence about each.

Pure, and the only place that knows: the API answers with it, and clients show what it answers.
"""

from panko.stories.names import names_in
from panko.stories.operations import Operation, State, correlation, operations
from panko.stories.outcomes import Outcome, outcome
from panko.stories.sentences import of_event, of_operation, who
from panko.stories.services import service_of

__all__ = (
    "Operation",
    "Outcome",
    "State",
    "correlation",
    "names_in",
    "of_event",
    "of_operation",
    "operations",
    "outcome",
    "service_of",
    "who",
)

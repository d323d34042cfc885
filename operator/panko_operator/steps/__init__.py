"""The steps of a reconcile, one function each: build (pure) -> apply -> observe (pure) -> what was found.

A step takes the pass and returns an Observation, or raises an OperatorError. It trusts that the steps before it have
done their work, it may be run any number of times, and it never waits.
"""

from panko_operator.steps.api import api
from panko_operator.steps.config import config
from panko_operator.steps.context import Note, Pass
from panko_operator.steps.database import database
from panko_operator.steps.expirer import expirer
from panko_operator.steps.expose import expose
from panko_operator.steps.inputs import inputs
from panko_operator.steps.keystone import endpoints, service_user
from panko_operator.steps.prune import prune
from panko_operator.steps.query import query
from panko_operator.steps.schema import schema
from panko_operator.steps.teardown import TEARDOWN

__all__ = [
    "TEARDOWN",
    "Note",
    "Pass",
    "api",
    "config",
    "database",
    "endpoints",
    "expirer",
    "expose",
    "inputs",
    "prune",
    "query",
    "schema",
    "service_user",
]

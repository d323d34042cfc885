"""What the API answered, asked again only when what it depends on is another."""

from collections.abc import Sequence

from panko_operator.verified.questions import Questions
from panko_operator.world import EventAPI
from panko_operator.world.values import Freshness, KeystoneAdmin, Proof, ServiceUser, Token


class VerifiedEventAPI:
    """`world.EventAPI`. Other pods are another question."""

    def __init__(self, api: EventAPI, questions: Questions) -> None:
        self._api = api
        self._ask = questions.ask

    def query(
        self, url: str, admin: KeystoneAdmin, user: ServiceUser, *, served_by: Sequence[str], proof: Proof | None
    ) -> Token:
        """List one event with a token of the service user, and return the token."""
        given = (url, admin, user, tuple(served_by), proof)
        return self._ask("query", given, lambda: self._api.query(url, admin, user, served_by=served_by, proof=proof))

    def ask_again(self, url: str, token: Token, *, proof: Proof | None) -> None:
        """List one event with a token; that is never remembered."""
        self._api.ask_again(url, token, proof=proof)

    def freshness(self, url: str, token: Token, *, proof: Proof | None) -> Freshness | None:
        """Return how new events are; that is never remembered."""
        return self._api.freshness(url, token, proof=proof)

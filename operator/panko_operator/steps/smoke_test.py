"""Whether the API answers, asked as its clients will ask: with a token, through the Service."""

from panko_operator.passes.context import Context
from panko_operator.passes.facts import Answering, Certified, Deployed, Exposed, Facts, Inputs, Registered
from panko_operator.passes.step import Outcome, done


def smoke_test(context: Context, facts: Facts) -> Outcome:
    """Have one authenticated query answered."""
    url = facts[Exposed].url
    if context.panko.spec.replicas == 0:
        return Outcome(done("Hibernated", "The API is not asked while spec.replicas is 0."), Answering())
    user, served_by = facts[Registered].user, (*facts[Deployed].versions, *facts[Exposed].versions)
    identity = facts[Certified].identity
    proof = identity.proof if identity else None
    context.world.event_api.query(url, facts[Inputs].keystone, user, served_by=served_by, proof=proof)
    return Outcome(done("Answering", f"The API answers authenticated queries at {url}."), Answering())

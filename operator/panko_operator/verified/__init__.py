"""What was found to be as wanted in the database and in Keystone, and until when that is believed.

To look costs a login each, and nothing tells of a change there. So what a pass has made sure of holds for the passes
that follow it for a while, as long as nothing that it depends on is another: every argument of the question, and the
generation and annotations of the Panko. It is lost with the process, and a pass that fails takes all of its Panko
back: what was verified may be the very thing that is wrong.
"""

import dataclasses

from panko_operator.verified.database import VerifiedDatabase
from panko_operator.verified.event_api import VerifiedEventAPI
from panko_operator.verified.keystone import VerifiedKeystone
from panko_operator.verified.questions import Answers, Questions
from panko_operator.world import Manifest, World


class Verified(Answers):
    """Gives passes a world that remembers."""

    def world(self, world: World, panko: Manifest) -> World:
        """Return the world as a pass over this Panko asks it."""
        metadata = panko["metadata"]
        # With the annotations: whoever writes one asks for a look at everything.
        questions = Questions(self, metadata["uid"], (metadata["generation"], metadata.get("annotations", {})))
        return dataclasses.replace(
            world,
            database=VerifiedDatabase(world.database, questions),
            keystone=VerifiedKeystone(world.keystone, questions),
            event_api=VerifiedEventAPI(world.event_api, questions),
        )

"""`suppress "<RULE>"`: a policy finding that is accepted, with the reason."""

from typing import Annotated

from batchplan.schema.block import Block
from batchplan.schema.constraint import Length, matching
from batchplan.schema.facts import OWN, Change, Fact, Ground

_OWN = Ground(Change.LIVE, "It is batchplan's own and never sent.", OWN)


class Suppression(Block):
    """Why a rule's finding is accepted here, and until when."""

    reason: Annotated[str, Length(1)]
    expires: Annotated[str | None, matching(r"\d{4}-\d\d-\d\d", 'a day such as "2027-06-30"')] = None
    owner: Annotated[str | None, Length(1), Fact("Who answers for it.")] = None
    when: Annotated[bool | None, Fact("Whether it counts; false is as good as not written.", default=True)] = None


SUPPRESS = Fact("Policy findings that are accepted here; the label is the rule.", _OWN, local=True)

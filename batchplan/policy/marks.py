"""What people say about an object beside its configuration: its tags and metadata, and the tags of its account."""

from collections.abc import Mapping

from batchplan.policy.model import NotKnownYet, NotLooked
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.schema.document import UNKNOWN, Secret


def mark(see: Scope, subject: Subject, name: str) -> str:
    """Return what an object, or else its account, is marked with under a name, in any case; empty when nobody says.

    Raises NotKnownYet when the value is known only after apply.
    """
    own = own_mark(subject, name)
    account = see.account_of(subject) if subject.kind != "account" else None
    return own or (own_mark(account, name) if account is not None else "")


def own_mark(view: View, name: str) -> str:
    """Return what a block's own tags and metadata say under a name."""
    tags = view.raw("tags")
    if isinstance(tags, Mapping):
        for label, value in tags.items():
            if label.lower() == name.lower():
                if value is UNKNOWN:
                    raise NotKnownYet(view.path("tags"))
                if isinstance(value, Secret):
                    raise NotLooked(f"{view.path('tags')} is a secret, and those are not looked at")
                return str(value)
    for item in view.items("metadata"):
        if item.text("name").lower() == name.lower():
            return item.text("value")
    return ""

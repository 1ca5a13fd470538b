"""The account that a pool or its backup is in: whose subscription its nodes are in, and in which region."""

from batchplan.core.remote import Remote
from batchplan.policy.live import OfferedSize
from batchplan.policy.model import NotLooked
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View


def home(view: View, see: Scope) -> Subject | None:
    """Return the account, None when it is not in this configuration. Raises as `View.get` does."""
    account_id = view.text("account_id")
    return see.context.by_remote(Remote("account", account_id, account_id.rpartition("/")[2]))


def is_own_subscription(account: Subject) -> bool:
    """Return whether an account makes nodes in the user's own subscription. Raises as `View.get` does."""
    return account.text("pool_allocation_mode").casefold() == "usersubscription"


def in_own_subscription(view: View, see: Scope) -> bool | None:
    """Return whether nodes are made in the user's own subscription; None when the account is not declared here."""
    account = home(view, see)
    return is_own_subscription(account) if account is not None else None


def undeclared(view: View, what: str) -> NotLooked:
    """Return why something of a pool's account is not known: the account is not in this configuration."""
    name = view.text("account_id").rpartition("/")[2]
    return NotLooked(f"the {what} of {name} is not known: the account is not declared here")


def region(view: View, see: Scope) -> str:
    """Return the region as Azure writes it in ids: `westeurope`. Without the account it cannot be looked at."""
    account = home(view, see)
    if account is None:
        raise undeclared(view, "region")
    return account.text("location").replace(" ", "").lower()


def offered(view: View, see: Scope) -> OfferedSize | None:
    """Return what Batch offers of a pool's size in its region; None when it is not offered. Raises NotLooked."""
    return see.live.vm_sizes(region(view, see)).get(view.text("vm_size").lower())


def was_read(see: Scope, dataset: str, key: str) -> bool:
    """Return whether a row was read, for rules that can do without it."""
    found = see.live.datasets.get(dataset)
    return found is not None and key.lower() in found.rows

"""Which object in Azure: the same words for every kind."""

from dataclasses import dataclass

RemoteKey = tuple[str, str, str, str]
"""What identifies an object in Azure, case folded: kind, account id, name, version."""

ACCOUNT_PATTERN = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Batch/batchAccounts/{}"


KINDS = frozenset({"account", "application", "application_package", "pool", "job", "job_schedule"})
"""The kinds of objects that are managed."""


@dataclass(frozen=True, slots=True)
class Remote:
    """An object in Azure. `account_id` is the ARM id of its Batch account; for an account, its own.

    `name` is what Azure calls it: the name of an account or application, the id of a pool, job or
    schedule. `version` is a package's. Ids differ in case from answer to answer: compare by `key`.
    """

    kind: str
    account_id: str
    name: str
    version: str = ""

    @property
    def key(self) -> RemoteKey:
        """What identifies it, case folded."""
        return (self.kind, self.account_id.lower(), self.name.lower(), self.version.lower())

    @property
    def id(self) -> str:
        """Its ARM id, or for a job or schedule an id in the same form."""
        match self.kind:
            case "account":
                return self.account_id
            case "application":
                return f"{self.account_id}/applications/{self.name}"
            case "application_package":
                return f"{self.account_id}/applications/{self.name}/versions/{self.version}"
            case "pool":
                return f"{self.account_id}/pools/{self.name}"
            case "job":
                return f"{self.account_id}/jobs/{self.name}"
            case "job_schedule":
                return f"{self.account_id}/jobSchedules/{self.name}"
        raise AssertionError(f"no kind {self.kind}")

    def __str__(self) -> str:
        return f"{self.name}:{self.version}" if self.version else self.name


@dataclass(frozen=True, slots=True)
class AccountParts:
    """The parts of an account's ARM id."""

    subscription: str
    resource_group: str
    name: str


def account_parts(account_id: str) -> AccountParts:
    """Return the parts of an account's ARM id; raise ValueError when it is none."""
    parts = account_id.split("/")
    if len(parts) != 9 or parts[1].lower() != "subscriptions" or parts[7].lower() != "batchaccounts":
        raise ValueError(f"not the ARM id of a Batch account: {account_id}")
    return AccountParts(parts[2], parts[4], parts[8])

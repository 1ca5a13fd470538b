"""How an emulator is to be."""

from dataclasses import dataclass, field
from pathlib import Path

from batchplan.emulator.catalogue import Quotas, default_quotas
from batchplan.emulator.identity import Directory

MAX_BODY = 16 << 20


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of an emulator, fixed for its life.

    `host` is bound and shown in endpoints (`public_host` instead, when the one bound is no name to call).
    `port` 0 takes a free one, the last one if it is still free. `data` None keeps everything in memory.
    `speed` is virtual seconds per real second, 0 is frozen. `start` (ticks) is when a new world begins;
    None is now. `account_quota_enforced` makes `quotas.accounts_per_region` a limit.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls: bool = False
    data: Path | None = None
    speed: float = 0.0
    start: int | None = None
    seed: int = 0
    strict_groups: bool = False
    directory: Directory = field(default_factory=Directory)
    quotas: Quotas = field(default_factory=default_quotas)
    account_quota_enforced: bool = False
    max_body: int = MAX_BODY
    log: Path | None = None

    @property
    def public_host(self) -> str:
        """The host that clients are told."""
        return "localhost" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104

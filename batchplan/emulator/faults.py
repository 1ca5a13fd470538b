"""Faults at work: which call they strike, and what becomes of it.

`Faults.through` stands between the server and the planes. Everything is decided by the seed, the
fault's id and the number of the call, so the same calls meet the same faults.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from batchplan.emulator import ticks
from batchplan.emulator.errors import SENTENCES, ServiceError
from batchplan.emulator.faultspec import Answer, Cut, FaultRecord, FaultSpec, Latency, Plane, RegionDown, Stale
from batchplan.emulator.model import Account, Json
from batchplan.emulator.stale import Memory, entity_of
from batchplan.emulator.wire.http import Reply, Request

if TYPE_CHECKING:
    from batchplan.emulator.world.core import World

WRITES = ("PUT", "POST", "PATCH", "DELETE")
# What a status is called when the fault names no code.
USUAL_CODES = {
    400: "InvalidInput",
    401: "AuthenticationFailed",
    403: "AuthenticationFailed",
    404: "ResourceNotFound",
    409: "OperationInvalidForCurrentState",
    412: "ConditionNotMet",
    429: "TooManyRequests",
    500: "InternalError",
    502: "BadGateway",
    503: "ServerBusy",
    504: "GatewayTimeout",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has reached a plane; `account` is the Batch account it is about, when there is one."""

    request: Request
    plane: Plane
    account: Account | None

    @property
    def region(self) -> str | None:
        """Return the region the call depends on: its account's, or the one its path or body names."""
        if self.account is not None:
            return self.account.location.lower().replace(" ", "")
        named = re.search(r"/locations/([^/]+)", self.request.path, re.IGNORECASE)
        if named is None and self.request.method == "PUT" and "/batchaccounts/" in self.request.path.lower():
            named = re.search(r'"location"\s*:\s*"([^"]+)"', self.request.body.decode("utf-8", "replace"))
        return named[1].lower().replace(" ", "") if named else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the server does: wait `delay` real seconds, then send `reply`, or cut the connection when there is none."""

    reply: Reply | None
    delay: float = 0.0
    close: bool = False  # close the connection after the reply
    faults: tuple[str, ...] = ()  # ids of the faults that struck, for the request log


@dataclass(slots=True)
class Fault:
    """A fault and its history. `snapshot` and `record` turn it into a document and back."""

    id: str
    spec: FaultSpec
    seen: int = 0
    fired: int = 0
    expires: int | None = None

    def record(self) -> FaultRecord:
        """Return the document of the fault as it stands."""
        return FaultRecord(id=self.id, spec=self.spec, seen=self.seen, fired=self.fired, expires=self.expires)


@lru_cache(maxsize=512)
def glob(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a path pattern: `*` within a segment, `**` across segments."""
    lead = "" if pattern.startswith(("/", "**")) else "(?:.*/)?"
    body = "".join(
        {"**": ".*", "*": "[^/]*"}.get(piece, re.escape(piece)) for piece in re.split(r"(\*\*|\*)", pattern.rstrip("/"))
    )
    return re.compile(f"{lead}{body}/?", re.IGNORECASE)


def folded(name: str | None) -> str | None:
    """Return a name as faults compare it: lower case, regions without blanks."""
    return None if name is None else name.lower().replace(" ", "")


@dataclass(slots=True)
class Faults:
    """All faults of a world. `changed` is set when the store has something to write."""

    world: "World"
    active: dict[str, Fault] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    added: int = 0
    changed: bool = False

    def add(self, spec: FaultSpec) -> Fault:
        """Add a fault and return it; a fault of the same id is replaced."""
        self.added += 1
        expires = None if spec.expires_in is None else self.world.now + ticks.seconds(spec.expires_in)
        fault = Fault(spec.id or f"fault-{self.added}", spec, expires=expires)
        self.active[fault.id] = fault
        self.changed = True
        return fault

    def remove(self, fault_id: str) -> bool:
        """Remove a fault; say whether it was there."""
        self.changed = True
        return self.active.pop(fault_id, None) is not None

    def clear(self) -> int:
        """Remove all faults, and forget what stale reads would show; return how many there were."""
        gone = len(self.active)
        self.active.clear()
        self.memory.forget()
        self.changed = True
        return gone

    def dump(self) -> Json:
        """Return the document the store keeps."""
        return {
            "added": self.added,
            "faults": [fault.record().model_dump(mode="json") for fault in self.active.values()],
        }

    def load(self, document: Json) -> None:
        """Take over what `dump` returned."""
        self.added = document["added"]
        records = (FaultRecord.model_validate(entry) for entry in document["faults"])
        self.active = {r.id: Fault(r.id, r.spec, r.seen, r.fired, r.expires) for r in records}

    def living(self) -> list[Fault]:
        """Return the faults that have not ended, dropping those that have."""
        now = self.world.now
        ended = [f.id for f in self.active.values() if _ended(f, now)]
        for fault_id in ended:
            del self.active[fault_id]
            self.changed = True
        return list(self.active.values())

    def through(self, call: Call, handle: Callable[[], Reply], refuse: Callable[[ServiceError], Reply]) -> Outcome:
        """Let a call meet the faults: `handle` makes it take effect, `refuse` renders an error in its plane's form."""
        if not self.active and not self.memory.kept:
            return Outcome(handle())
        struck = [fault for fault in self.living() if self._strikes(fault, call)]
        delay = sum(f.spec.effect.seconds for f in struck if isinstance(f.spec.effect, Latency))
        ids = tuple(fault.id for fault in struck)
        for fault in struck:
            match fault.spec.effect:
                case Answer() as answer:
                    return Outcome(refuse(error_of(answer)), delay, answer.close, ids)
                case RegionDown(mode="cut") | Cut(when="before"):
                    return Outcome(None, delay, faults=ids)
                case RegionDown():
                    return Outcome(refuse(error_of(Answer(kind="answer", status=503))), delay, close=True, faults=ids)
                case Stale(reads=reads) if call.request.method in WRITES:
                    self._remember(call, reads)
                case _:
                    pass
        reply = self._read_or_write(call, handle)
        lost = any(isinstance(f.spec.effect, Cut) for f in struck)
        return Outcome(None if lost else reply, delay, faults=ids)

    def matching(self, kind: str, **facts: str | None) -> Iterator[Fault]:
        """Yield the living faults on the world of a kind whose account, region and pool fit; `fire` counts a strike."""
        for fault in self.living():
            if fault.spec.effect.kind == kind and _about(fault.spec, **facts):
                yield fault

    def fire(self, fault: Fault, *parts: object) -> bool:
        """Throw the dice of a fault on the world once, and count; `parts` name what it would strike."""
        fault.seen += 1
        self.changed = True
        if fault.spec.nth is not None and fault.seen != fault.spec.nth:
            return False
        if self.world.random("fault", fault.id, *parts).random() >= fault.spec.probability:
            return False
        fault.fired += 1
        return True

    def _strikes(self, fault: Fault, call: Call) -> bool:
        spec, request = fault.spec, call.request
        if not isinstance(spec.effect, Answer | Cut | Latency | Stale | RegionDown):
            return False
        if isinstance(spec.effect, Stale) and request.method not in WRITES:
            return False
        if spec.method is not None and spec.method.upper() != request.method:
            return False
        if spec.plane is not None and spec.plane != call.plane:
            return False
        if spec.path is not None and not glob(spec.path).fullmatch(request.path):
            return False
        if not _about(spec, account=call.account.name if call.account else None, region=call.region):
            return False
        return self.fire(fault, fault.seen + 1)

    def _remember(self, call: Call, reads: int) -> None:
        self.world.sync()
        found = entity_of(call.plane, call.account, call.request)
        if found is not None:
            self.memory.keep(self.world, found, reads)

    def _read_or_write(self, call: Call, handle: Callable[[], Reply]) -> Reply:
        if call.request.method not in ("GET", "HEAD"):
            return handle()
        found = entity_of(call.plane, call.account, call.request)
        if found is None or found not in self.memory.kept:
            return handle()
        self.world.sync()
        with self.memory.recalled(self.world, found):
            return handle()


def error_of(answer: Answer) -> ServiceError:
    """Return the error of an `answer` effect, with the service's sentence where the code has one."""
    code = answer.code or USUAL_CODES.get(answer.status, "InternalError")
    sentence = SENTENCES.get(code, (0, "The request was refused by an injected fault."))[1]
    headers = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
    if answer.close:
        headers["Connection"] = "close"
    return ServiceError(answer.status, code, answer.message or sentence, headers=headers)


def _ended(fault: Fault, now: int) -> bool:
    spent = fault.spec.count is not None and fault.fired >= fault.spec.count
    missed = fault.spec.nth is not None and fault.seen >= fault.spec.nth
    return spent or missed or (fault.expires is not None and fault.expires <= now)


def _about(spec: FaultSpec, account: str | None = None, region: str | None = None, pool: str | None = None) -> bool:
    if spec.account is not None and folded(spec.account) != folded(account):
        return False
    if spec.region is not None and folded(spec.region) != folded(region):
        return False
    return spec.pool is None or (pool is not None and glob(f"/{spec.pool}").fullmatch(f"/{pool}") is not None)

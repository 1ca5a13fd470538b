"""Which plane answers a request: identity, ARM or the data plane of an account, through faults, with its caller checked."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from batchplan.emulator import access, blobs, patience, ticks
from batchplan.emulator.arm import app as arm
from batchplan.emulator.arm.refusal import front
from batchplan.emulator.arm.site import Budget
from batchplan.emulator.catalogue import Quotas
from batchplan.emulator.dataplane import app as dataplane
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.faults import Call, Faults, Outcome
from batchplan.emulator.gate import Answer
from batchplan.emulator.identity import Identity
from batchplan.emulator.model import Account
from batchplan.emulator.options import Options
from batchplan.emulator.requestlog import RequestLog
from batchplan.emulator.store import Store
from batchplan.emulator.wire import sharedkey
from batchplan.emulator.wire.http import Reply, Request
from batchplan.emulator.world.core import World

LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class Dispatcher:
    """Answers requests one at a time, and keeps what each has changed. It is also what ARM sees of the server.

    `open_port` starts the data plane of an account by key and returns host:port; `settle` is called
    when accounts have come or gone.
    """

    options: Options
    world: World
    store: Store
    identity: Identity
    faults: Faults
    log: RequestLog
    open_port: Callable[[str], str]
    settle: Callable[[], None]
    accounts: dict[int, str] = field(default_factory=dict)  # account key by port of its data plane
    budget: Budget = field(default_factory=Budget)

    # What ARM sees of the server (`arm.site.Site`).

    @property
    def strict_groups(self) -> bool:
        """Whether an account needs an existing resource group."""
        return self.options.strict_groups

    @property
    def tenant(self) -> str:
        """The directory's id."""
        return self.options.directory.tenant

    @property
    def subscription(self) -> str:
        """The subscription that exists from the start."""
        return self.options.directory.subscription

    @property
    def quotas(self) -> Quotas:
        """What new accounts may use."""
        return self.options.quotas

    @property
    def account_quota_enforced(self) -> bool:
        """Whether the number of accounts in a region is limited."""
        return self.options.account_quota_enforced

    def open_account(self, key: str) -> str:
        """Start the data-plane port of an account; return host:port."""
        return self.open_port(key)

    # Requests.

    def answer(self, request: Request, port: int) -> Answer:
        """Answer a request that came in on a port."""
        key = self.accounts.get(port)
        if key is None:
            return self._kept(request, "arm", None, self._front(request))
        account = self.world.accounts.get((key,))
        if account is None:
            return self._on_account(request, None, lambda: self._no_account(request))
        return self._on_account(request, account, lambda: self._operate(account, request))

    def hold(self, request: Request, port: int) -> float:
        """Return the real seconds a request is to wait before it is answered."""
        self.world.sync()
        key = self.accounts.get(port)
        if key is None:
            return patience.needed(self.world, "arm", None, request)
        return patience.needed(self.world, "dataplane", self.world.accounts.get((key,)), request)

    def oversized(self, request: Request, port: int) -> Answer:
        """Answer a request whose body is longer than the server reads."""
        if port in self.accounts:
            return Answer(dataplane.refused(self.world, request, refuse("RequestBodyTooLarge")), close=True)
        error = front(413, "RequestContentTooLarge", "The request content exceeds the maximum size permitted.")
        return Answer(arm.refused(self.world, request, self, error), close=True)

    def save(self) -> None:
        """Write what has changed, and open and close ports as accounts came and went."""
        if any(kind == "accounts" for kind, _ in self.world.changed):
            self.settle()
        if self.faults.changed:
            self.store.remember("faults", json.dumps(self.faults.dump()))
            self.faults.changed = False
        self.store.flush(self.world)

    def end(self) -> None:
        """Live through what has fallen due, write all, and note the time: a restart goes on from here."""
        self.world.sync()
        self.save()
        self.store.remember("moment", str(self.world.clock.now()))

    def _front(self, request: Request) -> Callable[[], Outcome]:
        def serve() -> Outcome:
            known = self.identity.handle(request) or blobs.handle(self.world, request)
            if known is not None:
                return Outcome(known)
            call = Call(request, "arm", self._named(request))
            return self.faults.through(
                call, lambda: self._manage(request), lambda error: self._arm_refusal(request, error)
            )

        return serve

    def _manage(self, request: Request) -> Reply:
        try:
            access.check(self.identity.issuer, request.headers.get("authorization"), access.ARM, request.base_url)
        except ServiceError as error:
            refusal = front(error.status, error.code, error.message)
            refusal.headers = access.challenge(self.tenant, error)
            return self._arm_refusal(request, refusal)
        return arm.handle(self.world, request, self)

    def _arm_refusal(self, request: Request, error: ServiceError) -> Reply:
        return arm.refused(self.world, request, self, error)

    def _on_account(self, request: Request, account: Account | None, handle: Callable[[], Reply]) -> Answer:
        def serve() -> Outcome:
            call = Call(request, "dataplane", account)
            return self.faults.through(call, handle, lambda error: dataplane.refused(self.world, request, error))

        return self._kept(request, "dataplane", account, serve)

    def _operate(self, account: Account, request: Request) -> Reply:
        try:
            self._authorize(account, request)
            if account.provisioning_state == "Deleting":
                raise refuse("AccountIsDisabled", message="The specified account is disabled.", status=403)
        except ServiceError as error:
            return dataplane.refused(self.world, request, error)
        return dataplane.handle(self.world, account, request)

    def _authorize(self, account: Account, request: Request) -> None:
        """Check a shared key's signature or a token; raise AuthenticationFailed 403 or 401."""
        header = request.headers.get("authorization")
        if header and header.partition(" ")[0].lower() == "sharedkey":
            sharedkey.verify(account, request, datetime.now(UTC))
            return
        if "AAD" not in account.properties["allowedAuthenticationModes"]:
            raise _unauthenticated("The specified type of authentication AAD is not allowed for this account.", 403)
        try:
            access.check(self.identity.issuer, header, access.BATCH, request.base_url)
        except ServiceError as error:
            raised = _unauthenticated(error.message, 401)
            raised.headers = access.challenge(self.tenant, error)
            raise raised from error

    def _no_account(self, request: Request) -> Reply:
        return dataplane.refused(self.world, request, refuse("ResourceNotFound"))

    def _named(self, request: Request) -> Account | None:
        """Return the account that an ARM path is about, for faults."""
        _, _, rest = request.path.lower().partition("/batchaccounts/")
        return self.world.accounts.get((rest.partition("/")[0],)) if rest else None

    def _kept(self, request: Request, plane: str, account: Account | None, serve: Callable[[], Outcome]) -> Answer:
        began = time.perf_counter()
        try:
            outcome = serve()
        except Exception:
            # A fault of the emulator itself: told to the client as the service would, and to us in full.
            LOGGER.exception("%s %s failed", request.method, request.path)
            outcome = Outcome(self._failed(request, plane))
        self.save()
        reply = outcome.reply
        if reply is not None:
            reply.headers.setdefault("Date", ticks.http_date(self.world.now))
            if plane == "dataplane":
                reply.headers.setdefault("Server", "Microsoft-HTTPAPI/2.0")
        self.log.add(
            request,
            reply,
            at=ticks.isoformat(self.world.now),
            plane=plane,
            account=account.name if account else None,
            seconds=time.perf_counter() - began,
            faults=outcome.faults,
        )
        return Answer(reply, outcome.delay, outcome.close, chunked=plane == "dataplane")

    def _failed(self, request: Request, plane: str) -> Reply:
        error = refuse("InternalError")
        if plane == "dataplane":
            return dataplane.refused(self.world, request, error)
        return self._arm_refusal(request, error)


def _unauthenticated(reason: str, status: int) -> ServiceError:
    return refuse("AuthenticationFailed", ("AuthenticationErrorDetail", reason), status=status)

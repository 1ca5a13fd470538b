"""Repeating calls: for minutes, as Azure asks, and by our own clock."""

import asyncio
import logging
import secrets
from datetime import datetime
from typing import Any

import aiohttp
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncRetryPolicy

from batchplan.ports import Clock

log = logging.getLogger(__name__)

FAILED = frozenset({408, 429, 500, 502, 503, 504})
FIRST_PAUSE = 0.8  # seconds
LONGEST_PAUSE = 30.0
LONGEST_RETRY_AFTER = 600.0


class Patience(AsyncRetryPolicy[Any, Any]):
    """Repeats a call until it is answered or `patience` seconds have passed since its first failure.

    The SDK's own policy gives up after seconds, and repeats POST and PATCH only sometimes. Here every call may be
    repeated, also when it may have reached Azure: each seeks a goal, and whoever makes it knows
    how to tell that the goal has been reached. At most so many calls as `places` has are under way.
    """

    def __init__(self, clock: Clock, patience: float, places: asyncio.Semaphore) -> None:
        super().__init__()
        self._clock = clock
        self._patience = patience
        self._places = places

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Return the answer, the last one when patience is at its end; raise when there is none."""
        started: datetime | None = None
        attempt = 0
        patience = float(request.context.options.pop("patience", self._patience))
        while True:
            request.context["retry_count"] = attempt
            response, failure = await self._once(request)
            if response is not None and response.http_response.status_code not in FAILED:
                return response
            started = started or self._clock.now()
            pause = max(self._asked(response), _backoff(attempt))
            if (self._clock.now() - started).total_seconds() >= patience or not _repeatable(request):
                if response is None:
                    assert failure is not None
                    raise failure
                return response
            what = failure or f"status {response.http_response.status_code if response else 0}"
            log.info("%s %s: %s; again in %.0f s", request.http_request.method, _path(request), what, pause)
            await self._clock.sleep(pause)
            attempt += 1

    async def _once(self, request: PipelineRequest[Any]) -> tuple[PipelineResponse[Any, Any] | None, AzureError | None]:
        async with self._places:
            try:
                return await self.next.send(request), None
            except (ServiceRequestError, ServiceResponseError) as error:
                if isinstance(error.inner_exception, aiohttp.ClientConnectorCertificateError | aiohttp.InvalidURL):
                    raise  # the same next time
                return None, error

    def _asked(self, response: PipelineResponse[Any, Any] | None) -> float:
        """Return the seconds that an answer asks to wait."""
        found = self.get_retry_after(response) if response is not None else None
        return min(float(found or 0.0), LONGEST_RETRY_AFTER)


def _backoff(attempt: int) -> float:
    """Return seconds: none after the first failure, then twice as many each time, give or take a quarter.

    Calls that failed together do not come back together.
    """
    spread = secrets.SystemRandom().uniform(0.75, 1.25)
    return min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE) * spread if attempt else 0.0


def _path(request: PipelineRequest[Any]) -> str:
    """Return the address without its query, which may be a signature."""
    return str(request.http_request.url).partition("?")[0]


def _repeatable(request: PipelineRequest[Any]) -> bool:
    """Return whether the body can be sent again: a stream cannot."""
    body = request.http_request.content
    return body is None or isinstance(body, str | bytes)

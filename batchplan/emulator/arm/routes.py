"""Every operation of ARM, by theme."""

from batchplan.emulator.arm import (
    accounts,
    applications,
    certificates,
    groups,
    locations,
    network,
    pools,
    subscriptions,
)
from batchplan.emulator.arm.route import Route

ROUTES: tuple[Route, ...] = (
    *subscriptions.ROUTES,
    *groups.ROUTES,
    *accounts.ROUTES,
    *applications.ROUTES,
    *certificates.ROUTES,
    *pools.ROUTES,
    *network.ROUTES,
    *locations.ROUTES,
)

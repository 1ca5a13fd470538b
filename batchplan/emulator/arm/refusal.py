"""Refusals of ARM's front door, which words and renders its errors unlike the provider behind it."""

from batchplan.emulator.errors import ServiceError


class FrontDoor(ServiceError):
    """A refusal that never reached Microsoft.Batch: no target, no request id in its sentence."""


def front(status: int, code: str, message: str) -> FrontDoor:
    """Return a refusal of the front door."""
    return FrontDoor(status, code, message)


def no_group(name: str) -> FrontDoor:
    """Return the refusal of a resource group that is not there."""
    return front(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def no_resource(kind: str, group: str) -> FrontDoor:
    """Return the refusal of a resource that is not there; `kind` is `Microsoft.Batch/batchAccounts/name`."""
    return front(
        404,
        "ResourceNotFound",
        f"The Resource '{kind}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def no_parent(kind: str, parent: str) -> FrontDoor:
    """Return the refusal to write a child of a resource that is not there."""
    return front(
        404,
        "ParentResourceNotFound",
        f"Failed to perform 'write' on resource(s) of type '{kind}', because the parent resource "
        f"'{parent}' could not be found.",
    )


def no_location(name: str, kind: str, known: list[str]) -> FrontDoor:
    """Return the refusal of a region that a resource type is not offered in."""
    return front(
        400,
        "LocationNotAvailableForResourceType",
        f"The provided location '{name}' is not available for resource type '{kind}'. "
        f"List of available regions for the resource type is '{','.join(known)}'.",
    )

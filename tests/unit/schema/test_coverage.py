"""Every writable field of the SDKs' models is in the schema under the SDK's name, or is left out for a reason."""

import types
from collections.abc import Iterator
from enum import Enum
from typing import Any, Union, get_args, get_origin

import azure.batch.models as data_models
import azure.mgmt.batch.models as arm_models
import pytest

from batchplan.schema.constraint import Choice
from batchplan.schema.document import Path
from batchplan.schema.lookup import NoSuchField, field
from batchplan.schema.registry import KINDS

ROOTS = {
    "account-create": ("account", arm_models, "BatchAccountCreateParameters"),
    "account-update": ("account", arm_models, "BatchAccountUpdateParameters"),
    "application": ("application", arm_models, "Application"),
    "application_package": ("application_package", arm_models, "ApplicationPackage"),
    "pool": ("pool", arm_models, "Pool"),
    "job": ("job", data_models, "BatchJobCreateOptions"),
    "job_schedule": ("job_schedule", data_models, "BatchJobScheduleCreateOptions"),
}
WRITE = {"create", "update"}

DISSOLVED = {
    "properties",
    "properties.deploymentConfiguration",
    "properties.deploymentConfiguration.virtualMachineConfiguration",
    "properties.scaleSettings",
}
"""Objects that have no block of their own: their members are in the block around them."""

READ_ONLY = {
    ("BatchVmImageReference", "exact_version"): "the version that latest stood for; the service tells it of nodes",
    ("Pool", "system_data"): "kept by ARM",
}
"""Members that the SDK does not mark as read-only, but that are."""

RENAMED = {("BatchJobCreateOptions", "id"): "name", ("BatchJobScheduleCreateOptions", "id"): "name"}
"""A resource's own id is its `name` in every kind."""

KEYS_ONLY = {"UserAssignedIdentities"}
"""Objects that stand for nothing but their key: the schema lists the keys."""


def rest_fields(model: type) -> dict[str, Any]:
    """Return the SDK's fields of a model; the SDK works them out with its first instance."""
    model.__new__(model)
    return model._attr_to_rest_field


def inner(annotation: Any, module: types.ModuleType) -> type | None:
    """Return the model inside of an annotation, through optional, list and dict."""
    if isinstance(annotation, str):
        return inner(getattr(module, annotation.removeprefix("_models."), None), module)
    if hasattr(annotation, "__forward_arg__"):
        return inner(annotation.__forward_arg__, module)
    if isinstance(annotation, type) and hasattr(annotation, "_deserialize"):
        return annotation
    if get_origin(annotation) in (Union, types.UnionType, list, dict):
        found = [inner(part, module) for part in get_args(annotation)]
        return next((one for one in found if one is not None), None)
    return None


def annotation_of(model: type, name: str) -> Any:
    """Return a field's annotation, from the class that declares it."""
    return next(one.__annotations__[name] for one in model.__mro__ if name in getattr(one, "__annotations__", {}))


def walk(model: type, module: types.ModuleType, api: tuple[str, ...] = (), path: Path = ()) -> Iterator[Any]:
    """Yield for each writable field: its model, its name, its JSON path, its path in a document, whether a model."""
    for name, rest in rest_fields(model).items():
        if not WRITE & set(rest._visibility or WRITE) or (model.__name__, name) in READ_ONLY:
            continue
        where = (*api, rest._rest_name)
        below = inner(annotation_of(model, name), module)
        if ".".join(where) in DISSOLVED and below is not None:
            yield from walk(below, module, where, path)
            continue
        here = (*path, RENAMED.get((model.__name__, name), name))
        yield model.__name__, name, where, here
        if below is not None and below.__name__ not in KEYS_ONLY:
            yield from walk(below, module, where, here)


@pytest.mark.parametrize(("kind", "module", "root"), ROOTS.values(), ids=ROOTS.keys())
def test_every_writable_field_is_there_under_its_name(kind: str, module: types.ModuleType, root: str) -> None:
    """The path of names leads to a field, and that field's JSON path is the SDK's."""
    wrong = []
    for model, name, api, path in walk(getattr(module, root), module):
        try:
            found = field(kind, path)
        except NoSuchField as missing:
            wrong.append(f"{model}.{name}: {missing}")
            continue
        if found.api != api:
            wrong.append(f"{model}.{name}: {'.'.join(found.api)} is not {'.'.join(api)}")
    assert wrong == []


def test_the_walk_goes_deep() -> None:
    """The walk sees the models inside of lists, optional members and dictionaries."""
    paths = {path for _, _, _, path in walk(arm_models.Pool, arm_models)}
    assert ("start_task", "container_settings", "registry", "identity_reference", "resource_id") in paths
    assert ("network_configuration", "endpoint_configuration", "inbound_nat_pools", "name") in paths
    assert len(paths) > 200


SENT = {kind: root for kind, root in ROOTS.items() if kind != "account-update"}


@pytest.mark.parametrize(("kind", "module", "root"), SENT.values(), ids=SENT.keys())
def test_nothing_is_sent_that_the_sdk_does_not_know(kind: str, module: types.ModuleType, root: str) -> None:
    """Each field that is sent is one of the SDK's writable fields."""
    known = {api for _, _, api, _ in walk(getattr(module, root), module)}
    stray = [".".join(api) for api in sent(KINDS[kind].shape, kind) if api not in known]
    assert stray == []


def sent(shape: Any, kind: str, path: Path = ()) -> Iterator[tuple[str, ...]]:
    """Yield the JSON path of every field of a kind that is sent."""
    for member in shape.members():
        here = (*path, member.name)
        if member.fact.local:
            continue
        yield field(kind, here).api
        if hasattr(member, "shape"):
            yield from sent(member.shape, kind, here)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_says_what_a_change_costs_and_why(kind: str) -> None:
    """The members of each kind have a class and a reason of their own; those inside inherit them."""
    bare = [member.name for member in KINDS[kind].shape.members() if member.fact.change is None or not member.fact.why]
    assert bare == []


def words_of(annotation: Any, module: types.ModuleType) -> frozenset[str]:
    """Return the words of the enumeration inside of an annotation; none when there is none."""
    if hasattr(annotation, "__forward_arg__"):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        annotation = getattr(module, annotation.removeprefix("_models."), None)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return frozenset(one.value for one in annotation)
    return frozenset().union(*(words_of(part, module) for part in get_args(annotation)))


def spellings(kind: str, path: Path) -> frozenset[str]:
    """Return the words that a field takes, as its plane spells them."""
    member = field(kind, path).member
    found = [one for one in (*member.constraints, *getattr(member, "inner", ())) if isinstance(one, Choice)]
    return frozenset(one.canonical(word, KINDS[kind].plane) for one in found for word in one.values)


@pytest.mark.parametrize(("kind", "module", "root"), SENT.values(), ids=SENT.keys())
def test_words_are_those_of_the_sdk_as_it_spells_them(kind: str, module: types.ModuleType, root: str) -> None:
    """Each enumeration has the SDK's words, in the spelling of the plane."""
    wrong = {}
    for model, name, _, path in walk(getattr(module, root), module):
        expected = words_of(annotation_of(getattr(module, model), name), module)
        if expected and spellings(kind, path) != expected:
            wrong[f"{model}.{name}"] = (sorted(spellings(kind, path)), sorted(expected))
    assert wrong == {}

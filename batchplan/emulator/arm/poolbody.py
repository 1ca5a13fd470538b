"""ARM's body of a pool, read into the canonical spec."""

from dataclasses import dataclass
from typing import Any

from batchplan.emulator.arm.poolmap import OPAQUE, Path, canonical_path, leaves, plant
from batchplan.emulator.errors import invalid_property
from batchplan.emulator.model import Account, Json
from batchplan.emulator.wire import schema, versions

LATEST = versions.DATA_PLANE[-1]
# An empty string is a value of these and of metadata, whose names may be empty (TES has such pools); anywhere else
# clients send it for "not given" (azurerm does).
TEXTS = frozenset({"value", "displayName", "formula"})
# Enums that only ARM's body has: the canonical spelling is lower case.
LOWER = frozenset({"nodeDeallocationOption", "targetNodeCommunicationMode", "storeLocation", "visibility"})
SCALE = ("targetDedicatedNodes", "targetLowPriorityNodes", "resizeTimeout", "nodeDeallocationOption")
AUTO_SCALE = ("autoScaleFormula", "autoScaleEvaluationInterval")

_EMPTY = {("certificateReferences",), ("applicationLicenses",)}  # empty as good as absent


@dataclass(frozen=True, slots=True)
class PoolBody:
    """What a PUT or PATCH asks for. `identity` and `tags` are None when the body does not name them."""

    spec: Json  # canonical; `enableAutoScale` says which of the two scale settings was given, if one was
    identity: Json | None
    tags: Json | None

    def part(self, names: tuple[str, ...]) -> Json:
        """Return the given members of the spec among `names`."""
        return {name: self.spec[name] for name in names if name in self.spec}


def read(body: object, version: str, account: Account, *, creating: str | None) -> PoolBody:
    """Return a body's meaning; `creating` is the pool's id for a PUT, None for a PATCH.

    Raises ServiceError 400 for unknown members (of this api-version), wrong types and values.
    """
    decoded = schema.load("arm").decode("Pool", without_blanks(body), version)
    properties = decoded.get("properties", {})
    emptied = properties.get("startTask") == {}
    known, extras = _canonical(properties, account)
    if emptied:
        known.pop("startTask", None)
    spec = _checked(known, creating)
    for path, places, value in extras:
        plant(spec, path, places, value)
    if emptied and creating is None:
        spec["startTask"] = {}
    _choose_scale(spec, properties.get("scaleSettings") or {})
    return PoolBody(spec, decoded.get("identity"), decoded.get("tags"))


def without_blanks(value: Any, name: str = "") -> Any:
    """Return a body without the members that are empty strings, but for those where that is a value."""
    if isinstance(value, dict) and name not in OPAQUE:
        kept = {key: without_blanks(item, key) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item != "" or key in TEXTS}
    if isinstance(value, list) and name != "metadata":
        return [without_blanks(item) for item in value]
    return value


def _canonical(properties: Json, account: Account) -> tuple[Json, list[tuple[Path, tuple[int, ...], Any]]]:
    plane = schema.load("dataplane")
    known: Json = {}
    extras = []
    for arm, places, value in leaves(properties):
        path = canonical_path(arm)
        if not path or (value == [] and path in _EMPTY):
            continue
        value = _meaning(path, value, account)
        if not OPAQUE & set(path) and plane.has_path(
            "BatchPoolCreateOptions", tuple(part for part in path if part != "[]"), LATEST
        ):
            plant(known, path, places, value)
        else:
            extras.append((path, places, value))
            if path == ("certificateReferences", "[]", "thumbprint"):
                extras.append(((*path[:-1], "thumbprintAlgorithm"), places, "sha1"))
    return known, extras


def _meaning(path: Path, value: Any, account: Account) -> Any:
    leaf = path[-1] if path[-1] != "[]" else path[-2]
    if path == ("enableInterNodeCommunication",):
        return value == "Enabled"
    if path == ("applicationPackageReferences", "[]", "applicationId"):
        return _application(value, account)
    if path == ("certificateReferences", "[]", "thumbprint"):
        return value.rpartition("/")[2].removeprefix("sha1-")
    return value.lower() if leaf in LOWER and isinstance(value, str) else value


def _application(resource: str, account: Account) -> str:
    """Return the name of an application of the account; the official examples put the pool into its id."""
    owner, _, name = resource.rpartition("/")
    owner = owner.lower()
    if not owner.endswith("/applications") or f"/batchaccounts/{account.name.lower()}/" not in owner:
        raise invalid_property("id", resource, "The application must be in the Batch account of the pool")
    return name


def _checked(spec: Json, creating: str | None) -> Json:
    """Return the spec with values coerced and limits checked by the data plane's types, which say more than ARM's."""
    plane = schema.load("dataplane")
    if creating is not None:
        whole = plane.decode("BatchPoolCreateOptions", {"id": creating, **spec}, LATEST)
        del whole["id"]
        return whole
    scale = {name: value for name, value in spec.items() if name in (*SCALE, *AUTO_SCALE)}
    rest = {name: value for name, value in spec.items() if name not in scale}
    formula = {name: scale.pop(name) for name in AUTO_SCALE if name in scale}
    return (
        plane.decode("BatchPoolUpdateOptions", rest, LATEST)
        | plane.decode("BatchPoolResizeOptions", scale, LATEST)
        | plane.decode("BatchPoolEnableAutoScaleOptions", formula, LATEST)
    )


def _choose_scale(spec: Json, settings: Json) -> None:
    given = [name for name in ("fixedScale", "autoScale") if name in settings]
    if len(given) > 1:
        raise invalid_property("autoScale", None, "fixedScale and autoScale cannot be specified together")
    if given:
        spec["enableAutoScale"] = given == ["autoScale"]

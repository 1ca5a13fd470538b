"""Resource groups and what is in them. Deleting one takes its accounts along."""

import re
from typing import Any

from batchplan.emulator.arm import polling
from batchplan.emulator.arm.call import BATCH_ACCOUNTS, Call, document, empty, listing
from batchplan.emulator.arm.refusal import front
from batchplan.emulator.arm.route import Route
from batchplan.emulator.model import Account, Json, ResourceGroup
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import accounts, groups

_NAME = re.compile(r"[-\w.()]{0,89}[-\w()]")
_EQUALS = re.compile(r"(?i)\s*(\w+(?:/\w+)?)\s+eq\s+'((?:[^']|'')*)'\s*")


def put_group(call: Call) -> Reply:
    """Create a group (201) or set its tags (200); its location stays."""
    body = _object(call)
    name, subscription = call.names["group"], call.names["subscription"]
    if not _NAME.fullmatch(name):
        raise front(400, "InvalidResourceGroup", f"The provided resource group name '{name}' is not valid.")
    if not body.get("location"):
        raise front(400, "LocationRequired", "The location property is required for this definition.")
    location = call.location(str(body["location"]), "Microsoft.Resources/resourceGroups")
    existing = call.world.groups.get((subscription.lower(), name.lower()))
    if existing and existing.location != location:
        raise front(
            409,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{location}'. The Resource group already exists in location "
            f"'{existing.location}'.",
        )
    group = groups.put_group(call.world, subscription, name, location, _tags(body))
    return document(200 if existing else 201, _view(group))


def get_group(call: Call) -> Reply:
    """Return a group."""
    return document(200, _view(call.group()))


def head_group(call: Call) -> Reply:
    """Tell whether a group is there: 204 or 404, both empty."""
    key = (call.names["subscription"].lower(), call.names["group"].lower())
    return empty(204 if key in call.world.groups else 404)


def patch_group(call: Call) -> Reply:
    """Change a group's tags."""
    group, body = call.group(), _object(call)
    groups.put_group(call.world, group.subscription, group.name, group.location, _tags(body, group.tags))
    return document(200, _view(group))


def delete_group(call: Call) -> Reply:
    """Delete a group and all in it; 202, or 404 when there is none."""
    operation = groups.delete_group(call.world, call.group())
    return polling.accepted(call, f"/subscriptions/{call.names['subscription']}/operationresults/{operation.id}")


def poll(call: Call) -> Reply:
    """Return 202 while the deletion of a group is under way, then 200."""
    done = polling.polled(call, call.names["operation"], groups.DELETION)
    return empty(200) if done else polling.again(call)


def list_groups(call: Call) -> Reply:
    """Return the groups of a subscription by name."""
    subscription = call.names["subscription"].lower()
    entries = [((key[1],), each) for key, each in sorted(call.world.groups.items()) if key[0] == subscription]
    return listing(call, entries, _view)


def list_in_group(call: Call) -> Reply:
    """Return the top-level resources of a group."""
    group = call.group()
    here = (group.subscription.lower(), group.name.lower())
    found = [each for each in call.world.accounts.values() if _place(each) == here]
    return _resources(call, found)


def list_in_subscription(call: Call) -> Reply:
    """Return the top-level resources of a subscription."""
    subscription = call.names["subscription"].lower()
    return _resources(call, [each for each in call.world.accounts.values() if _place(each)[0] == subscription])


def _resources(call: Call, found: list[Account]) -> Reply:
    wanted = _equalities(call)
    expanded = {each.strip().lower() for each in call.request.query.get("$expand", "").split(",")}

    def view(account: Account) -> Json | None:
        facts = {
            "resourcetype": BATCH_ACCOUNTS,
            "name": account.name,
            "location": account.location,
            "resourcegroup": account.resource_group,
        }
        if any(facts.get(name, "").lower() != value.lower() for name, value in wanted.items()):
            return None
        shown: Json = {
            "id": accounts.resource_id(account),
            "name": account.name,
            "type": BATCH_ACCOUNTS,
            "location": account.location,
        }
        if account.tags is not None:
            shown["tags"] = account.tags
        if "provisioningstate" in expanded:
            shown["provisioningState"] = account.provisioning_state
        return shown

    return listing(call, [((each.name.lower(),), each) for each in sorted(found, key=lambda a: a.name.lower())], view)


def _equalities(call: Call) -> dict[str, str]:
    """Return the comparisons of `$filter`, the only ones ARM needs here: `name eq 'value'` joined by `and`."""
    text = call.request.query.get("$filter", "")
    wanted: dict[str, str] = {}
    for part in re.split(r"(?i)\s+and\s+", text) if text else ():
        found = _EQUALS.fullmatch(part)
        if found is None:
            raise front(400, "InvalidFilterInQueryString", f"Invalid $filter '{text}' specified in the query string.")
        wanted[found[1].lower()] = found[2].replace("''", "'")
    return wanted


def _place(account: Account) -> tuple[str, str]:
    return account.subscription.lower(), account.resource_group.lower()


def _object(call: Call) -> Json:
    body = call.json()
    if not isinstance(body, dict):
        raise front(400, "InvalidRequestContent", "The request content must be a JSON object.")
    return body


def _tags(body: Json, otherwise: Json | None = None) -> Json | None:
    tags: Any = body.get("tags", otherwise)
    if tags is None:
        return None
    if not isinstance(tags, dict) or not all(isinstance(each, str) for each in tags.values()):
        raise front(400, "InvalidTags", "Tags must be an object of texts.")
    return tags


def _view(group: ResourceGroup) -> Json:
    deleting = group.state == "Deleting"
    shown: Json = {
        "id": f"/subscriptions/{group.subscription}/resourceGroups/{group.name}",
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
        "properties": {"provisioningState": "Deleting" if deleting else "Succeeded"},
    }
    if group.tags is not None:
        shown["tags"] = group.tags
    return shown


_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"
ROUTES = (
    Route("GET", "/subscriptions/{subscription}/resourceGroups", list_groups, None),
    Route("PUT", _GROUP, put_group, None),
    Route("GET", _GROUP, get_group, None),
    Route("HEAD", _GROUP, head_group, None),
    Route("PATCH", _GROUP, patch_group, None),
    Route("DELETE", _GROUP, delete_group, None),
    Route("GET", f"{_GROUP}/resources", list_in_group, None),
    Route("GET", "/subscriptions/{subscription}/resources", list_in_subscription, None),
    Route("GET", "/subscriptions/{subscription}/operationresults/{operation}", poll, None),
)

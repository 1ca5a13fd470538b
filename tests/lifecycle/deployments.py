"""Deployments as facts in the API's shape: written as HCL and applied, or made behind batchplan's back and imported.

A file of them has one JSON object a line: `id`, `account`, and with it `pools`, `applications`, `jobs`, `job_schedules`.
"""

import asyncio
import copy
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lifecycle_driver import SUBSCRIPTION, Place, account_id

from batchplan.core.remote import Remote
from batchplan.emulator.catalogue import default_quotas
from batchplan.lang.write import BlockText, Expression, write
from batchplan.ops.adopt import Imported, import_object
from batchplan.ops.importing import adoption, generate_config
from batchplan.schema.api import from_api
from batchplan.schema.document import Document

Deployment = dict[str, Any]

PUBLIC = Path(__file__).resolve().parents[2] / "../shared/research/real-deployments.jsonl"
OWN = Path(__file__).with_name("deployments.jsonl")
MORE = "BATCHPLAN_DEPLOYMENTS"
"""The variable that names more files, separated as PATH is: deployments that are tried, and not part of the project."""

ACCOUNT = {"name": "deployacct", "resourceGroupName": "rg", "location": "westeurope", "properties": {}}
"""The account of a deployment that says nothing of one."""

PROVIDER = 'provider "azure" {\n  environment = "emulator"\n}\n'


STORAGE = {
    "storage_account_id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/packs"
}
"""Where packages go in accounts that leave this to a person."""

KINDS = {"application": "applications", "pool": "pools", "job": "jobs", "job_schedule": "job_schedules"}
"""Where a deployment has the objects of each kind."""

ROOMY = replace(
    default_quotas(),
    dedicated=5000,
    low_priority=5000,
    families=tuple((name, 5000) for name, _ in default_quotas().families),
)
"""Quotas of the subscriptions that these deployments are for: a new one has none of the HPC families."""

ZERO = "00000000-0000-0000-0000-000000000000"
SECRET = "c2VjcmV0"
SECRET_URL = "https://store.blob.core.windows.net/container?sig=c2VjcmV0"


def load(*files: Path) -> dict[str, Deployment]:
    """Return the deployments of files that are there, by id, as in the subscription of the tests."""
    lines = [line for one in files if one.is_file() for line in one.read_text(encoding="utf-8").splitlines() if line]
    found = [_at_home(json.loads(line.replace(ZERO, SUBSCRIPTION))) for line in lines]
    return {one["id"]: one for one in found}


def _at_home(part: Any) -> Any:
    """Return a part of a deployment with the signed address that variables are given in place of its own."""
    match part:
        case dict():
            return {name: _at_home(value) for name, value in part.items()}
        case list():
            return [_at_home(value) for value in part]
        case str() if part.startswith("https://") and "sig=" in part:
            return SECRET_URL
    return part


def known() -> dict[str, Deployment]:
    """Return the deployments to try: the public ones, those of our own making, and those of the environment."""
    return load(PUBLIC, OWN, *(Path(one) for one in os.environ.get(MORE, "").split(os.pathsep) if one))


def account_of(deployment: Deployment) -> Document:
    """Return the body of a deployment's account."""
    return deployment["account"] or ACCOUNT


def objects(deployment: Deployment) -> Iterator[tuple[str, str, Document]]:
    """Yield kind, label and document of each object that a deployment declares."""
    body = account_of(deployment)
    name, group = str(body["name"]), str(body["resourceGroupName"])
    account = {"name": name, "resource_group_name": group}
    storage = {"auto_storage": STORAGE} if asked(deployment) else {}
    yield "account", "main", storage | from_api("account", body) | account
    for kind, key in KINDS.items():
        for number, part in enumerate(deployment[key]):
            place = {"account_id": account_id(name, group), "name": part.get("name") or part["id"]}
            yield kind, f"{kind}{number}", from_api(kind, part) | place


def written(deployment: Deployment) -> str:
    """Return the HCL of a deployment. What is in it is referred to; nothing else is said in an order."""
    references = {
        version: f"application_package.package{at}.version" for at, (_, version) in enumerate(asked(deployment))
    }
    texts = [PROVIDER]
    account = ""
    for kind, label, document in objects(deployment):
        texts.append(generate_config(kind, label, document, references))
        if kind == "account":
            account = account_id(document["name"], document["resource_group_name"])
            references[account] = "account.main.id"
        elif kind == "application":
            references[f"{account}/applications/{document['name']}"] = f"application.{label}.id"
        elif kind == "pool":
            references[document["name"]] = f"pool.{label}.pool_id"
    return "\n".join(texts)


def asked(deployment: Deployment) -> list[tuple[str, str]]:
    """Return applications and versions that pools ask for: deployments leave their upload to a person."""
    pools = (pool["properties"].get("applicationPackages") or () for pool in deployment["pools"])
    wanted = {
        (one["id"].rpartition("/")[2].lower(), one["version"]) for part in pools for one in part if one.get("version")
    }
    declared = {body["name"].lower() for body in deployment["applications"]}
    return sorted(one for one in wanted if one[0] in declared)


def packages(deployment: Deployment) -> Iterator[str]:
    """Yield HCL of the packages that are asked for."""
    names = [body["name"].lower() for body in deployment["applications"]]
    for number, (name, version) in enumerate(asked(deployment)):
        application = Expression(f"application.application{names.index(name)}.id")
        arguments = {
            "application_id": application,
            "version": version,
            "source": "package.zip",
        }
        yield write([BlockText("application_package", (f"package{number}",), arguments)])


def put(place: Place, deployment: Deployment) -> None:
    """Write a deployment into a project, with a value for each secret that its description leaves out."""
    hcl = written(deployment)
    place.write("\n".join([hcl, *packages(deployment)]))
    place.write("PK", "package.zip")
    place.variables = values(hcl)


def values(hcl: str) -> dict[str, str]:
    """Return a value for each variable that HCL declares: of the form that it takes, as far as its name tells."""
    names = re.findall(r'^variable "(.*)"', hcl, re.MULTILINE)
    return {name: SECRET_URL if name.endswith("_url") else SECRET for name in names}


# What exists already.


def put_live(place: Place, deployment: Deployment) -> list[Remote]:
    """Make a deployment's objects by calls of the API, as its authors did; return them in the order of making."""
    body = account_of(deployment)
    name, group = str(body["name"]), str(body["resourceGroupName"])
    arm_id = account_id(name, group)
    made = [Remote("account", arm_id, name)]
    place.arm("PUT", arm_id, _account(deployment))
    place.advance(120)
    for part in deployment["applications"]:
        without = {key: value for key, value in (part.get("properties") or {}).items() if key != "defaultVersion"}
        place.arm("PUT", f"{arm_id}/applications/{part['name']}", {**part, "properties": without})
        made.append(Remote("application", arm_id, part["name"]))
    for application, version in asked(deployment):
        path = f"{arm_id}/applications/{application}/versions/{version}"
        place.arm("PUT", path, {})
        place.arm("POST", f"{path}/activate", {"format": "zip"})
    version = deployment.get("needs_api") or "2025-06-01"
    for part in deployment["pools"]:
        rest = {key: value for key, value in part.items() if key in ("identity", "tags", "properties")}
        place.arm("PUT", f"{arm_id}/pools/{part['name']}", rest, version=version)
        made.append(Remote("pool", arm_id, part["name"]))
    for kind, path in (("job", "jobs"), ("job_schedule", "jobschedules")):
        for part in deployment[KINDS[kind]]:
            place.batch(name, "POST", f"/{path}", part, version=_DATA_PLANE.get(version, version))
            made.append(Remote(kind, arm_id, part["id"]))
    place.advance(1200)
    return made


_DATA_PLANE = {"2024-02-01": "2024-02-01.19.0", "2024-07-01": "2024-07-01.20.0"}


def _account(deployment: Deployment) -> Document:
    body = {key: value for key, value in account_of(deployment).items() if key in ("location", "tags", "identity")}
    properties = dict(account_of(deployment).get("properties") or {})
    if asked(deployment) and not properties.get("autoStorage"):
        properties["autoStorage"] = {"storageAccountId": STORAGE["storage_account_id"]}
    return {**body, "properties": properties}


def import_all(place: Place, remotes: list[Remote]) -> str:
    """Import each of some objects with a configuration generated for it; return what was written."""
    place.write(PROVIDER)
    texts = []
    for at, remote in enumerate(remotes):
        project = place.project()

        async def take(remote: Remote = remote, at: int = at, project: Any = project) -> Imported:
            async with place.session() as session:
                asked_for = adoption(f"{remote.kind}.it{at}", remote.id)
                return await import_object(session, project, asked_for, generate=True)

        texts.append(asyncio.run(take()).block)
        place.write(texts[-1], f"imported-{at}.batch.hcl")
        place.variables |= values(texts[-1])
    return "\n".join(texts)


# What people change of them.


def changes(deployment: Deployment) -> Iterator[tuple[str, str, Deployment]]:
    """Yield what is changed, the label of the object, and the deployment with it: one of each class of mutability."""
    for kind, edits in _EDITS.items():
        for name, edit in edits.items():
            changed = copy.deepcopy(deployment)
            first = next(iter(changed[KINDS[kind]]), None)
            if first and not _ends_at_once(kind, first) and edit(first):
                yield name, f"{kind}.{kind}0", changed


def _ends_at_once(kind: str, body: Document) -> bool:
    """Whether this is a job that has no tasks and ends with the last of them: it takes no change then."""
    return kind == "job" and str(body.get("onAllTasksComplete")).lower() == "terminatejob"


def _metadata(holder: Document) -> bool:
    holder["metadata"] = [*(holder.get("metadata") or ()), {"name": "owner", "value": "night shift"}]
    return True


def _start_task(pool: Document) -> bool:
    task = pool["properties"].get("startTask") or {}
    pool["properties"]["startTask"] = {**task, "commandLine": f"{task.get('commandLine', 'hostname')} && date"}
    return True


def _scale(pool: Document) -> bool:
    scale = pool["properties"].setdefault("scaleSettings", {})
    if scale.get("autoScale"):
        scale["autoScale"]["evaluationInterval"] = "PT25M"
    else:
        fixed = scale.setdefault("fixedScale", {})
        fixed["targetDedicatedNodes"] = int(fixed.get("targetDedicatedNodes") or 0) + 1
    return True


def _slots(pool: Document) -> bool:
    slots = int(pool["properties"].get("taskSlotsPerNode") or 1)
    pool["properties"]["taskSlotsPerNode"] = 1 if slots > 1 else 2
    return True


def _new_command(holder: Document, *names: str) -> bool:
    found = next((holder[name] for name in names if holder.get(name)), None)
    if found:
        found["commandLine"] += " && date"
    return found is not None


def _set(holder: Document, name: str, value: Any) -> bool:
    holder[name] = value
    return True


_TASKS = ("jobManagerTask", "jobPreparationTask")
_EDITS: Mapping[str, Mapping[str, Callable[[Document], bool]]] = {
    "application": {"live: display name": lambda one: _set(one.setdefault("properties", {}), "displayName", "Another")},
    "pool": {
        "live: metadata": lambda pool: _metadata(pool["properties"]),
        "live: tags": lambda pool: _set(pool, "tags", {"team": "nights"}),
        "reboot: start task": _start_task,
        "action: scale": _scale,
        "empty: slots": _slots,
        "empty: metadata beside": lambda pool: _metadata(pool["properties"]) and _slots(pool),
    },
    "job": {
        "live: priority": lambda job: _set(job, "priority", 17),
        "live: metadata": _metadata,
        "create: a task's command": lambda job: _new_command(job, *_TASKS),
    },
    "job_schedule": {
        "live: recurrence": lambda one: _set(one["schedule"], "recurrenceInterval", "P3D"),
        "live: what its jobs are like": lambda one: _set(one["jobSpecification"], "priority", 17),
        "live: a task's command": lambda one: _new_command(one["jobSpecification"], *_TASKS),
    },
}
"""Changes of a deployment's first object of each kind, named by what they cost; False where there is nothing to change."""

"""Deployments as facts in the API's shape: written as HCL and applied, or made behind batchplan's back and imported.

A file of them has one JSON object a line: `id`, `account`, and with it `pools`, `applications`, `jobs`, `job_schedules`. There
may be more `accounts`; what is in one of them names it in `accountName`.
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

from batchplan.core.remote import Remote, account_parts
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


def accounts_of(deployment: Deployment) -> dict[str, Document]:
    """Return the bodies of a deployment's accounts by name; the first is that of what names none."""
    found = [deployment["account"], *(deployment.get("accounts") or ())]
    return {str(one["name"]): one for one in found if one} or {ACCOUNT["name"]: ACCOUNT}


def home_of(deployment: Deployment, part: Document) -> str:
    """Return the id of the account that a part of a deployment is in."""
    accounts = accounts_of(deployment)
    name = str(part.get("accountName") or next(iter(accounts)))
    return account_id(name, str(accounts[name]["resourceGroupName"]))


def objects(deployment: Deployment) -> Iterator[tuple[str, str, Document]]:
    """Yield kind, label and document of each object that a deployment declares."""
    storage = {"auto_storage": STORAGE} if asked(deployment) else {}
    for number, (name, body) in enumerate(accounts_of(deployment).items()):
        account = {"name": name, "resource_group_name": str(body["resourceGroupName"])}
        yield "account", f"account{number}", storage | from_api("account", body) | account
    for kind, key in KINDS.items():
        for number, part in enumerate(deployment[key]):
            place = {"account_id": home_of(deployment, part), "name": part.get("name") or part["id"]}
            yield kind, f"{kind}{number}", from_api(kind, part) | place


def written(deployment: Deployment) -> str:
    """Return the HCL of a deployment. What is in it is referred to; nothing else is said in an order."""
    versions = {
        version: f"application_package.package{at}.version" for at, (_, version) in enumerate(asked(deployment))
    }
    references: dict[str, str] = {}
    texts = [PROVIDER]
    pools: dict[str, dict[str, str]] = {}
    for kind, label, document in objects(deployment):
        here = pools.setdefault(document.get("account_id", ""), {})
        more = versions if kind == "pool" else here if kind.startswith("job") else {}
        texts.append(generate_config(kind, label, document, references | more))
        if kind == "account":
            references[account_id(document["name"], document["resource_group_name"])] = f"account.{label}.id"
        elif kind == "application":
            references[f"{document['account_id']}/applications/{document['name']}"] = f"application.{label}.id"
        elif kind == "pool":
            here[document["name"]] = f"pool.{label}.pool_id"
    return "\n".join(texts)


def asked(deployment: Deployment) -> list[tuple[str, str]]:
    """Return applications and versions that pools ask for, or that are defaults: their upload is left to a person."""
    pools = (pool["properties"].get("applicationPackages") or () for pool in deployment["pools"])
    wanted = {
        (one["id"].rpartition("/")[2].lower(), one["version"]) for part in pools for one in part if one.get("version")
    }
    declared = {body["name"].lower(): body.get("properties") or {} for body in deployment["applications"]}
    wanted |= {(name, one["defaultVersion"]) for name, one in declared.items() if one.get("defaultVersion")}
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
    made = []
    for name, body in accounts_of(deployment).items():
        made.append(Remote("account", account_id(name, str(body["resourceGroupName"])), name))
        place.arm("PUT", made[-1].id, _account(body, packed=bool(asked(deployment))))
    place.advance(120)
    for part in deployment["applications"]:
        without = {key: value for key, value in (part.get("properties") or {}).items() if key != "defaultVersion"}
        made.append(Remote("application", home_of(deployment, part), part["name"]))
        place.arm("PUT", made[-1].id, {"properties": without, "tags": part.get("tags")})
        for version in (version for name, version in asked(deployment) if name == part["name"].lower()):
            place.arm("PUT", f"{made[-1].id}/versions/{version}", {})
            place.arm("POST", f"{made[-1].id}/versions/{version}/activate", {"format": "zip"})
        place.arm("PATCH", made[-1].id, {"properties": part.get("properties") or {}})
    version = deployment.get("needs_api") or "2025-06-01"
    for part in deployment["pools"]:
        rest = {key: value for key, value in part.items() if key in ("identity", "tags", "properties")}
        made.append(Remote("pool", home_of(deployment, part), part["name"]))
        place.arm("PUT", made[-1].id, rest, version=version)
    for kind, path in (("job", "jobs"), ("job_schedule", "jobschedules")):
        for part in deployment[KINDS[kind]]:
            made.append(Remote(kind, home_of(deployment, part), part["id"]))
            account = account_parts(made[-1].account_id).name
            rest = {key: value for key, value in part.items() if key != "accountName"}
            place.batch(account, "POST", f"/{path}", rest, version=_DATA_PLANE.get(version, version))
    place.advance(1200)
    return made


_DATA_PLANE = {"2024-02-01": "2024-02-01.19.0", "2024-07-01": "2024-07-01.20.0"}


def _account(account: Document, *, packed: bool) -> Document:
    body = {key: value for key, value in account.items() if key in ("location", "tags", "identity")}
    properties = dict(account.get("properties") or {})
    if packed and not properties.get("autoStorage"):
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
            if first and edit(first):
                yield name, f"{kind}.{kind}0", changed


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

"""Public deployments, written as HCL by our own writer, are applied; then there is nothing left to do."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lifecycle_checks import is_steady
from lifecycle_driver import SUBSCRIPTION, Place, account_id

from batchplan.core.diagnostics import UserError
from batchplan.emulator.catalogue import default_quotas
from batchplan.lang.write import BlockText, Expression, write
from batchplan.ops.importing import generate_config
from batchplan.schema.api import from_api
from batchplan.schema.document import Document

FILE = Path(__file__).resolve().parents[2] / "../shared/research/real-deployments.jsonl"
LINES = FILE.read_text(encoding="utf-8").splitlines() if FILE.is_file() else []
DEPLOYMENTS = {entry["id"]: entry for entry in map(json.loads, LINES)}

ACCOUNT = {"name": "deployacct", "resourceGroupName": "rg", "location": "westeurope", "properties": {}}
"""The account of a deployment that says nothing of one."""

PROVIDER = 'provider "azure" {\n  environment = "emulator"\n}\n'


STORAGE = {
    "storage_account_id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/packs"
}
"""Where packages go in accounts that leave this to a person."""

KINDS = {"application": "applications", "pool": "pools", "job": "jobs", "job_schedule": "job_schedules"}
"""Where a deployment has the objects of each kind."""


def objects(deployment: dict[str, Any]) -> Iterator[tuple[str, str, Document]]:
    """Yield kind, label and document of each object that a deployment declares."""
    body = deployment["account"] or ACCOUNT
    name, group = str(body["name"]), str(body["resourceGroupName"])
    account = {"name": name, "resource_group_name": group}
    storage = {"auto_storage": STORAGE} if asked(deployment) else {}
    yield "account", "main", storage | from_api("account", body) | account
    for kind, key in KINDS.items():
        for number, part in enumerate(deployment[key]):
            place = {"account_id": account_id(name, group), "name": part.get("name") or part["id"]}
            yield kind, f"{kind}{number}", from_api(kind, part) | place


def written(deployment: dict[str, Any]) -> str:
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


def asked(deployment: dict[str, Any]) -> list[tuple[str, str]]:
    """Return applications and versions that pools ask for: deployments leave their upload to a person."""
    pools = (pool["properties"].get("applicationPackages", ()) for pool in deployment["pools"])
    wanted = {
        (one["id"].rpartition("/")[2].lower(), one["version"]) for part in pools for one in part if "version" in one
    }
    declared = {body["name"].lower() for body in deployment["applications"]}
    return sorted(one for one in wanted if one[0] in declared)


def packages(deployment: dict[str, Any]) -> Iterator[str]:
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


def put(place: Place, deployment: dict[str, Any]) -> None:
    """Write a deployment into a project, with a value for each secret that its description leaves out."""
    hcl = written(deployment)
    place.write("\n".join([hcl, *packages(deployment)]))
    place.write("PK", "package.zip")
    place.variables = dict.fromkeys(re.findall(r'^variable "(.*)"', hcl, re.MULTILINE), "c2VjcmV0")


ROOMY = replace(default_quotas(), families=tuple((name, 5000) for name, _ in default_quotas().families))
"""Quotas of the subscriptions that these deployments are for: a new one has none of the HPC families."""

REFUSED = {
    "cliext-mpi-cloudservice": "Cloud Services pools were retired .* Use image_reference",
    "dwr-dsm2-container": "placeholder that was never filled in",
}
"""What api-version 2025-06-01 no longer takes, and a template that was never filled in; with words of the reason."""


UNUSABLE = {"cost-efficient-windows": "Undefined method: GetAverage"}
"""What the service takes and cannot use: a formula that fails at each evaluation, so that the pool never scales."""


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_is_applied(make_place: Callable[..., Place], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What people deploy can be said in HCL, is taken by the service, and is then as it was said."""
    text = json.dumps(DEPLOYMENTS[name]).replace("00000000-0000-0000-0000-000000000000", SUBSCRIPTION)
    place = make_place(quotas=ROOMY)
    put(place, json.loads(text))
    monkeypatch.chdir(place.folder)
    if name in REFUSED:
        with pytest.raises(UserError, match=REFUSED[name]):
            place.plan()
        return
    _, applied = place.apply(whole=name not in UNUSABLE)
    if name in UNUSABLE:
        assert [UNUSABLE[name] in one.message for one in applied.result.failed.values()] == [True]
    else:
        is_steady(place)

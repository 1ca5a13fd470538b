"""What Terraform's azurerm provider asks, in its own spelling and order, over HTTPS.

The requests imitate provider 4 and 5 (ARM 2024-07-01, data plane 2022-01-01.15.0): metadata, a token, provider
registrations, resource group, account, application, pool, job; deletes that poll the resource until it is gone.
"""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from batchplan.emulator.server import Emulator

TENANT = "11111111-1111-1111-1111-111111111111"
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/tf-rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.Batch/batchAccounts/tfacct"
ARM, BATCH = "2024-07-01", "2022-01-01.15.0"


@dataclass(slots=True)
class Provider:
    """The provider's side: one token per audience, TLS with the emulator's authority."""

    emulator: Emulator
    context: ssl.SSLContext

    def send(self, method: str, url: str, body: Any = None, token: str = "", **headers: str) -> tuple[int, Any, Any]:
        """Return status, headers and JSON of an answer."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json", **headers}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(url, data, sent, method=method)
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=20) as reply:
                return reply.status, reply.headers, json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, json.loads(error.read() or b"null")

    def token(self, scope: str) -> str:
        """Return a token by client credentials, as the provider gets it."""
        form = {"grant_type": "client_credentials", "client_id": TENANT, "client_secret": "s", "scope": scope}
        url = f"{self.emulator.arm_endpoint}/{TENANT}/oauth2/v2.0/token"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, answer = self.send("POST", url, urllib.parse.urlencode(form).encode(), **kind)
        assert status == 200
        return str(answer["access_token"])

    def arm(self, method: str, path: str, body: Any = None, version: str = ARM) -> tuple[int, Any, Any]:
        """Send a request to ARM."""
        base = self.emulator.arm_endpoint
        url = path if path.startswith("https:") else f"{base}{path}?api-version={version}"
        return self.send(method, url, body, self.token(f"{base}/.default"))

    def done(self, headers: Any) -> None:
        """Poll a Location until the operation is over."""
        url = headers["Location"]
        for _ in range(20):
            status, again, _body = self.arm("GET", url)
            if status != 202:
                assert status in {200, 204}
                return
            url = again["Location"]
        raise AssertionError("never done")

    def gone(self, path: str, headers: Any) -> None:
        """Wait until a deleted resource answers 404, as the provider does."""
        self.done(headers)
        assert self.arm("GET", path)[0] == 404


@pytest.fixture
def provider(make_emulator: Callable[..., Emulator]) -> Provider:
    """The provider at an emulator with TLS."""
    emulator = make_emulator(tls=True)
    return Provider(emulator, ssl.create_default_context(cafile=str(emulator.ca_file)))


@pytest.fixture
def account(provider: Provider) -> str:
    """An account made as the provider makes it; returns the base URL of its data plane."""
    assert provider.arm("PUT", GROUP, {"location": "westeurope", "tags": {}}, "2020-06-01")[0] in {200, 201}
    assert provider.arm("GET", ACCOUNT)[0] == 404
    body = {
        "identity": {"type": "None", "userAssignedIdentities": None},
        "location": "westeurope",
        "properties": {
            "encryption": {"keySource": "Microsoft.Batch"},
            "poolAllocationMode": "BatchService",
            "publicNetworkAccess": "Enabled",
            "allowedAuthenticationModes": ["AAD", "SharedKey", "TaskAuthenticationToken"],
        },
        "tags": {},
    }
    status, headers, _ = provider.arm("PUT", ACCOUNT, body)
    assert status in {201, 202}
    provider.done(headers)
    status, _, made = provider.arm("GET", ACCOUNT)
    assert (status, made["properties"]["provisioningState"]) == (200, "Succeeded")
    return f"https://{made['properties']['accountEndpoint']}"


def test_start_of_the_provider(provider: Provider) -> None:
    """Metadata names the endpoints, a token is given, and the providers are registered."""
    url = f"{provider.emulator.arm_endpoint}/metadata/endpoints?api-version=2022-09-01"
    status, _, found = provider.send("GET", url)
    cloud = found[0] if isinstance(found, list) else found
    assert status == 200
    assert cloud["resourceManager"].rstrip("/") == provider.emulator.arm_endpoint
    assert cloud["authentication"]["loginEndpoint"].startswith("https://")
    status, _, listed = provider.arm("GET", f"/subscriptions/{SUBSCRIPTION}/providers", version="2022-09-01")
    states = {each["namespace"]: each["registrationState"] for each in listed["value"]}
    assert (status, states["Microsoft.Batch"]) == (200, "Registered")
    register = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Batch/register"
    assert provider.arm("POST", register, version="2022-09-01")[0] == 200


@pytest.mark.parametrize(
    "namespace", ["Microsoft.Storage", "microsoft.insights", "Microsoft.NewerThanThis", "Own.Thing"]
)
def test_registration(provider: Provider, namespace: str) -> None:
    """Whatever provider is registered is so from then on."""
    path = f"/subscriptions/{SUBSCRIPTION}/providers/{namespace}"
    for method, place in (("POST", f"{path}/register"), ("GET", path)):
        status, _, shown = provider.arm(method, place, version="2022-09-01")
        assert (status, shown["namespace"], shown["registrationState"]) == (200, namespace, "Registered")


def test_group_is_looked_into_before_it_goes(provider: Provider, account: str) -> None:
    """What is left in a group is listed with its state; then the group goes with all of it."""
    url = f"{provider.emulator.arm_endpoint}{GROUP}/resources?$expand=provisioningState&$top=500&api-version=2020-06-01"
    status, _, left = provider.arm("GET", url)
    assert (status, [(each["name"], each["provisioningState"]) for each in left["value"]]) == (
        200,
        [("tfacct", "Succeeded")],
    )
    status, headers, _ = provider.arm("DELETE", GROUP, version="2020-06-01")
    assert (status, headers["Content-Length"]) == (202, "0")
    provider.gone(GROUP, headers)


def test_account(provider: Provider, account: str) -> None:
    """An account is read with its keys, patched with what the provider sends, and deleted."""
    _, _, keys = provider.arm("POST", f"{ACCOUNT}/listKeys")
    assert keys["primary"] != keys["secondary"]
    change = {
        "identity": {"type": "None", "userAssignedIdentities": None},
        "properties": {
            "autoStorage": {"storageAccountId": ""},
            "encryption": {"keySource": "Microsoft.Batch"},
            "publicNetworkAccess": "Enabled",
        },
        "tags": {"env": "test"},
    }
    status, _, changed = provider.arm("PATCH", ACCOUNT.replace("resourceGroups", "resourcegroups"), change)
    assert (status, changed["tags"]) == (200, {"env": "test"})
    status, headers, _ = provider.arm("DELETE", ACCOUNT)
    assert status == 202
    provider.gone(ACCOUNT, headers)


POOL: dict[str, Any] = {
    "identity": {"type": "None", "userAssignedIdentities": None},
    "properties": {
        "certificates": [],
        "deploymentConfiguration": {
            "virtualMachineConfiguration": {
                "containerConfiguration": {
                    "containerImageNames": [],
                    "containerRegistries": [{"password": "p", "registryServer": "reg.example.com", "username": "u"}],
                    "type": "DockerCompatible",
                },
                "dataDisks": [
                    {"caching": "ReadOnly", "diskSizeGB": 10, "lun": 1, "storageAccountType": "Standard_LRS"}
                ],
                "extensions": [],
                "imageReference": {
                    "id": "",
                    "offer": "ubuntu-hpc",
                    "publisher": "microsoft-dsvm",
                    "sku": "2204",
                    "version": "latest",
                },
                "licenseType": "",
                "nodeAgentSkuId": "batch.node.ubuntu 22.04",
                "nodePlacementConfiguration": {},
                "osDisk": {"ephemeralOSDiskSettings": {"placement": "CacheDisk"}},
                "windowsConfiguration": None,
            }
        },
        "displayName": "",
        "interNodeCommunication": "enabled",
        "metadata": [{"name": "tagName", "value": ""}],
        "mountConfiguration": [],
        "networkConfiguration": {
            "dynamicVnetAssignmentScope": "none",
            "enableAcceleratedNetworking": False,
            "endpointConfiguration": {
                "inboundNatPools": [
                    {
                        "backendPort": 22,
                        "frontendPortRangeEnd": 4100,
                        "frontendPortRangeStart": 4000,
                        "name": "SSH",
                        "networkSecurityGroupRules": [{"access": "deny", "priority": 1001, "sourceAddressPrefix": "*"}],
                        "protocol": "tcp",
                    }
                ]
            },
            "publicIPAddressConfiguration": {"ipAddressIds": [], "provision": "BatchManaged"},
            "subnetId": "",
        },
        "scaleSettings": {
            "fixedScale": {
                "nodeDeallocationOption": "",
                "resizeTimeout": "PT15M",
                "targetDedicatedNodes": 1,
                "targetLowPriorityNodes": 0,
            }
        },
        "startTask": {
            "commandLine": "echo 'Hello World from $env'",
            "environmentSettings": [{"name": "env", "value": "TEST"}],
            "maxTaskRetryCount": 1,
            "resourceFiles": [],
            "userIdentity": {"autoUser": {"elevationLevel": "NonAdmin", "scope": "Task"}, "userName": ""},
            "waitForSuccess": True,
        },
        "taskSlotsPerNode": 2,
        "userAccounts": [{"elevationLevel": "admin", "name": "u", "password": "secret"}],
        "vmSize": "STANDARD_A1",
    },
}


def test_pool(provider: Provider, account: str) -> None:
    """A pool is made from everything the provider sends, read without a gap, changed, and deleted."""
    path = f"{ACCOUNT}/pools/tfpool"
    assert provider.arm("GET", path)[0] == 404
    status, _, _ = provider.arm("PUT", path, POOL)
    assert status == 200
    provider.emulator.advance(300)
    _, _, shown = provider.arm("GET", path)
    properties = shown["properties"]
    machine = properties["deploymentConfiguration"]["virtualMachineConfiguration"]
    rule = properties["networkConfiguration"]["endpointConfiguration"]["inboundNatPools"][0]
    assert properties["allocationState"] == "Steady"
    assert (properties["vmSize"], properties["interNodeCommunication"]) == ("STANDARD_A1", "Enabled")
    assert machine["nodePlacementConfiguration"]["policy"] == "Regional"
    assert machine["dataDisks"][0]["storageAccountType"] == "Standard_LRS"
    assert machine["containerConfiguration"]["containerRegistries"] == [
        {"registryServer": "reg.example.com", "username": "u"}
    ]
    assert (rule["protocol"], rule["networkSecurityGroupRules"][0]["sourcePortRanges"]) == ("TCP", ["*"])
    assert properties["taskSchedulingPolicy"]["nodeFillType"] == "Spread"
    assert properties["startTask"]["userIdentity"]["autoUser"] == {"elevationLevel": "NonAdmin", "scope": "Task"}
    change = {
        "properties": {
            "metadata": [{"name": "a", "value": "b"}],
            "scaleSettings": {
                "fixedScale": {"resizeTimeout": "PT15M", "targetDedicatedNodes": 0, "targetLowPriorityNodes": 0}
            },
            "startTask": POOL["properties"]["startTask"],
        }
    }
    assert provider.arm("PATCH", path, change)[0] == 200
    assert provider.arm("POST", f"{path}/stopResize")[0] == 200
    provider.emulator.advance(300)
    status, headers, _ = provider.arm("DELETE", path)
    assert status == 202
    provider.gone(path, headers)


_ASSIGNED = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/tf"
_NETWORK = f"{GROUP}/providers/Microsoft.Network"
WHOLE: dict[str, Any] = {
    "identity": {"type": "UserAssigned", "userAssignedIdentities": {_ASSIGNED: {}}},
    "properties": {
        "applicationPackages": [],
        "certificates": [],
        "deploymentConfiguration": {
            "virtualMachineConfiguration": {
                "containerConfiguration": {
                    "containerImageNames": ["centos7"],
                    "containerRegistries": [
                        {"identityReference": {"resourceId": _ASSIGNED}, "registryServer": "reg.example.com"},
                        {"password": "p", "registryServer": "other.example.com", "username": "u"},
                    ],
                    "type": "DockerCompatible",
                },
                "dataDisks": [
                    {"caching": "ReadOnly", "diskSizeGB": 10, "lun": 1, "storageAccountType": "Standard_LRS"}
                ],
                "diskEncryptionConfiguration": {"targets": ["TemporaryDisk"]},
                "extensions": [
                    {
                        "autoUpgradeMinorVersion": True,
                        "enableAutomaticUpgrade": True,
                        "name": "KeyVaultForLinux",
                        "protectedSettings": None,
                        "provisionAfterExtensions": ["first"],
                        "publisher": "Microsoft.Azure.KeyVault",
                        "settings": {"secretsManagementSettings": {"pollingIntervalInS": "300"}},
                        "type": "KeyVaultForLinux",
                        "typeHandlerVersion": "2.0",
                    },
                    {"name": "first", "protectedSettings": {"x": "y"}, "publisher": "p", "type": "t"},
                ],
                "imageReference": {
                    "id": "",
                    "offer": "ubuntu-hpc",
                    "publisher": "microsoft-dsvm",
                    "sku": "2204",
                    "version": "latest",
                },
                "licenseType": "",
                "nodeAgentSkuId": "batch.node.ubuntu 22.04",
                "nodePlacementConfiguration": {"policy": "Regional"},
                "osDisk": {"ephemeralOSDiskSettings": {"placement": "CacheDisk"}},
                "securityProfile": {
                    "encryptionAtHost": True,
                    "securityType": "trustedLaunch",
                    "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
                },
            }
        },
        "displayName": "Everything",
        "interNodeCommunication": "Disabled",
        "metadata": [{"name": "a", "value": "b"}],
        "mountConfiguration": [
            {
                "azureBlobFileSystemConfiguration": {
                    "accountKey": "k",
                    "accountName": "tfstore",
                    "blobfuseOptions": "",
                    "containerName": "c",
                    "relativeMountPath": "b",
                    "sasKey": "",
                }
            },
            {
                "azureFileShareConfiguration": {
                    "accountKey": "k",
                    "accountName": "tfstore",
                    "azureFileUrl": "https://tfstore.file.core.windows.net/s",
                    "mountOptions": "",
                    "relativeMountPath": "f",
                }
            },
            {
                "cifsMountConfiguration": {
                    "mountOptions": "o",
                    "password": "p",
                    "relativeMountPath": "c",
                    "source": "//host/share",
                    "userName": "u",
                }
            },
            {"nfsMountConfiguration": {"mountOptions": "", "relativeMountPath": "n", "source": "host:/share"}},
        ],
        "networkConfiguration": {
            "dynamicVnetAssignmentScope": "none",
            "enableAcceleratedNetworking": False,
            "endpointConfiguration": {
                "inboundNatPools": [
                    {
                        "backendPort": 22,
                        "frontendPortRangeEnd": 4100,
                        "frontendPortRangeStart": 4000,
                        "name": "SSH",
                        "networkSecurityGroupRules": [
                            {
                                "access": "Deny",
                                "priority": 1001,
                                "sourceAddressPrefix": "*",
                                "sourcePortRanges": ["*"],
                            }
                        ],
                        "protocol": "TCP",
                    }
                ]
            },
            "publicIPAddressConfiguration": {
                "ipAddressIds": [f"{_NETWORK}/publicIPAddresses/tf"],
                "provision": "UserManaged",
            },
            "subnetId": f"{_NETWORK}/virtualNetworks/tf/subnets/tf",
        },
        "scaleSettings": {
            "fixedScale": {
                "nodeDeallocationOption": "",
                "resizeTimeout": "PT15M",
                "targetDedicatedNodes": 1,
                "targetLowPriorityNodes": 0,
            }
        },
        "startTask": {
            "commandLine": "echo",
            "containerSettings": {
                "containerRunOptions": "--rm",
                "imageName": "centos7",
                "registry": {"identityReference": {"resourceId": _ASSIGNED}, "registryServer": "reg.example.com"},
                "workingDirectory": "ContainerImageDefault",
            },
            "environmentSettings": [{"name": "env", "value": "TEST"}],
            "maxTaskRetryCount": 5,
            "resourceFiles": [
                {
                    "autoStorageContainerName": "",
                    "blobPrefix": "",
                    "fileMode": "",
                    "filePath": "README.md",
                    "httpUrl": "https://files.example.com/README.md",
                    "identityReference": {"resourceId": _ASSIGNED},
                    "storageContainerUrl": "",
                }
            ],
            "userIdentity": {"autoUser": {"elevationLevel": "NonAdmin", "scope": "Pool"}, "userName": ""},
            "waitForSuccess": True,
        },
        "targetNodeCommunicationMode": "Simplified",
        "taskSchedulingPolicy": {"nodeFillType": "Pack"},
        "taskSlotsPerNode": 2,
        "userAccounts": [
            {
                "elevationLevel": "Admin",
                "linuxUserConfiguration": {"gid": 1, "sshPrivateKey": "k", "uid": 1},
                "name": "u",
                "password": "secret",
            }
        ],
        "vmSize": "STANDARD_D2S_V3",
    },
}
SECRETS = {"password", "accountKey", "sshPrivateKey", "protectedSettings"}


def differences(sent: Any, shown: Any, place: str = "") -> list[str]:
    """Return where what is shown is not what was sent; blanks and secrets are not shown."""
    if isinstance(sent, dict):
        told = {name: value for name, value in sent.items() if value not in ("", None, []) and name not in SECRETS}
        return [each for name in told for each in differences(told[name], (shown or {}).get(name), f"{place}.{name}")]
    if isinstance(sent, list) and isinstance(shown, list) and len(sent) == len(shown):
        return [each for a, b in zip(sent, shown, strict=True) for each in differences(a, b, f"{place}[]")]
    return [] if sent == shown else [f"{place}: {sent!r} became {shown!r}"]


def test_pool_of_every_member_shows_no_difference(provider: Provider, account: str) -> None:
    """Everything the provider's schema can say is read back as it was sent, so that a second plan is empty."""
    path = f"{ACCOUNT}/pools/whole"
    status, _, made = provider.arm("PUT", path, WHOLE)
    assert (status, differences(WHOLE, made)) == (200, [])
    provider.emulator.advance(300)
    _, _, shown = provider.arm("GET", path)
    assert (differences(WHOLE, shown), shown["properties"]["currentDedicatedNodes"]) == ([], 1)


def test_what_is_sent_again_is_no_change(provider: Provider, account: str) -> None:
    """An update that repeats what a pool with nodes is already, secrets and empty lists included, is accepted."""
    path = f"{ACCOUNT}/pools/again"
    provider.arm("PUT", path, WHOLE)
    provider.emulator.advance(300)
    again = json.loads(json.dumps(WHOLE))
    again["properties"]["metadata"] = [{"name": "a", "value": "c"}]
    status, _, shown = provider.arm("PATCH", path, again)
    assert (status, shown["properties"]["metadata"]) == (200, [{"name": "a", "value": "c"}])


@pytest.mark.parametrize(
    "blank",
    [
        {"mountConfiguration": []},
        {"userAccounts": []},
        {"displayName": ""},
        {"networkConfiguration": {"endpointConfiguration": {"inboundNatPools": []}}},
        {"targetNodeCommunicationMode": "Default"},
        {"interNodeCommunication": "Disabled"},
    ],
    ids=lambda blank: next(iter(blank)),
)
def test_blanks_are_no_change(provider: Provider, account: str, blank: dict[str, Any]) -> None:
    """Empty members and defaults may be sent for a pool with nodes that has none of them; others are refused."""
    path = f"{ACCOUNT}/pools/bare"
    machine = WHOLE["properties"]["deploymentConfiguration"]["virtualMachineConfiguration"]
    bare = {name: machine[name] for name in ("imageReference", "nodeAgentSkuId")}
    properties = {
        "deploymentConfiguration": {"virtualMachineConfiguration": bare},
        "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 1}},
        "vmSize": "STANDARD_D2S_V3",
    }
    assert provider.arm("PUT", path, {"properties": properties})[0] == 200
    provider.emulator.advance(300)
    assert provider.arm("PATCH", path, {"properties": blank})[0] == 200
    name = next(iter(blank))
    wanted = WHOLE["properties"][name] if name != "interNodeCommunication" else "Enabled"
    status, _, refused = provider.arm("PATCH", path, {"properties": {name: wanted}})
    assert (status, refused["error"]["code"]) == (400, "PropertyCannotBeUpdated")


def test_windows_pool(provider: Provider, account: str) -> None:
    """Automatic updates are told whenever there is a Windows configuration."""
    body = json.loads(json.dumps(POOL))
    machine = body["properties"]["deploymentConfiguration"]["virtualMachineConfiguration"]
    for name in ("containerConfiguration", "dataDisks", "osDisk"):
        del machine[name]
    machine["imageReference"] = {
        "offer": "WindowsServer",
        "publisher": "MicrosoftWindowsServer",
        "sku": "2022-datacenter",
        "version": "latest",
    }
    machine |= {"nodeAgentSkuId": "batch.node.windows amd64", "windowsConfiguration": {}}
    status, _, shown = provider.arm("PUT", f"{ACCOUNT}/pools/win", body)
    assert status == 200
    told = shown["properties"]["deploymentConfiguration"]["virtualMachineConfiguration"]
    assert told["windowsConfiguration"] == {"enableAutomaticUpdates": True}


def test_application(provider: Provider, account: str) -> None:
    """An application is made, patched and deleted."""
    path = f"{ACCOUNT}/applications/tfapp"
    made = provider.arm("PUT", path, {"properties": {"allowUpdates": True, "defaultVersion": "", "displayName": ""}})
    assert made[0] in {200, 201}
    patched = provider.arm("PATCH", path, {"properties": {"allowUpdates": False, "displayName": "x"}})
    assert (patched[0], patched[2]["properties"]["allowUpdates"]) == (200, False)
    assert provider.arm("DELETE", path)[0] in {200, 204}
    assert provider.arm("GET", path)[0] == 404


def test_job(provider: Provider, account: str) -> None:
    """A job is made, read, replaced and deleted on the data plane, with a bearer token."""
    token = provider.token("https://batch.core.windows.net/.default")

    def batch(method: str, path: str, body: Any = None) -> tuple[int, Any, Any]:
        kind = {"Content-Type": "application/json; odata=minimalmetadata; charset=utf-8"}
        return provider.send(method, f"{account}{path}?api-version={BATCH}", body, token, **kind)

    assert batch("GET", "/jobs/tfjob")[0] == 404
    job = {
        "commonEnvironmentSettings": [],
        "constraints": {"maxTaskRetryCount": 0},
        "displayName": "",
        "id": "tfjob",
        "poolInfo": {"poolId": "tfpool"},
        "priority": 0,
    }
    assert batch("POST", "/jobs", job)[0] == 201
    status, _, shown = batch("GET", "/jobs/tfjob")
    assert (status, shown["poolInfo"]["poolId"], shown["state"]) == (200, "tfpool", "active")
    assert batch("PATCH", "/jobs/tfjob", {"poolInfo": {"poolId": "tfpool"}, "priority": 5})[0] == 200
    assert batch("DELETE", "/jobs/tfjob")[0] == 202
    provider.emulator.advance(60)
    assert batch("GET", "/jobs/tfjob")[0] == 404

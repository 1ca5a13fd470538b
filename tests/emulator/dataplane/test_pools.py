"""Pools and nodes on the data plane: what is read back, what is refused, which calls move the ETag."""

import pytest

VM = {
    "imageReference": {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"},
    "nodeAgentSKUId": "batch.node.ubuntu 22.04",
}
POOL = {"id": "p", "vmSize": "STANDARD_D2S_V3", "virtualMachineConfiguration": VM}


def test_defaults_are_read_back(plane) -> None:
    """A pool made with little shows what the service adds, in its order, and leaves out what is not set."""
    plane.ok("POST", "/pools", POOL)
    pool = plane.get("/pools/p")
    assert list(pool) == [
        "odata.metadata",
        "id",
        "url",
        "eTag",
        "lastModified",
        "creationTime",
        "state",
        "stateTransitionTime",
        "allocationState",
        "allocationStateTransitionTime",
        "vmSize",
        "resizeTimeout",
        "currentDedicatedNodes",
        "targetDedicatedNodes",
        "currentLowPriorityNodes",
        "targetLowPriorityNodes",
        "enableAutoScale",
        "enableInterNodeCommunication",
        "taskSlotsPerNode",
        "taskSchedulingPolicy",
        "virtualMachineConfiguration",
    ]
    assert pool["vmSize"] == "standard_d2s_v3"
    assert pool["allocationState"] == "resizing"
    assert pool["taskSchedulingPolicy"] == {"nodeFillType": "Spread"}
    assert pool["virtualMachineConfiguration"]["imageReference"]["version"] == "latest"


READ_BACK = {
    "start task": (
        {"startTask": {"commandLine": "x"}},
        "startTask",
        {
            "commandLine": "x",
            "userIdentity": {"autoUser": {"scope": "pool", "elevationLevel": "nonadmin"}},
            "maxTaskRetryCount": 0,
            "waitForSuccess": True,
        },
    ),
    "password": (
        {"userAccounts": [{"name": "u", "password": "secret", "linuxUserConfiguration": {"sshPrivateKey": "k"}}]},
        "userAccounts",
        [{"name": "u", "elevationLevel": "nonadmin", "linuxUserConfiguration": {}}],
    ),
    "fill type": ({"taskSchedulingPolicy": {"nodeFillType": "pack"}}, "taskSchedulingPolicy", {"nodeFillType": "Pack"}),
    "mount": (
        {
            "mountConfiguration": [
                {
                    "azureBlobFileSystemConfiguration": {
                        "accountName": "a",
                        "containerName": "c",
                        "relativeMountPath": "m",
                        "accountKey": "secret",
                    }
                }
            ]
        },
        "mountConfiguration",
        [{"azureBlobFileSystemConfiguration": {"accountName": "a", "containerName": "c", "relativeMountPath": "m"}}],
    ),
    "empty lists": ({"metadata": [], "applicationPackageReferences": []}, "metadata", None),
    "upgrade policy as sent": (
        {"upgradePolicy": {"mode": "Rolling", "rollingUpgradePolicy": {"pauseTimeBetweenBatches": "P0D"}}},
        "upgradePolicy",
        {"mode": "rolling", "rollingUpgradePolicy": {"pauseTimeBetweenBatches": "P0D"}},
    ),
    "resize timeout": ({"resizeTimeout": "PT0H20M"}, "resizeTimeout", "PT20M"),
    "network": (
        {
            "networkConfiguration": {
                "endpointConfiguration": {
                    "inboundNATPools": [
                        {
                            "name": "n",
                            "protocol": "TCP",
                            "backendPort": 80,
                            "frontendPortRangeStart": 1000,
                            "frontendPortRangeEnd": 1200,
                            "networkSecurityGroupRules": [
                                {"priority": 150, "access": "Allow", "sourceAddressPrefix": "*", "sourcePortRanges": []}
                            ],
                        }
                    ]
                }
            }
        },
        "networkConfiguration",
        {
            "endpointConfiguration": {
                "inboundNATPools": [
                    {
                        "name": "n",
                        "protocol": "tcp",
                        "backendPort": 80,
                        "frontendPortRangeStart": 1000,
                        "frontendPortRangeEnd": 1200,
                        "networkSecurityGroupRules": [
                            {"priority": 150, "access": "allow", "sourceAddressPrefix": "*", "sourcePortRanges": ["*"]}
                        ],
                    }
                ]
            },
            "dynamicVNetAssignmentScope": "none",
            "enableAcceleratedNetworking": False,
        },
    ),
}


@pytest.mark.parametrize(("sent", "member", "expected"), READ_BACK.values(), ids=READ_BACK)
def test_members_are_read_back_normalised(sent, member, expected, plane) -> None:
    """A member comes back as the service spells it, with its defaults and without its secrets."""
    plane.ok("POST", "/pools", {**POOL, **sent})
    assert plane.get("/pools/p").get(member) == expected


DISKS = {
    "2024-07-01.20.0": {"lun": 0, "diskSizeGB": 10, "caching": "none", "storageAccountType": "premium_lrs"},
    "2025-06-01": {"lun": 0, "diskSizeGB": 10, "caching": "none", "managedDisk": {"storageAccountType": "premium_lrs"}},
}


@pytest.mark.parametrize("made", DISKS)
@pytest.mark.parametrize("read", DISKS)
def test_data_disks_of_all_versions(made, read, plane) -> None:
    """A data disk names its storage in its version's own way, whichever version made it."""
    disk = {name: value for name, value in DISKS[made].items() if name != "caching"}
    plane.version = made
    plane.ok("POST", "/pools", {**POOL, "virtualMachineConfiguration": {**VM, "dataDisks": [disk]}})
    plane.version = read
    assert plane.get("/pools/p")["virtualMachineConfiguration"]["dataDisks"] == [DISKS[read]]


REFUSED = {
    "unknown image": (
        {
            "virtualMachineConfiguration": {
                "imageReference": {"publisher": "a", "offer": "b", "sku": "c"},
                "nodeAgentSKUId": "x",
            }
        },
        400,
        "InvalidPropertyValue",
        {
            "PropertyName": "imageReference",
            "Reason": "The specified imageReference with publisher a offer b sku c is not supported.",
        },
    ),
    "managed image": (
        {
            "virtualMachineConfiguration": {
                "imageReference": {
                    "virtualMachineImageId": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/images/i"
                },
                "nodeAgentSKUId": "x",
            }
        },
        400,
        "InvalidPropertyValue",
        {"PropertyName": "virtualMachineImageId"},
    ),
    "other subscription": (
        {"networkConfiguration": {"subnetId": "/subscriptions/11111111-0000-0000-0000-000000000000/x"}},
        400,
        "InvalidPropertyValue",
        {"PropertyName": "subnetId"},
    ),
    "formula without autoscale": (
        {"enableAutoScale": True},
        400,
        "MissingRequiredProperty",
        {"PropertyName": "autoScaleFormula"},
    ),
    "targets with autoscale": (
        {"enableAutoScale": True, "autoScaleFormula": "$TargetDedicatedNodes=1", "targetDedicatedNodes": 1},
        400,
        "InvalidPropertyValue",
        {"PropertyName": "targetDedicatedNodes"},
    ),
    "package that is not there": (
        {"applicationPackageReferences": [{"applicationId": "none"}]},
        409,
        "InvalidApplicationPackageReferences",
        {},
    ),
}


@pytest.mark.parametrize(("more", "status", "code", "values"), REFUSED.values(), ids=REFUSED)
def test_bad_pools_are_refused(more, status, code, values, plane) -> None:
    """A pool that cannot be is refused as recorded, and is not there afterwards."""
    answer = plane.send("POST", "/pools", {**POOL, **more})
    assert (answer.status, answer.code) == (status, code), answer.json
    assert values.items() <= answer.values.items()
    assert plane.get("/pools")["value"] == []


def test_certificates_are_refused_where_they_were_known(plane) -> None:
    """An api-version with certificates takes an empty list and no certificate: the feature is retired."""
    plane.version = "2024-02-01.19.0"
    reference = {"thumbprint": "0123456789abcdef0123456789abcdef01234567", "thumbprintAlgorithm": "sha1"}
    answer = plane.send("POST", "/pools", {**POOL, "certificateReferences": [reference]})
    assert (answer.status, answer.code) == (409, "InvalidCertificateReferences")
    plane.ok("POST", "/pools", {**POOL, "certificateReferences": []})
    assert plane.get("/certificates")["value"] == []


def test_existing_ids_conflict_in_any_case(plane) -> None:
    """Ids are compared without case and shown as they were given."""
    plane.ok("POST", "/pools", {**POOL, "id": "Pool1"})
    assert plane.send("POST", "/pools", {**POOL, "id": "POOL1"}).code == "PoolExists"
    assert plane.get("/pools/pool1")["id"] == "Pool1"
    assert plane.get("/POOLS/pOOL1")["id"] == "Pool1"


def test_etag_moves_with_writes_only(plane) -> None:
    """PATCH and resize move the ETag; reading, allocating and stopping a resize do not."""
    plane.ok("POST", "/pools", POOL)
    tags = [plane.get("/pools/p")["eTag"]]

    def tag() -> str:
        answer = plane.send("GET", "/pools/p")
        assert answer.headers["ETag"] == answer.json["eTag"]
        return answer.json["eTag"]

    plane.advance(5)
    assert tag() == tags[0]
    assert plane.ok("PATCH", "/pools/p", {"metadata": [{"name": "a", "value": "b"}]}).headers["ETag"] != tags[0]
    tags.append(tag())
    resized = plane.ok("POST", "/pools/p/resize", {"targetDedicatedNodes": 3})
    assert resized.status == 202
    tags.append(tag())
    assert len(set(tags)) == 3
    assert plane.ok("POST", "/pools/p/stopresize").headers["ETag"] == tags[-1]
    plane.advance(10)
    assert tag() == tags[-1]
    pool = plane.get("/pools/p")
    assert pool["resizeErrors"][0]["code"] == "ResizeStopped"
    assert pool["targetDedicatedNodes"] == 3


def test_conditional_requests(plane) -> None:
    """If-Match and its kin hold for reads and writes, in the SDK's quoted form too."""
    plane.ok("POST", "/pools", POOL)
    tag = plane.get("/pools/p")["eTag"]
    assert plane.send("GET", "/pools/p", headers={"If-None-Match": f'"{tag}"'}).status == 304
    assert plane.send("HEAD", "/pools/p", headers={"If-None-Match": tag}).reply.body == b""
    body = {"metadata": []}
    plane.ok("PATCH", "/pools/p", body, headers={"If-Match": f'"{tag}"'})
    stale = plane.send("PATCH", "/pools/p", body, headers={"If-Match": f'"{tag}"'})
    assert (stale.status, stale.code) == (412, "ConditionNotMet")
    assert "values" not in stale.json
    assert plane.send("DELETE", "/pools/p", headers={"If-Match": tag}).status == 412
    assert plane.send("DELETE", "/pools/p", headers={"If-Match": "*"}).status == 202


HEADERS = {
    "create": ("POST", "/pools", POOL, 201, {"ETag", "Last-Modified", "Location", "DataServiceId"}),
    "patch": ("PATCH", "/pools/q", {"metadata": []}, 200, {"ETag", "Last-Modified", "DataServiceId"}),
    "resize": ("POST", "/pools/q/resize", {"targetDedicatedNodes": 1}, 202, {"ETag", "Last-Modified", "DataServiceId"}),
    "replace": (
        "POST",
        "/pools/q/updateproperties",
        {"metadata": [], "applicationPackageReferences": []},
        204,
        {"ETag", "Last-Modified", "DataServiceId"},
    ),
    "delete": ("DELETE", "/pools/q", None, 202, set()),
    "get": ("GET", "/pools/q", None, 200, {"ETag", "Last-Modified", "Content-Type"}),
    "list": ("GET", "/pools", None, 200, {"Content-Type"}),
    "head": ("HEAD", "/pools/q", None, 200, {"ETag", "Last-Modified"}),
    "refusal": ("GET", "/pools/none", None, 404, {"Content-Type"}),
}


@pytest.mark.parametrize(("method", "path", "body", "status", "expected"), HEADERS.values(), ids=HEADERS)
def test_headers(method, path, body, status, expected, plane) -> None:
    """Each kind of answer has its recorded headers and no others."""
    plane.pool("q")
    answer = plane.send(method, path, body)
    assert answer.status == status
    assert set(answer.headers) - {"request-id", "DataServiceVersion"} == expected
    assert answer.headers["DataServiceVersion"] == "3.0"


def test_client_request_id_is_echoed_on_demand(plane) -> None:
    """The client's own id comes back only when it asks for it."""
    headers = {"client-request-id": "abc"}
    assert "client-request-id" not in plane.send("GET", "/pools", headers=headers).headers
    headers["return-client-request-id"] = "true"
    assert plane.send("GET", "/pools", headers=headers).headers["client-request-id"] == "abc"


def test_error_body(plane) -> None:
    """An error says its code, its sentence with request id and time, and carries the same id as a header."""
    answer = plane.send("GET", "/pools/none")
    assert answer.json["odata.metadata"].endswith(
        "/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element"
    )
    sentence, request, time = answer.json["message"]["value"].split("\n")
    assert (sentence, answer.json["message"]["lang"]) == ("The specified pool does not exist.", "en-US")
    assert request == f"RequestId:{answer.headers['request-id']}"
    assert time == "Time:2026-01-01T00:00:00.1234567Z"


QUERIES = {
    "maxresults": ({"maxresults": "0"}, "InvalidQueryParameterValue", "maxresults"),
    "filter": ({"$filter": "id eq"}, "InvalidQueryParameterValue", "$filter"),
    "filter by what is not there": ({"$filter": "colour eq 'red'"}, "InvalidQueryParameterValue", "$filter"),
    "filter by what cannot be": ({"$filter": "taskSlotsPerNode gt 1"}, "InvalidQueryParameterValue", "$filter"),
    "filter by order of states": ({"$filter": "state gt 'active'"}, "InvalidQueryParameterValue", "$filter"),
    "select": ({"$select": "id,colour"}, "InvalidQueryParameterValue", "$select"),
    "expand": ({"$expand": "nodes"}, "InvalidQueryParameterValue", "$expand"),
    "skiptoken": ({"$skiptoken": "x"}, "InvalidQueryParameterValue", "$skiptoken"),
    "version": ({"api-version": "2017-01-01"}, "UnsupportedRequestVersion", None),
}


@pytest.mark.parametrize(("query", "code", "name"), QUERIES.values(), ids=QUERIES)
def test_bad_queries_are_refused(query, code, name, plane) -> None:
    """A query parameter that cannot be understood is named in the refusal."""
    answer = plane.send("GET", "/pools", query=query)
    assert (answer.status, answer.code) == (400, code)
    assert answer.values.get("QueryParameterName") == name


def test_missing_version(plane) -> None:
    """A request without api-version is refused and told which parameter it lacks."""
    plane.version = ""
    answer = plane.send("GET", "/pools")
    assert (answer.status, answer.code) == (400, "MissingRequiredQueryParameter")
    assert answer.values == {"QueryParameterName": "api-version"}


def test_lists(plane) -> None:
    """Pools are listed by id, in pages, filtered and projected."""
    for name in ("b", "a", "c", "B2"):
        plane.pool(name)
    assert [pool["id"] for pool in plane.get("/pools")["value"]] == ["a", "b", "B2", "c"]
    assert plane.get("/pools", _filter="startswith(id,'b')", _select="id, state", _expand="stats")["value"] == [
        {"id": "b", "state": "active"},
        {"id": "B2", "state": "active"},
    ]
    seen, path = [], "/pools?maxResults=3&api-version=2025-06-01"
    while path:
        page = plane.send("GET", path).json
        seen += [pool["id"] for pool in page["value"]]
        path = page.get("odata.nextLink", "").removeprefix(plane.base)
    assert seen == ["a", "b", "B2", "c"]


def test_retired_operations(plane) -> None:
    """Lifetime statistics answer that they are retired, as long as a version knew them."""
    plane.version = "2024-02-01.19.0"
    for path in ("/lifetimepoolstats", "/lifetimejobstats"):
        answer = plane.send("GET", path)
        assert (answer.status, answer.code) == (400, "LifetimeStatsAPIRetired")
    plane.version = "2025-06-01"
    assert plane.send("GET", "/lifetimepoolstats").status == 404


ROUTES = [
    ("GET", "/nothing", 404, "ResourceNotFound"),
    ("GET", "/", 404, "ResourceNotFound"),
    ("PUT", "/pools", 405, "UnsupportedHttpVerb"),
    ("GET", "/pools/p/resize", 405, "UnsupportedHttpVerb"),
    ("BREW", "/pools", 405, "UnsupportedHttpVerb"),
    ("GET", "/pools/p/nodes/n", 404, "PoolNotFound"),
    ("GET", "/jobs/j/tasks", 404, "JobNotFound"),
    ("POST", "/pools/p/nodes/n/start", 404, "PoolNotFound"),
]


@pytest.mark.parametrize(("method", "path", "status", "code"), ROUTES)
def test_unknown_paths(method, path, status, code, plane) -> None:
    """A path nobody knows is 404, a method it does not have 405."""
    answer = plane.send(method, path)
    assert (answer.status, answer.code) == (status, code)


def test_nodes_start_only_where_the_version_can(plane) -> None:
    """Starting a node came with 2024-07-01; before that there is no such path."""
    plane.version = "2024-02-01.19.0"
    assert plane.send("POST", "/pools/p/nodes/n/start").code == "ResourceNotFound"


def test_nodes(plane) -> None:
    """Nodes show their endpoints, and `$select` never leaves out virtualMachineInfo."""
    plane.pool("p", 2)
    nodes = plane.get("/pools/p/nodes")["value"]
    assert [node["id"] for node in nodes] == sorted(node["id"] for node in nodes)
    assert {node["state"] for node in nodes} == {"idle"}
    path = f"/pools/p/nodes/{nodes[0]['id']}"
    assert set(plane.get(path, _select="id,state")) == {"odata.metadata", "id", "state", "virtualMachineInfo"}
    ports = {node["endpointConfiguration"]["inboundEndpoints"][-1]["frontendPort"] for node in nodes}
    assert ports == {50000, 50001}
    login = plane.get(f"{path}/remoteloginsettings")
    endpoint = nodes[0]["endpointConfiguration"]["inboundEndpoints"][-1]
    assert (login["remoteLoginIPAddress"], login["remoteLoginPort"]) == (
        endpoint["publicIPAddress"],
        endpoint["frontendPort"],
    )
    assert plane.get("/nodecounts")["value"][0]["dedicated"]["idle"] == 2


def test_node_verbs(plane) -> None:
    """Each verb of a node answers with its status and does what it says."""
    plane.pool("p", 1)
    path = f"/pools/p/nodes/{plane.get('/pools/p/nodes')['value'][0]['id']}"
    assert plane.ok("POST", f"{path}/disablescheduling").status == 200
    assert plane.get(path)["schedulingState"] == "disabled"
    assert plane.ok("POST", f"{path}/enablescheduling").status == 200
    user = plane.ok("POST", f"{path}/users", {"name": "u", "password": "x", "isAdmin": True})
    assert (user.status, "ETag" in user.headers) == (201, False)
    assert user.headers["Location"].endswith("/users/u")
    assert plane.ok("PUT", f"{path}/users/u", {"password": "y"}).status == 200
    assert plane.ok("DELETE", f"{path}/users/u").status == 200
    assert plane.send("DELETE", f"{path}/users/u").code == "NodeUserNotFound"
    for verb, state in (("reboot", "rebooting"), ("reimage", "reimaging")):
        assert plane.ok("POST", f"{path}/{verb}").status == 202
        assert plane.get(path)["state"] == state
        plane.advance(400)
    assert plane.ok("POST", f"{path}/deallocate", {"nodeDeallocateOption": "terminate"}).status == 202
    plane.advance(200)
    assert plane.get(path)["state"] == "deallocated"
    assert plane.ok("POST", f"{path}/start").status == 202


def test_bodies_must_be_json(plane) -> None:
    """A body of another content type, no JSON, or too large, is refused."""
    assert plane.send("POST", "/pools", raw=b"{}", headers={"Content-Type": "text/xml"}).code == "InvalidHeaderValue"
    for raw in (b"{", b"\xff\xfe", b"[" * 100_000, b'{"id": NaN}', b"null", b'"x"'):
        assert plane.send("POST", "/pools", raw=raw).code == "InvalidRequestBody"
    assert plane.send("POST", "/pools").code == "InvalidRequestBody"
    assert plane.send("POST", "/pools", raw=b" " * (1 << 21)).status == 413


def test_node_counts_come_ten_at_a_time(plane) -> None:
    """A page of node counts has ten pools at most, and more cannot be asked for."""
    for number in range(12):
        plane.ok("POST", "/pools", {**POOL, "id": f"p{number:02}"})
    first = plane.send("GET", "/nodecounts").json
    assert len(first["value"]) == 10
    rest = plane.send("GET", first["odata.nextLink"].removeprefix(plane.base)).json
    assert [each["poolId"] for each in rest["value"]] == ["p10", "p11"]
    assert plane.get("/nodecounts", _filter="poolId eq 'p11'")["value"][0]["poolId"] == "p11"
    assert plane.send("GET", "/nodecounts?maxresults=11").code == "InvalidQueryParameterValue"


IMAGES = {
    "managed": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/images/i",
    "gallery": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/galleries/g/images/i",
    "gallery version": "/subscriptions/s/resourceGroups/r/providers/microsoft.compute/galleries/g/images/i/versions/1.0.0",
    "misspelled": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/gallery/g/images/i/versions/1.0.0",
}


@pytest.mark.parametrize(
    ("version", "accepted"),
    [
        ("2023-05-01.17.0", {"managed", "gallery", "gallery version"}),
        ("2024-02-01.19.0", {"gallery", "gallery version"}),
        ("2025-06-01", {"gallery", "gallery version"}),
    ],
)
def test_ids_of_images(version, accepted, plane) -> None:
    """An image is named by its gallery id; managed images went with 2024-02-01."""
    plane.version = version
    answers = {}
    for number, (name, image) in enumerate(IMAGES.items()):
        machine = {**VM, "imageReference": {"virtualMachineImageId": image}}
        answers[name] = plane.send(
            "POST", "/pools", {**POOL, "id": f"p{number}", "virtualMachineConfiguration": machine}
        )
    assert {name for name, answer in answers.items() if answer.status == 201} == accepted
    assert answers["misspelled"].values["Reason"].count("{resourceGroupName}") == len(accepted)


def test_usage_is_told_two_hours_later(plane) -> None:
    """Core hours are told by half hours, two hours after their end; without times only the last one is."""
    plane.pool("p", 2)
    assert plane.get("/poolusagemetrics")["value"] == []
    plane.advance(4 * 3600)
    (last,) = plane.get("/poolusagemetrics")["value"]
    assert (last["poolId"], last["vmSize"], last["totalCoreHours"]) == ("p", "standard_d2s_v3", 2.0)
    assert (last["startTime"], last["endTime"]) == ("2026-01-01T01:30:00Z", "2026-01-01T02:00:00Z")
    query = {"startTime": "2026-01-01T00:00:00Z", "endtime": "2026-01-01T01:30:00Z"}
    several = plane.send("GET", "/poolusagemetrics", query=query).json["value"]
    assert [each["endTime"][11:16] for each in several] == ["00:30", "01:00", "01:30"]
    assert several[0]["totalCoreHours"] < 2.0
    assert plane.send("GET", "/poolusagemetrics?starttime=2030-01-01T00:00:00Z").code == "InvalidQueryParameterValue"
    assert plane.send("GET", "/poolusagemetrics?starttime=noon").code == "InvalidQueryParameterValue"


def test_autoscale_of_a_pool_just_made_waits_for_its_creation(plane) -> None:
    """The ETag stays and nothing is evaluated until the pool is steady; then its formula rules."""
    made = plane.ok("POST", "/pools", POOL).headers["ETag"]
    formula = {"autoScaleFormula": "$TargetDedicatedNodes=1", "autoScaleEvaluationInterval": "PT06M00S"}
    assert plane.ok("POST", "/pools/p/enableautoscale", formula).headers["ETag"] == made
    shown = plane.get("/pools/p")
    assert ("autoScaleRun" in shown, shown["autoScaleEvaluationInterval"]) == (False, "PT6M")
    assert (shown["allocationState"], shown["targetDedicatedNodes"]) == ("resizing", 0)
    plane.advance(60)
    shown = plane.get("/pools/p")
    assert (shown["autoScaleRun"]["results"][:24], shown["targetDedicatedNodes"]) == ("$TargetDedicatedNodes=1;", 1)


def test_autoscale_of_an_older_pool_is_evaluated_at_once(plane) -> None:
    """The ETag moves and the first run is there."""
    made = plane.ok("POST", "/pools", POOL).headers["ETag"]
    plane.advance(60)
    formula = {"autoScaleFormula": "$TargetDedicatedNodes=1"}
    assert plane.ok("POST", "/pools/p/enableautoscale", formula).headers["ETag"] != made
    assert plane.get("/pools/p")["autoScaleRun"]["timestamp"] == plane.get("/pools/p")["lastModified"]

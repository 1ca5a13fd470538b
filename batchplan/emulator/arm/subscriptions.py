"""Tenants, subscriptions, their locations, and the providers registered with them."""

import re

from batchplan.emulator.arm.call import Call, document
from batchplan.emulator.arm.refusal import front
from batchplan.emulator.arm.route import Route
from batchplan.emulator.arm.versions import BATCH
from batchplan.emulator.catalogue import regions
from batchplan.emulator.model import Json
from batchplan.emulator.wire.http import Reply

# Resource types of the provider, as its registration lists them.
TYPES = (
    "batchAccounts",
    "batchAccounts/pools",
    "batchAccounts/applications",
    "batchAccounts/applications/versions",
    "batchAccounts/privateEndpointConnections",
    "batchAccounts/privateLinkResources",
    "batchAccounts/detectors",
    "batchAccounts/networkSecurityPerimeterConfigurations",
    "operations",
    "locations",
    "locations/quotas",
    "locations/checkNameAvailability",
    "locations/accountOperationResults",
    "locations/virtualMachineSkus",
)
# Providers that clients look for in the list, and register when it lacks them; nothing is behind them here.
_MICROSOFT = """
    AAD AlertsManagement ApiManagement App AppConfiguration AppPlatform Attestation Authorization
    Automation AVS AzureStackHCI Blueprint BotService Cache Cdn Chaos CodeSigning CognitiveServices
    Communication Compute ConfidentialLedger ContainerInstance ContainerRegistry ContainerService
    CostManagement CustomProviders Dashboard DataBox Databricks DataFactory DataMigration DataProtection
    DataShare DBforMariaDB DBforMySQL DBforPostgreSQL DesktopVirtualization DevCenter Devices DevTestLab
    DigitalTwins DocumentDB Elastic EventGrid EventHub ExtendedLocation GraphServices GuestConfiguration
    HDInsight HealthcareApis HybridCompute IoTCentral KeyVault Kubernetes KubernetesConfiguration Kusto
    LabServices LoadTestService Logic MachineLearningServices Maintenance ManagedIdentity
    ManagedServices Management Maps MarketplaceOrdering Media MixedReality MobileNetwork NetApp Network
    NotificationHubs OperationalInsights OperationsManagement Orbital PolicyInsights Portal
    PowerBIDedicated Purview Quota RecoveryServices RedHatOpenShift Relay ResourceGraph ResourceHealth
    Resources Search Security SecurityInsights ServiceBus ServiceFabric ServiceLinker SignalRService
    Solutions Sql SqlVirtualMachine Storage StorageCache StorageMover StoragePool StorageSync
    StreamAnalytics Subscription Support Synapse TimeSeriesInsights VoiceServices Web Workloads
"""
OTHERS = (*(f"Microsoft.{each}" for each in _MICROSOFT.split()), "microsoft.insights")  # the service's own case
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+")


def list_tenants(call: Call) -> Reply:
    """Return the one tenant."""
    return document(200, {"value": [_tenant(call)]})


def list_subscriptions(call: Call) -> Reply:
    """Return the subscription that exists from the start, then those that hold something."""
    named = {key[0] for key in call.world.groups} | {each.subscription for each in call.world.accounts.values()}
    first = call.site.subscription
    rest = sorted({each.lower() for each in named} - {first.lower()})
    value = [_subscription(call, each) for each in (first, *rest)]
    return document(200, {"value": value, "count": {"type": "Total", "value": len(value)}})


def get_subscription(call: Call) -> Reply:
    """Return a subscription; every well-formed id is one."""
    return document(200, _subscription(call, call.names["subscription"]))


def list_locations(call: Call) -> Reply:
    """Return the regions as the subscription sees them."""
    subscription = call.names["subscription"]
    value = [
        {
            "id": f"/subscriptions/{subscription}/locations/{each.name}",
            "name": each.name,
            "type": "Region",
            "displayName": each.display_name,
            "regionalDisplayName": f"({each.geography}) {each.display_name}",
            "metadata": {
                "regionType": "Physical",
                "regionCategory": "Recommended" if each.zones else "Other",
                "geographyGroup": each.geography,
                "pairedRegion": [{"name": each.pair, "id": f"/subscriptions/{subscription}/locations/{each.pair}"}]
                if each.pair
                else [],
            },
        }
        for each in regions().values()
    ]
    return document(200, {"value": value})


def list_providers(call: Call) -> Reply:
    """Return the registered providers."""
    return document(200, {"value": [_provider(call, each) for each in ("Microsoft.Batch", *OTHERS)]})


def get_provider(call: Call) -> Reply:
    """Return one provider; every well-formed namespace is one. Raise InvalidResourceNamespace."""
    return document(200, _provider(call, _namespace(call)))


def register_provider(call: Call) -> Reply:
    """Return the provider as registered; it always is."""
    return document(200, _provider(call, _namespace(call)))


def check_resource_name(call: Call) -> Reply:
    """Return that a name is allowed: no word is reserved here."""
    body = call.json()
    if not isinstance(body, dict) or not body.get("name") or not body.get("type"):
        raise front(400, "InvalidRequestContent", "The request content must name 'name' and 'type'.")
    return document(200, {"name": body["name"], "type": body["type"], "status": "Allowed"})


def unregister_provider(call: Call) -> Reply:
    """Refuse: the provider is in use as long as the emulator runs."""
    raise front(409, "SubscriptionNotUnregistered", f"The namespace '{_namespace(call)}' cannot be unregistered.")


def no_role_assignments(_call: Call) -> Reply:
    """Return no role assignments: everybody may do everything."""
    return document(200, {"value": []})


def _namespace(call: Call) -> str:
    wanted = call.names["namespace"]
    for each in ("Microsoft.Batch", *OTHERS):
        if each.lower() == wanted.lower():
            return each
    if _NAMESPACE.fullmatch(wanted):
        return wanted
    raise front(404, "InvalidResourceNamespace", f"The resource namespace '{wanted}' is invalid.")


def _provider(call: Call, namespace: str) -> Json:
    locations = [each.display_name for each in regions().values()]
    kinds = TYPES if namespace == "Microsoft.Batch" else ()
    return {
        "id": f"/subscriptions/{call.names['subscription']}/providers/{namespace}",
        "namespace": namespace,
        "registrationState": "Registered",
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": [
            {
                "resourceType": each,
                "locations": locations,
                "apiVersions": list(reversed(BATCH)),
                "defaultApiVersion": BATCH[-1],
                "capabilities": "SupportsTags, SupportsLocation" if each == "batchAccounts" else "None",
            }
            for each in kinds
        ],
    }


def _tenant(call: Call) -> Json:
    tenant = call.site.tenant
    return {
        "id": f"/tenants/{tenant}",
        "tenantId": tenant,
        "displayName": "Emulator",
        "defaultDomain": "emulator.localhost",
        "domains": ["emulator.localhost"],
        "tenantCategory": "Home",
        "countryCode": "US",
    }


def _subscription(call: Call, subscription: str) -> Json:
    return {
        "id": f"/subscriptions/{subscription}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription,
        "tenantId": call.site.tenant,
        "displayName": "Emulated subscription",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Internal_2014-09-01",
            "quotaId": "Internal_2014-09-01",
            "spendingLimit": "Off",
        },
    }


ROUTES = (
    Route("GET", "/tenants", list_tenants, None),
    Route("GET", "/subscriptions", list_subscriptions, None),
    Route("GET", "/subscriptions/{subscription}", get_subscription, None),
    Route("GET", "/subscriptions/{subscription}/locations", list_locations, None),
    Route("GET", "/subscriptions/{subscription}/providers", list_providers, None),
    Route("GET", "/subscriptions/{subscription}/providers/{namespace}", get_provider, None),
    Route("POST", "/subscriptions/{subscription}/providers/{namespace}/register", register_provider, None),
    Route("POST", "/subscriptions/{subscription}/providers/{namespace}/unregister", unregister_provider, None),
    Route("POST", "/providers/Microsoft.Resources/checkResourceName", check_resource_name, None),
    Route(
        "GET",
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignments",
        no_role_assignments,
        None,
    ),
)

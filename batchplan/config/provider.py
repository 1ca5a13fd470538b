"""Provider blocks: how Azure is reached, from their arguments and from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batchplan.config.bodies import BodyCompiler, CompiledArgument, attempt
from batchplan.config.declarations import Provider
from batchplan.config.evaluate import Evaluated
from batchplan.config.project import Project
from batchplan.core.codes import INVALID_VALUE, MISSING_ARGUMENT, UNKNOWN_ARGUMENT, UNKNOWN_BLOCK, UNKNOWN_HERE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range
from batchplan.core.suggest import did_you_mean
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.types import BOOL, STRING, Type
from batchplan.lang.values import Null, Unknown, unmark_deep
from batchplan.schema.document import Secret


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What one provider block says, with what the environment says of the rest. `alias` None is the default one."""

    alias: str | None = None
    environment: str = "public"
    subscription_id: str | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: Secret | None = None
    client_certificate_path: str | None = None
    client_certificate_password: Secret | None = None
    use_cli: bool = True
    use_msi: bool = False
    use_oidc: bool = False
    oidc_token: Secret | None = None
    oidc_token_file_path: str | None = None
    oidc_request_url: str | None = None
    oidc_request_token: Secret | None = None
    oidc_service_connection_id: str | None = None
    metadata_host: str | None = None
    arm_endpoint: str | None = None
    ca_file: str | None = None
    data_plane_auth: str = "entra"
    at: Range | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """An argument of a provider block, and the variables that stand in for it, the first that is set."""

    variables: tuple[str, ...] = ()
    type: Type = STRING
    sensitive: bool = False
    words: tuple[str, ...] = ()


# The variables are those of the azurerm provider, then those of azure-identity and of the CI systems.
SETTINGS: Mapping[str, Setting] = {
    "environment": Setting(("ARM_ENVIRONMENT",), words=("public", "usgovernment", "china", "emulator")),
    "subscription_id": Setting(("ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID")),
    "tenant_id": Setting(("ARM_TENANT_ID", "AZURE_TENANT_ID")),
    "client_id": Setting(("ARM_CLIENT_ID", "AZURE_CLIENT_ID")),
    "client_secret": Setting(("ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"), sensitive=True),
    "client_certificate_path": Setting(("ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH")),
    "client_certificate_password": Setting(
        ("ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD"), sensitive=True
    ),
    "use_cli": Setting(("ARM_USE_CLI",), BOOL),
    "use_msi": Setting(("ARM_USE_MSI",), BOOL),
    "use_oidc": Setting(("ARM_USE_OIDC",), BOOL),
    "oidc_token": Setting(("ARM_OIDC_TOKEN",), sensitive=True),
    "oidc_token_file_path": Setting(("ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE")),
    "oidc_request_url": Setting(("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI")),
    "oidc_request_token": Setting(
        ("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"), sensitive=True
    ),
    "oidc_service_connection_id": Setting(
        ("ARM_OIDC_AZURE_SERVICE_CONNECTION_ID", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")
    ),
    "metadata_host": Setting(("ARM_METADATA_HOSTNAME", "ARM_METADATA_HOST")),
    "arm_endpoint": Setting(("BATCHPLAN_ARM_ENDPOINT",)),
    "ca_file": Setting(("BATCHPLAN_CA_FILE",)),
    "data_plane_auth": Setting(("BATCHPLAN_DATA_PLANE_AUTH",), words=("entra", "shared_key")),
}
EMULATOR_SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"


def provider_settings(
    evaluated: Evaluated, environ: Mapping[str, str], diagnostics: Diagnostics
) -> dict[str | None, ProviderSettings]:
    """Return the root module's providers by alias; the default one, under None, is there without a block too.

    What is wrong with them is reported; a setting that is wrong is left out.
    """
    given = _from_environment(environ, diagnostics)
    found = {
        provider.alias: _Block(provider, evaluated, given, diagnostics).settings()
        for provider in evaluated.root.module.providers.values()
    }
    return found if None in found else {None: _made(given, None, None), **found}


def evaluated_for_providers(project: Project) -> Evaluated:
    """Return a project evaluated as far as its provider blocks need it, or whole where it has been."""
    if project.evaluated is not None:
        return project.evaluated
    assert project.root is not None, "what was not loaded cannot be evaluated"
    compiler = BodyCompiler(project.root.functions, Diagnostics())
    blocks = project.root.module.providers.values()
    bodies = [compiler.body(block.body, block.source, block.at) for block in blocks]
    return project.evaluated_for([one.expression for body in bodies for one in body.arguments.values()])


def environment_settings(environ: Mapping[str, str], diagnostics: Diagnostics) -> ProviderSettings:
    """Return the settings of a provider without a block."""
    return _made(_from_environment(environ, diagnostics), None, None)


def check_usable(settings: ProviderSettings, diagnostics: Diagnostics) -> None:
    """Report what is missing before Azure can be asked."""
    if settings.subscription_id is None:
        detail = (
            'The subscription is not known. Set "subscription_id" in the provider block, or ARM_SUBSCRIPTION_ID in the '
            "environment."
        )
        diagnostics.error(MISSING_ARGUMENT, detail, settings.at)


def _made(values: Mapping[str, Any], alias: str | None, at: Range | None) -> ProviderSettings:
    settings = ProviderSettings(alias=alias, at=at, **values)
    if settings.environment == "emulator" and settings.subscription_id is None:
        return ProviderSettings(alias=alias, at=at, **{**values, "subscription_id": EMULATOR_SUBSCRIPTION})
    return settings


def _from_environment(environ: Mapping[str, str], diagnostics: Diagnostics) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        variable = next((each for each in setting.variables if environ.get(each)), None)
        if variable is None:
            continue
        try:
            value = _checked(name, setting, environ[variable])
        except ValueError as error:
            diagnostics.error(INVALID_VALUE, f"The environment variable {variable} {error}.")
        else:
            values[name] = value
    return values


def _checked(name: str, setting: Setting, text: str) -> Any:
    """Return a setting's value; raise ValueError with the end of a sentence about what it must be."""
    if setting.type is BOOL:
        if text.lower() not in {"true", "false", "1", "0"}:
            raise ValueError(f'must be "true" or "false", not "{text}"')
        return text.lower() in {"true", "1"}
    if setting.words and text.lower() not in setting.words:
        listed = ", ".join(f'"{word}"' for word in setting.words)
        raise ValueError(f'must be one of {listed}, not "{text}".{did_you_mean(text, setting.words)}'.rstrip("."))
    if name == "arm_endpoint" and not text.startswith(("https://", "http://")):
        raise ValueError(f'must be a URL, not "{text}"')
    return Secret(text) if setting.sensitive else text.lower() if setting.words else text


@dataclass(frozen=True, slots=True)
class _Block:
    """One provider block, what its arguments are evaluated with, and what the environment gives of them."""

    provider: Provider
    evaluated: Evaluated
    given: Mapping[str, Any]
    diagnostics: Diagnostics

    def settings(self) -> ProviderSettings:
        provider = self.provider
        compiler = BodyCompiler(self.evaluated.root.functions, self.diagnostics)
        body = compiler.body(provider.body, provider.source, provider.at)
        for block in body.blocks:
            hint = " Leave it out." if block.type == "features" else ""
            detail = f'A provider block has no "{block.type}" block.{hint}'
            self.diagnostics.error(UNKNOWN_BLOCK, detail, block.at, provider.at)
        values = dict(self.given)
        for name, argument in body.arguments.items():
            value = self._value(name, argument)
            if value is not None:
                values[name] = value
        return _made(values, provider.alias, provider.at)

    def _value(self, name: str, argument: CompiledArgument) -> Any:
        """Return an argument's value, None when it is null or wrong (reported)."""
        setting = SETTINGS.get(name)
        if setting is None:
            detail = f'A provider block has no argument "{name}".{did_you_mean(name, SETTINGS)}'
            self.diagnostics.error(UNKNOWN_ARGUMENT, detail, argument.name_range, self.provider.at)
            return None
        before = len(self.diagnostics)
        given, _ = unmark_deep(attempt(argument.expression, self.evaluated.instance.names, self.diagnostics))
        if isinstance(given, Null) or len(self.diagnostics) > before:
            return None
        if isinstance(given, Unknown):
            detail = f'"{name}" must be known before Azure is asked anything, and this value is not.'
            self.diagnostics.error(UNKNOWN_HERE, detail, argument.range, self.provider.at)
            return None
        try:
            return _checked(name, setting, str(convert(given, STRING)))
        except ConversionError as error:
            self.diagnostics.error(INVALID_VALUE, f'"{name}" must be text: {error}.', argument.range, self.provider.at)
        except ValueError as error:
            self.diagnostics.error(INVALID_VALUE, f'"{name}" {error}.', argument.range, self.provider.at)
        return None

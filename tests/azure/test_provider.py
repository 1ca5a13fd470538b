"""Provider blocks and the environment say how Azure is reached."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from batchplan.azure.clouds import CLOUDS, described
from batchplan.azure.provider import cloud_of, connect_settings, settings_of
from batchplan.config.kinds import AnyKinds
from batchplan.config.project import Inputs, load_project
from batchplan.config.provider import SETTINGS, ProviderSettings, check_usable, provider_settings
from batchplan.config.sources import LocalResolver
from batchplan.core.diagnostics import Diagnostics
from batchplan.emulator.server import Emulator
from batchplan.ports import Rejected, Unreachable
from batchplan.schema.document import Secret


def read(
    folder: Path, text: str, environ: Mapping[str, str] | None = None
) -> tuple[dict[str | None, ProviderSettings], list[str]]:
    """Return the providers of a configuration, and codes with details of what is wrong."""
    (folder / "main.batch.hcl").write_text(text + '\nvariable "v" { default = "x" }\n')
    project = load_project(folder, LocalResolver(), Inputs(), kinds=AnyKinds())
    assert project.evaluated is not None
    diagnostics = Diagnostics()
    found = provider_settings(project.evaluated, environ or {}, diagnostics)
    return found, [f"{one.code.id} {one.detail}" for one in diagnostics]


def test_arguments_come_before_the_environment(tmp_path: Path) -> None:
    """An argument wins over its variable, and a variable over the default; null means not set."""
    text = """
    provider "azure" {
      subscription_id = "s-${var.v}"
      client_secret   = "hidden"
      use_msi         = true
      tenant_id       = null
    }
    provider "azure" {
      alias       = "gov"
      environment = "USGovernment"
    }
    """
    environ = {"ARM_SUBSCRIPTION_ID": "env", "ARM_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client", "ARM_USE_CLI": "0"}
    found, wrong = read(tmp_path, text, environ)
    assert not wrong
    default = found[None]
    assert (default.subscription_id, default.tenant_id, default.client_id) == ("s-x", "tenant", "client")
    assert (default.client_secret, default.use_msi, default.use_cli) == (Secret("hidden"), True, False)
    assert "hidden" not in repr(found)
    assert (found["gov"].environment, found["gov"].subscription_id) == ("usgovernment", "env")


def test_without_a_block(tmp_path: Path) -> None:
    """There is a default provider without a block, made of the environment."""
    found, wrong = read(tmp_path, "", {"ARM_ENVIRONMENT": "china", "ARM_SUBSCRIPTION_ID": "s"})
    assert not wrong
    assert (found[None].environment, found[None].subscription_id) == ("china", "s")


MISTAKES = [
    pytest.param("tennant_id = 1", "E0303", 'Did you mean "tenant_id"?', id="unknown-argument"),
    pytest.param("features {}", "E0301", "features", id="block"),
    pytest.param('environment = "german"', "E0307", '"usgovernment"', id="unknown-cloud"),
    pytest.param('use_cli = "maybe"', "E0307", "true", id="no-truth-value"),
    pytest.param("client_id = [1]", "E0307", "client_id", id="no-text"),
    pytest.param('arm_endpoint = "host"', "E0307", "URL", id="no-url"),
    pytest.param("client_id = nowhere.x", "E0214", "nowhere", id="unknown-name"),
    pytest.param("client_id = pool.p.id", "E0222", "known", id="not-known-yet"),
]


@pytest.mark.parametrize(("argument", "code", "words"), MISTAKES)
def test_mistakes_are_told(tmp_path: Path, argument: str, code: str, words: str) -> None:
    """What is wrong in a provider block is told with its code, once."""
    pool = 'pool "p" {}' if "pool.p" in argument else ""
    _, wrong = read(tmp_path, f'provider "azure" {{\n {argument}\n}}\n{pool}')
    assert len(wrong) == 1
    assert wrong[0].startswith(code)
    assert words in wrong[0]


def test_a_wrong_variable_is_told(tmp_path: Path) -> None:
    """A variable of the environment with a wrong value is named, once for all providers."""
    blocks = 'provider "azure" {}\nprovider "azure" {\n alias = "b"\n}'
    _, wrong = read(tmp_path, blocks, {"ARM_USE_OIDC": "perhaps"})
    assert len(wrong) == 1
    assert "ARM_USE_OIDC" in wrong[0]


def test_settings_have_members() -> None:
    """Every argument of a provider block is a member of its settings."""
    assert set(SETTINGS) | {"alias", "at"} == set(ProviderSettings.__dataclass_fields__)


def test_a_subscription_is_needed() -> None:
    """Without a subscription Azure cannot be asked, and the sentence says where it is set."""
    diagnostics = Diagnostics()
    check_usable(ProviderSettings(), diagnostics)
    assert [one.code.id for one in diagnostics] == ["E0304"]
    with pytest.raises(Rejected, match="ARM_SUBSCRIPTION_ID"):
        settings_of(ProviderSettings(), CLOUDS["public"])


WAYS = [
    pytest.param({}, ("cli",), id="default"),
    pytest.param({"client_secret": Secret("s")}, ("client_secret", "cli"), id="secret"),
    pytest.param({"use_oidc": True, "use_cli": False}, ("oidc",), id="oidc"),
    pytest.param({"use_msi": True}, ("msi", "cli"), id="managed-identity"),
    pytest.param({"client_certificate_path": "c.pem", "use_cli": False}, ("client_certificate",), id="certificate"),
    pytest.param({"use_cli": False}, (), id="none"),
]


@pytest.mark.parametrize(("given", "ways"), WAYS)
def test_ways_to_sign_in(given: dict[str, Any], ways: tuple[str, ...]) -> None:
    """The ways to sign in follow from what is given, the most explicit first."""
    assert settings_of(ProviderSettings(subscription_id="s", **given), CLOUDS["public"]).credentials == ways


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_a_cloud_tells_of_itself(make_emulator: Callable[..., Emulator], tls: bool) -> None:
    """The endpoints of a cloud that is given by its ARM endpoint are those that its metadata name."""
    emulator = make_emulator(tls=tls)
    given = ProviderSettings(
        subscription_id="s", arm_endpoint=emulator.arm_endpoint, ca_file=str(emulator.ca_file) if tls else None
    )
    cloud = asyncio.run(cloud_of(given))
    assert (cloud.name, cloud.arm_endpoint, cloud.authority) == (
        "BatchEmulator",
        emulator.arm_endpoint,
        emulator.arm_endpoint,
    )
    assert cloud.batch_scope == "https://batch.core.windows.net//.default"


def test_a_cloud_that_is_not_there() -> None:
    """An endpoint that nobody answers at is said to be unreachable."""
    with pytest.raises(Unreachable):
        asyncio.run(connect_settings(ProviderSettings(subscription_id="s", arm_endpoint="http://127.0.0.1:9")))


def test_incomplete_metadata() -> None:
    """Metadata that lack what is needed are refused by the name of it."""
    with pytest.raises(ValueError, match="resourceManager"):
        described({"authentication": {"loginEndpoint": "https://x"}})


def test_scopes_of_the_clouds() -> None:
    """Each cloud has scopes of its own for ARM and the data plane."""
    assert {cloud.batch_scope for cloud in CLOUDS.values()} == {
        "https://batch.core.windows.net//.default",
        "https://batch.core.usgovcloudapi.net//.default",
        "https://batch.chinacloudapi.cn//.default",
    }
    assert CLOUDS["public"].arm_scope == "https://management.azure.com/.default"

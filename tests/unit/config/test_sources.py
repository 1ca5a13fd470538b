"""What the text of a module source means."""

import pytest

from batchplan.config.sources import (
    BuiltinSource,
    GitSource,
    LocalSource,
    ModuleSource,
    SourceError,
    parse_module_source,
)

SOURCES: list[tuple[str, ModuleSource]] = [
    ("./m", LocalSource("./m")),
    ("../m", LocalSource("../m")),
    ("./", LocalSource("./")),
    ("batchplan/image-catalog", BuiltinSource("image-catalog")),
    ("git::https://example.com/a.git", GitSource("https://example.com/a.git", "", None)),
    ("git::https://example.com/a.git?ref=v1", GitSource("https://example.com/a.git", "", "v1")),
    ("git::https://example.com/a.git//b/c?ref=v1", GitSource("https://example.com/a.git", "b/c", "v1")),
    ("git::ssh://git@example.com/a.git//b", GitSource("ssh://git@example.com/a.git", "b", None)),
    ("git::file:///srv/a.git//b?ref=v1", GitSource("file:///srv/a.git", "b", "v1")),
    ("github.com/acme/modules//pool?ref=v2", GitSource("https://github.com/acme/modules", "pool", "v2")),
    ("git@github.com:acme/modules.git//pool", GitSource("ssh://git@github.com/acme/modules.git", "pool", None)),
]


@pytest.mark.parametrize(("text", "source"), SOURCES, ids=[text for text, _ in SOURCES])
def test_sources(text: str, source: ModuleSource) -> None:
    """A text is a folder, a git repository or a module of batchplan."""
    assert parse_module_source(text) == source


REFUSED = [
    ("m", "is no module source"),
    ("", "is no module source"),
    ("/srv/m", "absolute"),
    ("https://example.com/a.git", "git::https"),
    ("hashicorp/consul/aws", "registry"),
    ("app.terraform.io/acme/vpc/aws", "registry"),
    ("git::https://example.com/a.git?depth=1", "depth=1"),
    ("git::https://example.com/a.git?ref=", "ref="),
    ("git::https://example.com/a.git//../b", "no folder inside"),
    ("git::https://example.com/a.git?ref=--upload-pack=x", "git::URL"),
    ("git::--upload-pack=x", "git::URL"),
    ("git::", "git::URL"),
    ("batchplan/../x", "is no module source"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[text or "empty" for text, _ in REFUSED])
def test_refused(text: str, says: str) -> None:
    """What is no source is refused with what to write instead."""
    with pytest.raises(SourceError, match="(?i)" + says):
        parse_module_source(text)

"""`application` and `application_package`: software that is put on nodes."""

from typing import Annotated, ClassVar

from pydantic import Field

from batchplan.lang.types import STRING
from batchplan.schema.block import Block, ComputedTypes
from batchplan.schema.constraint import Length, ResourceId, choice, matching
from batchplan.schema.facts import ARM_SDK, NAMES, Change, Fact, Ground
from batchplan.schema.pool import ACCOUNT_ID
from batchplan.schema.suppress import SUPPRESS, Suppression
from batchplan.schema.tags import TAGS, Tags

_ADDRESS = Ground(Change.CREATE, "It is part of the object's address in Azure.", NAMES)
_LIVE = Ground(Change.LIVE, "The service takes it in a PATCH at any time.", ARM_SDK)
_FILE = Ground(
    Change.ACTION,
    "The file is uploaded and activated, which is a call of its own; nodes take it up when they start.",
    ARM_SDK,
)
_PACKAGE = Ground(Change.ACTION, "The service has no PATCH of a package; the same version is put again.", ARM_SDK)


class Application(Block):
    """An application: a name for its packages."""

    body: ClassVar[str] = "properties"

    account_id: Annotated[str, ACCOUNT_ID, Fact("The account it is in.", _ADDRESS, local=True)]
    name: Annotated[
        str,
        matching(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _"),
        Fact("", _ADDRESS, local=True),
    ]
    display_name: Annotated[str | None, Length(0, 1024), Fact("A label for people.", _LIVE)] = None
    allow_updates: Annotated[bool | None, Fact("Whether a version may be put again with another file.", _LIVE)] = None
    default_version: Annotated[
        str | None, Length(1, 64), Fact("The version for references without one; it must exist.", _LIVE)
    ] = None
    tags: Annotated[Tags | None, TAGS, Fact("", _LIVE, api="/tags")] = None
    suppress: Annotated[dict[str, Suppression], SUPPRESS] = Field(default_factory=dict)
    computed: ClassVar[ComputedTypes] = {"id": STRING}


class ApplicationPackage(Block):
    """One version of an application: a zip file that is uploaded and activated."""

    body: ClassVar[str] = "properties"

    application_id: Annotated[
        str,
        ResourceId("Microsoft.Batch/batchAccounts/applications"),
        Fact("The application it is a version of.", _ADDRESS, local=True),
    ]
    version: Annotated[
        str,
        matching(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}", "1 to 64 letters, digits, -, _ and ., the first no dot"),
        Fact("", _ADDRESS, local=True),
    ]
    source: Annotated[str, Length(1), Fact("The path of the zip file on this machine.", _FILE, local=True)]
    source_hash: Annotated[
        str | None,
        Length(1),
        Fact("Anything that changes with the file, such as filesha256(…).", _FILE, local=True),
    ] = None
    format: Annotated[str | None, choice("zip"), Fact("", _FILE, local=True, default="zip")] = None
    tags: Annotated[Tags | None, TAGS, Fact("", _PACKAGE, api="/tags")] = None
    suppress: Annotated[dict[str, Suppression], SUPPRESS] = Field(default_factory=dict)
    computed: ClassVar[ComputedTypes] = {"id": STRING}

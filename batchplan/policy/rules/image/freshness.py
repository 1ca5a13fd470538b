"""How old an image is, and what is known of images."""

from collections.abc import Iterator

from batchplan.policy.images import own_image, own_path
from batchplan.policy.live import moment
from batchplan.policy.model import Finding, Inapplicable, Level, NotLooked, Param, Phase
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, variants

DATA_DAYS = Param("days", 7, "How old the list of supported images may be.")
DAYS = Param("days", 60, "How old a version may be when there is a newer one.")


@rule(
    "BP1107",
    "List of supported images is old",
    phase=Phase.LIVE,
    level=Level.ADVISORY,
    inputs=["supported_images"],
    params=[DATA_DAYS],
)
def old_image_list(_: Subject, see: Scope) -> Iterator[Finding]:
    """What is known of the ends of images was read long ago.

    Why: Microsoft sets and moves these dates at any time. An old list says that an image is fine while its end is
    announced.

    Instead: Plan with a fresh list at least once a week, on a schedule, so that a quiet project hears of it too.

    Source: "Azure Batch best practices", Pools: images with impending end-of-life dates, which are one's own to follow.

    Exceptions: runs without a network.
    """
    listed = see.live.datasets.get("supported_images")
    if listed is None:
        raise NotLooked("supported_images was not read")
    days = -see.days_until(listed.at)
    if days > see.param(DATA_DAYS):
        yield Finding(
            f"The list of supported images was read {days} days ago, on {listed.at:%Y-%m-%d}.",
            expected=see.param(DATA_DAYS),
            actual=days,
            remediation="Run batchplan plan without a saved context, and schedule it weekly.",
        )


@rule(
    "BP1110",
    "Named image version is old",
    kinds=["pool"],
    phase=Phase.LIVE,
    level=Level.ADVISORY,
    inputs=["image_versions"],
    params=[DAYS],
)
def old_image_version(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool names a version of its image that is old, and there is a newer one.

    Why: Publishers put security fixes into new versions. A version that is named stays as it is, with every hole that
    has become known since.

    Instead: Name the newest version; batchplan replaces the pool blue-green.

    Source: "Azure Batch best practices", Pools: operating system updates.

    Exceptions: versions that were validated and are changed at fixed times only.
    """
    named = [(view, *found) for view in variants(pool, "image_reference") if (found := _named(view)) is not None]
    if not named:
        raise Inapplicable("it names no version")
    for view, image, version, path in named:
        days = {str(row["version"]): moment(row["published"]) for row in see.live.row("image_versions", image)}
        known = {name: day for name, day in days.items() if day is not None}
        newest = max(known, key=lambda name: known[name], default=version)
        if version in known and known[newest] > known[version]:
            age = -see.days_until(known[version])
            if age > see.param(DAYS):
                yield Finding(
                    f"{called(pool, view)} names version {version} of its image, which is {age} days old; {newest} is "
                    f"of {known[newest]:%Y-%m-%d}.",
                    path,
                    expected=newest,
                    actual=version,
                    remediation=f"Name version {newest}.",
                )


def _named(view: View) -> tuple[str, str, str] | None:
    """Return the image without its version, the version that a pool names, and where; None when it names none."""
    own = own_image(view)
    if own:
        image, _, version = own.partition("/versions/")
        return (image, version, own_path(view)) if version else None
    image_view = view.need("image_reference")
    version = image_view.text("version")
    if version.casefold() in ("", "latest"):
        return None
    image = ":".join(image_view.text(name) for name in ("publisher", "offer", "sku"))
    return image, version, image_view.path("version")

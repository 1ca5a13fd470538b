"""Whether Batch supports an image, and with which agent."""

from collections.abc import Iterator

from batchplan.core.suggest import nearest
from batchplan.policy.capacity import is_windows
from batchplan.policy.home import was_read
from batchplan.policy.images import Machine, Reference, entries, keeps_machines, machines, own_image, reference
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING


def _stays(subject: Subject) -> bool:
    """Return whether a pool keeps the nodes and the image that it has."""
    return keeps_machines(subject, "image_reference", "node_agent_sku_id")


@rule(
    "BP1104",
    "Image is not supported by Batch",
    kinds=STARTING,
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["supported_images"],
)
def image_not_supported(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The image of a pool is not in Batch's list of supported images, or is in it without having been verified.

    Why: The service refuses a pool of an image that it does not know. One that is not verified may work, but nobody at
    Batch has tried.

    Instead: Take an image of the list: `az batch pool supported-images list`.

    Source: "Azure Batch best practices", Pools: custom and third-party images; List Supported Images,
    verificationType.

    Exceptions: images that are newer than the list. Pools that keep their nodes are not looked at; BP1101 says when
    their image ends.
    """
    if _stays(subject):
        raise Inapplicable("it keeps its image")
    for one in machines(subject, "image_reference"):
        ref = reference(one.view)
        found = entries(one.account_id, see, ref)
        if not found:
            yield Finding(
                f"{one.title} has {ref.told}, which is not in Batch's list of supported images.",
                ref.path,
                actual=str(ref),
                remediation=_near(one, see, ref),
                severity=Severity.WARNING if ref.base else Severity.ERROR,
            )
        elif all(entry.verification_type.casefold() == "unverified" for entry in found):
            yield Finding(
                f"{one.title} has {ref.told}, which Batch lists without having verified it.",
                ref.path,
                actual="unverified",
                remediation="Take a verified image, or test this one before production relies on it.",
                severity=Severity.WARNING,
            )


def _near(machine: Machine, see: Scope, ref: Reference) -> str:
    listed = see.live.supported_images(machine.account_id)
    offer = f"{ref.publisher}:{ref.offer}:".lower()
    urns = sorted({f"{one.publisher}:{one.offer}:{one.sku}" for one in listed})
    same = [one for one in urns if one.lower().startswith(offer)]
    close = nearest(str(ref), same or urns)
    others = [one for one in same if one != close][: 2 if close else 3]
    shown = [close, *others] if close else others
    return f"Take {' or '.join(shown)}." if shown else "Take an image of az batch pool supported-images list."


@rule(
    "BP1105",
    "Node agent does not fit the image",
    kinds=STARTING,
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.HARD,
    inputs=["supported_images"],
)
def wrong_node_agent(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The node agent of a pool is not the one that Batch has for its image.

    Why: The agent is built for one operating system. On another the service refuses the pool, or its nodes never become
    usable and are paid for.

    Instead: Set `node_agent_sku_id` to what the list of supported images says.

    Source: "Use the Azure Compute Gallery to create a custom image pool", 2024-03: agent and image have to agree; List
    Supported Images, nodeAgentSKUId.
    """
    if _stays(subject):
        raise Inapplicable("it keeps its image")
    for one in machines(subject, "image_reference", "node_agent_sku_id"):
        yield from _other_system(one, see)
        ref, given = reference(one.view), one.view.text("node_agent_sku_id")
        listed = entries(one.account_id, see, ref)
        agents = sorted({entry.node_agent_sku_id for entry in listed if entry.node_agent_sku_id})
        if agents and given.casefold() not in {agent.casefold() for agent in agents}:
            path = one.view.path("node_agent_sku_id")
            yield Finding(
                f'{one.title} has {ref.told}, which needs the node agent "{agents[0]}", not "{given}".',
                path,
                expected=agents[0],
                actual=given,
                remediation=f'Set node_agent_sku_id = "{agents[0]}".',
                edit=Edit(path, agents[0]),
            )


def _other_system(one: Machine, see: Scope) -> Iterator[Finding]:
    """Compare the systems of an image of one's own and of the agent, where the gallery was read."""
    view, own = one.view, own_image(one.view)
    if not own or not was_read(see, "gallery_images", own):
        return
    system = str(see.live.row("gallery_images", own).get("os_type", "")).casefold()
    agent = "windows" if is_windows(view) else "linux"
    if system and system != agent:
        path = view.path("node_agent_sku_id")
        yield Finding(
            f"The image of {one.title} is {system.title()}, and its node agent "
            f'"{view.text("node_agent_sku_id")}" is of {agent.title()}.',
            path,
            expected=system,
            actual=agent,
            remediation=f"Set node_agent_sku_id to the agent of the {system.title()} that the image was made from.",
        )

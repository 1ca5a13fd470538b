"""Random documents of a kind: each leaf fits its own constraints; rules between members may be broken."""

import random
import string
from typing import Any

from batchplan.lang.types import BOOL, DYNAMIC, NUMBER, ListType, MapType
from batchplan.schema import constraint as c
from batchplan.schema.document import Document, Secret
from batchplan.schema.pool_network import PortRange, SourcePrefix
from batchplan.schema.replacement import Share
from batchplan.schema.shape import Argument, Nested, Shape

ID = "/subscriptions/0/resourceGroups/Rg-{n}/providers/{space}{rest}"
SAMPLES = {
    "[a-z0-9]{3,24}": ["acmerender", "abc", "z" * 24],
    "[A-Za-z][A-Za-z0-9 ]*": ["West Europe", "eastus2", "northeurope"],
    r"https?://\S+": ["https://x.example/y", "https://x.example/y?sv=1&sig=abc", "http://x"],
    r"[0-9.]+(/[0-9]{1,2})?": ["10.0.0.0/8", "1.2.3.4"],
    r"[0-7]{3,4}": ["0755", "777"],
    r"\d+%?": ["100%", "3"],
    r"\d{4}-\d\d-\d\d": ["2027-06-30"],
}


class Maker:
    """Makes documents from one source of chance; `density` is the share of optional members that are set."""

    def __init__(self, seed: int, density: float = 0.35) -> None:
        self.random = random.Random(seed)
        self.density = density

    def document(self, shape: Shape) -> Document:
        """Return a document of a shape."""
        made: Document = {}
        for member in shape.members():
            if not member.required and self.random.random() > self.density:
                continue
            made[member.name] = self.argument(member) if isinstance(member, Argument) else self.nested(member)
        return made

    def nested(self, nested: Nested) -> Any:
        """Return one block, a list of them, or some by label."""
        if nested.nesting == "single":
            return self.document(nested.shape)
        count = self.random.randint(1, 3)
        if nested.nesting == "list":
            return [self.document(nested.shape) for _ in range(count)]
        return {f"label{at}": self.document(nested.shape) for at in range(count)}

    def argument(self, argument: Argument) -> Any:
        """Return a value of an argument, a secret where it is one."""
        value = self.value(argument)
        sas = argument.fact.sas and "sig=" in value
        return Secret(value) if argument.fact.sensitive or sas else value

    def value(self, argument: Argument) -> Any:
        """Return a plain value."""
        of = argument.type
        if isinstance(of, ListType):
            length = next((one for one in argument.constraints if isinstance(one, c.Length)), c.Length(0, 3))
            count = self.random.randint(length.low, min(length.high or 3, 3))
            parts = [self.scalar(of.element, argument.inner) for _ in range(count)]
            return list(dict.fromkeys(parts)) if argument.fact.as_keys else parts
        if isinstance(of, MapType):
            return {f"k{at}": self.word() for at in range(self.random.randint(0, 3))}
        return self.scalar(of, argument.constraints)

    def scalar(self, of: Any, constraints: tuple[c.Constraint, ...]) -> Any:
        """Return a number, a truth value, a text or data that fits the constraints."""
        if of is BOOL:
            return self.random.random() < 0.5
        if of is NUMBER:
            return self.number(constraints)
        if of is DYNAMIC:
            return self.random.choice([{"a": [1, True, {"b": "c"}]}, {"x": "y"}, {}])
        for one in constraints:
            found = self.text(one)
            if found is not None:
                return found
        return self.word()

    def number(self, constraints: tuple[c.Constraint, ...]) -> int:
        """Return a number within limits."""
        for one in constraints:
            if isinstance(one, c.Between):
                high = one.high if one.high is not None else one.low + 100
                taken = [number for span in one.but for number in span]
                number = self.random.randint(one.low, high)
                return one.low if number in taken else number
            if isinstance(one, c.UnlimitedOr):
                return self.random.choice([-1, one.low, one.low + 3])
        return self.random.randint(0, 9)

    def text(self, one: c.Constraint) -> str | None:
        """Return a text for a constraint, None when it is not about the text itself."""
        match one:
            case c.Choice(values=values):
                return self.cased(self.random.choice(values))
            case c.Duration(low=low, high=high):
                return self.random.choice([low or "PT1M", high or "P1D", "PT10M" if low != "PT1H" else "PT60M"])
            case c.Instant():
                return self.random.choice(["2027-01-31T06:00:00Z", "2027-01-31T08:00:00.500+02:00"])
            case c.ResourceId(type=of):
                space, *types = of.split("/")
                rest = "".join(f"/{each}/N{self.random.randint(0, 9)}" for each in types)
                return self.cased(ID.format(n=self.random.randint(0, 9), space=space, rest=rest))
            case c.Formula():
                return self.random.choice(["$TargetDedicatedNodes = 1;", "// c\n$TargetDedicatedNodes=(1 + 2);"])
            case c.Matches(pattern=pattern):
                return self.matching(pattern.pattern)
            case SourcePrefix():
                return self.random.choice(["*", "10.0.0.0/8", "Internet", "10.1.2.3"])
            case PortRange():
                return self.random.choice(["*", "22", "100-200"])
            case Share():
                return self.random.choice(["1%", "50%", "100%"])
            case _:
                return None

    def matching(self, pattern: str) -> str:
        """Return a text for a pattern: a sample, or a name."""
        if pattern in SAMPLES:
            return self.random.choice(SAMPLES[pattern])
        if "keys" in pattern:
            return "https://v.vault.azure.net/keys/k/1"
        if "galleries" in pattern:
            return ID.format(n=1, space="Microsoft.Compute", rest="/galleries/G/images/I")
        return "https://v.vault.azure.net" if pattern.startswith("https:") else self.word()

    def cased(self, text: str) -> str:
        """Return a text in some case of letters."""
        return self.random.choice([text, text.lower(), text.upper() if "/" not in text else text])

    def word(self) -> str:
        """Return a short name."""
        return "".join(self.random.choices(string.ascii_letters, k=self.random.randint(1, 8)))

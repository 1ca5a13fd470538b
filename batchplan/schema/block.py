"""What all models of blocks share: no other members, never changed, and the rules between members."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, model_validator

from batchplan.lang.types import Type
from batchplan.schema.rule import Rule

ComputedTypes = Mapping[str, Type]


class Block(BaseModel):
    """A block of HCL, and the JSON object it becomes.

    body: where the members are in the JSON of a whole resource, unless a fact says `/`.
    rules: conditions between members.
    computed: attributes that only the service, or batchplan, sets.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, protected_namespaces=())

    body: ClassVar[str] = ""
    rules: ClassVar[tuple[Rule, ...]] = ()
    computed: ClassVar[ComputedTypes] = {}

    @model_validator(mode="wrap")
    @classmethod
    def _between_members(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(data)
        if isinstance(data, Mapping):
            for rule in cls.rules:
                for problem in rule(data):
                    raise ValueError(problem.detail)
        return made

"""One statement of a script."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

_RELATIVE = re.compile(r"(?![/~$%\\])(?![A-Za-z]:)")
_TASK_FOLDER = re.compile(r"\$\{?AZ_BATCH_TASK_(?:WORKING_)?DIR\b|%AZ_BATCH_TASK_(?:WORKING_)?DIR%|\$PWD\b|%CD%")


@lru_cache(maxsize=4096)
def _program(word: str) -> str:
    return re.split(r"[/\\]", word)[-1].lower().removesuffix(".exe")


@dataclass(frozen=True, slots=True)
class Statement:
    """A program and its arguments, without quotes and redirections.

    `conditions` are the tests that it depends on, as text; `folder` is where an earlier `cd` went; `excused` says that
    its failure is taken care of, `repeated` that it runs until it succeeds (in a loop with a condition, or with `break`), `background` that nothing waits for it.
    """

    text: str
    words: tuple[str, ...]
    appended: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    folder: str = ""
    excused: bool = False
    repeated: bool = False
    background: bool = False

    @property
    def program(self) -> str:
        """The name of its program: lower case, without folder and `.exe`."""
        return _program(self.words[0]) if self.words else ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """Its arguments that are no options."""
        return tuple(one for one in self.words[1:] if not one.startswith("-"))

    def has(self, flag: str) -> bool:
        """Return whether an option of one letter is given, alone or with others."""
        return any(re.fullmatch(rf"-\w*{flag}\w*", one) for one in self.words[1:])

    def names(self, *words: str) -> bool:
        """Return whether one of some words is among its own, in any case."""
        return bool({one.lower() for one in self.words} & set(words))

    def lasting(self, path: str) -> bool:
        """Return whether a path outlives the task: it is not in the task's own folder, which is made anew."""
        if _TASK_FOLDER.search(path):
            return False
        if not _RELATIVE.match(path):
            return True
        return bool(self.folder) and not (_RELATIVE.match(self.folder) or _TASK_FOLDER.search(self.folder))

    def within(self, outer: "Statement") -> "Statement":
        """Return it as a part of a statement that runs a shell."""
        return replace(
            self,
            conditions=outer.conditions + self.conditions,
            appended=self.appended + outer.appended,
            folder=self.folder or outer.folder,
            excused=self.excused or outer.excused,
            repeated=self.repeated or outer.repeated,
            background=self.background or outer.background,
        )

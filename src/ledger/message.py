"""What the ledger says, as values: messages with their template and values, hints with their commands.

A face of the program looks a template up in its catalogue, in the language of its user, and fills the values
in. Logs, JSON and `str()` have the English template, whatever that language is.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from typing import Self

PROGRAM = "session-ledger"


class Message:
    """An English template and what goes into its braces; values may be messages themselves.

    `context` tells apart two meanings of the same English words. With a `count`, `plural` is the template
    for any count but one, and both may name it as `{count}`. A value, never changed; no dataclass, since
    every run of the program imports this module and none would pay for that one.
    """

    __slots__ = ("context", "count", "plural", "template", "values")

    def __init__(
        self,
        template: str,
        values: Mapping[str, object] | None = None,
        context: str = "",
        plural: str = "",
        count: int | None = None,
    ) -> None:
        self.template = template
        self.values: Mapping[str, object] = {} if values is None else values
        self.context = context
        self.plural = plural
        self.count = count

    def __eq__(self, other: object) -> bool:
        """Return whether another message says the same in every language."""
        return isinstance(other, Message) and self._parts() == other._parts()

    def _parts(self) -> tuple[object, ...]:
        return self.template, dict(self.values), self.context, self.plural, self.count

    def __repr__(self) -> str:
        """Return the message as a test shows it."""
        return f"Message{self._parts()!r}"

    def __hash__(self) -> int:
        """Return the hash of the English: values need not have one."""
        return hash((self.template, self.context, str(self)))

    def __str__(self) -> str:
        """Return the message in English."""
        is_many = self.count is not None and self.count != 1
        return self.filled(self.plural if is_many else self.template)

    def filled(self, template: str) -> str:
        """Return a template, of whatever language, with the values in it; one without values is literal."""
        values = self.values if self.count is None else {**self.values, "count": self.count}
        return template.format(**values) if values else template

    def of(self, **values: object) -> Message:
        """Return the message with values: of one that a table keeps for several occasions."""
        return Message(self.template, {**self.values, **values}, self.context, self.plural, self.count)


class Value:
    """What a message or a refusal carries: equal to another of its kind with the same parts, never changed.

    No named tuple, which is made by running text that is made for it: every run would pay for each.
    """

    __slots__: tuple[str, ...] = ()

    def _parts(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same."""
        return type(other) is type(self) and self._parts() == other._parts()

    def __hash__(self) -> int:
        """Return the hash of the parts."""
        return hash(self._parts())

    def __repr__(self) -> str:
        """Return the value as a test shows it."""
        return f"{type(self).__name__}({', '.join(map(repr, self._parts()))})"


class Money(Value):
    """An amount in integer grosze, in English 1250.00."""

    __slots__ = ("grosze",)

    def __init__(self, grosze: int) -> None:
        self.grosze = grosze

    def __str__(self) -> str:
        """Return the amount in zloty."""
        zloty, rest = divmod(abs(self.grosze), 100)
        return f"{'-' if self.grosze < 0 else ''}{zloty}.{rest:02d}"


class Bilingual(Value):
    """Words that a person gave in both languages, as a price list names its bands."""

    __slots__ = ("en", "pl")

    def __init__(self, pl: str, en: str) -> None:
        self.pl = pl
        self.en = en

    def __str__(self) -> str:
        """Return the words in English."""
        return self.en


class Seconds(Value):
    """A length of time, in English 900 s."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def __str__(self) -> str:
        """Return the whole seconds."""
        return f"{self.seconds} s"


class Code(Value):
    """A code of the vocabulary, by its kind; in English the code itself."""

    __slots__ = ("code", "kind")

    def __init__(self, kind: str, code: str) -> None:
        self.kind = kind
        self.code = code

    def __str__(self) -> str:
        """Return the code."""
        return self.code


class Step(Value):
    """A command that leads on: its name in the command line, its arguments and options.

    An argument in capitals, or `…`, is left to the person. `ledger` is the folder of another ledger.
    A brief step follows another one in a sentence and is typed without the program's name.
    """

    __slots__ = ("arguments", "command", "is_brief", "ledger")

    def __init__(
        self,
        command: str,
        arguments: tuple[str, ...] = (),
        ledger: str | None = None,
        *,
        is_brief: bool = False,
    ) -> None:
        self.command = command
        self.arguments = arguments
        self.ledger = ledger
        self.is_brief = is_brief

    def __str__(self) -> str:
        """Return the command line."""
        place = () if self.ledger is None else ("--ledger", self.ledger)
        program = () if self.is_brief else (PROGRAM,)
        return " ".join((*program, *map(_typed, place), self.command, *map(_typed, self.arguments)))


def msg(template: str, /, **values: object) -> Message:
    """Return a message."""
    return Message(template, values)


def msg_in(context: str, template: str, /, **values: object) -> Message:
    """Return a message whose English words mean something else elsewhere."""
    return Message(template, values, context)


def msg_n(one: str, many: str, count: int, /, **values: object) -> Message:
    """Return a message about a number of things: `msg_n("{count} hour", "{count} hours", 3)`."""
    return Message(one, values, plural=many, count=count)


def plain(template: str, /, **values: object) -> Message:
    """Return a message of values and marks alone: nothing in it is said otherwise in another language."""
    return Message(template, values)


def later(template: str) -> str:
    """Return a template as it is: a mark that it is one, where a table keeps words and `msg` comes later."""
    return template


SYSTEM_TEXTS = (
    later("Permission denied"),
    later("Operation not permitted"),
    later("No such file or directory"),
    later("File exists"),
    later("Is a directory"),
    later("File too large"),
    later("Not a directory"),
    later("Directory not empty"),
    later("Read-only file system"),
    later("File name too long"),
    later("Input/output error"),
    later("No space left on device"),
    later("Disk quota exceeded"),
    later("Too many open files"),
    later("Device or resource busy"),
    later("Invalid argument"),
    later("Invalid cross-device link"),
    later("Too many levels of symbolic links"),
    later("Stale file handle"),
    later("unable to open database file"),
    later("database is locked"),
    later("database disk image is malformed"),
    later("database or disk is full"),
    later("disk I/O error"),
    later("file is not a database"),
    later("attempt to write a readonly database"),
)
"""What the operating system and SQLite say most often; they speak English, and a face says it otherwise."""


_OF_WINDOWS = {
    2: "No such file or directory",
    3: "No such file or directory",
    5: "Permission denied",
    19: "Read-only file system",
    32: later("another program has it open"),
    33: later("another program has it open"),
    80: "File exists",
    112: "No space left on device",
    145: "Directory not empty",
    183: "File exists",
    206: "File name too long",
    267: "Not a directory",
}
"""Microsoft's numbers of system errors: Windows tells them in its own language, and 32 not as what it is."""
_TOO_LONG = {2, 3, 206}
PATH_LENGTH_MAX = 259
"""Of Windows where long paths are not switched on: a longer one is said not to be there."""


def system_text(error: OSError) -> Message:
    """Return what the system said of a file or a folder."""
    number = getattr(error, "winerror", None)
    length = len(error.filename) if isinstance(error.filename, str) else 0
    missing = hasattr(error, "winerror") and error.errno == errno.ENOENT  # on Windows, maybe without a number
    if length > PATH_LENGTH_MAX and (number in _TOO_LONG or missing):
        return msg("the path is longer than this Windows takes: {length}", length=length)
    return Message(_OF_WINDOWS.get(number or 0) or error.strerror or type(error).__name__)


def joined(parts: Iterable[Message | str], between: str = "; ") -> Message:
    """Return several messages as one, with a mark between them that every language has."""
    values = {f"part_{number}": part for number, part in enumerate(parts, start=1)}
    return Message(between.join(f"{{{name}}}" for name in values), values)


_DIVIDES = frozenset("\"'&;()`")
"""What a shell takes for the end of a word, as it does a space, or for the beginning of another command."""
_MEANS_MORE = frozenset('"$`!')
"""What means more than itself between double quotes too."""


def _typed(word: str) -> str:
    """Return a word as it is typed: in quotes where a shell would take it for more than one.

    Double ones where they can be, since every shell has them, and cmd no others. A word that is in quotes
    already stays.
    """
    is_one = _DIVIDES.isdisjoint(word) and not any(map(str.isspace, word))
    if is_one or word.startswith(('"', "'")):
        return word
    if not _MEANS_MORE.isdisjoint(word):
        return "'" + word.replace("'", "'\\''") + "'"
    end = "\\" if word.endswith("\\") else ""  # else it would belong to the quotation mark
    return f'"{word}{end}"'


class Hint(str):
    """A hint as the command line prints it in English; `message` is the same for a face of another language.

    It is made of texts and steps in order, or of one message whose values may be steps:
    `Hint(step("customer list"), " shows the codes")`, `Hint(msg("its sheets are {names}", names=…))`.
    """

    __slots__ = ("parts",)
    parts: tuple[str | Step | Message, ...]

    def __new__(cls, *parts: str | Step | Message) -> Self:
        """Join the parts into one text."""
        hint = super().__new__(cls, "".join(map(str, parts)))
        hint.parts = parts
        return hint

    @property
    def message(self) -> Message:
        """The whole hint as one message; its steps are the values `{step}`, `{step_2}` and so on."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Message):
            return self.parts[0]
        has_steps = any(not isinstance(part, str) for part in self.parts)
        values: dict[str, object] = {}
        template = ""
        for part in self.parts:
            if isinstance(part, str):
                template += part.replace("{", "{{").replace("}", "}}") if has_steps else part
                continue
            name = f"step_{len(values) + 1}" if values else "step"
            values[name] = part
            template += f"{{{name}}}"
        return Message(template, values)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The commands of the hint, in order."""
        return tuple(value for value in self.message.values.values() if isinstance(value, Step))


def step(command: str, *arguments: object, ledger: object = None, is_brief: bool = False) -> Step:
    """Return a step; numbers and paths become text."""
    return Step(
        command, tuple(map(str, arguments)), None if ledger is None else str(ledger), is_brief=is_brief
    )

"""Messages in the language of the person who reads them.

English is in the code; another language is in `cli/locale/LANG/LC_MESSAGES`, in three catalogues: `ledger`
(what is said and shown), `help` (help texts), `click` (what Click says itself). A compiled catalogue is
searched, not read: a run that says three sentences does not pay for two thousand.
"""

from __future__ import annotations

import functools
import gettext
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from cli.presentation.text import Lang
    from ledger.domain.clock import SaidInstant
    from ledger.message import Message, Step

Domain = Literal["ledger", "help"]
LANGUAGES: Final[tuple[Lang, ...]] = ("pl", "en")
LOCALE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "locale")  # noqa: PTH118, PTH120
VARIABLE = "SESSION_LEDGER_LANG"
CONFIG = "ledger.toml"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_WITH_VALUE = ("--ledger", "--log-file")
"""Global options whose value is a word of its own."""
_MAGIC = 0x950412DE
KEPT_MAX = 4096
"""So many texts are found once: a page of the desk says the same ones again and again."""
_SETTING = "language"
_SETTING_BYTES_MAX = 64 << 10


# --- a compiled catalogue ---------------------------------------------------------------------


class Catalogue:
    """A `.mo` file whose ids stand in the order of their bytes; an id is found by halving."""

    def __init__(self, data: bytes) -> None:
        if self._number(data, 0) != _MAGIC:
            raise ValueError("no compiled catalogue of little-endian numbers")
        self._data = data
        self._count = self._number(data, 8)
        self._ids = self._number(data, 12)
        self._texts = self._number(data, 16)
        self.find = functools.lru_cache(KEPT_MAX)(self._searched)
        """Return the text of an id (`context EOT id`, `one NUL many`), its forms parted by NUL; or None."""

    def _searched(self, key: str) -> str | None:
        wanted = key.encode()
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            found = self._entry(self._ids, middle)
            if found == wanted:
                return self._entry(self._texts, middle).decode()
            if found < wanted:
                low = middle + 1
            else:
                high = middle
        return None

    def _entry(self, table: int, number: int) -> bytes:
        place = table + 8 * number
        start = self._number(self._data, place + 4)
        return self._data[start : start + self._number(self._data, place)]

    @staticmethod
    def _number(data: bytes, place: int) -> int:
        return int.from_bytes(data[place : place + 4], "little")


@functools.cache
def catalogue(lang: Lang, domain: Domain) -> Catalogue | None:
    """Return a catalogue; None for English, and where it was not compiled."""
    if lang == "en":
        return None
    try:
        with open(f"{LOCALE}/{lang}/LC_MESSAGES/{domain}.mo", "rb") as file:  # noqa: PTH123
            return Catalogue(file.read())
    except FileNotFoundError:
        return None


def plural_form(count: int) -> int:
    """Return which of the three Polish forms a count takes: 1 godzina, 3 godziny, 5 godzin."""
    if count == 1:
        return 0
    return 1 if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14} else 2


# --- saying -----------------------------------------------------------------------------------


def said(text: str | Message, lang: Lang, domain: Domain = "ledger") -> str:
    """Return a message in a language, its values too; English where there is no translation of it."""
    from ledger.message import Hint

    if isinstance(text, Hint):
        text = text.message
    if isinstance(text, str):
        return text
    values = {name: spoken(value, lang) for name, value in text.values.items()}
    template = _template(text, lang, domain)
    if text.count is not None:
        values["count"] = text.count
    return template.format(**values) if values else template


def translated(text: str, lang: Lang, domain: Domain = "help", context: str = "") -> str:
    """Return a text without values in a language; an empty one is no id (gettext keeps its header there)."""
    words = catalogue(lang, domain) if text else None
    if words is None:
        return text
    return words.find(f"{context}\4{text}" if context else text) or text


def spoken(value: object, lang: Lang) -> object:
    """Return a value as it stands in a sentence; numbers stay, for a format such as `{hours:+d}`."""
    if type(value) is str or isinstance(value, int):
        return value
    from datetime import date, datetime

    from ledger.message import Bilingual, Code, Hint, Message, Money, Seconds

    if isinstance(value, Message | Hint):
        return said(value, lang)
    if isinstance(value, datetime):
        return _instant(value, lang)
    if lang == "en":
        return str(value) if isinstance(value, Bilingual | Code | Money | Seconds | date) else value
    return _in_polish(value)


def _in_polish(value: object) -> object:  # noqa: PLR0911 - one for each kind of value
    from datetime import date

    from ledger.domain.clock import SaidInstant
    from ledger.message import Bilingual, Code, Money, Seconds, Step

    match value:
        case Step():
            return _step(value)
        case Code():
            from cli.presentation.wording.vocabulary import word_of

            return word_of(value.kind, value.code, "pl")
        case SaidInstant():
            return _moment(value)
        case Seconds():
            from cli.presentation.wording.durations import duration

            return said(duration(value.seconds), "pl")
        case Bilingual():
            return value.pl
        case Money():
            return str(value).replace(".", ",")
        case date():
            return f"{value:%d.%m.%Y}"
        case _:
            return value


def listed(parts: Iterable[str | Message], lang: Lang) -> str:
    """Return messages in a row, a comma between them."""
    return ", ".join(said(part, lang) for part in parts)


def _template(text: Message, lang: Lang, domain: Domain) -> str:
    is_many = text.count is not None and text.count != 1
    english = text.plural if is_many else text.template
    words = catalogue(lang, domain) if text.template else None
    if words is None:
        return english
    key = f"{text.template}\0{text.plural}" if text.plural else text.template
    found = words.find(f"{text.context}\4{key}" if text.context else key)
    if found is None:
        return english
    return found.split("\0")[plural_form(text.count)] if text.count is not None else found


def _instant(instant: datetime, lang: Lang) -> str:
    """Return an instant in office time; in Polish with seconds only where there are some."""
    from ledger.domain.clock import office_time

    local = office_time(instant)
    if lang == "en":
        return f"{local:%Y-%m-%d %H:%M:%S}"
    return f"{local:%d.%m.%Y %H:%M:%S}" if local.second else f"{local:%d.%m.%Y %H:%M}"


def _moment(moment: SaidInstant) -> str:
    from ledger.domain.clock import office_time, offset_if_twice

    local = office_time(moment.instant)
    clock = "%H:%M:%S" if local.second and moment.to != "minute" else "%H:%M"
    return f"{local:%d.%m.%Y {clock}}{offset_if_twice(moment.instant)}"


def _step(step: Step) -> str:
    """Return a command; what is left to the person (FILE, DIR, KEY=VALUE) is named in their language."""
    from ledger.message import Step

    ledger = None if step.ledger is None else _argument(step.ledger)
    return str(Step(step.command, tuple(map(_argument, step.arguments)), ledger, is_brief=step.is_brief))


def _argument(argument: str) -> str:
    key, equals, value = argument.partition("=")
    if equals and not key.isupper():
        return f"{key}={_argument(value)}"
    if not argument.replace("=", "").isalpha() or not argument.isupper():
        return argument
    found = translated(argument, "pl")
    return translated(argument, "pl", "ledger") if found == argument else found


# --- the language of a run --------------------------------------------------------------------


def wanted_language(words: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """Return the language that a command line is answered in, before anything of it is parsed.

    In this order: `--lang` before the command's name (a command may have a --lang of its own), the variable
    SESSION_LEDGER_LANG, `language` of ledger.toml, the locale, English.
    """
    options = global_options(words)
    named = (options.get("--lang"), environment.get(VARIABLE))
    ledger = options.get("--ledger") or environment.get("SESSION_LEDGER_DIR") or _usual_folder(environment)
    for each in named:
        if each in LANGUAGES:
            return each
    return _language_of_ledger(ledger) or language_of_locale(environment) or "en"


def choose(lang: Lang) -> None:
    """Let Click speak a language from now on: it asks the standard library at the moment it speaks.

    Its default domain belongs to nobody, so English is chosen too. Processes that are started inherit it.
    """
    gettext.bindtextdomain("click", LOCALE)
    gettext.textdomain("click")
    os.environ["LANGUAGE"] = lang


def global_options(words: Sequence[str]) -> dict[str, str]:
    """Return the global options that stand before the command's name, each with its value."""
    found: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "--":
            break
        name, equals, value = word.partition("=")
        if name == "--lang" or name in _WITH_VALUE:
            found[name] = value if equals else next(rest, "")
    return found


def _usual_folder(environment: Mapping[str, str]) -> str | None:
    """Return the user's data folder as it usually is; asking the system exactly would take longer."""
    if os.name == "nt":
        base = environment.get("LOCALAPPDATA")
    else:
        home = environment.get("HOME")
        base = environment.get("XDG_DATA_HOME") or (home and f"{home}/.local/share")
    return os.path.join(base, "session-ledger") if base else None  # noqa: PTH118


def _language_of_ledger(folder: str | None) -> Lang | None:
    """Return the top-level `language = "pl"` of a ledger's settings; the file is searched, not parsed."""
    if folder is None:
        return None
    try:
        with open(os.path.join(folder, CONFIG), encoding="utf-8", errors="replace") as file:  # noqa: PTH118, PTH123
            text = file.read(_SETTING_BYTES_MAX)
    except (OSError, ValueError):
        return None
    for line in text.splitlines():
        if line.startswith("["):
            break
        key, equals, value = line.partition("=")
        if equals and key.strip() == _SETTING:
            quoted = value.partition("#")[0].strip()
            return next((lang for lang in LANGUAGES if quoted in {f'"{lang}"', f"'{lang}'"}), None)
    return None


def language_of_locale(environment: Mapping[str, str]) -> Lang | None:
    """Return the language that the locale names; None for C, and for one that there is not."""
    named = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), "")
    return next(
        (
            lang
            for lang in LANGUAGES
            if named == lang or named.startswith((f"{lang}_", f"{lang}.", f"{lang}@"))
        ),
        None,
    )

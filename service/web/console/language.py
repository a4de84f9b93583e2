"""In which language and time zone somebody reads. Catalogues are compiled from .po at first use."""

import gettext as catalogues
import io
import math
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError, dates, negotiate_locale, numbers
from babel.messages import mofile, pofile
from flask import Flask, g, has_request_context, request

from service.web.console import session

LOCALES = Path(__file__).parent / "locales"
SOURCE = "en"
LANGUAGES = (SOURCE, *sorted(folder.name for folder in LOCALES.glob("*/")))


def N_(text: str) -> str:
    """Mark a string for translation that is translated later."""
    return text


def register(app: Flask) -> None:
    """Let templates translate."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]


def gettext(text: str) -> str:
    """A string in the visitor's language."""
    return _catalogue(current()).gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a string for n things, in the visitor's language."""
    return _catalogue(current()).ngettext(one, many, n)


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    found: catalogues.NullTranslations = catalogues.NullTranslations()
    for path in sorted((LOCALES / language).glob("*.po")):
        compiled = io.BytesIO()
        with path.open("rb") as source:
            mofile.write_mo(compiled, pofile.read_po(source, locale=language))
        compiled.seek(0)
        read = catalogues.GNUTranslations(compiled)
        read.add_fallback(found)
        found = read
    return found


def current() -> str:
    """The language this request is answered in: chosen in the account, else the browser's."""
    if not has_request_context():
        return SOURCE
    if "language" not in g:
        moderator = session.moderator()
        chosen = moderator.language if moderator else ""
        wanted = [tag.replace("-", "_") for tag in request.accept_languages.values()]
        g.language = chosen or negotiate_locale(wanted, LANGUAGES) or SOURCE
    return str(g.language)


def named() -> dict[str, str]:
    """Each language there is, by its own name."""
    return {tag: (Locale(tag).get_display_name(tag) or tag).capitalize() for tag in LANGUAGES}


@cache
def zones() -> tuple[str, ...]:
    """The names of all time zones (IANA)."""
    return tuple(sorted(available_timezones()))


def is_zone(name: str) -> bool:
    """True for the name of a time zone."""
    return name in zones()


def zone() -> ZoneInfo:
    """The visitor's time zone; UTC until they choose, or a script knows better."""
    moderator = session.moderator()
    name = (moderator.zone if moderator else "") or "UTC"
    return ZoneInfo(name if is_zone(name) else "UTC")


def _locale() -> Locale:
    try:
        return Locale.parse(current())
    except UnknownLocaleError:
        return Locale(SOURCE)


def number(value: float, digits: int = 0) -> str:
    """A number as the visitor writes it, with at most so many digits behind the point."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(numbers.format_decimal(value, pattern, locale=_locale()))


def percent(share: float | None, digits: int = 1) -> str:
    """A share in percent, with at most so many digits behind the point; a dash for none."""
    if share is None or math.isnan(share):
        return "–"
    pattern = "#,##0" + ("." + "#" * digits if digits else "") + "\u202f%"
    return str(numbers.format_percent(share, pattern, locale=_locale()))


def day(when: date, style: str = "d MMM") -> str:
    """A day without its year, as the visitor writes it."""
    return dates.format_skeleton(style.replace(" ", ""), when, locale=_locale())


def moment(at: datetime, style: str = "medium") -> str:
    """A moment in the visitor's zone: `medium` with date and time, `short` without the year,
    `time`, or `date`."""
    locale = _locale()
    local = at.astimezone(zone())
    if style == "time":
        return dates.format_time(local, "short", locale=locale)
    if style == "short":
        return f"{day(local)} {dates.format_time(local, 'short', locale=locale)}"
    if style == "date":
        return dates.format_date(local, "medium", locale=locale)
    return dates.format_datetime(local, "medium", tzinfo=zone(), locale=locale)

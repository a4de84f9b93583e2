"""What readers are told: which of their data is kept, for how long, and how to have it erased.

Sites link here under their comment form. The page is public, asks for nothing, and says what
is true of this instance, from the settings in force.
"""

from pathlib import Path

from flask import Blueprint, Response, render_template, request

from service.web import parts

privacy = Blueprint("privacy", __name__, template_folder="templates")

CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"  # noqa: E501
LANGUAGES = ("en", "de")
_STYLE = Path(__file__).parent / "static" / "privacy.css"


@privacy.get("/privacy")
def page() -> Response:
    """The page, for anybody."""
    language = request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    told = render_template(f"privacy.{language}.html", days=parts().settings.retention_days)
    headers = {"Content-Security-Policy": CSP, "Content-Language": language,
               "Vary": "Accept-Language"}  # fmt: skip
    return Response(told, mimetype="text/html", headers=headers)


@privacy.get("/privacy/style.css")
def style() -> Response:
    """What the page looks like."""
    fresh = {"Cache-Control": "public, max-age=3600"}
    return Response(_STYLE.read_bytes(), mimetype="text/css", headers=fresh)

"""The moderators' console, under /console: server-rendered pages and a few hand-written scripts.

To add a page:

1. Write a module here. Its functions return what Flask takes, and get a `Visit` (who, on which
   site, in which role) and the path's parameters:
   `def shown(visit: Visit) -> ResponseReturnValue: return render_template("lists.html", ...)`.
2. End it with its table of routes, and add that to `ROUTES` in `app.py`:
   `ROUTES = (Route("GET", "/{site_id}/lists", shown, Role.TRAINER, nav=N_("Lists")),)`.
   The third part says who may come: OPEN, SIGNED_IN or the least `Role` on the site named in
   the path. Another site's pages are 404, a stronger role's 403. `nav` puts it in the top bar.
3. Write `templates/lists.html`, which extends `base.html` (one h1, block `content`; `scripts`
   and `styles` for files in `static/`). No inline script or style: the CSP refuses them, so
   sizes are SVG attributes or set from a script. Links: `url_for("lists.shown", site_id=...)`.
4. What changes something is a POST with `{{ csrf() }}` in its form (scripts send the header
   `X-CSRFToken` from `<meta name="csrf-token">`), and writes `audit_log.write(...)` in the same
   transaction; afterwards `redirect(...)`. Commenters' text only ever as `{{ text }}`.
5. Strings: `{{ _("...") }}` in templates, `gettext("...")` in Python; German in a file
   `locales/de/*.po`. A test names what is missing. Times: `{{ visit_time(at) }}`.
6. Tests: `tests/service/web/console/`; the fixture `sign_in` gives a signed-in client, and the
   access test finds your routes by itself.
"""

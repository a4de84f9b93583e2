"""What the administration's pages share: writing down what somebody does, links to comments."""

from collections.abc import Callable

from flask import url_for

from service.db import audit_log
from service.db.engine import Connection
from service.web import parts
from service.web.console.routing import Visit


def act(visit: Visit, action: str, subject: str = "", /, **detail: object) -> Callable[..., object]:
    """What a storage function is to do `also`: enter this act into the audit log."""

    def written(connection: Connection) -> str:
        return audit_log.write(connection, visit.site.id, visit.moderator.name, action, subject,
                               at=parts().clock(), **detail)  # fmt: skip

    return written


def to_comment(visit: Visit, comment_id: str) -> str:
    """The address of a comment's page."""
    return url_for("comment.shown", site_id=visit.site.id, comment_id=comment_id)

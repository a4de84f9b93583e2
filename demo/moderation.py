"""How the site has its comments filtered: asked through the `akismet` package from PyPI, which
knows nothing of Weir, and told of later decisions by looking at Weir's list of comments."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import akismet
import httpx

from demo.comments import Comment, Comments, Status

ARTICLE = "/2026/the-night-ferry-sails-again/"
"""Where the one article stands."""

ANSWERS = {
    akismet.CheckResponse.HAM: Status.PUBLISHED,
    akismet.CheckResponse.SPAM: Status.HELD,
    akismet.CheckResponse.DISCARD: Status.REJECTED,
}
STATES = {"accepted": Status.PUBLISHED, "held": Status.HELD, "rejected": Status.REJECTED}
_NUMBER = re.compile(r"#comment-(\d+)\Z")
_PAUSE = 1.0
"""Seconds between two looks at Weir's list."""
_ASKED_BY_NOW = timedelta(seconds=30)
"""Whoever kept a comment asks about it within this time; later somebody else has to."""


@dataclass(frozen=True, slots=True)
class Account:
    """This site's account with Weir: where that answers, the Akismet key, the token, and under
    which address the site is known there."""

    weir: str
    key: str
    token: str
    site: str


class Moderation:
    """Asks about comments, and follows what becomes of them."""

    def __init__(
        self, account: Account, comments: Comments, through: httpx.BaseTransport | None = None
    ) -> None:
        transport = through or httpx.HTTPTransport()
        to_weir = _Redirected(httpx.URL(account.weir), transport)
        self._akismet = akismet.SyncClient(
            config=akismet.Config(key=account.key, url=account.site),
            http_client=httpx.Client(transport=to_weir, timeout=5),
        )
        bearer = {"Authorization": f"Bearer {account.token}"}
        self._weir = httpx.Client(
            base_url=account.weir, headers=bearer, transport=transport, timeout=5
        )
        self._comments, self._site = comments, account.site
        self._looking, self._looked = threading.Lock(), 0.0

    def ask(self, comment: Comment) -> Status:
        """Have a new comment judged. It waits if the filter cannot be reached."""
        with suppress(akismet.AkismetError):
            answer = self._akismet.comment_check(
                comment.ip, comment_content=comment.content, comment_author=comment.name,
                comment_author_email=comment.email, comment_author_url=comment.url,
                comment_date_gmt=comment.at.isoformat(), comment_type="comment", blog_lang="en",
                user_agent=comment.user_agent,
                permalink=f"{self._site}{ARTICLE}#comment-{comment.number}",
            )  # fmt: skip
            self._comments.settle(comment.number, ANSWERS[answer])
            return ANSWERS[answer]
        return Status.UNASKED

    def follow(self) -> None:
        """Take over what was decided since; what Weir cannot say now stays as it is."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._looked >= _PAUSE:
                self._take_over()
                self._looked = time.monotonic()
        except httpx.HTTPError:
            return
        finally:
            self._looking.release()

    def label(self, number: int, label: str, moderator: str) -> None:
        """Say as a moderator what a comment of this site is."""
        found = self._weir.get("/v1/comments", params={"limit": "200"}).raise_for_status().json()
        for one in found["comments"]:
            if one["permalink"].endswith(f"#comment-{number}"):
                said = {"label": label, "moderator": moderator}
                path = f"/v1/comments/{one['id']}/labels"
                self._weir.post(path, json=said).raise_for_status()

    def _take_over(self) -> None:
        known = {one.number: one for one in self._comments.all()}
        by_id = {one.weir_id: one for one in known.values() if one.weir_id}
        for row in self._listed():
            if row["state"] == "erased" and row["id"] in by_id:  # it has no permalink any more
                self._comments.remove(known.pop(by_id[row["id"]].number).number)
            elif (found := _NUMBER.search(row["permalink"])) and int(found[1]) in known:
                self._settle(known.pop(int(found[1])), row["id"], row["state"])
        for one in known.values():
            if one.status is Status.UNASKED and datetime.now(UTC) - one.at > _ASKED_BY_NOW:
                self.ask(one)

    def _settle(self, one: Comment, weir_id: str, state: str) -> None:
        if one.weir_id != weir_id:
            self._comments.note(one.number, weir_id)
        if STATES.get(state, one.status) != one.status:
            self._comments.settle(one.number, STATES[state])

    def _listed(self) -> Iterator[dict[str, str]]:
        """Every comment of this site that Weir has, newest first."""
        cursor: dict[str, str] = {}
        while True:
            answer = self._weir.get("/v1/comments", params={"limit": "200", **cursor})
            page = answer.raise_for_status().json()
            yield from page["comments"]
            if not page["next_cursor"]:
                return
            cursor = {"cursor": page["next_cursor"]}


class _Redirected(httpx.BaseTransport):
    """Leads to Weir what was meant for Akismet, as a name in /etc/hosts would."""

    def __init__(self, weir: httpx.URL, through: httpx.BaseTransport) -> None:
        self._weir, self._through = weir, through

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        at = self._weir
        request.url = request.url.copy_with(scheme=at.scheme, host=at.host, port=at.port)
        return self._through.handle_request(request)

    def close(self) -> None:
        self._through.close()

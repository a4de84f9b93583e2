"""The tables. Times are whole milliseconds since 1970 in UTC; ids are prefixed ULIDs.

Judgements and labels are only ever added. What a comment's `state` is follows from its
judgements and labels; the column is there so that the queue needs no join. Comments, judgements
and traces carry no foreign key: on PostgreSQL each would lock the site's row once per comment.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    false,
    text,
    true,
)  # fmt: skip

metadata = MetaData()

meta = Table(
    "meta", metadata,
    Column("name", String(64), primary_key=True), Column("value", Text, nullable=False),
)  # fmt: skip

sites = Table(
    "sites",
    metadata,
    Column("id", String(31), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("subscribed", Boolean, nullable=False),  # somebody wants to hear its events
    Column("created_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),
    # The digest of the site layer in force, empty for the base alone, and whether good labels lack
    # for one: read with the site's key, so every process knows of a new one at once.
    Column("champion", String(64), nullable=False, server_default=""),
    Column("lacks_good", Boolean, nullable=False, server_default="0"),
)

keys = Table(
    "keys",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("sealed", LargeBinary),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

comments = Table(
    "comments",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("id", String(30), primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),
    Column("decision", String(6)),  # empty in what was only sent to teach from
    Column("reasons", Text, nullable=False),  # ",code,code," so that one LIKE finds a code
    Column("dialect", String(8), nullable=False),
    Column("content", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("author_email", BigInteger),  # keyed hashes, see service/keyring.py
    Column("author_url", Text, nullable=False),
    Column("author_ip", BigInteger),
    Column("author_prefix", BigInteger),
    Column("author_id", Text, nullable=False),
    Column("author_role", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("permalink", Text, nullable=False),
    Column("parent_id", Text, nullable=False),
    Column("page_title", Text, nullable=False),
    Column("page_language", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("submitted_at", BigInteger),
    Column("honeypot", Text, nullable=False),
    Column("elapsed_ms", BigInteger),
    Column("edit_of", Text, nullable=False),
    Column("links", Integer, nullable=False),
    Column("traces", LargeBinary, nullable=False),  # this comment's rows in `traces`
    # The queue: held, or drawn for the blind audit, and nobody has said anything yet.
    Column("waits", Boolean, nullable=False, server_default=false()),
    Column("blind", Boolean, nullable=False, server_default=false()),  # see service/sampling.py
    Column("audited", Float(53)),
)
Index("comments_by_state", comments.c.site_id, comments.c.state, comments.c.id)
Index("comments_waiting", comments.c.site_id, comments.c.id,
      # In the letters of the query: SQLite uses the index for no other. PostgreSQL's condition
      # is in the migration only: named here, it would load that dialect at each start.
      sqlite_where=text("waits = 1"))  # fmt: skip

judgements = Table(
    "judgements",
    metadata,
    Column("comment_id", String(30), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("decision", String(6), nullable=False),
    Column("score", Float(53)),
    Column("answer", Text, nullable=False),  # the whole judgement as JSON, as it was answered
)

labels = Table(
    "labels",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("site_id", String(31), nullable=False),
    Column("comment_id", String(30), nullable=False),
    Column("number", Integer, nullable=False),  # the order of what was said of one comment
    Column("label", String(5)),  # empty in a row that undoes another
    Column("undoes", String(30), unique=True),
    Column("source", String(16), nullable=False),
    Column("moderator", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
Index("labels_by_comment", labels.c.comment_id, labels.c.number, unique=True)
Index("labels_by_site", labels.c.site_id, labels.c.at)
Index("labels_by_time", labels.c.at)

models = Table(
    "models",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("base", String(64), nullable=False),
    Column("passed", Boolean, nullable=False),  # the gate's ruling
    Column("reason", Text, nullable=False),
    Column("card", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

promotions = Table(
    "promotions",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("model_id", String(40), nullable=False),  # empty for the base alone
    Column("event", String(9), nullable=False),  # promoted, withdrawn
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# One row per round of training: asked for, taken up by one worker, finished with its outcome.
rounds = Table(
    "rounds",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("site_id", String(31), nullable=False),
    Column("cause", String(40), nullable=False),
    Column("until", BigInteger, nullable=False),  # labels up to this moment were seen
    Column("requested_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("promoted", Boolean),
    Column("reason", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("model_id", String(40), nullable=False),
)
Index("rounds_by_cause", rounds.c.site_id, rounds.c.cause, unique=True)
Index("rounds_waiting", rounds.c.finished_at, rounds.c.id)

# What a site has seen: one row per comment and thing seen (author, host, text, address),
# newest last, so that a history is a few short ends of an index however many rows there are.
# `state` is a Standing (service/db/history.py), `sender` tells senders of one text apart.
traces = Table(
    "traces",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("state", SmallInteger, primary_key=True, autoincrement=False),
    Column("comment_id", String(30), primary_key=True),
    Column("sender", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What each day of a site came to (service/db/days.py), and up to when a site was counted.
days = Table(
    "days",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),  # since 1970
    Column("told", Text, nullable=False),  # JSON
)

counted = Table(
    "counted",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("first", String(30), nullable=False),  # the lowest id a comment can have from then on
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("key", LargeBinary(16), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("comment_id", String(30), nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("idempotency_by_age", idempotency.c.at)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("site_id", String(31), nullable=False),
    Column("event", String(32), nullable=False),
    Column("comment_id", String(30), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Who wants to hear of what. Secrets are sealed; events as ",a,b,".
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(31), primary_key=True),
    Column("site_id", String(31), nullable=False),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    Column("failing_since", BigInteger),
    Column("failures", Integer, nullable=False),  # attempts in a row
    Column("paused_until", BigInteger, nullable=False),
    Column("error", Text, nullable=False),  # of the last attempt that failed
    Column("dropped", Integer, nullable=False),  # events that were given up
    Column("died_at", BigInteger),
)
Index("webhooks_by_site", webhooks.c.site_id)

# What is still to be said to a webhook: an event of the outbox, as it is sent.
deliveries = Table(
    "deliveries",
    metadata,
    Column("webhook_id", String(31), primary_key=True),
    Column("event_id", String(30), primary_key=True),
    Column("comment_id", String(30), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
)
Index("deliveries_due", deliveries.c.webhook_id, deliveries.c.next_at)
Index("deliveries_by_comment", deliveries.c.comment_id)

moderators = Table(
    "moderators",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("password", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # A password that somebody else has seen: nothing is shown until another is chosen.
    Column("one_time", Boolean, nullable=False, server_default=true()),
    # Sessions carry it: a new one ends them all.
    Column("epoch", String(32), nullable=False, server_default=""),
    Column("totp", LargeBinary),  # the authenticator's secret, sealed
    Column("totp_used", BigInteger),  # the last time step a code was taken for: none counts twice
    Column("language", String(8), nullable=False, server_default=""),
    Column("zone", String(64), nullable=False, server_default=""),
)

# Who may do what on which site; an empty site means every site.
roles = Table(
    "roles",
    metadata,
    Column("moderator", String(200), primary_key=True),
    Column("site_id", String(31), primary_key=True),
    Column("role", String(9), nullable=False),
)

# Signing in that failed, by keyed hashes of the name and of the name with the address.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
)

# What people did, in the console or on the command line; only ever added to. Taking back is
# another row (`undo`, with the row taken back as its subject). No commenter's words in here.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("site_id", String(31), nullable=False),  # empty: the instance itself
    Column("moderator", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),  # JSON
    Column("at", BigInteger, nullable=False),
)
Index("audit_log_by_site", audit_log.c.site_id, audit_log.c.id)
Index("audit_log_by_moderator", audit_log.c.site_id, audit_log.c.moderator, audit_log.c.id)
Index("audit_log_by_subject", audit_log.c.subject)

# The labels one act of a moderator gave, so that it can be taken back as one.
acted_labels = Table(
    "acted_labels",
    metadata,
    Column("act_id", String(30), primary_key=True),
    Column("label_id", String(30), primary_key=True),
    Column("comment_id", String(30), nullable=False, index=True),
)

# Who is looking at a comment just now.
claims = Table(
    "claims",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("comment_id", String(30), primary_key=True),
    Column("moderator", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

# What colleagues say to each other about a comment.
notes = Table(
    "notes",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("site_id", String(31), nullable=False),
    Column("comment_id", String(30), nullable=False, index=True),
    Column("moderator", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# What the worker has made findable: a place in its order, and the page it stands under. The
# words themselves are in `indexed_words`, which each database makes in its own way.
indexed = Table(
    "indexed",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("comment_id", String(30), nullable=False, unique=True),
    Column("site_id", String(31), nullable=False),
    Column("page", BigInteger, nullable=False),
)
Index("indexed_by_page", indexed.c.page, indexed.c.number)

# Campaigns of held comments. Every held comment has a row in `campaign_members`; those of which
# several are alike have one in `campaigns`, with what a moderator said of late-comers, if any.
campaigns = Table(
    "campaigns",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("id", String(30), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("label", String(5)),
    Column("act_id", String(30), nullable=False),
    Column("until", BigInteger, nullable=False),
)

campaign_members = Table(
    "campaign_members",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("comment_id", String(30), primary_key=True),
    Column("campaign_id", String(30), nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
Index(
    "campaign_members_by_campaign",
    campaign_members.c.site_id,
    campaign_members.c.campaign_id,
    campaign_members.c.comment_id,
)

# The newest comment of each band of a signature, or of each telling host.
campaign_keys = Table(
    "campaign_keys",
    metadata,
    Column("site_id", String(31), primary_key=True),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("comment_id", String(30), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
)

# What the worker found when it looked for drift, the newest of each site.
drifts = Table(
    "drifts", metadata, Column("site_id", String(31), primary_key=True),
    Column("at", BigInteger, nullable=False), Column("report", Text, nullable=False),
)  # fmt: skip

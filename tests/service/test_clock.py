"""Names that sort by time."""

from datetime import UTC, datetime, timedelta

from ulid import ULID

from service.clock import first_id, made_at, new_id

NOW = datetime(2026, 5, 20, 12, 0, 0, 123_000, tzinfo=UTC)


def test_an_id_is_a_ulid_of_its_moment():
    made = new_id("cmt", NOW)

    assert ULID.from_str(made.removeprefix("cmt_")).datetime == NOW == made_at(made)
    assert made.startswith(str(first_id("cmt", NOW))[:14])


def test_ids_sort_by_time_and_are_never_the_same():
    made = [new_id("cmt", NOW + timedelta(milliseconds=n)) for n in range(200)]
    again = {new_id("cmt", NOW) for _ in range(1000)}

    assert made == sorted(made)
    assert len(again) == 1000
    assert all(first_id("cmt", NOW) <= one < first_id("cmt", NOW + timedelta(milliseconds=1))
               for one in again)  # fmt: skip


def test_ids_of_one_millisecond_sort_by_who_came_first():
    made = [new_id("cmt", NOW) for _ in range(200)]

    assert made == sorted(made)

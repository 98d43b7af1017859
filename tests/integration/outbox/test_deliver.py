"""The outbox: nothing lost, nothing twice, failures kept and put off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from portal.common import clock
from portal.outbox import registry
from portal.outbox.models import OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.publish import publish
from portal.outbox.tasks import deliver, sweep
from tests.conftest import MACHINE
from tests.integration.threads import at_once

Handler = Callable[[dict[str, Any]], None]
Bind = Callable[..., None]


@pytest.fixture
def bind() -> Iterator[Bind]:
    """Bind the topic « essai » to handlers of the test; the real table comes back afterwards."""
    real = {topic: registry.handlers_for(topic) for topic in registry.topics()}
    yield lambda *handlers: registry.install({"essai": handlers})
    registry.install(real)


def _fails(payload: dict[str, Any]) -> None:
    raise RuntimeError("en panne")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.CRITICAL, logger="portal.outbox.services.deliver")
    return caplog


@pytest.mark.django_db
def test_oldest_first_and_once(bind: Bind) -> None:
    seen: list[str] = []
    bind(lambda payload: seen.append(payload["n"]), lambda payload: seen.append(payload["n"] + "!"))
    for n in "ab":
        publish("essai", {"n": n}, dedup=n)
    publish("essai", {"n": "again"}, dedup="a")
    assert deliver_pending() == 2
    assert deliver_pending() == 0
    assert seen == ["a", "a!", "b", "b!"]
    row = OutboxMessage.objects.get(dedup="a")
    assert (row.attempts, row.delivered_at, row.error) == (1, MACHINE, "")


@pytest.mark.django_db
def test_the_limit_and_the_tasks(bind: Bind) -> None:
    bind()
    for n in "abc":
        publish("essai", {}, dedup=n)
    assert deliver_pending(limit=1) == 1
    assert deliver() == 2
    assert sweep() == 0


@pytest.mark.django_db
def test_a_failure_is_put_off_and_tried_again(bind: Bind, said: pytest.LogCaptureFixture) -> None:
    fail = True

    def handler(payload: dict[str, Any]) -> None:
        OutboxMessage.objects.create(
            topic="trace", dedup="trace", created_at=MACHINE, available_at=MACHINE + timedelta(9)
        )
        if fail:
            raise RuntimeError("en panne")

    bind(handler)
    publish("essai", {}, dedup="a")
    publish("essai", {}, dedup="b")
    OutboxMessage.objects.filter(dedup="b").update(available_at=MACHINE + timedelta(days=1))
    assert deliver_pending() == 0
    row = OutboxMessage.objects.get(dedup="a")
    assert (row.attempts, row.error, row.delivered_at) == (1, "RuntimeError: en panne", None)
    assert row.available_at == MACHINE + timedelta(seconds=2)
    assert not OutboxMessage.objects.filter(topic="trace").exists()  # what the handler wrote went with it
    assert deliver_pending() == 0 and OutboxMessage.objects.get(dedup="a").attempts == 1
    fail = False
    with clock.frozen(machine=MACHINE + timedelta(seconds=2)):
        assert deliver_pending() == 1
    row.refresh_from_db()
    assert (row.attempts, row.error) == (2, "") and row.delivered_at is not None


@pytest.mark.django_db
def test_one_failing_message_does_not_stop_the_others(bind: Bind, said: pytest.LogCaptureFixture) -> None:
    def handler(payload: dict[str, Any]) -> None:
        if payload["bad"]:
            connection.cursor().execute("SELECT 1 / 0")

    bind(handler)
    publish("essai", {"bad": True}, dedup="a")
    publish("essai", {"bad": False}, dedup="b")
    assert deliver_pending() == 1
    assert OutboxMessage.objects.get(dedup="a").error.startswith("DataError: division by zero")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attempts", "wait"),
    [(0, 2), (1, 4), (9, 1024), (10, 2048), (11, 3600), (40, 3600), (31_999, 3600), (32_000, 3600)],
)
def test_each_failure_waits_longer_up_to_an_hour(
    bind: Bind, said: pytest.LogCaptureFixture, attempts: int, wait: int
) -> None:
    bind(_fails)
    publish("essai", {}, dedup="a")
    OutboxMessage.objects.update(attempts=attempts)
    assert deliver_pending() == 0
    row = OutboxMessage.objects.get()
    assert row.available_at == MACHINE + timedelta(seconds=wait)
    assert row.attempts == min(attempts + 1, 32_000)


@pytest.mark.django_db
def test_an_unknown_topic_is_kept_with_its_error(bind: Bind, said: pytest.LogCaptureFixture) -> None:
    bind()
    publish("inconnu", {}, dedup="a")
    assert deliver_pending() == 0
    row = OutboxMessage.objects.get()
    assert "no reaction is bound to the topic 'inconnu'" in row.error and row.delivered_at is None


@pytest.mark.django_db
def test_nothing_leaves_a_transaction_that_is_undone(bind: Bind) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        publish("essai", {}, dedup="a")
        raise Undone
    assert not OutboxMessage.objects.exists()


def test_two_workers_deliver_each_message_once(committed_db: str, bind: Bind) -> None:
    seen: list[int] = []
    bind(lambda payload: seen.append(payload["n"]))
    for n in range(60):
        publish("essai", {"n": n}, dedup=str(n))
    delivered = at_once([deliver_pending] * 4)
    assert sum(delivered) == 60 == len(seen)
    assert sorted(seen) == list(range(60))
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


def test_a_worker_killed_in_between_leaves_the_message(committed_db: str, bind: Bind) -> None:
    class Killed(BaseException):
        pass

    seen: list[str] = []

    def handler(payload: dict[str, Any]) -> None:
        seen.append("once")
        if len(seen) == 1:
            raise Killed

    bind(handler)
    publish("essai", {}, dedup="a")
    with pytest.raises(Killed):
        deliver_pending()
    row = OutboxMessage.objects.get()
    assert (row.attempts, row.delivered_at) == (0, None)
    assert deliver_pending() == 1 and seen == ["once", "once"]


def test_a_commit_wakes_the_worker_once(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[int] = []
    wake = lambda: woken.append(OutboxMessage.objects.count())  # noqa: E731
    monkeypatch.setattr("portal.outbox.services.publish._wake_worker", wake)
    with transaction.atomic():
        for n in "abc":
            publish("essai", {}, dedup=n)
        assert woken == []
    assert woken == [3]

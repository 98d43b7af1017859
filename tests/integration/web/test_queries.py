"""No page asks more of the database when there is more to show, and none asks more than twelve times."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.documents.models import Document
from portal.outbox.models import Notice
from portal.registry.models import Pharmacy
from tests.integration.web.access import address
from tests.integration.web.clones import clone_order, clone_row
from tests.integration.web.counting import BUDGET, asked, shown
from tests.integration.web.world import (
    DISTRIBUTOR,
    DRAFT,
    INSTALLED,
    INSTRUCTOR,
    ISSUED,
    PROPOSED,
    SUBMITTED,
    SUPPLIER,
    VA_RESERVE,
    VA_TO_SIGN,
    VALIDATOR,
    WRITTEN,
    World,
    as_,
    finess_of,
    titulaire,
)

BOARDS = [
    ("home", SUPPLIER),
    ("home", DISTRIBUTOR),
    ("home", INSTRUCTOR),
    ("home", VALIDATOR),
    ("home", titulaire(INSTALLED)),
    ("home:board", INSTRUCTOR),
    ("home:at_stake", SUPPLIER),
    ("home:at_stake", INSTRUCTOR),
    ("home:board", titulaire(INSTALLED)),
    ("reminders:deadlines", SUPPLIER),
    ("reminders:deadlines", DISTRIBUTOR),
    ("reminders:deadlines", INSTRUCTOR),
    ("reminders:deadlines", titulaire(INSTALLED)),
    ("reminders:load", SUPPLIER),
]


@pytest.mark.parametrize(("name", "login"), BOARDS)
def test_boards(name: str, login: str, world: World) -> None:
    client, url, order = as_(login), reverse(name), world.order(INSTALLED)
    few = asked(client, url)
    clone_order(order.pk, order.pharmacy_id, 40, spread=login != titulaire(INSTALLED))
    many = asked(client, url)
    assert len(many) == len(few), shown(many)
    assert len(many) <= BUDGET, shown(many)


DOSSIERS = [
    (key, login)
    for key in (DRAFT, ISSUED, INSTALLED, VA_TO_SIGN, VA_RESERVE, "citadelle", "halles", "mine", "moulin", "remparts")
    for login in (SUPPLIER, titulaire(key), INSTRUCTOR, VALIDATOR)
    if not (key in (DRAFT, "mine") and login == titulaire(key))
]


@pytest.mark.parametrize(("key", "login"), DOSSIERS)
def test_dossiers(key: str, login: str, world: World) -> None:
    order = world.order(key)
    client, url = as_(login), reverse("home:dossier", args=[order.pk])
    few = asked(client, url)
    _lengthen(str(order.pk))
    many = asked(client, url)
    assert len(many) == len(few), shown(many)
    assert len(many) <= BUDGET, shown(many)


def _lengthen(thread: str) -> None:
    event = AuditEvent.objects.filter(thread=thread).latest("pk")
    clone_row("audit_auditevent", event.pk, 30, {"seq": "1000 + n", "hash": "md5(n::text)", "prev_hash": "row.hash"})
    paper = Document.objects.filter(thread=thread).order_by("pk").last()
    if paper is not None:
        kept = {"id": "gen_random_uuid()", "revision": "100 + n", "code": "NULL"}
        clone_row("documents_document", paper.pk, 10, kept)


def test_notices(world: World) -> None:
    client, url = as_(SUPPLIER), reverse("home:notices")
    notice = Notice.objects.filter(user=User.objects.get(email=SUPPLIER)).latest("pk")
    few = asked(client, url)
    clone_row("outbox_notice", notice.pk, 100, {"dedup": "'copy ' || n"})
    many = asked(client, url)
    assert len(many) == len(few), shown(many)
    assert len(many) <= BUDGET, shown(many)


PAGES = [
    ("audit:roots", "", ""),
    ("orders:choose_pharmacy", "", SUPPLIER),
    ("orders:new", DRAFT, SUPPLIER),
    ("orders:new", DRAFT, DISTRIBUTOR),
    ("orders:edit", DRAFT, SUPPLIER),
    ("documents:scans", "", SUPPLIER),
    ("documents:scan_stack", ISSUED, SUPPLIER),
    ("orders:sign_by_hand", ISSUED, titulaire(ISSUED)),
    *((f"indicators:{name}", "", titulaire(INSTALLED)) for name in ("usage", "declaration", "usage_csv", "why")),
    *((f"indicators:{name}", "", login) for name in ("board", "questions") for login in (SUPPLIER, INSTRUCTOR)),
    *((f"indicators:{name}", INSTALLED, INSTRUCTOR) for name in ("question", "explain", "decision", "withdraw")),
    *((f"indicators:{name}", "", INSTRUCTOR) for name in ("years", "propose")),
    *(("indicators:deposits", "", login) for login in (SUPPLIER, INSTRUCTOR, titulaire(INSTALLED))),
    *(("indicators:coverage", "", login) for login in (SUPPLIER, INSTRUCTOR)),
    ("indicators:deposit_new", "", SUPPLIER),
    ("indicators:format", "", SUPPLIER),
    ("indicators:deposit", INSTALLED, SUPPLIER),
    ("indicators:rejects", INSTALLED, SUPPLIER),
    ("homologation:index", "", titulaire(INSTALLED)),
    *((f"homologation:{name}", INSTALLED, titulaire(INSTALLED)) for name in ("dossier", "section", "export")),
    *(
        (f"homologation:{name}", INSTALLED, titulaire(INSTALLED))
        for name in (
            *("evidence", "evidence_join", "evidence_replace", "evidence_withdraw", "evidence_file"),
            *("breach_evidence", "case_evidence"),
        )
    ),
    *(
        (f"homologation:{name}", "", titulaire(INSTALLED))
        for name in ("breaches", "breaches_csv", "steps", "breach_declare")
    ),
    *(
        (f"homologation:breach{act}", INSTALLED, titulaire(INSTALLED))
        for act in ("", "_describe", "_notify", "_close", "_file_receipt")
    ),
    ("homologation:step", INSTALLED, titulaire(INSTALLED)),
    ("homologation:approve", VA_TO_SIGN, titulaire(VA_TO_SIGN)),
    *(
        (f"homologation:{name}", VA_RESERVE, titulaire(VA_RESERVE))
        for name in ("dossier", "links", "answers_csv", "review_keep")
    ),
    *((f"homologation:{name}", ISSUED, titulaire(ISSUED)) for name in ("dossier", "changes", "section")),
    ("homologation:index", "", titulaire(VA_RESERVE)),
    ("homologation:supervision", "", titulaire(INSTALLED)),
    ("homologation:totals", "", SUPPLIER),
    *((f"homologation:{name}", VA_RESERVE, titulaire(VA_RESERVE)) for name in ("case", "case_acknowledge")),
    ("homologation:supervision_report", INSTALLED, titulaire(INSTALLED)),
    *((f"homologation:{name}", "", SUPPLIER) for name in ("clients", "packs", "helps")),
    *((f"homologation:{name}", INSTALLED, SUPPLIER) for name in ("client", "handover", "pack", "pack_publish", "help")),
    *((f"homologation:{name}", "", titulaire(INSTALLED)) for name in ("helps", "duties", "quorum", "mandates")),
    *((f"homologation:{name}", INSTALLED, titulaire(INSTALLED)) for name in ("help", "help_ask", "mandate_revoke")),
    ("orders:issue_all", "", SUPPLIER),
    ("orders:issue", DRAFT, SUPPLIER),
    ("orders:plan_ask", "", titulaire(INSTALLED)),
    ("orders:plans", "", SUPPLIER),
    ("orders:plans", "", titulaire(INSTALLED)),
    ("orders:objections", "", VALIDATOR),
    ("orders:sign", ISSUED, titulaire(ISSUED)),
    ("orders:decline", ISSUED, titulaire(ISSUED)),
    ("orders:installation_declare", "gare", SUPPLIER),
    ("orders:installation_reserve", INSTALLED, SUPPLIER),
    ("attestations:prepare", "remparts", SUPPLIER),
    ("attestations:sign", VA_TO_SIGN, titulaire(VA_TO_SIGN)),
    ("attestations:confirm", "citadelle", titulaire("citadelle")),
    ("home:evidence", INSTALLED, titulaire(INSTALLED)),
    ("registry:software", "", INSTRUCTOR),
    ("registry:suppliers", "", INSTRUCTOR),
    ("registry:pharmacies", "", INSTRUCTOR),
    ("registry:people", DRAFT, INSTRUCTOR),
    ("registry:end_role", DRAFT, INSTRUCTOR),
    ("registry:enrolments", "", INSTRUCTOR),
    ("registry:enrolment", DRAFT, INSTRUCTOR),
    ("registry:enrol", "", titulaire("port")),
    ("home:switch", "", SUPPLIER),
    ("reminders:load", "", INSTRUCTOR),
    ("reminders:calendar", "", SUPPLIER),
    ("reminders:calendar", "", titulaire(INSTALLED)),
    ("rulemaking:calendar", "", SUPPLIER),
    ("rulemaking:incidents", "", SUPPLIER),
    ("rulemaking:amendments", "", INSTRUCTOR),
    ("rulemaking:amendment", WRITTEN, INSTRUCTOR),
    ("rulemaking:edit", WRITTEN, INSTRUCTOR),
    ("rulemaking:effects", WRITTEN, INSTRUCTOR),
    ("rulemaking:effects_csv", WRITTEN, INSTRUCTOR),
    ("rulemaking:submit", WRITTEN, INSTRUCTOR),
    ("rulemaking:publish", SUBMITTED, VALIDATOR),
    *(("referencing:dossiers", "", login) for login in (SUPPLIER, INSTRUCTOR)),
    *((f"referencing:{name}", "", INSTRUCTOR) for name in ("ans_lists", "quarantine", "public", "public_json")),
    *((f"referencing:{name}", "submitted", INSTRUCTOR) for name in ("ans_list", "quarantined_row", "alarm")),
    *(
        ("referencing:dossier", key, login)
        for key in ("submitted", "to_correct", "under_review", PROPOSED, "referenced")
        for login in (SUPPLIER, INSTRUCTOR, VALIDATOR)
    ),
    ("referencing:dossier", "draft", SUPPLIER),
    ("referencing:deposit", "draft", SUPPLIER),
    ("referencing:submit", "draft", SUPPLIER),
    ("referencing:open", "unopened", SUPPLIER),
    ("referencing:judge", "under_review", INSTRUCTOR),
    ("referencing:propose", "under_review", INSTRUCTOR),
    ("referencing:reference", PROPOSED, VALIDATOR),
    ("referencing:public_version", "referenced", SUPPLIER),
]


@pytest.mark.parametrize(("name", "key", "login"), PAGES)
def test_pages(name: str, key: str, login: str, world: World) -> None:
    queries = asked(as_(login), _address(name, key, world))
    assert len(queries) <= BUDGET, shown(queries)


def _address(name: str, key: str, world: World) -> str:
    if not key or name.startswith("indicators:"):
        return address(name, key, world)
    if name.startswith(("homologation:", "referencing:", "registry:", "home:evidence", "documents:")):
        return address(name, key, world)
    if name == "orders:new":
        return reverse(name, args=[Pharmacy.objects.get(finess=finess_of(key)).pk])
    if name.startswith("rulemaking:"):
        return reverse(name, args=[world.amendment(key).pk])
    of_va = name.startswith("attestations:") and name != "attestations:prepare"
    return reverse(name, args=[world.attestation(key).pk if of_va else world.order(key).pk])


@pytest.mark.parametrize("query", ["pharmacie", "rennes", "350001020"])
def test_choosing_a_pharmacy(query: str, world: World) -> None:
    queries = asked(as_(SUPPLIER), f"{reverse('orders:choose_pharmacy')}?q={query}")
    assert len(queries) <= BUDGET, shown(queries)

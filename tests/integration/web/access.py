"""Who asks for which address: the people of the access matrix and the objects that each address names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from homologation.models import EarlyReview, InsiEvidence, InspectionLink
from indicators.models import Deposit
from portal.accounts.models import Membership
from portal.demo.cast import PHARMACIES
from portal.documents.models import Document, Signature
from portal.documents.scan_models import ScanStack
from portal.referencing.models import ObsoleteVersion, Proof
from portal.registry.models import AttachmentRequest, Pharmacy, SoftwareVersion
from tests.conftest import MACHINE
from tests.integration.web.world import (
    DISTRIBUTOR,
    INSTALLED,
    INSTRUCTOR,
    NOBODY,
    OTHER_SUPPLIER,
    SUPPLIER,
    VALIDATOR,
    World,
    adjoint,
    finess_of,
    titulaire,
)
from tests.integration.web.world_breaches import STEP, breach_for, receipt_joined
from tests.integration.web.world_deposits import DEPOSITED
from tests.integration.web.world_people import helped, mandated
from tests.integration.web.world_supervision import OF_SUPERVISION, supervised
from tests.integration.web.world_usage import OF_USAGE

ROLES = (
    "anonymous",
    "supplier",
    "other supplier",
    "titulaire",
    "other titulaire",
    "adjoint",
    "distributor",
    "ended distributor",
    "instructor",
    "validator",
    "no role",
)


def login_of(role: str, key: str) -> str:
    """Who plays ``role`` towards the order of the pharmacy ``key``; whoever asks for the ended distributor ends its mandate.

    Towards a dossier of référencement any pharmacy is a stranger.
    """
    key = key if any(place.key == key for place in PHARMACIES) else INSTALLED
    return {
        "anonymous": "",
        "supplier": SUPPLIER,
        "other supplier": OTHER_SUPPLIER,
        "titulaire": titulaire(key),
        "other titulaire": titulaire("port"),
        "adjoint": adjoint(key),
        "distributor": DISTRIBUTOR,
        "ended distributor": DISTRIBUTOR,
        "instructor": INSTRUCTOR,
        "validator": VALIDATOR,
        "no role": NOBODY,
    }[role]


def every_name() -> set[str]:
    """The name of every address of the portal, with its namespace."""
    return set(_names(get_resolver(), ""))


def _names(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"
        else:
            yield from _names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)


_ALWAYS: dict[str, dict[str, Any]] = {
    "audit:root_file": {"day": MACHINE.date().isoformat()},
    "audit:root_part": {"day": MACHINE.date().isoformat(), "ending": "json"},
    "account_confirm_email": {"key": "inconnu"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "inconnu"},
    "indicators:usage_csv": {"grain": "mois"},
    "indicators:why": {"code": "APCV"},
    "reminders:feed": {"token": "inconnu"},
    **{f"homologation:{name}": {"token": "inconnu"} for name in ("inspection", "inspection_pdf", "inspection_zip")},
    "homologation:inspection_piece": {"token": "inconnu", "ref": "PJ1"},
    "documents:by_code": {"code": "0000000000000"},
    "documents:paper_scan": {"pk": UUID(int=0), "number": 1},
    "documents:fingerprint": {"sha256": "0" * 64},
    **{f"indicators:api_{name}": {"pk": UUID(int=0)} for name in ("upload", "rejects")},
}


def address(name: str, key: str, world: World) -> str:
    """The address, about the order of the pharmacy ``key`` where it names an object."""
    return reverse(name, kwargs=_ALWAYS.get(name) or _named_objects(name, key, world))


_WITHOUT_OBJECT = (
    "documents:scans",
    "indicators:codes",
    "indicators:coverage",
    "indicators:deposit_new",
    "indicators:deposits",
    "indicators:format",
    "homologation:index",
    *(f"homologation:{name}" for name in ("breach_declare", "breaches", "breaches_csv", "breaches_pdf", "steps")),
    "homologation:api_monthly",
    "homologation:supervision",
    "homologation:totals",
    *(f"homologation:{name}" for name in ("clients", "duties", "helps", "mandates", "packs", "quorum")),
    "orders:choose_pharmacy",
    "orders:issue_all",
    "orders:objections",
    "orders:plan_ask",
    "orders:plans",
    "orders:sign_several",
    "orders:signed_several",
    "home:board",
    "home:notices",
)


def _named_objects(name: str, key: str, world: World) -> dict[str, Any]:
    if key and name in OF_USAGE:
        return {"pk": OF_USAGE[name]()}
    return _of_order(name, key, world)


def _of_order(name: str, key: str, world: World) -> dict[str, Any]:
    if name.startswith("rulemaking:") and key:
        return {"pk": world.amendment(key).pk}
    if not key or name in _WITHOUT_OBJECT:
        return {}
    if name.startswith(("referencing:", "homologation:")):
        return _of_dossier(name, key, world)
    order = world.order(key)
    pharmacy = Pharmacy.objects.get(finess=finess_of(key))
    special: dict[str, dict[str, Any]] = {
        **{
            f"indicators:{one}": {"pk": Deposit.objects.get(name=DEPOSITED).pk}
            for one in ("deposit", "rejects", "rejects_as_sent")
        },
        "orders:new": {"pharmacy": pharmacy.pk},
        "orders:plan_open": {"pharmacy": pharmacy.pk},
        "orders:succession": {"pk": pharmacy.pk},
        "documents:scan_stack": {"pk": ScanStack.objects.get().pk},
        "documents:scan_image": {"pk": ScanStack.objects.get().pk, "number": 1},
        "registry:end_role": {"pk": Membership.objects.get(user__email=titulaire(key)).pk},
        "registry:enrolment": {"pk": AttachmentRequest.objects.get(decision="").pk},
        "registry:people": {"pk": pharmacy.pk},
        "registry:referencing": {"pk": order.software_version_id},
        "registry:supplier": {"pk": order.supplier_id},
    }
    if name in special:
        return special[name]
    if name in ("orders:plan", "orders:plan_draft"):
        return {"pk": world.plan(key).pk}
    if name in ("home:document", "home:evidence", "home:evidence_pdf"):
        return {"pk": order.pk, **_paper(name, str(order.pk))}
    if name == "orders:installation_lift":
        return {"pk": order.pk, "reserve": world.reserve(key).pk}
    if name == "attestations:lift":
        return {"pk": world.attestation(key).pk, "reserve": world.va_reserve(key).pk}
    if name.startswith("attestations:") and name != "attestations:prepare":
        return {"pk": world.attestation(key).pk}
    return {"pk": order.pk}


def _paper(name: str, thread: str) -> dict[str, Any]:
    if name == "home:document":
        return {"document": Document.objects.filter(thread=thread).latest("pk").pk}
    return {"signature": Signature.objects.filter(document__thread=thread).latest("pk").pk}


def _of_insi(name: str, key: str, world: World) -> dict[str, Any]:
    page = name.removeprefix("homologation:")
    own: dict[str, Callable[[], dict[str, Any]]] = {
        "step": lambda: {"key": STEP},
        "breach_receipt": receipt_joined,
        "review_keep": lambda: {"pk": EarlyReview.objects.get(dossier=world.insi(key)).pk},
        "mandate_revoke": lambda: {"pk": mandated()},
        "client": lambda: {"pk": world.order(key).pharmacy_id},
        "handover": lambda: {"pk": world.order(key).pharmacy_id},
    }
    if page in own:
        return own[page]()
    if page in ("evidence_file", "evidence_replace", "evidence_withdraw"):
        piece = InsiEvidence.objects.get(pharmacy__finess=finess_of(key))
        return {"pk": piece.pk, **({"number": 1} if page == "evidence_file" else {})}
    if page.startswith("breach"):
        return {"pk": breach_for(page.removeprefix("breach_"))}
    if page.startswith("pack"):
        return {"pk": world.order(key).software_version_id}
    if page.startswith("help") and page != "help_ask":
        return {"pk": helped(page.removeprefix("help_"))}
    if name.startswith(OF_SUPERVISION):
        return {"pk": supervised(name, finess_of(key))}
    more: dict[str, dict[str, Any]] = {
        "section": {"section": 2},
        "link_close": {"link": InspectionLink.objects.get().pk},
    }
    return {"pk": world.insi(key).pk, **more.get(page, {})}


def _of_dossier(name: str, key: str, world: World) -> dict[str, Any]:
    if name.startswith("homologation:"):
        return _of_insi(name, key, world)
    others: dict[str, Callable[[], Any]] = {
        "referencing:open": lambda: SoftwareVersion.objects.get(label=key).pk,
        "referencing:public_version": lambda: SoftwareVersion.objects.get(label=key).pk,
        "referencing:ans_list": lambda: world.staged_list().pk,
        "referencing:quarantined_row": lambda: world.quarantined().pk,
        "referencing:alarm": lambda: world.alarm().pk,
    }
    if name in others:
        return {"pk": others[name]()}
    named: dict[str, Any] = {"pk": world.dossier(key).pk}
    if name == "referencing:deposit":
        named["chapter"] = "INS"
    if name in ("referencing:proof", "referencing:retract"):
        named["proof"] = Proof.objects.filter(dossier=named["pk"], chapter="INS").latest("pk").pk
    if name == "referencing:restore_version":
        named["obsolete"] = ObsoleteVersion.objects.get(dossier=named["pk"]).pk
    return named

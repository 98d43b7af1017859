"""A document from snapshot to sealed file in the store, against bare WeasyPrint and bare pyHanko on the same HTML.

Run with ``python manage.py shell -c "from benchmarks.documents import main; main()"`` on a demonstration; everything it
writes is rolled back or removed, so a savepoint stands for the commit. The whole pipeline is that of the worker:
request (snapshot, code, outbox), delivery, rendering, seal, file. Bare: ``write_pdf`` of the same HTML with a shared
font configuration, and ``PdfSigner.sign_pdf`` with the same key parsed once, the same level and clock. Rounds
alternate, so that a busy machine slows both. Figures: CPU milliseconds a document, documents a second and core, the
ratio, and the resident memory over 1,000 documents.
"""

from __future__ import annotations

import gc
import io
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import weasyprint
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from weasyprint.text.fonts import FontConfiguration

from orders.documents import order_parts
from orders.domain.snapshot import order_snapshot
from orders.models import Order
from orders.services.prestation import pinned_rules
from portal.common import clock
from portal.documents import render
from portal.documents.finish import ISSUER
from portal.documents.seal import apply, keys, timestamps
from portal.documents.seal.apply import _blank, _profile
from portal.documents.services.request import request_document
from portal.outbox.services.deliver import deliver_pending

ROUNDS, EACH, MANY = 8, 5, 1_000
TEMPLATE = "orders/documents/order.html"


def main(many: int = MANY) -> None:
    """Print the ratio and the memory."""
    with tempfile.TemporaryDirectory() as folder, override_settings(DOCUMENTS_FOLDER=Path(folder)):
        _measure(many)


@transaction.atomic
def _measure(many: int) -> None:
    order = Order.objects.exclude(issued_at=None).latest("issued_at")
    snapshot = order_snapshot(order_parts(order), pinned_rules(order, clock.business_now()))
    deliver_pending(10_000)
    _compare(snapshot)
    _memory(snapshot, many)
    transaction.set_rollback(True)


def _compare(snapshot: dict[str, Any]) -> None:
    whole, page, seal = (lambda: _whole(snapshot)), _bare_page(snapshot), _bare_seal(snapshot)
    for work in (whole, page, seal):
        work()
    spent: dict[str, list[float]] = {"whole": [], "page": [], "seal": []}
    for _ in range(ROUNDS):
        for name, work in (("whole", whole), ("page", page), ("seal", seal)):
            spent[name].append(_cpu(work))
    all_of_it, bare_page, bare_seal = (median(times) for times in spent.values())
    bare = bare_page + bare_seal
    print(f"bare WeasyPrint            {bare_page:>8.1f} ms")
    print(f"bare pyHanko, {_level():<13}{bare_seal:>8.1f} ms")
    print(f"whole pipeline             {all_of_it:>8.1f} ms {1000 / all_of_it:>6.1f} documents/s and core")
    print(f"whole / bare               {all_of_it / bare:>8.2f}")


def _whole(snapshot: dict[str, Any]) -> None:
    subject = str(uuid4())
    request_document(
        kind="order",
        subject_type="orders_order",
        subject_id=subject,
        thread=subject,
        number=snapshot["frame"]["number"],
        snapshot=snapshot,
        at=clock.business_now(),
    )
    assert deliver_pending() == 1


def _bare_page(snapshot: dict[str, Any]) -> Callable[[], bytes]:
    html = render.html(TEMPLATE, _as_issued(snapshot))
    fonts = FontConfiguration()
    sheet = weasyprint.CSS(string=(render.ASSETS / "document.css").read_text(), font_config=fonts)

    def work() -> bytes:
        source = weasyprint.HTML(string=html, base_url=render.NOWHERE)
        written: bytes = source.write_pdf(font_config=fonts, stylesheets=[sheet], pdf_variant=render.VARIANT)
        return written

    return work


def _bare_seal(snapshot: dict[str, Any]) -> Callable[[], bytes]:
    data = _as_issued(snapshot)
    content = render.rendered(render.html(TEMPLATE, data), data).content
    signer = keys.signer()
    authorities = timestamps._authorities(tuple(settings.TSA_URLS), Path(settings.SEAL_DEMO_FOLDER))
    authority = authorities[0] if authorities else None

    def work() -> bytes:
        meta = PdfSignatureMetadata(
            field_name=ISSUER.name,
            certify=True,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            **_profile(authority, archived=False),
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(content))
        sealer = PdfSigner(meta, signer, timestamper=authority, stamp_style=_blank())
        return bytes(sealer.sign_pdf(writer, existing_fields_only=True).getvalue())

    return work


def _as_issued(snapshot: dict[str, Any]) -> dict[str, Any]:
    code = {"code": "0123456789ABC", "printed": "0123-4567-89ABC", "timestamping": "demo"}
    return snapshot | {"verification": code | {"address": f"{settings.PORTAL_BASE_URL}/verifier/0123456789ABC"}}


def _level() -> str:
    return apply.LONG_TERM if settings.TSA_URLS else apply.INTERNAL


def _cpu(work: Callable[[], object]) -> float:
    """Milliseconds of processor a run, over some runs; no run pays for what one before it left to collect."""
    gc.collect()
    started = time.process_time()
    for _ in range(EACH):
        work()
    return (time.process_time() - started) * 1000 / EACH


def _memory(snapshot: dict[str, Any], many: int) -> None:
    for number in range(1, many + 1):
        _whole(snapshot)
        if number in (1, 10, 100) or number % 250 == 0:
            print(f"after {number:>5} documents      {_resident():>8.1f} MB now {_peak():>8.1f} MB at most")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

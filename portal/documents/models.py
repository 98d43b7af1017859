"""Documents that prove: a frozen JSON snapshot, its one PDF stored under its SHA-256, and who signed it."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.documents.domain.codes import ALPHABET, LENGTH
from portal.documents.domain.methods import BY_CERTIFICATE, DOUBTS, HANDWRITTEN, PSC, PSC_DEMO, method_label
from portal.documents.renewal_models import Renewal as Renewal
from portal.documents.scan_models import ScannedPage as ScannedPage
from portal.documents.scan_models import ScanStack as ScanStack
from portal.triggers import never_truncated

IDENTITY = (
    "id",
    "kind",
    "subject_type",
    "subject_id",
    "thread",
    "revision",
    "number",
    "title",
    "snapshot",
    "snapshot_sha256",
    "requested_at",
    "code",
    "base",
    "given_sha256",
)
SHA256 = r"^[0-9a-f]{64}$"
RENDERED = "OLD.template, OLD.sha256, OLD.size, OLD.pages, OLD.rendered_at, OLD.unsealed_sha256, OLD.seal_level"
SEAL_LEVELS = ("B-B", "B-LT", "B-LTA")
MADE = "OLD.sha256, OLD.kept_sha256, OLD.size, OLD.seal_level, OLD.proved_on, OLD.made_at"
VOIDED = "OLD.voided_at, OLD.void_reason"


def written_once(name: str, fields: str, when: str) -> pgtrigger.Trigger:
    """Refuse any change of ``fields`` (``OLD.a, OLD.b``) once ``when`` holds for the stored row."""
    changed = f"({fields}) IS DISTINCT FROM ({fields.replace('OLD.', 'NEW.')})"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"({when} AND {changed})"),
        func=f"RAISE EXCEPTION 'document %: {name}', OLD.id;",
    )


class Document(models.Model):
    """One issued document. A correction is a new revision; nothing here is ever replaced.

    ``subject_type``/``subject_id`` name the object that it states (table and key), ``thread`` the order whose life
    it belongs to. ``snapshot`` holds every value printed. ``code``: by which anybody finds it from its paper. ``base``:
    the very file that it signs, which it holds whole. ``given_sha256``: the file that a person gave, stored already,
    which is this document's as it came. ``template`` (name @ digest of its sources) and the facts of the
    file are written once, by the rendering; ``unsealed_sha256`` is what the snapshot gives again at any time, before
    the seal of ``seal_level`` (empty: none). ``voided_at`` is written once, by a withdrawal. ``requested_at`` and
    ``voided_at`` are business time, ``rendered_at`` machine time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=63)
    subject_id = models.CharField(max_length=40)
    thread = models.CharField(max_length=40, db_index=True)
    revision = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    code = models.CharField(max_length=13, unique=True, null=True, blank=True)
    base = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="signed_copies")
    given_sha256 = models.CharField(max_length=64, blank=True)
    template = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001  (null until rendered, all four together)
    size = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    rendered_at = models.DateTimeField(null=True, blank=True)
    unsealed_sha256 = models.CharField(max_length=64, blank=True)
    seal_level = models.CharField(max_length=6, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["requested_at", "kind", "revision"]
        constraints = [
            models.UniqueConstraint(
                name="document_revision", fields=["kind", "subject_type", "subject_id", "revision"]
            ),
            models.CheckConstraint(name="document_first_revision", condition=Q(revision__gte=1)),
            models.CheckConstraint(
                name="document_rendered_whole",
                condition=Q(sha256=None, size=None, pages=None, rendered_at=None, template="")
                | (
                    Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0, pages__gt=0, rendered_at__isnull=False)
                    & ~Q(template="")
                ),
            ),
            models.CheckConstraint(
                name="document_sealed_whole",
                condition=Q(seal_level="") | Q(seal_level__in=SEAL_LEVELS, sha256__isnull=False),
            ),
            models.CheckConstraint(
                name="document_given_as_it_came",
                condition=Q(given_sha256="")
                | (Q(given_sha256__regex=SHA256) & (Q(sha256=None) | Q(sha256=F("given_sha256")))),
            ),
            models.CheckConstraint(
                name="document_code_form", condition=Q(code=None) | Q(code__regex=rf"^[{ALPHABET}]{{{LENGTH}}}$")
            ),
            models.CheckConstraint(
                name="document_voided_whole",
                condition=Q(voided_at=None, void_reason="")
                | (Q(voided_at__gte=F("requested_at")) & ~Q(void_reason="")),
            ),
        ]
        indexes = [models.Index(name="document_sha256", fields=["sha256"])]
        triggers = [
            pgtrigger.ReadOnly(name="identity_frozen", fields=list(IDENTITY)),
            written_once("rendered_once", RENDERED, "OLD.sha256 IS NOT NULL"),
            written_once("voided_once", VOIDED, "OLD.voided_at IS NOT NULL"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number} (r{self.revision})"

    @property
    def is_rendered(self) -> bool:
        """Whether the PDF exists."""
        return self.sha256 is not None

    @property
    def is_voided(self) -> bool:
        """Whether it was withdrawn; it stays readable."""
        return self.voided_at is not None


class Signature(models.Model):
    """A person's signature of one document, append-only.

    ``document_sha256`` is the hash of the very file shown and signed; ``consent_text`` the words agreed to, under
    ``consent_version``. ``method`` is a code of ``portal.documents.domain.methods``; ``step_up`` the fresh
    authentication that commits to this file, for the methods that have one. ``signed_at`` is business
    time, ``recorded_at`` machine time. One person signs one document once, in whichever role. ``event_hash``: of the
    act in the journal; ``context``: address and browser, closed by the key of the signatory: destroying it erases them.

    ``proof_sha256``: the file given back, signed elsewhere (``field``: where) or scanned; ``sealed``: the certificate
    used (subject, issuer, serial, RPPS number), closed by the person's key, whose destruction erases it. ``doubt``: a
    code of ``methods.DOUBTS``, where the certificate does not prove by itself who signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=20)
    signed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    document_sha256 = models.CharField(max_length=64)
    consent_version = models.CharField(max_length=40)
    consent_text = models.TextField()
    request_id = models.CharField(max_length=32, blank=True)
    event_hash = models.CharField(max_length=64, blank=True)
    context = models.TextField(blank=True)
    step_up = models.ForeignKey(
        "accounts.StepUp", null=True, blank=True, on_delete=models.PROTECT, related_name="signatures"
    )
    proof_sha256 = models.CharField(max_length=64, blank=True)
    field = models.CharField(max_length=120, blank=True)
    sealed = models.TextField(blank=True)
    doubt = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(name="signature_once_a_person", fields=["document", "signer"]),
            models.CheckConstraint(
                name="signature_step_up",
                condition=Q(method__in=[PSC, PSC_DEMO], step_up__isnull=False)
                | (~Q(method__in=[PSC, PSC_DEMO]) & Q(step_up=None)),
            ),
            models.CheckConstraint(
                name="signature_proof_of_method",
                condition=(Q(method__in=BY_CERTIFICATE, proof_sha256__regex=SHA256) & ~Q(field="") & ~Q(sealed=""))
                | Q(method=HANDWRITTEN, proof_sha256__regex=SHA256, field="", sealed="")
                | (~Q(method__in=[*BY_CERTIFICATE, HANDWRITTEN]) & Q(proof_sha256="", field="", sealed="")),
            ),
            models.CheckConstraint(
                name="signature_doubt",
                condition=Q(doubt="") | Q(doubt__in=list(DOUBTS), method__in=BY_CERTIFICATE),
            ),
            models.CheckConstraint(
                name="signature_evidence",
                condition=Q(document_sha256__regex=r"^[0-9a-f]{64}$")
                & ~Q(method="")
                & ~Q(consent_version="")
                & ~Q(consent_text=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.role} {self.method}"

    @property
    def method_words(self) -> str:
        """What documents and evidence say of how it was made, with the doubt that there is on who signed."""
        said = method_label(self.method)
        return f"{said} – {DOUBTS[self.doubt]}" if self.doubt else said

    @property
    def returned_sha256(self) -> str:
        """The file signed elsewhere and given back, which is the signed copy as it came; empty for another method."""
        return self.proof_sha256 if self.method in BY_CERTIFICATE else ""

    @property
    def scan_sha256(self) -> str:
        """The scan of the paper signed by hand; empty for another method."""
        return self.proof_sha256 if self.method == HANDWRITTEN else ""


class Evidence(models.Model):
    """The evidence file of one signature, closed by the key of its signatory; append-only, each revision made once.

    ``sha256`` is that of the PDF, ``kept_sha256`` that of the closed file stored. ``proved_on``: the day of the
    published root that holds the act; None where none did yet, and a later revision will. Machine time.
    Erasure: destroying the signatory's key closes the file for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="evidence")
    revision = models.PositiveIntegerField()
    requested_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, null=True, blank=True, unique=True)
    kept_sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    seal_level = models.CharField(max_length=6, blank=True)
    proved_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["signature", "revision"]
        constraints = [
            models.UniqueConstraint(name="evidence_revision", fields=["signature", "revision"]),
            models.CheckConstraint(
                name="evidence_made_whole",
                condition=Q(sha256=None, kept_sha256="", size=None, seal_level="", proved_on=None, made_at=None)
                | Q(
                    sha256__regex=r"^[0-9a-f]{64}$",
                    kept_sha256__regex=r"^[0-9a-f]{64}$",
                    size__gt=0,
                    seal_level__in=SEAL_LEVELS,
                    made_at__gte=F("requested_at"),
                ),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="identity_frozen", fields=["id", "signature", "revision", "requested_at"]),
            written_once("made_once", MADE, "OLD.sha256 IS NOT NULL"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.signature_id} r{self.revision}"

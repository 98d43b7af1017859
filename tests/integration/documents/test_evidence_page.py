"""The page of an evidence: asked for, made, read by the signatory's pharmacy and the administration alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.accounts.services.person_keys import destroy_key
from portal.audit.models import ReadEvent
from portal.documents import storage
from portal.documents.models import Evidence, Signature
from portal.documents.services.verify import verify_all
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.factories.evidence import evidence_of, signed_order

pytestmark = pytest.mark.django_db


def as_(actor: Actor) -> Client:
    assert actor.user_id is not None
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_from_the_dossier_to_the_file(sealing: None) -> None:
    one = signed_order()
    signature = Signature.objects.get()
    page = reverse("home:evidence", args=[one.pk, signature.pk])
    file = reverse("home:evidence_pdf", args=[one.pk, signature.pk])
    titulaire, instructor = as_(one.titulaire), as_(people.administrator())
    assert page in titulaire.get(reverse("home:dossier", args=[one.pk])).content.decode()
    assert titulaire.get(file).status_code == 404
    assert titulaire.post(page)["Location"] == page
    assert "La preuve se prépare" in titulaire.get(page).content.decode()
    deliver_pending()
    assert "Télécharger la preuve" in titulaire.get(page).content.decode()
    answer = titulaire.get(file)
    content = answer.getvalue()
    assert content.startswith(b"%PDF-") and answer["Content-Type"] == "application/pdf"
    assert not ReadEvent.objects.filter(object_type=Evidence._meta.db_table).exists()
    assert instructor.get(file).getvalue() == content
    assert ReadEvent.objects.filter(object_type=Evidence._meta.db_table).count() == 1
    for stranger in (one.supplier, people.attach(one.place, Role.ADJOINT)):
        client = as_(stranger)
        assert page not in client.get(reverse("home:dossier", args=[one.pk])).content.decode()
        assert [client.get(url).status_code for url in (page, file)] == [404, 404]
    report = verify_all()
    assert not report.faults and not report.unknown_files
    kept = storage.path_of(Evidence.objects.get().kept_sha256)
    kept.write_bytes(kept.read_bytes()[:-1])
    assert [fault.problem for fault in verify_all().faults] == ["preuve de signature modifié"]


def test_an_erased_signatory_closes_it_for_the_page_too(sealing: None) -> None:
    one = signed_order()
    signature = Signature.objects.get()
    evidence_of(one)
    destroy_key(signature.signer_id)
    titulaire, file = as_(one.titulaire), reverse("home:evidence_pdf", args=[one.pk, signature.pk])
    erased = titulaire.get(file)
    assert erased.status_code == 410 and "a été effacée" in erased.content.decode()

"""A dossier whose PDF is being made: the page completes itself, the message of what was done stays."""

from __future__ import annotations

from django.urls import reverse

from portal.outbox.services.deliver import deliver_pending
from tests.integration.web.forms import order_url, signature_form
from tests.integration.web.world import ISSUED, SUPPLIER, World, as_, titulaire


def test_the_list_of_documents_asks_for_the_rest_once_they_are_ready(world: World) -> None:
    client, order = as_(titulaire(ISSUED)), world.order(ISSUED)
    listed, dossier = reverse("home:documents", args=[order.pk]), order.get_absolute_url()
    assert client.post(order_url("sign", world, ISSUED), signature_form(world, ISSUED)).status_code == 302
    page = client.get(dossier).content.decode()
    assert f'hx-get="{listed}" hx-trigger="every 2s"' in page and 'id="dossier"' in page
    waiting = client.get(listed)
    assert waiting.status_code == 200 and 'hx-trigger="every 2s"' in waiting.content.decode()
    deliver_pending()
    ready = client.get(listed)
    assert ready.status_code == 286
    assert f'hx-get="{dossier}" hx-trigger="load" hx-select="#dossier"' in ready.content.decode()
    completed = client.get(dossier).content.decode()
    assert "hx-get" not in completed.partition('id="dossier"')[2]


def test_a_message_is_not_part_of_what_is_swapped(world: World) -> None:
    client, order = as_(SUPPLIER), world.order(ISSUED)
    page = client.post(reverse("orders:withdraw", args=[order.pk]), follow=True).content.decode()
    before, _, swapped = page.partition('id="dossier"')
    assert "La commande est de nouveau un brouillon." in before and "de nouveau un brouillon" not in swapped

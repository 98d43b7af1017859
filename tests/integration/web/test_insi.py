"""Filling a part of the questionnaire in: nothing typed is lost, two people are given both answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from homologation.models import Answer, InsiDossier
from homologation.services import decide
from portal.demo.services.play import actor_of
from portal.demo.services.step_up import confirm_identity
from tests.integration.web.world import INSTALLED, VA_TO_SIGN, World, adjoint, as_, titulaire

NIR = "1 85 05 78 006 084 36"


class Window:
    """A part of the dossier in somebody's browser."""

    def __init__(self, world: World, login: str, section: int) -> None:
        self.client: Client = as_(login)
        self.pk = world.insi(INSTALLED).pk
        self.url = reverse("homologation:section", args=[self.pk, section])
        self.context = self.client.get(self.url).context

    def data(self, **changes: Any) -> dict[str, Any]:
        """What the page would send back, with changes (dots as two underscores)."""
        form = self.context["form"]
        data: dict[str, Any] = {f"seen:{key}": number for key, number in self.context["seen"]}
        for name in form.fields:
            value = form[name].value()
            if value not in (None, "", [], False):
                data[name] = value
        for key, names in form.row_names.items():
            data[f"{key}-row"] = names
        return data | {name.replace("__", "."): value for name, value in changes.items()}

    def save(self, **changes: Any) -> Any:
        return self.client.post(self.url, self.data(**changes))

    def save_by_itself(self, **changes: Any) -> Any:
        return self.client.post(self.url, self.data(**changes), headers={"HX-Request": "true"})


def stored(world: World, key: str) -> tuple[Any, str]:
    answer = Answer.objects.select_related("revision").filter(dossier=world.insi(INSTALLED), key=key).first()
    return (answer.revision.value, answer.revision.status) if answer else (None, "")


def test_a_part_is_filled_in_and_shown_again(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 2)
    response = window.save(
        s2__1__moyens=["certificat"], s2__2__mesures="Revue faite ensemble", s2__2__derniere_revue="1/10/2022"
    )
    assert response.status_code == 302
    assert stored(world, "s2.1.moyens") == (["certificat"], "modified")
    assert stored(world, "s2.2.derniere_revue") == ("2022-10-01", "modified")
    again = window.client.get(window.url).content.decode()
    assert "Revue faite ensemble" in again and 'value="01/10/2022"' in again
    assert "Certificat logiciel : référence" in again  # asked since the certificate was ticked


def test_what_cannot_be_kept_is_shown_again_with_its_reason_and_the_rest_is_saved(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 2)
    response = window.save(
        s2__2__mesures=f"Patient {NIR}", s2__2__derniere_revue="31/02/2022", s2__2__frequence_revue="6"
    )
    page = response.content.decode()
    assert response.status_code == 200 and NIR in page and "31/02/2022" in page
    assert "ressemble à un numéro de patient" in page and "n’existe pas dans le calendrier" in page
    assert stored(world, "s2.2.mesures") == (None, "") and stored(world, "s2.2.frequence_revue") == (6, "modified")


def test_rows_are_added_kept_and_removed(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 2)
    key = "s2.2.personnes"
    window.client.post(
        window.url, window.data(**{f"{key}-r1-personne": "P1", f"{key}-r1-fonction": "titulaire", "ajouter": key})
    )
    assert stored(world, key) == ([{"row": "r1", "personne": "P1", "fonction": "titulaire"}], "modified")
    window.context = window.client.get(f"{window.url}?ajouter={key}").context
    window.client.post(window.url, window.data(**{f"{key}-r2-personne": "P2", f"{key}-r1-retirer": "on"}))
    assert stored(world, key) == ([{"row": "r2", "personne": "P2"}], "modified")


def test_a_wrong_cell_is_named_beside_its_field(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 2)
    response = window.client.post(window.url, window.data(**{"s2.2.personnes-r1-personne": f"Mme {NIR}"}))
    assert "s2.2.personnes-r1-personne" in response.context["form"].errors


def test_two_people_at_once_are_given_both_answers(world: World) -> None:
    mine, theirs = Window(world, titulaire(INSTALLED), 2), Window(world, adjoint(INSTALLED), 2)
    assert theirs.save(s2__2__mesures="La leur").status_code == 302
    response = mine.save(s2__2__mesures="La mienne", s2__2__frequence_revue="3")
    page = response.content.decode()
    assert response.status_code == 409 and "La leur" in page and "La mienne" in page
    assert stored(world, "s2.2.mesures")[0] == "La leur" and stored(world, "s2.2.frequence_revue")[0] == 3
    mine.context = response.context
    assert mine.save(s2__2__mesures="La mienne").status_code == 409  # no choice made yet
    item = next(one for one in response.context["items"] if one["question"].key == "s2.2.mesures")
    chosen = {"s2.2.mesures": "La mienne", "choix:s2.2.mesures": item["mine"]}
    assert mine.client.post(mine.url, mine.data(**chosen)).status_code == 302
    assert stored(world, "s2.2.mesures")[0] == "La mienne"


def test_the_other_answer_is_kept_when_it_is_chosen(world: World) -> None:
    mine, theirs = Window(world, titulaire(INSTALLED), 2), Window(world, adjoint(INSTALLED), 2)
    theirs.save(s2__2__mesures="La leur")
    mine.context = mine.save(s2__2__mesures="La mienne").context
    chosen = {"s2.2.mesures": "La mienne", "choix:s2.2.mesures": "autre"}
    assert mine.client.post(mine.url, mine.data(**chosen)).status_code == 302
    assert stored(world, "s2.2.mesures")[0] == "La leur"


def test_a_page_saves_by_itself(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 2)
    response = window.save_by_itself(s2__2__mesures="Peu à peu")
    assert response.status_code == 200 and "data-saved" in response.content.decode()
    assert '<input type="hidden" name="seen:s2.2.mesures" value="1">' in response.content.decode()
    # The page still shows the version before: one's own answer is no conflict.
    assert "data-saved" in window.save_by_itself(s2__2__mesures="Peu à peu, toujours").content.decode()
    assert stored(world, "s2.2.mesures")[0] == "Peu à peu, toujours"
    more = window.save_by_itself(s2__1__moyens=["certificat"]).content.decode()
    assert "De nouvelles questions" in more
    wrong = window.save_by_itself(s2__2__derniere_revue="31/02").content.decode()
    assert "Pas encore enregistré" in wrong and "data-saved" not in wrong


def test_a_page_that_saves_by_itself_says_that_somebody_answered(world: World) -> None:
    mine, theirs = Window(world, titulaire(INSTALLED), 2), Window(world, adjoint(INSTALLED), 2)
    theirs.save(s2__2__mesures="La leur")
    page = mine.save_by_itself(s2__2__mesures="La mienne").content.decode()
    assert "Une autre personne" in page and 'name="seen:s2.2.mesures" value="0"' in page


def test_proposals_are_confirmed_or_taken(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 2)
    page = window.client.get(window.url).content.decode()
    assert "Prérempli par l’éditeur" in page and "Votre éditeur propose" in page
    window.save(confirmer="s2.3.conservation_mois")
    assert stored(world, "s2.3.conservation_mois") == (12, "confirmed")
    window.save(reprendre="s2.3.mode")
    assert stored(world, "s2.3.mode") == ("mensuel", "confirmed")
    other = Window(world, adjoint(INSTALLED), 4)
    other.save(confirmer="*")
    assert stored(world, "s4.rapport") == (True, "confirmed")


def test_no_answer_to_give(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 2)
    window.client.post(window.url, window.data(**{"statut:s2.2.mesures": "unknown"}))
    assert stored(world, "s2.2.mesures") == (None, "unknown")
    response = window.client.post(window.url, window.data(**{"statut:s2.2.derniere_revue": "void"}))
    assert "Dites pourquoi" in response.content.decode()


def test_what_was_typed_is_shown_when_the_dossier_is_closed_meanwhile(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 2)
    decide.abandon_dossier(dossier_id=window.pk, actor=actor_of(titulaire(INSTALLED)), reason="Essai")
    response = window.save(s2__2__mesures="Trop tard")
    page = response.content.decode()
    assert response.status_code == 409 and "n’est pas possible dans l’état" in page and "Trop tard" in page
    assert "gardée sur cet appareil" in window.save_by_itself(s2__2__mesures="Trop tard").content.decode()


def test_the_board_tells_both_scores_and_each_blocker(world: World) -> None:
    page = as_(titulaire(INSTALLED)).get(reverse("homologation:dossier", args=[world.insi(INSTALLED).pk]))
    assessment = page.context["assessment"]
    assert assessment.entry.done == 4 and assessment.validation.done == 1
    content = page.content.decode()
    assert all(finding.rule in content for finding in assessment.blockers)


@pytest.mark.parametrize(("months", "reserve", "state"), [("12", False, "approved"), ("6", True, "approved")])
def test_the_titulaire_decides(months: str, reserve: bool, state: str, world: World) -> None:
    dossier, client = world.insi(VA_TO_SIGN), as_(titulaire(VA_TO_SIGN))
    url = reverse("homologation:approve", args=[dossier.pk])
    confirm_identity(actor_of(titulaire(VA_TO_SIGN)).user_id or 0, dossier.snapshot_sha256, "insi-1")
    assert dossier.snapshot_sha256 in client.get(url).content.decode()
    typed = (
        {"reserve-0-text": "À écrire", "reserve-0-owner": "Moi", "reserve-0-due_on": "01/02/2023"} if reserve else {}
    )
    given = {"months": months, "consent": "on", "shown": dossier.snapshot_sha256, **typed}
    wrong = client.post(url, given | {"reserve-1-text": "Sans date"})
    assert wrong.status_code == 200 and "Dites qui s’en charge" in wrong.content.decode()
    assert client.post(url, given).status_code == 302
    assert InsiDossier.objects.get(pk=dossier.pk).state == state
    again = client.post(url, given, follow=True)
    assert "C’est déjà décidé" in again.content.decode()


def test_the_decision_waits_for_ones_identity(world: World) -> None:
    dossier, client = world.insi(VA_TO_SIGN), as_(titulaire(VA_TO_SIGN))
    url = reverse("homologation:approve", args=[dossier.pk])
    assert 'name="consent"' not in client.get(url).content.decode()
    given = {"months": "12", "consent": "on", "shown": dossier.snapshot_sha256}
    assert client.post(url, given).status_code == 200
    assert InsiDossier.objects.get(pk=dossier.pk).state == "to_decide"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "pas lisible"),
        (b"[" * 100_000, "pas lisible"),
        (b"{}", "pas un export"),
        (b'{"snapshot": {"schema": 1}, "sha256": "0"}', "modifié depuis son export"),
        (b" " * 1_000_001, "dépasse un mégaoctet"),
    ],
)
def test_a_file_that_is_no_export(content: bytes, said: str, world: World) -> None:
    url = reverse("homologation:answer", args=[world.insi(INSTALLED).pk])
    page = as_(titulaire(INSTALLED)).post(url, {"file": SimpleUploadedFile("x.json", content)})
    assert page.status_code == 200 and said in page.content.decode()


def test_an_export_is_taken_back(world: World) -> None:
    window, pk = Window(world, titulaire(INSTALLED), 2), world.insi(INSTALLED).pk
    export = window.client.get(reverse("homologation:export", args=[pk])).content
    window.save(s2__2__mesures="Autre chose", s2__3__mode="mensuel")
    url = reverse("homologation:answer", args=[pk])
    assert window.client.post(url, {"file": SimpleUploadedFile("x.json", export)}).status_code == 302
    assert stored(world, "s2.3.mode") == ("demande", "modified")


def test_a_row_is_drawn_when_its_name_is_asked(world: World) -> None:
    window = Window(world, titulaire(INSTALLED), 3)
    before = window.context["form"].row_names["s3.risques"]
    asked = ["s3.risques-r19", "s3.risques-r19", "s3.risques-<b>", "s9.rien-r1", "r1", ""]
    form = window.client.get(window.url, {"ligne": asked}).context["form"]
    assert form.row_names["s3.risques"] == [*before, "r19"]
    labels = {form.fields[f"s3.risques-r19-{name}"].label for name in ("mesures", "responsable")}
    assert labels == {"Mesures mises en œuvre", "Responsable des mesures (facultatif)"}

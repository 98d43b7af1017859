"""The rules that a filled questionnaire keeps beyond being complete, each with its id (compliance facts §1.2, §1.4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from homologation.domain import quality_risks as risk_rules
from homologation.domain.copied import own_words
from homologation.domain.findings import Context, Finding, Given
from homologation.domain.questions import Questionnaire
from homologation.domain.risks import RISKS, read_risk
from homologation.domain.validity import months_after

CERTIFICATE_SOON = timedelta(days=60)
USUAL_MONTHS, MOST_MONTHS = (6, 12), 36
_LOGS = "CNIL, délibération 2021-122"

ASKED = frozenset({"mesures", "s5.q3.contact"})
"""Boxes that the questionnaire does not require and that a rule asks for all the same (INSI-R18, INSI-R10)."""


def findings(
    questionnaire: Questionnaire, values: Mapping[str, Any], context: Context, proposed: Collection[str] = ()
) -> list[Finding]:
    """What every rule finds in the values of the visible questions, in the order of the rules.

    ``proposed``: keys of the values that nobody has confirmed.
    """
    risks = tuple(read_risk(questionnaire.matrix, row) for row in values.get(RISKS) or ())
    given = Given(questionnaire, values, context, risks, frozenset(proposed))
    return [finding for rule in RULES for finding in rule(given)]


def rights_reviewed(given: Given) -> Iterator[Finding]:
    """INSI-R05: the review of rights is older than its own frequency, or is said of a day to come."""
    months, last = given.values.get("s2.2.frequence_revue"), _day(given.values.get("s2.2.derniere_revue"))
    if last is not None and last > given.context.today:
        words = f"La dernière revue des droits est datée du {last:%d/%m/%Y}, dans le futur : indiquez celle déjà faite."
        yield given.found("INSI-R05", "s2.2.derniere_revue", words)
    elif isinstance(months, int) and last is not None and months_after(last, months) < given.context.today:
        words = f"La revue des droits date du {last:%d/%m/%Y} : elle est à refaire tous les {months} mois."
        yield given.found("INSI-R05", "s2.2.derniere_revue", words, blocking=False)


def certificate_valid(given: Given) -> Iterator[Finding]:
    """INSI-R06: the certificate expired, or will within 60 days."""
    until = _day(given.values.get("s2.1.certificat_expiration"))
    if until is None:
        return
    if until < given.context.today:
        words = f"Le certificat a expiré le {until:%d/%m/%Y} : demandez-en le renouvellement."
        yield given.found("INSI-R06", "s2.1.certificat_expiration", words)
    elif until < given.context.today + CERTIFICATE_SOON:
        words = f"Le certificat expire le {until:%d/%m/%Y} : demandez-en le renouvellement dès maintenant."
        yield given.found("INSI-R06", "s2.1.certificat_expiration", words, blocking=False)


def software_referenced(given: Given) -> Iterator[Finding]:
    """INSI-R07: the LGO is not référencé, or no longer."""
    words = {
        "suspended": "Le référencement de votre LGO est suspendu.",
        "withdrawn": "Votre LGO n’est plus référencé.",
        "unreferenced": "Votre LGO n’est pas référencé.",
    }.get(given.context.software)
    if words:
        yield given.found("INSI-R07", "s1.logiciels", f"{words} Demandez à votre éditeur quand il le sera.")


def report_users_known(given: Given) -> Iterator[Finding]:
    """INSI-R08: somebody of the monthly report is not among the authorised persons."""
    people = {str(row.get("identifiant") or "").strip() for row in given.rows("s2.2.personnes")}
    for user in sorted(given.context.report_users - people):
        words = (
            f"L’identifiant « {user} » figure dans le rapport mensuel, mais pas parmi les personnes habilitées : "
            "ajoutez la personne avec cet identifiant, ou faites retirer son accès par votre éditeur."
        )
        yield given.found("INSI-R08", "s2.2.personnes", words)


def breach_contact(given: Given) -> Iterator[Finding]:
    """INSI-R10: a 72-hour procedure that names nobody."""
    if given.values.get("s5.q3") is True and not str(given.values.get("s5.q3.contact") or "").strip():
        words = "Vous pouvez prévenir la CNIL dans les 72 heures : indiquez qui le fait et comment le joindre."
        yield given.found("INSI-R10", "s5.q3.contact", words)


def logs_kept_as_long_as_needed(given: Given) -> Iterator[Finding]:
    """INSI-R11: 6 to 12 months are usual, more than 36 needs its reason."""
    months, key = given.values.get("s2.3.conservation_mois"), "s2.3.conservation_mois"
    if not isinstance(months, int) or USUAL_MONTHS[0] <= months <= USUAL_MONTHS[1]:
        return
    why = "s2.3.justification"
    reason = "" if why in given.proposed else str(given.values.get(why) or "").strip()
    if months > MOST_MONTHS and not reason:
        act = "confirmez la justification proposée, ou corrigez-la" if why in given.proposed else "dites pourquoi"
        words = f"Conserver les traces plus de {MOST_MONTHS} mois doit être justifié : {act}."
        yield given.found("INSI-R11", key, words, legal_ref=_LOGS)
    else:
        words = f"Les traces se gardent en général de 6 à 12 mois : vérifiez ces {months} mois."
        yield given.found("INSI-R11", key, words, blocking=False, legal_ref=_LOGS)


def reports_received(given: Given) -> Iterator[Finding]:
    """INSI-R12: no monthly report for the last closed month."""
    if given.context.report_missing:
        words = "Aucun rapport mensuel n’a été reçu pour le dernier mois : demandez-le à votre éditeur."
        yield given.found("INSI-R12", "s4.rapport", words)


def people_in_order(given: Given) -> Iterator[Finding]:
    """INSI-R13: the titulaire is among the persons, today. INSI-R14: a maintenance account has an end."""
    rows, key, today = given.rows("s2.2.personnes"), "s2.2.personnes", given.context.today
    titulaires = [row for row in rows if row.get("fonction") == "titulaire"]
    if rows and not any((_day(row.get("jusqu_au")) or today) >= today for row in titulaires):
        words = (
            "L’accès du pharmacien titulaire a pris fin : corrigez la date de fin, ou ajoutez le titulaire actuel."
            if titulaires
            else "Le pharmacien titulaire ne figure pas parmi les personnes habilitées : ajoutez-le."
        )
        yield given.found("INSI-R13", key, words)
    for row in rows:
        if row.get("fonction") == "maintenance" and not row.get("jusqu_au"):
            words = f"Le compte de maintenance « {row.get('personne') or ''} » n’a pas de date de fin : indiquez-la."
            yield given.found("INSI-R14", key, words, row=str(row.get("row", "")))


def software_calls_insi(given: Given) -> Iterator[Finding]:
    """INSI-R15: one of the programs is the LGO that calls INSi."""
    rows = given.rows("s1.logiciels")
    if rows and not any(row.get("nature") == "lgo" and row.get("operations") for row in rows):
        words = "Aucun logiciel n’est le LGO qui appelle INSi : indiquez-le, avec ses opérations."
        yield given.found("INSI-R15", "s1.logiciels", words)


def breach_answers(given: Given) -> Iterator[Finding]:
    """INSI-R17: « non » to one of the last three questions asks for a reserve at the decision."""
    for key in ("s5.q2", "s5.q3", "s5.q4"):
        if given.values.get(key) is False:
            words = "Réponse « non » : la décision devra porter une réserve, avec un responsable et une date."
            yield given.found("INSI-R17", key, words, blocking=False)


def monthly_report_sent(given: Given) -> Iterator[Finding]:
    """INSI-R19: without the editor's monthly report nothing is supervised (the form's part 4)."""
    if given.values.get("s4.rapport") is False:
        words = (
            "Votre éditeur n’envoie pas de rapport mensuel : demandez-le-lui. Sinon la décision devra porter une "
            "réserve, avec un responsable et une date."
        )
        yield given.found("INSI-R19", "s4.rapport", words, blocking=False)


RULES: tuple[Callable[[Given], Iterator[Finding]], ...] = (
    risk_rules.at_least_three_risks,
    risk_rules.high_risk_has_measures,
    risk_rules.residual_not_above,
    risk_rules.lowered_by_measures,
    rights_reviewed,
    certificate_valid,
    software_referenced,
    report_users_known,
    own_words,
    breach_contact,
    logs_kept_as_long_as_needed,
    reports_received,
    people_in_order,
    software_calls_insi,
    risk_rules.high_residual_accepted,
    breach_answers,
    risk_rules.every_risk_has_measures,
    monthly_report_sent,
)
NEEDS_RESERVE = frozenset({"INSI-R17", "INSI-R19"})
"""The rules whose findings only a reserve answers."""


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None

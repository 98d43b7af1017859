"""The rules that a filled questionnaire keeps beyond being complete, each with its id (compliance facts §1.2, §1.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from homologation.domain.questions import TABLE, TEXT, Question, Questionnaire
from homologation.domain.risks import HIGH, RISKS, Risk, rank, read_risk
from homologation.domain.validity import months_after
from portal.common.text import fold

CERTIFICATE_SOON = timedelta(days=60)
USUAL_MONTHS, MOST_MONTHS = (6, 12), 36
_LOGS = "CNIL, délibération 2021-122"


@dataclass(frozen=True)
class Context:
    """What the rules know besides the answers, on ``today`` (Paris).

    ``software``: standing of the LGO's référencement, ``referenced``, ``suspended``, ``withdrawn`` or empty where none
    is known. ``report_users``: pseudonyms of the last monthly report. ``report_missing``: no report came for the last
    closed month although one was due.
    """

    today: date
    software: str = ""
    report_users: frozenset[str] = frozenset()
    report_missing: bool = False


@dataclass(frozen=True)
class Finding:
    """What a rule found: its id, where, who can mend it, in words. Only a ``blocking`` one forbids the decision."""

    rule: str
    key: str
    owner: str
    message: str
    blocking: bool = True
    row: str = ""
    legal_ref: str = ""


@dataclass(frozen=True)
class Given:
    """The values that the rules read: those of visible questions, by key."""

    questionnaire: Questionnaire
    values: Mapping[str, Any]
    context: Context
    risks: tuple[Risk, ...] = field(default=())

    def rows(self, key: str) -> list[dict[str, Any]]:
        """The rows of a table, none when it is not filled."""
        return list(self.values.get(key) or ())

    def found(self, rule: str, key: str, message: str, **more: Any) -> Finding:
        """A finding about a question, owned as the question is."""
        question = self.questionnaire.by_key.get(key)
        return Finding(rule, key, question.owner if question else "titulaire", message, **more)


def findings(questionnaire: Questionnaire, values: Mapping[str, Any], context: Context) -> list[Finding]:
    """What every rule finds in the values of the visible questions, in the order of the rules."""
    risks = tuple(read_risk(questionnaire.matrix, row) for row in values.get(RISKS) or ())
    given = Given(questionnaire, values, context, risks)
    return [finding for rule in RULES for finding in rule(given)]


def at_least_three_risks(given: Given) -> Iterator[Finding]:
    """INSI-R01: the form asks for three principal risks."""
    question = given.questionnaire.by_key.get(RISKS)
    if question is not None and len(given.risks) < question.min_rows:
        missing = question.min_rows - len(given.risks)
        yield given.found("INSI-R01", RISKS, f"Il manque {missing} risque(s) : {question.min_rows} sont demandés.")


def high_risk_has_measures(given: Given) -> Iterator[Finding]:
    """INSI-R02: a high risk without any measure."""
    for risk in given.risks:
        if risk.gross == HIGH and not risk.measures:
            yield given.found("INSI-R02", RISKS, f"Risque fort sans mesure : {_short(risk)}.", row=risk.row)


def residual_not_above(given: Given) -> Iterator[Finding]:
    """INSI-R03: measures cannot make a risk worse."""
    matrix = given.questionnaire.matrix
    for risk in given.risks:
        if risk.gross and risk.residual and rank(matrix, risk.residual) > rank(matrix, risk.gross):
            words = f"Le risque résiduel dépasse le risque de départ : {_short(risk)}. Corrigez l’un des deux."
            yield given.found("INSI-R03", RISKS, words, row=risk.row)


def lowered_by_measures(given: Given) -> Iterator[Finding]:
    """INSI-R04: a risk is not lowered by nothing."""
    matrix = given.questionnaire.matrix
    for risk in given.risks:
        lower = risk.gross and risk.residual and rank(matrix, risk.residual) < rank(matrix, risk.gross)
        if lower and not risk.measures:
            words = f"Le risque résiduel baisse sans aucune mesure : {_short(risk)}. Dites ce qui le réduit."
            yield given.found("INSI-R04", RISKS, words, row=risk.row)


def rights_reviewed(given: Given) -> Iterator[Finding]:
    """INSI-R05: the review of rights is older than its own frequency."""
    months, last = given.values.get("s2.2.frequence_revue"), _day(given.values.get("s2.2.derniere_revue"))
    if isinstance(months, int) and last is not None and months_after(last, months) < given.context.today:
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
        words = f"L’identifiant « {user} » figure dans le rapport mensuel, mais pas parmi les personnes habilitées."
        yield given.found("INSI-R08", "s2.2.personnes", words)


def own_words(given: Given) -> Iterator[Finding]:
    """INSI-R09: a text left as the form's own « Ex : »."""
    for question in given.questionnaire:
        value = given.values.get(question.key)
        if question.type == TEXT and value and fold(str(value)) == fold(_example(question)) != "":
            words = "Ce texte est celui de l’exemple du formulaire : décrivez ce qui se passe dans votre pharmacie."
            yield given.found("INSI-R09", question.key, words, blocking=False)
        if question.type == TABLE:
            yield from _copied_rows(given, question)


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
    reason = str(given.values.get("s2.3.justification") or "").strip()
    if months > MOST_MONTHS and not reason:
        words = f"Conserver les traces plus de {MOST_MONTHS} mois doit être justifié : dites pourquoi."
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
    """INSI-R13: the titulaire is among the persons. INSI-R14: a maintenance account has an end."""
    rows, key = given.rows("s2.2.personnes"), "s2.2.personnes"
    if rows and not any(row.get("fonction") == "titulaire" for row in rows):
        yield given.found("INSI-R13", key, "Le pharmacien titulaire ne figure pas parmi les personnes habilitées.")
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


def high_residual_accepted(given: Given) -> Iterator[Finding]:
    """INSI-R16: a high risk that is left is accepted in so many words."""
    for risk in given.risks:
        if risk.final == HIGH and not risk.accepted:
            words = f"Un risque fort demeure : {_short(risk)}. Réduisez-le, ou écrivez pourquoi vous l’acceptez."
            yield given.found("INSI-R16", RISKS, words, row=risk.row)


def breach_answers(given: Given) -> Iterator[Finding]:
    """INSI-R17: « non » to one of the last three questions asks for a reserve at the decision."""
    for key in ("s5.q2", "s5.q3", "s5.q4"):
        if given.values.get(key) is False:
            words = "Réponse « non » : la décision devra porter une réserve, avec un responsable et une date."
            yield given.found("INSI-R17", key, words, blocking=False)


RULES: tuple[Callable[[Given], Iterator[Finding]], ...] = (
    at_least_three_risks,
    high_risk_has_measures,
    residual_not_above,
    lowered_by_measures,
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
    high_residual_accepted,
    breach_answers,
)
NEEDS_RESERVE = "INSI-R17"
"""The rule whose findings only a reserve answers."""


def _copied_rows(given: Given, question: Question) -> Iterator[Finding]:
    texts = [column.key for column in question.columns if column.type == TEXT]
    examples = {_text_of(example, texts) for example in question.examples} - {()}
    for row in given.rows(question.key):
        if _text_of(row, texts) in examples:
            name = _named(str(row.get(texts[0]) or ""))
            words = f"{name} : cette ligne est celle de l’exemple du formulaire, adaptez-la."
            yield given.found("INSI-R09", question.key, words, blocking=False, row=str(row.get("row", "")))


def _text_of(row: Mapping[str, Any], columns: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, fold(str(row[name]))) for name in columns if row.get(name))


def _example(question: Question) -> str:
    return question.help.removeprefix("Ex :").strip()


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _short(risk: Risk) -> str:
    return _named(risk.label)


def _named(words: str) -> str:
    return f"« {words[:60].rstrip()}… »" if len(words) > 60 else f"« {words} »"

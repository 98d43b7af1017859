"""Every act of the INSi dossier, and how the scene is set for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from homologation.domain.answers import Status
from homologation.domain.decision import NewReserve
from homologation.domain.steps import Said
from homologation.services import (
    breach_answer,
    breach_declare,
    cases,
    decide,
    duties,
    evidence,
    handovers,
    open,
    prefill,
    quorum,
)
from homologation.services import help as helping
from homologation.services.answer import Statement, confirm_answers, save_answers
from homologation.services.breach_declare import Signs
from homologation.services.cases import CASES
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.steps import say_step
from portal.accounts.actors import Actor
from portal.common import clock
from portal.documents.domain.incoming import PDF, Incoming
from portal.workflow.execute import Act, run
from tests.factories import breaches, people
from tests.factories.evidence_pieces import given, joined
from tests.factories.insi import questionnaire
from tests.integration.homologation.cast import Cast

RESERVE = NewReserve("Écrire la procédure", "Le titulaire", date(2023, 3, 1))
RECEIPT = Incoming(b"%PDF-1.4", PDF, "accuse.pdf", sha256(b"%PDF-1.4").hexdigest())
MODE, MONTHS = "s2.3.mode", "s2.3.conservation_mois"


def nothing(cast: Cast) -> None:
    """As the cast begins."""


@dataclass(frozen=True)
class Try:
    """How the scene is set for an act, and the act by somebody."""

    act: Callable[[Cast, Actor], Any]
    given: Callable[[Cast], Any] = nothing


def _ended(cast: Cast) -> None:
    decide.abandon_dossier(dossier_id=cast.case.pk, actor=cast.case.titulaire, reason="Recommencer")


def approved(cast: Cast) -> None:
    cast.submitted()
    decide.approve_dossier(dossier_id=cast.case.pk, actor=cast.case.titulaire, decision=cast.decision())


def _proposed(cast: Cast) -> None:
    cast.case.say(MODE, "demande")
    cast.scene.publish(s2__3__mode="mensuel", s2__3__conservation_mois=12)


def _by_reason(act: Callable[..., Any]) -> Callable[[Cast, Actor], Any]:
    return lambda cast, who: act(dossier_id=cast.case.pk, actor=who, reason="Pourquoi")


def _of_breach(act: Callable[..., Any], **given: Any) -> Callable[[Cast, Actor], Any]:
    return lambda cast, who: act(breach_id=cast.breach.pk, actor=who, **given)


def _of_alert(act: Callable[..., Any], **given: Any) -> Callable[[Cast, Actor], Any]:
    return lambda cast, who: act(case_id=cast.alert.pk, actor=who, **given)


def _of_help(act: Callable[..., Any], **given: Any) -> Callable[[Cast, Actor], Any]:
    return lambda cast, who: act(request_id=cast.help.pk, actor=who, **given)


def _statement(cast: Cast) -> list[Statement]:
    last = cast.case.last(MONTHS)
    return [Statement(MONTHS, Status.MODIFIED, 9, seen=last.number if last else 0)]


def _sent() -> Any:
    return breach_answer.Sending(clock.business_now(), "teleservice", "N-9")


def _declared(cast: Cast, who: Actor) -> Any:
    return breach_declare.declare_breach(actor=who, signs=Signs(clock.business_now(), "person", "Vu"))


def _replaced(cast: Cast, who: Actor) -> Any:
    return run(HOMOLOGATIONS, cast.case.pk, who, Act("replace", {"reason": "Remplacé"}))


_SAID = breach_declare.Description(contents=breaches.WHOLE, kinds=("confidentiality",))
_MORE = {"facts": "Les faits", "effects": "Les effets", "remedial": "Les mesures"}

TRIES: dict[str, Try] = {
    "homologation.open": Try(lambda c, who: open.open_dossier(programme=people.PROGRAMME, actor=who), _ended),
    "homologation.answer": Try(lambda c, who: save_answers(dossier_id=c.case.pk, actor=who, statements=_statement(c))),
    "homologation.confirm": Try(
        lambda c, who: confirm_answers(dossier_id=c.case.pk, actor=who, keys=[MONTHS]), _proposed
    ),
    "homologation.prefill": Try(lambda c, who: run(HOMOLOGATIONS, c.case.pk, who, Act("prefill"))),
    "homologation.learn_software": Try(
        lambda c, who: run(
            HOMOLOGATIONS, c.case.pk, who, Act("learn_software", {"version_id": c.scene.order.version.pk})
        )
    ),
    "homologation.submit": Try(
        lambda c, who: decide.submit_dossier(dossier_id=c.case.pk, actor=who), lambda c: c.case.fill()
    ),
    "homologation.send_back": Try(_by_reason(decide.send_back), Cast.submitted),
    "homologation.agree": Try(
        lambda c, who: decide.agree_dossier(dossier_id=c.case.pk, actor=who, decision=c.decision()),
        lambda c: c.submitted(quorum_set=True),
    ),
    "homologation.approve": Try(
        lambda c, who: decide.approve_dossier(dossier_id=c.case.pk, actor=who, decision=c.decision()), Cast.submitted
    ),
    "homologation.approve_with_reserves": Try(
        lambda c, who: decide.approve_dossier(dossier_id=c.case.pk, actor=who, decision=c.decision(6, (RESERVE,))),
        lambda c: c.submitted(s5__q4=False),
    ),
    "homologation.refuse": Try(_by_reason(decide.refuse_dossier), Cast.submitted),
    "homologation.withdraw": Try(_by_reason(decide.withdraw_dossier), approved),
    "homologation.replace": Try(_replaced, approved),
    "homologation.abandon": Try(_by_reason(decide.abandon_dossier)),
    "evidence.join": Try(lambda c, who: joined(c.case, by=who)),
    "evidence.join_to_breach": Try(
        lambda c, who: evidence.join_to_breach(breach_id=c.breach.pk, actor=who, given=given()), lambda c: c.breach
    ),
    "evidence.join_to_case": Try(
        lambda c, who: evidence.join_to_case(case_id=c.alert.pk, actor=who, given=given()), lambda c: c.alert
    ),
    "evidence.replace": Try(
        lambda c, who: evidence.replace_evidence(evidence_id=c.piece.pk, actor=who, given=given(text="autre")),
        lambda c: c.piece,
    ),
    "evidence.withdraw": Try(
        lambda c, who: evidence.withdraw_evidence(evidence_id=c.piece.pk, actor=who, reason="Motif"), lambda c: c.piece
    ),
    "quorum.set": Try(lambda c, who: quorum.set_quorum(actor=who, everyone=True)),
    "breach.declare": Try(_declared),
    "breach.describe": Try(_of_breach(breach_declare.describe_breach, said=_SAID), lambda c: c.breach),
    "breach.note": Try(_of_breach(breach_declare.add_note, text="Vu"), lambda c: c.breach),
    "breach.dismiss": Try(_of_breach(breach_declare.dismiss_breach, reason="Fausse alerte"), lambda c: c.breach),
    "breach.confirm": Try(
        lambda c, who: breach_declare.confirm_breach(
            breach_id=c.breach.pk, actor=who, aware_at=clock.business_now(), note="Vu"
        ),
        lambda c: c.breach,
    ),
    "breach.correct_awareness": Try(
        lambda c, who: breach_declare.correct_awareness(
            breach_id=c.breach.pk,
            actor=who,
            aware_at=c.breach.breach.detected_at,
            reason="Relu",
            delay=breaches.ON_TIME,
        ),
        lambda c: c.breach.confirm(),
    ),
    "breach.document_no_risk": Try(
        _of_breach(breach_answer.document_no_risk, reason="Chiffré"), lambda c: c.breach.describe().confirm()
    ),
    "breach.decide_to_notify": Try(_of_breach(breach_answer.decide_to_notify), lambda c: c.breach.describe().confirm()),
    "breach.notify": Try(
        lambda c, who: breach_answer.notify_breach(
            breach_id=c.breach.pk, actor=who, sending=_sent(), delay=breaches.ON_TIME
        ),
        lambda c: c.breach.describe().confirm().to_notify(),
    ),
    "breach.complement": Try(
        lambda c, who: breach_answer.complement_breach(breach_id=c.breach.pk, actor=who, sending=_sent()),
        lambda c: c.breach.describe().confirm().to_notify().notify(),
    ),
    "breach.complete": Try(
        _of_breach(breach_answer.complete_breach), lambda c: c.breach.describe().confirm().to_notify().notify()
    ),
    "breach.settle_persons": Try(
        _of_breach(breach_answer.settle_persons, persons="required", reason=""),
        lambda c: c.breach.describe().confirm(),
    ),
    "breach.inform_persons": Try(
        lambda c, who: breach_answer.inform_persons(
            breach_id=c.breach.pk, actor=who, informed_at=clock.business_now(), how="Courrier"
        ),
        lambda c: c.breach.describe().confirm().persons("required", ""),
    ),
    "breach.file_receipt": Try(
        lambda c, who: breach_answer.keep_receipt(
            breach_id=c.breach.pk, actor=who, notification_id=c.breach.breach.notifications.get().pk, file=RECEIPT
        ),
        lambda c: c.breach.describe().confirm().to_notify().notify(),
    ),
    "breach.close": Try(
        _of_breach(breach_answer.close_breach, closure=breach_answer.Closure(**_MORE, in_scope=False)),
        lambda c: c.breach.describe().confirm().to_notify().notify().complete().persons("not_required"),
    ),
    "supervision.ask_detail": Try(_of_alert(cases.ask_detail), lambda c: c.alert),
    "supervision.receive_detail": Try(
        _of_alert(cases.receive_detail, detail="Vu."), lambda c: c.alert_in("detail_asked")
    ),
    "supervision.analyse": Try(_of_alert(cases.analyse, cause="care", analysis="Vu."), lambda c: c.alert),
    "supervision.engage": Try(
        _of_alert(cases.engage, actions=["ticket"], action="Vu."), lambda c: c.alert_in("analysed")
    ),
    "supervision.acknowledge": Try(
        lambda c, who: cases.acknowledge(
            case_id=c.alert.pk, actor=who, reminder_id=c.reminder, read_on=date(2022, 11, 15)
        ),
        Cast.reminded,
    ),
    "supervision.read": Try(lambda c, who: duties.read_reminder(reminder_id=c.reminder, actor=who), Cast.reminded),
    "supervision.close": Try(_of_alert(cases.close, note="Vu."), lambda c: c.alert_in("analysed")),
    "supervision.escalate": Try(_of_alert(cases.escalate, note="Vu."), lambda c: c.alert_in("analysed")),
    "supervision.drop": Try(
        lambda c, who: run(CASES, c.alert.pk, who, Act("drop", {"note": "Corrigé"})), lambda c: c.alert
    ),
    "step.say": Try(
        lambda c, who: say_step(
            actor=who, key="certificat-sign", said=Said("done", "Moi", date(2022, 11, 1), date(2024, 1, 1)), seen=0
        )
    ),
    "pack.publish": Try(
        lambda c, who: prefill.publish_pack(
            version_id=c.scene.order.version.pk, questionnaire=questionnaire(), actor=who, values={MODE: "mensuel"}
        )
    ),
    "pack.take": Try(
        lambda c, who: prefill.answer_proposal(dossier_id=c.case.pk, actor=who, key=MODE, take=True), _proposed
    ),
    "pack.decline": Try(
        lambda c, who: prefill.answer_proposal(dossier_id=c.case.pk, actor=who, key=MODE, take=False), _proposed
    ),
    "form.hand_over": Try(
        lambda c, who: handovers.hand_over_form(pharmacy_id=c.place.pk, actor=who, handed_on=date(2022, 11, 15))
    ),
    "help.ask": Try(
        lambda c, who: helping.ask_help(dossier_id=c.case.pk, actor=who, section=1, key="", text="Comment ?")
    ),
    "help.take": Try(_of_help(helping.take_help), lambda c: c.help),
    "help.write": Try(_of_help(helping.write_help, text="Voici."), lambda c: c.help),
    "help.answer": Try(_of_help(helping.answer_help, text="Voici."), lambda c: c.help),
    "help.ask_again": Try(
        _of_help(helping.ask_help_again, text="Et ensuite ?"),
        lambda c: helping.answer_help(request_id=c.help.pk, actor=c.scene.supplier, text="Voici."),
    ),
    "help.close": Try(_of_help(helping.close_help), lambda c: c.help),
    "duties.read": Try(lambda c, who: duties.read_duties(actor=who)),
}

"""The dossiers of référencement of the world: one in each state, decisions that wait, lists of the ANS."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.clock import PARIS
from portal.demo import cast
from portal.referencing.domain.ans_file import COLUMNS
from portal.referencing.domain.decisions import Decision
from portal.referencing.selectors.lists import digest_of, findings_of
from portal.referencing.services import ans_list, decide, prepare
from portal.registry.models import Supplier
from portal.registry.services.suppliers import register_software
from tests.factories import people, referencing

TODAY = datetime(2022, 11, 15, 10, 0, tzinfo=PARIS)
DUE_ON = date(2022, 12, 31)

REF_STATES = ("draft", "submitted", "to_complete", "complete", "under_review", "to_correct", "referenced", "suspended")
"""States in which the supplier has a dossier of référencement, one version each."""

PROPOSED, REFUSAL, WITHDRAWAL, SUCCEEDED = "proposed", "refusal", "withdrawal", "succeeded"
"""Dossiers with a decision that waits for the validator, or whose successor is référencé."""


def make_dossiers(supplier: Actor, instructor: Actor, validator: Actor) -> None:
    """The supplier's dossiers, a list of the ANS staged and one applied, a backdated withdrawal."""
    case = partial(_dossier, supplier=supplier, instructor=instructor, validator=validator)
    made = {key: referencing.STATES[key](case(key)) for key in REF_STATES if key not in ("to_complete", "to_correct")}
    case("to_complete").ready().submit().ask_pieces(due_on=DUE_ON)
    case("to_correct").under_review().judge("INS.01").ask_corrections(due_on=DUE_ON)
    case("to_judge").under_review().judge("INS.01")
    case(PROPOSED).under_review().judge().propose(Decision.REFERENCE)
    case(REFUSAL).under_review().judge("INS.01").propose(Decision.REFUSE)
    case(WITHDRAWAL).referenced().propose(Decision.WITHDRAW, at=referencing.AFTER)
    succeeded = case(SUCCEEDED).referenced()
    back = referencing.DECIDED + timedelta(days=1)
    alarm = case("alarm").referenced()
    alarm.propose(Decision.WITHDRAW, at=referencing.AFTER, effective_at=back, retroactive=True)
    alarm.decide(Decision.WITHDRAW, at=referencing.AFTER)
    with clock.frozen(business=TODAY):
        decide.name_successor(dossier_id=succeeded.pk, actor=succeeded.supplier, successor_id=made["referenced"].pk)
        declared = {"dossier_id": made["draft"].pk, "actor": made["draft"].supplier}
        prepare.declare_obsolete(**declared, label="Avant la 2", note="")  # type: ignore[arg-type]
        register_software(made["draft"].company, "Officia à référencer", "unopened")
        _lists(made["draft"].instructor)
    made["draft"].charter(at=referencing.DEPOSITED).deposit_all()


def _dossier(key: str, *, supplier: Actor, instructor: Actor, validator: Actor) -> referencing.Case:
    company = Supplier.objects.get(siret=cast.SUPPLIERS[0].identity.siret)
    return referencing.Case(
        company=company,
        version=register_software(company, "Officia à référencer", key),
        supplier=supplier,
        instructor=instructor,
        validator=validator,
    )


def _lists(actor: Actor) -> None:
    head = ";".join(COLUMNS)
    for line in ("N-1;Inconnu;1;Inconnu SAS;;Référencé;01/11/2022", "N-2;Inconnu;2;Inconnu SAS;;Suspendu;02/11/2022"):
        content = f"{head}\n{line}".encode()
        day = date(2022, 11, 3)
        staged = ans_list.stage_list(
            programme=people.PROGRAMME, name="liste.csv", content=content, list_day=day, actor=actor
        )
        if "N-1" in line:
            findings = findings_of(staged)
            ans_list.apply_list(
                list_id=staged.pk,
                actor=actor,
                digest=digest_of(findings),
                acknowledged=[f.code for f in findings],
            )

"""The guards of an order: each takes the facts and returns the reasons to refuse, none when the act is lawful."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from orders.domain.content import check_amounts, check_mandatory
from orders.domain.facts import OrderFacts
from orders.domain.lifecycle import SIGNED_CONDITIONAL
from portal.accounts.domain.roles import SUPPLIER_SIDE, Role
from portal.common.clock import PARIS, end_of_paris_day, paris_date
from portal.common.refusals import Refusal
from portal.programmes.domain.ruleset import RuleSet


def french_day(instant: datetime | date) -> str:
    """``15/03/2023``, in Europe/Paris."""
    day = paris_date(instant) if isinstance(instant, datetime) else instant
    return f"{day:%d/%m/%Y}"


def check_pharmacy(facts: OrderFacts) -> list[Refusal]:
    """The client is an open officine of an eligible category (domain facts §1.1, §7.2)."""
    refusals = []
    if facts.pharmacy.closed:
        refusals.append(
            Refusal("pharmacy_closed", "Cette pharmacie est fermée selon FINESS : aucune commande n’est possible.")
        )
    if facts.pharmacy.category not in facts.rules.eligible_categories:
        refusals.append(
            Refusal(
                "not_eligible",
                f"La catégorie FINESS {facts.pharmacy.category} n’est pas éligible. Sont attendues : "
                f"{', '.join(sorted(facts.rules.eligible_categories))}.",
            )
        )
    return refusals


def check_window(facts: OrderFacts) -> list[Refusal]:
    """The signature falls in the programme's window: at or after the opening, strictly before the closing (S)."""
    opens = facts.rules.milestone("signature", "opens")
    closes = facts.rules.milestone("signature", "closes")
    if opens and facts.now < opens.at:
        return [
            Refusal(
                "too_early",
                f"Le dispositif n’est pas encore ouvert : les commandes sont possibles à partir du "
                f"{french_day(opens.at)}. Revenez à cette date.",
                legal_ref=opens.source,
            )
        ]
    if closes and facts.now >= closes.at:
        hour = _paris_hour(closes.at)
        return [
            Refusal(
                "closed",
                f"Les commandes devaient être signées avant le {french_day(closes.at)} à {hour} : le délai est passé. "
                "Aucune signature n’est plus possible pour cette vague.",
                legal_ref=closes.source,
            )
        ]
    return []


def check_slot(facts: OrderFacts) -> list[Refusal]:
    """One Prestation per pharmacy lineage (S: « une seule Prestation Ségur »)."""
    if facts.holder is None or facts.holder.is_this_order:
        return []
    signed = f" le {french_day(facts.holder.signed_at)}" if facts.holder.signed_at else ""
    return [
        Refusal(
            "slot_taken",
            f"Votre pharmacie est déjà engagée avec {facts.holder.supplier_name}{signed} : une seule Prestation Ségur "
            "est prise en charge par officine. Pour changer de fournisseur, faites d’abord annuler l’autre commande.",
            legal_ref="S, « L’Officine ne peut bénéficier que d’une seule Prestation Ségur »",
        )
    ]


def guard_issue(facts: OrderFacts) -> list[Refusal]:
    """An order may be issued when it is complete, exact, for an eligible pharmacy, inside the window."""
    refusals = check_pharmacy(facts) + check_window(facts) + check_mandatory(facts.content)
    refusals += check_amounts(facts.content, facts.pharmacy, facts.rules)
    if not facts.titulaire_known:
        refusals.append(
            Refusal(
                "no_titulaire",
                "Aucun titulaire de cette pharmacie n’a encore de compte : la commande ne pourrait pas être signée. "
                "Demandez à l’administration de rattacher le titulaire, puis émettez la commande.",
            )
        )
    return refusals


def _guard_sign(facts: OrderFacts) -> list[Refusal]:
    refusals = check_window(facts) + check_pharmacy(facts) + check_slot(facts)
    if facts.expires_at and facts.now >= facts.expires_at and not refusals:
        refusals.append(
            Refusal(
                "link_expired",
                f"Cette commande devait être signée avant le {french_day(facts.expires_at)}. "
                "Demandez à votre fournisseur de l’émettre à nouveau.",
            )
        )
    if not facts.document_ready:
        refusals.append(
            Refusal(
                "document_pending",
                "Le document à signer est en préparation. Patientez quelques secondes, puis rechargez la page.",
            )
        )
    return refusals


def guard_sign_firm(facts: OrderFacts) -> list[Refusal]:
    """A firm signature needs a software référencé at this very instant."""
    if not facts.referenced:
        return [Refusal("not_referenced", "Le logiciel n’est pas référencé : la signature est conditionnelle.")]
    return _guard_sign(facts)


def guard_sign_conditional(facts: OrderFacts) -> list[Refusal]:
    """A conditional signature is for a software not (yet) référencé (S, domain facts §3)."""
    if facts.referenced:
        return [Refusal("already_referenced", "Le logiciel est référencé : la signature est ferme.")]
    return _guard_sign(facts)


def signature_verb(facts: OrderFacts) -> str:
    """Which of the two signatures applies at this instant; chosen, never tried in turn."""
    return "sign_firm" if facts.referenced else "sign_conditional"


def link_expiry(issued_at: datetime, rules: RuleSet) -> datetime:
    """When an unsigned order expires: so many days after its issue, or the closing if it comes first."""
    expiry = end_of_paris_day(paris_date(issued_at) + timedelta(days=rules.signature_link_days))
    closes = rules.closes("signature")
    return min(expiry, closes) if closes else expiry


def conditional_limit(signed_at: datetime, rules: RuleSet) -> datetime:
    """The instant at which a conditional order lapses: the end of calendar day ``limit_days``, day included (Paris)."""
    return end_of_paris_day(paris_date(signed_at) + timedelta(days=rules.conditional.limit_days))


def guard_expire(facts: OrderFacts) -> list[Refusal]:
    """Only once the link's expiry has passed."""
    if facts.expires_at and facts.now >= facts.expires_at:
        return []
    return [Refusal("not_due", "Cette commande peut encore être signée.")]


def complete_in_time(facts: OrderFacts) -> bool:
    """The référencement dossier was complete before the order's limit, day 120 included (ES-120)."""
    return (
        facts.dossier_complete_at is not None
        and facts.conditional_until is not None
        and facts.dossier_complete_at < facts.conditional_until
    )


def guard_affirm(facts: OrderFacts) -> list[Refusal]:
    """Both conditions of the mention: a complete dossier in time, then the référencement (S)."""
    refusals = []
    if not facts.referenced:
        refusals.append(Refusal("not_referenced", "Le logiciel n’est pas encore référencé."))
    if not complete_in_time(facts):
        refusals.append(
            Refusal("dossier_late", "Le dossier de référencement n’a pas été complet dans le délai de cette commande.")
        )
    return refusals


def guard_lapse(facts: OrderFacts) -> list[Refusal]:
    """A conditional order lapses at its limit without a complete dossier; a firm one at the closing without a VA."""
    if facts.state == SIGNED_CONDITIONAL:
        due = None if complete_in_time(facts) else facts.conditional_until
    else:
        due = None if facts.va_signed else facts.rules.closes("va")
    if due is not None and facts.now >= due:
        return []
    return [Refusal("not_due", "Le délai de cette commande court encore.")]


def guard_ask_cancel(facts: OrderFacts) -> list[Refusal]:
    """One request at a time."""
    if facts.cancel_asked_by:
        return [Refusal("already_asked", "Une demande d’annulation attend déjà une réponse.")]
    return []


def guard_keep(facts: OrderFacts) -> list[Refusal]:
    """There is a request to turn down or take back."""
    if facts.cancel_asked_by:
        return []
    return [Refusal("nothing_asked", "Aucune demande d’annulation n’est en attente.")]


def guard_cancel(facts: OrderFacts) -> list[Refusal]:
    """The other party asked: an order is cancelled by consent of both (lifecycle §2)."""
    if refusals := guard_keep(facts):
        return refusals
    if facts.cancel_asked_by == side_of(facts.actor_role):
        return [Refusal("needs_other_party", "Vous avez demandé l’annulation : c’est à l’autre partie de l’accepter.")]
    return []


def side_of(role: Role) -> str:
    """``supplier`` or ``pharmacy``: the two sides of an order."""
    return "supplier" if role in SUPPLIER_SIDE else "pharmacy"


def _paris_hour(instant: datetime) -> str:
    from_paris = instant.astimezone(PARIS)
    return f"{from_paris:%H} h {from_paris:%M}"

"""The guards of an order: each takes the facts and returns the reasons to refuse, none when the act is lawful."""

from __future__ import annotations

from orders.domain.content import check_amounts, check_mandatory
from orders.domain.course import Due, complete_in_time, due, revival, revival_verb
from orders.domain.effects import Signing
from orders.domain.facts import OrderFacts
from orders.domain.lifecycle import REPLACED
from orders.domain.limits import french_day, paris_hour
from orders.domain.reform import limit_for
from portal.accounts.domain.roles import SUPPLIER_SIDE, Role
from portal.common.refusals import Refusal
from portal.registry.domain.referencing import STATUS_LABELS

REVIVALS = ("revive_issued", "revive_conditional", "revive_firm", "revive_affirmed")


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
    rules, act_at = facts.book.at(facts.counted_at), facts.counted_at
    opens, closes = rules.milestone("signature", "opens"), rules.milestone("signature", "closes")
    if opens and act_at < opens.at:
        return [
            Refusal(
                "too_early",
                f"Le dispositif n’est pas encore ouvert : les commandes sont possibles à partir du "
                f"{french_day(opens.at)}. Revenez à cette date.",
                legal_ref=opens.source,
            )
        ]
    if closes and act_at >= closes.at:
        hour = paris_hour(closes.at)
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
    """One Prestation per pharmacy lineage (S: « une seule Prestation Ségur »); an order that may still be replaced
    does not stop the signature: the signatory then says so (``check_replacement``)."""
    if facts.holder is None or facts.holder.is_this_order or facts.holder.replaceable:
        return []
    return [slot_taken(facts)]


def check_replacement(facts: OrderFacts, replaces: str) -> list[Refusal]:
    """Signing in the place of another order names it: a slot taken meanwhile by a third one is not replaced unseen."""
    holder = facts.holder
    if holder is None or holder.is_this_order:
        return []
    return [] if replaces == holder.order_id else [slot_taken(facts)]


def slot_taken(facts: OrderFacts) -> Refusal:
    """« Déjà engagée » with whom and since when."""
    holder = facts.holder
    assert holder is not None  # noqa: S101  (narrows the type: callers have looked)
    signed = f" le {french_day(holder.signed_at)}" if holder.signed_at else ""
    advice = (
        "Pour changer de fournisseur, confirmez que ce bon remplace l’autre."
        if holder.replaceable
        else "L’autre commande ne peut plus être remplacée : la Prestation est réalisée."
    )
    return Refusal(
        "slot_taken",
        f"Votre pharmacie est déjà engagée avec {holder.supplier_name}{signed} : une seule Prestation Ségur est prise "
        f"en charge par officine. {advice}",
        "replaces" if holder.replaceable else "",
        "S, « L’Officine ne peut bénéficier que d’une seule Prestation Ségur »",
    )


def check_origin(facts: OrderFacts) -> list[Refusal]:
    """A successor takes over an order that is still under way: an ended one gives neither its date nor its right."""
    if not facts.origin_ended:
        return []
    return [
        Refusal(
            "origin_ended",
            "La commande à reprendre a pris fin depuis : elle ne peut plus être reprise. Demandez un nouveau bon de "
            "commande à votre fournisseur.",
        )
    ]


def check_referencing(facts: OrderFacts) -> list[Refusal]:
    """A software refused, abandoned, suspended or withdrawn takes no new order (lifecycle facts §1)."""
    if facts.signing is not Signing.BLOCKED:
        return []
    return [
        Refusal(
            "referencing_blocks",
            f"Ce logiciel ne peut pas être commandé : son référencement est « {STATUS_LABELS[facts.status].lower()} ». "
            "Choisissez un logiciel référencé ou en cours de référencement.",
            legal_ref="S, « Seules les versions logicielles référencées Ségur par l’ANS »",
        )
    ]


def guard_issue(facts: OrderFacts) -> list[Refusal]:
    """An order may be issued when it is complete, exact, for an eligible pharmacy, inside the window."""
    refusals = check_pharmacy(facts) + check_window(facts) + check_referencing(facts)
    refusals += check_mandatory(facts.content, facts.rules, facts.now)
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
    refusals = check_window(facts) + check_pharmacy(facts) + check_slot(facts) + check_referencing(facts)
    refusals += check_origin(facts)
    limit = limit_for(facts.course, facts.book, facts.now)
    if limit and facts.now >= limit and not refusals:
        refusals.append(
            Refusal(
                "link_expired",
                f"Cette commande devait être signée avant le {french_day(limit)}. "
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
    if facts.signing is not Signing.FIRM:
        return [Refusal("not_referenced", "Le logiciel n’est pas référencé : la signature est conditionnelle.")]
    return _guard_sign(facts)


def guard_sign_conditional(facts: OrderFacts) -> list[Refusal]:
    """A conditional signature is for a software not (yet) référencé (S, domain facts §3)."""
    if facts.signing is Signing.FIRM:
        return [Refusal("already_referenced", "Le logiciel est référencé : la signature est ferme.")]
    return _guard_sign(facts)


def signature_verb(facts: OrderFacts) -> str:
    """Which of the two signatures applies at this instant; chosen, never tried in turn."""
    return "sign_firm" if facts.signing is Signing.FIRM else "sign_conditional"


def due_now(facts: OrderFacts, verb: str) -> Due | None:
    """The step that the portal owes to the order now, if it is ``verb``."""
    step = due(facts.course, facts.book, facts.now)
    return step if step and step.verb == verb else None


def guard_expire(facts: OrderFacts) -> list[Refusal]:
    """Only once the link's expiry has passed."""
    if due_now(facts, "expire"):
        return []
    return [Refusal("not_due", "Cette commande peut encore être signée.")]


def guard_affirm(facts: OrderFacts) -> list[Refusal]:
    """Both conditions of the mention: a complete dossier in time, then the référencement (S)."""
    if due_now(facts, "affirm"):
        return []
    if not complete_in_time(facts.course, facts.book, facts.now):
        words = "Le dossier de référencement n’a pas été complet dans le délai de cette commande."
        return [Refusal("dossier_late", words)]
    return [Refusal("not_referenced", "Le logiciel n’est pas référencé, ou la commande ne peut plus être affermie.")]


def guard_lapse(facts: OrderFacts) -> list[Refusal]:
    """A conditional order lapses at its limit without a complete dossier or by a decision on the référencement; any
    signed one at the closing without a VA, by a withdrawal before the installation, or when the pharmacy has closed."""
    if due_now(facts, "lapse") or facts.pharmacy.closed:
        return []
    return [Refusal("not_due", "Le délai de cette commande court encore.")]


def guard_redate(facts: OrderFacts) -> list[Refusal]:
    """The stored limit is no longer the one that the rules give."""
    if facts.stored_limit != limit_for(facts.course, facts.book, facts.now):
        return []
    return [Refusal("not_due", "Les délais sont à jour.")]


def guard_revive(facts: OrderFacts, verb: str) -> list[Refusal]:
    """Back to the state that was left, and to no other.

    Only what a date alone had ended, and the rules now in force would not end; or what an objection restores.
    """
    if verb != revival_verb(facts.course):
        return [Refusal("other_state", "La commande n’a pas quitté cet état : elle ne peut pas y revenir.")]
    if facts.course.state == REPLACED:
        if facts.restorable:
            return []
        return [Refusal("not_restorable", "La commande remplacée n’est rétablie que si une objection est reçue.")]
    found = revival(facts.course, facts.book, facts.now)
    return [] if isinstance(found, Due) else [Refusal(found.code, found.message)]


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

"""What PostgreSQL itself refuses of the register of breaches, beyond constraints on a row."""

from __future__ import annotations

import pgtrigger

_WITHOUT_GAPS = """
    IF NEW.number <> 1 + COALESCE((
        SELECT max(b.number) FROM homologation_breach b
        WHERE b.pharmacy_id = NEW.pharmacy_id AND b.drill = NEW.drill AND b.year = NEW.year
    ), 0) THEN
        RAISE EXCEPTION 'breach_without_gaps: % is not the next number', NEW.number;
    END IF;
    RETURN NEW;
"""
_AWARENESS_KEPT = """
    IF NOT EXISTS (
        SELECT 1 FROM homologation_breachentry e
        WHERE e.breach_id = NEW.id AND e.kind = 'awareness' AND e.aware_at = NEW.aware_at
    ) THEN
        RAISE EXCEPTION 'awareness_kept: breach % forgets when one became aware', NEW.id;
    END IF;
    RETURN NULL;
"""
_CASE_OF_THE_PHARMACY = """
    IF NOT EXISTS (
        SELECT 1 FROM homologation_supervisioncase c WHERE c.id = NEW.case_id AND c.pharmacy_id = NEW.pharmacy_id
    ) THEN
        RAISE EXCEPTION 'case_of_the_pharmacy: the alert of breach % is of another pharmacy', NEW.id;
    END IF;
    RETURN NEW;
"""


def without_gaps() -> pgtrigger.Trigger:
    """Refuse a number that is not the next one of its series."""
    return pgtrigger.Trigger(name="without_gaps", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_WITHOUT_GAPS)


def awareness_kept() -> pgtrigger.Trigger:
    """Refuse a change of the awareness that leaves no line in the journal of the breach."""
    return pgtrigger.Trigger(
        name="awareness_kept",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.aware_at IS DISTINCT FROM NEW.aware_at"),
        timing=pgtrigger.Deferred,
        func=_AWARENESS_KEPT,
    )


def case_of_the_pharmacy() -> pgtrigger.Trigger:
    """Refuse the alert of another pharmacy as origin."""
    return pgtrigger.Trigger(
        name="case_of_the_pharmacy",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.case_id IS NOT NULL"),
        func=_CASE_OF_THE_PHARMACY,
    )


def closed_says_scope() -> pgtrigger.Trigger:
    """A trigger, since breaches closed before the question was asked do not answer it."""
    return pgtrigger.Trigger(
        name="closed_says_scope",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("NEW.state = 'closed' AND OLD.state <> 'closed' AND NEW.in_scope IS NULL"),
        func="RAISE EXCEPTION 'closed_says_scope: breach % is closed without saying it', NEW.id;",
    )

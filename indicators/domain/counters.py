"""The figures derived from an activity log (contract « lgo-activity-1 », derived figures)."""

from __future__ import annotations

COUNTERS = (
    "dispensations",
    "dispensations_mss",
    "prescriptions",
    "prescriptions_e",
    "prescriptions_city",
    "prescriptions_city_e",
    "claims",
    "claims_apcv",
    "assessments_final",
    "assessments_final_dmp",
    "insi_calls",
    "insi_retrieval",
    "insi_verification",
    "insi_cpx",
    "insi_org",
    "insi_failed",
)
"""Counted for each pharmacy and day of Paris, in the order of the columns."""

COUNTER_LABELS = {
    "dispensations": "Délivrances",
    "dispensations_mss": "Délivrances avec messagerie sécurisée",
    "prescriptions": "Prescriptions exécutées",
    "prescriptions_e": "dont e-prescriptions",
    "prescriptions_city": "Prescriptions de ville",
    "prescriptions_city_e": "dont e-prescriptions de ville",
    "claims": "Feuilles de soins électroniques",
    "claims_apcv": "dont application carte Vitale",
    "assessments_final": "Bilans finalisés",
    "assessments_final_dmp": "dont versés au DMP",
    "insi_calls": "Appels INSi",
    "insi_retrieval": "dont récupérations INSi",
    "insi_verification": "dont vérifications INSi",
    "insi_cpx": "dont par carte CPx",
    "insi_org": "dont par certificat de structure",
    "insi_failed": "dont en échec",
}
"""What a pharmacist reads at the head of each column."""

WHOLES = {
    "dispensations_mss": "dispensations",
    "prescriptions_e": "prescriptions",
    "prescriptions_city": "prescriptions",
    "prescriptions_city_e": "prescriptions_city",
    "claims_apcv": "claims",
    "assessments_final_dmp": "assessments_final",
    "insi_retrieval": "insi_calls",
    "insi_verification": "insi_calls",
    "insi_cpx": "insi_calls",
    "insi_org": "insi_calls",
    "insi_failed": "insi_calls",
}
"""A part and the whole that it never exceeds."""

USER_COUNTERS = ("insi_calls", "insi_failed", "insi_off_hours", "prescriptions", "active_days")
"""Counted for each pharmacy, month and user account."""

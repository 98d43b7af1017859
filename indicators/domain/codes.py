"""Codes of a rejected line and of a refused file, and how each is said (contract « lgo-activity-1 », codes)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A code in plain words: what is wrong, what was expected, what to do."""

    wrong: str
    expected: str
    todo: str

    @property
    def sentence(self) -> str:
        """All of it on one line, for a terminal or a cell."""
        return f"{self.wrong} : {self.expected} {self.todo}"


LINE_CODES = {
    "line_too_long": Fault(
        "Ligne trop longue", "64 Kio au plus, un seul évènement par ligne.", "Vérifiez les fins de ligne de l’export."
    ),
    "malformed_row": Fault(
        "Ligne mal formée",
        "16 cellules séparées par « ; », sans guillemet ni caractère nul (en JSON, un objet avec les seuls champs "
        "connus, chacun une fois).",
        "Corrigez le séparateur, ou retirez la cellule en trop.",
    ),
    "bad_event_id": Fault(
        "Identifiant d’évènement illisible", "un UUID avec ses quatre tirets.", "Reprenez celui du logiciel."
    ),
    "bad_revision": Fault(
        "Révision illisible", "un entier de 1 à 32767.", "Mettez 1 pour un évènement jamais corrigé."
    ),
    "bad_status": Fault("Statut inconnu", "« active » ou « cancelled ».", "Écrivez-le en minuscules, sans accent."),
    "bad_finess": Fault(
        "Numéro FINESS mal formé",
        "les 9 caractères du FINESS géographique.",
        "Vérifiez qu’aucun zéro ne manque devant.",
    ),
    "unknown_finess": Fault(
        "Pharmacie inconnue",
        "le FINESS géographique d’une pharmacie connue du portail.",
        "Vérifiez le numéro, ou signalez la pharmacie à l’administration.",
    ),
    "bad_timestamp": Fault(
        "Date illisible", "AAAA-MM-JJTHH:MM:SS, puis « Z » ou le décalage horaire.", "Corrigez le format de la date."
    ),
    "missing_offset": Fault(
        "Date sans décalage horaire", "« Z » ou, par exemple, « +01:00 » après l’heure.", "Ajoutez le décalage."
    ),
    "in_future": Fault(
        "Évènement daté du futur",
        "une date au plus cinq minutes après le dépôt.",
        "Vérifiez l’horloge du poste et le décalage horaire.",
    ),
    "before_programme": Fault(
        "Évènement antérieur au programme", "une date à partir du 1er janvier 2022, à Paris.", "Retirez la ligne."
    ),
    "foreign_pharmacy": Fault(
        "Pharmacie que vous n’équipez pas à cette date",
        "une pharmacie dont un bon de commande signé vous désigne.",
        "Vérifiez le FINESS et la date, ou retirez la ligne.",
    ),
    "unknown_type": Fault(
        "Type d’évènement inconnu",
        "dispensation, prescription, claim, assessment ou insi_call.",
        "Corrigez le type, ou retirez la ligne.",
    ),
    "bad_user_ref": Fault(
        "Pseudonyme du compte mal formé",
        "de 1 à 32 lettres sans accent, chiffres, « _ » ou « - ».",
        "Envoyez un pseudonyme, jamais un nom.",
    ),
    "missing_value": Fault(
        "Valeur absente", "une valeur dans chaque champ que ce type d’évènement demande.", "Complétez le champ indiqué."
    ),
    "unexpected_value": Fault(
        "Valeur inattendue",
        "une valeur de la liste, et rien dans les champs des autres types.",
        "Corrigez ou videz le champ indiqué.",
    ),
    "conflicting_revision": Fault(
        "Révision déjà reçue avec un autre contenu",
        "le même contenu pour un même numéro de révision.",
        "Renvoyez l’évènement avec une révision de numéro supérieur.",
    ),
}
"""In the order in which they are looked for: a line has the first that applies."""

FILE_CODES = {
    "bad_encoding": Fault("Encodage illisible", "un fichier en UTF-8.", "Exportez-le de nouveau dans cet encodage."),
    "bad_header": Fault(
        "En-tête inattendu",
        "en première ligne, les 16 colonnes du format, dans l’ordre, séparées par « ; ».",
        "Reprenez l’en-tête de la spécification.",
    ),
    "bad_archive": Fault(
        "Archive illisible, tronquée, chiffrée ou de plusieurs fichiers",
        "un .gz, ou un .zip d’un seul fichier.",
        "Refaites l’archive, puis déposez-la de nouveau.",
    ),
    "too_large": Fault(
        "Fichier trop gros",
        "20 Gio au plus une fois décompressé, et 200 fois la taille compressée au plus.",
        "Découpez-le, par exemple par mois.",
    ),
    "empty": Fault("Aucun évènement", "au moins une ligne après l’en-tête.", "Vérifiez l’export."),
    "unknown_software": Fault(
        "Logiciel inconnu",
        "l’un de vos logiciels, par son numéro de référencement ou NOM@VERSION.",
        "Corrigez-le, puis déposez le fichier de nouveau.",
    ),
    "patient_data_suspected": Fault(
        "Le fichier semble contenir un numéro de sécurité sociale",
        "aucune donnée de patient ; ce fichier n’a pas été conservé.",
        "Retirez-la, prévenez votre délégué à la protection des données, puis déposez le fichier de nouveau.",
    ),
    "already_deposited": Fault(
        "Fichier déjà déposé",
        "chaque fichier une seule fois ; voici le résultat de son premier dépôt.",
        "Vous n’avez rien à faire.",
    ),
}

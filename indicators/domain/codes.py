"""Codes of a rejected line and of a refused file, and how each is said (contract « lgo-activity-1 », codes)."""

from __future__ import annotations

LINE_CODES = {
    "line_too_long": "Ligne de plus de 64 Kio : découpez-la, une ligne porte un seul évènement.",
    "malformed_row": "Ligne mal formée : 16 cellules séparées par « ; » sont attendues, sans guillemet ni "
    "caractère nul (en JSON, un objet avec les seuls champs connus, chacun une fois).",
    "bad_event_id": "Identifiant d’évènement illisible : un UUID avec tirets est attendu.",
    "bad_revision": "Révision illisible : un entier de 1 à 32767 est attendu.",
    "bad_status": "Statut inconnu : « active » ou « cancelled » est attendu.",
    "bad_finess": "Numéro FINESS mal formé : 9 caractères sont attendus.",
    "unknown_finess": "Ce numéro FINESS n’est celui d’aucune pharmacie connue du portail : vérifiez-le.",
    "bad_timestamp": "Date illisible : AAAA-MM-JJTHH:MM:SS suivi de « Z » ou du décalage horaire est attendu.",
    "missing_offset": "Date sans décalage horaire : ajoutez « Z » ou, par exemple, « +01:00 ».",
    "in_future": "Évènement daté de plus de cinq minutes après le dépôt : vérifiez l’horloge du poste.",
    "before_programme": "Évènement antérieur au 1er janvier 2022, avant le début du programme : retirez-le.",
    "foreign_pharmacy": "Vous n’équipez pas cette pharmacie à cette date, d’après les bons de commande signés.",
    "unknown_type": "Type inconnu : dispensation, prescription, claim, assessment ou insi_call est attendu.",
    "bad_user_ref": "Pseudonyme du compte mal formé : 1 à 32 lettres sans accent, chiffres, « _ » ou « - ».",
    "missing_value": "Valeur absente : ce champ est obligatoire pour ce type d’évènement.",
    "unexpected_value": "Valeur inattendue : hors de la liste, ou présente alors que le champ doit rester vide.",
    "conflicting_revision": "Cette révision de l’évènement est déjà connue avec un autre contenu : envoyez une "
    "révision de numéro supérieur.",
}
"""In the order in which they are looked for: a line has the first that applies."""

FILE_CODES = {
    "bad_encoding": "Le fichier n’est pas en UTF-8 : exportez-le de nouveau dans cet encodage.",
    "bad_header": "La première ligne n’est pas l’en-tête attendu (16 colonnes séparées par « ; », dans l’ordre du "
    "format) : reprenez celui de la spécification.",
    "bad_archive": "L’archive est illisible, tronquée, chiffrée ou contient plusieurs fichiers : envoyez un .gz, ou un "
    ".zip d’un seul fichier.",
    "too_large": "Le fichier dépasse 20 Gio une fois décompressé, ou 200 fois sa taille compressée : découpez-le.",
    "empty": "Le fichier ne contient aucun évènement : vérifiez l’export.",
    "unknown_software": "Ce logiciel n’est pas l’un des vôtres : donnez son numéro de référencement, ou NOM@VERSION.",
    "patient_data_suspected": "Le fichier semble contenir un numéro de sécurité sociale. Il n’a pas été conservé : "
    "retirez toute donnée de patient, puis déposez-le de nouveau.",
    "already_deposited": "Ce fichier est déjà déposé : voici le résultat de son premier dépôt.",
}

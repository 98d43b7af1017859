"""How the interface of deposit says no: status and words of each refusal (RFC 9457). Those of files: ``codes``."""

from __future__ import annotations

from dataclasses import dataclass

from indicators.domain.codes import Fault


@dataclass(frozen=True)
class Problem(Fault):
    """A refusal with its HTTP status."""

    status: int = 400


PROBLEMS = {
    "bad_token": Problem(
        "Jeton refusé",
        "« Authorization: Bearer », suivi d’un jeton de dépôt en cours de validité.",
        "Demandez un nouveau jeton à l’administration.",
        401,
    ),
    "unsupported_version": Problem(
        "Version de tus refusée", "« Tus-Resumable: 1.0.0 ».", "Ajoutez cet en-tête à chaque demande.", 412
    ),
    "bad_method": Problem(
        "Méthode refusée", "l’une de celles que nomme l’en-tête « Allow ».", "Corrigez la méthode de la demande.", 405
    ),
    "bad_length": Problem(
        "Taille absente ou illisible",
        "« Upload-Length » à la création, « Content-Length » à chaque envoi, en octets.",
        "Donnez la taille ; l’envoi par blocs de taille inconnue n’est pas accepté.",
        411,
    ),
    "bad_metadata": Problem(
        "Description du fichier illisible",
        "« Upload-Metadata » avec software et filename, et sha256 de préférence, chacun suivi de sa valeur en base64.",
        "Corrigez cet en-tête.",
    ),
    "bad_filename": Problem(
        "Nom de fichier refusé",
        "un nom sans nombre de 13 ou 15 chiffres, qui ressemble à un numéro de patient (INS ou NIR).",
        "Renommez le fichier, puis créez un nouvel envoi.",
    ),
    "unknown_upload": Problem(
        "Envoi inconnu",
        "l’adresse donnée à la création, avec un jeton du même fournisseur.",
        "Créez un nouvel envoi.",
        404,
    ),
    "upload_gone": Problem(
        "Envoi abandonné",
        "un envoi poursuivi dans les 24 heures, et dont les octets sont ceux annoncés.",
        "Créez un nouvel envoi.",
        410,
    ),
    "wrong_offset": Problem(
        "Mauvaise position",
        "« Upload-Offset » égal au nombre d’octets déjà reçus.",
        "Demandez la position par HEAD, puis reprenez de là.",
        409,
    ),
    "being_sent": Problem(
        "Envoi déjà en cours",
        "un seul émetteur à la fois.",
        "Attendez la fin de l’autre, puis demandez la position.",
        423,
    ),
    "bad_content_type": Problem(
        "Type de contenu refusé",
        "« application/offset+octet-stream » pour un morceau de journal, « text/csv » pour un fichier mensuel INSi.",
        "Corrigez l’en-tête Content-Type.",
        415,
    ),
    "bad_checksum": Problem(
        "En-tête de contrôle illisible", "« Upload-Checksum: sha256 », suivi de l’empreinte en base64.", "Corrigez-le."
    ),
    "checksum_mismatch": Problem(
        "Empreinte différente",
        "des octets dont le SHA-256 est celui annoncé.",
        "Envoyez de nouveau : le morceau, ou tout le fichier s’il était complet.",
        460,
    ),
    "past_the_end": Problem(
        "Trop d’octets",
        "la taille annoncée à la création, pas davantage.",
        "Vérifiez la taille, puis créez un envoi.",
        413,
    ),
    "cut": Problem(
        "Envoi coupé",
        "autant d’octets que « Content-Length » en annonce.",
        "Demandez la position par HEAD, puis reprenez de là.",
    ),
    "lines_refused": Problem(
        "Fichier mensuel refusé",
        "un fichier mensuel INSi sans aucune faute : rien n’en est pris sinon.",
        "Corrigez chaque point de « errors », puis déposez de nouveau.",
        422,
    ),
    "no_room": Problem(
        "Plus de place", "de la place pour ce fichier.", "Réessayez dans une heure ; ce qui est reçu est gardé.", 507
    ),
    "too_many_requests": Problem(
        "Trop de demandes",
        "600 demandes par minute au plus.",
        "Attendez une minute, ou envoyez de plus gros morceaux.",
        429,
    ),
}

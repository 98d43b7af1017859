from homologation.models.answers import Answer, AnswerRevision, PrefillPack
from homologation.models.dossiers import DecisionReserve, InsiDossier
from homologation.models.questionnaires import QuestionnaireVersion
from homologation.models.supervision import PracticeReminder, SupervisionCase, SupervisionReport, SupervisionRow

__all__ = [
    "Answer",
    "AnswerRevision",
    "DecisionReserve",
    "InsiDossier",
    "PracticeReminder",
    "PrefillPack",
    "QuestionnaireVersion",
    "SupervisionCase",
    "SupervisionReport",
    "SupervisionRow",
]

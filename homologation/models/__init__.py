from homologation.models.answers import Answer, AnswerRevision, PrefillPack
from homologation.models.dossiers import DecisionReserve, InsiDossier
from homologation.models.questionnaires import QuestionnaireVersion

__all__ = ["Answer", "AnswerRevision", "DecisionReserve", "InsiDossier", "PrefillPack", "QuestionnaireVersion"]

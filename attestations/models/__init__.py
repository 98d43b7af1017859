from attestations.models.attestations import Attestation, Reserve, Statement

__all__ = ["Attestation", "Reserve", "Statement"]

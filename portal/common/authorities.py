"""How the settings name the time-stamp authority that the portal makes itself."""

DEMO_AUTHORITY = "demo:"
"""In ``TSA_URLS``: the demonstration's own authority, which lives in the process that seals."""

"""Re-authentication inside a form: the password is asked again at the very moment of signing."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from portal.ui.forms import PortalForm


class ReauthenticatedForm(PortalForm):
    """A form that is valid only with the current password of the person logged in; tries are limited."""

    password = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="Redemandé pour confirmer que c’est bien vous.",
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.order_fields([name for name in self.fields if name != "password"] + ["password"])

    def clean_password(self) -> str:
        """Check the password. Raises ValidationError when it is wrong or asked too often."""
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.request.user):
            raise ValidationError("Trop d’essais : patientez une minute avant de recommencer.", code="too_many")
        password: str = self.cleaned_data["password"]
        if not self.request.user.check_password(password):
            raise ValidationError("Ce mot de passe n’est pas le bon. Saisissez celui de votre compte.", code="password")
        return password

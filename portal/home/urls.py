from django.http import HttpResponse
from django.urls import path

app_name = "home"
urlpatterns = [path("commandes/<uuid:pk>/", lambda r, pk: HttpResponse(), name="dossier")]

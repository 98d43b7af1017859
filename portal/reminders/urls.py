"""The addresses of the deadlines and of their calendar."""

from django.urls import path

from portal.reminders.views import calendar, deadlines

app_name = "reminders"

urlpatterns = [
    path("echeances/", deadlines.deadlines, name="deadlines"),
    path("echeances/charge/", deadlines.load, name="load"),
    path("echeances/agenda/", calendar.page, name="calendar"),
    path("echeances/agenda/nouveau-lien/", calendar.renew, name="renew"),
    path("echeances/agenda/fermer/", calendar.revoke, name="revoke"),
    path("agenda/<str:token>.ics", calendar.feed, name="feed"),
]

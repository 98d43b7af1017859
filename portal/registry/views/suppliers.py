"""The administrators' pages on suppliers: identity, people, software."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.refusals import Refused
from portal.registry.forms import MemberForm, SupplierForm, VersionForm
from portal.registry.models import Supplier
from portal.registry.selectors import all_suppliers, staff_of, supplier_by_id, versions_of
from portal.registry.services.people import Person, engage_at_supplier
from portal.registry.services.suppliers import SupplierIdentity, register_software, register_supplier
from portal.workflow.views import administrator


@require_safe
def supplier_list(request: HttpRequest) -> HttpResponse:
    """Every supplier and distributor."""
    administrator(request)
    return render(request, "registry/suppliers.html", {"suppliers": all_suppliers()})


def new_supplier(request: HttpRequest) -> HttpResponse:
    """Register a supplier; a wrong SIRET is refused beside its field."""
    administrator(request)
    form = SupplierForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            supplier = register_supplier(SupplierIdentity(**form.cleaned_data))
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "Fournisseur enregistré. Ajoutez ses logiciels et ses équipes.")
            return redirect("registry:supplier", pk=supplier.pk)
    return render(request, "registry/new_supplier.html", {"form": form})


def supplier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One supplier: its software and its people, with a form to add either."""
    administrator(request)
    company = get_object_or_404(supplier_by_id(pk))
    version_form = VersionForm(request.POST if "add_version" in request.POST else None)
    member_form = MemberForm(request.POST if "add_member" in request.POST else None)
    if version_form.is_bound and version_form.is_valid():
        register_software(company, version_form.cleaned_data["software"], version_form.cleaned_data["version"])
        messages.success(request, "Version enregistrée.")
        return redirect("registry:supplier", pk=pk)
    if member_form.is_bound and member_form.is_valid() and attached(company, member_form):
        messages.success(request, "Personne rattachée. Elle choisira son mot de passe par « Mot de passe oublié ».")
        return redirect("registry:supplier", pk=pk)
    context = {
        "supplier": company,
        "versions": versions_of(supplier_by_id(pk)),
        "staff": [{"membership": m, "role": Role(m.role).label} for m in staff_of(company, clock.business_now())],
        "version_form": version_form,
        "member_form": member_form,
    }
    return render(request, "registry/supplier.html", context)


def attached(company: Supplier, form: MemberForm) -> bool:
    """Attach the person of a valid form; False when refused, the reasons being then in the form."""
    data = form.cleaned_data
    person = Person(data["email"], data["first_name"], data["last_name"])
    try:
        engage_at_supplier(person=person, supplier=company, role=Role(data["role"]), since=clock.business_now())
    except Refused as refused:
        form.absorb(refused.refusals)
        return False
    return True

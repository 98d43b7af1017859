// Comfort only: every page works without this script.

const UNLOCK_AFTER_MS = 10000; // a download answers without leaving the page: give the button back

function lock(form, button) {
  form.dataset.portalSent = "true";
  if (button) button.setAttribute("aria-disabled", "true");
  setTimeout(() => unlock(form), UNLOCK_AFTER_MS);
}

function unlock(form) {
  delete form.dataset.portalSent;
  for (const button of form.querySelectorAll('[aria-disabled="true"]')) button.removeAttribute("aria-disabled");
}

// A double click sends once. The button keeps its focus and its name; the server is idempotent anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.portalSent) event.preventDefault();
  else lock(form, event.submitter);
});

// Coming back with the browser's "previous" shows the page as it was left: unlock it.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-portal-sent]").forEach(unlock);
});

document.querySelector("[data-portal-focus]")?.focus();

for (const button of document.querySelectorAll("[data-portal-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Nothing typed is lost: what is not saved yet is kept on this device and put back when the page is opened again.
// Comfort only: without this script the page is filled in and saved by its button.

const KEPT_DAYS = 7;
const form = document.querySelector("form[data-draft]");
const status = document.getElementById("enregistrement");
let typed = 0; // how often something was typed
let sent = 0; // how often it had been when the last automatic save left

// A browser may refuse its storage (private window, full): then there is simply no draft.
function storage(act) {
  try {
    return act(localStorage);
  } catch {
    return null;
  }
}

// What people type in, and the versions of the answers that the page shows.
function fields() {
  const shown = (field) => field.type !== "submit" && (field.type !== "hidden" || field.name.startsWith("seen:"));
  return [...form.elements].filter((field) => field.name && shown(field));
}

function valueOf(field) {
  return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
}

function nameOf(field) {
  const one = field.type === "checkbox" || field.type === "radio";
  return one ? `${field.name}=${field.value}` : field.name;
}

function keep() {
  typed += 1;
  const values = Object.fromEntries(fields().map((field) => [nameOf(field), valueOf(field)]));
  storage((kept) => kept.setItem(form.dataset.draft, JSON.stringify({ at: Date.now(), values })));
}

function forget() {
  storage((kept) => kept.removeItem(form.dataset.draft));
}

function forgetOld() {
  storage((kept) => {
    for (const key of Object.keys(kept).filter((name) => name.startsWith("insi:"))) {
      const { at } = JSON.parse(kept.getItem(key)) ?? {};
      if (!(at > Date.now() - KEPT_DAYS * 86400000)) kept.removeItem(key);
    }
  });
}

function say(words) {
  status.querySelectorAll("p").forEach((line) => line.remove());
  const line = document.createElement("p");
  line.className = "fr-info-text";
  line.textContent = words;
  status.append(line);
}

// The rows that were being written, which the page does not show: the server draws them when their names are asked.
function rowsToDraw(values) {
  const shown = new Set(fields().map(nameOf));
  const rows = Object.keys(values).filter((name) => !shown.has(name) && values[name]).map((name) => name.match(/^[^-:=]+-[A-Za-z0-9]+(?=-)/)?.[0]);
  return [...new Set(rows)].filter((row) => row && !values[`${row}-retirer=on`]);
}

// Whether the page is being opened again with the rows that the draft needs.
function askForRows(values) {
  const asked = new URLSearchParams(location.search);
  const missing = rowsToDraw(values).filter((row) => !asked.getAll("ligne").includes(row)); // asked once, not for ever
  for (const row of missing) asked.append("ligne", row);
  if (missing.length) location.replace(`${location.pathname}?${asked}${location.hash}`);
  return missing.length > 0;
}

// The versions that the draft had been typed over come back with it: an answer given meanwhile is not overwritten.
function putBack() {
  const draft = storage((kept) => JSON.parse(kept.getItem(form.dataset.draft)));
  if (!draft || askForRows(draft.values)) return;
  const differing = fields().filter((field) => ![undefined, valueOf(field)].includes(draft.values[nameOf(field)]));
  if (differing.every((field) => field.type === "hidden")) return;
  for (const field of differing) {
    const value = draft.values[nameOf(field)];
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
  }
  say("Votre saisie, qui n’avait pas pu être enregistrée, a été remise en place.");
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function start() {
  forgetOld();
  if ("draftSaved" in form.dataset) {
    forget();
    history.replaceState(null, "", `${location.pathname}${location.hash}`); // opened again, it is not « just saved »
  } else putBack();
}

if (form) {
  form.addEventListener("input", keep);
  addEventListener("load", start); // once htmx listens too
  status.addEventListener("htmx:beforeRequest", () => { sent = typed; });
  status.addEventListener("htmx:afterSwap", () => {
    if (status.querySelector("[data-saved]") && sent === typed) forget();
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    status.addEventListener(name, () => say("La connexion est perdue : votre saisie est gardée sur cet appareil et sera enregistrée à son retour."));
  }
  addEventListener("online", () => { if (typed !== sent || status.querySelector(".fr-info-text")) form.dispatchEvent(new Event("input", { bubbles: true })); });
}

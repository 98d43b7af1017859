// The file never leaves the browser here: its SHA-256 alone is asked for. Without this script the file is sent.

const zone = document.querySelector("[data-verify-drop]");
const input = document.querySelector("input[type=file]");
const told = document.querySelector("[data-verify-told]");

function tell(text, kind) {
  told.hidden = false;
  told.className = `fr-alert fr-alert--${kind} fr-mt-2w`;
  told.querySelector("p").textContent = text;
}

async function hash(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function check(file) {
  tell("Calcul de l’empreinte du fichier…", "info");
  try {
    const answer = await fetch(zone.dataset.verifyUrl.replace("EMPREINTE", await hash(file)));
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (found.known) tell(`Ce fichier est, à l’octet près, celui que le portail a enregistré : ${found.title} n° ${found.number}.`, "success");
    else tell("Ce fichier n’est pas enregistré tel quel. « Vérifier ce fichier » l’envoie et dit pourquoi.", "warning");
  } catch {
    tell("L’empreinte n’a pas pu être comparée. « Vérifier ce fichier » envoie le fichier lui-même.", "warning");
  }
}

if (zone && input && told && window.crypto?.subtle) {
  input.addEventListener("change", () => input.files.length && check(input.files[0]));
  for (const name of ["dragover", "dragenter"]) zone.addEventListener(name, (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    check(input.files[0]);
  });
}

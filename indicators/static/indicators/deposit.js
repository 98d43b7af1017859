// Comfort only: without this script the form sends the file by itself, without a progress bar.

const MEGABYTE = 1_000_000;

function words(sent, whole) {
  const [done, all] = [sent, whole].map((bytes) => (bytes / MEGABYTE).toLocaleString("fr-FR", { maximumFractionDigits: 1 }));
  return sent < whole ? `${done} Mo envoyés sur ${all}.` : "Fichier envoyé. Le portail l’enregistre : un instant.";
}

function showPage(html) {
  const answer = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  document.querySelector("main").replaceWith(answer);
  (answer.querySelector("[data-portal-focus]") ?? answer).focus();
  answer.querySelectorAll("form[data-portal-upload]").forEach(prepare);
}

function send(form) {
  const [area, button] = [form.querySelector("[data-portal-sending]"), form.querySelector("[type=submit]")];
  const [bar, said] = [area.querySelector("progress"), area.querySelector("[data-portal-sent-words]")];
  const request = new XMLHttpRequest();
  const end = (message) => {
    button.disabled = false;
    bar.hidden = stop.hidden = true;
    said.textContent = message;
  };
  const stop = area.querySelector("[data-portal-stop]");
  area.hidden = bar.hidden = stop.hidden = false;
  button.disabled = true;
  stop.onclick = () => request.abort();
  request.upload.addEventListener("progress", (event) => {
    bar.value = (100 * event.loaded) / event.total;
    said.textContent = words(event.loaded, event.total);
    stop.hidden = event.loaded === event.total;
  });
  request.addEventListener("load", () => {
    if (request.status === 200 && new URL(request.responseURL).pathname !== location.pathname) location.assign(request.responseURL);
    else if (request.status === 200) showPage(request.responseText);
    else end("Le portail a refusé l’envoi. Rechargez la page, puis recommencez ; si cela dure, prévenez l’administration.");
  });
  request.addEventListener("abort", () => end("Envoi arrêté : rien n’est déposé."));
  request.addEventListener("error", () => end("L’envoi a été coupé : rien n’est déposé. Vérifiez votre connexion, puis recommencez."));
  request.open("POST", form.action);
  request.send(new FormData(form));
}

function prepare(form) {
  const file = form.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) file.addEventListener(name, () => file.classList.add("portal-drop--over"));
  for (const name of ["dragleave", "drop"]) file.addEventListener(name, () => file.classList.remove("portal-drop--over"));
  form.addEventListener("submit", (event) => {
    if (!file.files.length) return; // the server says what is missing
    event.preventDefault();
    send(form);
  });
}

document.querySelectorAll("form[data-portal-upload]").forEach(prepare);

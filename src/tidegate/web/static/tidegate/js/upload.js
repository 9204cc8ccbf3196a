// Uploading with progress: <form data-upload>. Without JavaScript the browser posts the form as usual.

import { adoptToasts } from "./toast.js";

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.closest?.("form[data-upload]");
    if (form) drag(form, event);
  });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-upload]") || event.defaultPrevented) return;
  event.preventDefault();
  send(event.target);
});

function drag(form, event) {
  event.preventDefault();
  form.classList.toggle("is-over", event.type === "dragover");
  const files = event.type === "drop" && event.dataTransfer.files;
  if (files && files.length) form.querySelector("input[type=file]").files = files;
}

function send(form) {
  const bar = form.querySelector("[data-upload-progress]");
  const status = form.querySelector("[data-upload-status]");
  const button = form.querySelector("button");
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.round(100 * event.loaded / event.total);
    status.textContent = status.dataset.sending.replace("%p", bar.value);
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    status.textContent = status.dataset.reading;
  });
  request.addEventListener("load", () => show(request));
  request.addEventListener("error", () => {
    bar.hidden = true;
    button.disabled = false;
    status.textContent = status.dataset.failed;
  });
  bar.hidden = false;
  button.disabled = true;
  request.open("POST", form.action);
  request.send(new FormData(form));
}

// The answer is a page, often after a redirect: its content takes this one's place. Going there instead would
// ask for it a second time, when its messages have been told already.
function show(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const content = page.getElementById("content");
  if (!content) {
    location.assign(request.responseURL);
    return;
  }
  document.title = page.title;
  document.getElementById("content").replaceWith(content);
  window.htmx?.process(content);
  adoptToasts(page.querySelectorAll("[data-toast]"));
  history.replaceState(null, "", request.responseURL);
  content.focus();
}

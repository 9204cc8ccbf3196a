// Keeps a comment while it is being written: whoever changes the status in between, or is told that
// somebody was faster, finds it where it was. It stays in this tab, under the writer's own name.

const form = document.querySelector("form[data-draft]");
const area = form?.querySelector("textarea");
const PREFIX = "draft:";

if (area) start(`${PREFIX}${form.dataset.draft}:${form.getAttribute("action")}`);

function start(key) {
  forgetOthers(`${PREFIX}${form.dataset.draft}:`);
  if (!area.value) area.value = sessionStorage.getItem(key) ?? "";
  area.addEventListener("input", () => keep(key));
  // Sent: gone from here. If it was refused, the answer brings it back.
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
  keep(key);
}

function keep(key) {
  if (area.value) sessionStorage.setItem(key, area.value);
  else sessionStorage.removeItem(key);
}

function forgetOthers(own) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && !key.startsWith(own)) sessionStorage.removeItem(key);
  }
}

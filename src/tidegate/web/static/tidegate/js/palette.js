// "Jump to": finds among the pages of the navigation and the directories of the switcher. Fetches nothing.

const MOST = 12;
const palette = document.querySelector("[data-palette]");
const opener = document.querySelector("[data-palette-open]");

if (palette) start();

function start() {
  const input = palette.querySelector("[data-palette-input]");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => open(input));
  }
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open(input);
    }
  });
  input.addEventListener("input", () => fill(input));
  input.addEventListener("keydown", (event) => steer(event, input));
}

function open(input) {
  if (palette.open || document.querySelector("dialog[open]")) return;
  input.value = "";
  fill(input);
  palette.showModal();
  input.focus();
}

// A search field would first be emptied by Esc, and the page beneath must not take the key for itself.
function close(event) {
  event.stopPropagation();
  palette.close();
}

function places() {
  return [...document.querySelectorAll("[data-nav], .switcher [data-find]")].map((link) => ({
    href: link.href,
    words: link.dataset.find ?? link.querySelector("span").textContent,
    link,
  }));
}

function fill(input) {
  const wanted = input.value.trim().toLocaleLowerCase();
  const found = places().filter((place) => place.words.toLocaleLowerCase().includes(wanted)).slice(0, MOST);
  palette.querySelector("[data-palette-list]").replaceChildren(...found.map(draw));
  palette.querySelector("[data-palette-empty]").hidden = found.length > 0;
  choose(input, 0);
}

function draw(place, position) {
  const item = document.createElement("a");
  item.href = place.href;
  item.id = `palette-${position}`;
  item.className = "menu-item";
  item.setAttribute("role", "option");
  item.tabIndex = -1;
  item.append(...[...place.link.childNodes].map((node) => node.cloneNode(true)));
  item.querySelector(".nav-count")?.remove();
  return item;
}

function choose(input, position) {
  const options = [...palette.querySelectorAll("[role=option]")];
  const at = Math.min(Math.max(position, 0), options.length - 1);
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  options[at]?.scrollIntoView({ block: "nearest" });
  if (options[at]) input.setAttribute("aria-activedescendant", options[at].id);
  else input.removeAttribute("aria-activedescendant");
}

function steer(event, input) {
  const options = [...palette.querySelectorAll("[role=option]")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose(input, at + 1);
  else if (event.key === "ArrowUp") choose(input, at - 1);
  else if (event.key === "Enter") options[at]?.click();
  else if (event.key === "Escape") close(event);
  else return;
  event.preventDefault();
}

// Keys: j and k move, x selects, Enter opens (a row's link has the focus, so the browser does), / searches,
// ? helps, g and a letter goes somewhere, and any other letter presses what carries it as data-key.
// Never while something is being typed, a dialog is open, or a modifier is held.

const GOES = { o: "overview", i: "incidents", a: "alerts", c: "customers" };
const WAIT_FOR_SECOND = 1200;
const TYPING = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";

let goingSince = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
  const act = isGoing() ? goes(event.key) : ACTIONS[event.key] ?? presses(event.key);
  goingSince = 0;
  if (act && act() !== false) event.preventDefault();
});

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => currentRow()?.querySelector("[data-row-check]")?.click() ?? false,
  g: () => { goingSince = performance.now(); },
  "/": () => focus(document.querySelector("[data-search]")),
  "?": () => document.getElementById("keys")?.showModal(),
};

function isGoing() {
  return goingSince > 0 && performance.now() - goingSince < WAIT_FOR_SECOND;
}

function goes(letter) {
  if (letter === "d") return openSwitcher;
  const target = GOES[letter] && document.querySelector(`[data-nav="${GOES[letter]}"]`);
  return target && (() => target.click());
}

// The field has the focus before the next key arrives: what is typed on must not press anything here.
function openSwitcher() {
  const menu = document.querySelector("[data-go=d]");
  if (!menu) return false;
  menu.open = true;
  return focus(menu.querySelector("[data-menu-filter]"));
}

function presses(key) {
  const target = [...document.querySelectorAll("[data-key]")]
    .find((element) => element.dataset.key === key && isUsable(element));
  if (!target) return null;
  return target.matches("input:not([type=checkbox]), textarea, select") ? () => focus(target) : () => target.click();
}

function isUsable(element) {
  return !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.checkVisibility();
}

function rowLinks() {
  return [...document.querySelectorAll("[data-row-link]")].filter((link) => link.checkVisibility());
}

function currentRow() {
  return document.activeElement?.closest("tr");
}

function move(step) {
  const links = rowLinks();
  const at = links.findIndex((link) => link.closest("tr") === currentRow());
  const next = at < 0 ? links[step > 0 ? 0 : links.length - 1] : links[at + step];
  return focus(next);
}

function focus(element) {
  if (!element) return false;
  element.focus({ focusVisible: true });
  element.scrollIntoView({ block: "nearest" });
  return true;
}

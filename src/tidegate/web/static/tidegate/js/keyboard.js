// Keys: j and k move, x selects, Enter opens (a row's link has the focus, so the browser does), / searches,
// ? helps, g and a letter goes somewhere, and any other letter presses what carries it as data-key.
// Never while something is being typed, a dialog is open, or a modifier is held; nor where this browser's owner
// has switched letters off (WCAG 2.2, 2.1.4). The dialog of all keys says where g leads to.

const LETTERS = "tidegate.letters";
const WAIT_FOR_SECOND = 1200;
const TYPING = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";

let goingSince = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]") || areLettersOff()) return;
  const act = isGoing() ? goes(event.key) : ACTIONS[event.key] ?? presses(event.key);
  goingSince = 0;
  if (act && act() !== false) event.preventDefault();
});

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => currentRow()?.querySelector("[data-row-check]")?.click() ?? false,
  g: () => { goingSince = performance.now(); },
  "/": () => focus(document.querySelector("[data-search]"), true),
  "?": () => document.getElementById("keys")?.showModal(),
};

const letters = document.querySelector("[data-letters-switch]");
if (letters) {
  letters.closest("[data-letters]").hidden = false;
  letters.checked = !areLettersOff();
  letters.addEventListener("change", () => remember(letters.checked ? "on" : "off"));
  new MutationObserver(listOwnKeys).observe(document.getElementById("keys"), { attributeFilter: ["open"] });
}

// A browser that keeps nothing keeps letters on.
function areLettersOff() {
  try {
    return localStorage.getItem(LETTERS) === "off";
  } catch {
    return false;
  }
}

function remember(value) {
  try {
    localStorage.setItem(LETTERS, value);
  } catch {
    // Then it holds for no longer than this page.
  }
}

// What this page offers says its own keys: one list, which cannot be out of date.
function listOwnKeys() {
  const section = document.querySelector("[data-own-keys]");
  const own = [...document.querySelectorAll("[data-key]")].filter((element) => !element.closest("dialog"));
  const rows = new Map(own.map((element) => [element.dataset.key, describe(element)]));
  section.hidden = rows.size === 0;
  section.querySelector("dl").replaceChildren(...[...rows].map(([key, words]) => drawKey(key, words)));
}

function drawKey(key, words) {
  const row = document.createElement("div");
  const [term, data, mark] = ["dt", "dd", "kbd"].map((name) => document.createElement(name));
  term.textContent = words;
  mark.textContent = key;
  data.append(mark);
  row.append(term, data);
  return row;
}

export function describe(element) {
  if (element.labels?.length) return element.labels[0].textContent.trim();
  const copy = element.cloneNode(true);
  for (const mark of copy.querySelectorAll("kbd, svg, .keys, [aria-hidden]")) mark.remove();
  return (copy.textContent.trim() || element.getAttribute("aria-label") || "").replace(/\s+/g, " ");
}

function isGoing() {
  return goingSince > 0 && performance.now() - goingSince < WAIT_FOR_SECOND;
}

function goes(letter) {
  if (letter === "d") return openSwitcher;
  const place = document.querySelector(`[data-goes="${CSS.escape(letter)}"]`)?.dataset.goesTo;
  const target = place && document.querySelector(`[data-nav="${CSS.escape(place)}"]`);
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

function focus(element, isReplaced = false) {
  if (!element) return false;
  element.focus({ focusVisible: true });
  // What was looked for last stands there still; the next word takes its place.
  if (isReplaced) element.select();
  element.scrollIntoView({ block: "nearest" });
  return true;
}

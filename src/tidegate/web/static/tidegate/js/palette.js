// "Jump to": pages of the navigation, directories of the switcher and what this page offers are found here, at
// once; incidents, alerts, devices and people by the server, as soon as the typing rests.

import { fetchDirectories, findDirectories } from "./directories.js";
import { describe } from "./keyboard.js";
import { fetchElements } from "./parts.js";

const MOST = 8;
const REST = 250;
const SHORTEST = 2;
const palette = document.querySelector("[data-palette]");
const opener = document.querySelector("[data-palette-open]");

let waiting = 0;
let asking = null;

if (palette) start();

function start() {
  const input = palette.querySelector("[data-palette-input]");
  for (const button of palette.querySelectorAll("[data-tenant-link]")) {
    button.dataset.copy = `${location.origin}/?tid=${button.dataset.tenantLink}`;
  }
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
  palette.addEventListener("close", stopAsking);
}

function open(input) {
  if (palette.open || document.querySelector("dialog[open]")) return;
  input.value = "";
  fill(input);
  palette.showModal();
  input.focus();
  fetchDirectories().then(() => { if (palette.open && !asking) fill(input); });
}

// A search field would first be emptied by Esc, and the page beneath must not take the key for itself.
function close(event) {
  event.stopPropagation();
  palette.close();
}

function places() {
  return [...document.querySelectorAll("[data-nav], .switcher [data-find]")].map((link) => ({
    words: link.dataset.find ?? link.querySelector("span").textContent,
    draw: () => drawPlace(link),
  }));
}

// What carries a key is worth finding by its name; themes are, too, and the link of the tenant.
function actions() {
  const found = [...document.querySelectorAll("[data-key], [data-action], .account [name=theme]")];
  return found.filter(isOffered).map((element) => {
    const row = element.closest(".account-row")?.querySelector("span");
    const words = row ? `${row.textContent}: ${describe(element)}` : describe(element);
    return { words, draw: () => drawAction(element, words) };
  });
}

function isOffered(element) {
  const isDisabled = element.disabled || element.getAttribute("aria-disabled") === "true";
  return !isDisabled && (element.closest("[data-palette], .account") !== null || element.checkVisibility());
}

function fill(input) {
  stopAsking();
  const text = input.value.trim();
  const wanted = text.toLocaleLowerCase();
  const list = palette.querySelector("[data-palette-list]");
  list.replaceChildren(
    ...drawGroup(palette.dataset.wordsActions, wanted ? matching(actions(), wanted) : []),
    ...drawGroup(palette.dataset.wordsPlaces, matching(places(), wanted)),
  );
  settle(input, text.length < SHORTEST);
  if (text.length >= SHORTEST) waiting = setTimeout(() => ask(input, text), REST);
}

function matching(found, wanted) {
  return found.filter((one) => one.words.toLocaleLowerCase().includes(wanted)).slice(0, MOST);
}

function stopAsking() {
  clearTimeout(waiting);
  asking?.abort();
  asking = null;
}

async function ask(input, text) {
  asking = new AbortController();
  const { signal } = asking;
  const [directories, found] = await Promise.all([findDirectories(text, signal), findObjects(text, signal)]);
  if (signal.aborted) return;
  const chosen = palette.querySelector("[aria-selected=true]");
  palette.querySelector("[data-palette-list]").append(...drawFound(directories ?? []), ...(found ?? []));
  settle(input, true, chosen);
}

// Where no directory is open there is nothing to be found in one.
function findObjects(text, signal) {
  if (!palette.dataset.findUrl) return null;
  const address = new URL(palette.dataset.findUrl, location.href);
  address.searchParams.set("q", text);
  return fetchElements(address, signal);
}

// Directories that are not among the switcher's first.
function drawFound(elements) {
  const listed = new Set([...palette.querySelectorAll("[role=option]")].map((option) => option.href));
  const links = elements.flatMap((element) => [...element.querySelectorAll("[data-find]")]);
  const others = links.filter((link) => !listed.has(link.href)).slice(0, MOST);
  return drawGroup(palette.dataset.wordsDirectories, others.map((link) => ({ draw: () => drawPlace(link) })));
}

// Options are numbered anew, what was chosen stays chosen, and a reader is told how many there are.
function settle(input, isAll, chosen = null) {
  const options = [...palette.querySelectorAll("[role=option]")];
  options.forEach((option, place) => { option.id = `palette-${place}`; });
  palette.querySelector("[data-palette-empty]").hidden = options.length > 0 || !isAll;
  const said = palette.querySelector("[data-palette-said]");
  said.textContent = isAll ? said.dataset.words.replace("%n", options.length) : "";
  choose(input, Math.max(options.indexOf(chosen), 0));
}

function drawGroup(title, found) {
  if (found.length === 0) return [];
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", title);
  const heading = document.createElement("p");
  heading.className = "palette-title";
  heading.textContent = title;
  heading.setAttribute("aria-hidden", "true");
  group.append(heading, ...found.map((one) => one.draw()));
  return [group];
}

function drawPlace(link) {
  const item = drawOption("a");
  item.href = link.href;
  item.append(...[...link.childNodes].map((node) => node.cloneNode(true)));
  item.querySelector(".nav-count")?.remove();
  return item;
}

function drawAction(element, words) {
  const item = drawOption("button");
  item.type = "button";
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = words;
  item.append(name);
  if (element.dataset.key) {
    const end = document.createElement("span");
    const mark = document.createElement("kbd");
    end.className = "end";
    mark.textContent = element.dataset.key;
    end.append(mark);
    item.append(end);
  }
  item.addEventListener("click", () => {
    palette.close();
    act(element);
  });
  return item;
}

function act(element) {
  if (element.matches("input:not([type=checkbox]), textarea, select")) element.focus();
  else element.click();
}

function drawOption(name) {
  const item = document.createElement(name);
  item.className = "menu-item";
  item.setAttribute("role", "option");
  item.tabIndex = -1;
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

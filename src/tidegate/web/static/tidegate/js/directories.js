// What the directory switcher offers: fetched when it is about to be opened, and asked again for a name where
// there are more directories than it lists. Without this it leads to the page of all of them.

import { fetchElements } from "./parts.js";
import { narrow } from "./switcher.js";

const REST = 200;
const switcher = document.querySelector(".switcher");
const place = switcher?.querySelector("[data-menu-from]");
const filter = switcher?.querySelector("[data-menu-filter]");

let first = null;
let fetching = null;
let finding = null;

if (place) start();

function start() {
  switcher.querySelector("summary").addEventListener("pointerenter", () => fetchDirectories());
  switcher.addEventListener("toggle", () => (switcher.open ? fetchDirectories() : show(first)));
  filter.addEventListener("input", () => {
    const asked = find(filter.value.trim()).finally(() => { if (finding === asked) finding = null; });
    finding = asked;
  });
  filter.addEventListener("keydown", goToFirst, { capture: true });
}

/** Fetch those listed first: once, however often this is called, and again only where they did not come. */
export async function fetchDirectories() {
  if (first) return;
  fetching ??= fetchElements(place.dataset.menuFrom);
  const elements = await fetching;
  fetching = null;
  if (first || !elements) return;
  first = elements;
  show(first);
  narrow(switcher, filter.value);
}

/** The elements that list the directories of this name; null where all are listed already. */
export async function findDirectories(name, signal) {
  await fetchDirectories();
  if (!first?.some((element) => element.matches("[data-menu-cut]"))) return null;
  const address = new URL(place.dataset.menuFrom, location.href);
  address.searchParams.set("q", name);
  return fetchElements(address, signal);
}

async function find(name) {
  if (name) await new Promise((done) => setTimeout(done, REST));
  if (filter.value.trim() !== name) return;
  const elements = name ? await findDirectories(name) : first;
  if (elements && filter.value.trim() === name) show(elements);
}

function show(elements) {
  if (elements) place.replaceChildren(...elements);
}

// Whoever types a name and presses Enter at once means what the name will find.
async function goToFirst(event) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
  while (finding || fetching) await (finding ?? fetching);
  [...place.querySelectorAll("[data-find]")].find((item) => item.checkVisibility())?.click();
}

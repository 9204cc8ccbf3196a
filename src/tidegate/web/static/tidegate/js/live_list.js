// A list that is open: rows that changed are exchanged where they are, new ones counted, and added on request.

import { fetchPart, holder, parse, part, say } from "./live.js";

const FRESH = 6000;

/** Show how many are new, and put rows that have changed where they are. */
export function showNews(found) {
  showPill(found.querySelector(".new-pill"));
  const changed = [...found.querySelectorAll("[data-rows] > tr")];
  if (!changed.length) return;
  const rows = rowsOf(document);
  for (const row of changed) exchange(rows.get(keyOf(row)), row);
  document.dispatchEvent(new CustomEvent("live:rows"));
  say(found.querySelector("[data-said]")?.textContent ?? "");
}

/** Add the new ones above; what is read stays where it is. */
export async function insertNew(pill) {
  const answer = await fetchPart(pill.href);
  const found = answer && parse(await answer.text());
  const known = rowsOf(document);
  const first = found ? [...rowsOf(found)] : [];
  // More are new than fit on a page, or nothing is as it was: the list is read anew.
  if (!first.some(([key]) => known.has(key))) return location.assign(pill.href);
  const added = first.filter(([key]) => !known.has(key)).map(([, row]) => row);
  const hadFocus = part("new").contains(document.activeElement);
  keepPlace(() => {
    for (const [key, row] of first) if (known.has(key) && known.get(key).dataset.row !== row.dataset.row) exchange(known.get(key), row);
    table().tBodies[0].prepend(...added);
    part("new").replaceChildren();
  });
  added.forEach(mark);
  holder().dataset.liveAsk = found.querySelector("[data-live-ask]").dataset.liveAsk;
  if (hadFocus) added[0]?.querySelector("[data-row-link]")?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("live:rows"));
  say(holder().dataset.liveInsert);
}

function table() {
  return document.querySelector("main table:has(tr[data-row])");
}

function rowsOf(root) {
  return new Map([...root.querySelectorAll("tr[data-row]")].map((row) => [keyOf(row), row]));
}

function keyOf(row) {
  return row.dataset.row.split(".").slice(0, 2).join(".");
}

function showPill(pill) {
  const place = part("new");
  const old = place.querySelector(".new-pill");
  if (old && pill && old.textContent === pill.textContent) return;
  if (old && pill) old.replaceChildren(...pill.childNodes);
  else place.replaceChildren(...(pill ? [pill] : []));
}

// The same place, the same choice, the same focus.
function exchange(old, row) {
  if (!old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const box = old.querySelector("[data-row-check]");
  const next = row.querySelector("[data-row-check]");
  if (box && next) next.checked = box.checked;
  old.replaceWith(row);
  if (focused) row.querySelector(focused.matches("[data-row-check]") ? "[data-row-check]" : "[data-row-link]")?.focus({ preventScroll: true });
  mark(row);
}

function mark(row) {
  row.classList.add("is-fresh");
  setTimeout(() => row.classList.remove("is-fresh"), FRESH);
}

// What is in the middle of being read stays where it is; a list that shows its beginning goes on showing it.
function keepPlace(change) {
  const row = document.activeElement?.closest?.("tr[data-row]") ?? firstInSight();
  const isAtTop = !document.activeElement?.closest?.("tr[data-row]") && table().getBoundingClientRect().top >= 0;
  const before = row?.getBoundingClientRect().top;
  change();
  if (row && !isAtTop) window.scrollBy({ top: row.getBoundingClientRect().top - before, behavior: "instant" });
}

function firstInSight() {
  const head = table().tHead.getBoundingClientRect().bottom;
  return [...document.querySelectorAll("main tr[data-row]")].find((row) => row.getBoundingClientRect().top >= Math.max(head, 0));
}

// An open page that is told when to look: a list asks for what is new and what has changed, the page of one
// thing whether it still shows it as it is, and who else looks at it.
//
// The stream only says that there is something, and how long the server wants between two questions, which
// grows with the pages that are open. The page asks no sooner, not in step with others, and never while nobody
// sees it. Without a stream it asks by the clock.

const SHORTEST_GAP = 3000;
const POLL = 10000;
const OPEN_AGAIN = 60000;
const LET_GO = 15000;
const SILENT = 20000;
const FRESH = 6000;

const holder = () => document.querySelector("[data-live]");
const part = (name) => holder()?.querySelector(`[data-live-${name}]`);

let source = null;
let timer = 0;
let lettingGo = 0;
let askedAt = -Infinity;
let heardAt = 0;
let gap = SHORTEST_GAP;
let isOver = false;

if (holder()) start();

function start() {
  document.addEventListener("visibilitychange", () => (document.hidden ? letGo() : comeBack()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) comeBack(); });
  document.addEventListener("click", press);
  setInterval(() => { if (!isHeard() && !document.hidden) plan(); }, POLL);
  setInterval(() => { if (!source && !document.hidden) open(); }, OPEN_AGAIN);
  if (!document.hidden) open();
}

// Something in between may keep a stream back for as long as it likes.
function isHeard() {
  return source?.readyState === EventSource.OPEN && performance.now() - heardAt < SILENT;
}

// What happened before there was a stream is asked for when it begins.
function open() {
  if (source || isOver || !window.EventSource) return;
  const opened = new EventSource(holder().dataset.live);
  source = opened;
  const heard = () => { heardAt = performance.now(); };
  for (const name of ["open", "beat", "changed", "onlookers"]) opened.addEventListener(name, heard);
  opened.addEventListener("open", () => { plan(); askPeople(); });
  opened.addEventListener("changed", (event) => { gap = JSON.parse(event.data).gap; plan(); });
  opened.addEventListener("onlookers", askPeople);
  opened.addEventListener("error", () => {
    if (opened.readyState === EventSource.CLOSED && source === opened) source = null;
  });
}

function close() {
  source?.close();
  source = null;
}

function letGo() {
  clearTimeout(timer);
  timer = 0;
  lettingGo = setTimeout(close, LET_GO);
}

function comeBack() {
  clearTimeout(lettingGo);
  open();
  plan();
}

function plan() {
  if (timer || isOver || document.hidden) return;
  const wait = Math.max(0, askedAt + gap - performance.now()) + Math.random() * (gap / 3);
  timer = setTimeout(async () => {
    askedAt = performance.now();
    timer = 0;
    await (holder().dataset.liveAsk ? askList() : askChange());
  }, wait);
}

async function fetchPart(address) {
  let answer;
  try {
    answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Current-URL": location.href } });
  } catch {
    return null;
  }
  const signIn = answer.headers.get("HX-Redirect");
  if (signIn) location.assign(signIn);
  // Access has ended meanwhile: every further question would be one more refusal in the audit log.
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
    isOver = true;
    close();
  }
  return answer.ok ? answer : null;
}

async function read(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function say(text) {
  const said = part("said");
  if (said) said.textContent = text;
}

// Lists.

function table() {
  return document.querySelector("main table:has(tr[data-row])");
}

function rowsOf(root) {
  return new Map([...root.querySelectorAll("tr[data-row]")].map((row) => [keyOf(row), row]));
}

function keyOf(row) {
  return row.dataset.row.split(".").slice(0, 2).join(".");
}

async function askList() {
  const shown = [...document.querySelectorAll("main tr[data-row]")].slice(0, 200).map((row) => row.dataset.row);
  const answer = await fetchPart(`${holder().dataset.liveAsk}&rows=${shown.join(",")}`);
  if (!answer || answer.status === 204) return;
  const found = await read(answer);
  showPill(found.querySelector(".new-pill"));
  const changed = [...found.querySelectorAll("[data-rows] > tr")];
  if (!changed.length) return;
  const rows = rowsOf(document);
  for (const row of changed) exchange(rows.get(keyOf(row)), row);
  document.dispatchEvent(new CustomEvent("live:rows"));
  say(found.querySelector("[data-said]")?.textContent ?? "");
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

async function insertNew(pill) {
  const answer = await fetchPart(pill.href);
  const found = answer && (await read(answer));
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

// One thing.

async function askChange() {
  const answer = await fetchPart(holder().dataset.liveChange);
  if (!answer || answer.status === 204) return;
  part("new").replaceChildren(...(await read(answer)).body.childNodes);
}

async function askPeople() {
  const address = holder().dataset.liveOnlookers;
  const answer = address && !document.hidden ? await fetchPart(address) : null;
  if (answer) part("people").replaceChildren(...(await read(answer)).body.childNodes);
}

// The page as it is now, around the comment that is being written.
async function showAgain() {
  const answer = await fetchPart(location.href);
  const main = answer && (await read(answer)).querySelector("main");
  if (!main) return location.reload();
  const old = document.querySelector("main");
  const people = part("people");
  const form = old.querySelector("form[data-draft]");
  const area = form?.querySelector("textarea");
  const hadFocus = area && document.activeElement === area;
  const top = window.scrollY;
  const token = main.querySelector("form[data-draft] [name=csrfmiddlewaretoken]");
  if (token) form?.querySelector("[name=csrfmiddlewaretoken]")?.replaceWith(token.cloneNode());
  if (form) main.querySelector("form[data-draft]")?.replaceWith(form);
  old.replaceWith(main);
  part("people")?.replaceWith(people);
  window.htmx?.process(main);
  window.scrollTo({ top, behavior: "instant" });
  if (hadFocus) area.focus({ preventScroll: true });
  else main.focus({ preventScroll: true });
  say(part("said")?.dataset.liveShown ?? "");
}

function press(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const pill = event.target.closest?.("[data-live] .new-pill");
  const again = event.target.closest?.("[data-live-show]");
  if (again) showAgain();
  else if (pill && holder().dataset.liveInsert && table()) insertNew(pill);
  else return;
  event.preventDefault();
}

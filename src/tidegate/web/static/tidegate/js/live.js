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

export const holder = () => document.querySelector("[data-live]");
export const part = (name) => holder()?.querySelector(`[data-live-${name}]`);

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
    if (!isOver) await (holder().dataset.liveAsk ? askList() : askChange());
  }, wait);
}

export async function fetchPart(address) {
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
    holder()?.remove();
  }
  return answer.ok ? answer : null;
}

export function parse(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

export function say(text) {
  const said = part("said");
  if (said) said.textContent = text;
}

async function askList() {
  const shown = [...document.querySelectorAll("main tr[data-row]")].slice(0, 200).map((row) => row.dataset.row);
  const answer = await fetchPart(`${holder().dataset.liveAsk}&rows=${shown.join(",")}`);
  const text = answer ? (await answer.text()).trim() : "";
  if (text || part("new")?.firstChild) (await import("./live_list.js")).showNews(parse(text));
}

async function askChange() {
  const answer = await fetchPart(holder().dataset.liveChange);
  if (!answer || answer.status === 204) return;
  part("new").replaceChildren(...parse(await answer.text()).body.childNodes);
}

async function askPeople() {
  const address = holder()?.dataset.liveOnlookers;
  const answer = address && !document.hidden ? await fetchPart(address) : null;
  if (answer) part("people").replaceChildren(...parse(await answer.text()).body.childNodes);
}

function press(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const pill = event.target.closest?.("[data-live] .new-pill");
  const again = event.target.closest?.("[data-live-show]");
  // What only few pages come to need is fetched then.
  if (again) import("./live_one.js").then(({ showAgain }) => showAgain());
  else if (pill && holder()?.dataset.liveInsert) import("./live_list.js").then(({ insertNew }) => insertNew(pill));
  else return;
  event.preventDefault();
}

// The page of one thing that has changed since it was read.

import { fetchPart, parse, part, say } from "./live.js";

/** The page as it is now, around the comment that is being written. */
export async function showAgain() {
  const answer = await fetchPart(location.href);
  const main = answer && parse(await answer.text()).querySelector("main");
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

// Selecting rows: the box in the head, ranges with shift, the bulk bar that counts, Esc that clears.
//
// <form data-selection> around <table> and the bulk bar; each row's box has data-row-check and, where rows
// belong to several tenants, data-tenant. The state is in the boxes, so a page shown again shows it again.

let last = null;

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("[data-selection]");
  if (form) choose(form, event);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], details[data-menu][open]")) return;
  for (const form of forms()) if (checked(form).length) clear(form);
});
document.addEventListener("htmx:afterSettle", () => forms().forEach(show));
document.addEventListener("live:rows", () => forms().forEach(show));
window.addEventListener("pageshow", () => forms().forEach(show));
forms().forEach(show);

function choose(form, event) {
  const box = event.target.closest("[data-row-check]");
  if (event.target.closest("[data-check-all]")) {
    for (const each of boxes(form)) each.checked = event.target.checked;
  } else if (event.target.closest("[data-bulk-clear]")) {
    clear(form);
  } else if (box && event.shiftKey && last?.isConnected) {
    for (const each of between(form, last, box)) each.checked = box.checked;
  }
  if (box) last = box;
  show(form);
}

function forms() {
  return [...document.querySelectorAll("[data-selection]")];
}

function boxes(form) {
  return [...form.querySelectorAll("[data-row-check]")];
}

function checked(form) {
  return boxes(form).filter((box) => box.checked);
}

function between(form, first, last) {
  const all = boxes(form);
  const [from, to] = [all.indexOf(first), all.indexOf(last)].sort((a, b) => a - b);
  return all.slice(Math.max(from, 0), to + 1);
}

function clear(form) {
  for (const box of boxes(form)) box.checked = false;
  show(form);
}

// The style sheet follows the boxes by itself, so that selecting works without this; but Chromium (156) does
// not notice a box that a script has cleared, so rows and bar are told.
function show(form) {
  const chosen = checked(form);
  for (const box of boxes(form)) box.closest("tr")?.classList.toggle("is-selected", box.checked);
  const all = form.querySelector("[data-check-all]");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === boxes(form).length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  const bar = form.querySelector("[data-bulk]");
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  bar.querySelector("[data-bulk-said]").hidden = false;
  bar.querySelector("[data-bulk-count]").textContent = chosen.length.toLocaleString(document.documentElement.lang);
  nameTenants(bar.querySelector("[data-bulk-where]"), new Set(chosen.map((box) => box.dataset.tenant).filter(Boolean)));
}

function nameTenants(where, tenants) {
  if (!where || tenants.size === 0) return;
  where.textContent = tenants.size === 1
    ? where.dataset.in.replace("%s", () => [...tenants][0])
    : where.dataset.across.replace("%n", tenants.size);
}

// Menus: <details data-menu>. They open and close without this; with it they also filter as one types, move
// with the arrows, and close on Esc or on a press elsewhere.

const FIRST = ".menu .menu-item, .menu select, .menu input:not([type=hidden])";

for (const menu of document.querySelectorAll("details[data-menu]")) watch(menu);

document.addEventListener("pointerdown", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

function watch(menu) {
  const filter = menu.querySelector("[data-menu-filter]");
  if (filter) {
    filter.hidden = false;
    filter.addEventListener("input", () => narrow(menu, filter.value));
  }
  menu.addEventListener("toggle", () => {
    // Opened by its key, while the focus was elsewhere: what is in it comes next.
    if (menu.open && !menu.contains(document.activeElement)) menu.querySelector(FIRST)?.focus();
    if (!filter) return;
    if (menu.open) {
      // The event comes late: by now the focus may have been moved on with the arrows.
      if (!menu.querySelector(".menu").contains(document.activeElement)) filter.focus();
    } else {
      filter.value = "";
      narrow(menu, "");
    }
  });
  menu.addEventListener("keydown", (event) => steer(menu, event));
}

/** Show those that carry what is typed. */
export function narrow(menu, typed) {
  const wanted = typed.trim().toLocaleLowerCase();
  let found = 0;
  for (const item of menu.querySelectorAll("[data-find]")) {
    const matches = item.dataset.find.toLocaleLowerCase().includes(wanted);
    item.parentElement.hidden = !matches;
    found += matches;
  }
  const empty = menu.querySelector("[data-menu-empty]");
  if (empty) empty.hidden = found > 0;
}

function steer(menu, event) {
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    moveIn(menu, event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches("[data-menu-filter]")) {
    items(menu)[0]?.click();
    event.preventDefault();
  }
}

function items(menu) {
  return [...menu.querySelectorAll(".menu-item")].filter((item) => item.checkVisibility());
}

function moveIn(menu, step) {
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const filter = menu.querySelector("[data-menu-filter]");
  const next = at < 0 ? all[step > 0 ? 0 : all.length - 1] : all[at + step];
  (next ?? filter)?.focus();
}

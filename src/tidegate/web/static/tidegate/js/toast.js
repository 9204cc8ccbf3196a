// Toasts: what has just been done, said once, at the lower right and to screen readers.

const TIME_SHOWN = 6000;
const holder = document.querySelector("[data-toasts]");

/** Say `text`; the part of it that equals `strong` (a tenant's name) is set bold. */
export function showToast(text, strong = "") {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.toast = "";
  const words = document.createElement("span");
  const at = strong ? text.indexOf(strong) : -1;
  if (at < 0) {
    words.textContent = text;
  } else {
    const name = document.createElement("b");
    name.textContent = strong;
    words.append(text.slice(0, at), name, text.slice(at + strong.length));
  }
  toast.append(words);
  holder.append(toast);
  arm(toast);
}

/** Show toasts that came with another page. */
export function adoptToasts(toasts) {
  for (const toast of toasts) {
    holder.append(toast);
    arm(toast);
  }
}

function arm(toast) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-button";
  button.setAttribute("aria-label", holder.dataset.dismiss);
  button.title = holder.dataset.dismiss;
  button.textContent = "\u00d7";
  button.addEventListener("click", () => toast.remove());
  toast.append(button);
  // What went wrong stays until it is dismissed.
  if (!toast.classList.contains("toast-bad")) {
    leave(toast);
  }
}

function leave(toast) {
  let timer = setTimeout(() => toast.remove(), TIME_SHOWN);
  for (const [type, stay] of [["pointerenter", true], ["focusin", true], ["pointerleave", false], ["focusout", false]]) {
    toast.addEventListener(type, () => {
      clearTimeout(timer);
      if (!stay) timer = setTimeout(() => toast.remove(), TIME_SHOWN);
    });
  }
}

holder?.querySelectorAll("[data-toast]").forEach(arm);

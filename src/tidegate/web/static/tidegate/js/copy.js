// Copying: <button data-copy="text" data-copied="Directory ID of Orvane Shipping copied">.

import { showToast } from "./toast.js";

const TIME_SHOWN = 2000;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) await copy(button);
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-select-all]")) event.target.select();
});

async function copy(button) {
  const value = button.dataset.copy || location.href;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // Without https there is no clipboard to write to: a hidden field still can be copied from.
    copyBySelection(value);
  }
  confirm(button);
  showToast(button.dataset.copied, button.dataset.strong);
}

function copyBySelection(value) {
  const area = document.createElement("textarea");
  area.value = value;
  area.className = "visually-hidden";
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  focused?.focus();
}

function confirm(button) {
  const word = button.querySelector("[data-copy-word]");
  button.classList.add("is-copied");
  if (word && !word.dataset.rest) {
    word.dataset.rest = word.textContent;
    word.textContent = word.dataset.done;
  }
  setTimeout(() => {
    button.classList.remove("is-copied");
    if (word?.dataset.rest) word.textContent = word.dataset.rest;
    if (word) delete word.dataset.rest;
  }, TIME_SHOWN);
}

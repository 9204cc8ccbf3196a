// <button data-print hidden>: prints the page; without this script there is the browser's own menu.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Dialogs: opened by buttons, and the question before anything destructive.
//
// <button data-dialog-open="keys">, and on a form or on one of its buttons:
// data-confirm="Remove Ines Vermaat from Orvane Shipping?" data-confirm-label="Remove".
// Without JavaScript the form is posted at once: its view asks on a page of its own.

const confirmDialog = document.querySelector("[data-confirm-dialog]");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  const dialog = opener && document.getElementById(opener.dataset.dialogOpen);
  if (dialog && !dialog.open) dialog.showModal();
  // A press on the backdrop is a press on the dialog itself.
  if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close("cancel");
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const asker = event.submitter?.dataset.confirm ? event.submitter : form;
  const isConfirmed = form.dataset.confirmed === "yes";
  delete form.dataset.confirmed;
  if (!asker.dataset.confirm || isConfirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(asker.dataset, () => {
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
  });
}, true);

function ask({ confirm, confirmLabel }, go) {
  confirmDialog.querySelector("[data-confirm-sentence]").textContent = confirm;
  const button = confirmDialog.querySelector("[data-confirm-go]");
  button.dataset.plain ??= button.textContent;
  button.textContent = confirmLabel || button.dataset.plain;
  confirmDialog.returnValue = "cancel";
  confirmDialog.addEventListener("close", () => {
    if (confirmDialog.returnValue === "go") go();
  }, { once: true });
  confirmDialog.showModal();
}

document.querySelector("[data-error-summary]")?.focus();

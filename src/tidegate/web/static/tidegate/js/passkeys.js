// Forms that a passkey fills in. Without this module they are sent empty and answered with what is missing.

const ADDRESS = /^[\d.]+$|^\[/;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fillIn(form);
  });
}

async function fillIn(form) {
  const button = form.querySelector("button");
  const error = form.querySelector("[data-passkey-error]");
  error.hidden = true;
  button.disabled = true;
  try {
    const credential = await askDevice(form.dataset.passkey, await readOptions(form));
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch {
    error.textContent = explain(form.dataset);
    error.hidden = false;
    button.disabled = false;
    button.focus();
  }
}

async function readOptions(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent).publicKey;
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options.publicKey;
}

function askDevice(kind, options) {
  if (kind === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

function explain(words) {
  // WebAuthn ties a passkey to a domain name; an IP address is none.
  if (ADDRESS.test(location.hostname)) return words.wordsName;
  return window.PublicKeyCredential?.parseRequestOptionsFromJSON ? words.wordsFailed : words.wordsUnsupported;
}

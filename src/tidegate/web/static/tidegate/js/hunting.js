// The editor of queries: numbers beside its lines, Ctrl-Enter runs, the schema inserts names, and the cursor
// stands where a query went wrong. Without this the page is a form that is sent like any other.

const area = document.querySelector("[data-hunt-query]");
const gutter = document.querySelector("[data-hunt-gutter]");

if (area) start();

function start() {
  area.addEventListener("input", number);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  area.addEventListener("keydown", run);
  for (const button of document.querySelectorAll("[data-insert]")) {
    button.addEventListener("click", () => insert(button.dataset.insert));
  }
  number();
  goToFault();
}

function number() {
  const faulty = Number(area.dataset.faultLine);
  const lines = area.value.split("\n").map((_, place) => {
    const line = document.createElement("span");
    line.textContent = `${place + 1}\n`;
    line.classList.toggle("is-faulty", place + 1 === faulty);
    return line;
  });
  gutter.replaceChildren(...lines);
}

function run(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  area.form.requestSubmit();
}

// As if it had been typed: it can be undone, and what was selected is replaced.
function insert(name) {
  area.focus();
  const before = area.value.slice(0, area.selectionStart);
  const text = before && !/[\s(,.=]$/.test(before) ? ` ${name}` : name;
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    number();
  }
}

function goToFault() {
  const line = Number(area.dataset.faultLine);
  if (!line) return;
  const before = area.value.split("\n").slice(0, line - 1).join("\n");
  const at = before.length + (line > 1 ? 1 : 0) + Number(area.dataset.faultColumn) - 1;
  area.focus();
  area.setSelectionRange(at, at);
}

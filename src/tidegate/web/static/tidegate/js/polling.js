// A part that asks by itself stops when it is told that it may not: access has ended meanwhile, and every
// further question would be one more refusal in the audit log.

document.addEventListener("htmx:responseError", ({ detail }) => {
  const isOver = detail.xhr.status === 403 || detail.xhr.status === 404;
  if (isOver && detail.elt.getAttribute("hx-trigger")?.startsWith("every")) detail.elt.remove();
});

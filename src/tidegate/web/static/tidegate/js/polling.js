// A part that asks by itself stops when it is told that it may not: access has ended meanwhile, and every
// further question would be one more refusal in the audit log.

//
// htmx itself comes only to pages with such a part, or with a form that brings one: it weighs more than most
// pages do. It begins by itself only on a page that is all there, or when it was there from the beginning.

if (document.querySelector("[hx-get], [hx-post], form[data-upload]")) {
  if (document.readyState === "complete") bringHtmx();
  else window.addEventListener("load", bringHtmx);
}

function bringHtmx() {
  const script = document.createElement("script");
  script.src = new URL("vendor/htmx.min.js", import.meta.url);
  document.head.append(script);
}

document.addEventListener("htmx:responseError", ({ detail }) => {
  const isOver = detail.xhr.status === 403 || detail.xhr.status === 404;
  if (isOver && detail.elt.getAttribute("hx-trigger")?.startsWith("every")) detail.elt.remove();
});

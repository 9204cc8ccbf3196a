// The durable link of a package, as Microsoft spells it: /myaccess/@<domain>#/access-packages/<id>. What
// stands after the # never reaches the server, so this goes to the address that says the same without it.
// On the page that only asks to sign in it goes on by itself when there is nothing after the #.

const PLACE = /^\/myaccess\/@[^/]+$/;
const PACKAGE = /^#\/access-packages\/([0-9a-f-]{36})$/i;

go();
window.addEventListener("hashchange", go);

function go() {
  const wanted = PACKAGE.exec(location.hash);
  const on = document.querySelector("[data-go-on]");
  if (wanted && PLACE.test(location.pathname)) location.replace(`${location.pathname}/access-packages/${wanted[1].toLowerCase()}`);
  else if (on) location.replace(on.href);
}

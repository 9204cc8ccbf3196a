// The navigation behind its button on narrow screens. It opens by the address (#nav) without this; with it
// the address stays clean, Esc and a press elsewhere close it, and the focus goes where it belongs.

const navigation = document.getElementById("nav");
const opener = document.querySelector("[data-nav-open]");

if (navigation && opener) start();
measureStripe(document.querySelector(".stripe"));

// A stripe with much to say takes a second line: what sticks beneath it must know where it ends.
function measureStripe(stripe) {
  if (!stripe) return;
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--stripe-height", `${stripe.offsetHeight}px`);
  }).observe(stripe);
}

function start() {
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    navigation.classList.add("is-open");
    navigation.querySelector("[data-nav-close]").focus();
  });
  navigation.querySelector("[data-nav-close]").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && navigation.classList.contains("is-open")) close(event);
  });
  document.addEventListener("pointerdown", (event) => {
    if (navigation.classList.contains("is-open") && !navigation.contains(event.target)) close(event);
  });
}

function close(event) {
  if (!navigation.classList.contains("is-open")) return;
  event.preventDefault();
  navigation.classList.remove("is-open");
  opener.focus();
}

/* The shop with htmx: the list, its filters and the cart change in place. Without it every link and form works alone.
   - parameters without a value stay out of the address;
   - the count of the list and of the cart are told and shown wherever they stand;
   - a request that fails says so, and nothing on the page pretends otherwise. */
const SHOWN = 6000; // ms
const failed = document.getElementById("shop-script")?.dataset.textFailed;
const toasts = document.getElementById("toasts");

/* One word at a time: a new one takes the place of the last. */
function show(toast) {
  for (const other of toasts.querySelectorAll("[data-toast]")) if (other !== toast) other.remove();
  const leave = () => setTimeout(() => (toast.matches(":hover, :focus-within") ? leave() : toast.remove()), SHOWN);
  leave();
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node.matches?.("[data-toast]")) show(node);
}).observe(toasts, { childList: true });

function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast toast--danger";
  toast.dataset.toast = "";
  toast.textContent = text;
  toasts.append(toast);
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of Object.entries(detail.parameters)) if (value === "") delete detail.parameters[name];
});

document.addEventListener("htmx:afterRequest", () => {
  const badge = document.getElementById("cart-count");
  for (const other of document.querySelectorAll("[data-cart-count]")) {
    other.dataset.count = badge.dataset.count;
    other.textContent = badge.textContent;
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  const said = document.querySelector("[data-shop-said]");
  if (!said || event.detail.elt.id !== "shop") return;
  said.textContent = document.getElementById("shop-count").textContent;
  const title = document.getElementById("shop-title");
  if (title.getBoundingClientRect().top < 0) title.scrollIntoView({ block: "start" });
});

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => say(failed));
}

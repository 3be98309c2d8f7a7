/* Parts of a page that follow a socket: <div id="bids" data-live-refresh="/ws/deliveries/12" data-types="bid status">.
   When such a message comes (or the line returns after a loss), the page is fetched again and the part with the same id
   takes the new content. Children with a data-key not seen before get .is-new. A part in which someone is typing waits. */
import { liveSocket } from "./live-socket.js";

const parts = [...document.querySelectorAll("[data-live-refresh]")];
let timer;

function busy(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
}

function swap(part, fresh) {
  const seen = new Set([...part.querySelectorAll("[data-key]")].map((child) => child.dataset.key));
  part.replaceChildren(...fresh.childNodes);
  for (const child of part.querySelectorAll("[data-key]")) {
    if (!seen.has(child.dataset.key)) child.classList.add("is-new");
  }
  part.dispatchEvent(new CustomEvent("live:refreshed", { bubbles: true }));
}

async function refresh() {
  let page;
  try {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "live-refresh" } });
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the socket tells that the line is down; the next message tries again
  }
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    if (busy(part)) part.addEventListener("focusout", soon, { once: true });
    else swap(part, fresh);
  }
}

/* Several messages within a moment cost one fetch. */
function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, 150);
}

for (const path of new Set(parts.map((part) => part.dataset.liveRefresh))) {
  const socket = liveSocket(path);
  const types = new Set(parts.filter((part) => part.dataset.liveRefresh === path).flatMap((part) => part.dataset.types.split(" ")));
  for (const type of types) socket.on(type, soon);
  let lost = false;
  socket.onStatus((status) => {
    if (status === "live" && lost) soon();
    lost = status === "lost" || (lost && status !== "live");
  });
}

/* A conversation: says who is typing, tells the other side that one types, fills in canned replies.
   The messages themselves are drawn again by live-refresh.js. */
import { liveSocket } from "./live-socket.js";

const EVERY = 2500; // ms between two "I am typing"
const SHOWN = 5000; // ms
const line = document.querySelector("[data-thread-typing]");

if (line) {
  const socket = liveSocket(line.dataset.threadTyping);
  let hide;
  const clear = () => { line.textContent = ""; };
  socket.on("typing", (message) => {
    if (String(message.by_id) === line.dataset.me) return;
    line.textContent = line.dataset.text.replace("{name}", message.by);
    clearTimeout(hide);
    hide = setTimeout(clear, SHOWN);
  });
  socket.on("message", clear);
  let last = 0;
  document.querySelector("[data-typing]")?.addEventListener("input", () => {
    if (Date.now() - last < EVERY) return;
    last = Date.now();
    socket.send({ type: "typing" });
  });
}

for (const select of document.querySelectorAll("[data-canned]")) {
  select.addEventListener("change", () => {
    const box = document.getElementById(select.dataset.canned);
    if (select.value) box.value = box.value ? `${box.value}\n${select.value}` : select.value;
    box.focus();
  });
}

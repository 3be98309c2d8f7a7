/* The bell: counts what arrives over /ws/notifications and shows it for a moment. Loaded for signed-in people. */
import { liveSocket } from "./live-socket.js";

const SHOWN = 8000; // ms
const bell = document.querySelector("[data-notifications-bell]");

function count(number) {
  for (const badge of document.querySelectorAll("[data-unread]")) {
    badge.dataset.count = number;
    badge.textContent = number;
  }
}

function unread() {
  return Number(document.querySelector("[data-unread]")?.dataset.count || 0);
}

function show(message) {
  const toast = document.createElement(message.url ? "a" : "div");
  if (message.url) toast.href = message.url;
  toast.className = "toast";
  const title = document.createElement("strong");
  title.textContent = message.subject || message.title || "";
  toast.append(title);
  if (message.body) {
    const text = document.createElement("span");
    text.textContent = message.body;
    toast.append(text);
  }
  document.getElementById("toasts").append(toast);
  const leave = () => setTimeout(() => (toast.matches(":hover, :focus-within") ? leave() : toast.remove()), SHOWN);
  leave();
}

if (bell) {
  const socket = liveSocket("/ws/notifications");
  socket.on("snapshot", (message) => { if ("unread" in message) count(message.unread); });
  socket.on("notification", (message) => {
    const what = message.notification ?? message;
    count(message.unread ?? unread() + 1);
    show(what);
  });
}

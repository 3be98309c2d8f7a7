/* One reconnecting websocket per path, shared by everything on the page that listens to it.

   const socket = liveSocket("/ws/deliveries/12");
   socket.on("position", (message) => …);      message types of the server
   socket.on("*", …)                            every message
   socket.onStatus((status) => …)               "connecting" | "live" | "lost" | "refused"
   socket.send({ … })                           true when it went out
   socket.close()

   Waits 1, 2, 4 … 30 s (with some chance, so that a thousand pages do not return at once). Close codes 4401
   and 4403 end it for good. A hidden page that comes back and a network that returns try at once.
   Live indicators (<span data-live data-live-channel="the path">) follow by themselves. */
import { inWords } from "./ago.js";

const sockets = new Map();
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

function address(path) {
  const url = new URL(path, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

class LiveSocket {
  constructor(path) {
    this.path = path;
    this.listeners = new Map();
    this.watchers = new Set();
    this.tries = 0;
    this.status = "connecting";
    this.lostAt = null;
    this.ended = false;
    this.open();
  }

  on(type, listener) {
    if (!this.listeners.has(type)) this.listeners.set(type, new Set());
    this.listeners.get(type).add(listener);
    return () => this.listeners.get(type).delete(listener);
  }

  onStatus(watcher) {
    this.watchers.add(watcher);
    watcher(this.status, this);
    return () => this.watchers.delete(watcher);
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.ended = true;
    clearTimeout(this.timer);
    this.socket?.close();
    sockets.delete(this.path);
  }

  /* Try now: the page came back or the network did. */
  wake() {
    if (this.ended || this.socket?.readyState <= WebSocket.OPEN) return;
    this.tries = 0;
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    const socket = new WebSocket(address(this.path));
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.tries = 0;
      this.lostAt = null;
      this.say("live");
    });
    socket.addEventListener("message", (event) => {
      let message;
      try { message = JSON.parse(event.data); } catch { return; }
      for (const key of [message.type, "*"]) {
        for (const listener of this.listeners.get(key) ?? []) listener(message);
      }
    });
    socket.addEventListener("close", (event) => {
      if (socket !== this.socket || this.ended) return;
      this.lostAt ??= Date.now();
      if (event.code === 4401 || event.code === 4403) {
        this.ended = true;
        this.say("refused");
        return;
      }
      this.say("lost");
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries++);
      this.timer = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
    });
  }

  say(status) {
    this.status = status;
    for (const watcher of this.watchers) watcher(status, this);
  }
}

export function liveSocket(path) {
  if (!sockets.has(path)) {
    const socket = new LiveSocket(path);
    sockets.set(path, socket);
    for (const element of document.querySelectorAll(`[data-live-channel="${CSS.escape(path)}"]`)) {
      socket.onStatus(() => draw(element, socket));
    }
  }
  return sockets.get(path);
}

/* The words of an indicator: "Live", "Not live since 3 minutes ago" … */
function draw(element, socket) {
  const texts = element.dataset;
  const state = { live: "live", connecting: "connecting" }[socket.status] ?? "lost";
  element.dataset.state = state;
  const clock = socket.lostAt && new Date(socket.lostAt).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
  const words = { live: texts.textLive, connecting: texts.textConnecting, lost: texts.textLost.replace("{}", clock) }[state];
  const box = element.querySelector("[data-live-text]");
  if (box.textContent !== words) box.textContent = words;
  element.title = socket.lostAt ? inWords(socket.lostAt) : "";
}

window.addEventListener("online", () => sockets.forEach((socket) => socket.wake()));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) sockets.forEach((socket) => socket.wake());
});

/* The courier's phone on shift ([data-courier], templates/delivery/tracking/_line.html).
   Every fix of the receiver goes into a queue first and leaves it when the server has acknowledged it: without a
   network points pile up and are sent later, in order. Only one open page of a phone records at a time. */
import { inWords } from "./ago.js";
import { openQueue } from "./courier-queue.js";
import { liveSocket } from "./live-socket.js";

const BATCH = 200;
const PATIENCE = 15000; // ms without an answer after which the batch is sent again
const CLOSEST = 900; // ms between two points
const STILL = 30000; // ms: a courier who waits is asked for his position all the same
const FOR_LATER = new Set(["off_shift", "not_a_courier"]); // nothing wrong with the points: keep them

class CourierLine {
  constructor(box, queue) {
    this.box = box;
    this.texts = box.dataset;
    this.line = box.querySelector("[data-courier-line]");
    this.words = box.querySelector("[data-courier-line-text]");
    this.place = box.querySelector("[data-courier-place]");
    this.queue = queue;
    this.waiting = null; // the batch on its way: Map seq → point
    this.lastAt = 0;
    this.storedAt = null;
    this.socket = liveSocket(this.texts.ws);
    this.socket.on("ack", (message) => this.acknowledged(message.seq));
    this.socket.on("error", (message) => this.refused(message));
    this.socket.onStatus((status) => {
      if (status !== "live") this.stopWaiting();
      this.draw();
      this.send();
    });
    setInterval(() => this.draw(), 5000);
    window.addEventListener("offline", () => this.draw());
    window.addEventListener("online", () => this.draw());
    this.draw();
  }

  /* --- out ---------------------------------------------------------------------------------------------- */
  async record(fix) {
    const now = Date.now();
    if (now - this.lastAt < CLOSEST) return;
    this.lastAt = now;
    const { latitude, longitude, accuracy, speed, heading } = fix.coords;
    const point = { lat: latitude, lon: longitude, recorded_at: new Date(fix.timestamp || now).toISOString() };
    if (Number.isFinite(accuracy)) point.accuracy = Math.min(accuracy, 100000);
    if (Number.isFinite(speed) && speed >= 0) point.speed = speed;
    if (Number.isFinite(heading)) point.heading = heading % 360;
    await this.queue.add(point);
    this.tell("");
    await this.draw();
    this.send();
  }

  async send() {
    if (this.waiting || this.paused || this.socket.status !== "live") return;
    this.waiting = new Map(); // taken at once, so that two callers do not send the same batch
    const points = await this.queue.first(BATCH);
    if (!points.length || !this.socket.send({ type: "positions", items: points })) {
      this.waiting = null;
      return;
    }
    this.waiting = new Map(points.map((point) => [point.seq, point]));
    this.timer = setTimeout(() => { this.stopWaiting(); this.send(); }, PATIENCE);
  }

  stopWaiting() {
    clearTimeout(this.timer);
    this.waiting = null;
  }

  /* --- in ----------------------------------------------------------------------------------------------- */
  async acknowledged(seq) {
    if (!this.waiting) return;
    const stored = [...this.waiting.values()].filter((point) => point.seq <= seq);
    if (!stored.length) return;
    this.storedAt = Date.parse(stored.at(-1).recorded_at);
    await this.settle(stored.map((point) => point.seq));
  }

  async refused(message) {
    if (FOR_LATER.has(message.code)) {
      this.paused = true;
      this.stopWaiting();
      this.tell(this.texts.textClosed, true);
      return;
    }
    // A refused point would block those behind it for ever.
    if (this.waiting?.has(message.seq)) await this.settle([message.seq]);
  }

  async settle(seqs) {
    for (const seq of seqs) this.waiting?.delete(seq);
    await this.queue.drop(seqs);
    if (this.waiting && !this.waiting.size) this.stopWaiting();
    await this.draw();
    this.send();
  }

  /* --- words -------------------------------------------------------------------------------------------- */
  async draw() {
    const kept = await this.queue.count();
    const away = !navigator.onLine || this.socket.status === "lost" || this.socket.status === "refused";
    const state = away ? "lost" : this.socket.status === "live" ? "live" : "connecting";
    const word = { lost: this.texts.textOffline, live: this.texts.textLive, connecting: this.texts.textConnecting }[state];
    const several = kept === 1 ? this.texts.textKeptOne : this.texts.textKept.replace("{}", kept);
    // On a good line a point or two are always on their way: not worth a word.
    const words = kept > (away ? 0 : 5) ? `${word}, ${several}` : word;
    this.line.dataset.state = state;
    if (this.words.textContent !== words) this.words.textContent = words;
    if (this.storedAt && !this.problem) this.say(this.texts.textSent.replace("{}", inWords(this.storedAt)));
  }

  tell(words, problem = false) {
    this.problem = problem;
    this.place.toggleAttribute("data-problem", problem);
    if (words) this.say(words);
  }

  say(words) {
    if (this.place.textContent !== words) this.place.textContent = words;
  }
}

/* --- the receiver ------------------------------------------------------------------------------------------ */
function follow(line) {
  const { textNone, textDenied, textWeak, textWaiting } = line.texts;
  if (!navigator.geolocation) {
    line.tell(textNone, true);
    return;
  }
  const options = { enableHighAccuracy: true, maximumAge: 0, timeout: 20000 };
  const seen = (fix) => line.record(fix);
  const missed = (error) => line.tell(error.code === error.PERMISSION_DENIED ? textDenied : textWeak, true);
  if (!line.place.textContent.trim()) line.say(textWaiting);
  navigator.geolocation.watchPosition(seen, missed, options);
  setInterval(() => {
    if (Date.now() - line.lastAt > STILL) navigator.geolocation.getCurrentPosition(seen, () => {}, options);
  }, STILL);
}

/* The screen stays on while the courier rides with the page open; asked again when the page comes back. */
function stayAwake() {
  const ask = () => !document.hidden && navigator.wakeLock?.request("screen").catch(() => {});
  ask();
  document.addEventListener("visibilitychange", ask);
}

/* Forms tell where the phone is, if it knows. */
function fillForms() {
  const fields = [...document.querySelectorAll("form input[name='lat'][type='hidden']")];
  if (!fields.length || !navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition((fix) => {
    for (const lat of fields) {
      lat.value = fix.coords.latitude.toFixed(6);
      lat.form.elements.lon.value = fix.coords.longitude.toFixed(6);
    }
  }, () => {}, { maximumAge: 60000, timeout: 10000 });
}

const box = document.querySelector("[data-courier]");
if (box) {
  const line = new CourierLine(box, await openQueue(box.dataset.user));
  const record = () => { follow(line); stayAwake(); return new Promise(() => {}); };
  // Two open pages would record every metre twice: the second waits until the first is closed.
  if (navigator.locks) navigator.locks.request(`courier-${box.dataset.user}`, record);
  else record();
  fillForms();
}

const worker = box?.dataset.worker ?? document.querySelector("[data-courier-worker]")?.dataset.courierWorker;
if (worker && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(worker).catch(() => {});
  // Fetched once through the worker, what is to be done stays readable in a cellar.
  if (navigator.serviceWorker.controller) {
    for (const link of document.querySelectorAll("[data-keep-offline]")) fetch(link.href, { priority: "low" }).catch(() => {});
  }
}

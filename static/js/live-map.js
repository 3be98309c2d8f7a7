/* The map of one delivery ([data-live-map], see templates/components/_map.html). Leaflet is already on the page.
   The courier's marker glides to each new point and turns to its heading; a point older than the one shown is
   ignored; everything the map says is also written beside it. Without tiles the sheet stays blank and useful. */
import { inWords } from "./ago.js";
import { liveSocket } from "./live-socket.js";

const L = window.L;
const language = document.documentElement.lang || "fr";
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const GLIDE = 1000; // ms; points come about once a second
const OLD = 120000; // ms after which the last point no longer counts as live
const FAR = 0.02; // degrees; a longer leap is drawn as a leap

const clock = (value) => new Date(value).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });

function pair(text) {
  if (!text) return null;
  const [lat, lon, heading] = text.split(",");
  return { lat: Number(lat), lon: Number(lon), heading: heading ? Number(heading) : null };
}

function svg(markup) {
  const box = document.createElement("div");
  box.innerHTML = markup;
  return box.firstElementChild;
}

function pin(kind, icon, icons) {
  const element = svg(`<div class="map-pin map-pin--${kind}"><svg class="icon" aria-hidden="true"><use href="${icons}#${icon}"/></svg></div>`);
  return L.divIcon({ html: element, className: "", iconSize: [36, 36], iconAnchor: [18, 44] });
}

class LiveMap {
  constructor(section) {
    this.section = section;
    this.texts = section.dataset;
    this.age = section.querySelector("[data-map-age]");
    this.etaBox = section.querySelector("[data-map-eta]");
    this.pickup = pair(this.texts.pickup);
    this.dropoff = pair(this.texts.dropoff);
    this.recordedAt = 0;
    this.draw();
    const position = pair(this.texts.position);
    if (position) this.move({ ...position, recorded_at: this.texts.recordedAt });
    if (this.texts.ws) this.listen(liveSocket(this.texts.ws));
    setInterval(() => this.tellAge(), 5000);
  }

  draw() {
    const canvas = this.section.querySelector("[data-map-canvas]");
    if (!L || !canvas) return;
    const ends = [this.pickup, this.dropoff].filter(Boolean).map((place) => [place.lat, place.lon]);
    const trail = JSON.parse(this.section.querySelector("#map-trail")?.textContent || "[]");
    this.map = L.map(canvas, { scrollWheelZoom: false, zoomAnimation: !calm, fadeAnimation: !calm, maxZoom: 18 });
    this.map.attributionControl.setPrefix(false);
    if (this.texts.tiles) L.tileLayer(this.texts.tiles, { attribution: this.texts.attribution, maxZoom: 19 }).addTo(this.map);
    if (ends.length === 2) L.polyline(ends, { className: "map__route", interactive: false }).addTo(this.map);
    this.trail = L.polyline(trail, { className: "map__trail", interactive: false }).addTo(this.map);
    const { icons, textPickup, textDropoff } = this.texts;
    if (this.pickup) L.marker(ends[0], { icon: pin("pickup", "parcel", icons), title: textPickup, alt: textPickup }).addTo(this.map);
    if (this.dropoff) L.marker(ends.at(-1), { icon: pin("dropoff", "flag", icons), title: textDropoff, alt: textDropoff }).addTo(this.map);
    this.fit([...ends, ...trail]);
  }

  fit(points) {
    if (points.length) this.map.fitBounds(points, { padding: [48, 56], maxZoom: 16, animate: false });
    else this.map.setView([46.6, 2.4], 5);
  }

  listen(socket) {
    socket.on("snapshot", (message) => {
      if (message.trail?.length) this.trail?.setLatLngs(message.trail.map((point) => [point.lat ?? point[0], point.lon ?? point[1]]));
      if (message.position) this.move(message.position);
      if (message.eta) this.tellEta(message.eta);
      if (message.status) this.announce(message);
    });
    socket.on("position", (message) => this.move(message, true));
    socket.on("eta", (message) => this.tellEta(message));
    socket.on("status", (message) => this.announce(message));
  }

  announce(message) {
    this.section.dispatchEvent(new CustomEvent("live:status", { bubbles: true, detail: message }));
  }

  move(point, extend = false) {
    const at = Date.parse(point.recorded_at);
    if (!Number.isFinite(at) || at <= this.recordedAt) return;
    this.recordedAt = at;
    this.tellAge();
    if (!this.map) return;
    const target = L.latLng(point.lat, point.lon);
    if (!this.courier) {
      this.turner = svg('<div class="map-courier__turn"><svg viewBox="0 0 44 44" aria-hidden="true"><path d="M22 5 34 36 22 30 10 36z"/></svg></div>');
      const body = document.createElement("div");
      body.className = "map-courier";
      body.append(this.turner);
      const name = this.texts.textCourier;
      this.courier = L.marker(target, { icon: L.divIcon({ html: body, className: "", iconSize: [44, 44] }), title: name, alt: name, zIndexOffset: 1000 }).addTo(this.map);
      this.courierBody = body;
      if (!this.map.getBounds().contains(target)) {
        this.fit([target, this.pickup, this.dropoff].filter(Boolean).map((place) => [place.lat, place.lng ?? place.lon]));
      }
    } else {
      this.glide(this.courier.getLatLng(), target);
    }
    if (extend) this.trail.addLatLng(target);
    this.turn(point.heading);
    this.tellAge();
  }

  glide(from, to) {
    cancelAnimationFrame(this.frame);
    const leap = Math.abs(from.lat - to.lat) + Math.abs(from.lng - to.lng) > FAR;
    if (calm || leap || document.hidden) {
      this.courier.setLatLng(to);
      return;
    }
    const start = performance.now();
    const step = (now) => {
      const part = Math.min(1, (now - start) / GLIDE);
      this.courier.setLatLng([from.lat + (to.lat - from.lat) * part, from.lng + (to.lng - from.lng) * part]);
      if (part < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  /* Turns the short way round: from 350° to 10° is 20°, not 340°. */
  turn(heading) {
    if (heading === null || heading === undefined || Number.isNaN(Number(heading))) return;
    const now = this.angle ?? Number(heading);
    this.angle = now + ((((Number(heading) - now) % 360) + 540) % 360) - 180;
    this.turner.style.transform = `rotate(${this.angle}deg)`;
  }

  tellAge() {
    if (!this.recordedAt) return;
    const words = this.texts.textLast.replace("{}", inWords(this.recordedAt));
    if (this.age.textContent !== words) this.age.textContent = words;
    this.age.title = new Date(this.recordedAt).toLocaleString(language);
    this.courierBody?.classList.toggle("map-courier--old", Date.now() - this.recordedAt > OLD);
  }

  tellEta(eta) {
    if (!eta.p20 || !eta.p80) {
      if (eta.p50) this.etaBox.textContent = this.texts.textAround.replace("{}", clock(eta.p50));
      return;
    }
    const [from, to] = [clock(eta.p20), clock(eta.p80)];
    this.etaBox.textContent = from === to
      ? this.texts.textAround.replace("{}", from)
      : this.texts.textArrival.replace("{}", from).replace("{}", to);
  }
}

for (const section of document.querySelectorAll("[data-live-map]")) new LiveMap(section);

/* The quote editor by keyboard. The server finds, prices and counts; this only puts rows in place and asks again. Without
   it the page is an ordinary form (garage/quotes/views/editor.py). */
import { combobox } from "./combobox.js";
import { Lines } from "./quote-lines.js";
import { newcomerDialog } from "./quote-newcomer.js";

const WAIT = 200;
const form = document.querySelector("form[data-quote]");
const find = (name, root = document) => root.querySelector(`[data-${name}]`);
const lines = new Lines(find("lines"), find("row"));
const entry = form.elements.entry;
const who = form.elements.who;
const said = find("said");
const save = find("save");

/* --- what it comes to ------------------------------------------------------------------------------------------- */
let timer = null;
let asking = null;
let dirty = false;

async function count() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const body = { lines: lines.rows.map((row) => lines.read(row)), discount_percent: form.elements.discount_percent.value };
  try {
    const answer = await fetch(form.dataset.calc, {
      method: "POST", signal: mine.signal, body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    const counted = await answer.json();
    lines.mark(counted.lines);
    find("totals").innerHTML = counted.html; // made by the server from its own template
    find("failed").hidden = true;
  } catch (error) {
    if (error.name === "AbortError") return;
    find("failed").textContent = form.dataset.textFailed;
    find("failed").hidden = false;
  }
}

function changed() {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(count, WAIT);
}

/* --- adding ------------------------------------------------------------------------------------------------------ */
function addLines(offer) {
  const rows = offer.lines.map((values) => lines.add(values));
  said.textContent = `${form.dataset.textAdded} ${offer.label}`;
  changed();
  const priceless = rows.find((row) => !lines.field(row, "unit_price").value);
  if (priceless && !entry.value) lines.field(priceless, "unit_price").focus();
  else {
    entry.focus();
    entry.scrollIntoView({ block: "nearest" });
  }
}

function chooseVehicle(vehicle) {
  form.elements.vehicle.value = vehicle.vehicle;
  const name = document.createElement("strong");
  name.textContent = vehicle.label;
  const client = document.createElement("span");
  client.className = "soft";
  client.textContent = vehicle.detail;
  find("vehicle").replaceChildren(name, " ", client);
  if (vehicle.odometer_km !== null && !form.elements.odometer_km.value) form.elements.odometer_km.value = vehicle.odometer_km;
  dirty = true;
  entry.focus();
  if (who.value) { // typed on while the vehicle was looked for
    entry.value = who.value;
    who.value = "";
    entry.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const newcomer = newcomerDialog(find("dialog=newcomer"), chooseVehicle);
combobox(entry, {
  url: entry.dataset.url, label: entry.labels[0].textContent, choose: addLines,
  unused: (event) => event.key === "ArrowUp" && step(null, -1, "quantity") && event.preventDefault(),
});
combobox(who, {
  url: who.dataset.url, label: who.labels[0].textContent,
  choose: (result) => (result.vehicle ? chooseVehicle(result) : newcomer(result)),
});
find("newcomer").addEventListener("click", (event) => {
  event.preventDefault();
  newcomer({ name: who.value.trim() });
});

/* --- the keys ---------------------------------------------------------------------------------------------------- */
const columnOf = (input) => input.name.replace(/^lines-\d+-/, "");

/* The same cell of the next row; past the last row the field that adds, and from there (no row) back to the last. */
function step(row, by, column) {
  const rows = lines.rows;
  const target = row ? rows[rows.indexOf(row) + by] : rows.at(-1);
  const field = target ? lines.field(target, column) : by > 0 ? entry : null;
  field?.focus();
  if (target) field?.select?.();
  return Boolean(field);
}

function remove(row, column) {
  said.textContent = `${form.dataset.textRemoved} ${lines.field(row, "description").value}`;
  const near = lines.remove(row);
  (near ? lines.field(near, column) : entry).focus();
}

const tools = {
  up: (row) => lines.move(row, -1),
  down: (row) => lines.move(row, 1),
  copy: (row) => lines.copy(row),
  remove: (row) => remove(row, "description"),
};

function onRow(event, row) {
  const input = event.target;
  const column = columnOf(input);
  const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.altKey && way) {
    lines.move(row, way);
    input.focus();
    changed();
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
    lines.field(lines.copy(row), column).focus();
    changed();
  } else if ((event.ctrlKey || event.metaKey) && event.key === "Delete") {
    remove(row, column);
    changed();
  } else if (plain && way && !input.matches("select")) {
    step(row, way, column);
  } else if (plain && event.key === "Enter") {
    entry.focus();
  } else return;
  event.preventDefault();
}

form.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-line]");
  if (row) return onRow(event, row);
  if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit(save);
  } else if (event.key === "?" && !(event.target.matches("input, textarea") && event.target.value !== "")
      && !event.target.matches("textarea")) {
    event.preventDefault();
    find("dialog=keys").showModal();
  }
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tool]");
  if (!button) return;
  tools[button.dataset.tool](button.closest("[data-line]"));
  changed();
});
find("open=keys").addEventListener("click", () => find("dialog=keys").showModal());

/* --- leaving ----------------------------------------------------------------------------------------------------- */
form.addEventListener("input", (event) => {
  if (event.target === entry || event.target === who) return;
  if (event.target.closest("[data-line]") || event.target.name === "discount_percent") changed();
  else dirty = true;
});
form.addEventListener("submit", () => { dirty = false; });
window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

if (!document.querySelector("[data-error-summary]")) (form.elements.vehicle.value ? entry : who).focus();

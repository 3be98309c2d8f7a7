/* Marks of damage on the sketch of a vehicle. A tap on a view sets a mark of the chosen kind; the list beside it says
   the same in words and works by keyboard.
   [data-damage]                the whole; data-text-remove
   [data-damage-view="LEFT"]    an SVG (viewBox 0 0 1000 500) with a <g data-damage-marks>
   [data-damage-kind]           kind of the next mark; [data-damage-where] view for a mark set by keyboard
   [data-damage-note]           word for a mark set by keyboard; [data-damage-add] sets it
   [data-damage-list]           the marks in words; [data-damage-value] hidden input that is sent */

const SVG = "http://www.w3.org/2000/svg";
const HALF = 0.5; // a view is half as high as wide

function element(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function prepare(root) {
  const input = root.querySelector("[data-damage-value]");
  const list = root.querySelector("[data-damage-list]");
  const kind = root.querySelector("[data-damage-kind]");
  const where = root.querySelector("[data-damage-where]");
  const note = root.querySelector("[data-damage-note]");
  const add = root.querySelector("[data-damage-add]");
  const views = [...root.querySelectorAll("[data-damage-view]")];
  const word = (select, value) => [...select.options].find((option) => option.value === value)?.textContent ?? value;
  let marks = [];
  try { marks = JSON.parse(input.value || "[]"); } catch { marks = []; }

  const row = (mark, index) => {
    const item = document.createElement("li");
    item.className = "damage__mark";
    const name = document.createElement("span");
    name.textContent = `${index + 1}. ${word(where, mark.view)} · ${word(kind, mark.kind)}`;
    const words = document.createElement("input");
    words.type = "text";
    words.className = "input";
    words.maxLength = 120;
    words.value = mark.note ?? "";
    words.setAttribute("aria-label", `${name.textContent}, ${note.labels[0]?.textContent ?? ""}`);
    words.addEventListener("input", () => { mark.note = words.value; save(); });
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button--quiet button--small";
    remove.textContent = root.dataset.textRemove;
    remove.addEventListener("click", () => { marks.splice(index, 1); show(); add.focus(); });
    item.append(name, words, remove);
    return item;
  };
  const save = () => { input.value = JSON.stringify(marks); };
  const show = () => {
    save();
    list.replaceChildren(...marks.map(row));
    for (const view of views) {
      const drawn = marks.map((mark, index) => ({ mark, index }))
        .filter(({ mark }) => mark.view === view.dataset.damageView && mark.x !== null && mark.x !== undefined);
      view.querySelector("[data-damage-marks]").replaceChildren(...drawn.flatMap(({ mark, index }) => [
        element("circle", { cx: mark.x, cy: mark.y * HALF, r: 34 }),
        element("text", { x: mark.x, y: mark.y * HALF + 15 }, index + 1),
      ]));
    }
  };
  for (const view of views) {
    view.addEventListener("click", (event) => {
      const box = view.getBoundingClientRect();
      const part = (at, from, length) => Math.max(0, Math.min(1000, Math.round(((at - from) / length) * 1000)));
      marks.push({
        view: view.dataset.damageView, kind: kind.value, note: "",
        x: part(event.clientX, box.left, box.width), y: part(event.clientY, box.top, box.height),
      });
      show();
    });
  }
  add.hidden = false;
  add.addEventListener("click", () => {
    if (!where.value) { where.focus(); return; }
    marks.push({ view: where.value, kind: kind.value, note: note.value, x: null, y: null });
    where.value = note.value = "";
    show();
    where.focus();
  });
  show();
}

for (const root of document.querySelectorAll("[data-damage]")) prepare(root);

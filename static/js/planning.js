/* The board of the workshop: an appointment is taken by the mouse, or by its handle with any pointer, and put on
   another day, hour, lift or mechanic. With the keyboard the handle picks it up, arrows choose, Enter puts it there.
   Without this file each appointment's page has a form for the same. The server decides and says why not. */
const FAR = 6; // px before a press becomes a drag
const texts = document.getElementById("planning-script")?.dataset;
const form = document.querySelector("[data-move-form]");
const said = document.querySelector("[data-board-said]");
let held = null; // {block, target, pointer}

const fits = (cell, block) => cell?.dataset.kind === block.dataset.kind;
const places = (block) => [...document.querySelectorAll("[data-drop]")].filter((cell) => fits(cell, block));

function say(text) {
  said.textContent = text;
}

function aim(cell) {
  held.target?.removeAttribute("data-over");
  held.target = cell;
  if (!cell) return;
  cell.dataset.over = "";
  say(cell.dataset.name);
}

function pick(block, pointer) {
  held = { block, target: null, pointer };
  block.dataset.held = "";
  block.closest("[data-board]").dataset.busy = "";
  block.querySelector("[data-grab]").setAttribute("aria-pressed", "true");
}

function leave() {
  const { block } = held;
  aim(null);
  delete block.dataset.held;
  delete block.closest("[data-board]").dataset.busy;
  block.querySelector("[data-grab]").setAttribute("aria-pressed", "false");
  held = null;
}

function put() {
  const { block, target } = held;
  leave();
  if (!target || target === block.closest("td")) return say(texts.textLeft.replace("{}", block.dataset.name));
  const fields = form.elements;
  fields.to.value = target.dataset.to || `${target.dataset.day}T${block.dataset.time}`;
  fields.lift.value = block.dataset.kind === "PONT" ? target.dataset.resource : "";
  fields.mechanic.value = block.dataset.kind === "PONT" ? "" : target.dataset.resource;
  form.action = form.dataset.action.replace("/0/", `/${block.dataset.block}/`);
  form.submit();
}

/* --- pointer --- */
function follow(start, block) {
  const move = (event) => {
    if (event.pointerId !== start.pointerId) return;
    if (!held) {
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < FAR) return;
      pick(block, start.pointerId);
    }
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-drop]");
    const target = fits(cell, block) ? cell : null;
    if (target !== held.target) aim(target);
  };
  const end = (event) => {
    if (event.pointerId !== start.pointerId) return;
    for (const [name, listener] of heard) document.removeEventListener(name, listener);
    if (held?.pointer !== start.pointerId) return;
    // The click that ends a drag opens nothing.
    const still = (click) => click.preventDefault();
    document.addEventListener("click", still, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", still, { capture: true }));
    if (event.type === "pointerup") put();
    else leave();
  };
  const heard = [["pointermove", move], ["pointerup", end], ["pointercancel", end]];
  for (const [name, listener] of heard) document.addEventListener(name, listener);
}

document.addEventListener("pointerdown", (event) => {
  const block = event.target.closest("[data-block]");
  if (!block || event.button !== 0 || held) return;
  if (event.pointerType !== "mouse" && !event.target.closest("[data-grab]")) return;
  follow(event, block);
});
document.addEventListener("dragstart", (event) => event.target.closest("[data-block]") && event.preventDefault());

/* --- keyboard --- */
/* The nearest place in a direction, by where it stands on the page. */
function next(from, key) {
  const here = from.getBoundingClientRect();
  const x = here.left + Math.min(here.width, 40) / 2, y = here.top + Math.min(here.height, 20) / 2;
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  let best = null, least = Infinity;
  for (const cell of places(held.block)) {
    const there = cell.getBoundingClientRect();
    const right = there.left + Math.min(there.width, 40) / 2 - x, down = there.top + Math.min(there.height, 20) / 2 - y;
    const ahead = right * dx + down * dy;
    const aside = Math.abs(right * dy) + Math.abs(down * dx);
    if (cell === from || ahead < 4) continue;
    const cost = ahead + 3 * aside;
    if (cost < least) [best, least] = [cell, cost];
  }
  return best;
}

for (const grab of document.querySelectorAll("[data-grab]")) {
  grab.hidden = false;
  grab.addEventListener("click", (event) => {
    if (event.detail) return; // a mouse's click; the keyboard's has none
    if (held) return put();
    pick(grab.closest("[data-block]"), null);
    say(texts.textPicked.replace("{}", held.block.dataset.name));
  });
  grab.addEventListener("keydown", (event) => {
    if (!held) return;
    if (event.key === "Escape" || event.key === "Tab") {
      say(texts.textLeft.replace("{}", held.block.dataset.name));
      leave();
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      const cell = next(held.target || grab.closest("td"), event.key);
      if (!cell) return;
      aim(cell);
      cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });
}

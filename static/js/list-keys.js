/* Keys of a list of work: J and K go from row to row, Enter opens (the row's own link has the focus), and any other
   letter presses what carries it as data-key in the row that has the focus, else on the page.
   [data-key-rows] the list, [data-key-row] a row, [data-key-lead] its link, [data-key="d"] what D presses */

const typing = (target) => target.closest("input, select, textarea, [contenteditable], dialog");

function press(control) {
  if (control.matches("input, select, textarea")) control.focus();
  else control.click();
}

function step(rows, by) {
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = now < 0 ? 0 : Math.min(Math.max(now + by, 0), rows.length - 1);
  const lead = rows[next]?.querySelector("[data-key-lead]");
  lead?.focus();
  lead?.closest("[data-key-row]").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || typing(event.target)) return;
  const key = event.key.toLowerCase();
  const rows = [...document.querySelectorAll("[data-key-rows] [data-key-row]")];
  if (key === "j" || key === "k") {
    step(rows, key === "j" ? 1 : -1);
  } else {
    const name = CSS.escape(key);
    const row = event.target.closest("[data-key-row]");
    const control = row?.querySelector(`[data-key="${name}"]`)
      || [...document.querySelectorAll(`[data-key="${name}"]`)].find((found) => !found.closest("[data-key-row]"));
    if (!control) return;
    press(control);
  }
  event.preventDefault();
});

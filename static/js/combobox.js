/* A field that finds while one types: combobox(input, { url, label, choose }). `url` answers {results: [{label, detail, …}]}
   to ?q=; `choose` gets the result taken with Enter or a press. Enter pressed before the answer takes its first result
   when it comes, so that nobody who types fast has to wait. */
const WAIT = 120;
let made = 0;

export function combobox(input, { url, label, choose, unused }) {
  const list = document.createElement("ul");
  list.className = "found";
  list.id = `found-${++made}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let found = [];
  let foundFor = "";
  let active = -1;
  let timer = null;
  let asking = null;
  let wanted = false; // Enter was pressed before the answer came

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    const item = list.children[active];
    if (!item) return;
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  function take(result) {
    clearTimeout(timer);
    asking?.abort();
    timer = asking = null;
    found = [];
    foundFor = "";
    wanted = false;
    input.value = "";
    close();
    choose(result);
  }

  function show() {
    list.replaceChildren(...found.map((result, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      const name = document.createElement("span");
      name.textContent = result.label;
      const detail = document.createElement("small");
      detail.textContent = result.detail;
      item.append(name, detail);
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(result));
      return item;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(found.length ? 0 : -1);
  }

  async function ask(typed) {
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(`${url}?q=${encodeURIComponent(typed)}`, { signal: mine.signal });
      const { results } = await answer.json();
      if (input.value.trim() !== typed) return;
      found = results;
      foundFor = typed;
    } catch {
      wanted = false;
      return;
    } finally {
      if (asking === mine) asking = null;
    }
    if (wanted && found.length) take(found[0]);
    else show();
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    wanted = false;
    const typed = input.value.trim();
    if (typed) timer = setTimeout(() => { timer = null; ask(typed); }, WAIT);
    else { asking?.abort(); found = []; close(); }
  });

  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Enter") {
      event.preventDefault();
      const typed = input.value.trim();
      if (!typed) return;
      if (typed === foundFor && !list.hidden && found[active]) take(found[active]);
      else {
        wanted = true;
        if (timer || !asking) { clearTimeout(timer); timer = null; ask(typed); }
      }
    } else if ((key === "ArrowDown" || key === "ArrowUp") && !event.altKey) {
      if (list.hidden) return unused?.(event);
      event.preventDefault();
      mark((active + (key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
    } else if (key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", close);
}

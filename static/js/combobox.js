/* A field that finds while one types: combobox(input, { url, label, choose }). `url` answers {results: [{label, detail, …}]}
   to ?q=; `choose` gets the result taken with Enter or a press. Enter pressed before the answer takes its first result
   when it comes: the field is free at once, and who types fast goes on with the next. */
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
  let timer;
  let asking = null;
  let queue = Promise.resolve(); // of what was taken blindly, in the order of the Enters

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

  function clear() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
    found = [];
    foundFor = "";
    input.value = "";
    close();
  }

  function take(result) {
    clear();
    choose(result);
  }

  async function results(typed, signal) {
    const answer = await fetch(`${url}?q=${encodeURIComponent(typed)}`, { signal });
    return (await answer.json()).results;
  }

  /* Before the answer is there. When none comes, what was typed stands in the field again. */
  function takeFirst(typed) {
    clear();
    queue = queue.then(async () => {
      try {
        const [first] = await results(typed);
        if (first) choose(first);
      } catch {
        input.value ||= typed;
      }
    });
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
      const answered = await results(typed, mine.signal);
      if (asking !== mine) return;
      found = answered;
      foundFor = typed;
      show();
    } catch {
      if (asking === mine) close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    const typed = input.value.trim();
    if (typed) timer = setTimeout(ask, WAIT, typed);
    else clear();
  });

  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Enter") {
      event.preventDefault();
      const typed = input.value.trim();
      if (typed && typed === foundFor && found[active]) take(found[active]);
      else if (typed) takeFirst(typed);
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

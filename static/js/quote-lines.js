/* The rows of a quote: added, copied, moved, removed, numbered anew; read for the server and marked with its answer. */
const FIELDS = [
  "kind", "product_id", "package_id", "skill", "description", "quantity", "unit_price", "discount_percent", "vat_rate",
];

export class Lines {
  constructor(body, template) {
    this.body = body;
    this.template = template;
    for (const spare of body.querySelectorAll("[data-spare]")) spare.remove();
    this.number();
  }

  get rows() {
    return [...this.body.querySelectorAll("[data-line]")];
  }

  field(row, name) {
    return row.querySelector(`[name$="-${name}"]`);
  }

  /* The names say the order; a browser sends the rows by them. */
  number() {
    this.rows.forEach((row, index) => {
      for (const input of row.querySelectorAll("[name^='lines-']")) {
        input.name = input.name.replace(/^lines-(\d+|__row__)-/, `lines-${index}-`);
        if (input.hasAttribute("aria-describedby")) input.setAttribute("aria-describedby", `lines-${index}-said`);
      }
      row.querySelector(".line__said").id = `lines-${index}-said`;
      this.field(row, "ORDER").value = index + 1;
    });
  }

  add(values, after = null) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    if (after) after.after(row);
    else this.body.append(row);
    this.number();
    for (const name of FIELDS) {
      const input = this.field(row, name);
      const value = values[name] ?? "";
      if (input.matches("select") && value === "") continue;
      if (input.matches("select") && ![...input.options].some((option) => option.value === value)) {
        input.add(new Option(`${Number(value)} %`, value));
      }
      input.value = value;
    }
    return row;
  }

  copy(row) {
    return this.add(this.read(row), row);
  }

  move(row, by) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(row);
    else other.after(row);
    this.number();
  }

  remove(row) {
    const near = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    this.number();
    return near;
  }

  read(row) {
    return Object.fromEntries(FIELDS.map((name) => [name, this.field(row, name).value]));
  }

  /* What the server said about each row; a row that changed since then has asked again. */
  mark(answers) {
    this.rows.forEach((row, index) => {
      const { shown, note, wrong, errors } = answers[index] ?? { shown: "", note: "", wrong: "", errors: {} };
      row.querySelector("[data-line-total]").textContent = shown;
      row.querySelector("[data-note]").textContent = note;
      row.querySelector("[data-wrong]").textContent = wrong;
      for (const name of FIELDS) {
        if (errors[name]) this.field(row, name).setAttribute("aria-invalid", "true");
        else this.field(row, name).removeAttribute("aria-invalid");
      }
    });
  }
}

/* The dialog of a new client and vehicle: newcomerDialog(dialog, choose) gives a function that opens it, filled in with
   what is known ({name, plate, client, label}). Its form is sent as it would be without a script; only the answer stays
   on the page. */
export function newcomerDialog(dialog, choose) {
  const form = dialog.querySelector("form");
  const title = dialog.querySelector("h2");
  const plain = title.textContent;
  let opener = null;

  function tell(errors) {
    for (const old of form.querySelectorAll("[data-told]")) old.remove();
    for (const field of form.querySelectorAll(".field--wrong")) field.classList.remove("field--wrong");
    for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    let first = null;
    for (const [name, texts] of Object.entries(errors)) {
      const input = form.elements[name];
      const field = input?.closest?.(".field");
      const said = document.createElement("div");
      said.className = "field__error";
      said.dataset.told = "";
      said.textContent = texts.join(" ");
      if (field) {
        field.classList.add("field--wrong");
        input.setAttribute("aria-invalid", "true");
        field.querySelector(".field__control").before(said);
        first ??= input;
      } else form.prepend(said);
    }
    first?.focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    if (!answer.ok) return tell(told.errors);
    dialog.close();
    form.reset();
    tell({});
    choose(told);
  });
  form.querySelector("[data-close]").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => opener?.focus());

  return (known = {}) => {
    opener = document.activeElement;
    form.elements.client.value = known.client ?? "";
    for (const name of ["plate", "name"]) if (known[name]) form.elements[name].value = known[name];
    form.querySelector("[data-new-client]").hidden = Boolean(known.client);
    title.textContent = known.client ? known.label : plain;
    dialog.showModal();
    (form.elements.plate.value ? form.elements.make : form.elements.plate).focus();
  };
}

/* Behaviour of forms; each works without it.
   [data-error-summary]  takes the focus, its links focus the field
   form[data-once]       a second press does not send twice, the button says it is busy
   form[data-confirm]    asks the question before sending
   form[data-autosubmit] sends itself when a filter changes
   [data-quantity]       minus and plus around a number */

const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: "nearest" });
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const control = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
    (control || target).focus();
    target.closest(".field")?.scrollIntoView({ block: "center" });
  });
}

function askFirst(form, submitter) {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  dialog.setAttribute("aria-labelledby", "confirm-question");
  const question = document.createElement("p");
  question.id = "confirm-question";
  question.textContent = form.dataset.confirm;
  const actions = document.createElement("div");
  actions.className = "actions";
  const yes = document.createElement("button");
  yes.type = "button";
  yes.className = submitter?.className.includes("danger") ? "button button--danger" : "button";
  yes.textContent = submitter?.textContent.trim() || "OK";
  const no = document.createElement("button");
  no.type = "button";
  no.className = "button button--quiet";
  no.textContent = document.documentElement.dataset.textBack || "Go back";
  actions.append(yes, no);
  dialog.append(question, actions);
  document.body.append(dialog);
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); submitter?.focus(); });
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "yes";
    dialog.close();
    form.requestSubmit(submitter || undefined);
  });
  dialog.showModal();
  no.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    askFirst(form, event.submitter);
    return;
  }
  delete form.dataset.confirmed;
  if (!("once" in form.dataset) || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

/* htmx keeps the page: the same button may be pressed again once the answer is there. */
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  delete form.dataset.sent;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
});

/* A page taken back from the browser's cache starts afresh. */
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form || !("autosubmit" in form.dataset) || event.target.matches("input[type=text], input[type=search]")) return;
  form.requestSubmit();
});

function prepareQuantity(box) {
  const input = box.querySelector("input");
  const buttons = [...box.querySelectorAll("button[data-step]")];
  const limits = () => {
    for (const button of buttons) {
      const next = Number(input.value || 0) + Number(button.dataset.step);
      button.disabled = (input.min && next < Number(input.min)) || (input.max && next > Number(input.max)) || false;
    }
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      input.value = Number(input.value || 0) + Number(button.dataset.step);
      limits();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  input.addEventListener("input", limits);
  limits();
}

/* Also for parts that come later: htmx and live-refresh say when they put something in. */
function prepare(root) {
  for (const button of root.querySelectorAll("form[data-autosubmit] [data-autosubmit-button]")) button.hidden = true;
  for (const box of root.querySelectorAll("[data-quantity]:not([data-ready])")) {
    box.dataset.ready = "";
    prepareQuantity(box);
  }
}
prepare(document);
for (const name of ["htmx:load", "live:refreshed"]) document.addEventListener(name, (event) => prepare(event.target));

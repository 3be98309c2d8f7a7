/* The refund of an order: only the fields that count are shown, and the total follows what is typed. The same
   arithmetic as shop/orders/refund_rules.py (worth); what counts is the preview of the server. */
const form = document.querySelector("[data-refund]");

/* `wanted` of `pieces` that are worth `cents` together: the first pieces bear the extra cents. */
function worth(cents, pieces, wanted) {
  if (!pieces || wanted <= 0) return 0;
  const n = Math.min(wanted, pieces);
  return n * Math.floor(cents / pieces) + Math.min(n, cents % pieces);
}

if (form) {
  const left = Number(form.dataset.left);
  const euros = new Intl.NumberFormat(document.documentElement.lang || "fr", {
    style: "currency",
    currency: form.dataset.currency,
  });
  const line = form.querySelector("[data-total]");
  const what = () => form.querySelector("[name=what]:checked")?.value;

  function articles() {
    let cents = 0;
    for (const row of form.querySelectorAll("[data-line]")) {
      const field = row.querySelector("[data-pieces]");
      const sum = worth(Number(row.dataset.cents), Number(row.dataset.piecesLeft), Number(field?.value || 0));
      const shown = row.querySelector("[data-line-total]");
      if (shown) shown.textContent = sum ? euros.format(sum / 100) : "";
      cents += sum;
    }
    if (form.elements.delivery_fee?.checked) cents += Number(form.querySelector("[data-fee]").dataset.fee);
    return cents;
  }

  function show() {
    const kind = what();
    for (const part of form.querySelectorAll("[data-part]")) part.hidden = !part.dataset.part.split(" ").includes(kind);
    const typed = Math.round(Number((form.elements.amount.value || "0").replace(",", ".")) * 100);
    const cents = { LIGNES: articles(), MONTANT: typed || 0, TOTAL: left }[kind] ?? 0;
    line.hidden = false;
    line.querySelector("output").textContent = euros.format(Math.min(cents, left) / 100);
  }

  form.addEventListener("input", (event) => {
    if (event.target.name !== "reason" && event.target.name !== "restock")
      for (const old of form.querySelectorAll("[data-plan]")) old.remove();
    show();
  });
  show();
}

/* A button that says what it costs: <button data-amount-label="Send {}" data-amount-of="id_amount">.
   Follows the field as it is typed; a text that is no amount brings back the words without one. */
const locale = document.documentElement.lang || "fr";
const format = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });

function euros(text) {
  const plain = text.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
  return /^\d{1,10}(\.\d{1,2})?$/.test(plain) && Number(plain) > 0 ? Number(plain) : null;
}

for (const button of document.querySelectorAll("[data-amount-label]")) {
  const field = document.getElementById(button.dataset.amountOf);
  const words = button.querySelector("[data-amount-words]") ?? button;
  const plain = words.textContent;
  const say = () => {
    const amount = euros(field.value);
    words.textContent = amount === null ? plain : button.dataset.amountLabel.replace("{}", format.format(amount));
  };
  field.addEventListener("input", say);
  say();
}

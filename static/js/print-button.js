/* [data-print] prints the page. Without JavaScript the button stays away: the browser's own menu prints too. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/* Keeps <time data-ago datetime="…"> in words of the page's language; `inWords` is shared with the map. */
const language = document.documentElement.lang || "fr";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "long" });
const NOW = { fr: ["à l’instant", "dans un instant"], en: ["just now", "in a moment"] }[language.slice(0, 2)] || ["just now", "in a moment"];

export function inWords(moment, now = Date.now()) {
  const seconds = (moment - now) / 1000;
  const gap = Math.abs(seconds);
  if (gap < 45) return NOW[seconds > 0 ? 1 : 0];
  const sign = Math.sign(seconds);
  if (gap < 3570) return relative.format(sign * Math.max(1, Math.round(gap / 60)), "minute");
  if (gap < 84600) return relative.format(sign * Math.max(1, Math.round(gap / 3600)), "hour");
  if (gap < 7 * 86400) return relative.format(sign * Math.max(1, Math.round(gap / 86400)), "day");
  return day.format(moment);
}

function refresh() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const text = inWords(Date.parse(element.dateTime), now);
    if (element.textContent !== text) element.textContent = text;
  }
}

refresh();
setInterval(refresh, 20000);

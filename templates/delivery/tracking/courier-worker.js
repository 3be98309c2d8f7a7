{% load i18n static %}{% get_current_language as LANGUAGE_CODE %}/* Service worker of the courier's page. Keeps the last round readable without a network; touches nothing else.
   Pages: from the network first, else as last seen. Files: as last seen first, refreshed behind. Never a POST. */
const KEPT = "courier-1";
const SCOPE = "{% url "delivery:courier" %}";
const OFFLINE_PAGE = `<!doctype html><html lang="{{ LANGUAGE_CODE }}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% translate "Offline" %}</title><link rel="stylesheet" href="{% static "css/tokens.css" %}"><link rel="stylesheet" href="{% static "css/base.css" %}"><link rel="stylesheet" href="{% static "css/forms.css" %}">
<main class="wrap narrow stack" style="padding-block: 3rem"><h1>{% translate "No network" %}</h1>
<p>{% translate "Nothing was sent. Your positions are kept on this phone and go out by themselves when the network is back." %}</p>
<p><a class="button" href="{% url "delivery:courier" %}">{% translate "Back to my round" %}</a></p></main></html>`;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(tidy()));

async function tidy() {
  for (const name of await caches.keys()) if (name.startsWith("courier-") && name !== KEPT) await caches.delete(name);
  await clients.claim();
}

function offline() {
  return new Response(OFFLINE_PAGE, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function page(request) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    // Signed out: what was kept for the person before must not be shown to the next one.
    if (answer.redirected || answer.status === 401 || answer.status === 403) await caches.delete(KEPT);
    else if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    // The pages vary by cookie and language; on this phone there is one reader, so neither matters.
    return (await cache.match(request, { ignoreVary: true })) ?? offline();
  }
}

async function file(request) {
  const cache = await caches.open(KEPT);
  const known = await cache.match(request);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok && answer.type === "basic") await cache.put(request, answer.clone());
    return answer;
  });
  if (!known) return fresh;
  fresh.catch(() => {});
  return known;
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    if (request.mode === "navigate") event.respondWith(fetch(request).catch(offline));
    return;
  }
  if (url.pathname.startsWith("{% get_static_prefix %}")) event.respondWith(file(request));
  else if (url.pathname.startsWith(SCOPE) && url.pathname !== location.pathname) event.respondWith(page(request));
});

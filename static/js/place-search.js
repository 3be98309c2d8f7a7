/* Address fields that suggest: <input data-place-search list="places">. Choosing a suggestion fills postal code and
   town of the same form. Without it, or offline, the field is an ordinary one. */
const WAIT = 200;

for (const input of document.querySelectorAll("[data-place-search]")) {
  const list = document.getElementById(input.getAttribute("list"));
  let timer;
  let found = [];

  const fill = () => {
    const chosen = found.find((place) => place.line1 === input.value || place.label === input.value);
    if (!chosen) return false;
    input.value = chosen.line1;
    for (const name of ["postal_code", "city"]) {
      const field = input.form.elements[name];
      if (field && chosen[name]) field.value = chosen[name];
    }
    return true;
  };

  const ask = async () => {
    try {
      const answer = await fetch(`/api/places/search?q=${encodeURIComponent(input.value)}`);
      if (!answer.ok) return;
      found = await answer.json();
    } catch {
      return;
    }
    list.replaceChildren(...found.map((place) => {
      const option = document.createElement("option");
      option.value = place.line1;
      option.label = `${place.postal_code} ${place.city}`.trim();
      return option;
    }));
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (!fill() && input.value.trim().length > 2) timer = setTimeout(ask, WAIT);
  });
}

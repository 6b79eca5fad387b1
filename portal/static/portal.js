// Comfort beside pages that work without it: suggestions while typing, filters that apply at a click.
"use strict";

const KINDS = { title: "标题", number: "文号", issuer: "机关" };
const PAUSE = 120; // ms without a key before a suggestion is asked for

function suggesting(input, n) {
  const list = document.createElement("ul");
  list.className = "offers";
  list.id = `offers-${n}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "提示");
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let offers = [], at = -1, timer = 0, asking = null, typed = "";

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(to) {
    clearTimeout(timer); // what is chosen from stays as it is
    asking?.abort();
    at = to;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    input.value = at < 0 ? typed : offers[at].text;
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function open(offer) {
    location.assign(offer.id ? `/policies/${encodeURIComponent(offer.id)}`
                             : `/search?q=${encodeURIComponent(offer.query)}`);
  }

  function show() {
    list.replaceChildren(...offers.map((offer, i) => {
      const item = document.createElement("li"), kind = document.createElement("span");
      item.id = `${list.id}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      kind.className = "kind";
      kind.textContent = KINDS[offer.kind] || offer.kind;
      item.append(kind, offer.text);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); open(offer); });
      return item;
    }));
    at = -1;
    list.hidden = offers.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    if (!typed.trim() || typed.length > 100) return close();
    try {
      const answer = await fetch(`/api/v1/suggest?limit=8&q=${encodeURIComponent(typed)}`, { signal: asking.signal });
      if (!answer.ok) return close();
      offers = (await answer.json()).items;
      if (document.activeElement === input) show();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", (event) => {
    typed = input.value;
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      open(offers[at]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && offers.length) {
      event.preventDefault();
      if (list.hidden) {
        typed = input.value;
        return ask();
      }
      const round = offers.length + 1; // one more place: what was typed
      choose((at + 1 + (event.key === "ArrowDown" ? 1 : round - 1)) % round - 1);
    }
  });
}

document.querySelectorAll("input[data-suggest]").forEach(suggesting);

// A click with a pointer applies after a moment, so that several may be ticked; keys wait for the button.
document.querySelectorAll("form[data-filters]").forEach((form) => {
  let timer = 0, pointed = false;
  form.addEventListener("pointerdown", () => { pointed = true; });
  form.addEventListener("keydown", () => { pointed = false; });
  form.addEventListener("change", (event) => {
    clearTimeout(timer);
    if (pointed && event.target.type === "checkbox") timer = setTimeout(() => form.requestSubmit(), 700);
  });
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  });
});

// Comfort for the document page; without it everything is there but copying and printing by a button.
"use strict";

function copy(button) {
  const target = document.getElementById(button.dataset.copy);
  const told = button.textContent;
  const done = () => { button.textContent = "已复制"; setTimeout(() => { button.textContent = told; }, 2000); };
  const mark = () => getSelection().selectAllChildren(target);
  if (navigator.clipboard) navigator.clipboard.writeText(target.textContent).then(done, mark);
  else mark();
}

async function load(section) {
  try {
    const answer = await fetch(section.dataset.load);
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("ol.results");
    if (found) section.append(document.adoptNode(found));
  } catch {
    // the link stays
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    load(entry.target);
  }
}, { rootMargin: "600px" });
document.querySelectorAll("section[data-load]").forEach((section) => seen.observe(section));

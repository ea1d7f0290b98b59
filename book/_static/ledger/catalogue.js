// The catalogue's filter: figures whose title or chapter holds every word stay.
const holder = document.querySelector(".catalogue-tools");
const items = [...document.querySelectorAll(".catalogue > li")];
const chapters = [...new Set(items.map((item) => item.dataset.chapter))];

const search = Object.assign(document.createElement("input"), { type: "search", name: "words", autocomplete: "off" });
const select = Object.assign(document.createElement("select"), { name: "chapter" });
select.append(new Option("all", ""), ...chapters.map((name) => new Option(name, name)));
const shown = Object.assign(document.createElement("p"), { className: "ledger-shown" });
shown.setAttribute("role", "status");
const labelled = (title, control) => {
  const label = document.createElement("label");
  label.append(`${title} `, control);
  return label;
};
holder.append(labelled("Search", search), labelled("Chapter", select), shown);

const draw = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of items) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word)) || (select.value && item.dataset.chapter !== select.value);
  }
  shown.textContent = `${items.filter((item) => !item.hidden).length} of ${items.length} figures`;
};
holder.addEventListener("input", draw);
draw();

// The ledger's tools: search, sort and filter in place with DataTables, which is fetched when they are opened.
const holder = document.querySelector(".ledger-tools");
const table = document.querySelector("table.claims");
const FACETS = { article: "Article", chapter: "Chapter", kind: "Kind", verdict: "Verdict", attributedTo: "Said by" };

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const chooser = (facet, title) => {
  const values = [...new Set([...table.tBodies[0].rows].map((row) => row.dataset[facet]))].sort();
  const select = element("select", { name: facet }, element("option", { value: "", textContent: "all" }));
  select.append(...values.map((value) => element("option", { value, textContent: value.replaceAll("_", ": ") })));
  return element("label", {}, `${title} `, select);
};

const open = async () => {
  const { jQuery } = await import("./datatables.js");
  const choosers = Object.entries(FACETS).map(([facet, title]) => chooser(facet, title));
  const search = element("input", { type: "search", name: "search", autocomplete: "off" });
  const shown = element("p", { className: "ledger-shown", role: "status" });
  holder.replaceChildren(element("label", {}, "Search ", search), ...choosers, shown);

  const api = jQuery(table).DataTable({ paging: false, info: false, autoWidth: false, order: [], layout: { topEnd: null } });
  const chosen = () => choosers.map((label) => label.querySelector("select")).filter((select) => select.value);
  jQuery.fn.dataTable.ext.search.push((settings, cells, index) => {
    const { dataset } = api.row(index).node();
    return chosen().every((select) => dataset[select.name] === select.value);
  });
  const draw = () => {
    api.search(search.value).draw();
    shown.textContent = `${api.rows({ search: "applied" }).count()} of ${api.rows().count()} claims`;
  };
  holder.addEventListener("input", draw);
  draw();
  search.focus();
};

if (holder && table) {
  holder.append(element("button", { type: "button", textContent: "Search, sort and filter", onclick: open }));
}

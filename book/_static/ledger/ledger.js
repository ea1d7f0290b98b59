// A register's tools: search, sort and filter in place with DataTables, which is fetched when they are opened.
// The form names its table; the table names its facets, "verdict:Verdict;article:Article", and what its rows are.
const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// A row can have several values of a facet, such as two articles: they are joined by a semicolon.
const values = (row, facet) => row.dataset[facet].split(";");

const chooser = (table, facet, title) => {
  const all = [...new Set([...table.tBodies[0].rows].flatMap((row) => values(row, facet)))].sort();
  const select = element("select", { name: facet }, element("option", { value: "", textContent: "all" }));
  select.append(...all.map((value) => element("option", { value, textContent: value.replaceAll("_", ": ") })));
  return element("label", {}, `${title} `, select);
};

const open = async (holder, table) => {
  const { jQuery } = await import("./datatables.js");
  const facets = table.dataset.facets.split(";").map((facet) => facet.split(":"));
  const choosers = facets.map(([facet, title]) => chooser(table, facet, title));
  const search = element("input", { type: "search", name: "search", autocomplete: "off" });
  const shown = element("p", { className: "ledger-shown", role: "status" });
  holder.replaceChildren(element("label", {}, "Search ", search), ...choosers, shown);

  const api = jQuery(table).DataTable({ paging: false, info: false, autoWidth: false, order: [], layout: { topEnd: null } });
  const chosen = () => choosers.map((label) => label.querySelector("select")).filter((select) => select.value);
  jQuery.fn.dataTable.ext.search.push((settings, cells, index) => {
    if (settings.nTable !== table) return true;
    const row = api.row(index).node();
    return chosen().every((select) => values(row, select.name).includes(select.value));
  });
  const draw = () => {
    api.search(search.value).draw();
    shown.textContent = `${api.rows({ search: "applied" }).count()} of ${api.rows().count()} ${table.dataset.rows}`;
  };
  holder.addEventListener("input", draw);
  draw();
  search.focus();
};

for (const holder of document.querySelectorAll(".ledger-tools[data-table]")) {
  const table = document.querySelector(`table.${holder.dataset.table}`);
  const start = () => open(holder, table);
  holder.append(element("button", { type: "button", textContent: "Search, sort and filter", onclick: start }));
}

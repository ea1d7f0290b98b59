// Reader's controls. Opened, a control fetches Vega once, draws its chart and recomputes it from the inputs; what the
// reader changed stands in the address, so that a scenario can be sent on.
const SCALES = [[1e12, "tn"], [1e9, "bn"], [1e6, "m"]];
// Twelve digits first: 18.75 that arrives as 18.7499999999 is written as the report writes it.
const plain = (value) => Number(value.toPrecision(12)).toLocaleString("en-GB", { maximumSignificantDigits: 3 });
const UNITS = {
  fraction: (value) => `${plain(100 * value)}%`,
  probability: (value) => `${plain(100 * value)}%`,
  ratio: (value) => `${plain(value)} times`,
  count: plain,
  none: plain,
  "FLOP/byte": (value) => `${plain(value)} operations per byte`,
};

const written = (value, unit) => text(value, unit).replace("-", "\u2212");
const text = (value, unit) => {
  if (typeof value !== "number" || !Number.isFinite(value)) return typeof value === "string" ? value : "–";
  if (UNITS[unit]) return UNITS[unit](value);
  const [money, each] = unit.split("/");
  if (["USD", "RMB", "HKD"].includes(money)) {
    const [scale, name] = SCALES.find(([size]) => Math.abs(value) >= size) ?? [1, ""];
    const body = scale > 1 || each ? plain(value / scale) : value.toLocaleString("en-GB", { maximumFractionDigits: value < 100 ? 2 : 0 });
    return `${money} ${body}${name}${each ? ` a ${each}` : ""}`;
  }
  return `${value >= 1000 ? value.toLocaleString("en-GB", { maximumSignificantDigits: 3 }) : plain(value)} ${unit}`;
};

// As a module the bundle keeps its own names to itself; the page's other scripts use some of the same.
const vega = async () => (await import("./vega.js"), window.vegaEmbed);

const config = () => {
  const style = getComputedStyle(document.documentElement);
  const [ink, muted, rule, font] = ["--ink", "--muted", "--rule", "--sans"].map((name) => style.getPropertyValue(name).trim());
  return {
    font,
    axis: { labelFontSize: 12, titleFontSize: 12, labelColor: muted, titleColor: ink, gridColor: rule, domainColor: muted, tickColor: muted, titleFontWeight: "normal" },
    legend: { labelFontSize: 12, labelColor: ink, titleColor: ink },
    text: { color: ink },
    view: { stroke: null },
  };
};

const start = (section) => {
  const { id, spec, dark, readouts } = JSON.parse(section.querySelector(".control-data").textContent);
  const details = section.querySelector("details");
  const fields = [...section.querySelectorAll(".control-form [name]")];
  const state = section.querySelector(".control-state");
  const key = (field) => `${id}.${field.name}`;
  const valueOf = (field) => JSON.parse(field.value);
  const moved = () => fields.filter((field) => valueOf(field) !== JSON.parse(field.dataset.book));
  let view;

  const asked = new URLSearchParams(location.search);
  for (const field of fields) {
    const text = asked.get(key(field));
    if (text === null) continue;
    const before = field.value;
    field.value = field.tagName === "SELECT" ? JSON.stringify(text) : text;
    if (field.value === "") field.value = [...field.options].some(({ value }) => value === text) ? text : before;
    details.open = true;
  }

  const say = () => {
    for (const field of fields) {
      const out = field.parentElement.querySelector("output");
      if (out) out.textContent = written(valueOf(field), field.dataset.unit);
    }
    const own = moved();
    section.classList.toggle("is-readers", own.length > 0);
    const names = own.map((field) => field.labels[0].textContent);
    state.textContent = own.length
      ? `Your scenario, not the report's: you changed ${names.join(", ")}. The address of this page now holds it. `
      : "These are the values of the report.";
    if (own.length) {
      const back = Object.assign(document.createElement("button"), { type: "button", textContent: "Back to the report's values" });
      back.onclick = () => {
        for (const field of fields) field.value = field.dataset.book;
        follow();
        fields[0].focus();
      };
      state.append(back);
    }
    const address = new URL(location.href);
    for (const field of fields) address.searchParams.delete(key(field));
    for (const field of own) address.searchParams.set(key(field), valueOf(field));
    history.replaceState(null, "", address);
  };

  const read = () => {
    for (const cell of section.querySelectorAll("[data-readout]"))
      cell.textContent = written(view.signal(cell.dataset.readout), readouts[cell.dataset.readout]);
  };

  const follow = async () => {
    say();
    if (!view) return;
    for (const field of fields) view.signal(field.name, valueOf(field));
    await view.runAsync();
    read();
  };

  const draw = async () => {
    const embed = await vega();
    let text = JSON.stringify(spec);
    if (document.documentElement.dataset.theme === "dark")
      text = text.replace(/#[0-9a-f]{6}\b/gi, (color) => dark[color.toLowerCase()] ?? color);
    const drawn = JSON.parse(text);
    const values = Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
    for (const param of drawn.params) if (param.name in values) param.value = values[param.name];
    view?.finalize();
    ({ view } = await embed(section.querySelector(".control-chart"), drawn, { actions: false, renderer: "svg", config: config() }));
    section.view = view;
    read();
    section.dataset.ready = "yes";
  };

  const open = () => {
    if (!details.open || view) return;
    say();
    draw().catch((error) => { state.textContent = `The chart cannot be drawn: ${error.message}.`; });
  };
  details.addEventListener("toggle", open);
  section.querySelector(".control-form").addEventListener("input", follow);
  new MutationObserver(() => view && draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  open();
};

document.querySelectorAll("section.control").forEach(start);

// Notes of numbers. Where nothing can hover, a first tap opens the note and a second follows the link; Escape hides
// a note, and so does a tap elsewhere.
(() => {
  const clear = (name, keep) =>
    document.querySelectorAll(`.num.${name}`).forEach((num) => num === keep || num.classList.remove(name));

  document.addEventListener("click", (event) => {
    const num = event.target.closest(".num");
    const tapped = num && event.target.closest(".num > a") && matchMedia("(hover: none)").matches;
    if (tapped && !num.classList.contains("is-open")) {
      event.preventDefault();
      num.classList.add("is-open");
    }
    clear("is-open", num);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll(".num:is(:hover, :focus-within, .is-open)").forEach((num) => {
      num.classList.remove("is-open");
      num.classList.add("is-dismissed");
    });
  });
  for (const moved of ["pointerover", "focusin"]) {
    document.addEventListener(moved, (event) => clear("is-dismissed", event.target.closest(".num")));
  }

  // A link may lead into a folded part: open it, so that the place can be seen.
  const unfold = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let folded = place?.closest("details:not([open])");
    if (!folded) return;
    for (; folded; folded = folded.parentElement.closest("details:not([open])")) folded.open = true;
    place.scrollIntoView();
  };
  addEventListener("load", unfold);
  addEventListener("hashchange", unfold);

  // A formula wider than the page scrolls in its own box, which the keyboard then has to reach.
  const reach = () =>
    document.querySelectorAll(".bd-article div.math").forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  addEventListener("load", reach);
  addEventListener("resize", reach);

  // The search page quotes the article, not the buttons and notes around it.
  document.addEventListener("DOMContentLoaded", () => {
    if (typeof Search === "undefined") return;
    if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; // pages cannot be fetched
    const textOf = Search.htmlToText;
    Search.htmlToText = (source, anchor) => {
      const page = new DOMParser().parseFromString(source, "text/html");
      page.querySelectorAll(".num-note, .code-fold, .card-actions").forEach((part) => part.remove());
      const article = page.querySelector(".bd-article")?.innerHTML ?? "";
      return textOf(`<div role="main">${article.replace(/<\/(?:t[dh]|d[dt]|li|p|h\d)>/g, "$& ")}</div>`, anchor);
    };
  });
})();

// The record that a reader came from stands in the address: corrections.html?about=c000-019#challenge.
const about = new URLSearchParams(location.search).get("about") ?? "";
const form = document.getElementById("challenge-form");
if (/^[A-Za-z0-9-]+$/.test(about)) form.textContent = form.textContent.replace("(its id)", about);

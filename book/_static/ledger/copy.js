// Copy buttons: the text is put on the clipboard and a status line says so.
const status = document.querySelector(".copied");
for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies).textContent;
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = `${button.textContent.replace("Copy ", "Copied ")}.`;
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
      status.textContent = "Selected; copy it with the keyboard.";
    }
  });
}

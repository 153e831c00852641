/* Small comforts of the account pages. data-time-zone: an input that gets the browser's time zone.
   data-copy="id": a button that copies the text or value of that element. data-print: a button that prints. */
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.querySelectorAll("input[data-time-zone]").forEach((input) => { input.value ||= zone ?? ""; });
  document.querySelectorAll("[data-print]").forEach((button) => { button.addEventListener("click", () => print()); });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const words = button.querySelector("span") ?? button, before = words.textContent;
    try {
      await navigator.clipboard.writeText(source.value ?? source.innerText);
      words.textContent = tr("Copied");
    } catch {
      source.select?.();
      words.textContent = tr("Press Ctrl C");
    }
    setTimeout(() => { words.textContent = before; }, 2000);
  });
})();

"use strict";
// Works without a network and under file://, where some browsers have no navigator.clipboard.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copied]");
  if (!button) return;
  const code = button.closest("figure").querySelector("code");
  const done = (await byClipboard(code.textContent)) || bySelection(code);
  const said = done ? button.dataset.copied : button.dataset.failed;
  const label = button.dataset.label || (button.dataset.label = button.textContent);
  button.textContent = said;
  button.classList.toggle("done", done);
  document.getElementById("told").textContent = said;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    button.textContent = label;
    button.classList.remove("done");
  }, 2000);
});

async function byClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function bySelection(code) {
  const range = document.createRange();
  range.selectNodeContents(code);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  }
}

// @ts-check
/** Copy buttons: `data-copy` names the element whose text is copied; the button says so for two seconds, aloud too. */

const SAID_FOR = 2000; // ms

/** @param {string} text @returns {Promise<void>} rejects if the browser does not allow copying */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard on a page without https: select the text in a field, and let the browser copy that.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (!copied) throw new Error("the browser refused to copy");
  }
}

/** @returns {Element} the page's one live region for copies */
function liveRegion() {
  const made = document.querySelector("[data-copy-voice]");
  if (made) return made;
  const region = document.createElement("div");
  region.className = "visually-hidden";
  region.dataset.copyVoice = "";
  region.setAttribute("role", "status");
  document.body.append(region);
  return region;
}

/** @param {HTMLElement} button */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  const label = button.querySelector("[data-copy-label]") ?? button;
  button.dataset.copyName ??= label.textContent ?? "";
  let said = "Copied";
  try {
    await write(source?.textContent ?? "");
  } catch {
    said = "Not copied: select the text and copy it";
  }
  label.textContent = said;
  liveRegion().textContent = `${said}: ${button.dataset.copyName.replace(/^Copy /, "")}`;
  clearTimeout(Number(button.dataset.copyTimer));
  const timer = setTimeout(() => {
    label.textContent = button.dataset.copyName ?? "";
    liveRegion().textContent = "";
  }, SAID_FOR);
  button.dataset.copyTimer = String(timer);
}

/** @param {{root: ParentNode}} page where to look for copy buttons */
export function start({ root }) {
  liveRegion();
  for (const button of root.querySelectorAll("button[data-copy]")) {
    if (!(button instanceof HTMLElement) || button.dataset.copyReady) continue;
    button.dataset.copyReady = "";
    button.addEventListener("click", () => void copy(button));
  }
}

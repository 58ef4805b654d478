// @ts-check
/**
 * Prompts are radio buttons and need no script to choose. With one, Enter on the chosen pill copies its prompt, and a
 * link opens the assistant in a tab of its own: nobody is asked before it is pressed.
 */

/** Where each assistant starts a new chat; `?q=` where it takes the prompt from there. @type {Record<string, string>} */
const ADDRESSES = {
  Claude: "https://claude.ai/new?q=",
  GPT: "https://chatgpt.com/?q=",
  Gemini: "https://gemini.google.com/app",
};

/** @param {{root: ParentNode}} page where to look for prompts */
export function start({ root }) {
  for (const choice of root.querySelectorAll(".prompt-choice")) {
    if (!(choice instanceof HTMLElement) || choice.dataset.ready) continue;
    choice.dataset.ready = "";
    choice.addEventListener("keydown", (event) => {
      const pill = event.target;
      if (event.key !== "Enter" || !(pill instanceof HTMLInputElement)) return;
      event.preventDefault();
      copyIn(choice.querySelector(`input[id="${CSS.escape(pill.id)}"] + label + .prompt`));
    });
    for (const prompt of choice.querySelectorAll(".prompt")) offerToOpen(prompt);
  }
}

/** @param {Element} prompt */
function offerToOpen(prompt) {
  const link = prompt.querySelector("a[data-assistant]");
  const start = ADDRESSES[link?.getAttribute("data-assistant") ?? ""];
  if (!(link instanceof HTMLAnchorElement) || !start) return;
  const text = prompt.querySelector("blockquote")?.textContent ?? "";
  link.href = start.endsWith("=") ? start + encodeURIComponent(text) : start;
  link.hidden = false;
  link.addEventListener("click", () => copyIn(prompt)); // every assistant can be pasted into
}

/** @param {Element | null} prompt */
function copyIn(prompt) {
  const button = prompt?.querySelector("button[data-copy]");
  if (button instanceof HTMLElement) button.click();
}

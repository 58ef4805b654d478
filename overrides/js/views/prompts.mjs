// @ts-check
/** Prompts are radio buttons and need no script to choose; with one, Enter on the chosen pill copies its prompt. */

/** @param {{root: ParentNode}} page where to look for prompts */
export function start({ root }) {
  for (const choice of root.querySelectorAll(".prompt-choice")) {
    if (!(choice instanceof HTMLElement) || choice.dataset.ready) continue;
    choice.dataset.ready = "";
    choice.addEventListener("keydown", (event) => {
      const pill = event.target;
      if (event.key !== "Enter" || !(pill instanceof HTMLInputElement)) return;
      event.preventDefault();
      const prompt = choice.querySelector(`input[id="${CSS.escape(pill.id)}"] + label + .prompt button[data-copy]`);
      if (prompt instanceof HTMLElement) prompt.click();
    });
  }
}

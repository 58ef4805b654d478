// @ts-check
/** One row of a figure is chosen: by a tap, a click or Enter; a mouse or an arrow key previews; Esc resets. */

/**
 * @typedef {object} Rows
 * @property {HTMLElement} root the figure
 * @property {HTMLButtonElement[]} buttons one per row, in order
 * @property {number} home the row chosen at first
 * @property {number} columns how many cells a row has
 * @property {(row: number, column: number | null) => void} show draws a row as the one looked at
 */

/**
 * Keeps one tab stop in the figure and calls `show` whenever another row or cell is looked at.
 * Rows and buttons carry `data-row`; a cell's column is its place among the cells of its row.
 * @param {Rows} rows
 * @returns {{redraw: () => void}} for when the figure's numbers have changed
 */
export function chooseRow({ root, buttons, home, columns, show }) {
  let chosen = home;
  let seen = home;
  /** @type {number | null} null: the row's largest */
  let column = null;

  const draw = () => show(seen, column);

  /** @param {number} row @param {number | null} [cell] */
  const look = (row, cell = null) => {
    if (row === seen && cell === column) return;
    seen = row;
    column = cell;
    draw();
  };

  /** @param {number} row */
  const choose = (row) => {
    chosen = row;
    buttons.forEach((button, index) => {
      button.setAttribute("aria-pressed", String(index === row));
      button.tabIndex = index === row ? 0 : -1;
    });
  };

  /** @param {EventTarget | null} target @returns {[number, number | null] | null} */
  const place = (target) => {
    const element = target instanceof Element ? target : null;
    const row = element?.closest("[data-row]");
    if (!(row instanceof HTMLElement) || !root.contains(row)) return null;
    const cell = element?.closest("td");
    return [Number(row.dataset.row), cell ? cell.cellIndex - 1 : null];
  };

  root.addEventListener("pointerover", (event) => {
    const at = event.pointerType === "mouse" ? place(event.target) : null;
    if (at) look(...at);
  });
  root.addEventListener("pointerleave", () => look(chosen));
  root.addEventListener("click", (event) => {
    const at = place(event.target);
    if (!at) return;
    choose(at[0]);
    look(...at);
  });
  root.addEventListener("focusin", (event) => {
    const at = place(event.target);
    if (at && event.target instanceof Element && event.target.matches(":focus-visible")) look(...at);
  });
  root.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && root.contains(event.relatedTarget)) return;
    choose(chosen);
    look(chosen);
  });
  root.addEventListener("keydown", (event) => {
    const from = buttons.findIndex((button) => button === event.target);
    if (from < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = buttons.length - 1;
    const steps = { ArrowUp: from - 1, ArrowDown: from + 1, Home: 0, End: last, Escape: home };
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const to = column === null ? (event.key === "ArrowLeft" ? columns - 1 : 0) : column + (event.key === "ArrowLeft" ? -1 : 1);
      look(from, Math.min(columns - 1, Math.max(0, to)));
    } else if (event.key in steps) {
      const to = Math.min(last, Math.max(0, steps[/** @type {keyof typeof steps} */ (event.key)]));
      if (event.key === "Escape") choose(home);
      buttons.forEach((button, index) => (button.tabIndex = index === to ? 0 : -1));
      buttons[to].focus();
      look(to);
    } else return;
    event.preventDefault();
  });

  return { redraw: draw };
}

/**
 * What Python wrote for the view of a figure.
 * @param {HTMLElement} root
 * @returns {any}
 */
export function readData(root) {
  return JSON.parse(root.querySelector(':scope > script[type="application/json"]')?.textContent ?? "");
}

/**
 * Positions by falling weight; equal weights stay in the order of the sentence.
 * @param {number[]} row
 */
export function ranked(row) {
  return row.map((_, index) => index).sort((one, other) => row[other] - row[one] || one - other);
}

// @ts-check
/**
 * The note beside the text. A button in the page's header opens it, or the key N; what is selected in the lesson goes
 * into it as a quote. It is the note at the end of the page: both fields show the same entry of the record.
 */

import { address, element } from "../../dom/elements.mjs";
import { entryOf } from "../../record/record_types.mjs";
import { isQuotable, piecesOf, textDirective, withQuote } from "../../text/quotes.mjs";
import { NoteField } from "./field.mjs";
import { find, lesson, sectionOf, show, wordsIn } from "./passage.mjs";

/** @typedef {import("../../store/store.mjs").Store} Store */

const BESIDE = "(min-width: 76.25em)"; // where Material shows the table of contents, whose place the panel takes
const SETTLED = 150; // ms after which a selection is finished
const KEY = "n";

export class NotesPanel {
  /** @type {Element | null} that had the focus before the panel was opened */ #before = null;
  /** @type {Range | undefined} of the lesson that can be quoted */ #selected;

  /**
   * @param {string} id of the note
   * @param {Store} store
   */
  constructor(id, store) {
    this.id = id;
    this.store = store;
    this.lesson = lesson();
    this.button = element(
      "button",
      { type: "button", class: "md-header__button opens-notes", "aria-expanded": "false", "aria-keyshortcuts": KEY, title: "Notes (N)" },
      icon(),
      element("span", {}, "Notes"),
    );
    this.field = element("textarea", { id: "notes-panel-field", "aria-label": "Your notes", class: "topic-notes-textarea" });
    this.reading = element("div", { class: "notes-read", tabindex: "0", role: "region", "aria-label": "Your notes, to read", hidden: true });
    this.modes = ["Write", "Read"].map((name, at) => {
      const mode = element("button", { type: "button", "aria-pressed": String(at === 0) }, name);
      mode.addEventListener("click", () => this.#show(name === "Read"));
      return mode;
    });
    const close = element("button", { type: "button", class: "btn btn-quiet", "aria-label": "Close the notes", title: "Close (Esc)" }, "✕");
    close.addEventListener("click", () => this.close());
    const head = element("div", { class: "notes-panel-head" }, element("h2", {}, "Notes"), element("div", { class: "notes-modes", role: "group", "aria-label": "What is shown" }, ...this.modes), close);
    const links = element("p", { class: "notes-links" }, element("a", { href: address("dashboard/#all-notes") }, "All notes"));
    this.panel = element("aside", { class: "notes notes-panel md-typeset", "aria-label": "Notes", hidden: true }, head, this.reading, this.field, links);
    this.offer = element("button", { type: "button", class: "btn quote-offer", hidden: true }, "Quote in notes", element("kbd", { "aria-hidden": "true" }, "N"));

    const header = document.querySelector(".md-header__inner");
    header?.insertBefore(this.button, header.querySelector(":scope > [data-md-component=palette]"));
    if (!header) this.lesson.before(this.button);
    document.body.append(this.offer);
    this.#listen();
  }

  #listen() {
    this.button.addEventListener("click", () => (this.panel.hidden ? this.open() : this.close()));
    this.offer.addEventListener("pointerdown", (event) => event.preventDefault()); // the selection stays
    this.offer.addEventListener("click", () => this.open());
    // Before Material, which turns to the next page at N.
    document.addEventListener("keydown", (event) => this.#pressed(event), { capture: true });
    this.panel.addEventListener("focusout", ({ relatedTarget }) => {
      const isLeft = relatedTarget instanceof Node && !this.panel.contains(relatedTarget);
      if (isLeft && !matchMedia(BESIDE).matches) this.#hide(); // it would cover what has the focus
    });
    let waiting = 0;
    document.addEventListener("selectionchange", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#offerQuote(), SETTLED);
    });
    this.store.subscribe(() => this.#draw());
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key === "Escape" && !this.panel.hidden && this.panel.contains(document.activeElement)) {
      event.stopPropagation();
      this.close();
    }
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    const isFree = !isTyping(event.target) && !document.querySelector("dialog[open]");
    if (event.key.toLowerCase() !== KEY || !isPlain || !isFree) return;
    event.preventDefault();
    event.stopPropagation();
    this.open();
  }

  /** Opens the panel, with a quote of what is selected in the lesson. */
  open() {
    if (this.panel.hidden) this.#before = document.activeElement;
    if (!this.panel.isConnected) {
      (document.querySelector(".md-main__inner") ?? document.body).append(this.panel);
      new NoteField(this.field, this.store, this.id);
    }
    const quote = this.#quotable();
    this.panel.hidden = false;
    this.#told();
    if (quote && this.#canWrite) {
      getSelection()?.removeAllRanges();
      this.#offerQuote();
      this.field.value = withQuote(this.field.value, quote);
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (quote || this.reading.hidden) this.#show(false);
    else this.#show(true);
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    this.field.scrollTop = this.field.scrollHeight;
  }

  /** Closes it; the focus goes back to where it was. */
  close() {
    const back = this.#before instanceof HTMLElement && this.#before !== document.body ? this.#before : this.button;
    back.focus({ preventScroll: true }); // first: a field that loses the focus stores its text
    this.#hide();
  }

  #hide() {
    this.panel.hidden = true;
    this.#told();
  }

  #told() {
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
    document.documentElement.classList.toggle("notes-open", !this.panel.hidden);
  }

  /** @param {boolean} read to read what is written, with its quotes, or to write */
  #show(read) {
    this.modes.forEach((mode, at) => mode.setAttribute("aria-pressed", String((at === 1) === read)));
    this.field.hidden = read;
    this.reading.hidden = !read;
    this.#draw();
    (read ? this.reading : this.field).focus({ preventScroll: true });
  }

  get #canWrite() {
    return this.store.status !== "newer";
  }

  #quotable() {
    const range = this.#selection();
    const passage = range ? wordsIn(range) : "";
    return range && isQuotable(passage) ? { passage, ...sectionOf(this.lesson, range) } : undefined;
  }

  #selection() {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
    const range = selection.getRangeAt(0);
    const { commonAncestorContainer: place } = range;
    const element = place instanceof Element ? place : place.parentElement;
    return this.lesson.contains(place) && !element?.closest(".notes, textarea, input") ? range : undefined;
  }

  #offerQuote() {
    const range = this.#quotable() && this.#canWrite ? this.#selection() : undefined;
    this.offer.hidden = !range;
    if (!range) return;
    const { left, bottom } = range.getBoundingClientRect();
    const room = document.documentElement.clientWidth - this.offer.offsetWidth - 8;
    this.offer.style.left = `${scrollX + Math.max(8, Math.min(left, room))}px`;
    this.offer.style.top = `${scrollY + bottom + 8}px`;
  }

  #draw() {
    if (this.panel.hidden || this.reading.hidden) return;
    const pieces = piecesOf(entryOf(this.store.record.notes, this.id)?.content ?? "");
    const drawn = pieces.map((piece) => ("text" in piece ? element("p", { dir: "auto" }, piece.text) : this.#quote(piece)));
    this.reading.replaceChildren(...(drawn.length > 0 ? drawn : [element("p", { class: "meta" }, "Nothing is written yet.")]));
  }

  /** @param {import("../../text/quotes.mjs").Quote} quote */
  #quote({ passage, section, name }) {
    const found = find(this.lesson, passage);
    const hasSection = document.getElementById(section) !== null;
    const link = element("a", { href: found ? `#${section}:~:${textDirective(passage)}` : `#${section}` }, name);
    link.addEventListener("click", (event) => {
      if (!matchMedia(BESIDE).matches) this.#hide();
      const range = find(this.lesson, passage);
      if (!range) return; // the browser goes to the section
      event.preventDefault();
      show(range);
    });
    const said = found ? [link] : hasSection ? ["This passage has changed. Its section: ", link] : [`This passage is gone, and so is its section, “${name}”.`];
    return element("blockquote", { class: found ? "" : "is-changed" }, element("p", { dir: "auto" }, passage), element("p", { class: "meta" }, ...said));
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** A sheet with lines on it. */
function icon() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 8.5h7M8.5 12h4");
  svg.append(path);
  return svg;
}

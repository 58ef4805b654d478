// @ts-check
/**
 * A figure that a reader moves: one frame at a time, by bar, buttons or keys. It opens on the frame that makes the point.
 * Frames that are too large for the page are fetched when the slider comes near; until then, and where that fails, the
 * three frames that paper shows stay.
 */

import * as figure from "../figure/view.mjs";

const PLAY = 600; // ms a frame
const REST = 500; // ms without a move, after which a screen reader is told
const SEVERAL = 3; // frames that PageUp and PageDown move

/**
 * @typedef {object} Live what directive.py writes
 * @property {number} opens
 * @property {string[][]} said by frame: its value, then each number with its name
 * @property {string[]} alt by frame
 * @property {string[]} values by frame, as shown
 * @property {string[][]} numbers by name and frame, as shown
 * @property {string | string[]} frames HTML by frame, or the address of that
 */

/** @param {{root: ParentNode}} page */
export function start({ root }) {
  /** @type {NodeListOf<HTMLElement>} */
  const sliders = root.querySelectorAll('[data-directive="slider"]:not([data-started])');
  for (const element of sliders) {
    element.setAttribute("data-started", "");
    new Slider(element);
  }
}

class Slider {
  /** @type {string[]} */ #frames = [];
  #at = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #playing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #resting;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    const script = this.#find(":scope > script");
    /** @type {Live} */
    this.live = JSON.parse(script.textContent ?? "");
    this.places = (script.dataset.places ?? "").split(" ").map(Number);
    this.range = /** @type {HTMLInputElement} */ (this.#find(".slider-range"));
    if (typeof this.live.frames !== "string") this.#open(this.live.frames);
    else this.#openWhenNear(this.live.frames);
  }

  /** @param {string} selector @returns {HTMLElement} */
  #find(selector) {
    return /** @type {HTMLElement} */ (this.element.querySelector(selector));
  }

  /** @param {string} address of the frames */
  #openWhenNear(address) {
    const seen = new IntersectionObserver(async ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      seen.disconnect();
      try {
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(`${answer.status}`);
        this.#open(await answer.json());
      } catch {
        const live = this.#find("[data-fault]");
        live.textContent = "The other frames could not be loaded: these are the first, the one it opens on, and the last. Load the page again to try once more.";
        this.#find(".slider-stills").after(live);
      }
    }, { rootMargin: "600px" });
    seen.observe(this.element);
  }

  /** @param {string[]} frames */
  #open(frames) {
    this.#frames = frames;
    this.#find(".slider-live").hidden = false;
    this.element.classList.add("is-live");
    this.#find("[data-play]").hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.range.addEventListener("input", () => {
      this.#pause();
      this.#show(this.#nearest(Number(this.range.value)));
    });
    this.range.addEventListener("change", () => this.#settle());
    this.range.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("click", (event) => this.#press(event));
    this.#show(this.live.opens);
  }

  /** @param {number} place 0 to 1 */
  #nearest(place) {
    const gaps = this.places.map((one) => Math.abs(one - place));
    return gaps.indexOf(Math.min(...gaps));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.#frames.length - 1;
    const steps = {
      ArrowLeft: this.#at - 1, ArrowDown: this.#at - 1, ArrowRight: this.#at + 1, ArrowUp: this.#at + 1,
      PageDown: this.#at - SEVERAL, PageUp: this.#at + SEVERAL, Home: 0, End: last, Escape: this.live.opens,
    };
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.#pause();
    this.#show(steps[/** @type {keyof typeof steps} */ (event.key)]);
    this.#settle();
  }

  /** @param {Event} event */
  #press(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button || !button.closest(".slider-controls")) return;
    if (button.matches("[data-play]")) {
      if (this.#playing) this.#pause();
      else this.#play();
      return;
    }
    this.#pause();
    if (button.matches("[data-home]")) {
      this.#show(this.live.opens);
      this.range.focus(); // the button is gone
    } else this.#show(this.#at + Number(button.getAttribute("data-by")));
    this.#settle();
    this.#tellAtRest();
  }

  #play() {
    if (this.#at === this.#frames.length - 1) this.#show(0);
    this.#find("[data-play]").textContent = "Pause";
    this.#playing = setInterval(() => {
      this.#show(this.#at + 1);
      this.#settle();
      if (this.#at === this.#frames.length - 1) {
        this.#pause();
        this.#tellAtRest();
      }
    }, PLAY);
  }

  #pause() {
    clearInterval(this.#playing);
    this.#playing = undefined;
    this.#find("[data-play]").textContent = "Play";
  }

  /** @param {number} wanted frame; the nearest there is */
  #show(wanted) {
    const at = Math.min(this.#frames.length - 1, Math.max(0, wanted));
    const { said, alt, values, numbers, opens } = this.live;
    const frame = this.#find("[data-frame]");
    if (at !== this.#at || !frame.firstChild) {
      frame.innerHTML = this.#frames[at]; // made by the build
      frame.setAttribute("aria-label", alt[at]);
      figure.start({ root: frame });
    }
    this.#at = at;
    this.range.setAttribute("aria-valuetext", said[at].join(", "));
    this.#find("[data-head]").textContent = said[at][0];
    this.#find("[data-rest]").textContent = said[at][1] ?? "";
    this.#find("[data-count]").textContent = `frame ${at + 1} of ${this.#frames.length}`;
    this.#find("[data-home]").hidden = at === opens;
    for (const end of ["x1", "x2"]) this.#find("[data-here]").setAttribute(end, `${100 * this.places[at]}%`);
    for (const cell of this.element.querySelectorAll("[data-number]")) {
      const row = cell.getAttribute("data-number");
      cell.textContent = row === "head" ? values[at] : numbers[Number(row)][at];
    }
    const [back, on] = this.element.querySelectorAll(".slider-step");
    back.setAttribute("aria-disabled", String(at === 0));
    on.setAttribute("aria-disabled", String(at === this.#frames.length - 1));
    if (document.activeElement !== this.range || !this.range.matches(":active")) this.#settle();
  }

  /** The knob goes to the frame's own place. */
  #settle() {
    this.range.value = String(this.places[this.#at]);
  }

  /** For whoever moved it by a button: the bar tells the rest itself. */
  #tellAtRest() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => (this.#find("[data-said]").textContent = this.live.said[this.#at].join(", ")), REST);
  }
}

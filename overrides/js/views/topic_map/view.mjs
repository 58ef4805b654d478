// @ts-check
/** The topic map: coloured by the learner's levels, the chosen topic's chain marked, filtered by study mode. */

import { setText, shadeOf } from "../../dom/elements.mjs";
import { chainOf, isFinished, isMet, isReady, levelOf, nextTopic } from "../../learning/progress.mjs";
import { counted, hoursAndMinutes } from "../../text/numbers.mjs";
import { drawMapCard } from "./card.mjs";

/**
 * @typedef {import("../../store/store.mjs").Store} Store
 * @typedef {import("../../learning/progress.mjs").Manifest} Manifest
 * @typedef {import("../../learning/progress.mjs").Topic} Topic
 */

/** @param {{root: ParentNode, store: Store, manifest: Manifest}} parts */
export function start({ root, store, manifest }) {
  const place = root.querySelector("[data-topic-map]");
  if (place) new TopicMap(place, store, manifest);
}

class TopicMap {
  /** @type {string | undefined} */ #chosen;

  /**
   * @param {Element} place
   * @param {Store} store
   * @param {Manifest} manifest
   */
  constructor(place, store, manifest) {
    this.place = place;
    this.store = store;
    this.manifest = manifest;
    this.topics = new Map(manifest.topics.map((topic) => [topic.id, topic]));
    /** @type {Map<string, SVGAElement>} */
    this.nodes = new Map();
    for (const node of place.querySelectorAll("a.map-node")) {
      if (node instanceof SVGAElement) this.nodes.set(node.dataset.topic ?? "", node);
    }
    this.edges = [...place.querySelectorAll(".map-edge")].map((line) => ({
      line, from: line.getAttribute("data-from") ?? "", to: line.getAttribute("data-to") ?? "",
    }));
    this.#listen();
    store.subscribe(() => this.#draw());
    this.#draw();
  }

  #listen() {
    for (const [id, node] of this.nodes) {
      node.addEventListener("focus", () => this.#choose(id));
      node.addEventListener("pointerenter", () => this.#choose(id));
      node.addEventListener("keydown", (event) => this.#pressed(event, id));
    }
    const graph = this.place.querySelector(".map-graph");
    graph?.addEventListener("pointerleave", () => this.#choose(this.#resting()));
    this.place.querySelector("[data-map-controls]")?.removeAttribute("hidden");
    const views = [...this.place.querySelectorAll("button[data-map-view]")];
    for (const button of views) {
      button.addEventListener("click", () => {
        for (const other of views) other.setAttribute("aria-pressed", String(other === button));
        this.place.classList.toggle("is-list", button.getAttribute("data-map-view") === "list");
      });
    }
    const filters = [...this.place.querySelectorAll("button[data-mode-filter]")];
    for (const button of filters) {
      button.addEventListener("click", () => {
        for (const other of filters) other.setAttribute("aria-pressed", String(other === button));
        this.#filter(button.getAttribute("data-mode-filter") ?? "");
      });
    }
  }

  /** What is chosen when nothing is pointed at: the focused topic, or else the next one. */
  #resting() {
    const focused = document.activeElement instanceof SVGAElement ? document.activeElement.dataset.topic : undefined;
    return focused ?? nextTopic(this.store.record, this.manifest)?.id;
  }

  #draw() {
    const { record } = this.store;
    const next = nextTopic(record, this.manifest);
    for (const [id, node] of this.nodes) {
      const topic = this.topics.get(id);
      if (!topic) continue;
      const level = topic.planned ? 0 : levelOf(record, id);
      const finished = !topic.planned && isFinished(record, id);
      const ready = !topic.planned && !isMet(record, id) && isReady(record, this.manifest, topic);
      node.querySelector(".map-block")?.setAttribute("class", `map-block ${shadeOf(level)}`.trim());
      node.classList.toggle("has-level", level > 0);
      node.classList.toggle("is-next", topic === next);
      const mark = level > 0 ? String(level) : topic === next ? "→" : finished ? "✓" : ready ? "○" : "·";
      setText(node.querySelector(".map-level"), mark);
      const state = topic === next ? "Next" : finished ? "Finished" : ready ? "Ready" : "";
      const meta = node.querySelector(".map-meta");
      setText(meta, [meta?.getAttribute("data-time"), state.toLowerCase()].filter(Boolean).join(" · "));
      // The digit alone says little to people who only hear it.
      if (level > 0) node.setAttribute("aria-label", `${node.textContent?.replace(/\s+/g, " ")}, level ${level}`);
      else node.removeAttribute("aria-label");
      const entry = this.place.querySelector(`[data-map-entry="${CSS.escape(id)}"]`);
      entry?.classList.toggle("is-next", topic === next);
      setText(entry?.querySelector("[data-map-tag]"), state);
    }
    this.#choose(this.#chosen ?? next?.id);
  }

  /** @param {string | undefined} id */
  #choose(id) {
    this.#chosen = id;
    const { needs, opens } = chainOf(this.manifest, id ?? "");
    for (const [other, node] of this.nodes) {
      node.setAttribute("tabindex", other === (id ?? this.manifest.topics[0]?.id) ? "0" : "-1");
      node.classList.toggle("is-chosen", other === id);
    }
    for (const { line, from, to } of this.edges) {
      const needed = to === id || (needs.has(to) && needs.has(from));
      const opened = from === id; // of what opens, only the next ring: the first topic opens nearly all
      const reach = to === id || from === id ? "is-direct" : "is-far";
      line.setAttribute("class", needed || opened ? `map-edge ${needed ? "is-need" : "is-open"} ${reach}` : "map-edge");
      if (needed || opened) line.parentNode?.append(line); // above the grey ones
    }
    drawMapCard(this.place.querySelector("[data-map-card]"), {
      topic: this.topics.get(id ?? ""), record: this.store.record, manifest: this.manifest, choose: (other) => this.#choose(other),
    });
    this.#sayChain(id === undefined ? undefined : this.topics.get(id), needs, opens);
  }

  /**
   * @param {Topic | undefined} topic
   * @param {Set<string>} needs
   * @param {Set<string>} opens
   */
  #sayChain(topic, needs, opens) {
    const status = this.place.querySelector("[data-map-status]");
    if (!topic) return setText(status, "");
    const met = [...needs].filter((id) => isMet(this.store.record, id)).length;
    const has = met === needs.size ? "all of which you have" : `${met} of which you have`;
    const needed = needs.size === 0 ? "Needs no other topic." : `Needs ${number(needs.size)}, ${has}.`;
    const opened = opens.size === 0 ? "Opens nothing more." : `Opens ${number(opens.size)}.`;
    const why = topic.id === nextTopic(this.store.record, this.manifest)?.id ? "Next" : "Chosen";
    setText(status, `${why}: ${topic.title}. ${needed} ${opened}`);
  }

  /**
   * Arrow keys lead from node to node; Escape goes back to the next topic.
   * @param {KeyboardEvent} event
   * @param {string} id
   */
  #pressed(event, id) {
    const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (event.key === "Escape") return this.#choose(nextTopic(this.store.record, this.manifest)?.id);
    if (!Object.hasOwn(steps, event.key)) return;
    const [across, down] = steps[/** @type {keyof typeof steps} */ (event.key)];
    const topic = /** @type {Topic} */ (this.topics.get(id));
    const parts = this.manifest.parts.map((part) => part.number);
    const part = parts[parts.indexOf(topic.part) + across];
    const column = this.manifest.topics.filter((other) => other.part === part);
    const row = Math.min(topic.number - 1 + down, column.length - (down ? 0 : 1));
    const node = column[row] && this.nodes.get(column[row].id);
    event.preventDefault();
    node?.focus();
  }

  /**
   * A topic fits that has a section of this mode, or that is planned to be studied so.
   * @param {string} mode "" for all
   */
  #filter(mode) {
    let shown = 0;
    let [sections, minutes] = [0, 0];
    for (const topic of this.manifest.topics) {
      const mine = topic.sections.filter((section) => section.mode === mode);
      const fits = mode === "" || mine.length > 0 || (topic.sections.length === 0 && topic.study_mode === mode);
      shown += Number(fits);
      sections += mine.length;
      minutes += mine.reduce((sum, section) => sum + section.minutes, 0);
      this.nodes.get(topic.id)?.classList.toggle("is-filtered-out", !fits);
      this.place.querySelector(`[data-map-entry="${CSS.escape(topic.id)}"]`)?.toggleAttribute("hidden", !fits);
    }
    for (const part of this.place.querySelectorAll(".map-part-list")) {
      part.toggleAttribute("hidden", part.querySelector("[data-map-entry]:not([hidden])") === null);
    }
    const written = sections > 0 ? `; ${counted(sections, "section")} of them written, ${hoursAndMinutes(minutes)}` : "";
    setText(this.place.querySelector("[data-map-status]"), mode ? `${number(shown)} to ${mode}${written}.` : `All ${number(shown)}.`);
  }
}

/** @param {number} count */
function number(count) {
  return `${count} ${count === 1 ? "topic" : "topics"}`;
}

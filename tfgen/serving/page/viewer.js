// The viewer: everything it draws comes from the models behind TensorFlow Serving's REST interface.

import {
  MOST_STYLES, addressOf, conditionOf, freshState, others, round, stateOf, withinEnds,
} from "./address.js";
import { picture, thumbnails } from "./model.js";
import { makePanels, updatePanels } from "./panels.js";

const THUMBNAILS_AT_ONCE = 16;
const DEGREES_PER_PIXEL = 0.6;
const ARROW_DEGREES = 5;
const SPIN_DEGREES_PER_SECOND = 45;

const element = (id) => document.getElementById(id);
const stage = element("stage");

let models = {}; // model name -> facts about its conditions
let state = null; // what is shown; the address holds it

const facts = () => models[state.model];
const style = () => conditionOf(facts(), facts().style);

// ---- Drawing -------------------------------------------------------------------------------

// One request at a time: whatever changes meanwhile is drawn next, and only its last state.
let drawing = false;
let stale = false;

async function draw() {
  stale = true;
  if (drawing) return;
  drawing = true;
  while (stale) {
    stale = false;
    const start = performance.now();
    const address = addressOf(models, state);
    try {
      const source = await picture(facts(), state);
      element("image").src = source;
      element("save").href = source;
      stage.dataset.drawn = address; // for tests: what the picture shows
      element("message").hidden = true;
    } catch (error) {
      element("message").textContent = `No picture: ${error.message}`;
      element("message").hidden = false;
    }
    caption(performance.now() - start);
  }
  drawing = false;
}

function caption(milliseconds) {
  const parts = state.styles.length ? [state.styles.map((s) => style().names[s]).join(" + ")] : [];
  for (const { name, kind, names } of others(facts())) {
    if (kind === "one-hot") parts.push(names[state.values[name]]);
    if (kind === "angle") parts.push(`${name} ${round(state.values[name], 0)}°`);
  }
  element("image").alt = parts.join(", ").replaceAll("°", " degrees");
  element("caption").textContent = [...parts, `${milliseconds.toFixed(0)} ms`].join(" · ");
}

// ---- Changing what is shown ----------------------------------------------------------------

let addressTimer = 0;

function changed() {
  updatePanels();
  clearTimeout(addressTimer); // browsers limit how often an address may change
  addressTimer = setTimeout(() => history.replaceState(null, "", addressOf(models, state)), 150);
  draw();
}

/** Turns what dragging turns: azimuth and elevation, or a model's own angles. */
function turn(...degrees) {
  facts().drag.forEach((name, i) => {
    if (name === null) return;
    state.values[name] = withinEnds(conditionOf(facts(), name), state.values[name] + degrees[i]);
  });
  changed();
}

function choose(number) {
  state.styles = [number];
  state.shares = [1];
  showControls();
  changed();
}

function mix(number) {
  const place = state.styles.indexOf(number);
  if (place >= 0) {
    if (state.styles.length === 1) return;
    state.styles.splice(place, 1);
  } else if (state.styles.length < MOST_STYLES) {
    state.styles.push(number);
  } else {
    state.styles[MOST_STYLES - 1] = number; // the last one gives way
  }
  state.shares = state.styles.map(() => 1 / state.styles.length);
  showControls();
  changed();
}

// ---- The gallery ---------------------------------------------------------------------------

function showGallery() {
  const none = !facts().style;
  for (const part of ["gallery", "search", "mixing"]) element(part).hidden = none;
  element("gallery").replaceChildren(...(none ? [] : style().names.map(thumbnail)));
  filterGallery();
  markChosen();
  drawThumbnails();
}

let thumbnailsDrawn = 0; // how often: older ones give way

async function drawThumbnails() {
  if (!facts().style) return;
  const turn = ++thumbnailsDrawn;
  const { model } = state;
  const values = freshState(models, model).values;
  for (const { name, kind } of others(facts())) {
    if (kind === "one-hot") values[name] = state.values[name];
  }
  const frames = [...element("gallery").children];
  for (let start = 0; start < frames.length; start += THUMBNAILS_AT_ONCE) {
    const part = frames.slice(start, start + THUMBNAILS_AT_ONCE);
    let sources;
    try {
      sources = await thumbnails(models[model], model, part.map((_, i) => start + i), values);
    } catch {
      continue;
    }
    if (turn !== thumbnailsDrawn) return;
    part.forEach((each, i) => { each.querySelector("img").src = sources[i]; });
  }
}

function thumbnail(name, number) {
  const frame = document.createElement("div");
  frame.title = name;
  frame.dataset.style = number;
  frame.innerHTML =
    "<button type='button' class='choose'><img alt=''></button><span></span>" +
    "<button type='button' class='mix'></button>";
  const [chooseButton, place, mixButton] = frame.children;
  place.textContent = number;
  chooseButton.setAttribute("aria-label", name);
  chooseButton.addEventListener("click", (event) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) mix(number);
    else choose(number);
  });
  mixButton.addEventListener("click", () => mix(number));
  return frame;
}

function filterGallery() {
  const words = element("search").value.toLowerCase();
  for (const frame of element("gallery").children) {
    const category = style().categories[frame.dataset.style] || "";
    const text = `${frame.title} ${category} ${frame.dataset.style}`.toLowerCase();
    frame.hidden = !text.includes(words);
  }
}

function markChosen() {
  for (const frame of element("gallery").children) {
    const chosen = state.styles.includes(Number(frame.dataset.style));
    const [chooseButton, , mixButton] = frame.children;
    chooseButton.setAttribute("aria-pressed", chosen);
    mixButton.textContent = chosen ? "−" : "+";
    mixButton.setAttribute("aria-label", `${chosen ? "leave out" : "mix in"} ${frame.title}`);
  }
}

// ---- The panels ----------------------------------------------------------------------------

const spins = () => facts().drag[0] !== null && conditionOf(facts(), facts().drag[0]).round;

function showControls() {
  makePanels({
    mix: element("mix"),
    panels: element("panels"),
    facts: facts(),
    style: style(),
    state: () => state,
    changed: (condition) => {
      changed();
      if (condition.kind === "one-hot" && condition.name !== facts().style) drawThumbnails();
    },
  });
  for (const part of ["spin", "spins"]) element(part).hidden = !spins();
  markChosen();
}

// ---- Pointer, keyboard, buttons ------------------------------------------------------------

let pointer = null;

stage.addEventListener("pointerdown", (event) => {
  pointer = event;
  stage.setPointerCapture(event.pointerId);
  spin(false);
});
stage.addEventListener("pointermove", (event) => {
  if (!pointer || event.pointerId !== pointer.pointerId) return;
  turn(-(event.clientX - pointer.clientX) * DEGREES_PER_PIXEL,
    (event.clientY - pointer.clientY) * DEGREES_PER_PIXEL / 2);
  pointer = event;
});
for (const name of ["pointerup", "pointercancel"]) {
  stage.addEventListener(name, () => { pointer = null; });
}

const KEYS = {
  ArrowLeft: () => turn(ARROW_DEGREES, 0),
  ArrowRight: () => turn(-ARROW_DEGREES, 0),
  ArrowUp: () => turn(0, ARROW_DEGREES),
  ArrowDown: () => turn(0, -ARROW_DEGREES),
  " ": () => spin(!spinning),
  r: reset,
};

stage.addEventListener("keydown", (event) => {
  const action = KEYS[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});

let spinning = false;

function spin(on) {
  if (on === spinning || (on && !spins())) return;
  spinning = on;
  element("spin").setAttribute("aria-pressed", on);
  let before = performance.now();
  const step = (now) => {
    if (!spinning) return;
    if (!drawing) {
      turn(SPIN_DEGREES_PER_SECOND * (now - before) / 1000, 0);
      before = now;
    }
    requestAnimationFrame(step);
  };
  if (on) requestAnimationFrame(step);
}

function reset() {
  spin(false);
  const fresh = freshState(models, state.model).values;
  for (const { name, kind } of others(facts())) {
    if (kind !== "one-hot") state.values[name] = fresh[name];
  }
  changed();
}

element("spin").addEventListener("click", () => spin(!spinning));
element("reset").addEventListener("click", reset);
element("search").addEventListener("input", filterGallery);
element("copy").addEventListener("click", async () => {
  history.replaceState(null, "", addressOf(models, state));
  await navigator.clipboard.writeText(location.href);
});
element("model").addEventListener("change", () => show(freshState(models, element("model").value)));
window.addEventListener("hashchange", () => show(stateOf(models, location.hash)));

// ---- Start ---------------------------------------------------------------------------------

function show(view) {
  const otherModel = !state || state.model !== view.model;
  const otherThumbnails = !otherModel && !sameChoices(view.values);
  spin(false);
  state = view;
  element("model").value = view.model;
  showControls();
  if (otherModel) showGallery();
  else if (otherThumbnails) drawThumbnails();
  changed();
}

function sameChoices(values) {
  return others(facts()).every(
    ({ name, kind }) => kind !== "one-hot" || values[name] === state.values[name],
  );
}

async function start() {
  models = await (await fetch("/viewer/models")).json();
  const names = Object.keys(models);
  element("model").replaceChildren(...names.map((name) => new Option(name)));
  if (!names.length) {
    element("message").textContent = "No generator is served: nothing to show.";
    element("message").hidden = false;
    return;
  }
  show(stateOf(models, location.hash));
}

start();

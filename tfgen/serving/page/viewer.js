// The viewer: everything it draws comes from the model behind TensorFlow Serving's REST interface.

import { MOST_STYLES, addressOf, freshState, modulo, round, stateOf } from "./address.js";

const THUMBNAILS_AT_ONCE = 16;
const DEGREES_PER_PIXEL = 0.6;
const ARROW_DEGREES = 5;
const SPIN_DEGREES_PER_SECOND = 45;

const element = (id) => document.getElementById(id);
const stage = element("stage");

let labels = {}; // model name -> its labels
let state = null; // what is shown; the address holds it

// ---- Asking the model ----------------------------------------------------------------------

async function pictures(model, signature, inputs) {
  const response = await fetch(`/v1/models/${encodeURIComponent(model)}:predict`, {
    method: "POST",
    body: JSON.stringify({ signature_name: signature, inputs }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer.outputs.map((png) => "data:image/png;base64," + png.b64);
}

function mixture(view) {
  const weights = new Array(labels[view.model].style_names.length).fill(0);
  const total = view.shares.reduce((a, b) => a + b, 0) || 1;
  view.styles.forEach((style, i) => { weights[style] = view.shares[i] / total; });
  return weights;
}

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
    try {
      const [source] = await pictures(state.model, "morph_png", {
        weights: [mixture(state)],
        azimuth: [state.azimuth],
        elevation: [state.elevation],
        transform: [Object.values(state.transform)],
      });
      element("image").src = source;
      element("save").href = source;
      stage.dataset.drawn = addressOf(state); // for tests: what the picture shows
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
  const names = labels[state.model].style_names;
  const text = state.styles.map((style) => names[style]).join(" + ");
  element("image").alt = `${text} from azimuth ${round(state.azimuth, 0)} degrees`;
  element("caption").textContent =
    `${text} · azimuth ${round(state.azimuth, 0)}° · elevation ${round(state.elevation, 0)}° · ` +
    `${milliseconds.toFixed(0)} ms`;
}

// ---- Changing what is shown ----------------------------------------------------------------

let addressTimer = 0;

function changed() {
  for (const update of sliders) update();
  clearTimeout(addressTimer); // browsers limit how often an address may change
  addressTimer = setTimeout(() => history.replaceState(null, "", addressOf(state)), 150);
  draw();
}

function turn(azimuth, elevation) {
  state.azimuth = modulo(state.azimuth + azimuth);
  state.elevation = Math.min(90, Math.max(-90, state.elevation + elevation));
  changed();
}

function choose(style) {
  state.styles = [style];
  state.shares = [1];
  showControls();
  changed();
}

function mix(style) {
  const place = state.styles.indexOf(style);
  if (place >= 0) {
    if (state.styles.length === 1) return;
    state.styles.splice(place, 1);
  } else if (state.styles.length < MOST_STYLES) {
    state.styles.push(style);
  } else {
    state.styles[MOST_STYLES - 1] = style; // the last one gives way
  }
  state.shares = state.styles.map(() => 1 / state.styles.length);
  showControls();
  changed();
}

// ---- The gallery ---------------------------------------------------------------------------

async function showGallery() {
  const model = state.model;
  const facts = labels[model];
  const gallery = element("gallery");
  const thumbnails = facts.style_names.map(thumbnail);
  gallery.replaceChildren(...thumbnails);
  filterGallery();
  markChosen();
  for (let start = 0; start < thumbnails.length; start += THUMBNAILS_AT_ONCE) {
    const part = thumbnails.slice(start, start + THUMBNAILS_AT_ONCE);
    const n = part.length;
    let sources;
    try {
      sources = await pictures(model, "png", {
        style: part.map((_, i) => start + i),
        azimuth: new Array(n).fill(30),
        elevation: new Array(n).fill(freshState(labels, model).elevation),
        transform: part.map(() => new Array(Object.keys(facts.transform_ranges).length).fill(0)),
      });
    } catch {
      continue;
    }
    if (state.model !== model) return;
    part.forEach((each, i) => { each.querySelector("img").src = sources[i]; });
  }
}

function thumbnail(name, style) {
  const frame = document.createElement("div");
  frame.title = name;
  frame.dataset.style = style;
  frame.innerHTML =
    "<button type='button' class='choose'><img alt=''></button><span></span>" +
    "<button type='button' class='mix'></button>";
  const [chooseButton, number, mixButton] = frame.children;
  number.textContent = style;
  chooseButton.setAttribute("aria-label", name);
  chooseButton.addEventListener("click", (event) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) mix(style);
    else choose(style);
  });
  mixButton.addEventListener("click", () => mix(style));
  return frame;
}

function filterGallery() {
  const words = element("search").value.toLowerCase();
  for (const frame of element("gallery").children) {
    const category = labels[state.model].categories[frame.dataset.style] || "";
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

// ---- The sliders ---------------------------------------------------------------------------

let sliders = []; // functions that show the state on a slider

function slider(parent, name, low, high, read, write) {
  const label = document.createElement("label");
  const title = document.createElement("span");
  const output = document.createElement("output");
  const input = document.createElement("input");
  title.textContent = name;
  Object.assign(input, { type: "range", min: low, max: high, step: (high - low) / 200, name });
  input.addEventListener("input", () => { write(Number(input.value)); changed(); });
  input.addEventListener("dblclick", () => { write((low + high) / 2); changed(); });
  label.append(title, output, input);
  parent.append(label);
  sliders.push(() => {
    input.value = read();
    output.textContent = round(read(), 2);
  });
}

function showControls() {
  sliders = [];
  for (const id of ["mix", "view", "transform"]) {
    element(id).replaceChildren(element(id).querySelector("legend"));
  }
  const facts = labels[state.model];
  const names = state.styles.map((style) => facts.style_names[style]);
  element("mix").hidden = names.length < 2;
  if (names.length === 2) {
    slider(element("mix"), `${names[0]} → ${names[1]}`, 0, 1,
      () => state.shares[1] / (state.shares[0] + state.shares[1] || 1),
      (x) => { state.shares = [1 - x, x]; });
  } else if (names.length > 2) {
    names.forEach((name, i) => {
      slider(element("mix"), name, 0, 1, () => state.shares[i], (x) => { state.shares[i] = x; });
    });
  }
  slider(element("view"), "azimuth", 0, 360, () => state.azimuth,
    (x) => { state.azimuth = modulo(x); });
  const [low, high] = [Math.min(...facts.elevations), Math.max(...facts.elevations)];
  slider(element("view"), "elevation", Math.min(low - 20, 0), Math.max(high + 20, 45),
    () => state.elevation, (x) => { state.elevation = x; });
  for (const [name, [from, to]] of Object.entries(facts.transform_ranges)) {
    // Where the network never saw a transformation there is none to try.
    if (from === to) continue;
    slider(element("transform"), name.replaceAll("_", " "), from, to,
      () => state.transform[name], (x) => { state.transform[name] = x; });
  }
  if (element("transform").children.length < 2) {
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = "This model was trained without transformations.";
    element("transform").append(hint);
  }
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
  if (on === spinning) return;
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
  const { styles, shares } = state;
  state = { ...freshState(labels, state.model), styles, shares };
  changed();
}

element("spin").addEventListener("click", () => spin(!spinning));
element("reset").addEventListener("click", reset);
element("search").addEventListener("input", filterGallery);
element("copy").addEventListener("click", async () => {
  history.replaceState(null, "", addressOf(state));
  await navigator.clipboard.writeText(location.href);
});
element("model").addEventListener("change", () => show(freshState(labels, element("model").value)));
window.addEventListener("hashchange", () => show(stateOf(labels, location.hash)));

// ---- Start ---------------------------------------------------------------------------------

function show(view) {
  const otherModel = !state || state.model !== view.model;
  state = view;
  element("model").value = view.model;
  showControls();
  if (otherModel) showGallery();
  changed();
}

async function start() {
  labels = await (await fetch("/viewer/labels")).json();
  const models = Object.keys(labels);
  element("model").replaceChildren(...models.map((name) => new Option(name)));
  if (!models.length) {
    element("message").textContent = "No generator is served: nothing to show.";
    element("message").hidden = false;
    return;
  }
  show(stateOf(labels, location.hash));
}

start();
